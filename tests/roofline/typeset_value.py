"""The value of a LaTeX formula: an independent reader of what the emitter writes.

It knows fractions, brackets, max and min, roots, roundings, logarithms, exponentials, powers,
cases, sums, and products by a dot or by standing side by side. Symbols stand for columns of
values, so that one reading gives as many results.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Column: TypeAlias = NDArray[Any]
"""Values of a symbol or of a part of the formula."""

FUNCTIONS: dict[str, Callable[..., Column]] = {
    "\\max": lambda *values: reduce(np.maximum, values),
    "\\min": lambda *values: reduce(np.minimum, values),
    "\\ln": np.log,
    "\\log_{2}": np.log2,
    "\\exp": np.exp,
}
ENDS = (")", "}", ",", "&", "\\\\", "\\right", "\\rceil", "\\rfloor", "+", "-")
COMPARISONS: dict[str, Callable[[Column, Column], Column]] = {
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "\\le": lambda a, b: a <= b,
    "\\ge": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
    "\\ne": lambda a, b: a != b,
}


class Formula:
    """One formula being read."""

    def __init__(self, latex: str, symbols: Mapping[str, Column | float]) -> None:
        self.rest = latex.strip()
        longest_first = sorted(symbols.items(), key=lambda item: -len(item[0]))
        self.symbols = {symbol: np.asarray(value) for symbol, value in longest_first}

    def value(self) -> Column:
        result = self.sum()
        assert self.rest == "", self.rest
        return result

    def takes(self, text: str) -> bool:
        self.rest = self.rest.lstrip(" ")
        if not self.rest.startswith(text):
            return False
        self.rest = self.rest[len(text) :].lstrip(" ")
        return True

    def expect(self, text: str) -> None:
        assert self.takes(text), f"{text!r} expected before {self.rest!r}"

    def sum(self) -> Column:
        total = -self.product() if self.takes("-") else self.product()
        while True:
            if self.takes("+"):
                total = total + self.product()
            elif self.takes("-"):
                total = total - self.product()
            else:
                return total

    def product(self) -> Column:
        result = self.power()
        while True:
            joined = self.takes("\\cdot") or self.takes("\\,")
            if not joined and (not self.rest or self.rest.startswith(ENDS) or self.compares()):
                return result
            result = result * self.power()

    def compares(self) -> bool:
        return any(self.rest.startswith(sign) for sign in COMPARISONS)

    def power(self) -> Column:
        base = self.atom()
        if self.takes("^{"):
            base = base ** self.sum()
            self.expect("}")
        return base

    def atom(self) -> Column:
        for name, function in FUNCTIONS.items():
            if self.takes(name):
                return function(*self.arguments())
        for symbol, value in self.symbols.items():
            if self.takes(symbol):
                return value
        if number := re.match(r"\d+(\.\d+)?", self.rest):
            self.rest = self.rest[number.end() :].lstrip(" ")
            return np.array(float(number[0]))
        return self.enclosed()

    def arguments(self) -> list[Column]:
        self.takes("\\left")
        self.expect("(")
        found = [self.sum()]
        while self.takes(","):
            self.takes("\\;")
            found.append(self.sum())
        self.takes("\\right")
        self.expect(")")
        return found

    def enclosed(self) -> Column:
        if self.takes("\\frac{"):
            above = self.until("}")
            self.expect("{")
            below = self.until("}")
            # zero in the branch of a choice that is not taken
            with np.errstate(divide="ignore", invalid="ignore"):
                return np.divide(above, below)
        if self.takes("\\sqrt{"):
            return np.sqrt(self.until("}"))
        if self.takes("\\begin{cases}"):
            return self.cases()
        self.takes("\\left")
        if self.takes("\\lceil"):
            return np.ceil(self.until("\\rceil"))
        if self.takes("\\lfloor"):
            return np.floor(self.until("\\rfloor"))
        self.expect("(")
        return self.until(")")

    def until(self, end: str) -> Column:
        result = self.sum()
        self.takes("\\right")
        self.expect(end)
        return result

    def cases(self) -> Column:
        then = self.sum()
        self.expect("& \\text{if }")
        left = self.sum()
        sign = next(sign for sign in COMPARISONS if self.takes(sign))
        right = self.sum()
        self.expect("\\\\")
        otherwise = self.sum()
        self.expect("& \\text{otherwise} \\end{cases}")
        return np.where(COMPARISONS[sign](left, right), then, otherwise)
