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
    given = [terms[name] for name in equation.names]
    for place, value in enumerate(given):
        if type(value) is not float:
            if hasattr(value, "shape"):
                return _sweep(equation)(*given)
            given[place] = float(value)
    return equation.function(*given)


@cache
def _sweep(equation: Equation) -> Callable[..., Any]:
    from benchpost.roofline.emit import vectorised  # needs NumPy, which single numbers do not

    return vectorised(equation)


def smaller(left: Any, right: Any) -> Any:
    """The smaller of two numbers, or of each pair of two arrays."""
    return _pairwise("minimum", left, right) if _is_array(left, right) else min(left, right)


def larger(left: Any, right: Any) -> Any:
    """The larger of two numbers, or of each pair of two arrays."""
    return _pairwise("maximum", left, right) if _is_array(left, right) else max(left, right)


def _is_array(left: Any, right: Any) -> bool:
    return hasattr(left, "shape") or hasattr(right, "shape")


def _pairwise(name: str, left: Any, right: Any) -> Any:
    import numpy as np

    return getattr(np, name)(left, right)
