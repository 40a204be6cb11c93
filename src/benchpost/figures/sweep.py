"""A curve as data: equations chained over terms, of which some are swept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchpost.roofline.equations import EQUATIONS


@dataclass(frozen=True)
class Sweep:
    """What a curve is computed from; small enough to stand in a plan instead of its points."""

    chain: tuple[str, ...]
    """Equations in order: each result is a term of those after it, the last is the curve."""
    terms: Mapping[str, float]
    """The terms that stay, in SI base units."""
    swept: tuple[str, ...]
    """The terms that all take the swept value."""
    per: float = 1.0
    """Divides the result, or is divided by it: bytes to GB, seconds a step to tokens a second."""
    inverse: bool = False
    """Whether `per` is divided by the result."""

    def at(self, x: float) -> float:
        """One point of the curve, in plain Python."""
        terms = {**self.terms, **dict.fromkeys(self.swept, x)}
        for name in self.chain:
            equation = EQUATIONS[name]
            terms[name] = equation.function(**{t.name: terms[t.name] for t in equation.terms})
        result = terms[self.chain[-1]]
        return self.per / result if self.inverse else result / self.per

    def data(self) -> dict[str, Any]:
        """As it stands in a plan."""
        return dict(vars(self))


def powers(lowest: float, highest: float, base: float = 2.0) -> list[float]:
    """`lowest`, its products with powers of `base` below `highest`, and `highest`."""
    found = [lowest]
    while found[-1] * base < highest:
        found.append(found[-1] * base)
    return [*found, highest]


def csv(columns: Sequence[str], rows: Sequence[Sequence[str | float]]) -> bytes:
    """A table of numbers as RFC 4180 has it, but for its line ends, which are those of the project.

    Floats are written in full, so that nothing is lost to whoever computes with them.
    """
    lines = [columns, *rows]
    return "".join(",".join(map(_cell, line)) + "\n" for line in lines).encode()


def _cell(value: str | float) -> str:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    words = str(value)
    return '"' + words.replace('"', '""') + '"' if any(c in words for c in ',"\n') else words
