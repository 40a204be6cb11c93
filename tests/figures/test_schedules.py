"""What the diagrams of serving are drawn from: schedules, budgets, blocks, chances, times."""

from __future__ import annotations

import re
from typing import Any

import pytest
from figures.examples import facts
from hypothesis import given
from hypothesis import strategies as st

from benchpost.errors import UsageError
from benchpost.figures import call, knobs
from benchpost.figures.chunks import schedule
from benchpost.figures.options import Option
from benchpost.figures.passes import chances
from benchpost.figures.schedules import continuous, static, steps_of
from benchpost.roofline import bands, serving_equations
from benchpost.roofline.catalog import model
from benchpost.roofline.predict import memory, setting_of
from benchpost.serving.cost import StepCost
from benchpost.serving.run import Run
from benchpost.serving.simulation import simulate

LENGTHS = st.lists(st.integers(1, 40), min_size=1, max_size=20)


@given(lengths=LENGTHS, slots=st.integers(1, 8))
def test_every_request_runs_once_and_no_slot_holds_two(lengths: list[int], slots: int) -> None:
    """Both schedules run each request for its length, and runs of a slot do not overlap."""
    for runs in (static(lengths, slots), continuous(lengths, slots)):
        assert [run.length for run in runs] == lengths
        held = [(run.slot, run.start + i) for run in runs for i in range(run.length)]
        assert len(held) == len(set(held))
        assert {slot for slot, _ in held} <= set(range(slots))


@given(lengths=LENGTHS, slots=st.integers(1, 8))
def test_continuous_is_never_later_and_near_the_bound(lengths: list[int], slots: int) -> None:
    """Greedy slots end no later than batches do, within the mean load and the longest request."""
    steps = steps_of(continuous(lengths, slots))
    assert max(max(lengths), sum(lengths) / slots) <= steps
    assert steps <= min(steps_of(static(lengths, slots)), sum(lengths) / slots + max(lengths))


@given(
    prompts=st.lists(st.integers(1, 5000), min_size=1, max_size=3),
    running=st.integers(0, 100),
    budget=st.integers(104, 4096),
)
def test_steps_keep_the_budget_and_read_every_prompt(
    prompts: list[int], running: int, budget: int
) -> None:
    """No step exceeds the budget, none but the last two leaves room, every token is read once."""
    steps = schedule(prompts, running, budget)
    assert all(step.tokens <= budget for step in steps)
    assert all(step.tokens == budget for step in steps[:-2])
    read = [0] * len(prompts)
    for step in steps:
        for prompt, size, so_far in step.chunks:
            read[prompt] += size
            assert read[prompt] == so_far
    assert read == prompts
    assert [step.decoding for step in steps] == sorted(step.decoding for step in steps)
    assert steps[-1].decoding == running + len(prompts)


@given(drafted=st.integers(1, 8), acceptance=st.floats(0, 1))
def test_chances_are_a_distribution_with_the_mean_of_the_equation(
    drafted: int, acceptance: float
) -> None:
    """The shares sum to one, and their mean is the equation of Leviathan et al."""
    shares = chances(drafted, acceptance)
    assert sum(shares) == pytest.approx(1)
    mean = serving_equations.accepted_tokens(acceptance=acceptance, drafted=float(drafted))
    assert sum((i + 1) * share for i, share in enumerate(shares)) == pytest.approx(mean, rel=1e-6)


@pytest.mark.parametrize(
    ("head", "options", "shown"),
    [
        ("diagram batching", {}, "17 steps, 40 of 68 cells used (59 %)"),
        ("diagram batching", {}, "11 steps, 40 of 44 cells used (91 %)"),
        ("diagram chunks", {}, "Step 2: 128 decoding, 1,080 tokens of A, 840 tokens of B."),
        (
            "diagram chunks",
            {"gpu": "H100 SXM", "model": "Llama-3.1-8B"},
            " ms. Step 4: 130 decoding: ",
        ),
        ("diagram prefix", {}, "104 of 600 tokens computed, 496 cached in 31 blocks"),
        ("diagram prefix", {}, "Third: one other token before them: 601 of 601 tokens computed"),
        ("diagram prefix", {"prefix": 64, "prompt": 64}, "48 cached in 3 blocks"),
        ("diagram speculation", {}, "2.94 tokens on average"),
        ("diagram request", {}, "TPOT 30 ms ((E2EL − TTFT) / 6)"),
    ],
)
def test_numbers_of_a_diagram_are_in_its_words(
    head: str, options: dict[str, Option], shown: str
) -> None:
    """Readers without the picture get what it shows."""
    assert shown in call(head, options, facts()).text.replace("\\", "")


