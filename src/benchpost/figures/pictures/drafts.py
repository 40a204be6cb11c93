"""One pass of speculative decoding: drafted, verified, kept; and how many tokens passes give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchpost.figures.palette import FAINT, INK, MUTED, PANEL, SERIES, SOFT, Colour
from benchpost.figures.pictures.svg import (
    WIDTH,
    Box,
    fitted_size,
    line,
    rect,
    sheet,
    text,
)

_MARGIN = 18.0
_LEFT, _TALL, _GAP, _WIDEST = 118.0, 38.0, 8.0, 66.0
LOOKS: Mapping[str, tuple[Colour, Colour]] = {
    "drafted": (SOFT[0], SERIES[0]),
    "accepted": (SOFT[2], SERIES[2]),
    "rejected": (SOFT[1], SERIES[1]),
    "own": (SOFT[3], SERIES[3]),
    "dropped": (PANEL, FAINT),
}
"""Ground and edge of a token by what becomes of it."""


def picture(data: Mapping[str, Any]) -> str:
    """SVG of `rows` of tokens, place over place, and of `chances` of 1, 2, … tokens of a pass."""
    drawn, top = [], 30.0
    for row in data["rows"]:
        drawn.append(_row(top, row, data["places"]))
        top += _TALL + 26
    drawn.append(_chances(top + 10, data["heading"], data["chances"]))
    return sheet(
        top + 10 + 34 + 26 * len(data["chances"]),
        "".join(drawn),
        title=data["title"],
        desc=data["description"],
        ident=data["ident"],
    )


def _row(top: float, row: Mapping[str, Any], places: int) -> str:
    wide = min(_WIDEST, (WIDTH - _LEFT - _MARGIN - _GAP * (places - 1)) / places)
    cells = [
        _token(Box(_LEFT + i * (wide + _GAP), top, wide, _TALL), *token)
        for i, token in enumerate(row["tokens"])
    ]
    words = text(_MARGIN, top + 10, row["name"], anchor="start", bold=True) + text(
        _MARGIN, top + 30, row["note"], anchor="start", colour=MUTED
    )
    return words + "".join(cells)


def _token(place: Box, look: str, words: str) -> str:
    ground, edge = LOOKS[look]
    colour = MUTED if look == "dropped" else edge
    mark = {"yes": _tick, "no": _cross}.get(words)
    inside = (
        mark(place, colour)
        if mark
        else text(
            place.cx,
            place.cy,
            words,
            # on its soft ground the edge's colour would be too faint for letters
            colour=MUTED if look == "dropped" else INK,
            bold=look != "dropped",
            size=fitted_size(words, place.w - 6, bold=True),
        )
    )
    return rect(place, ground, edge, radius=4) + inside


def _tick(place: Box, colour: Colour) -> str:
    x, y = place.cx, place.cy
    return line([(x - 7, y), (x - 2, y + 6), (x + 8, y - 7)], colour, thick=2.5)


def _cross(place: Box, colour: Colour) -> str:
    x, y = place.cx, place.cy
    return line([(x - 6, y - 6), (x + 6, y + 6)], colour, thick=2.5) + line(
        [(x - 6, y + 6), (x + 6, y - 6)], colour, thick=2.5
    )


def _chances(top: float, heading: str, chances: Sequence[Mapping[str, Any]]) -> str:
    """A bar for each number of tokens that a pass may give."""
    room = WIDTH - _LEFT - _MARGIN - 60
    most = max(chance["share"] for chance in chances)
    drawn = [text(_MARGIN, top, heading, anchor="start", bold=True)]
    for i, chance in enumerate(chances):
        y = top + 30 + 26 * i
        bar = Box(_LEFT, y - 8, max(1.5, chance["share"] / most * room), 16)
        ground, edge = LOOKS["own" if i + 1 == len(chances) else "accepted"]
        drawn.append(text(_LEFT - 10, y, chance["name"], anchor="end"))
        drawn.append(rect(bar, ground, edge, radius=2))
        drawn.append(text(bar.right + 8, y, chance["words"], anchor="start", colour=MUTED))
    return "".join(drawn)
