"""Serving, speculation and prefixes: closed forms, and what was published."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchpost import roofline
from benchpost.errors import UsageError
from benchpost.roofline import layer_equations, serving_equations
from benchpost.roofline.types import Estimate


def served(**sizes: object) -> Estimate:
    asked: dict[str, Any] = {"gpu": "H200", "model": "Llama-3.1-8B", "prompt": 1024, "output": 1024}
    return roofline.serving(**{**asked, "concurrency": 16, **sizes})


def test_more_requests_are_slower_each_and_faster_together() -> None:
    """Time per token and throughput both rise with the concurrency."""
    sizes = np.array([1, 4, 16, 64, 256])
    assert (np.diff(served(concurrency=sizes).value) > 0).all()
    assert (np.diff(served(concurrency=sizes, metric="throughput").value) > 0).all()


def test_the_kv_cache_caps_what_runs_at_once() -> None:
    """Beyond it requests wait, and the time per token stays."""
    full = served(concurrency=100_000, prompt=30_000)
    assert full.terms["concurrency"] < 100_000
    assert full.value == served(concurrency=200_000, prompt=30_000).value


@pytest.mark.parametrize("metric", ["tpot", "ttft", "throughput"])
def test_bounds_and_bands_are_in_order(metric: str) -> None:
    """No time is below its bound, no rate above it."""
    made = served(metric=metric)
    assert made.low <= made.value <= made.high
    if metric == "throughput":
        assert made.high <= made.bound
    else:
        assert made.bound <= made.low


def test_several_gpus_share_the_weights_and_pay_for_the_exchange() -> None:
    """A 70B model on four GPUs is faster than on two, but not twice."""
    two, four = (served(model="Llama-3.1-70B", tp=tp) for tp in (2, 4))
    assert 0.5 < four.value / two.value < 1
    assert 0 < two.terms["exchange_time"] < four.terms["exchange_time"]


def test_a_model_that_does_not_fit_is_an_error() -> None:
    """With its size and the memory."""
    said = "Llama-3.1-70B in bf16 (141.1 GB on each of 1 GPUs) does not fit into the 141 GB of"
    with pytest.raises(UsageError, match=re.escape(said)):
        served(model="Llama-3.1-70B")


LEVIATHAN = [(0.0, 4, 1.0), (1.0, 4, 5.0), (0.5, 1, 1.5), (0.8, 3, 2.952), (0.85, 2, 2.5725)]


@pytest.mark.parametrize(("acceptance", "drafted", "tokens"), LEVIATHAN)
def test_tokens_of_a_pass(acceptance: float, drafted: int, tokens: float) -> None:
    """(1 - a^(g+1)) / (1 - a), and g + 1 where every token is accepted."""
    made = serving_equations.accepted_tokens(acceptance=acceptance, drafted=drafted)
    assert made == pytest.approx(tokens, rel=1e-12)


MEASURED_SPEEDUPS = [
    # tokens a pass, drafted, measured speed-up, llama.cpp on a Radeon 8060S, dense 27B in Q8_0
    (2.56, 2, 1.90),
    (3.17, 3, 2.09),
]


@pytest.mark.parametrize(("tokens", "drafted", "speedup"), MEASURED_SPEEDUPS)
def test_a_cost_per_drafted_token_explains_what_was_measured(
    tokens: float, drafted: int, speedup: float
) -> None:
    """One constant for both, within 0.04."""
    made = serving_equations.speculation_speedup(
        accepted_tokens=tokens, drafted=drafted, draft_cost=0.18, verify_cost=0.0
    )
    assert made == pytest.approx(speedup, abs=0.04)


def test_verifying_costs_experts_and_nothing_dense() -> None:
    """More tokens go to more experts; a dense model reads its weights once."""
    asked: dict[str, Any] = {"acceptance": 0.85, "drafted": 2}
    dense = roofline.speculate(gpu="H200", model="Qwen3-32B", **asked)
    experts = roofline.speculate(gpu="H200", model="Qwen3-30B-A3B", **asked)
    assert dense.terms["verify_cost"] == pytest.approx(0.0, abs=1e-3)
    assert experts.terms["verify_cost"] > 0.2
    assert experts.value < dense.value < dense.bound


def test_speculation_does_not_pay_at_a_large_batch() -> None:
    """Verification is compute-bound there."""
    made = roofline.speculate(
        gpu="A100 SXM 80GB", model="Llama-3.1-8B", acceptance=0.6, drafted=4, batch=512
    )
    assert made.value < 1


def test_a_hit_skips_whole_blocks() -> None:
    """500 shared tokens of 600 are 496; 82.5 % of the FLOPs and of the time without overhead."""
    asked: dict[str, Any] = {
        "gpu": "A100 SXM 80GB",
        "model": "Llama-3.1-8B",
        "prompt": 600,
        "prefix": 500,
    }
    made = roofline.prefix(**asked)
    assert made.terms["cached_tokens"] == 496
    assert made.terms["flops_saved"] == pytest.approx(0.825, abs=0.005)
    slow = roofline.prefix(**asked, overhead=0.030)
    assert slow.terms["time_saved"] < made.terms["time_saved"]


def test_a_prompt_that_is_all_shared_still_computes_its_last_token() -> None:
    """Not even a whole hit is free."""
    made = roofline.prefix(gpu="H200", model="Llama-3.1-8B", prompt=1024, prefix=1024)
    assert made.terms["cached_tokens"] == 1008
    assert made.terms["warm_time"] > 0


def test_windows_count_pairs_as_a_loop_does() -> None:
    """The closed form, against adding up."""
    for tokens, context, window in ((1, 1, 4), (5, 9, 4), (9, 9, 4), (3, 9, 100), (9, 9, 1)):
        counted = sum(min(place, window) for place in range(context - tokens + 1, context + 1))
        assert (
            layer_equations.window_pairs(tokens=tokens, context=context, window=window) == counted
        )


def test_more_gpus_than_heads_hold_heads_twice() -> None:
    """Eight key-value heads on sixteen GPUs: one on each."""
    for gpus, heads in ((1, 8), (4, 2), (8, 1), (16, 1)):
        assert layer_equations.kv_heads_per_gpu(kv_heads=8, tensor_parallel=gpus) == heads


WRONG: list[tuple[Callable[[], object], str]] = [
    (
        lambda: served(metric="latency"),
        "unknown metric 'latency'; known are tpot, ttft, throughput",
    ),
    (lambda: served(concurrency=0), "concurrency must be at least 1, not 0"),
    (lambda: served(engine="vlm"), "unknown engine 'vlm'; did you mean 'vllm'"),
    (lambda: served(tp=0), "tp must be at least 1, not 0"),
    (
        lambda: roofline.speculate(gpu="H200", model="Qwen3-4B", acceptance=1.5, drafted=2),
        "acceptance must be at most 1, not 1.5",
    ),
    (
        lambda: roofline.prefix(gpu="H200", model="Qwen3-4B", prompt=10, prefix=20),
        "prompt beyond the prefix must be at least 0, not -10",
    ),
]


@pytest.mark.parametrize(("act", "said"), WRONG)
def test_wrong_options_are_refused(act: Callable[[], object], said: str) -> None:
    """With what would be right."""
    with pytest.raises(UsageError, match=re.escape(said)):
        act()


def test_requests_that_wait_are_told() -> None:
    """How many run, beside the numbers."""
    assert served().notes == ()
    (said,) = served(concurrency=100_000, prompt=30_000).notes
    assert re.fullmatch(
        r"the KV cache holds \d+(\.\d)? requests at once; the others wait for a place", said
    )


def test_a_queue_makes_the_first_token_late() -> None:
    """Whole generations come before it."""
    fits = served(concurrency=16, prompt=30_000, metric="ttft")
    waits = served(concurrency=100_000, prompt=30_000, metric="ttft")
    assert fits.terms["queue_time"] == 0
    assert waits.terms["queue_time"] > 1024 * waits.terms["serving_step_time"]
    assert waits.value > waits.terms["queue_time"]


def test_its_own_prompt_is_no_part_of_the_time_per_token() -> None:
    """One request alone decodes as if it had none but its context."""
    alone = served(concurrency=1, prompt=30_000)
    assert alone.terms["prompts_per_step"] == 0
    assert served(concurrency=2, prompt=30_000).terms["prompts_per_step"] == 1 / 1024


def test_the_memory_beyond_the_usual_share_is_taken_where_needed() -> None:
    """671 GB in FP8 on four B200 is above 92 % of their memory, and runs."""
    made = served(gpu="B200", model="DeepSeek-V3", dtype="fp8", tp=4, concurrency=4)
    assert made.terms["concurrency"] == 4


GPUS = st.sampled_from(["H100 SXM", "B200", "L4", "MI300X", "RTX 4090", "Apple M4 Max 40-core"])
MODELS = st.sampled_from(
    ["Llama-3.1-8B", "Qwen3-30B-A3B", "Gemma-3-27B", "gpt-oss-20b", "Qwen3-Next-80B-A3B"]
)
SIZES = st.integers(1, 9000)
SHARES = st.floats(0, 1)
CARDS = st.sampled_from([1, 2, 4, 8])


@given(gpu=GPUS, model=MODELS, prompt=SIZES, shared=SHARES, block=st.sampled_from([1, 16, 64]))
def test_what_a_hit_saves_lies_in_its_band(
    gpu: str, model: str, prompt: int, shared: float, block: int
) -> None:
    """Whatever is asked; and it is never more than all there is to save."""
    made = roofline.prefix(
        gpu=gpu, model=model, prompt=prompt, prefix=int(shared * prompt), block=block
    )
    assert 0 <= made.low <= made.value <= made.high <= made.bound


@given(gpu=GPUS, model=MODELS, acceptance=SHARES, drafted=st.integers(1, 8), tp=CARDS, batch=SIZES)
def test_a_speed_up_lies_in_its_band(
    gpu: str, model: str, acceptance: float, drafted: int, tp: int, batch: int
) -> None:
    """And never above the tokens that a pass may give."""
    made = roofline.speculate(
        gpu=gpu, model=model, acceptance=acceptance, drafted=drafted, tp=tp, batch=batch
    )
    assert made.low <= made.value <= made.high <= made.bound


@given(gpu=GPUS, model=MODELS, context=SIZES, batch=st.integers(1, 512), tp=CARDS)
def test_decode_and_prefill_lie_in_their_bands(
    gpu: str, model: str, context: int, batch: int, tp: int
) -> None:
    """A rate at or below its bound, a time at or above it."""
    asked: dict[str, Any] = {"gpu": gpu, "model": model, "batch": batch, "tp": tp}
    rate = roofline.decode(**asked, context=context)
    assert rate.low <= rate.value <= rate.high <= rate.bound
    time = roofline.prefill(**asked, prompt=context)
    assert time.bound <= time.low <= time.value <= time.high


@given(model=MODELS, sizes=st.tuples(SIZES, SIZES), concurrency=st.integers(1, 9000), tp=CARDS)
def test_servers_lie_in_their_bands(
    model: str, sizes: tuple[int, int], concurrency: int, tp: int
) -> None:
    """Times at or above their bound, the throughput at or below it."""
    prompt, output = sizes
    asked: dict[str, Any] = {
        "gpu": "MI300X",
        "model": model,
        "prompt": prompt,
        "output": output,
        "concurrency": concurrency,
        "tp": tp,
    }
    for metric in ("tpot", "ttft"):
        time = roofline.serving(**asked, metric=metric)
        assert time.bound <= time.low <= time.value <= time.high
    rate = roofline.serving(**asked, metric="throughput")
    assert rate.low <= rate.value <= rate.high <= rate.bound * (1 + 1e-9)


@given(gpu=GPUS, model=MODELS, context=SIZES, tp=CARDS)
def test_what_fits_is_whole_and_not_negative(gpu: str, model: str, context: int, tp: int) -> None:
    """Blocks, tokens and sequences."""
    made = roofline.memory(gpu=gpu, model=model, context=context, tp=tp)
    assert made.kv_blocks >= 0
    assert made.tokens == made.kv_blocks * 16
    assert 0 <= made.max_concurrency <= made.tokens


def test_the_exchange_of_several_gpus_is_part_of_a_pass() -> None:
    """Verifying several tokens moves more between GPUs, so it pays less on eight than on one."""
    asked: dict[str, Any] = {"gpu": "H100 SXM", "model": "Llama-3.1-8B", "drafted": 3}
    one, eight = (roofline.speculate(**asked, acceptance=0.8, tp=tp, batch=16) for tp in (1, 8))
    assert eight.terms["verify_cost"] != one.terms["verify_cost"]
    assert eight.value != one.value