@pytest.mark.parametrize(
    ("head", "options", "message"),
    [
        (
            "diagram batching",
            {"lengths": "3, x"},
            "option 'lengths' of 'diagram batching' must be whole numbers from 1, separated by "
            'commas, not "3, x"',
        ),
        ("diagram batching", {"slots": 9}, "'diagram batching' shows 1 to 8 slots, not 9"),
        (
            "diagram batching",
            {"lengths": "1," * 26 + "1"},
            "'diagram batching' shows at most 26 requests, not 27",
        ),
        (
            "diagram batching",
            {"lengths": "40, 40", "slots": 1},
            "'diagram batching' shows at most 60 steps, not 80",
        ),
        (
            "diagram chunks",
            {"prompts": "0"},
            "option 'prompts' of 'diagram chunks' must be whole numbers from 1, separated by "
            'commas, not "0"',
        ),
        (
            "diagram chunks",
            {"prompts": "1, 2, 3, 4"},
            "'diagram chunks' shows at most 3 prompts, not 4",
        ),
        (
            "diagram chunks",
            {"running": -1},
            "option 'running' of 'diagram chunks' must be at least 0, not -1",
        ),
        (
            "diagram chunks",
            {"budget": 130},
            "option 'budget' of 'diagram chunks' must be above 130, the sequences that decode in "
            "the end, not 130",
        ),
        (
            "diagram chunks",
            {"budget": 256},
            "'diagram chunks' shows at most 16 steps: choose a larger budget= or shorter prompts=",
        ),
        (
            "diagram chunks",
            {"gpu": "H200"},
            "'diagram chunks' needs both gpu= and model= for times, or neither",
        ),
        (
            "diagram chunks",
            {"gpu": "H200", "model": "Llama-3.1-8B", "context": 0},
            "option 'context' of 'diagram chunks' must be at least 1, not 0",
        ),
        (
            "diagram prefix",
            {"block": 0},
            "option 'block' of 'diagram prefix' must be at least 1, not 0",
        ),
        (
            "diagram prefix",
            {"prefix": 601},
            "option 'prefix' of 'diagram prefix' must be from 1 to prompt=600, not 601",
        ),
        (
            "diagram prefix",
            {"prompt": 8192},
            "513 blocks of a prompt cannot be told apart in 'diagram prefix', 320 can: choose a "
            "larger block= or a smaller prompt=",
        ),
        (
            "diagram speculation",
            {"drafted": 9},
            "'diagram speculation' shows 1 to 8 drafted tokens, not 9",
        ),
        (
            "diagram speculation",
            {"accepted": 6},
            "option 'accepted' of 'diagram speculation' must be from 0 to drafted=5, not 6",
        ),
        (
            "diagram speculation",
            {"acceptance": 1.5},
            "option 'acceptance' of 'diagram speculation' must be from 0 to 1, not 1.5",
        ),
        (
            "diagram request",
            {"gaps": "20, -1"},
            "option 'gaps' of 'diagram request' must be numbers above 0, separated by commas, "
            'not "20, -1"',
        ),
        (
            "diagram request",
            {"gaps": "1," * 39 + "1"},
            "'diagram request' shows at most 40 tokens, not 41",
        ),
        (
            "diagram request",
            {"queue": -5},
            "option 'queue' of 'diagram request' must be at least 0, not -5",
        ),
    ],
)
def test_what_cannot_be_drawn_is_said(head: str, options: dict[str, Option], message: str) -> None:
    """A size that makes no sense or no picture is refused with what would be right."""
    with pytest.raises(UsageError) as raised:
        call(head, options, facts())
    assert raised.value.message == message


