"""The chart of decode rate against batch, computed for each: large ones wake more experts."""

from __future__ import annotations

from collections.abc import Sequence

from benchpost.errors import UsageError
from benchpost.figures.axis import linear, logarithmic
from benchpost.figures.curves import Pair, caption_of, label_of, title_of
from benchpost.figures.traced import Chart, Points, Trace
from benchpost.roofline import predict
from benchpost.roofline.types import Estimate

CONTEXT = 1024
"""Tokens of each sequence, unless it is said."""
MOST_BATCH = 1024
"""Where the axis ends, unless memory is full before: what vLLM runs at once on a large GPU."""


def over_batch(head: str, pairs: Sequence[Pair], context: int, to: int) -> Chart:
    """Rates of all sequences together, up to `to` of them or what memory holds.

    Raises UsageError where a GPU does not hold two sequences of so many tokens.
    """
    if context < 1:
        raise UsageError(f"option 'context' of {head!r} must be at least 1, not {context}")
    if to == 1 or to < 0:
        raise UsageError(f"option 'to' of {head!r} must be at least 2, not {to}")
    ends = [min(pair.longest // context, to or MOST_BATCH) for pair in pairs]
    for pair, end in zip(pairs, ends, strict=True):
        if end < 2:
            raise UsageError(
                f"{pair.chip.name} holds no two sequences of {context:,} tokens of "
                f"{pair.model.name}; choose a shorter context, or another gpu, dtype or kv"
            )
    traces = [
        trace
        for style, (pair, end) in enumerate(zip(pairs, ends, strict=True))
        for trace in _traces(style, pair, pairs, context, end)
    ]
    return Chart(
        title_of("Decode rate against batch", pairs),
        logarithmic("sequences together", 1, max(ends), base=2.0),
        linear("tokens per second, all sequences", [t.points[-1][1] for t in traces]),
        tuple(traces),
        lambda x: "1 sequence" if x == 1 else f"{x:,.0f} sequences",
        lambda y: f"{y:,.0f} tok/s" if y >= 10 else f"{y:.1f} tok/s",
    )


def _traces(style: int, pair: Pair, pairs: Sequence[Pair], context: int, end: int) -> list[Trace]:
    found = [(batch, _estimate(pair, context, batch)) for batch in _batches(end)]
    name = f"{pair.chip.name}, {pair.model.name}"
    bound: Points = tuple((float(batch), float(each.bound)) for batch, each in found)
    typical: Points = tuple((float(batch), float(each.value)) for batch, each in found)
    made = [Trace(f"{name}: bound", bound, style, label_of(pair, pairs), style)]
    if len(pairs) == 1:
        made.append(Trace(f"{name}: typical engine", typical, 1, "typical", 1))
    return made


def _estimate(pair: Pair, context: int, batch: int) -> Estimate:
    return predict.decode(
        gpu=pair.chip, model=pair.model, context=context, batch=batch, dtype=pair.dtype, kv=pair.kv
    )


def _batches(end: int) -> list[int]:
    """1, 2, 3, 4, 6, 8, 12 … and the end: near enough that a line between them is the curve."""
    powers = [2**power for power in range(end.bit_length())]
    return sorted(
        {*(each for power in powers for each in (power, power * 3 // 2) if each <= end), end}
    )


def note_of(caption: str, pairs: Sequence[Pair], context: int, to: int) -> str:
    """The author's words, or how long the sequences are and where a line ends; then sources."""
    full = any(pair.longest // context < (to or MOST_BATCH) for pair in pairs)
    ends = " A line ends where weights and KV cache fill the memory." if full else ""
    own = caption or f"Each sequence has {context:,} tokens.{ends}"
    return caption_of(own, pairs, f"{predict.DECODE_FIT}; the fit saw batch 1 only")
