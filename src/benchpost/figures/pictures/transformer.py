"""A decoder-only transformer from tokens to logits, its operations coloured by what bounds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchpost.figures.palette import FAINT, MUTED, PANEL, PAPER, SERIES, SOFT, Colour
from benchpost.figures.pictures.svg import (
    SIZE,
    WIDTH,
    Box,
    arrow,
    circle,
    line,
    rect,
    sheet,
    stacked,
    text,
    text_width,
)

_KINDS: dict[str, tuple[Colour, Colour]] = {
    "matmul": (SOFT[0], SERIES[0]),
    "attention": (SOFT[1], SERIES[1]),
    "rest": (PANEL, FAINT),
}
_LEGEND = {"matmul": "matmul", "attention": "attention", "rest": "little time, not counted"}
_LAYER = Box(16, 152, WIDTH - 32, 0)
_MODULE = Box(76, 0, WIDTH - 76 - 32, 0)
_TALL, _FLAT, _STEP = 52.0, 32.0, 22.0


def picture(data: Mapping[str, Any]) -> str:
    """SVG of a model: `embedding, layer, attention, mlp, head` are words, `heads` two numbers."""
    attention, below = _attention(_LAYER.y + 54, data["attention"], data["heads"])
    mlp, bottom = _mlp(below, data["mlp"])
    layer = Box(_LAYER.x, _LAYER.y, _LAYER.w, bottom - _LAYER.y)
    body = (
        _legend(26)
        + _embedding(data["embedding"], layer.y)
        + rect(layer, None, MUTED, radius=10, dash="6 4")
        + text(layer.x + 14, layer.y + 22, data["layer"], anchor="start", bold=True)
        + attention
        + mlp
    )
    head, height = _head(bottom, data["head"])
    return sheet(
        height, body + head, title=data["title"], desc=data["description"], ident=data["ident"]
    )


def _legend(y: float) -> str:
    parts, x = [], 18.0
    for kind, words in _LEGEND.items():
        fill, edge = _KINDS[kind]
        parts.append(rect(Box(x, y - 8, 16, 16), fill, edge, radius=3))
        parts.append(text(x + 23, y, words, anchor="start"))
        x += 23 + text_width(words) + 26
    return "".join(parts)


def _operation(box: Box, kind: str, lines: Sequence[str]) -> str:
    fill, edge = _KINDS[kind]
    return rect(box, fill, edge) + stacked(box.cx, box.cy, lines, room=box.w - 8)


def _down(x: float, top: float, bottom: float) -> str:
    return arrow([(x, top), (x, bottom)])


def _embedding(lines: Sequence[str], layer_top: float) -> str:
    box = Box(_MODULE.x, 74, _MODULE.w, _TALL)
    return (
        text(box.cx + 14, 60, "tokens", anchor="start", colour=MUTED)
        + _down(box.cx, 50, box.y)
        + _operation(box, "rest", lines)
        + _down(box.cx, box.bottom, layer_top + 54)
    )


def _norm(y: float) -> tuple[str, Box]:
    box = Box(_MODULE.cx - 70, y, 140, _FLAT)
    return rect(box, *_KINDS["rest"]) + text(box.cx, box.cy, "RMS norm"), box


def _attention(top: float, words: Mapping[str, Any], heads: Sequence[int]) -> tuple[str, float]:
    """Norm, Q K V, attention over its heads, O, and the sum with what came in."""
    norm, normed = _norm(top)
    module = Box(_MODULE.x, normed.bottom + _STEP, _MODULE.w, 282)
    inner = Box(module.x + 14, module.y + 38, module.w - 28, _TALL)
    core = Box(inner.x, inner.bottom + _STEP, inner.w, 82)
    out = Box(inner.x, core.bottom + _STEP, inner.w, _TALL)
    projections = inner.columns(3, 12)
    body = (
        norm
        + _down(module.cx, normed.bottom, module.y)
        + _module(module, words["title"])
        + "".join(
            _operation(box, "matmul", lines) + _down(box.cx, box.bottom, core.y)
            for box, lines in zip(projections, words["projections"], strict=True)
        )
        + rect(core, *_KINDS["attention"])
        + text(core.cx, core.y + 18, words["core"], bold=True)
        + _head_groups(Box(core.x + 14, core.y + 36, core.w - 28, 34), *heads)
        + _down(core.cx, core.bottom, out.y)
        + _operation(out, "matmul", words["output"])
    )
    return body + _residual(top, module), _after(module)


def _module(box: Box, title: str) -> str:
    return rect(box, PAPER, FAINT, radius=8) + text(box.x + 14, box.y + 20, title, anchor="start")


def _head_groups(box: Box, queries: int, shared: int) -> str:
    """Query heads above the key-value head that each group of them shares."""
    if not shared or queries > 128:
        return ""
    parts = []
    for group in box.columns(shared, 6):
        row = Box(group.x, group.y, group.w, 13)
        parts += [
            rect(cell, SERIES[1], radius=1.5)
            for cell in row.columns(queries // shared, 2 if queries <= 40 else 0.75)
        ]
        parts.append(rect(Box(group.x, group.y + 17, group.w, 13), PAPER, SERIES[1], radius=1.5))
    return "".join(parts)


def _residual(top: float, module: Box) -> str:
    """What came in goes round the module and is added to what it gives."""
    lane, joint = _LAYER.x + 26, module.bottom + 20
    start = top - 12
    plus = circle(module.cx, joint, 9, PAPER, MUTED) + text(module.cx, joint, "+", colour=MUTED)
    way = [(module.cx, start), (lane, start), (lane, joint), (module.cx - 9, joint)]
    return arrow(way) + line([(module.cx, module.bottom), (module.cx, joint - 9)]) + plus


def _after(module: Box) -> float:
    return module.bottom + 20 + 9


def _mlp(above: float, words: Mapping[str, Any]) -> tuple[str, float]:
    """Norm, gate and up, their product, down, and the sum."""
    top = above + 32
    norm, normed = _norm(top)
    module = Box(_MODULE.x, normed.bottom + _STEP, _MODULE.w, 232)
    inner = Box(module.x + 14, module.y + 38, module.w - 28, _TALL)
    product = Box(module.cx - 110, inner.bottom + _STEP, 220, _FLAT)
    down = Box(inner.x, product.bottom + _STEP, inner.w, _TALL)
    body = (
        _down(module.cx, above, top)
        + norm
        + _down(module.cx, normed.bottom, module.y)
        + _module(module, words["title"])
        + _into_product(inner.columns(len(words["into"]), 12), product, words["into"])
        + rect(product, *_KINDS["rest"])
        + text(product.cx, product.cy, words["product"])
        + _down(product.cx, product.bottom, down.y)
        + _operation(down, "matmul", words["output"])
    )
    return body + _residual(top, module), _after(module) + 18


def _into_product(boxes: Sequence[Box], product: Box, lines: Sequence[Sequence[str]]) -> str:
    return "".join(
        _operation(box, "matmul", words) + _down(_within(box.cx, product), box.bottom, product.y)
        for box, words in zip(boxes, lines, strict=True)
    )


def _within(x: float, box: Box) -> float:
    return min(max(x, box.x + 12), box.right - 12)


def _head(layer_bottom: float, lines: Sequence[str]) -> tuple[str, float]:
    norm, normed = _norm(layer_bottom + 24)
    box = Box(_MODULE.x, normed.bottom + _STEP, _MODULE.w, _TALL)
    body = (
        _down(box.cx, layer_bottom - 18, normed.y)
        + norm
        + _down(box.cx, normed.bottom, box.y)
        + _operation(box, "matmul", lines)
        + _down(box.cx, box.bottom, box.bottom + 26)
        + text(box.cx + 14, box.bottom + 16, "logits", anchor="start", colour=MUTED, size=SIZE)
    )
    return body, box.bottom + 44