def test_knobs_say_which_setting_cannot_keep_up() -> None:
    """Where requests come faster than they are served, the table says so instead of a time."""
    options: dict[str, Option] = {"gpu": "H100 SXM", "model": "Llama-3.1-8B", "rate": 8.0}
    text = call("table knobs", options, facts()).text
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    (fewer,) = (row for row in rows if row.startswith("| `--max-num-seqs"))
    (base,) = (row for row in rows if row.startswith("| as it is"))
    assert fewer.count("grows") == 1
    assert "grows" not in base
    assert "more requests come than end" in text
    options = {**options, "rate": 0.1}
    assert "more requests come" not in call("table knobs", options, facts()).text


def test_speculation_names_no_batch_that_does_not_fit() -> None:
    """Where it pays at all of them, the caption says how many there are, by the memory."""
    options: dict[str, Option] = {"gpu": "L40S", "model": "Llama-3.1-8B"}
    fit = int(memory(gpu="L40S", model="Llama-3.1-8B", context=1024, engine="vllm").max_concurrency)
    text = call("chart speculation", options, facts()).text
    assert f"With 1 or 3 or 5 drafted it pays at every batch up to the {fit} that fit" in text
    text = call("chart speculation", {**options, "gpu": "A100 SXM 80GB"}, facts()).text
    assert re.search(r"with 5 drafted it pays up to batch \d\d\.", text)
    nothing = call("chart speculation", {**options, "acceptance": 0.01}, facts()).text
    assert "With 1 or 3 or 5 drafted it never pays." in nothing


def test_knobs_name_what_does_not_fit() -> None:
    """A model that does not fit is refused as a whole."""
    options: dict[str, Option] = {"gpu": "L4", "model": "Llama-3.1-70B"}
    with pytest.raises(UsageError, match=r"^Llama-3.1-70B in bf16 leaves no room for a KV cache"):
        call("table knobs", options, facts())


@pytest.mark.parametrize(
    ("prompt", "shared"),
    [
        ("2048", "1,024"),
        ("uniform 800 7200", "784"),
        ("uniform 40 60", "16"),
        ("geometric 512", None),
        ("12", None),
    ],
)
def test_every_knob_has_numbers(prompt: str, shared: str | None) -> None:
    """A shared prefix leaves each prompt a block of its own, or there is no such row."""
    options: dict[str, Option] = {"gpu": "H100 SXM", "model": "Llama-3.1-8B", "rate": 1.0}
    text = call("table knobs", {**options, "prompt": prompt, "requests": 80}, facts()).text
    _, _, *rows = (line.strip("| ").split(" | ") for line in text.splitlines() if line[:1] == "|")
    assert len(rows) == 8 if shared else len(rows) == 7
    quantity = re.compile(r"\d[\d.,]*( (ms|s|%))?|grows")
    assert all(quantity.fullmatch(cell) for row in rows for cell in row[1:])
    found = [row[0] for row in rows if row[0].startswith("prompts that share")]
    assert found == ([f"prompts that share their first {shared} tokens"] if shared else [])


@pytest.mark.parametrize(("tp", "row"), [(2, "`--tensor-parallel-size 4`"), (4, None)])
def test_no_knob_is_one_that_a_server_refuses(tp: int, row: str | None) -> None:
    """28 heads are shared by 4 GPUs and not by 8."""
    options: dict[str, Option] = {"gpu": "H100 SXM", "model": "Qwen2.5-7B", "tp": tp}
    text = call("table knobs", {**options, "requests": 40}, facts()).text
    assert ("--tensor-parallel-size" in text) is (row is not None)
    assert row is None or f"| {row} |" in text


def test_no_speed_up_is_drawn_of_a_batch_that_does_not_fit() -> None:
    """The axis ends with the 428 sequences of 1,024 tokens that an H100 holds, not with 512."""
    options: dict[str, Option] = {"gpu": "H100 SXM", "model": "Llama-3.1-8B"}
    assert "at batch 428;" in call("chart speculation", options, facts()).text
    assert "at batch 256;" in call("chart speculation", {**options, "to": 256}, facts()).text
    assert "at batch 512;" in call("chart speculation", {**options, "context": 0}, facts()).text


