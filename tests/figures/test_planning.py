"""Figures of memory, formats and parallelism: their numbers are those of the equations."""

from __future__ import annotations

import math
import re
from itertools import pairwise

import pytest
from figures.examples import facts
from hypothesis import given
from hypothesis import strategies as st

from benchpost.errors import UsageError
from benchpost.figures import call
from benchpost.figures.blocks import _checked, _tables
from benchpost.figures.hosting import _in_turn, _overlapping
from benchpost.figures.options import Option
from benchpost.roofline import catalog, predict
from benchpost.roofline.heads import kv_heads_on
from benchpost.roofline.units import parse_quantity


def rows(head: str, **options: Option) -> list[dict[str, str]]:
    """A table's rows by the heads of their columns."""
    lines = [line for line in call(head, options, facts()).text.split("\n") if line[:1] == "|"]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [dict(zip(cells[0], row, strict=True)) for row in cells[2:]]


@given(
    lengths=st.lists(st.integers(1, 80), min_size=1, max_size=3),
    shared=st.integers(0, 80),
    block=st.sampled_from((16, 32)),
)
def test_block_tables_hold_every_token_once(lengths: list[int], shared: int, block: int) -> None:
    """As many blocks as the tokens fill; no place twice but for whole blocks of the shared part."""
    shared = min(shared, *lengths)
    tokens = _checked(", ".join(map(str, lengths)), shared, block)
    tables = _tables(tokens, shared // block, block)
    alike = shared // block
    assert [len(table) for table in tables] == [math.ceil(n / block) for n in lengths]
    assert len({tuple(table[:alike]) for table in tables}) == 1
    own = [place for table in tables for place in table[alike:]]
    assert len({*own, *tables[0][:alike]}) == len(own) + alike


def test_fits_are_those_that_vllm_logs() -> None:
    """Blocks, tokens and concurrency follow from budget, weights and bytes of a block."""
    (row,) = rows("table fits", gpu="H100 SXM", model="Llama-3.1-8B", context=8192)
    budget, weights = 0.92 * 80e9, catalog.model("Llama-3.1-8B").weight_bytes("bf16")
    blocks = math.floor((budget - weights) / (16 * 131072))
    assert row["Blocks"] == f"{blocks:,}"
    assert row["Tokens"] == f"{int(blocks / 512 * 8192):,}"
    assert row["× 8,192"] == f"{blocks / 512:.2f}"


def test_a_model_too_large_is_said_to_be() -> None:
    """It has no blocks, and its row says so instead of a number."""
    (row,) = rows("table fits", gpu="RTX 4090", model="Llama-3.1-70B")
    assert (row["KV cache"], row["Blocks"]) == ("does not fit", "")


def test_what_is_set_aside_and_reported_counts() -> None:
    """Less room with a reserve, more with what the driver reports."""
    asked = {"gpu": "H100 SXM", "model": "Llama-3.1-8B"}
    counts = [
        int(rows("table fits", **asked, **more)[0]["Blocks"].replace(",", ""))
        for more in ({"reserved": "4 GB"}, {}, {"memory": "79 GiB"})
    ]
    assert counts == sorted(set(counts))


@pytest.mark.parametrize("name", [model.name for model in catalog.models()])
def test_bytes_of_a_token_are_what_is_kept(name: str) -> None:
    """The product that the table states is the bytes that it gives."""
    (row,) = rows("table kv", model=name, kv="bf16", context=1)
    each, _, layers = row["Kept of a token"].rpartition(" × ")
    factors = [int(word) for word in re.findall(r"\d+", each)]
    kept = sum(factors) if "+" in each else math.prod(factors)
    stated = parse_quantity(row["Token, BF16"]).value
    assert kept * int(layers) * 2 == pytest.approx(stated, rel=0.006)


def test_quantised_weights_are_not_slower_at_the_bound() -> None:
    """Fewer bits, fewer bytes, a higher bound and a lower ridge, on one kind of arithmetic."""
    found = rows("table formats", gpu="A100 SXM 80GB", model="Llama-3.1-8B", dtype="bf16, awq")
    rates = [float(row["Decode, at most"].split()[0]) for row in found]
    ridges = [float(row["Ridge batch"]) for row in found]
    assert rates == sorted(rates)
    assert ridges == sorted(ridges, reverse=True)


@given(host=st.floats(1e-5, 1e-1), device=st.floats(1e-5, 1e-1))
def test_overlapping_is_never_slower_and_never_twice_as_fast(host: float, device: float) -> None:
    """The period is the longer of both, bars of a lane do not overlap, a step follows its host."""
    in_turn, over = _in_turn(host, device), _overlapping(host, device)
    assert over["period"] <= in_turn["period"] <= 2 * over["period"] * (1 + 1e-9)
    for mode in (in_turn, over):
        hosts, devices = mode["lanes"]
        for lane in (hosts, devices):
            assert all(a[1] <= b[0] + 1e-9 for a, b in pairwise(lane))
        assert all(h[1] <= d[0] + 1e-9 for h, d in zip(hosts, devices, strict=True))
        assert devices[-1][1] <= 1 + 1e-9


@pytest.mark.parametrize(
    ("model", "gpus", "heads"),
    [
        ("Llama-3.1-70B", 4, 2),
        ("Llama-3.1-70B", 16, 1),
        ("Qwen3-30B-A3B", 8, 1),
        ("DeepSeek-V3", 8, 1),
    ],
)
def test_heads_are_parted_until_there_is_one(model: str, gpus: int, heads: int) -> None:
    """A GPU holds its share of the key-value heads and at least one."""
    assert kv_heads_on(catalog.model(model), gpus) == heads


def test_no_step_is_timed_whose_kv_cache_does_not_fit() -> None:
    """32 × 4,096 tokens are 131,072, and two H100 hold 18,592 beside Llama-3.1-70B."""
    found = rows("table parallel", gpu="H100 SXM", model="Llama-3.1-70B", tp="1, 2, 4")
    assert [row["Tokens"] for row in found][:2] == ["does not fit", "18,592, does not fit"]
    assert [bool(row["Typical"]) for row in found] == [False, False, True]
    (small,) = rows("table parallel", gpu="H100 SXM", model="Llama-3.1-70B", tp="2", batch=4)
    assert small["Tokens"] == "18,592"
    drawn = call(
        "chart parallel", {"gpu": "H100 SXM", "model": "Llama-3.1-70B", "tp": "1, 2, 4"}, facts()
    ).text
    assert "2 GPUs" not in drawn
    assert "4 GPUs" in drawn


def test_tensor_parallel_steps_are_those_of_the_model() -> None:
    """The table gives what `predict.decode` gives."""
    (row,) = rows("table parallel", gpu="H100 SXM", model="Llama-3.1-70B", tp="4", batch=8)
    made = predict.decode(
        gpu="H100 SXM", model="Llama-3.1-70B", context=4096, batch=8, engine="vllm", tp=4
    )
    assert row["Typical"] == f"{8 / made.value * 1e3:.1f} ms"


def test_a_batch_takes_the_next_graph() -> None:
    """It is padded to the next captured size, and above the largest there is none."""
    found = rows("table graphs", seqs=8, batch="1, 3, 9, 16, 17")
    assert [row["Graph"] for row in found] == ["1", "4", "16", "16", "none, runs eagerly"]
    assert [row["Padding"] for row in found] == ["0 %", "33 %", "78 %", "0 %", ""]


def test_a_verdict_says_what_is_broken_or_that_nothing_is() -> None:
    """A rate beyond any batch is impossible, the same at a tenth is not."""
    asked: dict[str, Option] = {"model": "Llama-3.1-8B", "gpu": "A100 SXM 80GB"}
    wrong = call("verdict", {**asked, "tokens_per_second": 30000.0}, facts()).text
    fine = call("verdict", {**asked, "tokens_per_second": 3000.0}, facts()).text
    assert wrong.startswith("- 3e+04 tok/s is 1.4")
    assert fine == "- Nothing that we know of the hardware forbids it."


REFUSED: dict[str, tuple[str, dict[str, Option], str]] = {
    "lengths": (
        "diagram blocks",
        {"lengths": "3, x"},
        "option 'lengths' of 'diagram blocks' must be whole numbers separated by commas, "
        'not "3, x"',
    ),
    "shared": (
        "diagram blocks",
        {"lengths": "8", "shared": 16},
        "'diagram blocks' needs block= from 1 and shared= from 0 up to the shortest of lengths=",
    ),
    "many": (
        "diagram blocks",
        {"lengths": "800", "shared": 0},
        "'diagram blocks' shows at most 3 requests of 8 blocks, not 1 of 50",
    ),
    "gpus": (
        "diagram parallel",
        {"model": "Qwen3-8B", "gpus": 3},
        "option 'gpus' of 'diagram parallel' must be 2 or 4, not 3",
    ),
    "host": (
        "diagram step",
        {"gpu": "H200", "model": "Qwen3-8B", "host": "2 GB"},
        "option 'host' of 'diagram step' must be a time, e.g. \"2 ms\", not \"2 GB\"",
    ),
    "measured": (
        "chart overhead",
        {"gpu": "H200", "model": "Qwen3-8B", "measured": "1 ms", "source": "x", "date": "2026"},
        "1 ms is less than reading the weights of Qwen3-8B takes on H200, 3.15 ms",
    ),
    "times": (
        "chart overhead",
        {"gpu": "H200, B200", "model": "Qwen3-8B", "measured": "9 ms", "source": "", "date": ""},
        "'chart overhead' needs as many of 'measured' as of 'gpu': 2, not 1",
    ),
    "windows": (
        "chart capacity",
        {"gpu": "H200", "model": "gpt-oss-20b"},
        "gpt-oss-20b keeps windows or states, which are not in proportion to the length; "
        "`table fits` counts them",
    ),
    "room": (
        "chart capacity",
        {"gpu": "H100 SXM", "model": "Llama-3.1-70B"},
        "Llama-3.1-70B in bf16 (141 GB of weights on each GPU) leaves no room for a KV cache on "
        "H100 SXM; choose another gpu, dtype or tp",
    ),
    "tp": (
        "table parallel",
        {"gpu": "H200", "model": "Qwen3-8B", "tp": "1, two"},
        "option 'tp' of 'table parallel' must be whole numbers separated by commas, not \"1, two\"",
    ),
    "batch": (
        "chart parallel",
        {"gpu": "H200", "model": "Qwen3-8B", "tp": "1", "batch": 2000, "context": 1},
        "'chart parallel' is of memory-bound steps; choose a smaller batch=",
    ),
    "blocks": (
        "table blocks",
        {"model": "Qwen3-8B", "block": "16 32"},
        "option 'block' of 'table blocks' must be whole numbers separated by commas, not \"16 32\"",
    ),
    "graphs": (
        "table graphs",
        {"sizes": "1, x"},
        "option 'sizes' of 'table graphs' must be whole numbers separated by commas, not \"1, x\"",
    ),
    "reserved": (
        "table fits",
        {"gpu": "H200", "model": "Qwen3-8B", "reserved": "3 s"},
        "option 'reserved' of 'table fits' must be bytes, e.g. \"3 GB\", not '3 s' (second)",
    ),
    "memory": (
        "verdict",
        {"model": "Qwen3-8B", "gpu": "H200", "memory": "3 s"},
        "option 'memory' of 'verdict' is like \"16 GB\", not \"3 s\"",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_shown_is_refused_with_what_can(case: str) -> None:
    """A message names the figure, the option and what would be right."""
    head, options, said = REFUSED[case]
    with pytest.raises(UsageError) as caught:
        call(head, options, facts())
    assert caught.value.message == said
