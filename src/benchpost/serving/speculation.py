"""Speculative decoding: tokens of a pass, drawn and in closed form, and the batch at which it ends
to pay."""

from __future__ import annotations

from random import Random
from typing import Any

from benchpost.roofline.batching import speculate
from benchpost.roofline.catalog import Chip
from benchpost.roofline.models import Model
from benchpost.roofline.predict import memory
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

    Takes what `roofline.speculate` takes but the batch. Where it pays at every batch that is looked
    at, up to `most_batches`, that is the answer.
    """
    most = most_batches(**asked)
    if _pays(most, asked):
        return most
    # a mixture of experts may pay at large batches and not at small ones: from above
    high = most
    while high > 1 and not _pays(high // 2, asked):
        high //= 2
    low = high // 2
    if low == 0:
        return 0
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _pays(middle, asked) else (low, middle)
    return low


def most_batches(
    *,
    gpu: str | Chip,
    model: str | Model,
    context: int = 0,
    dtype: str = "bf16",
    kv: str = "bf16",
    weights: str | None = None,
    tp: int = 1,
    **_: Any,
) -> int:
    """The largest batch that is looked at: whose KV cache fits beside the weights, or
    `LARGEST_BATCH` where more would fit, or where the weights leave no room for any.
    """
    if not context:
        return LARGEST_BATCH
    fit = memory(gpu=gpu, model=model, context=context, dtype=weights or dtype, kv=kv, tp=tp)
    return min(int(fit.max_concurrency), LARGEST_BATCH) or LARGEST_BATCH


def said_of(batch: int, most: int) -> str:
    """Up to which batch it pays, in words; `most` is what was looked at."""
    if batch < most:
        return f"up to batch {batch:,}" if batch else "never"
    if most == LARGEST_BATCH:
        return f"at every batch up to {most:,}, the largest looked at"
    return f"at every batch up to the {most:,} that fit"


def _pays(batch: int, asked: dict[str, Any]) -> bool:
    return bool(speculate(**asked, batch=batch).value >= 1)