def test_fp8_weights_leave_embeddings_and_head_in_16_bits() -> None:
    """As vLLM has them: the row is that of a simulation whose weights are 9.08 GB, not 8.03."""
    asked: dict[str, Any] = {"gpu": "H100 SXM", "model": "Llama-3.1-8B", "requests": 80}
    text = call("table knobs", asked, facts()).text
    row = re.search(r"\| `--quantization fp8` \| [^|]* \| ([\d.]+) ms \|", text)
    run = simulate(**asked, dtype="fp8-layers", rate=4.0, prompt="2048", output="geometric 256")
    assert model("Llama-3.1-8B").weight_bytes("fp8-layers") == pytest.approx(9.08e9, rel=1e-3)
    assert row is not None
    assert float(row[1]) == pytest.approx(run.summary["tpot_p50"] * 1e3, rel=0.01)


def test_a_knob_that_cannot_be_computed_is_no_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a simulation refuses is a finding of the slot, never a text in its table."""

    def refusing(**asked: Any) -> Run:
        if asked["dtype"] == "fp8-layers":
            raise UsageError("no such format")
        return simulate(**asked)

    monkeypatch.setattr(knobs, "simulate", refusing)
    options: dict[str, Option] = {"gpu": "H100 SXM", "model": "Llama-3.1-8B", "requests": 20}
    with pytest.raises(UsageError, match=r"^no such format$"):
        call("table knobs", options, facts())


def test_the_table_says_how_far_chance_moves_it() -> None:
    """The range over several draws holds the first row's own time."""
    options: dict[str, Option] = {"gpu": "H100 SXM", "model": "Llama-3.1-8B", "requests": 80}
    text = call("table knobs", options, facts()).text
    said = re.search(r"from (\d+) ms to (\d+) ms\.", text)
    row = re.search(r"\| as it is: [^|]*\| (\d+) ms \|", text)
    assert said is not None
    assert row is not None
    assert int(said[1]) <= int(row[1]) <= int(said[2])


def test_a_step_takes_as_long_as_in_the_simulation() -> None:
    """The time beside a step is that of the simulated server: one cost, told once."""
    cost = StepCost(setting_of("H100 SXM", "Llama-3.1-8B", "vllm", "bf16", "bf16", 1))
    (first, *_) = schedule([600], 0, 8192)
    run = simulate(gpu="H100 SXM", model="Llama-3.1-8B", prompt=600, output=1, concurrency=1)
    assert first.time(cost, 1) == pytest.approx(run.ttft[0], rel=1e-9)


def test_a_budget_below_the_sequences_names_both_flags() -> None:
    """vLLM refuses a budget below `--max-num-seqs`, so the table says both where it must."""
    options: dict[str, Option] = {"gpu": "H100 SXM", "model": "Llama-3.1-8B", "budget": 2048}
    text = call("table knobs", {**options, "requests": 20}, facts()).text
    assert "| `--max-num-batched-tokens 512 --max-num-seqs 512` |" in text
    assert "| `--max-num-batched-tokens 4096` |" in text


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("512", "with 512 tokens in"),
        ("uniform 800 7200", "with 800 to 7,200 tokens in"),
        ("lognormal 4000 1", "with 4,000 (lognormal 1) tokens in"),
        ("geometric 256", "with 256 (geometric) tokens in"),
    ],
)
def test_knobs_say_the_lengths_in_words(written: str, said: str) -> None:
    """The caption reads, whatever distribution the lengths have, and says how far off it may be."""
    options: dict[str, Option] = {"gpu": "H200", "model": "Llama-3.1-8B", "prompt": written}
    text = call("table knobs", {**options, "requests": 20}, facts()).text
    assert said in text
    band = bands.SERVING["one GPU"]
    measured = f"{1 / band.high:.2f} to {1 / band.low:.2f}"
    assert f"Measured times were {measured} times the predicted TPOT" in text
