"""The chart of the time to first token against the length of the prompt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from benchpost.figures.axis import Axis, logarithmic
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
from benchpost.figures.names import changed, file_stem
from benchpost.figures.shown import shown
from benchpost.figures.sweep import Sweep
from benchpost.figures.types import Facts, Fragment
from benchpost.roofline import predict
from benchpost.roofline.units import show

_HEAD = "chart ttft"
_BOUND = ("prefill_flops", "prefill_time")
_TYPICAL = ("prefill_flops", "engine_prefill_time")
_SWEPT = ("tokens", "context")


def chart_ttft(
    facts: Facts,
    *,
    gpu: str,
    model: str,
    to: int = 0,
    dtype: str = "bf16",
    name: str = "",
    caption: str = "",
) -> Fragment:
    """Time to first token against the length of the prompt, nothing cached and nobody queueing.

    `gpu` and `model` may each name several, separated by commas; at most four curves in all. With
    one curve, what engines typically reach stands beside the bound.
    """
    pairs = pairs_of(_HEAD, gpu, model, dtype=dtype)
    axis = tokens_axis(_HEAD, "prompt, tokens", pairs, to)
    curves = [curve for i, pair in enumerate(pairs) for curve in _curves(i, pair, pairs)]
    data = {
        "x": axis.data(),
        "y": _time_axis(curves, axis).data(),
        "series": [curve.data() for curve in curves],
        "bands": _bands(pairs),
        "title": title_of("Time to first token", pairs),
        "description": said(curves, axis, _time),
    }
    stem = file_stem(_HEAD, name, gpu, model, *changed(to=(to, 0), dtype=(dtype, "bf16")))
    note = caption_of(caption, pairs, predict.PREFILL_FIT)
    return shown(facts, stem, "lines", data, note, table_of("prompt", "seconds", curves, axis))


def _times(chain: tuple[str, ...], pair: Pair, **terms: float) -> Sweep:
    estimate = predict.prefill(gpu=pair.chip, model=pair.model, prompt=1, dtype=pair.dtype)
    swept = (*_SWEPT, *_BOUND)
    kept = {name: value for name, value in estimate.terms.items() if name not in swept}
    return Sweep(chain, {**kept, **terms}, _SWEPT)


def _curves(style: int, pair: Pair, pairs: Sequence[Pair]) -> list[Curve]:
    bound = Curve(pair, _times(_BOUND, pair), "bound", style, label_of(pair, pairs), dash=style)
    if len(pairs) > 1:
        return [bound]
    typical = Curve(pair, _times(_TYPICAL, pair), "typical engine", 1, "typical engine", dash=1)
    return [bound, typical]


def _bands(pairs: Sequence[Pair]) -> list[dict[str, Any]]:
    """Between which times an engine lies, by the shares of the peak that were achieved."""
    if len(pairs) > 1:
        return []
    slow, _, fast = (
        _times(_TYPICAL, pairs[0], compute_share=share) for share in predict.COMPUTE_SHARES
    )
    ends = {"low": [fast.data()], "high": [slow.data()]}
    return [{"style": 1, **ends, "until": pairs[0].longest}]


def _time_axis(curves: Sequence[Curve], axis: Axis) -> Axis:
    times = [
        curve.sweep.at(x)
        for curve in curves
        for x in (axis.lo, min(axis.hi, float(curve.pair.longest)))
    ]
    made = logarithmic("time to first token", min(times) / 2, max(times) * 3)
    return replace(made, ticks=tuple((at, show(at, "second")) for at, _ in made.ticks))


def _time(value: float) -> str:
    return show(value, "second", digits=2)
