"""Bars cut into parts: how a whole is used, one bar for each way of using it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchpost.figures.palette import FAINT, INK, MUTED, PANEL, PAPER, SERIES, SOFT, Colour
from benchpost.figures.pictures.svg import (
    WIDTH,
    Box,
    fitted_size,
    rect,
    sheet,
    text,
    text_width,
)

_MARGIN = 18.0
_WIDE = WIDTH - 2 * _MARGIN
_ROW, _BAR = 66.0, 28.0
_LEGEND = 26.0


def picture(data: Mapping[str, Any]) -> str:
    """SVG of `rows` (name, words, parts of share, words and style) under a `legend`."""
    top = 24 + _LEGEND * -(-len(data["legend"]) // 2)
    body = _legend(data["legend"]) + "".join(
        _row(top + _ROW * i, row) for i, row in enumerate(data["rows"])
    )
    height = top + _ROW * len(data["rows"])
    return sheet(height, body, title=data["title"], desc=data["description"], ident=data["ident"])


def _colours(style: int) -> tuple[Colour, Colour]:
    """Fill and edge: what is used is full, what is wasted pale, what nobody has grey."""
    if style == 0:
        return SERIES[0], SERIES[0]
    return (SOFT[style], SERIES[style]) if style < len(SOFT) else (PANEL, FAINT)


def _row(top: float, row: Mapping[str, Any]) -> str:
    drawn = [
        text(_MARGIN, top + 10, row["name"], anchor="start", bold=True),
        text(WIDTH - _MARGIN, top + 10, row["words"], anchor="end", colour=MUTED),
    ]
    x = _MARGIN
    for part in row["parts"]:
        wide = part["share"] * _WIDE
        if wide >= 0.5:
            box = Box(x, top + 24, wide, _BAR)
            fill, edge = _colours(part["style"])
            drawn.append(rect(box, fill, edge, radius=2))
            drawn.append(_inside(box, part))
        x += wide
    return "".join(drawn)


def _inside(box: Box, part: Mapping[str, Any]) -> str:
    if text_width(part["words"]) > box.w - 8:
        return ""
    colour = INK if part["style"] else PAPER
    return text(box.cx, box.cy, part["words"], colour=colour, bold=not part["style"])


def _legend(entries: Sequence[Mapping[str, Any]]) -> str:
    """Two columns, so that a font wider than ours does not run words into each other."""
    drawn = []
    for place, entry in enumerate(entries):
        row, column = divmod(place, 2)
        box = Box(_MARGIN + column * _WIDE / 2, 14 + _LEGEND * row, 16, 16)
        fill, edge = _colours(entry["style"])
        size = fitted_size(entry["words"], _WIDE / 2 - 35)
        drawn.append(rect(box, fill, edge, radius=3))
        drawn.append(text(box.x + 23, box.cy, entry["words"], anchor="start", size=size))
    return "".join(drawn)
