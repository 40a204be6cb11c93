"""Slots of a batch over the steps of an engine: who holds a slot when, and when nobody does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchpost.figures.palette import FAINT, INK, MUTED, PANEL, SERIES, SOFT
from benchpost.figures.pictures.svg import (
    SIZE,
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
_LEFT, _TALL, _GAP = 74.0, 24.0, 4.0


def picture(data: Mapping[str, Any]) -> str:
    """SVG of `schedules` (heading, count, runs, ends) of the same requests, one under the other."""
    step = (WIDTH - _LEFT - _MARGIN) / data["steps"]
    drawn, top = [_legend(28, data["legend"])], 64.0
    for schedule in data["schedules"]:
        part, bottom = _schedule(top, step, data["slots"], schedule)
        drawn.append(part)
        top = bottom + 34
    return sheet(
        top - 34 + _MARGIN,
        "".join(drawn),
        title=data["title"],
        desc=data["description"],
        ident=data["ident"],
    )


def _legend(y: float, words: Sequence[str]) -> str:
    """A first step, a later step, a slot that nobody holds."""
    looks = [(SERIES[0], SERIES[0]), (SOFT[0], SERIES[0]), (PANEL, FAINT)]
    drawn, x = [], _MARGIN
    for (fill, edge), label in zip(looks, words, strict=True):
        drawn.append(rect(Box(x, y - 8, 16, 16), fill, edge, radius=3))
        drawn.append(text(x + 23, y, label, anchor="start"))
        x += 23 + text_width(label) + 36
    return "".join(drawn)


def _schedule(
    top: float, step: float, slots: int, schedule: Mapping[str, Any]
) -> tuple[str, float]:
    rows = [Box(_LEFT, top + 42 + i * (_TALL + _GAP), 0, _TALL) for i in range(slots)]
    busy = Box(_LEFT, rows[0].y, step * schedule["steps"], rows[-1].bottom - rows[0].y)
    words = (
        text(_MARGIN, top, schedule["heading"], anchor="start", bold=True)
        + text(_MARGIN, top + 22, schedule["count"], anchor="start", colour=MUTED)
        + "".join(
            text(_MARGIN, row.cy, f"Slot {i + 1}", anchor="start", colour=MUTED)
            for i, row in enumerate(rows)
        )
    )
    ground = [Box(row.x, row.y, busy.w, row.h) for row in rows]
    runs = "".join(_run(rows[run["slot"]], step, run) for run in schedule["runs"])
    return words + boxes(ground, PANEL, FAINT) + runs + _end(busy), busy.bottom


def _run(row: Box, step: float, run: Mapping[str, Any]) -> str:
    """A request from its first step to its last, which is `run["length"]` steps on."""
    edge, soft = SERIES[run["style"]], SOFT[run["style"]]
    place = Box(row.x + run["start"] * step, row.y, run["length"] * step, row.h)
    ticks = (
        line([(place.x + i * step, place.y), (place.x + i * step, place.bottom)], edge, thick=0.5)
        for i in range(2, run["length"])
    )
    return (
        rect(place, soft, edge, radius=2)
        + rect(Box(place.x, place.y, step, place.h), edge, edge, radius=2)
        + "".join(ticks)
        + _name(place, step, run["name"])
    )


def _name(place: Box, step: float, name: str) -> str:
    """Beside the first step, which is too dark for words; nothing where that is the only one."""
    room = place.w - step
    if room < text_width(name, bold=True):
        return ""
    size = min(SIZE, fitted_size(name, room - 2, bold=True))
    return text(place.x + step + min(room, step) / 2, place.cy, name, bold=True, size=size)


def _end(busy: Box) -> str:
    return line([(busy.right, busy.y - 6), (busy.right, busy.bottom + 6)], INK, thick=2)
