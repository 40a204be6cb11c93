"""Prompts as rows of KV blocks: which come from the cache and which are computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchpost.figures.palette import MUTED, SERIES, SOFT, Colour
from benchpost.figures.pictures.svg import WIDTH, Box, boxes, rect, sheet, text, text_width

_MARGIN = 18.0
_WIDE = WIDTH - 2 * _MARGIN
_GAP = 2.5
_COLUMNS = 40
_TALL = 20.0
LOOKS: Mapping[str, tuple[Colour, Colour]] = {
    "cached": (SOFT[2], SERIES[2]),
    "computed": (SERIES[0], SERIES[0]),
    "part": (SOFT[1], SERIES[1]),
}
"""Ground and edge of a block by what becomes of it."""


def picture(data: Mapping[str, Any]) -> str:
    """SVG of `rows` (heading, count, blocks): of each block what becomes of it and how full."""
    legend, top = _legend(28, data["legend"])
    drawn, top = [legend], top + 38
    for row in data["rows"]:
        part, bottom = _row(top, row)
        drawn.append(part)
        top = bottom + 32
    return sheet(
        top - 32 + _MARGIN,
        "".join(drawn),
        title=data["title"],
        desc=data["description"],
        ident=data["ident"],
    )


def _legend(y: float, entries: Sequence[Sequence[str]]) -> tuple[str, float]:
    drawn, x = [], _MARGIN
    for look, words in entries:
        wide = 23 + text_width(words)
        if x > _MARGIN and x + wide > WIDTH - _MARGIN:
            x, y = _MARGIN, y + 26
        drawn.append(rect(Box(x, y - 8, 16, 16), *LOOKS[look], radius=3))
        drawn.append(text(x + 23, y, words, anchor="start"))
        x += wide + 30
    return "".join(drawn), y


def _row(top: float, row: Mapping[str, Any]) -> tuple[str, float]:
    words = text(_MARGIN, top, row["heading"], anchor="start", bold=True) + text(
        _MARGIN, top + 22, row["count"], anchor="start", colour=MUTED
    )
    places = _grid(top + 40, row["blocks"])
    drawn = [
        boxes(
            [box for box, (kind, _) in zip(places, row["blocks"], strict=True) if kind == look], *c
        )
        for look, c in LOOKS.items()
    ]
    return words + "".join(drawn), places[-1].bottom


def _grid(top: float, blocks: Sequence[Sequence[Any]]) -> list[Box]:
    """A box for each block, narrower where it is not full."""
    side = (_WIDE - _GAP * (_COLUMNS - 1)) / _COLUMNS
    return [
        Box(
            _MARGIN + column * (side + _GAP),
            top + line * (_TALL + _GAP + 1),
            max(1.5, side * filled),
            _TALL,
        )
        for (line, column), (_, filled) in zip(
            (divmod(place, _COLUMNS) for place in range(len(blocks))), blocks, strict=True
        )
    ]
