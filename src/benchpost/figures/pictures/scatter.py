"""Predicted against measured: a point for each row, the line where both agree, and a band."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes

from benchpost.figures.palette import MUTED, PANEL, SERIES
from benchpost.figures.pictures.plot import plotted
from benchpost.figures.pictures.svg import WIDTH, Box, element, sheet, text, text_width

_HEIGHT = 520.0
_FRAME = Box(66, 92, WIDTH - 66 - 22, _HEIGHT - 92 - 58)
_COLUMN = 235.0


def picture(data: Mapping[str, Any]) -> str:
    """SVG of `series` (label, points of measured and predicted) on the axes `x` and `y`."""

    def paint(axes: Axes) -> None:
        _set_axes(axes, data)
        _paint_band(axes, data)

    body = (
        _legend(data["series"])
        + text(18, 72, data["y"]["label"], anchor="start")
        + plotted(_HEIGHT, _FRAME, paint)
        + "".join(_points(place, series, data) for place, series in enumerate(data["series"]))
        + text(_FRAME.cx, _HEIGHT - 18, data["x"]["label"])
    )
    return sheet(_HEIGHT, body, title=data["title"], desc=data["description"], ident=data["ident"])


def _set_axes(axes: Axes, data: Mapping[str, Any]) -> None:
    x, y = data["x"], data["y"]
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(x["lo"], x["hi"])
    axes.set_ylim(y["lo"], y["hi"])
    axes.set_xticks([at for at, _ in x["ticks"]], [words for _, words in x["ticks"]])
    axes.set_yticks([at for at, _ in y["ticks"]], [words for _, words in y["ticks"]])
    axes.minorticks_off()


def _paint_band(axes: Axes, data: Mapping[str, Any]) -> None:
    """Where measured over predicted lies between both ends of the band, and the line of 1."""
    low, high = data["band"]
    ends = [data["x"]["lo"], data["x"]["hi"]]
    axes.fill_between(
        ends,
        [x / high for x in ends],
        [x / low for x in ends],
        color=PANEL.light,
        edgecolor=MUTED.light,
        linewidth=0.75,
        linestyle=(0, (3, 3)),
    )
    axes.plot(ends, ends, color=MUTED.light, linewidth=1.5)


def _points(style: int, series: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    """All points of a series as one path: hundreds of elements would weigh as much as the page."""
    places = (
        (
            _FRAME.x + _FRAME.w * _share(x, data["x"]),
            _FRAME.bottom - _FRAME.h * _share(y, data["y"]),
        )
        for x, y in series["points"]
    )
    return _marks(style, places)


def _marks(style: int, places: Iterable[tuple[float, float]]) -> str:
    # on a grid of tenths many points of a crowd are one
    at = dict.fromkeys(f"M{_tenth(x)} {_tenth(y)}" for x, y in places)
    colour = SERIES[style].light
    if style < len(_CAPS):
        return element(
            "path",
            d="".join(f"{place}h0" for place in at),
            stroke=colour,
            stroke_width=(6, 5.4)[style],
            stroke_linecap=_CAPS[style],
            stroke_opacity=0.6,
        )
    shape = _SHAPES[style - len(_CAPS)]
    return element(
        "path", d="".join(f"{place}{shape}" for place in at), fill=colour, fill_opacity=0.6
    )


_CAPS = ("round", "square")
"""A line of no length shows its caps alone: a disc, a square."""
_SHAPES = ("m-3.6 2.8h7.2l-3.6-6.4z", "m-3.8 0l3.8-3.8l3.8 3.8l-3.8 3.8z")
"""A triangle and a diamond: colour is never alone in telling series apart."""


def _tenth(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _share(value: float, axis: Mapping[str, Any]) -> float:
    return math.log(value / axis["lo"]) / math.log(axis["hi"] / axis["lo"])


def _legend(series: Sequence[Mapping[str, Any]]) -> str:
    """Two columns of marks with names."""
    drawn = []
    for place, each in enumerate(series):
        x, y = 18 + _COLUMN * (place % 2), 20 + 22 * (place // 2)
        assert text_width(each["label"]) < _COLUMN - 20, each["label"]
        drawn.append(_marks(place, [(x + 5, y)]))
        drawn.append(text(x + 18, y, each["label"], anchor="start"))
    return "".join(drawn)
