"""Where a label goes: beside what it names, off the curves and off other labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from benchpost.figures.palette import PAPER, Colour
from benchpost.figures.pictures.svg import SIZE, Box, element, escape, number, text_width

Point = tuple[float, float]

_TALL = SIZE + 3
_AWAY = 6.0


@dataclass(frozen=True)
class Label:
    """Words that belong to a curve or a point."""

    words: str
    """One line."""
    colour: Colour
    """That of what it names."""
    anchors: tuple[Point, ...]
    """Points of what it names, px, best first."""


def placed(labels: Sequence[Label], obstacles: Sequence[Point], frame: Box) -> str:
    """SVG of all labels inside `frame`, each where it hides the least."""
    taken: list[Box] = []
    drawn = []
    for label in labels:
        box = min(_boxes(label, frame), key=lambda b: _cost(b, obstacles, taken))
        taken.append(box)
        drawn.append(_words(label, box))
    return "".join(drawn)


def _boxes(label: Label, frame: Box) -> list[Box]:
    """Candidates, best first: above, below, to the left and to the right of each anchor."""
    wide = text_width(label.words, bold=True)
    made = (box for anchor in label.anchors for box in _around(anchor, wide))
    inside = [_moved_inside(box, frame) for box in made]
    return [box for box in inside if box.y >= frame.y and box.bottom <= frame.bottom] or inside


def _around(anchor: Point, wide: float) -> Iterator[Box]:
    x, y = anchor
    yield Box(x - wide, y - _TALL - _AWAY, wide, _TALL)
    yield Box(x - wide / 2, y - _TALL - _AWAY, wide, _TALL)
    yield Box(x, y - _TALL - _AWAY, wide, _TALL)
    yield Box(x - wide, y + _AWAY, wide, _TALL)
    yield Box(x - wide / 2, y + _AWAY, wide, _TALL)
    yield Box(x, y + _AWAY, wide, _TALL)
    yield Box(x + _AWAY + 4, y - _TALL / 2, wide, _TALL)
    yield Box(x - wide - _AWAY - 4, y - _TALL / 2, wide, _TALL)


def _moved_inside(box: Box, frame: Box) -> Box:
    x = min(max(box.x, frame.x + 4), frame.right - box.w)
    return Box(x, box.y, box.w, box.h)


def _cost(box: Box, obstacles: Iterable[Point], taken: Iterable[Box]) -> float:
    hidden = sum(box.x <= x <= box.right and box.y <= y <= box.bottom for x, y in obstacles)
    return hidden + 1000 * sum(_overlap(box, other) for other in taken)


def _overlap(a: Box, b: Box) -> bool:
    return a.x < b.right and b.x < a.right and a.y < b.bottom and b.y < a.bottom


def _words(label: Label, box: Box) -> str:
    """Bold words in the curve's colour on a rim of the ground's, so that a grid line may cross."""
    return element(
        "text",
        escape(label.words, quote=False),
        x=box.x,
        y=box.y + _TALL / 2 + 0.35 * SIZE,
        fill=label.colour.light,
        font_weight="bold",
        stroke=PAPER.light,
        stroke_width=number(4),
        stroke_linejoin="round",
        paint_order="stroke",
    )
