"""Values that reading a source gives: plain ones, kinds of argument, and what is not known."""

from __future__ import annotations

import ast
from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """What a value on the command line is turned into. E.g. `int`, `json:CompilationConfig`"""

    name: str
    """As the shipped facts name it."""


class Unknown:
    """A value that only running the program would tell."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()


def literal(node: ast.AST) -> object:
    """The plain value that an expression is, or UNKNOWN."""
    try:
        value: object = ast.literal_eval(node)  # any other node raises
    except (ValueError, TypeError, SyntaxError, MemoryError):
        return _product(node)
    return value


def _product(node: ast.AST) -> object:
    """`60 * 60`, `2**30`."""
    if not isinstance(node, ast.BinOp):
        return UNKNOWN
    left, right = literal(node.left), literal(node.right)
    if not (isinstance(left, int | float) and isinstance(right, int | float)):
        return UNKNOWN
    if isinstance(node.op, ast.Mult):
        return left * right
    return left**right if isinstance(node.op, ast.Pow) and abs(right) < 64 else UNKNOWN
