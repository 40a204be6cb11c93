"""A formula as a tree, in the author's own order, and its value over arrays or quantities."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any, TypeAlias

from benchpost.errors import UsageError
from benchpost.roofline.language import power
from benchpost.roofline.types import Equation
from benchpost.roofline.units import PHYSICAL, Quantity, parse_unit, without_counts


@dataclass(frozen=True)
class Literal:
    """A number as written."""

    value: float
    """The number."""


@dataclass(frozen=True)
class Fixed:
    """A named constant, e.g. the two FLOPs of a multiply-add."""

    value: float
    """The number."""
    unit: str
    """Its unit, e.g. `flop`."""


@dataclass(frozen=True)
class Name:
    """A parameter."""

    name: str
    """Name of its term."""


@dataclass(frozen=True)
class Negative:
    """`-x`"""

    operand: Expression
    """x"""


@dataclass(frozen=True)
class Operation:
    """Two operands and what joins them."""

    operator: str
    """One of `+ - * / **`."""
    left: Expression
    """First operand."""
    right: Expression
    """Second operand."""


@dataclass(frozen=True)
class Call:
    """A function of the language applied, e.g. `max`."""

    function: str
    """Its name."""
    arguments: tuple[Expression, ...]
    """What it is applied to."""


@dataclass(frozen=True)
class Choice:
    """`then if left < right else otherwise`"""

    comparison: str
    """One of `< <= > >= == !=`."""
    left: Expression
    """Left side of the comparison."""
    right: Expression
    """Right side of the comparison."""
    then: Expression
    """What it is when the comparison holds."""
    otherwise: Expression
    """What it is when not."""


@dataclass(frozen=True)
class Reference:
    """Another equation, called on its own terms."""

    equation: Equation
    """The equation called."""
    body: Expression
    """Its expression."""


Expression: TypeAlias = Literal | Fixed | Name | Negative | Operation | Call | Choice | Reference

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
}
COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


@dataclass(frozen=True)
class Algebra:
    """What the language means over one kind of value: arrays, quantities."""

    functions: Mapping[str, Callable[..., Any]]
    """`max`, `min`, `ceil`, `floor`, `sqrt`, `log`, `log2`, `exp`, `power`."""
    constant: Callable[[float, str], Any]
    """The value of a number with a unit."""
    choose: Callable[[Any, Callable[[], Any], Callable[[], Any]], Any]
    """Between two values, given the truth of a comparison."""


def evaluate(tree: Expression, values: Mapping[str, Any], over: Algebra) -> Any:
    """The value of `tree` when each name has its value of `values`."""

    def worth(node: Expression) -> Any:
        match node:
            case Name(name):
                return values[name]
            case Literal(value):
                return over.constant(value, "1")
            case Fixed(value, unit):
                return over.constant(value, unit)
            case Reference(_, body):
                return worth(body)
            case _:
                return _apply(node, worth, over)

    return worth(tree)


def _apply(
    node: Negative | Operation | Call | Choice, worth: Callable[[Expression], Any], over: Algebra
) -> Any:
    match node:
        case Negative(operand):
            return -worth(operand)
        case Operation(sign, left, right):
            return OPERATORS[sign](worth(left), worth(right))
        case Call(function, arguments):
            return over.functions[function](*map(worth, arguments))
        case Choice(comparison, left, right, then, otherwise):
            truth = COMPARISONS[comparison](worth(left), worth(right))
            return over.choose(truth, lambda: worth(then), lambda: worth(otherwise))


def references(tree: Expression) -> Iterator[Reference]:
    """Every call of another equation, callees before their callers."""
    for child in _children(tree):
        yield from references(child)
    if isinstance(tree, Reference):
        yield tree


def _children(node: Expression) -> tuple[Expression, ...]:
    match node:
        case Negative(operand):
            return (operand,)
        case Operation(_, left, right):
            return left, right
        case Call(_, arguments):
            return arguments
        case Choice(_, left, right, then, otherwise):
            return left, right, then, otherwise
        case Reference(_, body):
            return (body,)
        case _:
            return ()


def unit_of(tree: Expression, units: Mapping[str, str]) -> str:
    """The unit that `tree` gives for names of these units, counts such as tokens left out.

    Both branches of a conditional are looked at. Raises UsageError where units do not agree.
    """
    # a half and not one: `1 - share` must not be a divisor of zero
    halves = {name: Quantity(0.5, without_counts(unit)) for name, unit in units.items()}
    result = evaluate(tree, halves, _QUANTITIES)
    assert isinstance(result, Quantity)
    return result.unit


def _largest(*values: Quantity) -> Quantity:
    return reduce(lambda a, b: a if a > b else b, values)


def _smallest(*values: Quantity) -> Quantity:
    return reduce(lambda a, b: a if a < b else b, values)


def _root(x: Quantity) -> Quantity:
    exponents = parse_unit(x.unit).exponents
    if any(n % 2 for _, n in exponents):
        raise UsageError(f"cannot take the square root of {x.unit}")
    halves = [f"{base}^{n // 2}" for base, n in exponents if base in PHYSICAL]
    return Quantity(math.sqrt(x.value), without_counts("*".join(halves) or "1"))


def _pure(function: Callable[[float], float]) -> Callable[[Quantity], Quantity]:
    return lambda x: Quantity(function(x.to("1")))


def _raised(x: Quantity, n: Quantity) -> Quantity:
    return Quantity(power(x.to("1"), n.to("1")))


def _either(truth: bool, then: Callable[[], Quantity], other: Callable[[], Quantity]) -> Quantity:
    return _largest(then(), other())


_QUANTITIES = Algebra(
    functions={
        "max": _largest,
        "min": _smallest,
        "ceil": _pure(math.ceil),
        "floor": _pure(math.floor),
        "sqrt": _root,
        "log": _pure(math.log),
        "log2": _pure(math.log2),
        "exp": _pure(math.exp),
        "power": _raised,
    },
    constant=lambda value, unit: Quantity(value, without_counts(unit)),
    choose=_either,
)
