"""Errors of one step after another: two bars each, the typical row and the mean of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchpost.figures.palette import FAINT, MUTED, SERIES, SOFT
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

_LEFT, _RIGHT, _TOP = 18.0, 70.0, 54.0
_HEAD, _BAR, _STEP, _GAP = 24.0, 14.0, 19.0, 14.0
_FILLS = ((SERIES[0], SERIES[0]), (SOFT[0], SERIES[0]))


def picture(data: Mapping[str, Any]) -> str:
    """SVG of `steps` (words, bars of share and words); `legend` names the bars of a step."""
    steps = data["steps"]
    longest = max(bar["share"] for step in steps for bar in step["bars"])
    tall = _HEAD + _STEP * len(data["legend"]) + _GAP
    height = _TOP + tall * len(steps) + 4
    body = _legend(data["legend"]) + "".join(
        _step(_TOP + tall * place, step, longest) for place, step in enumerate(steps)
    )
    return sheet(height, body, title=data["title"], desc=data["description"], ident=data["ident"])


def _step(y: float, step: Mapping[str, Any], longest: float) -> str:
    room = WIDTH - _LEFT - _RIGHT
    size = fitted_size(step["words"], WIDTH - 2 * _LEFT, bold=True)
    drawn = [text(_LEFT, y + 9, step["words"], anchor="start", bold=True, size=size)]
    top = y + _HEAD
    for place, bar in enumerate(step["bars"]):
        fill, edge = _FILLS[place]
        wide = max(2.0, room * bar["share"] / longest)
        at = Box(_LEFT, top + _STEP * place, wide, _BAR)
        drawn.append(rect(at, fill, edge, radius=2))
        drawn.append(text(at.right + 8, at.cy, bar["words"], anchor="start", colour=MUTED))
    bottom = top + _STEP * len(step["bars"])
    axis = line([(_LEFT, top - 3), (_LEFT, bottom)], FAINT)
    return axis + "".join(drawn)


def _legend(names: Sequence[str]) -> str:
    drawn, x = [], _LEFT
    for name, (fill, edge) in zip(names, _FILLS, strict=True):
        drawn.append(rect(Box(x, 18, 16, 16), fill, edge, radius=3))
        drawn.append(text(x + 23, 26, name, anchor="start"))
        x += 23 + text_width(name) + 22
    return "".join(drawn)
