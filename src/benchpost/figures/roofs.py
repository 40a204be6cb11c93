"""The roofline chart: what rate a GPU allows at an intensity, and where a model's work lies."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from benchpost.errors import UsageError
from benchpost.figures import markup
from benchpost.figures.axis import Axis, logarithmic
from benchpost.figures.names import changed, file_stem
from benchpost.figures.quoted import citations, cited, some
from benchpost.figures.shown import shown
from benchpost.figures.steps import step_words
from benchpost.figures.sweep import Sweep, csv, powers
from benchpost.figures.types import Facts, Fragment
from benchpost.roofline import equations
from benchpost.roofline.catalog import Chip, Model, chip
from benchpost.roofline.catalog import model as known_model
from benchpost.roofline.layers import Operation, operations, total_flops, total_moved
from benchpost.roofline.units import show

_NEAR = 2.5
"""Matmuls whose intensities differ by a smaller factor share a point and its label."""
_COVERS = 0.15
"""Difference of logarithms at which two points cannot be told apart."""


@dataclass(frozen=True)
class _Point:
    """Operations of about one intensity."""

    label: str
    intensity: float
    is_attention: bool


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
    head = "chart roofline"
    chips = [chip(each) for each in some(gpu, "gpu", head)]
    if not model and (prompt or (batch, context) != (1, 1024)):
        raise UsageError(f"{head!r} needs model= to place operations of a batch, context or prompt")
    of = known_model(model) if model else None
    points = _points(of, batch, context, prompt, dtype, kv) if of else []
    step = changed(batch=(batch, 1), context=(context, 1024), prompt=(prompt, 0))
    stem = file_stem(
        head, name, gpu, model, *step, *changed(dtype=(dtype, "bf16"), kv=(kv, "bf16"))
    )
    roofs = [_roof(each, dtype) for each in chips]
    axis = _intensity_axis(chips, points, dtype)
    data = {
        "x": axis.data(),
        "y": _attainable_axis(roofs, axis).data(),
        "series": [
            {
                "sweep": roof.data(),
                "label": _roof_label(each, dtype),
                "style": i,
                "dash": i,
            }
            for i, (each, roof) in enumerate(zip(chips, roofs, strict=True))
        ],
        "points": [_marked(point, roof, i) for i, roof in enumerate(roofs) for point in points],
        "title": _title(chips, of),
        "description": _description(chips, points, dtype),
    }
    note = _roof_note(caption, chips, of, _passes(batch, context, prompt), dtype)
    table = _roof_table(chips, roofs, points, axis)
    return shown(facts, stem, "lines", data, note, table)


def _points(of: Model, batch: int, context: int, prompt: int, dtype: str, kv: str) -> list[_Point]:
    step = operations(of, tokens=1, context=context, batch=batch, dtype=dtype, kv=kv)
    if not prompt:
        return list(_clustered(step, ""))
    prefill = operations(of, tokens=prompt, dtype=dtype, kv=kv)
    return _joined([*_clustered(step, "decode: "), *_clustered(prefill, "prefill: ")])


def _joined(points: Sequence[_Point]) -> list[_Point]:
    """Points that would cover each other, as one with both labels."""
    found: list[_Point] = []
    for point in points:
        for i, other in enumerate(found):
            apart = abs(math.log(point.intensity / other.intensity))
            if apart < _COVERS and point.is_attention == other.is_attention:
                found[i] = replace(other, label=f"{other.label}; {point.label}")
                break
        else:
            found.append(point)
    return found


def _clustered(done: Sequence[Operation], prefix: str) -> Iterator[_Point]:
    """One point for operations of one kind that lie together."""
    for kind in ("matmul", "attention"):
        same = [operation for operation in done if operation.kind == kind]
        for cluster in _clusters(sorted(same, key=lambda o: o.arithmetic_intensity)):
            words = _cluster_words(cluster, same)
            yield _Point(prefix + words, _middle(cluster), kind == "attention")


def _clusters(ordered: Sequence[Operation]) -> list[list[Operation]]:
    clusters: list[list[Operation]] = []
    for each in ordered:
        if clusters and each.arithmetic_intensity < _NEAR * clusters[-1][0].arithmetic_intensity:
            clusters[-1].append(each)
        else:
            clusters.append([each])
    return clusters


def _middle(cluster: Sequence[Operation]) -> float:
    """Intensity of all operations of a cluster together."""
    return total_flops(cluster) / total_moved(cluster)


def _cluster_words(cluster: Sequence[Operation], same: Sequence[Operation]) -> str:
    if len(cluster) == len(same) > 1:
        return "all matmuls"
    in_layers = [operation for operation in same if operation.module != "LM head"]
    if len(cluster) == len(in_layers) > 1 and set(cluster) == set(in_layers):
        return "matmuls of the layers"
    return ", ".join(operation.name for operation in cluster)


def _roof(on: Chip, dtype: str) -> Sweep:
    terms = {"peak": on.compute_peak(dtype).value, "bandwidth": on.bandwidth.value}
    return Sweep(("attainable",), terms, ("arithmetic_intensity",), per=1e12)


def _roof_label(on: Chip, dtype: str) -> str:
    return f"{on.name}: {show(on.compute_peak(dtype).value, 'flop/second')}"


def _ridge(on: Chip, dtype: str) -> float:
    return equations.ridge_point(peak=on.compute_peak(dtype).value, bandwidth=on.bandwidth.value)


def _intensity_axis(chips: Sequence[Chip], points: Sequence[_Point], dtype: str) -> Axis:
    found = [point.intensity for point in points]
    lo = min([0.5, *(0.5 * x for x in found)])
    hi = max([8 * _ridge(on, dtype) for on in chips] + [2 * x for x in found])
    return logarithmic("arithmetic intensity, FLOP/byte", lo, hi)


def _attainable_axis(roofs: Sequence[Sweep], axis: Axis) -> Axis:
    lows, highs = ([roof.at(x) for roof in roofs] for x in (axis.lo, axis.hi))
    return logarithmic("attainable TFLOPS", min(lows), 4 * max(highs))


def _marked(point: _Point, roof: Sweep, place: int) -> dict[str, Any]:
    return {
        "x": point.intensity,
        "y": roof.at(point.intensity),
        # one label is enough where several roofs carry the same operation
        "label": point.label if place == 0 else "",
        "style": place,
        "mark": int(point.is_attention),
    }


def _title(chips: Sequence[Chip], of: Model | None) -> str:
    roofs = f"Roofline of {', '.join(on.name for on in chips)}"
    return f"{roofs} with the operations of {of.name}" if of else roofs


def _description(chips: Sequence[Chip], points: Sequence[_Point], dtype: str) -> str:
    roofs = [
        f"{on.name} reaches {show(on.compute_peak(dtype).value, 'flop/second')} from "
        f"{show(_ridge(on, dtype), 'flop/byte')} on"
        for on in chips
    ]
    placed = [f"{point.label} at {show(point.intensity, 'flop/byte')}" for point in points]
    return "; ".join(roofs + placed)


def _passes(batch: int, context: int, prompt: int) -> str:
    decode = step_words(1, context, batch)
    return f"{decode}, and a prefill of {prompt:,} tokens" if prompt else decode


def _roof_note(caption: str, chips: Sequence[Chip], of: Model | None, step: str, dtype: str) -> str:
    values = [value for on in chips for value in (on.bandwidth, on.compute_peak(dtype))]
    own = [markup.escaped(caption)] if caption else []
    if of:
        own.append(f"{markup.escaped(of.name)}: {step}.")
    models = [f"Model: {citations([(of.source, of.date)])}."] if of else []
    return " ".join([*own, f"Datasheets, {dtype.upper()}: {cited(values)}.", *models])


def _roof_table(
    chips: Sequence[Chip], roofs: Sequence[Sweep], points: Sequence[_Point], axis: Axis
) -> bytes:
    """The roofs at powers of two, then the operations."""
    head = ["operation", "FLOP/byte", *(f"TFLOPS attainable on {on.name}" for on in chips)]
    first = 2.0 ** round(math.log2(axis.lo))
    places = [("", x) for x in powers(first, axis.hi)]
    places += [(point.label, point.intensity) for point in points]
    rows: list[list[str | float]] = [
        [label, x, *(roof.at(x) for roof in roofs)] for label, x in places
    ]
    return csv(head, rows)
