"""What a value in a sentence may call of serving."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from serving.servers import DENSE

from benchpost import roofline, serving
from benchpost.figures.types import Facts
from benchpost.fill.general import quantity
from benchpost.fill.refusal import Refusal
from benchpost.roofline.batching import COMPUTE_SHARE, HOST_TIME
from benchpost.roofline.calls import FUNCTIONS as ROOFLINE
from benchpost.serving import steady
from benchpost.serving.calls import FUNCTIONS
from benchpost.serving.run import Run

ON = 'gpu="H100 SXM", model="Llama-3.1-8B"'
SIZES = 'prompt="512", output="geometric 256"'

ASKED: dict[str, Any] = {"gpu": "H100 SXM", "model": "Llama-3.1-8B"}
LENGTHS: dict[str, Any] = {"prompt": "512", "output": "geometric 256"}


def run() -> Run:
    return serving.simulate(**ASKED, **LENGTHS, concurrency=4, requests=500)


def steadily() -> steady.Steady:
    return steady.continuous(**ASKED, **LENGTHS, concurrency=32)


def step(batch: int, context: int, prompt: int = 0) -> float:
    flops, moved = DENSE.work.decode_flops(context, batch), DENSE.work.kv_bytes(context, batch)
    prompts = (prompt, float(DENSE.work.prefill_flops(prompt, prompt)) if prompt else 0.0)
    return DENSE.mixed(batch, float(flops), float(moved), prompts)


def hidden(host: float) -> float:
    on_gpu = step(1, 1024) - HOST_TIME
    return (host + on_gpu) / max(host, on_gpu)


def prefilled(prompt: int) -> float:
    return float(roofline.prefill(**ASKED, prompt=prompt, engine="vllm").value)


def saved(prompt: int, prefix: int, overhead: float) -> float:
    asked: dict[str, Any] = {
        "prompt": prompt,
        "prefix": prefix,
        "overhead": overhead,
        "engine": "vllm",
    }
    return float(roofline.prefix(**ASKED, **asked).terms["time_saved"])


def pays() -> float:
    asked: dict[str, Any] = {"acceptance": 0.7, "drafted": 3, "engine": "vllm"}
    gains = [float(roofline.speculate(**ASKED, **asked, batch=b).value) for b in range(1, 400)]
    return sum(gain >= 1 for gain in gains)


VALUES: list[tuple[str, float | Callable[[], float], str]] = [
    (
        f'served({ON}, {SIZES}, concurrency=4, metric="ttft_p50")',
        lambda: run().summary["ttft_p50"],
        "second",
    ),
    (
        f"steady_throughput({ON}, {SIZES}, concurrency=32)",
        lambda: steadily().throughput,
        "token/second",
    ),
    (f"steady_itl({ON}, {SIZES}, concurrency=32)", lambda: steadily().tpot, "second"),
    (f"step_time({ON}, batch=1, context=1)", lambda: step(1, 1), "second"),
    (
        f"step_time({ON}, batch=64, context=1024, prefill=8128)",
        lambda: step(64, 1024, 8128),
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
        lambda: 131_072 * COMPUTE_SHARE * 989e12 / 13_958_643_712,
        "byte/second",
    ),
    (f"itl_slope({ON})", 131_072 / (0.86 * 3.35e12), "second/token"),
    (f'itl_slope({ON}, kv="fp8")', 65_536 / (0.86 * 3.35e12), "second/token"),
    (f"itl_intercept({ON})", lambda: 1 / roofline.decode(**ASKED, engine="vllm").value, "second"),
    ("cached_tokens(prefix=500)", 496, "token"),
    (
        f'ttft_saved({ON}, prompt=600, prefix=500, overhead="10 ms")',
        lambda: saved(600, 500, 0.01),
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
    """Through the language of values, as in a post."""
    value = value() if callable(value) else value
    made = quantity(written, Facts())
    assert made.unit == unit
    assert made.value == pytest.approx(value, rel=2e-3, abs=1e-12)


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
