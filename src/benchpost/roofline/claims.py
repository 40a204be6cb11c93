"""Is a published number possible? Held against bandwidth, arithmetic, memory, and tokens a request.

A verdict says which bound a claim breaks and by how much. It never says that a claim is true: only
what the hardware forbids, and what the claim's own numbers contradict.
"""

from __future__ import annotations

from dataclasses import dataclass

from benchpost.errors import UsageError
from benchpost.roofline import catalog, serving_equations
from benchpost.roofline.catalog import Chip
from benchpost.roofline.models import Model
from benchpost.roofline.predict import decode, prefill
from benchpost.roofline.work import work

ROUNDING = 1.005
"""A claim is not broken by its own rounding."""
SHORTEST_REQUEST = 100.0
"""Tokens, in and out, below which a request is no ordinary one: stated where it decides."""
LOSSLESS = "exact rejection sampling keeps the distribution of the target: Leviathan et al. 2023"
ENGINE_SHARE = 0.9
"""Share of the memory that a serving engine reserves unless told otherwise."""


@dataclass(frozen=True)
class Claim:
    """A published number, with what is said about how it came about. Rates are per second."""

    model: str
    """Name of the model."""
    gpu: str | None = None
    """Name of the accelerator."""
    gpus: int = 1
    """How many of it."""
    dtype: str = "bf16"
    """Format of the weights."""
    kv: str = "bf16"
    """Format of the KV cache."""
    batch: int = 1
    """Sequences at once."""
    context: float = 0.0
    """Mean tokens attended to."""
    tokens_per_second: float | None = None
    """Output tokens of all sequences together."""
    tokens_per_second_of_one: float | None = None
    """Output tokens of one sequence."""
    prefill_per_second: float | None = None
    """Prompt tokens."""
    requests_per_second: float | None = None
    """Requests finished."""
    tokens_per_request: float | None = None
    """Tokens in and out of a request, or None where the claim does not say."""
    ttft: float | None = None
    """Seconds to the first token."""
    prompt: int = 1
    """Tokens of the prompt."""
    kv_memory: float | None = None
    """Bytes of KV cache."""
    kv_tokens: float | None = None
    """Tokens that it is said to hold, or None where the claim does not say."""
    memory: float | None = None
    """Bytes of memory in all, on all GPUs together."""
    out_of_memory: bool = False
    """Whether it is said not to fit."""
    draft: str | None = None
    """Model that drafts for it."""
    accuracy_loss: float | None = None
    """Share of accuracy that speculation is said to cost."""


@dataclass(frozen=True)
class Breach:
    """What a claim breaks."""

    bound: str
    """`bandwidth`, `compute`, `memory`, `tokens per request`, `consistency`, `unstated`, …"""
    stated: float
    """What the claim says."""
    limit: float
    """What is possible, or what its other numbers imply."""
    unit: str
    """Unit of both."""
    why: str
    """One sentence with the arithmetic."""

    @property
    def factor(self) -> float:
        """How far beyond the limit it is: above 1 for a rate, below 1 for a time or a size."""
        return self.stated / self.limit if self.limit else float("inf")


@dataclass(frozen=True)
class Verdict:
    """What became of a claim."""

    breaches: tuple[Breach, ...]
    """Everything that it breaks; empty when nothing forbids it."""

    @property
    def possible(self) -> bool:
        """Whether nothing forbids it."""
        return not self.breaches

    def __bool__(self) -> bool:
        return self.possible

    def __str__(self) -> str:
        return "; ".join(each.why for each in self.breaches) or "nothing forbids it"


def possible(claim: Claim) -> Verdict:
    """Hold a claim against every bound that its numbers touch.

    Raises UsageError for an unknown name, or a claim without any number to judge.
    """
    model = catalog.model(claim.model)
    chip = catalog.chip(claim.gpu) if claim.gpu else None
    if chip is None and _needs_chip(claim):
        raise UsageError(f"a claim of a rate or a time of {claim.model} needs its gpu")
    found = [check(claim, model, chip) for check in (_kv, _draft, _lossless)]
    if chip is not None:
        found += [check(claim, model, chip) for check in CHECKS]
    if not any(_given(claim)):
        raise UsageError(f"the claim of {claim.model} has no number to judge")
    return Verdict(tuple(breach for breach in found if breach))


def _given(claim: Claim) -> tuple[bool, ...]:
    stated = (
        claim.tokens_per_second,
        claim.tokens_per_second_of_one,
        claim.prefill_per_second,
        claim.requests_per_second,
        claim.ttft,
        claim.kv_memory,
        claim.memory,
        claim.draft,
        claim.accuracy_loss,
    )
    return (*(value is not None for value in stated), claim.out_of_memory)


