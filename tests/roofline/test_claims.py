"""Published numbers held against the hardware: the impossible are caught, the honest pass."""

from __future__ import annotations

import re

import pytest

from benchpost.errors import UsageError
from benchpost.roofline.claims import Claim, possible
from benchpost.roofline.measured import rows
from benchpost.roofline.rates import times

A100 = "A100 SXM 80GB"

IMPOSSIBLE = [
    # what, claim, bound that it breaks, words of the verdict
    (
        "premAI, TensorRT-LLM, float16",
        Claim("Mistral-7B-v0.1", A100, tokens_per_second=206.59, dtype="fp16"),
        "bandwidth",
        "206.6 tok/s is 1.4 times the bound of 143.4 tok/s",
    ),
    (
        "premAI, TensorRT-LLM, int8",
        Claim("Llama-2-7B", A100, tokens_per_second=316.77, dtype="int8"),
        "bandwidth",
        "316.8 tok/s is 1.03 times the bound of 308.6 tok/s",
    ),
    (
        "llama.cpp on an 8 GB Apple M1 at 8192 tokens, which did not fit",
        Claim("Llama-3-8B", "Apple M1", tokens_per_second=1133.05, dtype="q4_k_m", context=4096),
        "bandwidth",
        "times the bound of 1",
    ),
    (
        "a README: 300-400 tok/s on an M4 with 24 GB, held against 7B in four bits",
        Claim("Llama-2-7B", "Apple M4 10-core", tokens_per_second=300.0, dtype="q4_0"),
        "bandwidth",
        "300 tok/s is 9.",
    ),
    (
        "vLLM reference: 280 requests a second of Llama-3-8B on one A100",
        Claim("Llama-3-8B", A100, requests_per_second=280.0),
        "tokens per request",
        "280 requests a second leave 79.8 tokens each",
    ),
    (
        "the same and its baseline: 12 to 280 requests a second from 45 to 2100 tok/s",
        Claim("Llama-3-8B", before=45.0, after=2100.0, improvement=280 / 12),
        "consistency",
        "45 to 2100 is a factor of 47, not 23.3333",
    ),
    (
        "continuous batching: 50 % to 90 % of the GPU said to be four times",
        Claim("Llama-3-8B", before=0.5, after=0.9, improvement=4.0),
        "consistency",
        "0.5 to 0.9 is a factor of 1.8, not 4",
    ),
    (
        "requests without an output",
        Claim("Llama-3-8B", A100, requests_per_second=50.0, tokens_per_second_at_any_batch=25.0),
        "consistency",
        "0.5 output tokens a request, fewer than the one",
    ),
    (
        "more tokens out than tokens in all",
        Claim(
            "Llama-3-8B",
            A100,
            requests_per_second=10.0,
            tokens_per_second_at_any_batch=2000.0,
            tokens_per_request=100,
        ),
        "consistency",
        "200 output tokens a request, more than the 100 in and out",
    ),
    (
        "vLLM reference: 285 requests a second of Llama-2-70B on four A100",
        Claim("Llama-2-70B", A100, gpus=4, requests_per_second=285.0),
        "tokens per request",
        "leave 32 tokens each",
    ),
    (
        "TensorRT-LLM: 320 requests a second of Llama-2-70B on four A100",
        Claim("Llama-2-70B", A100, gpus=4, requests_per_second=320.0),
        "tokens per request",
        "leave 28.5 tokens each",
    ),
    (
        "16 GB of memory for Llama-3-8B while serving 280 requests a second of 120 ms",
        Claim(
            "Llama-3-8B",
            A100,
            memory=16e9,
            requests_per_second=280,
            tokens_per_request=50,
            latency=0.12,
        ),
        "memory",
        "16.06 GB of weights and at least 0.07 GB of KV cache do not fit into 16 GB",
    ),
    (
        "a 70B model in BF16 on one card of 80 GB",
        Claim("Llama-3.1-70B", "H100 SXM", tokens_per_second=20.0, dtype="bf16"),
        "memory",
        "141 GB of weights in bf16 do not fit into the 85.9 GB that 1 × H100 SXM may report (80 GB "
        "read as 80 GiB)",
    ),
    (
        "DeepSeek-V3 on one card, in whatever format",
        Claim("DeepSeek-V3", "H100 SXM", tokens_per_second=5.0),
        "memory",
        "336 GB of weights in even four bits each do not fit into the 85.9 GB",
    ),
    (
        "more memory in use than GB read as GiB",
        Claim("Llama-3.1-8B", "H100 SXM", memory=87e9),
        "memory",
        "87 GB is more than the 85.9 GB that 1 × H100 SXM may report (80 GB read as 80 GiB)",
    ),
    (
        "the same said not to fit on eight A100",
        Claim("Llama-3-70B", A100, gpus=8, kv_memory=160e9, kv_tokens=488_281, out_of_memory=True),
        "memory",
        "301.1 GB of weights and KV cache fit into 8 × 80 GB: not out of memory",
    ),
    (
        "the same on eight A100 of 40 GB",
        Claim(
            "Llama-3-70B",
            "A100 SXM 40GB",
            gpus=8,
            kv_memory=160e9,
            kv_tokens=488_281,
            out_of_memory=True,
        ),
        "memory",
        "fit into 8 × 40 GB",
    ),
    (
        "TinyLlama as the draft of Llama-3-70B",
        Claim("Llama-3-70B", draft="TinyLlama-1.1B"),
        "vocabulary",
        "TinyLlama-1.1B has 32,000 tokens and Llama-3.1-70B 128,256",
    ),
    (
        "speculation costs 2-3 % of accuracy",
        Claim("Llama-3-70B", accuracy_loss=0.02),
        "consistency",
        "a loss of 2.0% is not of speculation",
    ),
    (
        "not out of memory with what its batch holds",
        Claim("Llama-3.1-8B", "RTX 4090", batch=4, context=8192, out_of_memory=True),
        "memory",
        "20.36 GB of weights and KV cache fit into 1 × 24 GB: not out of memory",
    ),
    (
        "KV cache of a model with windows, by the slope of the layers without",
        Claim("Gemma-3-27B", kv_memory=10 * 8192 * 2 * 16 * 128 * 2, kv_tokens=8192),
        "consistency",
        "8,192 tokens take 1.107 GB, not 0.6711",
    ),
    (
        "experts: the bound reads those of one token",
        Claim("Qwen3-30B-A3B", "H100 SXM", tokens_per_second=30e3, batch=8),
        "bandwidth",
        "a step of 8 reads at least 6.",
    ),
    (
        "prompt tokens beyond the FLOPs of the layers",
        Claim("Llama-3.1-8B", "H100 SXM", prefill_per_second=75e3),
        "compute",
        "14 GFLOP a token",
    ),
    (
        "a first token faster than the arithmetic of its prompt",
        Claim("Llama-3-8B", A100, ttft=0.05, prompt=8192),
        "compute",
        "50 ms is below the",
    ),
]


