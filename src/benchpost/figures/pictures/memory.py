"""What lies in a GPU's memory, and how the KV cache of several requests is laid out in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchpost.figures.palette import FAINT, INK, MUTED, PANEL, SERIES, SOFT
from benchpost.figures.pictures.svg import (
    WIDTH,
    Box,
    boxes,
    fitted_size,
    line,
    rect,
    sheet,
    text,
    text_width,
)

_MARGIN = 18.0
_WIDE = WIDTH - 2 * _MARGIN
_COLUMNS = 36


def share(data: Mapping[str, Any]) -> str:
    """SVG of one bar: `parts` (label, name, amount, share, bytes) in a memory of `capacity`."""
    bar = Box(_MARGIN, 62, _WIDE, 58)
    parts = data["parts"]
    whole = max(data["capacity"], sum(part["bytes"] for part in parts))
    body = (
        text(_MARGIN, 28, data["heading"], anchor="start", bold=True)
        + _bar(bar, parts, whole)
        + _brim(bar, data["capacity"] / whole, data["memory"])
        + _list(bar.bottom + 50, parts, data["free"])
    )
    height = bar.bottom + 50 + 30 * (len(parts) + 1)
    return sheet(height, body, title=data["title"], desc=data["description"], ident=data["ident"])


def _bar(bar: Box, parts: Sequence[Mapping[str, Any]], whole: float) -> str:
    drawn, x = [rect(bar, PANEL, FAINT, radius=4)], bar.x
    for i, part in enumerate(parts):
        wide = max(part["bytes"] / whole * bar.w, 1.5)
        segment = Box(x, bar.y, wide, bar.h)
        drawn.append(rect(segment, SOFT[i], SERIES[i], radius=2))
        if text_width(part["label"], bold=True) < wide - 10:
            drawn.append(text(segment.cx, segment.cy, part["label"], bold=True))
        x += wide
    return "".join(drawn)


def _brim(bar: Box, fraction: float, words: str) -> str:
    """The end of the memory; the bar goes on beyond it when the parts do not fit."""
    x = bar.x + fraction * bar.w
    ticks = [(bar.y - 8, bar.y), (bar.bottom, bar.bottom + 8)]
    return "".join(line([(x, y0), (x, y1)], INK, thick=2) for y0, y1 in ticks) + text(
        min(x, bar.right), bar.bottom + 20, words, anchor="end", colour=MUTED
    )


def _list(top: float, parts: Sequence[Mapping[str, Any]], free: Sequence[str]) -> str:
    rows = [_row(top + 30 * i, i, part) for i, part in enumerate(parts)]
    return "".join(rows) + _last_row(top + 30 * len(parts), free)


def _row(y: float, i: int, part: Mapping[str, Any]) -> str:
    return rect(Box(_MARGIN, y - 8, 16, 16), SOFT[i], SERIES[i], radius=3) + _texts(
        y, part["name"], part["amount"], part["share"]
    )


def _last_row(y: float, free: Sequence[str]) -> str:
    return rect(Box(_MARGIN, y - 8, 16, 16), PANEL, FAINT, radius=3) + _texts(y, *free)


def _texts(y: float, name: str, amount: str, part: str) -> str:
    return (
        text(_MARGIN + 26, y, name, anchor="start")
        + text(WIDTH - 110, y, amount, anchor="end", bold=True)
        + text(WIDTH - _MARGIN, y, part, anchor="end", colour=MUTED)
    )


def paging(data: Mapping[str, Any]) -> str:
    """SVG of one cache twice, a cell a block: reserved in one piece, and handed out in blocks."""
    legend = _requests(28, data["requests"])
    contiguous, middle = _layout(62, data["contiguous"])
    paged, bottom = _layout(middle + 36, data["paged"])
    return sheet(
        bottom + _MARGIN,
        legend + contiguous + paged,
        title=data["title"],
        desc=data["description"],
        ident=data["ident"],
    )


def _requests(y: float, words: Sequence[str]) -> str:
    drawn = []
    columns = Box(_MARGIN, y, _WIDE, 0).columns(len(words), 8)
    for i, (column, label) in enumerate(zip(columns, words, strict=True)):
        size = fitted_size(label, column.w - 24)
        drawn.append(rect(Box(column.x, y - 8, 16, 16), SERIES[i], radius=3))
        drawn.append(text(column.x + 23, y, label, anchor="start", size=size))
    return "".join(drawn)


def _layout(top: float, layout: Mapping[str, Any]) -> tuple[str, float]:
    """Heading, count, and `cells` in the order of the memory: (request, filled part) each."""
    words = text(_MARGIN, top, layout["heading"], anchor="start", bold=True) + text(
        _MARGIN, top + 22, layout["count"], anchor="start", colour=MUTED
    )
    places = _grid(top + 42, len(layout["cells"]))
    drawn = _cells_of(list(zip(places, layout["cells"], strict=True)))
    return words + drawn, places[-1].bottom


def _grid(top: float, count: int) -> list[Box]:
    gap = 3.0
    side = (_WIDE - gap * (_COLUMNS - 1)) / _COLUMNS
    return [
        Box(_MARGIN + column * (side + gap), top + row * (side + gap), side, side)
        for row, column in (divmod(place, _COLUMNS) for place in range(count))
    ]


def _cells_of(cells: Sequence[tuple[Box, Sequence[float]]]) -> str:
    """Blocks full, partly filled, or set aside and empty: a path for each kind and request."""
    drawn = []
    for request in sorted({owner for _, (owner, _) in cells}):
        own = [(box, filled) for box, (owner, filled) in cells if owner == request]
        edge, soft = SERIES[int(request)], SOFT[int(request)]
        drawn.append(boxes([box for box, filled in own if filled == 1], edge, edge))
        drawn.append(boxes([box for box, filled in own if filled < 1], soft, edge))
        parts = [Box(b.x, b.y, b.w * filled, b.h) for b, filled in own if 0 < filled < 1]
        drawn.append(boxes(parts, edge))
    return "".join(drawn)