def _needs_chip(claim: Claim) -> bool:
    rates = (claim.tokens_per_second, claim.tokens_per_second_of_one, claim.prefill_per_second)
    times = (claim.requests_per_second, claim.ttft)
    return claim.out_of_memory or any(value is not None for value in (*rates, *times))


def _decode(claim: Claim, model: Model, chip: Chip) -> Breach | None:
    """Output tokens of `batch` sequences against bytes and FLOPs of their steps."""
    one = claim.tokens_per_second_of_one
    stated = claim.tokens_per_second if one is None else one * claim.batch
    if stated is None:
        return None
    made = decode(
        gpu=chip,
        model=model,
        batch=claim.batch,
        context=claim.context,
        dtype=claim.dtype,
        kv=claim.kv,
    )
    limit = made.bound * claim.gpus
    if stated <= limit * ROUNDING:
        return None
    read = (made.terms["weight_bytes"] + made.terms["kv_bytes"]) / 1e9
    kind = "bandwidth" if _memory_bound(made.terms) else "compute"
    why = (
        f"{stated:.4g} tok/s is {stated / limit:.2f} times the bound of {limit:.4g} tok/s: a step "
        f"of {claim.batch} reads {read:.3g} GB at {claim.gpus} × "
        f"{chip.bandwidth.value / 1e9:.4g} GB/s"
    )
    return Breach(kind, stated, limit, "token/second", why)


def _memory_bound(terms: object) -> bool:
    assert isinstance(terms, dict)
    moving = (terms["weight_bytes"] + terms["kv_bytes"]) / terms["bandwidth"]
    return bool(moving >= terms["decode_flops"] / terms["peak"])


def _prefill(claim: Claim, model: Model, chip: Chip) -> Breach | None:
    """Prompt tokens a second against the FLOPs of a token."""
    if claim.prefill_per_second is None:
        return None
    flops = float(work(model, claim.dtype).prefill_flops(claim.prompt, claim.prompt))
    limit = claim.gpus * chip.bound_peak(claim.dtype) / (flops / claim.prompt)
    if claim.prefill_per_second <= limit * ROUNDING:
        return None
    stated = claim.prefill_per_second
    why = (
        f"{stated:.4g} prompt tokens a second is {stated / limit:.2f} times the bound of "
        f"{limit:.4g}: {flops / claim.prompt / 1e9:.3g} GFLOP a token"
    )
    return Breach("compute", stated, limit, "token/second", why)


def _requests(claim: Claim, model: Model, chip: Chip) -> Breach | None:
    """Requests a second against the tokens that all arithmetic allows each."""
    rate = claim.requests_per_second
    if rate is None:
        return None
    flops = float(work(model, claim.dtype).token_flops)
    most = serving_equations.tokens_per_request_bound(
        peak=claim.gpus * chip.bound_peak(claim.dtype), token_flops=flops, request_rate=rate
    )
    if most * ROUNDING >= (claim.tokens_per_request or SHORTEST_REQUEST):
        return None
    needed = claim.tokens_per_request or SHORTEST_REQUEST
    shortest = "" if claim.tokens_per_request else " of an ordinary request"
    why = (
        f"{rate:.4g} requests a second leave {most:.3g} tokens each, in and out, at the whole peak "
        f"of {claim.gpus} × {chip.name}: fewer than the {needed:.4g}{shortest}"
    )
    return Breach("tokens per request", rate, rate * most / needed, "request/second", why)


def _outputs(claim: Claim, model: Model, chip: Chip) -> Breach | None:
    """Requests and output tokens a second imply how long an output is."""
    rate, tokens = claim.requests_per_second, claim.tokens_per_second
    if rate is None or tokens is None or tokens / rate >= SHORTEST_REQUEST / 10:
        return None
    why = (
        f"{tokens:.4g} tok/s over {rate:.4g} requests a second is {tokens / rate:.3g} output "
        "tokens a request: the two numbers cannot be of one run of ordinary requests"
    )
    return Breach("consistency", tokens / rate, SHORTEST_REQUEST / 10, "token/request", why)


def _first_token(claim: Claim, model: Model, chip: Chip) -> Breach | None:
    """A time to first token against the arithmetic of the prompt."""
    if claim.ttft is None:
        return None
    made = prefill(gpu=chip, model=model, prompt=claim.prompt, dtype=claim.dtype)
    limit = made.bound / claim.gpus
    if claim.ttft * ROUNDING >= limit:
        return None
    why = (
        f"{claim.ttft * 1e3:.4g} ms is below the {limit * 1e3:.4g} ms that a prompt of "
        f"{claim.prompt} tokens takes at the whole peak"
    )
    return Breach("compute", claim.ttft, limit, "second", why)