@pytest.mark.parametrize(("who", "claim", "bound", "said"), IMPOSSIBLE)
def test_what_cannot_be_is_caught(who: str, claim: Claim, bound: str, said: str) -> None:
    """With the bound that it breaks, and by how much."""
    verdict = possible(claim)
    assert not verdict, who
    assert bound in [breach.bound for breach in verdict.breaches]
    assert said in str(verdict)


POSSIBLE = [
    (
        "out of memory by the KV cache of its batch",
        Claim("Llama-3.1-8B", "RTX 4090", batch=64, context=8192, out_of_memory=True),
    ),
    (
        "windows of a model",
        Claim("Gemma-3-27B", kv_memory=2 * (10 * 8192 + 52 * 1024) * 16 * 128 * 2, kv_tokens=8192),
    ),
    (
        "windows of four sequences",
        Claim(
            "Gemma-3-27B",
            kv_memory=4 * 2 * (10 * 8192 + 52 * 1024) * 16 * 128 * 2,
            kv_tokens=4 * 8192,
            batch=4,
        ),
    ),
    (
        "a prefill without a prompt, near the peak of a small model",
        Claim("Llama-3.2-1B", "H100 SXM", prefill_per_second=450e3),
    ),
    (
        "a prefix that is cached",
        Claim("Llama-3.1-8B", "H100 SXM", ttft=0.02, prompt=16000, cached=15500),
    ),
    (
        "many short requests in little memory",
        Claim(
            "Llama-3.1-8B",
            A100,
            memory=16.6e9,
            requests_per_second=60,
            tokens_per_request=100,
            latency=0.2,
        ),
    ),
    (
        "five tokens out of a classification",
        Claim(
            "Llama-3.1-8B",
            "H100 SXM",
            requests_per_second=50.0,
            tokens_per_second_at_any_batch=250.0,
            tokens_per_request=200,
        ),
    ),
    ("RTX 4090: 1008 / 8.06 = 125 tok/s", Claim("Qwen3-4B", "RTX 4090", tokens_per_second=125.0)),
    ("HF, batch 1, A100", Claim("Llama-3-8B", A100, tokens_per_second=45.0)),
    ("2100 tok/s of 16 sequences", Claim("Llama-3-8B", A100, tokens_per_second=2100.0, batch=16)),
    ("gpt-fast", Claim("Llama-2-7B", A100, tokens_per_second=104.9, context=105)),
    (
        "280 short requests",
        Claim("Llama-3-8B", A100, requests_per_second=280, tokens_per_request=60),
    ),
    ("KV cache of so many tokens", Claim("Llama-3-70B", kv_memory=160e9, kv_tokens=488_281)),
    ("a draft of the same family", Claim("Llama-3-70B", draft="Llama-3.2-1B")),
    ("vLLM's reserve", Claim("Llama-3-8B", A100, memory=72e9)),
    ("81,559 MiB, as the driver of an H100 says", Claim("Llama-3.1-8B", "H100 SXM", memory=85.5e9)),
    ("two cards", Claim("Llama-3.1-70B", "H100 SXM", 2, "bf16", tokens_per_second=40.0)),
    ("four bits", Claim("Llama-3.1-70B", "H100 SXM", 1, "awq", tokens_per_second=40.0)),
    (
        "FP16 accumulation above the FP32 peak, exllama on a 4090",
        Claim("Llama-2-7B", "RTX 4090", prefill_per_second=13918, prompt=1920, dtype="gptq-int4"),
    ),
]


