"""The chart of decode rate against context, with the napkin's constant line beside the bound."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from benchpost.errors import UsageError
from benchpost.figures.axis import linear
from benchpost.figures.curves import (
    Curve,
    Pair,
    caption_of,
    label_of,
    pairs_of,
    said,
    table_of,
    title_of,
    tokens_axis,
)
from benchpost.figures.decode_batch import CONTEXT, note_of, over_batch
from benchpost.figures.names import changed, file_stem
from benchpost.figures.shown import shown
from benchpost.figures.sweep import Sweep
from benchpost.figures.traced import charted
from benchpost.figures.types import Facts, Fragment
from benchpost.roofline import predict

_HEAD = "chart decode"
_BOUND = ("kv_bytes", "decode_flops", "decode_step_time")
_TYPICAL = ("kv_bytes", "decode_flops", "engine_step_time")


def chart_decode(
    facts: Facts,
    *,
    gpu: str,
    model: str,
    batch: int = 1,
    to: int = 0,
    dtype: str = "bf16",
    kv: str = "bf16",
    over: Literal["context", "batch"] = "context",
    context: int = 0,
    name: str = "",
    caption: str = "",
) -> Fragment:
    """Tokens per second against context, up to `to` tokens or what the model and memory hold.

    `gpu` and `model` may each name several, separated by commas; at most four curves in all. With
    one curve, what engines typically reach stands beside the bound. With `over="batch"` the rate of
    all sequences together stands against how many they are, each of `context` tokens (1,024).
    """
    if over == "batch":
        return _over_batch(facts, gpu, model, batch, to, dtype, kv, context, name, caption)
    _refuse(context)
    pairs = pairs_of(_HEAD, gpu, model, batch=batch, dtype=dtype, kv=kv)
    axis = tokens_axis(_HEAD, "context, tokens", pairs, to)
    curves = [curve for i, pair in enumerate(pairs) for curve in _curves(i, pair, pairs)]
    data = {
        "x": axis.data(),
        "y": linear(_label(batch), [curve.sweep.at(axis.lo) for curve in curves]).data(),
        "series": [curve.data() for curve in curves],
        "bands": _bands(pairs),
        "title": title_of("Decode rate", pairs),
        "description": said(curves, axis, _rate),
    }
    parts = changed(batch=(batch, 1), to=(to, 0), dtype=(dtype, "bf16"), kv=(kv, "bf16"))
    stem = file_stem(_HEAD, name, gpu, model, *parts)
    table, note = table_of("context", "tok/s", curves, axis), predict.DECODE_FIT
    return shown(facts, stem, "lines", data, caption_of(caption, pairs, note), table)


def _label(batch: int) -> str:
    return "tokens per second" + (f", {batch} sequences together" if batch > 1 else "")


def _refuse(context: int) -> None:
    if context:
        raise UsageError(
            f"option 'context' of {_HEAD!r} goes with over=\"batch\"; else it is swept"
        )


def _over_batch(
    facts: Facts,
    gpu: str,
    model: str,
    batch: int,
    to: int,
    dtype: str,
    kv: str,
    context: int,
    name: str,
    caption: str,
) -> Fragment:
    if batch != 1:
        raise UsageError(f"option 'batch' of {_HEAD!r} is swept with over=\"batch\"; leave it out")
    pairs = pairs_of(_HEAD, gpu, model, dtype=dtype, kv=kv)
    length = context or CONTEXT
    parts = changed(context=(length, CONTEXT), to=(to, 0), dtype=(dtype, "bf16"), kv=(kv, "bf16"))
    stem = file_stem(_HEAD, name, gpu, model, "over batch", *parts)
    chart, note = over_batch(_HEAD, pairs, length, to), note_of(caption, pairs, length, to)
    return charted(facts, stem, chart, note, "batch", "tok/s")


def _kept(pair: Pair) -> dict[str, float]:
    """The terms of a decode step that stay when the context is swept."""
    estimate = predict.decode(
        gpu=pair.chip, model=pair.model, batch=pair.batch, dtype=pair.dtype, kv=pair.kv
    )
    swept = ("context", *_BOUND)
    return {name: value for name, value in estimate.terms.items() if name not in swept}


def _rates(chain: tuple[str, ...], pair: Pair, factor: float = 1.0) -> Sweep:
    """Tokens per second from the time of a step, times `factor`."""
    return Sweep(chain, _kept(pair), ("context",), per=pair.batch * factor, inverse=True)


def _curves(style: int, pair: Pair, pairs: Sequence[Pair]) -> list[Curve]:
    # without the KV cache the rate does not depend on the context: nothing is swept
    napkin = Sweep(("decode_rate",), _kept(pair), (), per=1 / pair.batch)
    weights = "weights alone"
    curves = [
        Curve(pair, _rates(_BOUND, pair), "bound", style, label_of(pair, pairs), style),
        Curve(pair, napkin, weights, style, "" if style else weights, dash=2, thick=1.5),
    ]
    if len(pairs) == 1:
        typical = _rates(_TYPICAL, pair)
        curves.append(Curve(pair, typical, "typical engine", 1, "typical engine", dash=1))
    return curves


def _bands(pairs: Sequence[Pair]) -> list[dict[str, Any]]:
    """Between which rates an engine lies, by the errors of the fit; for one curve only."""
    if len(pairs) > 1:
        return []
    pair, error = pairs[0], predict.DECODE_ERROR
    low = [_rates(_TYPICAL, pair, 1 / (1 + error))]
    high = [_rates(_BOUND, pair), _rates(_TYPICAL, pair, 1 / (1 - error))]
    return [
        {
            "style": 1,
            "low": [sweep.data() for sweep in low],
            "high": [sweep.data() for sweep in high],
            "until": pair.longest,
        }
    ]


def _rate(value: float) -> str:
    return f"{value:,.0f} tok/s" if value >= 10 else f"{value:.1f} tok/s"
