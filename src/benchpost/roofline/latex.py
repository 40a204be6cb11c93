"""How an expression is set in LaTeX: the author's order, fractions upright, as few brackets as can.

Only constructs that both KaTeX and latex2mathml render are used.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from benchpost.roofline.expression import (
    Call,
    Choice,
    Expression,
    Fixed,
    Literal,
    Name,
    Negative,
    Operation,
    Reference,
)
from benchpost.roofline.units import scaled

SUM, PRODUCT, ATOM = 1, 2, 3
_COMPARISONS = {"<": "<", "<=": "\\le", ">": ">", ">=": "\\ge", "==": "=", "!=": "\\ne"}
_FENCES = {"ceil": ("\\lceil ", " \\rceil"), "floor": ("\\lfloor ", " \\rfloor")}
_WORDS = {"max": "\\max", "min": "\\min", "log": "\\ln", "log2": "\\log_{2}", "exp": "\\exp"}


@dataclass(frozen=True)
class Piece:
    """A typeset part."""

    text: str
    """LaTeX."""
    binds: int = ATOM
    """How tightly it holds together: SUM, PRODUCT or ATOM."""

    @property
    def is_tall(self) -> bool:
        """Whether brackets around it must grow."""
        return "\\frac" in self.text or "\\begin" in self.text

    def within(self, binds: int) -> str:
        """Its LaTeX where something that binds at least so tightly is wanted."""
        return self.text if self.binds >= binds else bracketed(self.text, tall=self.is_tall)


Leaf: TypeAlias = Literal | Fixed | Name | Reference


def typeset(tree: Expression, leaf: Callable[[Leaf], Piece]) -> Piece:
    """The LaTeX of `tree`; `leaf` sets numbers, names and other equations."""

    def piece(node: Expression) -> Piece:
        match node:
            case Negative(operand):
                return Piece("-" + piece(operand).within(PRODUCT), SUM)
            case Operation(sign, left, right):
                return _OPERATIONS[sign](piece(left), piece(right))
            case Call(function, arguments):
                return _call(function, [piece(argument) for argument in arguments])
            case Choice(comparison, left, right, then, otherwise):
                test = f"{piece(left).text} {_COMPARISONS[comparison]} {piece(right).text}"
                return _cases(test, piece(then).text, piece(otherwise).text)
            case _:
                return leaf(node)

    return piece(tree)


def _cases(test: str, then: str, otherwise: str) -> Piece:
    rows = f"{then} & \\text{{if }} {test} \\\\ {otherwise} & \\text{{otherwise}}"
    return Piece(f"\\begin{{cases}} {rows} \\end{{cases}}")


def bracketed(text: str, *, tall: bool) -> str:
    """`text` in round brackets, which grow when what they hold is tall."""
    return f"\\left({text}\\right)" if tall else f"({text})"


def _sum(left: Piece, right: Piece) -> Piece:
    return Piece(f"{left.text} + {right.within(SUM)}", SUM)


def _difference(left: Piece, right: Piece) -> Piece:
    return Piece(f"{left.text} - {right.within(PRODUCT)}", SUM)


def _product(left: Piece, right: Piece) -> Piece:
    first, second = left.within(PRODUCT), right.within(PRODUCT)
    return Piece(f"{first}{_times(first, second)}{second}", PRODUCT)


def _times(left: str, right: str) -> str:
    """A dot where a number or a word follows, else a thin space."""
    dotted = right[0].isdigit() or right.startswith("\\text") or left.startswith("\\text")
    return " \\cdot " if dotted else "\\,"


def _quotient(left: Piece, right: Piece) -> Piece:
    return Piece(f"\\frac{{{left.text}}}{{{right.text}}}", PRODUCT)


def _power(left: Piece, right: Piece) -> Piece:
    base = left.text if left.binds == ATOM and "^" not in left.text else ""
    return Piece(f"{base or bracketed(left.text, tall=left.is_tall)}^{{{right.text}}}")


_OPERATIONS: dict[str, Callable[[Piece, Piece], Piece]] = {
    "+": _sum,
    "-": _difference,
    "*": _product,
    "/": _quotient,
    "**": _power,
}


def _call(function: str, arguments: list[Piece]) -> Piece:
    inside = ",\\; ".join(argument.text for argument in arguments)
    tall = any(argument.is_tall for argument in arguments)
    if function == "sqrt":
        return Piece(f"\\sqrt{{{inside}}}")
    if function == "power":
        return _power(arguments[0], _call("floor", arguments[1:]))
    if function in _FENCES:
        left, right = _FENCES[function]
        if tall:
            left, right = f"\\left{left}", f" \\right{right.strip()}"
        return Piece(left + inside + right)
    return Piece(_WORDS[function] + bracketed(inside, tall=tall))


def number(value: float, unit: str = "1", digits: int = 3) -> Piece:
    """A number with its unit: `1.01\\,\\text{TB/s}`."""
    figure, name = scaled(value, unit, digits)
    mantissa, _, power = figure.partition("e")
    text = f"{mantissa} \\times 10^{{{power}}}" if power else mantissa
    binds = SUM if figure.startswith("-") else PRODUCT if power else ATOM
    return Piece(text + unit_text(name), binds)


def unit_text(name: str) -> str:
    """A unit in LaTeX, upright after a thin space; the micro sign as KaTeX wants it."""
    if not name:
        return ""
    micro = "\\mu" if name.startswith("µ") else ""
    return f"\\,{micro}\\text{{{name.removeprefix('µ')}}}"
