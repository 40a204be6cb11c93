"""Stacked bars across: what a whole is made of, one row for each whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchpost.figures.palette import FAINT, MUTED, PANEL, SERIES, SOFT
from benchpost.figures.pictures.svg import (
    WIDTH,
    Box,
    fitted_size,
    line,
    rect,
    sheet,
    text,
    text_width,
)

_MARGIN = 18.0
_WIDE = WIDTH - 2 * _MARGIN
_BAR, _STEP = 22.0, 66.0


def picture(data: Mapping[str, Any]) -> str:
    """SVG of `rows` (name, amount, parts of style and size, a mark or none) and their `legend`.

    All bars have one scale, the largest row or mark being as wide as the figure.
    """
    rows = data["rows"]
    most = max(max(sum(size for _, size in row["parts"]), row["mark"] or 0) for row in rows)
    legend, top = _legend(26, data["legend"])
    drawn = [_row(top + _STEP * i, row, most) for i, row in enumerate(rows)]
    height = top + _STEP * len(rows) - 8
    words = {"title": data["title"], "desc": data["description"], "ident": data["ident"]}
    return sheet(height, legend + "".join(drawn), **words)


def _legend(y: float, entries: Sequence[tuple[int, str]]) -> tuple[str, float]:
    drawn, x = [], _MARGIN
    for style, words in entries:
        # other fonts than Helvetica set wider
        wide = 23 + 1.15 * text_width(words)
        if x > _MARGIN and x + wide > WIDTH - _MARGIN:
            x, y = _MARGIN, y + 26
        drawn.append(rect(Box(x, y - 8, 16, 16), SOFT[style], SERIES[style], radius=3))
        drawn.append(text(x + 23, y, words, anchor="start"))
        x += wide + 20
    return "".join(drawn), y + 34


def _row(y: float, row: Mapping[str, Any], most: float) -> str:
    room = _WIDE - 1.15 * text_width(row["amount"]) - 24
    size = fitted_size(row["name"], room, bold=True)
    drawn = [
        text(_MARGIN, y, row["name"], anchor="start", bold=True, size=size),
        text(WIDTH - _MARGIN, y, row["amount"], anchor="end", colour=MUTED),
        rect(Box(_MARGIN, y + 15, _WIDE, _BAR), PANEL, FAINT, radius=3),
    ]
    x = _MARGIN
    for style, part in row["parts"]:
        wide = part / most * _WIDE
        if wide > 0:
            box = Box(x, y + 15, max(wide, 1.5), _BAR)
            drawn.append(rect(box, SOFT[style], SERIES[style], radius=2))
        x += wide
    return "".join([*drawn, _mark(y + 15, row["mark"], most)])


def _mark(y: float, mark: float | None, most: float) -> str:
    """A limit across the bar."""
    if mark is None:
        return ""
    x = _MARGIN + mark / most * _WIDE
    return line([(x, y - 4), (x, y + _BAR + 4)], SERIES[3], thick=2.5)
