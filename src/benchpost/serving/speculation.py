"""Speculative decoding: tokens of a pass, drawn and in closed form, and the batch at which it ends
to pay."""

from __future__ import annotations

from random import Random
from typing import Any

from benchpost.roofline.batching import speculate
from benchpost.roofline.sizes import at_least, share

LARGEST_BATCH = 4096
"""Batches above are not looked at."""


def passes(*, acceptance: float, drafted: int, tokens: int = 10_000, seed: int = 0) -> list[int]:
    """Tokens of each pass until `tokens` are written: drafts up to the first refused, and one."""
    share(acceptance=acceptance)
    at_least(0, drafted=drafted)
    at_least(1, tokens=tokens)
    chance = Random(f"{seed} speculation")
    written, made = 0, []
    while written < tokens:
        accepted = 0
        while accepted < drafted and chance.random() < acceptance:
            accepted += 1
        made.append(accepted + 1)
        written += accepted + 1
    return made


def tokens_per_pass(
    *, acceptance: float, drafted: int, tokens: int = 10_000, seed: int = 0
) -> float:
    """The mean of `passes`; `accepted_tokens` is its closed form."""
    made = passes(acceptance=acceptance, drafted=drafted, tokens=tokens, seed=seed)
    return sum(made) / len(made)


def break_even(**asked: Any) -> int:
    """The largest batch at which speculation is not slower than plain decoding; 0 for none.

    Takes what `roofline.speculate` takes but the batch. Where it pays at `LARGEST_BATCH` still,
    that is the answer.
    """
    if _pays(LARGEST_BATCH, asked):
        return LARGEST_BATCH
    # a mixture of experts may pay at large batches and not at small ones: from above
    high = LARGEST_BATCH
    while high > 1 and not _pays(high // 2, asked):
        high //= 2
    low = high // 2
    if low == 0:
        return 0
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _pays(middle, asked) else (low, middle)
    return low


def _pays(batch: int, asked: dict[str, Any]) -> bool:
    return bool(speculate(**asked, batch=batch).value >= 1)
