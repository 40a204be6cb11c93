"""Functions that build a parser, followed as text: which flags they would add.

A small interpreter of what such functions are written in: assignments, loops over literals, calls
that hand the parser on. Both branches of an `if` are taken, as a parser for all machines has both.
What only a running program knows is UNKNOWN and goes no further.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from toolfacts.sources import Ref, Sources, bind
from toolfacts.values import UNKNOWN, Kind

DEEPEST = 40
"""Calls within calls."""
WORK = 200_000
"""Statements after which something must be wrong."""


@dataclass(frozen=True)
class Parser:
    """A parser, or a group of one: what is added to either is the command's."""

    command: str
    """E.g. `bench serve`"""


@dataclass(frozen=True)
class Subparsers:
    """What `add_subparsers` gives."""

    command: str
    """The command whose subcommands these are."""


@dataclass(frozen=True)
class Added:
    """One `add_argument`."""

    command: str
    """The command it is for."""
    names: tuple[str, ...]
    """Flags, or the name of a word without one."""
    words: Mapping[str, object]
    """The keywords it was given, as far as they are known."""


@dataclass
class Scope:
    """The names of a function at work."""

    ref: Ref
    """The function."""
    names: dict[str, object] = field(default_factory=dict)
    """What they are."""


class Returned(Exception):
    """Leaves a function with a value."""

    def __init__(self, value: object) -> None:
        super().__init__()
        self.value = value


Special = Callable[[list[object], dict[str, object]], object]
"""A function of the tool that is not followed but known."""


