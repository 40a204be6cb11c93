"""What an equation becomes: LaTeX, LaTeX with the numbers put in, JavaScript, a NumPy sweep."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import TYPE_CHECKING, Any

from benchpost.errors import UsageError, near
from benchpost.roofline.expression import (
    Algebra,
    Call,
    Choice,
    Expression,
    Fixed,
    Literal,
    Name,
    Negative,
    Operation,
    Reference,
    evaluate,
    references,
)
from benchpost.roofline.latex import Leaf, Piece, number, typeset
from benchpost.roofline.read import expression
from benchpost.roofline.types import Equation
from benchpost.roofline.units import Quantity

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_RANK = {"+": 1, "-": 1, "*": 2, "/": 2, "**": 3}
_JAVASCRIPT = {name: f"Math.{name}" for name in ("max", "min", "ceil", "floor", "sqrt", "exp")} | {
    "log": "Math.log",
    "log2": "Math.log2",
    "power": "power",
}
_POWER = """\
function power(x, n) {
  let product = 1, left = Math.floor(n);
  while (left >= 1) {
    const half = Math.floor(left / 2);
    if (left - 2 * half === 1) product *= x;
    x *= x;
    left = half;
  }
  return product;
}"""
_SAME = {"==": "===", "!=": "!=="}


def latex(equation: Equation) -> str:
    """`R = \\frac{B}{W}`: symbol and expression; another equation stands as its symbol."""
    symbols = {term.name: term.symbol for term in equation.terms}

    def leaf(node: Leaf) -> Piece:
        match node:
            case Name(name):
                return Piece(symbols[name])
            case Reference(called, _):
                return Piece(called.result.symbol)
            case _:
                return number(node.value)

    return f"{equation.result.symbol} = {typeset(expression(equation), leaf).text}"


def latex_with_numbers(
    equation: Equation, values: Mapping[str, Quantity | float], digits: int = 3
) -> str:
    """`\\frac{1.01\\,\\text{TB/s}}{8.04\\,\\text{GB}} = 125\\,\\text{tok/s}`: no left-hand side.

    `values` has every term of the equation; a float is in the term's SI base unit.
    Raises UsageError for a term that is missing, unknown or in another unit.
    """
    given = _in_base_units(equation, values)
    units = {term.name: term.unit for term in equation.terms}

    def leaf(node: Leaf) -> Piece:
        match node:
            case Name(name):
                return number(given[name], units[name], digits)
            case Reference(called, _):
                own = {term.name: given[term.name] for term in called.terms}
                return number(called(**own), called.result.unit, digits)
            case _:
                return number(node.value, digits=digits)

    result = number(equation(**given), equation.result.unit, digits)
    return f"{typeset(expression(equation), leaf).text} = {result.text}"


def _in_base_units(equation: Equation, values: Mapping[str, Quantity | float]) -> dict[str, float]:
    units = {term.name: term.unit for term in equation.terms}
    for name in values:
        if name not in units:
            raise UsageError(f"{equation.name} has no term {name!r}{near(name, units)}")
    missing = [name for name in units if name not in values]
    if missing:
        raise UsageError(f"{equation.name} needs {', '.join(missing)}")
    return {name: _base(values[name], unit) for name, unit in units.items()}


def _base(value: Quantity | float, unit: str) -> float:
    return value.to(unit) if isinstance(value, Quantity) else float(value)


def javascript(equation: Equation) -> str:
    """The equation as a JavaScript function, after the functions of the equations it calls.

    Gives the same 64-bit float as Python, but for the last places of `**`, `exp`, `log`, `log2`.
    """
    called = [node.equation for node in references(expression(equation))]
    needed = {made.name: made for made in (*called, equation)}
    written = [_function(made) for made in needed.values()]
    raised = [_POWER] if any("power(" in text for text in written) else []
    return "\n".join([*raised, *written]) + "\n"


def _function(equation: Equation) -> str:
    parameters = ", ".join(term.name for term in equation.terms)
    body, _ = _script(expression(equation))
    return f"function {equation.name}({parameters}) {{ return {body}; }}"


def _script(node: Expression) -> tuple[str, int]:
    """JavaScript of `node` and how tightly it binds: 0 a conditional, 1 a sum, … 5 an atom."""
    match node:
        case Name(name):
            return name, 5
        case Literal(value) | Fixed(value):
            return _float(value), 5
        case Negative(operand):
            return "-" + _script_within(operand, 4), 2
        case Operation(sign, left, right):
            return _script_operation(sign, left, right), _RANK[sign]
        case Call(function, arguments):
            return f"{_JAVASCRIPT[function]}({', '.join(_script(a)[0] for a in arguments)})", 5
        case Reference(called, _):
            return f"{called.name}({', '.join(term.name for term in called.terms)})", 5
        case Choice():
            return _script_choice(node), 0


def _script_within(node: Expression, rank: int) -> str:
    text, binds = _script(node)
    return text if binds >= rank else f"({text})"


def _script_operation(sign: str, left: Expression, right: Expression) -> str:
    # the grouping of the tree is kept: floating-point addition is not associative
    rank = _RANK[sign]
    first = _script_within(left, 4 if sign == "**" else rank)
    return f"{first} {sign} {_script_within(right, rank + 1)}"


def _script_choice(node: Choice) -> str:
    comparison = _SAME.get(node.comparison, node.comparison)
    test = f"{_script_within(node.left, 1)} {comparison} {_script_within(node.right, 1)}"
    return f"{test} ? {_script_within(node.then, 1)} : {_script_within(node.otherwise, 1)}"


def _float(value: float) -> str:
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def vectorised(equation: Equation) -> Callable[..., NDArray[Any]]:
    """The equation over NumPy arrays: takes its terms by name or in order, and broadcasts."""
    tree, names = expression(equation), [term.name for term in equation.terms]

    def sweep(*arguments: ArrayLike, **named: ArrayLike) -> NDArray[Any]:
        import numpy as np  # dear to import, and only charts need it

        given = dict(zip(names, arguments, strict=False)) | named
        if len(arguments) + len(named) != len(names) or set(given) != set(names):
            raise UsageError(f"{equation.name} takes {', '.join(names)}")
        arrays = {name: np.asarray(value, dtype=np.float64) for name, value in given.items()}
        shape = np.broadcast_shapes(*(array.shape for array in arrays.values()))
        result = evaluate(tree, arrays, _arrays())
        return np.array(np.broadcast_to(np.asarray(result, dtype=np.float64), shape))

    return sweep


def _arrays() -> Algebra:
    import numpy as np

    def choose(truth: Any, then: Callable[[], Any], otherwise: Callable[[], Any]) -> Any:
        # both sides are worked out everywhere; where one is not meant it may divide by zero
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(truth, then(), otherwise())

    return Algebra(
        functions={
            "max": lambda *values: reduce(np.maximum, values),
            "min": lambda *values: reduce(np.minimum, values),
            "power": _power_of_arrays,
            **{name: getattr(np, name) for name in ("ceil", "floor", "sqrt", "log", "log2", "exp")},
        },
        constant=lambda value, _: value,
        choose=choose,
    )


def _power_of_arrays(x: Any, n: Any) -> Any:
    """`language.power` element by element, in the same order of multiplications."""
    import numpy as np

    times = np.floor(n).astype(np.int64)
    shape = np.broadcast_shapes(np.shape(x), times.shape)
    base, product = np.array(np.broadcast_to(x, shape), np.float64), np.ones(shape)
    with np.errstate(over="ignore", under="ignore"):
        for bit in range(int(times.max(initial=0)).bit_length()):
            odd = (times >> bit & 1).astype(bool)
            np.multiply(product, base, out=product, where=odd)
            base *= base
    return product
