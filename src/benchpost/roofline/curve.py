"""A prediction over one of its sizes: bound, typical value and band, as a small SVG."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from benchpost.roofline.terms import TERMS
from benchpost.roofline.types import Estimate
from benchpost.roofline.units import convert, scaled

POINTS = 60
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 360, 90, 20, 40, 50
SAID = {"concurrency": "requests at once", "drafted": "tokens for a pass"}
"""What a size without a unit counts."""


@dataclass(frozen=True)
class Curve:
    """A sweep of one prediction."""

    title: str
    """What is predicted, of what, on what."""
    size: str
    """The size that is swept."""
    unit: str
    """Of the values."""
    sizes: tuple[float, ...]
    """Where it was asked."""
    made: tuple[Estimate, ...]
    """What it said."""


def curve(predict: Callable[..., Estimate], size: str, asked: Mapping[str, Any]) -> Curve:
    """The prediction from 1 (or 0) to twice the asked size, or to 8192 where none was asked."""
    most = 2 * (asked.get(size) or 4096)
    if size == "prefix":
        most = min(most, asked["prompt"])
    sizes = sorted({max(1, round(most * place / (POINTS - 1))) for place in range(POINTS)})
    made = tuple(predict(**{**asked, size: place}) for place in sizes)
    title = f"{predict.__name__} of {asked['model'].name} on {asked['gpu'].name}"
    return Curve(title, size, made[0].unit, tuple(map(float, sizes)), made)


def svg(drawn: Curve) -> str:
    """The curve as SVG: band shaded, typical value solid, bound dashed."""
    most = max(max(made.high, made.bound) for made in drawn.made)
    lines = {
        name: _points(drawn, [getattr(made, name) for made in drawn.made], most)
        for name in ("low", "value", "high", "bound")
    }
    band = " ".join([*lines["low"], *reversed(lines["high"])])
    body = [
        f'<polygon points="{band}" fill="#4477aa" fill-opacity="0.2"/>',
        f'<polyline points="{" ".join(lines["value"])}" fill="none" stroke="#4477aa" '
        'stroke-width="2"/>',
        f'<polyline points="{" ".join(lines["bound"])}" fill="none" stroke="currentColor" '
        'stroke-width="1.5" stroke-dasharray="6 4"/>',
        *_ticks(drawn, most),
        f'<text x="{LEFT}" y="22" font-size="14">{escape(drawn.title)}: bound (dashed), '
        "typical, band</text>",
    ]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'font-family="sans-serif" fill="currentColor">'
    )
    title = f"<title>{escape(drawn.title)}</title>"
    return "\n".join([head, title, *body, "</svg>"]) + "\n"


def _points(drawn: Curve, values: Sequence[float], most: float) -> list[str]:
    pairs = zip(drawn.sizes, values, strict=True)
    return [f"{_x(drawn, size):.1f},{_y(value, most):.1f}" for size, value in pairs]


def _x(drawn: Curve, size: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * size / drawn.sizes[-1]


def _y(value: float, most: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / most


def _ticks(drawn: Curve, most: float) -> list[str]:
    """Grid and numbers of both axes; the unit of each stands once, beside it."""
    unit = scaled(most, drawn.unit)[1]
    one = convert(1.0, unit or "1", drawn.unit)
    made = []
    for value in round_numbers(most / one):
        y = _y(value * one, most)
        made += [
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" '
            'stroke="currentColor" stroke-opacity="0.2"/>',
            f'<text x="{LEFT - 8}" y="{y + 4:.1f}" font-size="12" text-anchor="end">{value:,g}'
            "</text>",
        ]
    for size in round_numbers(drawn.sizes[-1]):
        made.append(
            f'<text x="{_x(drawn, size):.1f}" y="{HEIGHT - BOTTOM + 20}" font-size="12" '
            f'text-anchor="middle">{size:,g}</text>'
        )
    middle, across = (LEFT + WIDTH - RIGHT) / 2, (TOP + HEIGHT - BOTTOM) / 2
    below = f'<text x="{middle}" y="{HEIGHT - 10}" font-size="12" text-anchor="middle">'
    beside = f'<text transform="translate(20 {across}) rotate(-90)" font-size="12" '
    return [
        *made,
        f"{below}{escape(_axis(drawn.size))}</text>",
        f'{beside}text-anchor="middle">{escape(unit or "factor")}</text>',
    ]


def round_numbers(most: float) -> tuple[float, ...]:
    """From 0 in steps of 1, 2 or 5 times a power of ten, 3 to 8 of them, to at most `most`."""
    power = 10.0 ** math.floor(math.log10(most / 3))
    step = next(wide * power for wide in (5, 2, 1) if wide * power * 3 <= most * (1 + 1e-9))
    # the product, not a sum, so that no error adds up; 12 digits take off its last bits
    return tuple(float(f"{step * nth:.12g}") for nth in range(int(most / step * (1 + 1e-9)) + 1))


def _axis(size: str) -> str:
    """A size with its unit, e.g. `context (tokens)`."""
    named = "requested" if size == "concurrency" else size
    unit = TERMS[named].unit
    return f"{size} ({unit}s)" if unit != "1" else f"{size} ({SAID[size]})"
