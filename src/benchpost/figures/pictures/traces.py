"""Lines through given points, drawn by matplotlib on the axes and with the labels of `lines`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from matplotlib.axes import Axes

from benchpost.figures.palette import MUTED, PAPER, SERIES
from benchpost.figures.pictures.labels import Label, Point, placed
from benchpost.figures.pictures.lines import FRAME, HEIGHT, MARKS, in_px, set_axis
from benchpost.figures.pictures.plot import DASHES, plotted
from benchpost.figures.pictures.svg import sheet, text

_APART = 6.0
"""Pixels between the places along a line that a label keeps off."""


def picture(data: Mapping[str, Any]) -> str:
    """SVG of `series` (at, label, style, dash; steps or marks) on the axes `x` and `y`."""

    def paint(axes: Axes) -> None:
        set_axis(axes, data)
        for level in data.get("levels", ()):
            axes.axhline(level, color=MUTED.light, linewidth=1.0, linestyle=DASHES[2])
        for series in data["series"]:
            _paint(axes, series)

    body = (
        text(18, 24, data["y"]["label"], anchor="start")
        + plotted(HEIGHT, FRAME, paint)
        + text(FRAME.cx, HEIGHT - 20, data["x"]["label"])
        + _labels(data)
    )
    return sheet(HEIGHT, body, title=data["title"], desc=data["description"], ident=data["ident"])


def _paint(axes: Axes, series: Mapping[str, Any]) -> None:
    colour = SERIES[series["style"]].light
    axes.plot(
        [x for x, _ in series["at"]],
        [y for _, y in series["at"]],
        color=colour,
        linestyle=DASHES[series["dash"]],
        linewidth=series["thick"],
        drawstyle="steps-pre" if series["steps"] else "default",
        marker=MARKS[series["style"]] if series["marks"] else None,
        markersize=7,
        markeredgecolor=PAPER.light,
        markeredgewidth=1.0,
        solid_joinstyle="round",
    )


def _labels(data: Mapping[str, Any]) -> str:
    traced = [_dense(in_px(series["at"], data)) for series in data["series"]]
    labels = [
        Label(series["label"], SERIES[series["style"]], _anchors(trace))
        for series, trace in zip(data["series"], traced, strict=True)
        if series["label"]
    ]
    return placed(labels, [at for trace in traced for at in trace], FRAME)


def _dense(points: Sequence[Point]) -> list[Point]:
    """The line through `points` as many points, so that labels stay off what is between them."""
    found = [points[0]]
    for (x0, y0), (x1, y1) in pairwise(points):
        count = max(1, math.ceil(math.hypot(x1 - x0, y1 - y0) / _APART))
        found += [
            (x0 + (x1 - x0) * i / count, y0 + (y1 - y0) * i / count) for i in range(1, count + 1)
        ]
    return found


def _anchors(trace: Sequence[Point]) -> tuple[Point, ...]:
    """Places along a line where its label may stand, its right end first."""
    last = len(trace) - 1
    return tuple(trace[round(last * part / 12)] for part in (12, 11, 9, 7, 5, 3, 1, 0))
