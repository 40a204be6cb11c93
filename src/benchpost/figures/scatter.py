"""The chart of predicted against measured rates: a point for each published row."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from benchpost.errors import UsageError
from benchpost.figures import markup
from benchpost.figures.axis import Axis, logarithmic
from benchpost.figures.names import changed, file_stem
from benchpost.figures.rows import PLATFORMS, SERVERS, UNITS, WHAT, counted, percent, sources_of
from benchpost.figures.shown import shown
from benchpost.figures.sweep import csv
from benchpost.figures.types import Facts, Fragment
from benchpost.roofline.ladders import MODEL, ONE_RUN, STEPS, known_step
from benchpost.roofline.scores import Score, chosen, errors, grouped

_HEAD = "chart scatter"
_TAIL = 0.1
"""Share of the rows beyond each end of the band."""


def chart_scatter(
    facts: Facts,
    *,
    kind: Literal["decode", "prefill", "serving", "first token"] = "decode",
    step: str = MODEL,
    engine: str = "",
    name: str = "",
    caption: str = "",
) -> Fragment:
    """Predicted against measured, for each of the published rows, 80 % of them in the shaded band.

    `step` is a step of the ladder, e.g. `file size` for the napkin; by default the model, for GPUs
    that it has not seen.
    """
    says = known_step(kind, step).says
    if step == ONE_RUN:
        raise UsageError(f"{_HEAD!r} cannot show {step!r}: a row has several predictions of it")
    scores = chosen(kind, engine=engine)
    low, high = _band(scores, step)
    axis = _ends(scores, kind, step)
    unit, _ = UNITS[kind]
    data = {
        "series": _series(scores, kind, step),
        "band": [low, high],
        "x": _axis(f"measured {WHAT[kind]}, {unit}", axis).data(),
        "y": _axis(f"predicted {WHAT[kind]}, {unit}", axis).data(),
        "title": f"Predicted against measured {WHAT[kind]}: {says}",
        "description": _said(scores, kind, step, low, high),
    }
    stem = file_stem(_HEAD, name, *changed(kind=(kind, "decode"), step=(step, MODEL)), engine)
    note = _note(caption, scores, (low, high), f"figures/{stem}.csv")
    return shown(facts, stem, "scatter", data, note, _csv(scores))


def _axis(label: str, ends: tuple[float, float]) -> Axis:
    return logarithmic(label, *ends)


def _ends(scores: Sequence[Score], kind: str, step: str) -> tuple[float, float]:
    """Of decode the same for every step, so that two charts can be laid side by side."""
    steps = [key for key in STEPS[kind] if key != ONE_RUN] if kind == "decode" else [step]
    found = [score.measured for score in scores]
    found += [score.predicted[key][0] for score in scores for key in steps]
    _, times = UNITS[kind]
    return times * min(found) / 1.15, times * max(found) * 1.15


def _by(kind: str) -> tuple[str, Mapping[str, str]]:
    """What tells the series apart, and their names: as many as there are colours."""
    return ("platform", PLATFORMS) if kind in ("decode", "prefill") else ("kind", SERVERS)


def _series(scores: Sequence[Score], kind: str, step: str) -> list[dict[str, Any]]:
    by, names = _by(kind)
    groups = grouped(scores, by)
    return [
        {
            "label": f"{name} ({len(groups.get(key, ()))})",
            "points": _points(groups.get(key, ()), step),
        }
        for key, name in names.items()
    ]


def _points(scores: Sequence[Score], step: str) -> list[list[float]]:
    return [
        [float(f"{UNITS[score.kind][1] * value:.4g}") for value in pair]
        for score in scores
        for pair in ((score.measured, score.predicted[step][0]),)
    ]


def _band(scores: Sequence[Score], step: str) -> tuple[float, float]:
    """Measured over predicted: what 80 % of the rows lie between, to two digits."""
    ratios = sorted(score.measured / score.predicted[step][0] for score in scores)
    last = len(ratios) - 1
    ends = (math.floor(_TAIL * last), math.ceil((1 - _TAIL) * last))
    low, high = (ratios[end] for end in ends)
    return float(f"{low:.2f}"), float(f"{high:.2f}")


def _said(scores: Sequence[Score], kind: str, step: str, low: float, high: float) -> str:
    by, names = _by(kind)
    parts = [
        f"{names[key]}: {len(each)} rows, median error {percent(errors(each, kind, step).median)}"
        for key, each in grouped(scores, by).items()
    ]
    return f"80 % of the rows are between {low:.2f} and {high:.2f} times predicted; " + "; ".join(
        parts
    )


def _note(caption: str, scores: Sequence[Score], band: tuple[float, float], table: str) -> str:
    own = f"{markup.escaped(caption)} " if caption else ""
    return (
        f"{own}Each point is one of {counted(scores)}. On the line, prediction and measurement "
        f"agree; above it, too much was predicted. In the shaded band, which holds 80 % of the "
        f"rows, what was measured is {band[0]:.2f} to {band[1]:.2f} times what was predicted. "
        f"{sources_of(scores, table)}"
    )


def _csv(scores: Sequence[Score]) -> bytes:
    steps = [key for key in scores[0].predicted if key != ONE_RUN]
    head = ["gpu", "gpus", "model", "engine", "format", "sequences", "context", "prompt"]
    unit, times = UNITS[scores[0].kind]
    head += [f"measured, {unit}", *(f"predicted, {unit}: {key}" for key in steps)]
    head += ["band low", "band high", "source"]
    rows: list[list[str | float]] = []
    for score in scores:
        predicted = [score.predicted[key][0] for key in steps]
        numbers = (score.measured, *predicted, score.low, score.high)
        shown = (float(f"{times * number:.6g}") for number in numbers)
        rows.append([*_about(score), *shown, score.row.source])
    return csv(head, rows)


def _about(score: Score) -> list[str | float]:
    row = score.row
    counts = (float(row.batch), row.context, float(row.prompt))
    return [row.gpu, float(score.gpus), row.model, row.engine, row.format, *counts]
