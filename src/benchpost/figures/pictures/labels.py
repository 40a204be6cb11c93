"""Where a label goes: beside what it names, off the curves and off other labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from benchpost.figures.palette import PAPER, Colour
from benchpost.figures.pictures.svg import SIZE, Box, element, line, number, text_width

Point = tuple[float, float]

_TALL = SIZE + 3
_AWAY = 6.0
_FURTHEST = 9
_WIDER = 1.25
"""Fonts that stand in for Helvetica, e.g. DejaVu Sans, set a line up to so much wider."""


@dataclass(frozen=True)
class Label:
    """Words that belong to a curve or a point."""

    words: str
    """One line."""
    colour: Colour
    """That of what it names."""
    anchors: tuple[Point, ...]
    """Points of what it names, px, best first."""


@dataclass(frozen=True)
class Spot:
    """Where a label stands."""

    box: Box
    """What it covers."""
    anchor: Point
    """What it stands by."""
    distance: int
    """0 beside its anchor, then rows further off, which takes a line to it."""


def placed(labels: Sequence[Label], obstacles: Sequence[Point], frame: Box) -> str:
    """SVG of all labels inside `frame`, each where it hides the least."""
    found = zip(labels, spots(labels, obstacles, frame), strict=True)
    return "".join(
        _leader(spot, label.colour) + _words(label, spot.box, frame) for label, spot in found
    )


def spots(labels: Sequence[Label], obstacles: Sequence[Point], frame: Box) -> list[Spot]:
    """A place for each label, the first ones first."""
    crossed = list(obstacles)
    found: list[Spot] = []
    for label in labels:
        spot = _best(label, crossed, [other.box for other in found], frame)
        crossed += _leader_points(spot)
        found.append(spot)
    return found


def _best(label: Label, crossed: Sequence[Point], taken: Sequence[Box], frame: Box) -> Spot:
    """The nearest place that hides nothing, else the one that hides least."""
    best: tuple[float, Spot] | None = None
    for distance in range(_FURTHEST):
        for spot in _candidates(label, distance, frame):
            cost = _cost(spot, crossed, taken)
            if best is None or cost < best[0]:
                best = cost, spot
        if best and best[0] <= 2 * distance:
            break
    assert best is not None  # a label has an anchor, and an anchor candidates
    return best[1]


def _candidates(label: Label, distance: int, frame: Box) -> Iterator[Spot]:
    """Above, below and beside each anchor, moved into the frame."""
    wide = text_width(label.words, bold=True)
    for anchor in label.anchors:
        for box in _around(anchor, wide, distance):
            yield Spot(_moved_inside(box, frame), anchor, distance)


def _around(anchor: Point, wide: float, distance: int) -> Iterator[Box]:
    x, y = anchor
    away = _AWAY + distance * (_TALL + 2)
    for left in (x - wide, x - wide / 2, x):
        yield Box(left, y - _TALL - away, wide, _TALL)
    for left in (x - wide, x - wide / 2, x):
        yield Box(left, y + away, wide, _TALL)
    if not distance:
        yield Box(x + _AWAY + 4, y - _TALL / 2, wide, _TALL)
        yield Box(x - wide - _AWAY - 4, y - _TALL / 2, wide, _TALL)


def _moved_inside(box: Box, frame: Box) -> Box:
    x = min(max(box.x, frame.x + 4), frame.right - box.w)
    y = min(max(box.y, frame.y), frame.bottom - box.h - 4)
    return Box(x, y, box.w, box.h)


def _cost(spot: Spot, obstacles: Iterable[Point], taken: Sequence[Box]) -> float:
    box = spot.box
    hidden = sum(_within(point, box) for point in obstacles)
    crossed = sum(_within(point, other) for point in _leader_points(spot) for other in taken)
    covered = sum(_overlap(box, other) for other in taken)
    return hidden + 2 * spot.distance + 10 * crossed + 1000 * covered


def _within(point: Point, box: Box) -> bool:
    return box.x <= point[0] <= box.right and box.y <= point[1] <= box.bottom


def _leader(spot: Spot, colour: Colour) -> str:
    """A thin line to what a label names, where it had to stand off."""
    return line(_leader_ends(spot), colour, thick=1) if spot.distance else ""


def _leader_ends(spot: Spot) -> tuple[Point, Point]:
    x, y = spot.anchor
    above = spot.box.cy < y
    at = min(max(x, spot.box.x + 6), spot.box.right - 6)
    near = spot.box.bottom if above else spot.box.y
    return (at, near), (x, y - 6 if above else y + 6)


def _leader_points(spot: Spot) -> list[Point]:
    """What later labels should not hide: points of the line, each counting as several."""
    if not spot.distance:
        return []
    (x0, y0), (x1, y1) = _leader_ends(spot)
    return 4 * [(x0 + (x1 - x0) * i / 6, y0 + (y1 - y0) * i / 6) for i in range(1, 6)]


def _overlap(a: Box, b: Box) -> bool:
    return a.x < b.right and b.x < a.right and a.y < b.bottom and b.y < a.bottom


def _words(label: Label, box: Box, frame: Box) -> str:
    """Bold words in the curve's colour on a rim of the ground's, so that a grid line may cross.

    Near the right edge they end where their box does, so that a wider font grows into the picture.
    """
    ending = box.x + _WIDER * box.w > frame.right
    return element(
        "text",
        escape(label.words, quote=False),
        x=box.right if ending else box.x,
        text_anchor="end" if ending else None,
        y=box.y + _TALL / 2 + 0.35 * SIZE,
        fill=label.colour.light,
        font_weight="bold",
        stroke=PAPER.light,
        stroke_width=number(4),
        stroke_linejoin="round",
        paint_order="stroke",
    )
