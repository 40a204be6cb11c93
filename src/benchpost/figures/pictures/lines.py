"""Curves over one axis: swept over NumPy arrays, drawn by matplotlib, labelled where they run."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from benchpost.figures.palette import INK, PAPER, SERIES, SOFT
from benchpost.figures.pictures.labels import Label, Point, placed
from benchpost.figures.pictures.plot import DASHES, plotted
from benchpost.figures.pictures.svg import WIDTH, Box, sheet, text
from benchpost.roofline.emit import vectorised
from benchpost.roofline.equations import EQUATIONS

HEIGHT = 360.0
"""Of a chart, px."""
FRAME = Box(66, 44, WIDTH - 66 - 20, HEIGHT - 44 - 62)
"""Where its axes are."""
_POINTS = 257
MARKS = ("o", "s", "^", "D")
"""One for each series."""

Curve = tuple[Mapping[str, Any], NDArray[Any], NDArray[Any]]


def picture(data: Mapping[str, Any]) -> str:
    """SVG of `series` (sweep, label, style) and `points` on the axes `x` and `y`."""
    curves = [_curve(series, data["x"]) for series in data["series"]]

    def paint(axes: Axes) -> None:
        set_axis(axes, data)
        for band in data.get("bands", ()):
            _paint_band(axes, band, data["x"])
        for curve in curves:
            _paint_curve(axes, *curve)
        for point in data.get("points", ()):
            _paint_point(axes, point)

    body = (
        text(18, 24, data["y"]["label"], anchor="start")
        + plotted(HEIGHT, FRAME, paint)
        + text(FRAME.cx, HEIGHT - 20, data["x"]["label"])
        + _labels(curves, data)
    )
    return sheet(HEIGHT, body, title=data["title"], desc=data["description"], ident=data["ident"])


def _swept(sweep: Mapping[str, Any], xs: NDArray[Any]) -> NDArray[Any]:
    """The sweep's curve over an array: the equations of the numbers, run by NumPy."""
    terms: dict[str, Any] = {**sweep["terms"], **dict.fromkeys(sweep["swept"], xs)}
    for name in sweep["chain"]:
        equation = EQUATIONS[name]
        terms[name] = vectorised(equation)(**{t.name: terms[t.name] for t in equation.terms})
    result = np.asarray(terms[sweep["chain"][-1]]) + np.zeros_like(xs)
    return np.asarray(sweep["per"] / result if sweep["inverse"] else result / sweep["per"])


def _curve(series: Mapping[str, Any], axis: Mapping[str, Any]) -> Curve:
    xs = _grid(axis, series.get("until"))
    return series, xs, _swept(series["sweep"], xs)


def _grid(axis: Mapping[str, Any], until: float | None) -> NDArray[Any]:
    spaced = np.geomspace if axis["scale"] == "log" else np.linspace
    end = axis["hi"] if until is None else min(axis["hi"], until)
    return np.asarray(spaced(axis["lo"], end, _POINTS))


def set_axis(axes: Axes, data: Mapping[str, Any]) -> None:
    """Scales, ends and ticks of both axes, as the plan has them."""
    x, y = data["x"], data["y"]
    axes.set_xscale(x["scale"])
    axes.set_yscale(y["scale"])
    axes.set_xlim(x["lo"], x["hi"])
    axes.set_ylim(y["lo"], y["hi"])
    axes.set_xticks([at for at, _ in x["ticks"]], [words for _, words in x["ticks"]])
    axes.set_yticks([at for at, _ in y["ticks"]], [words for _, words in y["ticks"]])
    axes.minorticks_off()


def _paint_curve(axes: Axes, series: Mapping[str, Any], xs: NDArray[Any], ys: NDArray[Any]) -> None:
    axes.plot(
        xs,
        ys,
        color=SERIES[series["style"]].light,
        linestyle=DASHES[series["dash"]],
        linewidth=series.get("thick", 2.5),
    )


def _paint_band(axes: Axes, band: Mapping[str, Any], axis: Mapping[str, Any]) -> None:
    xs = _grid(axis, band["until"])
    # several ends: the narrowest holds
    low = np.max([_swept(sweep, xs) for sweep in band["low"]], axis=0)
    high = np.min([_swept(sweep, xs) for sweep in band["high"]], axis=0)
    axes.fill_between(xs, low, high, color=SOFT[band["style"]].light, linewidth=0)


def _paint_point(axes: Axes, point: Mapping[str, Any]) -> None:
    axes.plot(
        [point["x"]],
        [point["y"]],
        marker=MARKS[point["mark"]],
        markersize=9,
        color=SERIES[point["style"]].light,
        markeredgecolor=PAPER.light,
        markeredgewidth=1.5,
        linestyle="none",
        clip_on=False,
        zorder=5,
    )


def _labels(curves: Sequence[Curve], data: Mapping[str, Any]) -> str:
    traced = [in_px(zip(xs, ys, strict=True), data) for _, xs, ys in curves]
    points = data.get("points", ())
    places = in_px([(point["x"], point["y"]) for point in points], data)
    # points first: a curve has more places for its label
    labels = _point_labels(points, places) + [
        Label(series["label"], SERIES[series["style"]], _anchors(trace))
        for (series, _, _), trace in zip(curves, traced, strict=True)
        if series["label"]
    ]
    return placed(labels, [at for trace in traced for at in trace] + 8 * places, FRAME)


def _point_labels(points: Sequence[Mapping[str, Any]], places: Sequence[Point]) -> list[Label]:
    """A label for each abscissa: beside any of its points, in their colour when it is one."""
    found = []
    for point in points:
        if point["label"]:
            same = [i for i, other in enumerate(points) if other["x"] == point["x"]]
            colour = SERIES[point["style"]] if len(same) == 1 else INK
            found.append(Label(point["label"], colour, tuple(places[i] for i in same)))
    return found


def _anchors(trace: Sequence[Point]) -> tuple[Point, ...]:
    """Places along a curve where its label may stand, its right end first."""
    last = len(trace) - 1
    return tuple(trace[round(last * part / 12)] for part in (12, 11, 9, 7, 5, 3, 1, 0))


def in_px(points: Any, data: Mapping[str, Any]) -> list[Point]:
    """Where points of the axes lie in the picture."""
    return [
        (
            FRAME.x + FRAME.w * _share(x, data["x"]),
            FRAME.bottom - FRAME.h * _share(y, data["y"]),
        )
        for x, y in points
    ]


def _share(value: float, axis: Mapping[str, Any]) -> float:
    """How far along its axis a value lies, 0 to 1."""
    if axis["scale"] == "log":
        return math.log(value / axis["lo"]) / math.log(axis["hi"] / axis["lo"])
    return float((value - axis["lo"]) / (axis["hi"] - axis["lo"]))