def _memory(claim: Claim, model: Model, chip: Chip) -> Breach | None:
    """What is said to be used in all must hold the weights and the KV cache."""
    if claim.memory is None or claim.out_of_memory:
        return None
    least = model.weight_bytes(claim.dtype) + claim.batch * model.kv_bytes(claim.context, claim.kv)
    all_there_is = claim.gpus * chip.memory.value
    if claim.memory > all_there_is * ROUNDING:
        why = f"{claim.memory / 1e9:.4g} GB is more than the {all_there_is / 1e9:.4g} GB there are"
        return Breach("memory", claim.memory, all_there_is, "byte", why)
    if claim.memory * ROUNDING >= least + _served(claim):
        return None
    why = (
        f"{claim.memory / 1e9:.4g} GB holds {model.weight_bytes(claim.dtype) / 1e9:.4g} GB of "
        f"weights and no more than {max(0.0, claim.memory - least) / 1e9:.2g} GB beside them"
    )
    return Breach("memory", claim.memory, least + _served(claim), "byte", why)


def _served(claim: Claim) -> float:
    """The least KV cache of what is served: one block of 16 tokens for each request a second."""
    if claim.requests_per_second is None:
        return 0.0
    return claim.requests_per_second * 16 * catalog.model(claim.model).kv_bytes_per_token(claim.kv)


def _fits(claim: Claim, model: Model, chip: Chip) -> Breach | None:
    """What is said to be out of memory may fit after all."""
    if not claim.out_of_memory:
        return None
    needed = model.weight_bytes(claim.dtype) + (claim.kv_memory or 0.0)
    there = claim.gpus * chip.memory.value
    if needed > there:
        return None
    why = (
        f"{needed / 1e9:.4g} GB of weights and KV cache fit into {claim.gpus} × "
        f"{chip.memory.value / 1e9:.4g} GB: not out of memory"
    )
    return Breach("memory", needed, there, "byte", why)


def _kv(claim: Claim, model: Model, chip: Chip | None) -> Breach | None:
    """A size of KV cache means nothing without its tokens, and must be their bytes."""
    if claim.kv_memory is None:
        return None
    each = model.kv_bytes_per_token(claim.kv)
    if claim.kv_tokens is None:
        tokens = claim.kv_memory / each
        why = (
            f"{claim.kv_memory / 1e9:.4g} GB of KV cache are {tokens:,.0f} tokens at "
            f"{each / 1024:.4g} KiB each; without tokens the size says nothing"
        )
        return Breach("unstated", claim.kv_memory, each, "byte", why)
    due = claim.kv_tokens * model.kv_bytes(1e6, claim.kv) / 1e6
    if abs(claim.kv_memory / due - 1) < 0.02:
        return None
    why = f"{claim.kv_tokens:,.0f} tokens take {due / 1e9:.4g} GB, not {claim.kv_memory / 1e9:.4g}"
    return Breach("consistency", claim.kv_memory, due, "byte", why)


def _draft(claim: Claim, model: Model, chip: Chip | None) -> Breach | None:
    """A draft must speak the tokens of its target."""
    if claim.draft is None:
        return None
    small = catalog.model(claim.draft)
    # vocabularies of one family are padded to different sizes
    if abs(small.vocab - model.vocab) <= 0.01 * model.vocab:
        return None
    why = (
        f"{small.name} has {small.vocab:,} tokens and {model.name} {model.vocab:,}: what one "
        "drafts the other cannot read"
    )
    return Breach("vocabulary", small.vocab, model.vocab, "1", why)


def _lossless(claim: Claim, model: Model, chip: Chip | None) -> Breach | None:
    """Speculation with exact sampling costs no accuracy."""
    if not claim.accuracy_loss:
        return None
    why = f"a loss of {claim.accuracy_loss:.1%} is not of speculation: {LOSSLESS}"
    return Breach("consistency", claim.accuracy_loss, 0.0, "1", why)


CHECKS = (_decode, _prefill, _requests, _outputs, _first_token, _memory, _fits)
"""Checks that need the chip."""


def ratio_of(before: float, after: float, said: float, tolerance: float = 0.1) -> Breach | None:
    """Whether a stated factor follows from the two numbers it is said to come from."""
    due = after / before
    if abs(said / due - 1) <= tolerance:
        return None
    why = f"{before:g} to {after:g} is a factor of {due:.2g}, not {said:g}"
    return Breach("consistency", said, due, "1", why)
