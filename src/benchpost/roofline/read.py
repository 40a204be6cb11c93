"""From an equation's Python function to its expression; what the language lacks is refused.

The function's source is read, not run: the author's order of factors is kept, and an error names
file, line and column of the word that does not belong.
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import FunctionType
from typing import Any, NoReturn

from benchpost.errors import BenchpostError, Place, near
from benchpost.roofline import language
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
from benchpost.roofline.language import Constant, place_of
from benchpost.roofline.types import Equation

FUNCTIONS: dict[str, tuple[Any, int]] = {
    "max": (max, 2),
    "min": (min, 2),
    "ceil": (language.ceil, 1),
    "floor": (language.floor, 1),
    "sqrt": (language.sqrt, 1),
    "log": (language.log, 1),
    "log2": (language.log2, 1),
    "exp": (language.exp, 1),
    "power": (language.power, 2),
}
"""Function of the language by name: what the name must stand for, and the fewest arguments."""

_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
}
_INSTEAD: dict[type[ast.AST], str] = {
    ast.FloorDiv: "`//` rounds differently in JavaScript; write floor(a / b)",
    ast.Mod: "`%` has another sign in JavaScript; write a - b * floor(a / b)",
    ast.MatMult: "`@` is not in the language of equations; write the FLOPs out",
    ast.BoolOp: "`and` and `or` are not in the language of equations; nest conditionals",
    ast.Compare: "a comparison stands only in a conditional: `a if x < y else b`",
    ast.Attribute: "a dotted name is not in the language of equations; make it a parameter",
    ast.Subscript: "indexing is not in the language of equations; make it a parameter",
    ast.Lambda: "a lambda is not in the language of equations; make it an equation of its own",
}
_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}


@dataclass(frozen=True)
class _Reader:
    """Reads the expressions of one function."""

    file: str
    terms: tuple[str, ...]
    names: Mapping[str, Any]

    def refuse(self, node: ast.AST, message: str) -> NoReturn:
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1
        raise BenchpostError(message, Place(place_of(self.file), line, column))

    def read(self, node: ast.AST) -> Expression:
        match node:
            case ast.Constant(int() | float() as value) if not isinstance(value, bool):
                return self._number(node, value)
            case ast.Name(name):
                return self._name(node, name)
            case ast.UnaryOp(ast.USub(), operand):
                return Negative(self.read(operand))
            case ast.BinOp(left, sign, right):
                if type(sign) not in _OPERATORS:
                    self._foreign(node, sign)
                return Operation(_OPERATORS[type(sign)], self.read(left), self.read(right))
            case ast.IfExp(ast.Compare() as test, then, otherwise):
                return self._choice(test, then, otherwise)
            case ast.Call(ast.Name(name), arguments, keywords):
                return self._call(node, name, arguments, keywords)
            case _:
                self._foreign(node, node)

    def _foreign(self, node: ast.AST, construct: ast.AST) -> NoReturn:
        known = f"numbers, terms, + - * / **, {', '.join(FUNCTIONS)}, a if b < c else d"
        message = f"this is not in the language of equations, which has {known}"
        self.refuse(node, _INSTEAD.get(type(construct), message))

    def _number(self, node: ast.AST, value: float) -> Literal:
        if float(value) != value or value in (float("inf"), float("-inf")):
            self.refuse(node, f"{value} has more digits than a 64-bit float can hold")
        return Literal(float(value))

    def _name(self, node: ast.AST, name: str) -> Expression:
        if name in self.terms:
            return Name(name)
        value = self.names.get(name)
        if isinstance(value, Constant):
            return Fixed(float(value), value.unit)
        if name in self.names:
            self.refuse(node, f"{name!r} is neither a parameter nor a Constant")
        self.refuse(node, f"{name!r} is not a parameter{near(name, self.terms)}")

    def _choice(self, test: ast.Compare, then: ast.expr, otherwise: ast.expr) -> Choice:
        if len(test.ops) != 1 or type(test.ops[0]) not in _COMPARISONS:
            self.refuse(test, "a conditional compares two values with one of < <= > >= == !=")
        return Choice(
            _COMPARISONS[type(test.ops[0])],
            self.read(test.left),
            self.read(test.comparators[0]),
            self.read(then),
            self.read(otherwise),
        )

    def _call(
        self, node: ast.AST, name: str, arguments: list[ast.expr], keywords: list[ast.keyword]
    ) -> Expression:
        if name in self.terms:
            self.refuse(node, f"{name!r} is a parameter here and cannot be called")
        called = self.names.get(name)
        if isinstance(called, Equation):
            return self._reference(node, called, arguments, keywords)
        meant, fewest = FUNCTIONS.get(name, (None, 0))
        if meant is None or called not in (None, meant):
            hint = near(name, FUNCTIONS) or f"; functions are {', '.join(FUNCTIONS)}"
            self.refuse(
                node, f"{name!r} is neither a function of the language nor an equation{hint}"
            )
        exact = fewest == 1
        if keywords or len(arguments) < fewest or (exact and len(arguments) > 1):
            wanted = "one argument" if exact else "two or more arguments"
            self.refuse(node, f"{name} takes {wanted}, by position")
        return Call(name, tuple(map(self.read, arguments)))

    def _reference(
        self,
        node: ast.AST,
        called: Equation,
        arguments: list[ast.expr],
        keywords: list[ast.keyword],
    ) -> Reference:
        own = tuple(term.name for term in called.terms)
        given = [(name, value) for name, value in zip(own, arguments, strict=False)]
        given += [(keyword.arg or "**", keyword.value) for keyword in keywords]
        plain = all(isinstance(value, ast.Name) and value.id == name for name, value in given)
        if (
            not plain
            or sorted(name for name, _ in given) != sorted(own)
            or len(arguments) > len(own)
        ):
            # so that its symbol can stand for it in the LaTeX
            self.refuse(
                node, f"call {called.name} on its own terms: {called.name}({', '.join(own)})"
            )
        for name in own:
            if name not in self.terms:
                self.refuse(node, f"{called.name} needs the parameter {name!r}; add it")
        return Reference(called, expression(called))


def expression(equation: Equation) -> Expression:
    """The tree of an equation's one `return`.

    Raises BenchpostError with the place of anything that is not in the language.
    """
    if not isinstance(equation.function, FunctionType):
        raise BenchpostError(f"{equation.name} is not a plain Python function")
    return _expression(equation.function, tuple(term.name for term in equation.terms))


@cache
def _expression(function: FunctionType, terms: tuple[str, ...]) -> Expression:
    reader = _Reader(function.__code__.co_filename, terms, function.__globals__)
    definition = _definition(function, reader)
    if not _is_plain(definition.args):
        reader.refuse(definition, "parameters of an equation have no defaults and no stars")
    body = definition.body
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    if len(body) != 1 or not isinstance(body[0], ast.Return) or body[0].value is None:
        reader.refuse(body[0] if body else definition, "an equation is one return expression")
    return reader.read(body[0].value)


def _is_plain(arguments: ast.arguments) -> bool:
    defaults = [*arguments.defaults, *(d for d in arguments.kw_defaults if d is not None)]
    return not (defaults or arguments.vararg or arguments.kwarg)


def _definition(function: FunctionType, reader: _Reader) -> ast.FunctionDef:
    first = function.__code__.co_firstlineno
    found = _definitions(reader.file).get((function.__name__, first))
    if found is None:
        place = Place(place_of(reader.file), first)
        raise BenchpostError(f"the source of {function.__name__} cannot be read", place)
    return found


@cache
def _definitions(file: str) -> dict[tuple[str, int], ast.FunctionDef]:
    tree = ast.parse("".join(linecache.getlines(file)))
    return {
        (node.name, min([node.lineno, *(d.lineno for d in node.decorator_list)])): node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
    }
