"""What a server is asked: lengths of each request, and when it arrives."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from random import Random

from benchpost.errors import UsageError
from benchpost.roofline.sizes import at_least
from benchpost.serving.lengths import LONGEST, Lengths, lengths

SHAREGPT = (161.31, 337.99)
"""Mean tokens in and out of a request of the ShareGPT workload: arXiv 2309.06180, figure 11."""


@dataclass(frozen=True)
class Load:
    """Requests in the order of their arrival."""

    prompts: tuple[int, ...]
    """Tokens in."""
    outputs: tuple[int, ...]
    """Tokens out."""
    arrivals: tuple[float, ...] = ()
    """When each arrives, in seconds; empty in a closed loop."""
    concurrency: int = 0
    """Requests at once in a closed loop, where each answer is followed by a request; else 0."""

    @property
    def count(self) -> int:
        """Requests."""
        return len(self.prompts)


def load(
    *,
    requests: int,
    prompt: str | int | Lengths,
    output: str | int | Lengths,
    rate: float | None = None,
    concurrency: int | None = None,
    longest: int = LONGEST,
    seed: int = 0,
) -> Load:
    """A load of `requests`, either `concurrency` at once or arriving at random at `rate` a second.

    Arrivals are a Poisson process, as with `vllm bench serve --request-rate`. A prompt and its
    output together are at most `longest` tokens. The same seed gives the same load everywhere.
    """
    at_least(1, requests=requests)
    if (rate is None) == (concurrency is None):
        raise UsageError("say either rate= or concurrency=: arrivals a second, or requests at once")
    prompts = _drawn(prompt, longest - 1, requests, f"{seed} prompts")
    outputs = _drawn(output, longest, requests, f"{seed} outputs")
    kept = tuple(min(o, longest - p) for p, o in zip(prompts, outputs, strict=True))
    if concurrency is not None:
        at_least(1, concurrency=concurrency)
        return Load(prompts, kept, concurrency=min(concurrency, requests))
    return Load(prompts, kept, _arrivals(requests, rate or 0.0, seed))


# runs that differ in the server only have the same requests
@lru_cache(maxsize=32)
def _drawn(of: str | int | Lengths, most: int, count: int, seed: str) -> tuple[int, ...]:
    return lengths(of, most).draw(Random(seed), count)


def _arrivals(count: int, rate: float, seed: int) -> tuple[float, ...]:
    if not rate > 0:
        raise UsageError(f"rate must be above 0, not {rate}")
    chance = Random(f"{seed} arrivals")
    return tuple(accumulate(chance.expovariate(rate) for _ in range(count)))
