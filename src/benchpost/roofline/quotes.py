"""Quoted numbers: `quoted("6.44 ms", of="tpot", gpu="H100 SXM", model="Llama-3.1-8B")`.

A quoted number that names its chip or its model is a claim, and `check` holds it against what the
hardware allows. Without either it is a number with a unit, and nothing is known to hold it against.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from benchpost.errors import BenchpostError, UsageError, near
from benchpost.roofline import catalog
from benchpost.roofline.claimed import counted
from benchpost.roofline.claims import Claim, Verdict, possible
from benchpost.roofline.rates import beaten
from benchpost.roofline.units import Quantity, convertible, parse_quantity

KINDS: Mapping[str, tuple[str, ...]] = {
    "token/second": ("decode", "sequence", "throughput", "prefill"),
    "request/second": ("requests",),
    "second": ("tpot", "ttft", "slope"),
    "second/token": ("tpot", "slope"),
    "byte": ("memory", "kv"),
    "byte/second": ("bandwidth",),
    "flop/second": ("compute",),
}
"""What a number may be of, by its unit; the first where `of` is not said, but for seconds."""

SAID = {
    "decode": "output tokens of all `batch` sequences together",
    "sequence": "output tokens of one of `batch` sequences",
    "throughput": "output tokens of a server at whatever batch",
    "prefill": "prompt tokens",
    "requests": "requests finished, of `tokens` in and out each",
    "tpot": "time between two tokens of a sequence",
    "ttft": "time to the first token of a `prompt`",
    "slope": "what a token of context adds to the time between two tokens",
    "memory": "all memory in use on all GPUs",
    "kv": "KV cache that holds `tokens`",
    "bandwidth": "memory traffic reached",
    "compute": "arithmetic reached with matmuls in `dtype`",
}
"""What each word of `of` means."""

DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


def quoted(
    quantity: str,
    *,
    gpu: str = "",
    model: str = "",
    of: str = "",
    gpus: int = 1,
    dtype: str = "",
    kv: str = "bf16",
    batch: int = 1,
    context: int = 0,
    prompt: int = 0,
    tokens: float = 0,
    beside: str = "",
    source: str = "",
    date: str = "",
    impossible: bool = False,
) -> Quantity:
    """A number from elsewhere, with its unit.

    With a `gpu` or a `model` it is a claim that `check` judges: `of` says what it counts (see
    `SAID`), `beside` names another number of the same run. `impossible=true` quotes a number in
    order to say that it cannot be. `source` and `date` (ISO 8601) are for who reads the text.
    """
    return Quote(**locals()).checked()


@dataclass(frozen=True)
class Quote:
    """What `quoted` was given; its options under their own names."""

    quantity: str
    """Number and unit, e.g. `2100 tok/s`."""
    gpu: str = ""
    """Name of the accelerator; empty when it is not said."""
    model: str = ""
    """Name of the model; empty when it is not said."""
    of: str = ""
    """A key of `SAID`; empty where the unit leaves no doubt."""
    gpus: int = 1
    """How many accelerators."""
    dtype: str = ""
    """Format of the weights; empty where it is not said, see `Claim`."""
    kv: str = "bf16"
    """Format of the KV cache."""
    batch: int = 1
    """Sequences at once."""
    context: int = 0
    """Mean tokens attended to."""
    prompt: int = 0
    """Tokens of the prompt."""
    tokens: float = 0
    """Tokens of a request, in and out, or held by a KV cache; 0 when it is not said."""
    beside: str = ""
    """Another number of the same run, e.g. `2100 tok/s` beside `280 req/s`."""
    source: str = ""
    """Who says so."""
    date: str = ""
    """When."""
    impossible: bool = False
    """Whether it is quoted in order to say that it cannot be."""

    @property
    def is_claim(self) -> bool:
        """Whether there is anything to hold it against."""
        return bool(self.gpu or self.model)

    def checked(self) -> Quantity:
        """The number. Raises UsageError for what cannot be read or judged, and BenchpostError
        for a number or a count that nothing can have.
        """
        stated = parse_quantity(self.quantity)
        counted(gpus=self.gpus, batch=self.batch)
        if self.date and not DATE.fullmatch(self.date):
            raise UsageError(f"{self.date!r} is not a date; write one like 2026-04-22 or 2026-04")
        if self.is_claim:
            self.verdict()
        elif self.impossible:
            raise UsageError("impossible=true needs the gpu or the model of the number")
        return stated

    def verdict(self) -> Verdict:
        """What becomes of the claim. Raises UsageError for an unknown name or an unclear number,
        and BenchpostError for a number or a count that nothing can have.
        """
        stated = parse_quantity(self.quantity)
        counted(gpus=self.gpus, batch=self.batch)
        if not (math.isfinite(stated.value) and stated.value > 0):
            raise BenchpostError(f"{self.quantity!r} must be more than 0 to be a claim")
        kind = _kind(self, stated)
        if kind not in ("bandwidth", "compute"):
            return possible(Claim(**_said(self, kind, stated.value)))
        if not self.gpu:
            raise UsageError(f"{self.quantity!r} needs its gpu")
        chip = catalog.chip(self.gpu)
        breach = beaten(chip, stated.value, stated.unit, self.gpus, self.dtype)
        return Verdict((breach,) if breach else ())


def _kind(quote: Quote, stated: Quantity) -> str:
    kinds = next((kinds for unit, kinds in KINDS.items() if stated.unit == unit), None)
    if kinds is None:
        known = ", ".join(KINDS)
        raise UsageError(
            f"{quote.quantity!r} is in {stated.unit}, and a claim is in one of {known}"
        )
    if not quote.of and stated.unit.startswith("second"):
        choices = " or ".join(f'of="{kind}" ({SAID[kind]})' for kind in kinds)
        raise UsageError(f"{quote.quantity!r} may be of several things; write {choices}")
    if quote.of and quote.of not in kinds:
        hint = near(quote.of, kinds) or f"; it may be {', '.join(kinds)}"
        raise UsageError(f"{quote.quantity!r} cannot be of {quote.of!r}{hint}")
    return quote.of or kinds[0]


FIELDS = {
    "decode": "tokens_per_second",
    "sequence": "tokens_per_second_of_one",
    "throughput": "tokens_per_second_at_any_batch",
    "prefill": "prefill_per_second",
    "requests": "requests_per_second",
    "tpot": "tpot",
    "ttft": "ttft",
    "slope": "slope",
    "memory": "memory",
    "kv": "kv_memory",
}
"""Field of a `Claim` for each kind of number."""


def _said(quote: Quote, kind: str, value: float) -> dict[str, Any]:
    """The fields of the claim."""
    if not quote.model:
        raise UsageError(f"{quote.quantity!r} needs its model")
    if kind == "ttft" and not quote.prompt:
        raise UsageError("a time to first token needs its prompt")
    counted = "kv_tokens" if kind == "kv" else "tokens_per_request"
    return {
        "model": quote.model,
        "gpu": quote.gpu or None,
        "gpus": quote.gpus,
        "dtype": quote.dtype,
        "kv": quote.kv,
        "batch": quote.batch,
        "context": float(quote.context),
        "prompt": quote.prompt,
        counted: quote.tokens or None,
        FIELDS[kind]: value,
        **_beside(quote, kind),
    }


def _beside(quote: Quote, kind: str) -> dict[str, float]:
    if not quote.beside:
        return {}
    other = parse_quantity(quote.beside)
    if kind == "requests" and convertible(other.unit, "token/second"):
        return {FIELDS["throughput"]: other.value}
    if kind in ("decode", "throughput", "memory") and other.unit == "request/second":
        return {FIELDS["requests"]: other.value}
    raise UsageError(f"nothing is known of {quote.beside!r} beside {quote.quantity!r}")
