"""What was measured as a part of what the datasheet says: two bars for each chip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes

from benchpost.figures.palette import FAINT, MUTED, PANEL, SERIES, SOFT
from benchpost.figures.pictures.plot import plotted
from benchpost.figures.pictures.svg import WIDTH, Box, fitted_size, rect, sheet, text, text_width

_LEFT, _WORDS, _TOP = 18.0, 196.0, 56.0
_BAR, _STEP, _HEAD, _GAP = 16.0, 24.0, 24.0, 12.0


def picture(data: Mapping[str, Any]) -> str:
    """SVG of `chips` (name, bars of words, share, style, quoted) along a percent axis."""
    tops = _tops(data["chips"])
    frame = Box(_LEFT + 12, _TOP, WIDTH - _LEFT - _WORDS - 12, tops[-1] - _TOP)
    top = max([1.0, *(bar["share"] or 0 for chip in data["chips"] for bar in chip["bars"])])
    height = frame.bottom + 60

    def paint(axes: Axes) -> None:
        _set_axes(axes, frame, top)
        for chip, y in zip(data["chips"], tops, strict=False):
            for place, bar in enumerate(chip["bars"]):
                _paint_bar(axes, y + _HEAD + _STEP * place + _STEP / 2, bar)

    body = (
        _legend(26, data["legend"])
        + plotted(height, frame, paint)
        + "".join(_words(frame, y, chip) for chip, y in zip(data["chips"], tops, strict=False))
        + text(frame.cx, height - 16, data["x"])
    )
    return sheet(height, body, title=data["title"], desc=data["description"], ident=data["ident"])


def _tops(chips: Sequence[Mapping[str, Any]]) -> list[float]:
    """Where each chip begins, and where the last one ends."""
    tops = [_TOP]
    for chip in chips:
        tops.append(tops[-1] + _HEAD + _STEP * len(chip["bars"]) + _GAP)
    return tops


def _set_axes(axes: Axes, frame: Box, top: float) -> None:
    axes.set_xlim(0, top)
    axes.set_ylim(frame.bottom, frame.y)
    axes.set_yticks([])
    shares = [0.0, 0.25, 0.5, 0.75, 1.0]
    axes.set_xticks(shares, [f"{share:.0%}".replace("%", " %") for share in shares])
    axes.spines["left"].set_visible(False)
    axes.minorticks_off()


def _paint_bar(axes: Axes, y: float, bar: Mapping[str, Any]) -> None:
    axes.barh(y, 1.0, _BAR, color=PANEL.light, edgecolor=FAINT.light, linewidth=1)
    if bar["share"] is not None:
        edge, soft = SERIES[bar["style"]], SOFT[bar["style"]]
        fill = soft if bar["quoted"] else edge
        axes.barh(y, bar["share"], _BAR, color=fill.light, edgecolor=edge.light, linewidth=1.5)


def _words(frame: Box, y: float, chip: Mapping[str, Any]) -> str:
    drawn = [text(_LEFT, y + _HEAD / 2 - 2, chip["name"], anchor="start", bold=True)]
    x = frame.right + 12
    for place, bar in enumerate(chip["bars"]):
        size = fitted_size(bar["words"], WIDTH - 14 - x)
        middle = y + _HEAD + _STEP * place + _STEP / 2
        drawn.append(text(x, middle, bar["words"], anchor="start", colour=MUTED, size=size))
    return "".join(drawn)


def _legend(y: float, entries: Sequence[Mapping[str, Any]]) -> str:
    drawn, x = [], _LEFT
    for entry in entries:
        style = entry["style"]
        fill = SOFT[style] if entry["quoted"] else SERIES[style]
        drawn.append(rect(Box(x, y - 8, 16, 16), fill, SERIES[style], radius=3))
        drawn.append(text(x + 23, y, entry["words"], anchor="start"))
        x += 23 + text_width(entry["words"]) + 22
    return "".join(drawn)