@pytest.mark.parametrize(("who", "claim"), POSSIBLE)
def test_what_is_honest_passes(who: str, claim: Claim) -> None:
    """Nothing forbids it."""
    verdict = possible(claim)
    assert verdict, (who, str(verdict))
    assert str(verdict) == "nothing forbids it"


UNSAID = [
    (
        Claim("Llama-3-8B", A100, batch=256, requests_per_second=12.0, tokens_per_second=45.0),
        "3.75 output tokens a request, by its requests and tokens a second, are unusual: either "
        "the two numbers are not of one run, or its outputs were that short; say tokens",
    ),
    (
        Claim("Llama-3-8B", A100, memory=16e9, requests_per_second=280, tokens_per_request=60),
        "16 GB are the weights alone: nothing is left for the KV cache of 280 requests a second",
    ),
    (
        Claim("Llama-3-8B", A100, memory=16.1e9, requests_per_second=280, tokens_per_request=60),
        "16.1 GB leave 0.039 GB beside the weights: a block of KV cache for each of 280 requests a "
        "second, if none stays for more than 67.2 ms",
    ),
    (
        Claim("Llama-3-70B", kv_memory=160e9),
        "160 GB of KV cache would be 488,281 tokens at 320 KiB each; the size can be judged once "
        "its tokens are said",
    ),
    (
        Claim("Llama-3.1-70B", "H100 SXM", tokens_per_second=20.0),
        "141 GB of weights in bf16 do not fit into the 85.9 GB that 1 × H100 SXM may report (80 GB "
        "read as 80 GiB), and no other format is said; say dtype or gpus",
    ),
]


@pytest.mark.parametrize(("claim", "said"), UNSAID)
def test_what_is_not_said_is_asked_for_and_breaks_nothing(claim: Claim, said: str) -> None:
    """Tokens of a KV cache; the format of weights that would not fit in BF16."""
    verdict = possible(claim)
    assert verdict
    assert verdict.unsaid == verdict.told == (said,)


TIMES = [(2.0747, "2.1"), (207.47, "210"), (1.4407, "1.4"), (1.0266, "1.03"), (9.96, "10")]


@pytest.mark.parametrize(("factor", "said"), TIMES)
def test_how_far_beyond_has_two_digits(factor: float, said: str) -> None:
    """Three where it is hardly beyond."""
    assert times(factor, 1.0) == said


def test_every_published_row_passes_unless_it_is_flagged() -> None:
    """No row beats a bound unless it is flagged as impossible, and then it does."""
    for row in rows():
        if row.metric == "prefill":
            claim = Claim(
                row.model,
                row.gpu,
                dtype=row.format,
                prefill_per_second=row.rate,
                prompt=row.prompt or 512,
            )
        else:
            claim = Claim(
                row.model,
                row.gpu,
                dtype=row.format,
                kv="fp16",
                context=row.context,
                tokens_per_second=row.rate,
            )
        if row.flag == "impossible":
            assert not possible(claim), row
        elif not row.flag:
            assert possible(claim), (row, str(possible(claim)))


def test_a_verdict_says_by_how_much() -> None:
    """The factor is of what is stated and what is possible."""
    (breach,) = possible(Claim("Llama-2-70B", A100, gpus=4, requests_per_second=320.0)).breaches
    assert breach.factor == pytest.approx(100 / 28.5, rel=0.01)


WRONG = [
    (Claim("Llama-3-8B", A100), "the claim of Llama-3-8B has no number to judge"),
    (Claim("Llama-3-8B", tokens_per_second=1.0), "a claim of a rate or a time of Llama-3-8B needs"),
    (Claim("Lama-3-8B", A100, ttft=1.0), "unknown model 'Lama-3-8B'; did you mean 'Llama-3-8B'"),
]


@pytest.mark.parametrize(("claim", "said"), WRONG)
def test_a_claim_that_cannot_be_judged_is_refused(claim: Claim, said: str) -> None:
    """With what is missing."""
    with pytest.raises(UsageError, match=re.escape(said)):
        possible(claim)


def test_a_claim_may_be_given_by_its_fields() -> None:
    """Names of fields that do not exist are refused with the nearest."""
    assert not possible(model="Llama-3-8B", gpu=A100, tokens_per_second=300.0)
    assert possible(model="Llama-3-8B", gpu=A100, tokens_per_second=100.0)
    with pytest.raises(UsageError, match="a claim has no 'token_per_second'; did you mean 'tok"):
        possible(model="Llama-3-8B", gpu=A100, token_per_second=300.0)
    with pytest.raises(UsageError, match="a claim needs its model"):
        possible(gpu=A100, tokens_per_second=300.0)


def test_an_improvement_needs_its_two_numbers() -> None:
    """Before and after."""
    with pytest.raises(UsageError, match="an improvement needs what is before and after it"):
        possible(model="Llama-3-8B", improvement=4.0, before=1.0)
