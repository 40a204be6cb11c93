"""What was measured as a part of what the datasheet says: one bar for each chip and quantity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes

from benchpost.figures.palette import FAINT, MUTED, PANEL, SERIES, SOFT
from benchpost.figures.pictures.plot import plotted
from benchpost.figures.pictures.svg import WIDTH, Box, rect, sheet, text, text_width

_LEFT, _RIGHT, _TOP = 18.0, 24.0, 54.0
_ROW, _BAR = 62.0, 18.0


def picture(data: Mapping[str, Any]) -> str:
    """SVG of `rows` (name, words, share of the datasheet or null, style) under a percent axis."""
    rows = data["rows"]
    frame = Box(_LEFT, _TOP, WIDTH - _LEFT - _RIGHT, _ROW * len(rows))
    height = frame.bottom + 62
    top = max([1.0, *(row["share"] or 0 for row in rows)])

    def paint(axes: Axes) -> None:
        _set_axes(axes, len(rows), top)
        for place, row in enumerate(rows):
            _paint_row(axes, place, row)

    body = (
        _legend(26, data["legend"])
        + plotted(height, frame, paint)
        + "".join(_words(frame, place, row) for place, row in enumerate(rows))
        + text(frame.cx, height - 18, data["x"])
    )
    return sheet(height, body, title=data["title"], desc=data["description"], ident=data["ident"])


def _set_axes(axes: Axes, rows: int, top: float) -> None:
    axes.set_xlim(0, top)
    axes.set_ylim(rows, 0)
    axes.set_yticks([])
    shares = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    axes.set_xticks(shares, [f"{share:.0%}".replace("%", " %") for share in shares])
    axes.spines["left"].set_visible(False)
    axes.minorticks_off()


def _paint_row(axes: Axes, place: int, row: Mapping[str, Any]) -> None:
    middle, tall = place + (_ROW - _BAR) / _ROW, _BAR / _ROW
    axes.barh(middle, 1.0, tall, color=PANEL.light, edgecolor=FAINT.light, linewidth=1)
    if row["share"]:
        style = row["style"]
        axes.barh(
            middle,
            row["share"],
            tall,
            color=SOFT[style].light if row["quoted"] else SERIES[style].light,
            edgecolor=SERIES[style].light,
            linewidth=1.5,
        )


def _words(frame: Box, place: int, row: Mapping[str, Any]) -> str:
    y = frame.y + place * _ROW + 18
    return text(frame.x, y, row["name"], anchor="start", bold=True) + text(
        frame.right, y, row["words"], anchor="end", colour=MUTED
    )


def _legend(y: float, entries: Sequence[Mapping[str, Any]]) -> str:
    drawn, x = [], _LEFT
    for entry in entries:
        style = entry["style"]
        fill = SOFT[style] if entry["quoted"] else SERIES[style]
        drawn.append(rect(Box(x, y - 8, 16, 16), fill, SERIES[style], radius=3))
        drawn.append(text(x + 23, y, entry["words"], anchor="start"))
        x += 23 + text_width(entry["words"]) + 22
    return "".join(drawn)
