"""C = A · B drawn so that the shapes meet: A left of C, B above it, K along both."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from benchpost.figures.palette import FAINT, MUTED, PANEL, SERIES, SOFT, Colour
from benchpost.figures.pictures.svg import (
    WIDTH,
    Box,
    fitted_size,
    line,
    rect,
    sheet,
    stacked,
    text,
    text_width,
)

_SHORT, _LONG, _VECTOR = 96.0, 168.0, 34.0
_GAP, _MARGIN, _BAND = 34.0, 18.0, 13.0


def picture(data: Mapping[str, Any]) -> str:
    """SVG of one matrix product: `sides` (m, k, n), their `names`, `matrices`, `counts`, words."""
    a, b, c = _places(*_drawn_sides(data["sides"]))
    body = (
        _matrix(a, SERIES[0], SOFT[0], data["matrices"]["a"])
        + _matrix(b, SERIES[2], SOFT[2], data["matrices"]["b"], across=-(_BAND + 6) / 2)
        + _matrix(c, SERIES[1], SOFT[1], data["matrices"]["c"])
        + _traced(a, b, c)
        + _side_names(a, b, data["names"])
        + _rule(a, b, data["rule"])
        + _counts(c.bottom + 30, data["counts"])
    )
    height = c.bottom + 30 + 64 + _MARGIN
    return sheet(height, body, title=data["title"], desc=data["description"], ident=data["ident"])


def _rule(a: Box, b: Box, lines: list[str]) -> str:
    half = max(map(text_width, lines)) / 2
    return stacked(min(a.cx, b.x - 34 - half), b.cy, lines, step=22)


def _drawn_sides(sides: list[float]) -> list[float]:
    """Lengths in px in the order of the sides, not in their ratio: 1 : 150000 cannot be seen."""
    logs = [math.log2(side) for side in sides]
    rest = [value for value in logs if value > 0] or [0.0]
    low, span = min(rest), max(max(rest) - min(rest), 1.0)
    return [
        round(_SHORT + (_LONG - _SHORT) * (value - low) / span) if value > 0 else _VECTOR
        for value in logs
    ]


def _places(m: float, k: float, n: float) -> tuple[Box, Box, Box]:
    k, n = max(k, _SHORT), max(n, _SHORT)
    left = (WIDTH - (k + _GAP + n) + 26) / 2
    b = Box(left + k + _GAP, _MARGIN + 28, n, k)
    c = Box(b.x, b.bottom + _GAP, n, m)
    return Box(left, c.y, k, m), b, c


def _matrix(box: Box, edge: Colour, ground: Colour, lines: list[str], across: float = 0) -> str:
    frame = rect(box, ground, edge, radius=3)
    if box.h < _SHORT:
        return frame + text(box.x + 8, box.cy, " ".join(lines[:2]), anchor="start")
    down = 0 if across else (_BAND + 6) / 2
    return frame + stacked(box.cx + across, box.cy + down, lines, step=20)


def _traced(a: Box, b: Box, c: Box) -> str:
    """The row of A and the column of B that make one element of C."""
    row = Box(a.x, a.y + 6, a.w, _BAND) if a.h > _VECTOR else Box(a.x, a.y, 0, a.h)
    column = Box(b.right - 6 - _BAND, b.y, _BAND, b.h)
    cell = Box(column.x, row.y, _BAND, row.h)
    reach = cell.x if row.w else c.x
    guides = line([(a.right, row.cy), (reach, row.cy)], dash="3 3") + line(
        [(column.cx, column.bottom), (column.cx, cell.y)], dash="3 3"
    )
    bands = rect(row, SERIES[0], radius=0) if row.w else ""
    return bands + rect(column, SERIES[2], radius=0) + rect(cell, SERIES[1], radius=0) + guides


def _side_names(a: Box, b: Box, names: list[str]) -> str:
    m, k, n = names
    return (
        text(a.x - 16, a.cy, m, turned=True)
        + text(a.cx, a.y - 14, k)
        + text(b.x - 16, b.cy, k, turned=True)
        + text(b.cx, b.y - 14, n)
    )


def _counts(top: float, counts: list[list[str]]) -> str:
    """Tiles under the picture: what is counted, and how much."""
    frame = Box(_MARGIN, top, WIDTH - 2 * _MARGIN, 64)
    tiles = frame.columns(len(counts), 10)
    return "".join(_tile(tile, *words) for tile, words in zip(tiles, counts, strict=True))


def _tile(tile: Box, label: str, amount: str) -> str:
    size = fitted_size(amount, tile.w - 10, bold=True)
    return (
        rect(tile, PANEL, FAINT, thick=1)
        + text(tile.cx, tile.y + 20, label, colour=MUTED)
        + text(tile.cx, tile.y + 44, amount, bold=True, size=size)
    )
