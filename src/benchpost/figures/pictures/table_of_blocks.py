"""Block tables: what each request believes to be in a row, and where it lies in the KV cache."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchpost.figures.palette import FAINT, MUTED, PANEL, SERIES, SOFT
from benchpost.figures.pictures.svg import WIDTH, Box, rect, sheet, text

_MARGIN = 18.0
_WIDE = WIDTH - 2 * _MARGIN
_TALL, _GAP, _COLUMNS = 30.0, 6.0, 8


def picture(data: Mapping[str, Any]) -> str:
    """SVG of `requests` (heading, blocks of place and filled part) and of the `pool` below them.

    A block of the pool is its owners (requests, empty where it is free) and its filled part.
    """
    body, y = "", 28.0
    for i, request in enumerate(data["requests"]):
        drawn, y = _request(y, i, request)
        body += drawn
    drawn, bottom = _pool(y + 10, data)
    words = {"title": data["title"], "desc": data["description"], "ident": data["ident"]}
    return sheet(bottom + 14, body + drawn, **words)


def _columns(top: float) -> list[Box]:
    return Box(_MARGIN, top, _WIDE, _TALL).columns(_COLUMNS, _GAP)


def _request(y: float, i: int, request: Mapping[str, Any]) -> tuple[str, float]:
    drawn = [text(_MARGIN, y, request["heading"], anchor="start", bold=True)]
    top = y + 18
    for column, (place, filled) in zip(_columns(top), request["blocks"], strict=False):
        drawn.append(_block(column, filled, [i], ""))
        drawn.append(text(column.cx, column.bottom + 13, f"→ {place}", colour=MUTED))
    return "".join(drawn), top + _TALL + 48


def _block(box: Box, filled: float, owners: Sequence[int], words: str) -> str:
    """A block filled from the left; one of several owners has a stripe of each."""
    if not owners:
        return rect(box, PANEL, FAINT, radius=3) + text(box.cx, box.cy, words, colour=MUTED)
    edge = SERIES[owners[0]]
    stripe = box.h / len(owners)
    drawn = [rect(box, PANEL, None, radius=3)]
    for row, owner in enumerate(owners):
        part = Box(box.x, box.y + row * stripe, box.w * filled, stripe)
        drawn.append(rect(part, SOFT[owner], None, radius=0))
    drawn.append(rect(box, None, edge, radius=3, dash=None if len(owners) == 1 else "5 3"))
    return "".join([*drawn, text(box.cx, box.cy, words, bold=True)])


def _pool(y: float, data: Mapping[str, Any]) -> tuple[str, float]:
    drawn = [
        text(_MARGIN, y, data["heading"], anchor="start", bold=True),
        text(_MARGIN, y + 22, data["count"], anchor="start", colour=MUTED),
    ]
    top, pool = y + 42, data["pool"]
    for start in range(0, len(pool), _COLUMNS):
        row = pool[start : start + _COLUMNS]
        for column, (at, (owners, filled)) in zip(_columns(top), enumerate(row), strict=False):
            drawn.append(_block(column, filled, owners, str(start + at)))
        top += _TALL + _GAP
    return "".join(drawn), top
