"""What a value in a sentence may call of serving."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from benchpost import roofline
from benchpost.figures.types import Facts
from benchpost.fill.general import quantity
from benchpost.fill.refusal import Refusal
from benchpost.roofline.calls import FUNCTIONS as ROOFLINE
from benchpost.serving.calls import FUNCTIONS

ON = 'gpu="H100 SXM", model="Llama-3.1-8B"'
SIZES = 'prompt="512", output="geometric 256"'

ASKED: dict[str, Any] = {"gpu": "H100 SXM", "model": "Llama-3.1-8B"}


# Llama-3.1-8B from its config.json: 32 layers, hidden 4096, 32 and 8 heads of 128, FFN 14336
LAYER = 4096 * 128 * (2 * 32 + 2 * 8) + 3 * 4096 * 14_336
BODY, HEAD = 32 * LAYER, 4096 * 128_256
PER_PAIR = 4 * 32 * 32 * 128
PEAK, BANDWIDTH = 989e12, 3.35e12


def prompt_flops(tokens: int) -> float:
    """Every matrix for each token, the head for the last one, half of all pairs of attention."""
    return 2 * BODY * tokens + 2 * HEAD + PER_PAIR * tokens * (tokens + 1) / 2


def step(batch: float, context: float, prompts: float = 0.0) -> float:
    """Seconds of a step with the constants in numbers, beside `prompts` FLOPs."""
    compute = batch * (2 * (BODY + HEAD) + PER_PAIR * context) / (0.65 * PEAK)
    memory = (2 * (BODY + HEAD) + 131_072 * batch * context) / (0.86 * BANDWIDTH)
    beside = 32 * 50e-6 + 300e-6 + prompts / (0.65 * PEAK)
    return max(compute, memory) + 0.6 * min(compute, memory) + beside


def steadily(places: int, others: int) -> float:
    """A step of 512 in and 256 out when one of 256 of the `others` has just begun anew.

    Outputs are geometric, so that who runs has 256 behind it on average, less the half token.
    """
    joining = others / 256
    return step(places - joining, 512 + 255.5, joining * prompt_flops(512))


def hidden(host: float) -> float:
    on_gpu = step(1, 1024) - 300e-6
    return (host + on_gpu) / max(host, on_gpu)


def prefilled(prompt: int) -> float:
    """At 60 % of the peak; long prompts are compute-bound."""
    return prompt_flops(prompt) / (0.6 * PEAK)


def saved() -> float:
    """104 tokens left to read are memory-bound: one read of the weights; 10 ms are not saved."""
    warm = 2 * (BODY + HEAD) / (0.86 * BANDWIDTH)
    return 1 - (warm + 0.01) / (prefilled(600) + 0.01)


def pays() -> float:
    asked: dict[str, Any] = {"acceptance": 0.7, "drafted": 3, "engine": "vllm"}
    gains = [float(roofline.speculate(**ASKED, **asked, batch=b).value) for b in range(1, 400)]
    return sum(gain >= 1 for gain in gains)


VALUES: list[tuple[str, float | Callable[[], float], str]] = [
    (
        f'served({ON}, {SIZES}, concurrency=4, metric="ttft_p50")',
        # a prompt beside three that decode
        lambda: step(3, 768, prompt_flops(512)),
        "second",
    ),
    (
        f"steady_throughput({ON}, {SIZES}, concurrency=32)",
        lambda: 32 / steadily(32, 32),
        "token/second",
    ),
    (f"steady_itl({ON}, {SIZES}, concurrency=32)", lambda: steadily(32, 31), "second"),
    (f"step_time({ON}, batch=1, context=1)", lambda: step(1, 1), "second"),
    (
        f"step_time({ON}, batch=64, context=1024, prefill=8128)",
        lambda: step(64, 1024, prompt_flops(8128)),
        "second",
    ),
    ("host_time()", 300e-6, "second"),
    (f'async_gain({ON}, batch=1, context=1024, host="2 ms")', lambda: hidden(2e-3), "1"),
    ("chunk_steps(prompt=32000, budget=8192, decoding=64)", 4, "step"),
    (f"prefill_rate({ON}, prompt=2048)", lambda: 2048 / prefilled(2048), "token/second"),
    (f'queued_tokens({ON}, prompt=2048, ttft="2 s")', lambda: 2 * 2048 / prefilled(2048), "token"),
    ('requests_in_flight(rate=8, time="2500 ms")', 20, "request"),
    ('slots_share(scheme="max", prompt="100", output="50", slots=2048)', 125.5 / 2048, "1"),
    ('kv_waste(scheme="max", prompt="100", output="50", reserve=1000)', 0.875, "1"),
    ('kv_waste(scheme="paged", prompt="100", output="50", block=1)', 0, "1"),
    (f"kv_blocks({ON})", 27_436, "block"),
    (f'kv_tokens({ON}, reserved="2147483648 B")', 422_592, "token"),
    ('kv_copies(model="Llama-3.1-8B", tp=16)', 2, "1"),
    ('kv_copies(model="Llama-3.1-8B", tp=4)', 1, "1"),
    ('kv_copies(model="DeepSeek-V3", tp=8)', 8, "1"),
    ('kv_transfer_time(model="Llama-3.1-8B", context=8192, link="50 GB/s")', 0.021475, "second"),
    (
        f'kv_load_gain({ON}, context=8192, link="63 GB/s")',
        lambda: prefilled(8192) / (8192 * 131_072 / 63e9),
        "1",
    ),
    (
        f"kv_break_even_link({ON})",
        lambda: 131_072 * 0.65 * PEAK / (2 * BODY),
        "byte/second",
    ),
    (f"itl_slope({ON})", 131_072 / (0.86 * 3.35e12), "second/token"),
    (f'itl_slope({ON}, kv="fp8")', 65_536 / (0.86 * 3.35e12), "second/token"),
    (
        f"itl_intercept({ON})",
        lambda: 2 * (BODY + HEAD) / (0.86 * BANDWIDTH) + 32 * 0.3 * 146e-6,
        "second",
    ),
    ("cached_tokens(prefix=500)", 496, "token"),
    (
        f'ttft_saved({ON}, prompt=600, prefix=500, overhead="10 ms")',
        saved,
        "1",
    ),
    ("hit_rate(system=500, turns=5, question=50, answer=200)", 0.945, "1"),
    ("hit_rate(system=500, turns=5, question=50, answer=200, blocks=100)", 0.5203, "1"),
    ("tokens_per_pass(acceptance=0.8, drafted=3)", 2.952, "1"),
    (f"speculation_speedup({ON}, acceptance=0.7, drafted=3)", 2.533 / (1 + 3 * 0.18), "1"),
    (f"speculation_break_even({ON}, acceptance=0.7, drafted=3)", pays, "1"),
    ('free_verification_batch(gpu="H100 SXM", drafted=3)', 73.8, "1"),
    ("capture_sizes()", 51, "1"),
    ("padded_batch(batch=33)", 40, "1"),
    ("graph_padding(batch=33)", 7 / 33, "1"),
    ('default_max_num_seqs(gpu="A100 SXM 80GB")', 256, "1"),
    ('default_max_num_seqs(gpu="H200")', 1024, "1"),
    ('default_max_num_batched_tokens(gpu="B200")', 16384, "token"),
    ('default_max_num_batched_tokens(gpu="RTX 4090")', 2048, "token"),
]


@pytest.mark.parametrize(("written", "value", "unit"), VALUES)
def test_a_value_is_what_the_room_computes(
    written: str, value: float | Callable[[], float], unit: str
) -> None:
    """Through the language of values, as in a post; expected by hand, from the configuration."""
    value = value() if callable(value) else value
    made = quantity(written, Facts())
    assert made.unit == unit
    assert made.value == pytest.approx(value, rel=5e-4, abs=1e-12)


def test_every_function_is_tried_and_none_hides_another() -> None:
    """The table above has each; no name is the roofline's too."""
    assert {written.partition("(")[0] for written, *_ in VALUES} == set(FUNCTIONS)
    assert not set(FUNCTIONS) & set(ROOFLINE)


