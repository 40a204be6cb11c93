"""Two lanes over one axis of time, host and GPU: once one after the other, once overlapping."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchpost.figures.palette import FAINT, MUTED, PANEL, SERIES, SOFT
from benchpost.figures.pictures.svg import WIDTH, Box, rect, sheet, text, text_width

_MARGIN, _NAMES = 18.0, 52.0
_LEFT = _MARGIN + _NAMES
_WIDE = WIDTH - _LEFT - _MARGIN
_TALL, _GAP = 30.0, 6.0


def picture(data: Mapping[str, Any]) -> str:
    """SVG of `modes`: heading, count, and for each lane its bars: start, end (0 to 1) and step."""
    body, y = "", 28.0
    for mode in data["modes"]:
        drawn, y = _mode(y, mode, data["lanes"])
        body += drawn
    words = {"title": data["title"], "desc": data["description"], "ident": data["ident"]}
    return sheet(y - 16, body, **words)


def _mode(y: float, mode: Mapping[str, Any], names: list[str]) -> tuple[str, float]:
    drawn = [
        text(_MARGIN, y, mode["heading"], anchor="start", bold=True),
        text(_MARGIN, y + 21, mode["count"], anchor="start", colour=MUTED),
    ]
    top = y + 40
    for lane, (name, bars) in enumerate(zip(names, mode["lanes"], strict=True)):
        ground = Box(_LEFT, top, _WIDE, _TALL)
        drawn.append(text(_MARGIN, ground.cy, name, anchor="start"))
        drawn.append(rect(ground, PANEL, FAINT, radius=3))
        drawn += [_bar(ground, lane, *bar) for bar in bars]
        top += _TALL + _GAP
    return "".join(drawn), top + 30


def _bar(ground: Box, lane: int, start: float, end: float, step: int) -> str:
    box = Box(ground.x + start * ground.w, ground.y, (end - start) * ground.w, ground.h)
    words = f"step {step}" if text_width(f"step {step}") < box.w - 8 else str(step)
    label = text(box.cx, box.cy, words) if text_width(words) < box.w - 4 else ""
    return rect(box, SOFT[lane], SERIES[lane], radius=3) + label
