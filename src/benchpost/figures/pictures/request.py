"""The life of a request on a line of time, and what is measured of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchpost.figures.palette import FAINT, INK, MUTED, PANEL, SERIES, SOFT
from benchpost.figures.pictures.svg import (
    SIZE,
    WIDTH,
    Box,
    circle,
    fitted_size,
    line,
    rect,
    sheet,
    text,
    text_width,
)

_MARGIN = 18.0
_BAR = Box(_MARGIN + 6, 92, WIDTH - 2 * _MARGIN - 12, 40)
_STYLE = {"queue": 3, "prefill": 1, "decode": 0}


def picture(data: Mapping[str, Any]) -> str:
    """SVG of `parts` (name, share) one after the other, `tokens` (shares) and `measured` tiles."""
    parts, start = [], 0.0
    for part in data["parts"]:
        parts.append(_part(_place(start, part["share"]), part))
        start += part["share"]
    body = (
        _span(60, 0.0, data["first"], data["spans"][0], above=True)
        + _span(60, data["first"], 1.0, data["spans"][1], above=True)
        + "".join(parts)
        + _tokens(data["tokens"])
        + _span(_BAR.bottom + 26, 0.0, 1.0, data["spans"][2], above=False)
        + _tiles(_BAR.bottom + 68, data["measured"])
    )
    height = _BAR.bottom + 68 + 64 * ((len(data["measured"]) + 1) // 2) + 10 + _MARGIN
    return sheet(height, body, title=data["title"], desc=data["description"], ident=data["ident"])


def _place(start: float, share: float) -> Box:
    return Box(_BAR.x + start * _BAR.w, _BAR.y, share * _BAR.w, _BAR.h)


def _part(place: Box, part: Mapping[str, Any]) -> str:
    style = _STYLE[part["kind"]]
    words = part["words"]
    named = text(place.cx, place.cy, words, bold=True) if _has_room(place, words) else ""
    return rect(place, SOFT[style], SERIES[style], radius=3) + named


def _has_room(place: Box, words: str) -> bool:
    return text_width(words, bold=True) < place.w - 8


def _tokens(shares: Sequence[float]) -> str:
    """A dot where a token leaves the engine."""
    return "".join(circle(_BAR.x + at * _BAR.w, _BAR.bottom, 5, SERIES[0], INK) for at in shares)


def _span(y: float, start: float, end: float, words: str, *, above: bool) -> str:
    """A bracket from one moment to another with its name."""
    x0, x1 = _BAR.x + start * _BAR.w, _BAR.x + end * _BAR.w
    foot = 8 if above else -8
    ends = [(x0 + 1, y + foot), (x0 + 1, y), (x1 - 1, y), (x1 - 1, y + foot)]
    size = fitted_size(words, x1 - x0 - 4, bold=True)
    label = text((x0 + x1) / 2, y - 16 if above else y + 16, words, bold=True, size=size)
    return line(ends, MUTED) + label


def _tiles(top: float, measured: Sequence[Sequence[str]]) -> str:
    """Two in a row: what is measured, how it is reckoned, how long it is."""
    frame = Box(_MARGIN, top, WIDTH - 2 * _MARGIN, 56)
    drawn = []
    for i, (name, how, amount) in enumerate(measured):
        tile = frame.columns(2, 10)[i % 2]
        place = Box(tile.x, top + 64 * (i // 2), tile.w, tile.h)
        size = min(SIZE, fitted_size(how, place.w - 20))
        drawn.append(
            rect(place, PANEL, FAINT, thick=1)
            + text(place.x + 10, place.y + 18, name, anchor="start", bold=True)
            + text(place.right - 10, place.y + 18, amount, anchor="end", bold=True)
            + text(place.x + 10, place.y + 40, how, anchor="start", colour=MUTED, size=size)
        )
    return "".join(drawn)
