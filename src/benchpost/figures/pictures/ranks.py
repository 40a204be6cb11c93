"""How a model is laid over GPUs: a row of boxes for each strategy, with what each GPU holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchpost.figures.palette import INK, MUTED, SERIES, SOFT
from benchpost.figures.pictures.svg import WIDTH, Box, fitted_size, rect, sheet, text

_MARGIN = 18.0
_WIDE = WIDTH - 2 * _MARGIN
_STEP, _PAD = 19.0, 14.0


def picture(data: Mapping[str, Any]) -> str:
    """SVG of `rows`: heading, note, and for each GPU its name, lines, and style of its box."""
    body, y = "", 28.0
    for row in data["rows"]:
        drawn, y = _row(y, row)
        body += drawn
    words = {"title": data["title"], "desc": data["description"], "ident": data["ident"]}
    return sheet(y - 6, body, **words)


def _row(y: float, row: Mapping[str, Any]) -> tuple[str, float]:
    note = row["note"]
    drawn = [
        text(_MARGIN, y, row["heading"], anchor="start", bold=True),
        text(
            _MARGIN, y + 20, note, anchor="start", colour=MUTED, size=fitted_size(note, _WIDE - 40)
        ),
    ]
    lines = max(len(gpu["lines"]) for gpu in row["gpus"])
    tall = 2 * _PAD + _STEP * lines
    boxes = Box(_MARGIN, y + 38, _WIDE, tall).columns(len(row["gpus"]), 10)
    drawn += [_gpu(box, gpu) for box, gpu in zip(boxes, row["gpus"], strict=True)]
    return "".join(drawn), y + 38 + tall + 30


def _gpu(box: Box, gpu: Mapping[str, Any]) -> str:
    style = gpu["style"]
    drawn = [rect(box, SOFT[style], SERIES[style], radius=5)]
    lines: Sequence[str] = gpu["lines"]
    for i, words in enumerate(lines):
        y = box.y + _PAD + _STEP / 2 + _STEP * i
        bold = i == 0
        size = fitted_size(words, box.w - 22, bold=bold)
        colour = INK if bold else MUTED
        drawn.append(text(box.cx, y, words, colour=colour, bold=bold, size=size))
    return "".join(drawn)
