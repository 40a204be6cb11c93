"""The small language of equations: what a formula may be made of.

A formula is a plain typed function with one `return`. It may use its parameters, numbers,
`Constant`s, `+ - * / **`, `max`, `min`, the functions below, a conditional with one comparison,
and calls of other equations on their own terms. Python and JavaScript then agree to the last bit;
only `**`, `exp`, `log` and `log2`, which every mathematics library rounds in its own way, may
differ in the last places; `power(x, n)` with a whole `n` does not. `//`, `%` and `round` mean
different things in the two and are refused.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import PurePath
from types import FunctionType

from benchpost.errors import Place, UsageError, near
from benchpost.roofline.terms import TERMS
from benchpost.roofline.types import Equation, Term


class Constant(float):
    """A pure number of a formula that has a meaning, and perhaps a unit: a multiply-add is two."""

    unit: str
    """SI base unit, e.g. `flop`."""
    meaning: str
    """Why it is what it is, for a legend."""

    def __new__(cls, value: float, unit: str, meaning: str) -> Constant:
        constant = super().__new__(cls, value)
        constant.unit, constant.meaning = unit, meaning
        return constant


def ceil(x: float) -> float:
    """The smallest whole number not below `x`, as a float."""
    return float(math.ceil(x))


def floor(x: float) -> float:
    """The largest whole number not above `x`, as a float."""
    return float(math.floor(x))


def power(x: float, n: float) -> float:
    """`x` multiplied `n` times, `n` rounded down; unlike `**` the same bits in every language."""
    product, left = 1.0, floor(n)
    while left >= 1.0:
        half = floor(left / 2.0)
        if left - 2.0 * half == 1.0:
            product *= x
        x, left = x * x, half
    return product


sqrt, exp, log, log2 = math.sqrt, math.exp, math.log, math.log2


def equation(*, source: str) -> Callable[[Callable[..., float]], Equation]:
    """Make an `Equation` of a function whose name and parameters are terms of `terms.TERMS`."""

    def described(function: Callable[..., float]) -> Equation:
        assert isinstance(function, FunctionType)
        code = function.__code__
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        place = Place(place_of(code.co_filename), code.co_firstlineno)
        return Equation(
            name=function.__name__,
            result=_term(function.__name__, place),
            terms=tuple(_term(name, place) for name in names),
            function=function,
            meaning=(function.__doc__ or "").strip().partition("\n")[0],
            source=source,
        )

    return described


def place_of(file: str) -> str:
    """How a source file is named to people: from the package on, or as it was given."""
    parts = PurePath(file).parts
    if "benchpost" in parts:
        last = len(parts) - 1 - parts[::-1].index("benchpost")
        return PurePath(*parts[last:]).as_posix()
    return PurePath(file).as_posix()


def _term(name: str, place: Place) -> Term:
    if name not in TERMS:
        raise UsageError(f"{name!r} is not a term{near(name, TERMS)}", place)
    return TERMS[name]
