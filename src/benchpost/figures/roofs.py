"""The roofline chart: what rate a GPU allows at an intensity, and where a model's work lies."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchpost.errors import UsageError
from benchpost.figures import markup
from benchpost.figures.axis import Axis, logarithmic
from benchpost.figures.intensities import Point, points_of
from benchpost.figures.names import changed, file_stem
from benchpost.figures.quoted import citations, cited, some
from benchpost.figures.shown import shown
from benchpost.figures.steps import step_words
from benchpost.figures.sweep import Sweep, csv, powers
from benchpost.figures.types import Facts, Fragment
from benchpost.roofline import equations
from benchpost.roofline.catalog import Model, chip
from benchpost.roofline.catalog import model as known_model
from benchpost.roofline.types import Known
from benchpost.roofline.units import show

_HEAD = "chart roofline"


@dataclass(frozen=True)
class _Roof:
    """What a chip allows."""

    name: str
    peak: Known[float]
    bandwidth: Known[float]

    @property
    def sweep(self) -> Sweep:
        terms = {"peak": self.peak.value, "bandwidth": self.bandwidth.value}
        return Sweep(("attainable",), terms, ("arithmetic_intensity",), per=1e12)

    @property
    def ridge(self) -> float:
        return equations.ridge_point(peak=self.peak.value, bandwidth=self.bandwidth.value)

    @property
    def height(self) -> str:
        return show(self.peak.value, self.peak.unit)


def chart_roofline(
    facts: Facts,
    *,
    gpu: str,
    model: str = "",
    batch: int = 1,
    context: int = 1024,
    prompt: int = 0,
    dtype: str = "bf16",
    kv: str = "bf16",
    name: str = "",
    caption: str = "",
) -> Fragment:
    """Attainable compute rate against arithmetic intensity, for up to four GPUs.

    With `model`, the operations of its decode step at `batch` and `context` stand on the roof, and
    with `prompt` those of a prefill of so many tokens too.
    """
    step = changed(batch=(batch, 1), context=(context, 1024), prompt=(prompt, 0))
    if step and not model:
        raise UsageError(f"{_HEAD!r} needs model= to place operations of a batch or prompt")
    roofs = [_roof(each, dtype) for each in some(gpu, "gpu", _HEAD)]
    of = known_model(model) if model else None
    placed = {"batch": batch, "context": context, "prompt": prompt}
    points = points_of(of, **placed, dtype=dtype, kv=kv) if of else []
    stem = file_stem(
        _HEAD, name, gpu, model, *step, *changed(dtype=(dtype, "bf16"), kv=(kv, "bf16"))
    )
    words = f"{markup.escaped(of.name)}: {_passes(**placed)}." if of else ""
    note = _note(markup.escaped(caption), words, roofs, of, dtype)
    axis = _intensity_axis(roofs, points)
    data = _data(roofs, points, axis, of)
    return shown(facts, stem, "lines", data, note, _table(roofs, points, axis))


def _roof(gpu: str, dtype: str) -> _Roof:
    on = chip(gpu)
    return _Roof(on.name, on.compute_peak(dtype), on.bandwidth)


def _data(
    roofs: Sequence[_Roof], points: Sequence[Point], axis: Axis, of: Model | None
) -> dict[str, Any]:
    names = f"Roofline of {', '.join(roof.name for roof in roofs)}"
    return {
        "x": axis.data(),
        "y": _attainable_axis(roofs, axis).data(),
        "series": [_series(roof, i) for i, roof in enumerate(roofs)],
        "points": [_marked(point, roof, i) for i, roof in enumerate(roofs) for point in points],
        "title": f"{names} with the operations of {of.name}" if of else names,
        "description": _description(roofs, points),
    }


def _intensity_axis(roofs: Sequence[_Roof], points: Sequence[Point]) -> Axis:
    found = [point.intensity for point in points]
    lo = min([0.5, *(0.5 * x for x in found)])
    hi = max([8 * roof.ridge for roof in roofs] + [2 * x for x in found])
    return logarithmic("arithmetic intensity, FLOP/byte", lo, hi)


def _attainable_axis(roofs: Sequence[_Roof], axis: Axis) -> Axis:
    lows, highs = ([roof.sweep.at(x) for roof in roofs] for x in (axis.lo, axis.hi))
    return logarithmic("attainable TFLOPS", min(lows), 4 * max(highs))


def _series(roof: _Roof, place: int) -> dict[str, Any]:
    label = f"{roof.name}: {roof.height}"
    return {"sweep": roof.sweep.data(), "label": label, "style": place, "dash": place}


def _marked(point: Point, roof: _Roof, place: int) -> dict[str, Any]:
    return {
        "x": point.intensity,
        "y": roof.sweep.at(point.intensity),
        # one label is enough where several roofs carry the same operation
        "label": point.label if place == 0 else "",
        "style": place,
        "mark": int(point.is_attention),
    }


def _description(roofs: Sequence[_Roof], points: Sequence[Point]) -> str:
    reached = [
        f"{roof.name} reaches {roof.height} from {show(roof.ridge, 'flop/byte')} on"
        for roof in roofs
    ]
    placed = [f"{point.label} at {show(point.intensity, 'flop/byte')}" for point in points]
    return "; ".join(reached + placed)


def _passes(batch: int, context: int, prompt: int) -> str:
    decode = step_words(1, context, batch)
    return f"{decode}, and a prefill of {prompt:,} tokens" if prompt else decode


def _note(own: str, step: str, roofs: Sequence[_Roof], of: Model | None, dtype: str) -> str:
    values = cited(value for roof in roofs for value in (roof.bandwidth, roof.peak))
    model = f"Model: {citations([(of.source, of.date)])}." if of else ""
    parts = (own, step, f"Datasheets, {dtype.upper()}: {values}.", model)
    return " ".join(part for part in parts if part)


def _table(roofs: Sequence[_Roof], points: Sequence[Point], axis: Axis) -> bytes:
    """CSV of the roofs at powers of two, then of the operations."""
    head = ["operation", "FLOP/byte", *(f"TFLOPS attainable on {roof.name}" for roof in roofs)]
    first = 2.0 ** round(math.log2(axis.lo))
    places = [("", x) for x in powers(first, axis.hi)]
    places += [(point.label, point.intensity) for point in points]
    rows: list[list[str | float]] = [
        [label, x, *(roof.sweep.at(x) for roof in roofs)] for label, x in places
    ]
    return csv(head, rows)
