"""A published number, what it breaks, and what became of it: the records of `claims`."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from benchpost.errors import BenchpostError

COUNTED = ("gpus", "batch")
"""Fields of a claim that are at least 1."""
FROM_ZERO = ("context", "accuracy_loss", "prompt", "cached")
"""Numbers of a claim that may be 0, some of them where it does not say; the others are more."""


def counted(**counts: float) -> None:
    """Raise BenchpostError that names the first of `counts` below 1."""
    for name, count in counts.items():
        if not count >= 1:
            raise BenchpostError(f"{name} of a claim must be at least 1, not {count}")


@dataclass(frozen=True)
class Claim:
    """A published number, with what is said about how it came about. Rates are per second.

    Raises BenchpostError for numbers that nothing can have, such as 0 GPUs or -3 tokens a second.
    """

    model: str
    """Name of the model."""
    gpu: str | None = None
    """Name of the accelerator."""
    gpus: int = 1
    """How many of it."""
    dtype: str = ""
    """Format of the weights. Where it is not said, rates and sizes are those of bf16, but weights
    that do not fit in bf16 are no breach unless not even four bits each fit."""
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
    tokens_per_second_at_any_batch: float | None = None
    """Output tokens of a server that does not say how many sequences it ran at once."""
    tpot: float | None = None
    """Seconds between two tokens of a sequence, of which `batch` run at once."""
    slope: float | None = None
    """Seconds that a token of context adds to the time between two tokens."""
    prefill_per_second: float | None = None
    """Prompt tokens."""
    requests_per_second: float | None = None
    """Requests finished."""
    tokens_per_request: float | None = None
    """Tokens in and out of a request, or None where the claim does not say."""
    ttft: float | None = None
    """Seconds to the first token."""
    prompt: int = 0
    """Tokens of the prompt; 0 where the claim does not say."""
    cached: int = 0
    """Tokens of the prompt whose keys and values were kept from an earlier request."""
    latency: float | None = None
    """Seconds of a request from its start to its end."""
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
    before: float | None = None
    """What a stated `improvement` starts from, in any unit."""
    after: float | None = None
    """What it arrives at, in the same unit."""
    improvement: float | None = None
    """The factor that `before` and `after` are said to differ by."""

    @property
    def weights(self) -> str:
        """The format that rates and sizes are held against."""
        return self.dtype or "bf16"

    def __post_init__(self) -> None:
        counted(**{name: getattr(self, name) for name in COUNTED})
        for name in (each.name for each in fields(self)):
            value = getattr(self, name)
            if isinstance(value, (int, float)) and name not in (*COUNTED, "out_of_memory"):
                _refuse_senseless(name, value)


def _refuse_senseless(name: str, value: float) -> None:
    may_be_zero = name in FROM_ZERO
    if not math.isfinite(value) or value < 0 or (value == 0 and not may_be_zero):
        wanted = "0 or more" if may_be_zero else "more than 0"
        raise BenchpostError(f"{name} of a claim must be {wanted}, not {value:g}")


@dataclass(frozen=True)
class Breach:
    """What a claim breaks."""

    bound: str
    """`bandwidth`, `compute`, `memory`, `tokens per request`, `consistency`, `vocabulary`."""
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
    unsaid: tuple[str, ...] = ()
    """Conditions that would decide and are not said, a sentence each with what to say."""

    @property
    def possible(self) -> bool:
        """Whether nothing forbids it."""
        return not self.breaches

    def __bool__(self) -> bool:
        return self.possible

    def __str__(self) -> str:
        return "; ".join(each.why for each in self.breaches) or "nothing forbids it"

    @property
    def told(self) -> tuple[str, ...]:
        """All that there is to say: what it breaks, then what is not said."""
        return (*(each.why for each in self.breaches), *self.unsaid)
