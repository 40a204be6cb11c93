"""Expressions within functions that build a parser: what each is, or UNKNOWN."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from toolfacts.sources import Ref
from toolfacts.things import Scope
from toolfacts.values import UNKNOWN, Kind

if TYPE_CHECKING:
    from toolfacts.interpret import Interpreter

KINDS = {
    "int": Kind("int"),
    "float": Kind("float"),
    "str": Kind("str"),
    "bool": Kind("bool-word"),
    "json.loads": Kind("json"),
    "human_readable_int": Kind("size"),
    "human_readable_int_or_auto": Kind("size-or-auto"),
    "union_dict_and_str": Kind("json-or-word"),
    "argparse.BooleanOptionalAction": "BooleanOptionalAction",
    "BooleanOptionalAction": "BooleanOptionalAction",
}
"""Names that say what a word on the command line is turned into, or done with."""


def _constant(run: Interpreter, node: ast.Constant, scope: Scope) -> object:
    return node.value


def _name(run: Interpreter, node: ast.Name, scope: Scope) -> object:
    if node.id in scope.names:
        return scope.names[node.id]
    if node.id in run.special:
        return run.special[node.id]
    if node.id in KINDS:
        return KINDS[node.id]
    found = run.sources.find(scope.ref.module, node.id)
    if found is None:
        return UNKNOWN
    if isinstance(found.node, ast.expr):
        return run.value(found.node, Scope(found))
    return found


def _attribute(run: Interpreter, node: ast.Attribute, scope: Scope) -> object:
    whole = ast.unparse(node)
    if whole in KINDS or whole in run.special:
        return KINDS.get(whole) or run.special[whole]
    owner = run.value(node.value, scope)
    if not isinstance(owner, Ref):
        return UNKNOWN
    return run.member(owner, node.attr)


def _subscript(run: Interpreter, node: ast.Subscript, scope: Scope) -> object:
    if ast.unparse(node.value).rpartition(".")[2] == "Literal":
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        return elements(run, list(inner), scope)
    table, key = run.value(node.value, scope), run.value(node.slice, scope)
    if isinstance(table, dict) and isinstance(key, str):
        return table.get(key, UNKNOWN)
    if isinstance(table, list | tuple) and isinstance(key, int) and -len(table) <= key < len(table):
        return table[key]
    return UNKNOWN


def _list(run: Interpreter, node: ast.List, scope: Scope) -> object:
    return elements(run, node.elts, scope)


def _tuple(run: Interpreter, node: ast.Tuple, scope: Scope) -> object:
    return tuple(elements(run, node.elts, scope))


def elements(run: Interpreter, nodes: list[ast.expr], scope: Scope) -> list[object]:
    """What the members of a list are, starred ones unpacked."""
    found: list[object] = []
    for node in nodes:
        if isinstance(node, ast.Starred):
            value = run.value(node.value, scope)
            found += list(value) if isinstance(value, list | tuple | dict) else [UNKNOWN]
        else:
            found.append(run.value(node, scope))
    return found


def _dict(run: Interpreter, node: ast.Dict, scope: Scope) -> object:
    table: dict[object, object] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        inner = run.value(value, scope)
        if key is None:
            table.update(inner if isinstance(inner, dict) else {})
        elif isinstance(name := run.value(key, scope), str | int | float):
            table[name] = inner
    return table


def _joined(run: Interpreter, node: ast.JoinedStr, scope: Scope) -> object:
    parts = []
    for each in node.values:
        inner = each.value if isinstance(each, ast.FormattedValue) else each
        value = run.value(inner, scope)
        if not isinstance(value, str | int):
            return UNKNOWN
        parts.append(str(value))
    return "".join(parts)


def _binary(run: Interpreter, node: ast.BinOp, scope: Scope) -> object:
    left, right = run.value(node.left, scope), run.value(node.right, scope)
    if isinstance(node.op, ast.Add) and type(left) is type(right):
        return left + right if isinstance(left, str | list | tuple | int | float) else UNKNOWN  # type: ignore[operator]  # both are of one of these types
    if isinstance(node.op, ast.Mult) and isinstance(left, int | float):
        return left * right if isinstance(right, int | float) else UNKNOWN
    if isinstance(node.op, ast.Pow) and isinstance(left, int) and isinstance(right, int):
        return left**right if 0 <= right < 64 else UNKNOWN
    return UNKNOWN


def _unary(run: Interpreter, node: ast.UnaryOp, scope: Scope) -> object:
    value = run.value(node.operand, scope)
    if isinstance(node.op, ast.USub) and isinstance(value, int | float):
        return -value
    return UNKNOWN


def _choice(run: Interpreter, node: ast.IfExp, scope: Scope) -> object:
    return run.value(node.body, scope)


EXPRESSIONS: dict[type[ast.expr | None], Callable[[Interpreter, ast.expr, Scope], object]] = {
    ast.Constant: _constant,  # type: ignore[dict-item]  # each takes the node it stands for
    ast.Name: _name,  # type: ignore[dict-item]  # as above
    ast.Attribute: _attribute,  # type: ignore[dict-item]  # as above
    ast.Subscript: _subscript,  # type: ignore[dict-item]  # as above
    ast.List: _list,  # type: ignore[dict-item]  # as above
    ast.Set: _list,  # type: ignore[dict-item]  # as above
    ast.Tuple: _tuple,  # type: ignore[dict-item]  # as above
    ast.Dict: _dict,  # type: ignore[dict-item]  # as above
    ast.JoinedStr: _joined,  # type: ignore[dict-item]  # as above
    ast.BinOp: _binary,  # type: ignore[dict-item]  # as above
    ast.UnaryOp: _unary,  # type: ignore[dict-item]  # as above
    ast.IfExp: _choice,  # type: ignore[dict-item]  # as above
}
