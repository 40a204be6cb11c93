"""Quoted numbers as claims: what they may be of, what they are held against, what is refused."""

from __future__ import annotations

import re

import pytest

from benchpost.errors import BenchpostError, UsageError
from benchpost.roofline import catalog
from benchpost.roofline.quotes import KINDS, SAID, Quote, quoted
from benchpost.roofline.rates import beaten
from benchpost.roofline.units import Quantity

A100 = "A100 SXM 80GB"

VERDICTS = [
    (Quote("143 tok/s", A100, "Mistral-7B"), "nothing forbids it"),
    (
        Quote("206.59 tok/s", A100, "Mistral-7B"),
        "206.6 tok/s is 1.4 times the bound of 143.4 tok/s: a step of 1 reads 14.2 GB at "
        "1 × 2039 GB/s",
    ),
    (Quote("2100 tok/s", A100, "Llama-3-8B", batch=16), "nothing forbids it"),
    (
        Quote("2100 tok/s", A100, "Llama-3-8B", batch=15, context=2048),
        "2100 tok/s is 1.3 times the bound of 1607 tok/s: a step of 15 reads 19 GB at "
        "1 × 2039 GB/s",
    ),
    (
        Quote("2100 tok/s", A100, "Llama-3-8B", "sequence", batch=16),
        "3.36e+04 tok/s is 15 times the bound of 2174 tok/s: a step of 16 reads 15 GB at "
        "1 × 2039 GB/s",
    ),
    (
        Quote("25 ktok/s", A100, "Llama-3-8B", "throughput"),
        "2.5e+04 tok/s is 1.2 times the bound of 2.079e+04 tok/s at any batch: 15 GFLOP a token",
    ),
    (Quote("20 ktok/s", A100, "Llama-3-8B", "throughput"), "nothing forbids it"),
    (
        Quote("30000 tok/s", A100, "Llama-3-8B", "prefill", prompt=2048),
        "3e+04 prompt tokens a second is 1.4 times the bound of 2.152e+04: 14.5 GFLOP a token",
    ),
    (Quote("6.44 ms", "H100 SXM", "Llama-3.1-8B", "tpot"), "nothing forbids it"),
    (
        Quote("4.4 ms", "H100 SXM", "Llama-3.1-8B", "tpot"),
        "4.4 ms between tokens is below the bound of 4.48 ms: a step of 1 reads 15 GB at "
        "1 × 3350 GB/s",
    ),
    (
        Quote("4.4 ms", "H100 SXM", "Llama-3.1-8B", "tpot", batch=2000),
        "4.4 ms between tokens is below the bound of 30.4 ms: a step of 2000 takes 30 TFLOP at "
        "1 × 989 TFLOPS",
    ),
    (Quote("43.7 ns/token", "H100 SXM", "Llama-3.1-8B", "slope"), "nothing forbids it"),
    (
        Quote("30 ns/token", "H100 SXM", "Llama-3.1-8B", "slope"),
        "30 ns for each token of context is below the bound of 39.1 ns: its KV cache is 128 KiB at "
        "1 × 3350 GB/s",
    ),
    # half of the layers of gpt-oss see no more than 128 tokens
    (Quote("8 ns/token", "H100 SXM", "gpt-oss-20b", "slope"), "nothing forbids it"),
    (
        Quote("50 ms", A100, "Llama-3-8B", "ttft", prompt=8192),
        "50 ms is below the 422.9 ms that a prompt of 8192 tokens, none of them cached, takes "
        "at the whole peak",
    ),
    (
        Quote("280 req/s", A100, "Llama-3-8B"),
        "280 requests a second leave 79.8 tokens each, in and out, at the whole peak of 1 × "
        "A100 SXM 80GB: fewer than the 100 of an ordinary request",
    ),
    (Quote("280 req/s", A100, "Llama-3-8B", tokens=60), "nothing forbids it"),
    (
        Quote("280 req/s", A100, "Llama-3-8B", tokens=60, beside="2100 tok/s"),
        "nothing forbids it",
    ),
    (
        Quote("16 GB", A100, "Llama-3-8B", beside="280 req/s", tokens=60),
        "nothing forbids it",
    ),
    (Quote("160 GB", model="Llama-3-70B", of="kv", tokens=488_281), "nothing forbids it"),
    (
        Quote("80 GB", model="Llama-3-70B", of="kv", tokens=488_281),
        "488,281 tokens take 160 GB, not 80",
    ),
    (Quote("1.8 TB/s", A100), "nothing forbids it"),
    (
        Quote("2.4 TB/s", A100),
        "2.4 TB/s is 1.2 times the 2.039 TB/s that the datasheet gives 1 × A100 SXM 80GB",
    ),
    (Quote("4 TB/s", A100, gpus=2), "nothing forbids it"),
    (
        Quote("624 TFLOPS", A100, dtype="bf16"),
        "624 TFLOPS is 2 times the 312 TFLOPS that the datasheet gives 1 × A100 SXM 80GB in bf16",
    ),
    # in int8, which is not said, it is not beyond the card
    (Quote("600 TFLOPS", A100), "nothing forbids it"),
]


@pytest.mark.parametrize(("quote", "said"), VERDICTS, ids=lambda each: str(each)[:40])
def test_a_quoted_number_is_held_against_its_chip(quote: Quote, said: str) -> None:
    """Each kind of number against its own bound, with the arithmetic in words."""
    verdict = quote.verdict()
    assert str(verdict) == said
    assert verdict.possible == (str(verdict) == "nothing forbids it")


