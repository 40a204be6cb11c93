"""An equation at the values of its terms: a number, or an array where a value is one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from benchpost.roofline.types import Equation


def at(equation: Equation, terms: Mapping[str, Any]) -> Any:
    """The equation where its terms have the values of `terms`, which may hold more.

    Arrays broadcast against each other and give an array.
    """
    given = {name: terms[name] for name in _names(equation)}
    if any(hasattr(value, "shape") for value in given.values()):
        return _sweep(equation)(**given)
    return equation(**given)


@cache
def _names(equation: Equation) -> tuple[str, ...]:
    return tuple(term.name for term in equation.terms)


@cache
def _sweep(equation: Equation) -> Callable[..., Any]:
    from benchpost.roofline.emit import vectorised  # needs NumPy, which single numbers do not

    return vectorised(equation)
