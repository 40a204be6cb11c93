"""What each step of an engine is filled with: decoding sequences first, then pieces of prompts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchpost.figures.palette import FAINT, INK, MUTED, PANEL, SERIES, SOFT
from benchpost.figures.pictures.svg import (
    SIZE,
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
_LEFT, _RIGHT, _TALL, _STEP = 76.0, 126.0, 28.0, 40.0
_THIN = 4.0
"""Width of what would not be seen at its true one."""
_LEAST = 12.0


def picture(data: Mapping[str, Any]) -> str:
    """SVG of `steps` (parts, tokens, aside) as bars on an axis that ends at the token budget."""
    legend, top = _legend(28, data["legend"])
    first = top + 52
    frame = Box(_LEFT, first, WIDTH - _LEFT - _RIGHT, _STEP * len(data["steps"]))
    rows = [
        _row(Box(frame.x, first + i * _STEP, frame.w, _TALL), i, step, data["budget"])
        for i, step in enumerate(data["steps"])
    ]
    brim = [(frame.right, frame.y - 8), (frame.right, frame.bottom - _STEP + _TALL + 8)]
    heads = text(frame.right, first - 20, data["limit"], anchor="end", colour=MUTED) + text(
        WIDTH - _MARGIN, first - 20, data["aside"], anchor="end", colour=MUTED
    )
    return sheet(
        frame.bottom - _STEP + _TALL + 8 + _MARGIN,
        legend + heads + "".join(rows) + line(brim, INK, thick=2),
        title=data["title"],
        desc=data["description"],
        ident=data["ident"],
    )


def _legend(y: float, entries: Sequence[Mapping[str, Any]]) -> tuple[str, float]:
    """Names beside their colours, on as many lines as they take."""
    drawn, x = [], _MARGIN
    for entry in entries:
        wide = 23 + text_width(entry["words"])
        if x > _MARGIN and x + wide > WIDTH - _MARGIN:
            x, y = _MARGIN, y + 26
        style = entry["style"]
        drawn.append(rect(Box(x, y - 8, 16, 16), SOFT[style], SERIES[style], radius=3))
        drawn.append(text(x + 23, y, entry["words"], anchor="start"))
        x += wide + 30
    return "".join(drawn), y


def _row(bar: Box, place: int, step: Mapping[str, Any], budget: int) -> str:
    return (
        text(_MARGIN, bar.cy, f"Step {place + 1}", anchor="start", colour=MUTED)
        + rect(bar, PANEL, FAINT, radius=2, thick=1)
        + _parts(bar, step["parts"], budget)
        + text(WIDTH - _MARGIN, bar.cy, step["aside"], anchor="end", bold=True)
    )


def _parts(bar: Box, parts: Sequence[Mapping[str, Any]], budget: int) -> str:
    drawn, x = [], bar.x
    for part, wide in zip(parts, _widths(bar.w, parts, budget), strict=True):
        place = Box(x, bar.y, wide, bar.h)
        drawn.append(rect(place, SOFT[part["style"]], SERIES[part["style"]], radius=2))
        drawn.append(_inside(place, part["words"]))
        x += wide
    return "".join(drawn)


def _widths(room: float, parts: Sequence[Mapping[str, Any]], budget: int) -> list[float]:
    """True widths, but thin parts are drawn wide enough to be seen, at the widest one's expense."""
    wide = [max(_THIN, part["tokens"] / budget * room) for part in parts]
    over = max(0.0, sum(wide) - room)
    most = wide.index(max(wide))
    return [w - over if i == most else w for i, w in enumerate(wide)]


def _inside(place: Box, words: str) -> str:
    size = min(SIZE, fitted_size(words, place.w - 8))
    return text(place.cx, place.cy, words, size=size) if size >= _LEAST else ""
