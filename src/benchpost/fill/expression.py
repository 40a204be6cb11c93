"""The small language of values: calls, numbers, `+ - * /` and parentheses, nothing else.

decode_rate(gpu="RTX 4090", model="Qwen3-4B-Instruct-2507")
measured("peak-flops.max_flops", machine="h200") / peak(gpu="H200")
"""

from __future__ import annotations

import ast
import math
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import NoReturn

from benchpost.errors import BenchpostError, UsageError, near
from benchpost.figures.options import Option, check_options
from benchpost.fill.refusal import Refusal
from benchpost.findings import Check
from benchpost.roofline.units import Quantity

Functions = Mapping[str, Callable[..., Quantity]]

FIRST = {"measured": "name", "quoted": "quantity"}
"""Functions whose first argument needs no name, and what it is called."""
DEEPEST = 40
"""Nesting that no sentence needs; it keeps hostile input off Python's own limit."""
QUOTED = re.compile(r"'([^']+)'")
LONGEST = 2000
"""Characters of an expression."""


def evaluate(expression: str, functions: Functions) -> Quantity:
    """The quantity that `expression` gives; raises `Refusal` with the offset of what is wrong."""
    result = _Evaluation(expression, functions).of(_parse(expression), 0)
    if not math.isfinite(result.value):
        raise Refusal(Check.S006, f"the result is {result.value}, which is no number to print")
    return result


def _parse(expression: str) -> ast.expr:
    if len(expression) > LONGEST:
        raise Refusal(Check.S006, f"an expression is at most {LONGEST} characters long")
    try:
        with warnings.catch_warnings():
            # Python warns of odd escapes in texts; whether the text names something is ours to say
            warnings.simplefilter("ignore")
            return ast.parse(expression.replace("\n", " "), mode="eval").body
    except SyntaxError as error:
        # the parser counts columns from 1, and says 0 when the text ends too soon
        offset = min((error.offset or len(expression) + 1) - 1, len(expression))
        raise Refusal(Check.S006, f"not an expression: {error.msg}", offset) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise Refusal(Check.S006, f"not an expression: {error}") from error


def calls(expression: str, function: str) -> Iterator[tuple[dict[str, Option], int]]:
    """Every call of `function` in an expression that can be read: its options, and its offset."""
    reading = _Evaluation(expression, {})
    for node in ast.walk(_parse(expression)):
        if isinstance(node, ast.Call) and _is_called(node, function):
            given = {name: value for name, (value, _) in reading.arguments(node).items()}
            yield given, reading.offset(node)


def _is_called(node: ast.Call, function: str) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id == function


def blamed(message: str, given: Mapping[str, Option]) -> str:
    """The argument that an error quotes, by its name or its value; empty for none of them."""
    exact = (k for k, v in given.items() if repr(k) in message or _names(message, v))
    quotes = QUOTED.findall(message)
    part = (k for k, v in given.items() if any(quote in str(v) for quote in quotes))
    return next(exact, "") or next(part, "")


def _names(message: str, value: Option) -> bool:
    return bool(re.search(rf"(?<![\w.]){re.escape(repr(value))}(?![\w.])", message))


class _Evaluation:
    """One expression being worked out; it knows where in the text each part stands."""

    def __init__(self, expression: str, functions: Functions) -> None:
        self.expression = expression
        self.functions = functions

    def of(self, node: ast.expr, depth: int) -> Quantity:
        if depth > DEEPEST:
            self.refuse(Check.S006, "nested too deeply; give parts of it names in figures.py", node)
        match node:
            case ast.BinOp():
                return self.operation(node, depth)
            case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
                sign = -1.0 if isinstance(node.op, ast.USub) else 1.0
                return self.of(node.operand, depth + 1) * Quantity(sign, "1")
            case ast.Call():
                return self.call(node)
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                return self.number(value, node)
        return self.refuse_node(node)

    def operation(self, node: ast.BinOp, depth: int) -> Quantity:
        left, right = self.of(node.left, depth + 1), self.of(node.right, depth + 1)
        try:
            match node.op:
                case ast.Add():
                    return left + right
                case ast.Sub():
                    return left - right
                case ast.Mult():
                    return left * right
                case ast.Div():
                    return left / right
        except BenchpostError as error:
            self.refuse(Check.S006, error.message, node)
        return self.refuse_node(node)

    def call(self, node: ast.Call) -> Quantity:
        if not isinstance(node.func, ast.Name):
            self.refuse_node(node.func)
        name = node.func.id
        function = self.functions.get(name)
        if function is None:
            hint = near(name, self.functions) or f"; functions are: {', '.join(self.functions)}"
            self.refuse(Check.S002, f"no function {name!r}{hint}", node.func)
        arguments = self.arguments(node)
        given = {key: value for key, (value, _) in arguments.items()}
        try:
            check_options(name, function, given)
            return function(**given)
        except BenchpostError as error:
            check = Check.S002 if isinstance(error, UsageError) else Check.S006
            key = blamed(error.message, given)
            self.refuse(check, error.message, arguments[key][1] if key else node)
        except ArithmeticError as error:
            self.refuse(Check.S006, f"cannot be computed: {error}", node)

    def arguments(self, node: ast.Call) -> dict[str, tuple[Option, ast.AST]]:
        """Arguments by name, each with its place; some take their first one without a name."""
        found: dict[str, tuple[Option, ast.AST]] = {}
        first = FIRST.get(node.func.id) if isinstance(node.func, ast.Name) else None
        if len(node.args) > (first is not None):
            self.refuse(Check.S002, 'arguments are given by name, as `gpu="H200"`', node.args[-1])
        if first and node.args:
            found[first] = (self.literal(node.args[0]), node.args[0])
        for keyword in node.keywords:
            if keyword.arg is None or keyword.arg in found:
                self.refuse(Check.S002, "arguments are given by name, each once", keyword)
            found[keyword.arg] = (self.literal(keyword.value), keyword.value)
        return found

    def literal(self, node: ast.expr) -> Option:
        match node:
            case ast.Constant(value=str() | int() | float() as value):
                return value
            case ast.Name(id="true" | "false"):
                return node.id == "true"
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
                return -value
        self.refuse(Check.S006, "an argument is a text in quotes, a number, true or false", node)

    def number(self, value: float, node: ast.AST) -> Quantity:
        try:
            return Quantity(float(value), "1")
        except OverflowError:
            self.refuse(Check.S006, "the number is too large", node)

    def refuse_node(self, node: ast.AST) -> NoReturn:
        part = ast.get_source_segment(self.expression, node) or self.expression
        known = "which has calls, numbers, + - * / and parentheses"
        self.refuse(Check.S006, f"{part!r} is not in the language of values, {known}", node)

    def refuse(self, check: Check, message: str, node: ast.AST) -> NoReturn:
        raise Refusal(check, message, self.offset(node))

    def offset(self, node: ast.AST) -> int:
        # ast counts columns in UTF-8 bytes
        column: int = getattr(node, "col_offset", 0)
        return len(self.expression.encode()[:column].decode(errors="ignore"))
