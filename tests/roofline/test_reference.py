"""Claims of a vLLM reference that is widely copied, each with the verdict that the code reaches.

Orchestra-Research/AI-Research-SKILLs@773a529 12-inference-serving/vllm/references/optimization.md.
What beats a bound outright is in `test_claims`; here is what is misleading, unsaid or a typo.
"""

from __future__ import annotations

from typing import Any

import pytest

from benchpost import roofline
from benchpost.roofline import catalog, equations, serving_equations
from benchpost.roofline.claims import Claim, possible

A100 = "A100 SXM 80GB"


def test_paging_saves_what_was_wasted_and_not_half() -> None:
    """Of 60 % to 80 % waste less than 4 % is left: 2.4 to 4.8 times, not "160 to 80 GB"."""
    for waste, factor in ((0.6, 2.4), (0.8, 4.8)):
        verdict = possible(Claim("Llama-3-70B", before=1 - waste, after=0.96, improvement=2.0))
        assert [breach.limit for breach in verdict.breaches] == pytest.approx([factor])
    assert possible(Claim("Llama-3-70B", before=0.5, after=1.0, improvement=2.0))


def test_what_is_said_to_need_eight_cards_fits_four() -> None:
    """141 GB of weights and 160 GB of KV cache, on 4 × 80, 8 × 40 and 8 × 80 GB."""
    for gpu, gpus in ((A100, 4), ("A100 SXM 40GB", 8), (A100, 8)):
        verdict = possible(
            Claim("Llama-3-70B", gpu, gpus=gpus, kv_memory=160e9, kv_tokens=488_281, memory=302e9)
        )
        assert verdict, str(verdict)


PREFIX = [
    # GPU, seconds of a request beside its prefill, share of the time to first token that is saved
    (A100, 0.0, 0.82),
    (A100, 0.010, 0.67),
    (A100, 0.030, 0.49),
    ("H100 SXM", 0.0, 0.66),
    ("H100 SXM", 0.010, 0.39),
    ("H100 SXM", 0.030, 0.21),
]


@pytest.mark.parametrize(("gpu", "overhead", "saved"), PREFIX)
def test_a_hit_saves_83_percent_of_the_flops_and_less_of_the_time(
    gpu: str, overhead: float, saved: float
) -> None:
    """500 shared tokens of 600 are 496 in whole blocks; "83 % faster TTFT" has no overhead."""
    made = roofline.prefix(gpu=gpu, model="Llama-3-8B", prompt=600, prefix=500, overhead=overhead)
    assert made.terms["cached_tokens"] / 600 == pytest.approx(0.827, abs=0.001)
    assert made.terms["flops_saved"] == pytest.approx(0.83, abs=0.01)
    assert made.terms["time_saved"] == pytest.approx(saved, abs=0.03)
    assert made.terms["time_saved"] < made.terms["flops_saved"]


def test_three_to_five_tokens_a_pass_are_two_to_three_times_at_batch_1_only() -> None:
    """With the measured cost of drafting; experts and large batches gain less, or lose."""
    dense = [
        serving_equations.speculation_speedup(
            accepted_tokens=tokens, drafted=drafted, draft_cost=0.18, verify_cost=0.0
        )
        for tokens, drafted in ((3.17, 3), (4.5, 5))
    ]
    assert all(1.9 < speedup < 3 for speedup in dense)
    asked: dict[str, Any] = {"gpu": A100, "acceptance": 0.85, "drafted": 3}
    experts = roofline.speculate(model="Qwen3-30B-A3B", **asked).value
    assert 1 < experts < 1.6
    assert roofline.speculate(model="Llama-3-8B", **asked, batch=512).value < 1


def test_sixteen_gigabytes_are_the_weights_alone() -> None:
    """vLLM reserves nine tenths of the card, 72 GB."""
    assert catalog.model("Llama-3-8B").weight_bytes("bf16") == pytest.approx(16.06e9, rel=1e-3)
    assert possible(Claim("Llama-3-8B", A100, memory=0.9 * 80e9))


def test_2100_tokens_a_second_need_sixteen_sequences() -> None:
    """45 of one are plausible, 2100 of fifteen are not yet."""
    rates = [
        bool(possible(Claim("Llama-3-8B", A100, tokens_per_second=2100, batch=batch)))
        for batch in (1, 15, 16)
    ]
    assert rates == [False, False, True]
    slow = roofline.decode(gpu=A100, model="Llama-3-8B", engine="hf")
    assert slow.low < 45 < slow.bound


def test_the_napkin_of_the_rtx_4090_is_a_bound() -> None:
    """125 tok/s at no context; engines reach 76 to 95 at a thousand tokens."""
    asked: dict[str, Any] = {"gpu": "RTX 4090", "model": "Qwen3-4B-Instruct-2507"}
    assert roofline.decode(**asked).bound == pytest.approx(125.3, abs=0.05)
    assert 76 < roofline.decode(**asked, context=1000).value < 95
    model = catalog.model("Qwen3-4B-Instruct-2507")
    assert model.parameters.value == 4_022_468_096 == model.streamed_parameters
    assert model.repository
    assert pytest.approx(model.repository.total, rel=1e-3) == 8.06e9


TYPO = [
    # M, K, N, error of 2(MN+NK+MN) against 2(MK+KN+MN)
    (512, 4096, 14336, 0.077),
    (512, 14336, 4096, -0.077),
    (512, 4096, 128_256, 0.107),
    (8192, 4096, 14336, 0.40),
    (512, 4096, 4096, 0.0),
    (1, 4096, 14336, 0.0002),
]


@pytest.mark.parametrize(("m", "k", "n", "error"), TYPO)
def test_the_bytes_of_a_matmul_are_three_matrices(m: int, k: int, n: int, error: float) -> None:
    """The reference counts the output twice and the input not at all; at M = 1 nobody notices."""
    ours = equations.matmul_bytes(m=m, k=k, n=n, element_bytes=2)
    assert ours == 2 * (m * k + k * n + m * n)
    assert 2 * (m * n + n * k + m * n) / ours - 1 == pytest.approx(error, abs=0.005)


ALTERED = [
    # pages with deliberately altered numbers: 112 TFLOPS of an A100, 26 GB of an 8B model
    Claim("Llama-3.1-8B", A100, prefill_per_second=112e12 / 14e9 * 2.9),
    Claim("Llama-3.1-8B", A100, tokens_per_second=2039e9 / 14e9),
]


@pytest.mark.parametrize("claim", ALTERED)
def test_claims_are_not_judged_by_altered_numbers(claim: Claim) -> None:
    """What the altered peak or size would allow or forbid is judged by the true one."""
    assert not possible(claim)


def test_an_honest_rate_is_not_held_against_the_altered_peak() -> None:
    """15,000 prompt tokens a second of an 8B model are 210 TFLOPS, which an A100 has."""
    assert possible(Claim("Llama-3.1-8B", A100, prefill_per_second=15_000, prompt=512))
