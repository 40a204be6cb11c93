"""The value of a LaTeX formula: an independent reader of what the emitter writes.

It knows fractions, brackets, max and min, roots, roundings, logarithms, exponentials, powers,
cases, sums, and products by a dot or by standing side by side.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping

FUNCTIONS: dict[str, Callable[..., float]] = {
    "\\max": max,
    "\\min": min,
    "\\ln": math.log,
    "\\log_{2}": math.log2,
    "\\exp": math.exp,
}
ENDS = (")", "}", ",", "&", "\\\\", "\\right", "\\rceil", "\\rfloor", "+", "-")
COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "\\le": lambda a, b: a <= b,
    "\\ge": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
    "\\ne": lambda a, b: a != b,
}


class Formula:
    """One formula being read."""

    def __init__(self, latex: str, symbols: Mapping[str, float]) -> None:
        self.rest = latex.strip()
        self.symbols = dict(sorted(symbols.items(), key=lambda item: -len(item[0])))

    def value(self) -> float:
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

    def sum(self) -> float:
        total = -self.product() if self.takes("-") else self.product()
        while True:
            if self.takes("+"):
                total += self.product()
            elif self.takes("-"):
                total -= self.product()
            else:
                return total

    def product(self) -> float:
        result = self.power()
        while True:
            joined = self.takes("\\cdot") or self.takes("\\,")
            if not joined and (not self.rest or self.rest.startswith(ENDS) or self.compares()):
                return result
            result *= self.power()

    def compares(self) -> bool:
        return any(self.rest.startswith(sign) for sign in COMPARISONS)

    def power(self) -> float:
        base = self.atom()
        if self.takes("^{"):
            base = base ** self.sum()
            self.expect("}")
        return base

    def atom(self) -> float:
        for name, function in FUNCTIONS.items():
            if self.takes(name):
                return function(*self.arguments())
        for symbol, value in self.symbols.items():
            if self.takes(symbol):
                return value
        if number := re.match(r"\d+(\.\d+)?", self.rest):
            self.rest = self.rest[number.end() :].lstrip(" ")
            return float(number[0])
        return self.enclosed()

    def arguments(self) -> list[float]:
        self.takes("\\left")
        self.expect("(")
        found = [self.sum()]
        while self.takes(","):
            self.takes("\\;")
            found.append(self.sum())
        self.takes("\\right")
        self.expect(")")
        return found

    def enclosed(self) -> float:
        if self.takes("\\frac{"):
            above = self.until("}")
            self.expect("{")
            below = self.until("}")
            # in the branch of a choice that is not taken
            return above / below if below else math.inf
        if self.takes("\\sqrt{"):
            return math.sqrt(self.until("}"))
        if self.takes("\\begin{cases}"):
            return self.cases()
        self.takes("\\left")
        if self.takes("\\lceil"):
            return math.ceil(self.until("\\rceil"))
        if self.takes("\\lfloor"):
            return math.floor(self.until("\\rfloor"))
        self.expect("(")
        return self.until(")")

    def until(self, end: str) -> float:
        result = self.sum()
        self.takes("\\right")
        self.expect(end)
        return result

    def cases(self) -> float:
        then = self.sum()
        self.expect("& \\text{if }")
        left = self.sum()
        sign = next(sign for sign in COMPARISONS if self.takes(sign))
        right = self.sum()
        self.expect("\\\\")
        otherwise = self.sum()
        self.expect("& \\text{otherwise} \\end{cases}")
        return then if COMPARISONS[sign](left, right) else otherwise