class Interpreter:
    """Follows functions and collects what they add."""

    def __init__(self, sources: Sources, special: Mapping[str, Special] | None = None) -> None:
        self.sources = sources
        self.special = special or {}
        self.added: list[Added] = []
        self.defaults: list[tuple[str, dict[str, object]]] = []
        self.commands: list[str] = []
        self.depth = 0
        self.work = 0

    def value_added(
        self, parser: Parser, names: tuple[str, ...], words: Mapping[str, object]
    ) -> None:
        """Enter one `add_argument`."""
        self.added.append(Added(parser.command, names, dict(words)))

    # functions

    def call(self, ref: Ref, args: list[object], words: dict[str, object]) -> object:
        """What a function gives; UNKNOWN where it cannot be followed."""
        node = ref.node
        if not isinstance(node, ast.FunctionDef) or self.depth > DEEPEST:
            return UNKNOWN
        scope = Scope(ref, self._bound(ref, node, args, words))
        self.depth += 1
        try:
            self.body(node.body, scope)
        except Returned as returned:
            return returned.value
        finally:
            self.depth -= 1
        return None

    def _bound(
        self, ref: Ref, node: ast.FunctionDef, args: list[object], words: dict[str, object]
    ) -> dict[str, object]:
        given = list(args)
        decorators = {ast.unparse(each) for each in node.decorator_list}
        if ref.owner is not None and "staticmethod" not in decorators:
            given = [ref.receiver or ref.owner, *given]
        names = [each.arg for each in (*node.args.posonlyargs, *node.args.args)]
        bound: dict[str, object] = dict.fromkeys(names, UNKNOWN)
        for each, value in zip(reversed(names), reversed(node.args.defaults), strict=False):
            bound[each] = self.value(value, Scope(ref))
        for only, given_value in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True):
            bound[only.arg] = self.value(given_value, Scope(ref))
        bound.update(zip(names, given, strict=False))
        bound.update(words)
        return bound

    # statements

    def body(self, statements: list[ast.stmt], scope: Scope) -> None:
        """Follow statements in order."""
        for statement in statements:
            self.work += 1
            if self.work > WORK:
                raise RuntimeError(f"more than {WORK} statements: {scope.ref.module.name}")
            handler = STATEMENTS.get(type(statement))
            if handler:
                handler(self, statement, scope)

    def _assign(self, node: ast.Assign, scope: Scope) -> None:
        value = self.value(node.value, scope)
        for target in node.targets:
            self._store(target, value, scope)

    def _annotated(self, node: ast.AnnAssign, scope: Scope) -> None:
        if node.value is not None:
            self._store(node.target, self.value(node.value, scope), scope)

    def _store(self, target: ast.expr, value: object, scope: Scope) -> None:
        if isinstance(target, ast.Name):
            scope.names[target.id] = value
        elif isinstance(target, ast.Tuple):
            parts = list(value) if isinstance(value, tuple | list) else []
            for at, each in enumerate(target.elts):
                self._store(each, parts[at] if at < len(parts) else UNKNOWN, scope)
        elif isinstance(target, ast.Subscript):
            table = self.value(target.value, scope)
            key = self.value(target.slice, scope)
            if isinstance(table, dict) and isinstance(key, str):
                table[key] = value

    def _expression(self, node: ast.Expr, scope: Scope) -> None:
        self.value(node.value, scope)

    def _if(self, node: ast.If, scope: Scope) -> None:
        test = self.value(node.test, scope)
        if test is UNKNOWN or not isinstance(test, bool):
            self._branch(node.body, scope)
            self._branch(node.orelse, scope)
        else:
            self.body(node.body if test else node.orelse, scope)

    def _branch(self, body: list[ast.stmt], scope: Scope) -> None:
        """A branch that may not be taken: a `return` in it does not end the function."""
        try:
            self.body(body, scope)
        except Returned:
            return

    def _for(self, node: ast.For, scope: Scope) -> None:
        values = self.value(node.iter, scope)
        for value in list(values) if isinstance(values, list | tuple | dict) else []:
            self._store(node.target, value, scope)
            self.body(node.body, scope)

    def _with(self, node: ast.With, scope: Scope) -> None:
        self.body(node.body, scope)

    def _try(self, node: ast.Try, scope: Scope) -> None:
        self.body([*node.body, *node.orelse, *node.finalbody], scope)

    def _return(self, node: ast.Return, scope: Scope) -> None:
        raise Returned(self.value(node.value, scope) if node.value else None)

    def _define(self, node: ast.FunctionDef, scope: Scope) -> None:
        scope.names[node.name] = Ref(scope.ref.module, node)

    def _import(self, node: ast.stmt, scope: Scope) -> None:
        names: dict[str, ast.AST] = {}
        imports: dict[str, tuple[str, str]] = {}
        bind(node, scope.ref.module, names, imports)
        for name, (where, inner) in imports.items():
            module = self.sources.module(where)
            found = self.sources.find(module, inner) if module and inner else None
            scope.names[name] = self.special.get(inner) or found or UNKNOWN

    def _delete(self, node: ast.Delete, scope: Scope) -> None:
        for target in node.targets:
            if isinstance(target, ast.Subscript):
                table = self.value(target.value, scope)
                key = self.value(target.slice, scope)
                if isinstance(table, dict) and isinstance(key, str):
                    table.pop(key, None)

    # expressions

    def value(self, node: ast.expr | None, scope: Scope) -> object:
        """What an expression is, or UNKNOWN."""
        handler = EXPRESSIONS.get(type(node))
        return handler(self, node, scope) if handler and node is not None else UNKNOWN

    def _constant(self, node: ast.Constant, scope: Scope) -> object:
        return node.value

    def _name(self, node: ast.Name, scope: Scope) -> object:
        if node.id in scope.names:
            return scope.names[node.id]
        if node.id in self.special:
            return self.special[node.id]
        if node.id in KINDS:
            return KINDS[node.id]
        found = self.sources.find(scope.ref.module, node.id)
        if found is None:
            return UNKNOWN
        if isinstance(found.node, ast.expr):
            return self.value(found.node, Scope(found))
        return found

    def _attribute(self, node: ast.Attribute, scope: Scope) -> object:
        whole = ast.unparse(node)
        if whole in KINDS or whole in self.special:
            return KINDS.get(whole) or self.special[whole]
        owner = self.value(node.value, scope)
        if not isinstance(owner, Ref):
            return UNKNOWN
        return self.member(owner, node.attr)

    def member(self, owner: Ref, name: str) -> object:
        """A name in a class, in what it extends, or in a module."""
        if isinstance(owner.node, ast.Module):
            if name in self.special:
                return self.special[name]
            found = self.sources.find(owner.module, name)
            if found is not None and isinstance(found.node, ast.expr):
                return self.value(found.node, Scope(found))
            return found or UNKNOWN
        for cls in self.lineage(owner):
            for statement in getattr(cls.node, "body", []):
                if getattr(statement, "name", "") == name:
                    return Ref(cls.module, statement, cls, owner)
                target = (
                    getattr(statement, "target", None) or getattr(statement, "targets", [None])[0]
                )
                if isinstance(target, ast.Name) and target.id == name and statement.value:
                    return self.value(statement.value, Scope(cls))
        return UNKNOWN

    def lineage(self, owner: Ref) -> list[Ref]:
        """A class and what it extends, nearest first."""
        found = [owner]
        for base in getattr(owner.node, "bases", []):
            value = self.value(base, Scope(Ref(owner.module, owner.node)))
            if isinstance(value, Ref) and value.node is not owner.node:
                found += self.lineage(value)
        return found

    def _subscript(self, node: ast.Subscript, scope: Scope) -> object:
        if ast.unparse(node.value).rpartition(".")[2] == "Literal":
            inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            return self._elements(list(inner), scope)
        table, key = self.value(node.value, scope), self.value(node.slice, scope)
        if isinstance(table, dict) and isinstance(key, str):
            return table.get(key, UNKNOWN)
        if (
            isinstance(table, list | tuple)
            and isinstance(key, int)
            and -len(table) <= key < len(table)
        ):
            return table[key]
        return UNKNOWN

    def _list(self, node: ast.List, scope: Scope) -> object:
        return self._elements(node.elts, scope)

    def _tuple(self, node: ast.Tuple, scope: Scope) -> object:
        return tuple(self._elements(node.elts, scope))

    def _elements(self, nodes: list[ast.expr], scope: Scope) -> list[object]:
        found: list[object] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                value = self.value(node.value, scope)
                found += list(value) if isinstance(value, list | tuple | dict) else [UNKNOWN]
            else:
                found.append(self.value(node, scope))
        return found

    def _dict(self, node: ast.Dict, scope: Scope) -> object:
        table: dict[object, object] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            inner = self.value(value, scope)
            if key is None:
                table.update(inner if isinstance(inner, dict) else {})
            elif isinstance(name := self.value(key, scope), str | int | float):
                table[name] = inner
        return table

    def _joined(self, node: ast.JoinedStr, scope: Scope) -> object:
        parts = []
        for each in node.values:
            inner = each.value if isinstance(each, ast.FormattedValue) else each
            value = self.value(inner, scope)
            if not isinstance(value, str | int):
                return UNKNOWN
            parts.append(str(value))
        return "".join(parts)

    def _binary(self, node: ast.BinOp, scope: Scope) -> object:
        left, right = self.value(node.left, scope), self.value(node.right, scope)
        if isinstance(node.op, ast.Add) and type(left) is type(right):
            return left + right if isinstance(left, str | list | tuple | int | float) else UNKNOWN  # type: ignore[operator]  # both are of one of these types
        if isinstance(node.op, ast.Mult) and isinstance(left, int | float):
            return left * right if isinstance(right, int | float) else UNKNOWN
        if isinstance(node.op, ast.Pow) and isinstance(left, int) and isinstance(right, int):
            return left**right if 0 <= right < 64 else UNKNOWN
        return UNKNOWN

    def _unary(self, node: ast.UnaryOp, scope: Scope) -> object:
        value = self.value(node.operand, scope)
        if isinstance(node.op, ast.USub) and isinstance(value, int | float):
            return -value
        return UNKNOWN

    def _choice(self, node: ast.IfExp, scope: Scope) -> object:
        return self.value(node.body, scope)

    def _call(self, node: ast.Call, scope: Scope) -> object:
        from toolfacts.calls import called

        return called(self, node, scope)


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