REFUSED = [
    ({"quantity": "5 tok/s", "gpu": "A200", "model": "Llama-3-8B"}, "unknown GPU 'A200'; did you"),
    ({"quantity": "5 tok/s", "gpu": A100, "model": "Lama-3-8B"}, "unknown model 'Lama-3-8B'; did"),
    ({"quantity": "5 tok/s", "gpu": A100}, "'5 tok/s' needs its model"),
    ({"quantity": "5 tok/s", "model": "Llama-3-8B"}, "a claim of a rate or a time of Llama-3-8B"),
    ({"quantity": "5 TB/s", "model": "Llama-3-8B"}, "'5 TB/s' needs its gpu"),
    (
        {"quantity": "5 ms", "gpu": A100, "model": "Llama-3-8B"},
        "'5 ms' may be of several things; write of=\"tpot\" (time between two tokens of a "
        'sequence) or of="ttft"',
    ),
    (
        {"quantity": "5 ms", "gpu": A100, "model": "Llama-3-8B", "of": "ttft"},
        "a time to first token needs its prompt",
    ),
    (
        {"quantity": "5 tok/s", "gpu": A100, "model": "Llama-3-8B", "of": "ttft"},
        "'5 tok/s' cannot be of 'ttft'; it may be decode, sequence, throughput, prefill",
    ),
    (
        {"quantity": "5 tok/s", "gpu": A100, "model": "Llama-3-8B", "of": "sequense"},
        "'5 tok/s' cannot be of 'sequense'; did you mean 'sequence'?",
    ),
    ({"quantity": "5 J", "gpu": A100}, "'5 J' is in joule, and a claim is in one of token/second"),
    ({"quantity": "5 ms", "date": "April"}, "'April' is not a date; write one like 2026-04-22"),
    ({"quantity": "5 ms", "impossible": True}, "impossible=true needs the gpu or the model"),
    (
        {"quantity": "5 tok/s", "gpu": A100, "model": "Llama-3-8B", "beside": "3 GB"},
        "nothing is known of '3 GB' beside '5 tok/s'",
    ),
]


@pytest.mark.parametrize(("given", "said"), REFUSED, ids=lambda each: str(each)[:60])
def test_what_cannot_be_judged_is_refused(given: dict[str, str], said: str) -> None:
    """With what is missing, before anything is filled."""
    with pytest.raises(UsageError, match=re.escape(said)):
        quoted(**given)  # type: ignore[arg-type]  # a case may give any option


SENSELESS = [
    ({"quantity": "5 tok/s", "gpus": 0}, "gpus of a claim must be at least 1, not 0"),
    ({"quantity": "5 tok/s", "gpus": -1}, "gpus of a claim must be at least 1, not -1"),
    ({"quantity": "5 tok/s", "batch": 0}, "batch of a claim must be at least 1, not 0"),
    ({"quantity": "2 TB/s", "gpus": 0}, "gpus of a claim must be at least 1, not 0"),
    ({"quantity": "0 req/s"}, "'0 req/s' must be more than 0 to be a claim"),
    ({"quantity": "-3 tok/s"}, "'-3 tok/s' must be more than 0 to be a claim"),
    ({"quantity": "0 TB/s"}, "'0 TB/s' must be more than 0 to be a claim"),
    ({"quantity": "1e999 tok/s"}, "'1e999 tok/s' must be more than 0 to be a claim"),
    (
        {"quantity": "5 tok/s", "beside": "0 req/s"},
        "requests_per_second of a claim must be more than 0, not 0",
    ),
    (
        {"quantity": "5 req/s", "tokens": -1},
        "tokens_per_request of a claim must be more than 0, not -1",
    ),
    ({"quantity": "5 tok/s", "context": -1}, "context of a claim must be 0 or more, not -1"),
    (
        {"quantity": "5 ms", "of": "ttft", "prompt": -1},
        "prompt of a claim must be 0 or more, not -1",
    ),
]


@pytest.mark.parametrize(("given", "said"), SENSELESS, ids=lambda each: str(each)[:60])
def test_a_number_that_nothing_can_have_is_refused(given: dict[str, str], said: str) -> None:
    """It is told as a sentence, and by judging too, never as a division by zero."""
    quote = Quote(**given, gpu="H100 SXM", model="Llama-3.1-8B")  # type: ignore[arg-type]  # a case may give any option
    for act in (quote.checked, quote.verdict):
        with pytest.raises(BenchpostError) as caught:
            act()
        assert (caught.value.message, type(caught.value)) == (said, BenchpostError)


def test_a_quoted_number_without_a_chip_is_only_a_number() -> None:
    """Plain `quoted("5 ms")` stays what it was, whatever its unit."""
    assert quoted("5 ms", source="a page", date="2026-04-22") == Quantity(0.005, "second")
    assert quoted("5 J") == Quantity(5.0, "joule")


def test_every_kind_of_number_is_explained() -> None:
    """What `of` may be is what its explanations say."""
    assert {kind for kinds in KINDS.values() for kind in kinds} == set(SAID)


MEASURED_ABOVE = {
    # cards that clock above their rated boost, which the peak is counted at
    "RTX 4090",
    "RTX 5090",
}


@pytest.mark.parametrize("chip", catalog.chips(), ids=lambda chip: chip.name)
def test_what_others_measured_does_not_beat_the_datasheet(chip: catalog.Chip) -> None:
    """Measured bandwidths and peaks of the catalogue, which pages quote, but for noted ones."""
    if chip.measured_bandwidth:
        assert not beaten(chip, chip.measured_bandwidth.value, "byte/second")
    for dtype, known in chip.measured_peaks.items():
        if known.value > 1.005 * chip.peak(dtype).value:
            assert chip.name in MEASURED_ABOVE, (chip.name, dtype)
            assert known.note
