"""The colours of the figures, by calculation."""

from __future__ import annotations

from itertools import combinations
from math import dist

import pytest

from benchpost.figures.palette import INK, MUTED, PALETTE, PANEL, PAPER, SERIES, SOFT, Colour

SCHEMES = ("light", "dark")

# Machado, Oliveira & Fernandes 2009, doi:10.1109/TVCG.2009.113, severity 1.0, on linear RGB
VISION = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def linear(colour: str) -> list[float]:
    shares = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]


def luminance(colour: str) -> float:
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio."""
    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


def lab(colour: str, vision: str) -> tuple[float, float, float]:
    """CIE L*a*b* (D65) of a colour as it is seen."""
    rgb = linear(colour)
    seen = [
        min(1.0, max(0.0, sum(m * c for m, c in zip(row, rgb, strict=True))))
        for row in VISION[vision]
    ]
    red, green, blue = seen
    xyz = (
        (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047,
        0.2126 * red + 0.7152 * green + 0.0722 * blue,
        (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883,
    )
    x, y, z = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("colour", SERIES, ids=lambda c: c.name)
def test_series_stand_out_from_their_ground(colour: Colour, scheme: str) -> None:
    """A series colour may be a line (3 : 1) and a label (4.5 : 1) on its scheme's ground."""
    assert contrast(getattr(colour, scheme), getattr(PAPER, scheme)) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("vision", VISION)
def test_series_stay_apart_for_everyone(vision: str, scheme: str) -> None:
    """Any two series colours differ by 20 or more in CIE76 under each kind of colour vision."""
    for one, other in combinations(SERIES, 2):
        seen = [lab(getattr(colour, scheme), vision) for colour in (one, other)]
        assert dist(*seen) >= 20, (one.name, other.name)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ground", [PAPER, PANEL, *SOFT], ids=lambda c: c.name)
@pytest.mark.parametrize("words", [INK, MUTED], ids=lambda c: c.name)
def test_words_can_be_read_on_every_ground(words: Colour, ground: Colour, scheme: str) -> None:
    """Words stand at least 4.5 : 1 from each ground they are set on."""
    assert contrast(getattr(words, scheme), getattr(ground, scheme)) >= 4.5


def test_light_values_name_their_role() -> None:
    """No two roles share a light value: `themed` finds the role by it."""
    assert len({colour.light for colour in PALETTE}) == len(PALETTE)
