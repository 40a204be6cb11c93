"""Every drawing of the examples, drawn once."""

from __future__ import annotations

from functools import cache

from figures.examples import EXAMPLES, facts

from benchpost.figures import call
from benchpost.figures.seal import sealed
from benchpost.figures.types import Drawing


@cache
def drawings() -> dict[str, Drawing]:
    """By file name."""
    made = [call(head, options, facts()) for head, options in EXAMPLES]
    return {drawing.name: drawing for fragment in made for drawing in fragment.drawings}


@cache
def svg(name: str) -> str:
    """The text of a figure file."""
    return sealed(drawings()[name]).decode()
