"""Calls within functions that build a parser."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable
from typing import TYPE_CHECKING

from toolfacts.expressions import elements
from toolfacts.sources import Ref
from toolfacts.things import Parser, Scope, Subparsers
from toolfacts.values import UNKNOWN, Kind

if TYPE_CHECKING:
    from toolfacts.interpret import Interpreter


def called(run: Interpreter, node: ast.Call, scope: Scope) -> object:
    """What a call gives, with what it adds to parsers entered."""
    args = elements(run, node.args, scope)
    words: dict[str, object] = {}
    for each in node.keywords:
        value = run.value(each.value, scope)
        if each.arg is not None:
            words[each.arg] = value
        elif isinstance(value, dict):
            words.update(value)
    if isinstance(node.func, ast.Attribute):
        found = _method(run, node.func, args, words, scope)
        if found is not NotImplemented:
            return found
    return _function(run, node, args, words, scope)


def _method(
    run: Interpreter,
    func: ast.Attribute,
    args: list[object],
    words: dict[str, object],
    scope: Scope,
) -> object:
    """A method of a parser, a table or a string; NotImplemented for any other."""
    if isinstance(func.value, ast.Call) and ast.unparse(func.value.func) == "super":
        return _inherited(run, func.attr, args, words, scope)
    owner = run.value(func.value, scope)
    if isinstance(owner, Parser):
        return _of_parser(run, owner, func.attr, args, words)
    if isinstance(owner, Subparsers):
        return _add_parser(run, owner, args) if func.attr == "add_parser" else UNKNOWN
    if isinstance(owner, dict) and func.attr in TABLE:
        return TABLE[func.attr](owner, args, words)
    if isinstance(owner, str) and func.attr in STRING:
        return _string(owner, func.attr, args, words)
    if isinstance(owner, list) and func.attr in ("append", "extend", "copy", "add", "remove"):
        return _list(owner, func.attr, args)
    if isinstance(owner, Ref) and func.attr == "__subclasses__":
        return _subclasses(run, owner)
    return NotImplemented


def _subclasses(run: Interpreter, owner: Ref) -> list[object]:
    """The classes of the same package that extend one directly."""
    name = getattr(owner.node, "name", "")
    found: list[object] = []
    for module in run.sources.modules_in(owner.module.name.rpartition(".")[0]):
        for node in module.names.values():
            bases = [ast.unparse(base) for base in getattr(node, "bases", [])]
            if isinstance(node, ast.ClassDef) and name in bases:
                found.append(Ref(module, node))
    return found


def _inherited(
    run: Interpreter, name: str, args: list[object], words: dict[str, object], scope: Scope
) -> object:
    """`super().name(…)`."""
    owner = scope.ref.owner
    for cls in run.lineage(owner)[1:] if owner else []:
        found = run.member(cls, name)
        if isinstance(found, Ref):
            receiver = scope.ref.receiver or owner
            return run.call(Ref(found.module, found.node, found.owner, receiver), args, words)
    return UNKNOWN


def _of_parser(
    run: Interpreter, parser: object, name: str, args: list[object], words: dict[str, object]
) -> object:
    assert isinstance(parser, Parser)
    if name == "add_argument":
        names = tuple(each for each in args if isinstance(each, str))
        if names:
            run.value_added(parser, names, words)
        return UNKNOWN
    if name in ("add_argument_group", "add_mutually_exclusive_group"):
        return parser
    if name == "add_subparsers":
        return Subparsers(parser.command)
    if name == "set_defaults":
        run.defaults.append((parser.command, words))
    return UNKNOWN


def _add_parser(run: Interpreter, owner: object, args: list[object]) -> object:
    assert isinstance(owner, Subparsers)
    if not args or not isinstance(args[0], str):
        return UNKNOWN
    command = f"{owner.command} {args[0]}".strip()
    run.commands.append(command)
    return Parser(command)


def _function(
    run: Interpreter,
    node: ast.Call,
    args: list[object],
    words: dict[str, object],
    scope: Scope,
) -> object:
    name = ast.unparse(node.func)
    if name in BUILTINS and name not in scope.names:
        return BUILTINS[name](args)
    target = run.value(node.func, scope)
    if name.rpartition(".")[2] in ("parse_type", "optional_type", "nullable_str"):
        return next((each for each in args if isinstance(each, Kind)), UNKNOWN)
    if callable(target):
        return target(args, words)
    if isinstance(target, Ref) and _worth_following(args, words, target):
        return run.call(target, args, words)
    return UNKNOWN


def _worth_following(args: list[object], words: dict[str, object], target: Ref) -> bool:
    """Whether a function may add flags, or change keywords that others add."""
    given = [*args, *words.values()]
    if any(isinstance(each, Parser | Subparsers | dict) for each in given):
        return True
    # a small function that makes names or choices
    return isinstance(target.node, ast.FunctionDef) and len(target.node.body) <= 3


def _listed(args: list[object]) -> object:
    value = args[0] if args else []
    return list(value) if isinstance(value, list | tuple | dict) else UNKNOWN


def _sorted(args: list[object]) -> object:
    value = _listed(args)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return sorted(value)
    return value


BUILTINS: dict[str, Callable[[list[object]], object]] = {
    "list": _listed,
    "set": _listed,
    "tuple": _listed,
    "sorted": _sorted,
    "copy.deepcopy": lambda args: copy.deepcopy(args[0]),
    "get_args": _listed,
    "typing.get_args": _listed,
    "cast": lambda args: args[-1],
    "dict": lambda args: dict(args[0]) if args and isinstance(args[0], dict) else {},
}


def _update(table: dict[object, object], args: list[object], words: dict[str, object]) -> object:
    table.update(args[0] if args and isinstance(args[0], dict) else {})
    table.update(words)
    return None


def _pop(table: dict[object, object], args: list[object], words: dict[str, object]) -> object:
    return table.pop(args[0], args[1] if len(args) > 1 else UNKNOWN)


def _get(table: dict[object, object], args: list[object], words: dict[str, object]) -> object:
    return table.get(args[0], args[1] if len(args) > 1 else None)


TABLE: dict[str, Callable[[dict[object, object], list[object], dict[str, object]], object]] = {
    "items": lambda table, args, words: list(table.items()),
    "keys": lambda table, args, words: list(table),
    "values": lambda table, args, words: list(table.values()),
    "copy": lambda table, args, words: dict(table),
    "update": _update,
    "pop": _pop,
    "get": _get,
}
STRING = frozenset(
    [
        "replace",
        "lower",
        "upper",
        "removeprefix",
        "removesuffix",
        "strip",
        "join",
        "startswith",
        "format",
    ]
)


def _string(text: str, name: str, args: list[object], words: dict[str, object]) -> object:
    flat = [each for arg in args for each in (arg if isinstance(arg, list | tuple) else [arg])]
    if not all(isinstance(each, str) for each in (*flat, *words.values())):
        return UNKNOWN
    result: object = getattr(text, name)(*args, **words)
    return result


def _list(values: list[object], name: str, args: list[object]) -> object:
    if name == "copy":
        return list(values)
    if name == "remove" and args and args[0] in values:
        values.remove(args[0])
    elif name in ("append", "add"):
        values.append(args[0] if args else UNKNOWN)
    elif args and isinstance(args[0], list | tuple):
        values.extend(args[0])
    return None