WRONG = [
    ('kv_transfer_time(model="Llama-3.1-8B", context=1, link="50 GB")', "cannot give byte in "),
    ("chunk_steps(prompt=1, budget=8, decoding=8)", "decoding=8 leaves nothing of budget=8 to a "),
    (f'served({ON}, {SIZES}, metric="ttft_p50")', "say either rate= or concurrency="),
    (f'served({ON}, {SIZES}, concurrency=1, metric="ttft")', "a run has no 'ttft'; did you mean "),
    ('slots_share(scheme="all", prompt="1", output="1", slots=9)', "option 'scheme' of 'slots_sh"),
    ("graph_paddin(batch=3)", "no function 'graph_paddin'; did you mean 'graph_padding'?"),
    (
        f"speculation_break_even({ON}, acceptance=0.7, drafted=1, context=1024)",
        "speculation pays at every batch up to the 428 that fit, so there is no break-even batch; "
        "say so in words",
    ),
    (
        f"speculation_break_even({ON}, acceptance=1.0, drafted=1, draft_cost=0.0)",
        "speculation pays at every batch up to 4,096, the largest looked at, so there is no ",
    ),
    (
        'kv_copies(model="Llama-3.1-8B", tp=3)',
        "tp=3 does not part the 8 KV heads of Llama-3.1-8B: it must divide them, or be a multiple",
    ),
    (
        'steady_throughput(gpu="L40S", model="Llama-3.1-8B", concurrency=64, prompt="4000", '
        'output="geometric 256")',
        "64 requests of 4,256 tokens do not fit into the KV cache of Llama-3.1-8B on L40S, 50 do; "
        "a closed form knows no queue: simulate it, or choose fewer requests",
    ),
    (
        f'served({ON}, {SIZES}, rate=200, metric="ttft_p50")',
        "ttft_p50 has no value at rate=200: more requests come than end, so that it grows with "
        "`requests`; choose a lower rate or, if they are over soon, more requests",
    ),
]


@pytest.mark.parametrize(("written", "said"), WRONG)
def test_what_cannot_be_computed_is_refused(written: str, said: str) -> None:
    """With what would be right."""
    with pytest.raises(Refusal) as refused:
        quantity(written, Facts())
    assert str(refused.value).startswith(said) or said in str(refused.value)