STATEMENTS: dict[type[ast.stmt], Callable[[Interpreter, ast.stmt, Scope], None]] = {
    ast.Assign: Interpreter._assign,  # type: ignore[dict-item]  # each takes the node it stands for
    ast.AnnAssign: Interpreter._annotated,  # type: ignore[dict-item]  # as above
    ast.Expr: Interpreter._expression,  # type: ignore[dict-item]  # as above
    ast.If: Interpreter._if,  # type: ignore[dict-item]  # as above
    ast.For: Interpreter._for,  # type: ignore[dict-item]  # as above
    ast.With: Interpreter._with,  # type: ignore[dict-item]  # as above
    ast.Try: Interpreter._try,  # type: ignore[dict-item]  # as above
    ast.Return: Interpreter._return,  # type: ignore[dict-item]  # as above
    ast.FunctionDef: Interpreter._define,  # type: ignore[dict-item]  # as above
    ast.Import: Interpreter._import,
    ast.ImportFrom: Interpreter._import,
    ast.Delete: Interpreter._delete,  # type: ignore[dict-item]  # as above
}

EXPRESSIONS: dict[type[ast.expr | None], Callable[[Interpreter, ast.expr, Scope], object]] = {
    ast.Constant: Interpreter._constant,  # type: ignore[dict-item]  # each takes the node it stands for
    ast.Name: Interpreter._name,  # type: ignore[dict-item]  # as above
    ast.Attribute: Interpreter._attribute,  # type: ignore[dict-item]  # as above
    ast.Subscript: Interpreter._subscript,  # type: ignore[dict-item]  # as above
    ast.List: Interpreter._list,  # type: ignore[dict-item]  # as above
    ast.Set: Interpreter._list,  # type: ignore[dict-item]  # as above
    ast.Tuple: Interpreter._tuple,  # type: ignore[dict-item]  # as above
    ast.Dict: Interpreter._dict,  # type: ignore[dict-item]  # as above
    ast.JoinedStr: Interpreter._joined,  # type: ignore[dict-item]  # as above
    ast.BinOp: Interpreter._binary,  # type: ignore[dict-item]  # as above
    ast.UnaryOp: Interpreter._unary,  # type: ignore[dict-item]  # as above
    ast.IfExp: Interpreter._choice,  # type: ignore[dict-item]  # as above
    ast.Call: Interpreter._call,  # type: ignore[dict-item]  # as above
}
