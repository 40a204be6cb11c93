"""Functions that build a parser, followed as text: which flags they would add.

A small interpreter of what such functions are written in: assignments, loops over literals, calls
that hand the parser on. Both branches of an `if` are taken, as a parser for all machines has both.
What only a running program knows is UNKNOWN and goes no further.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

from toolfacts.calls import called
from toolfacts.expressions import EXPRESSIONS
from toolfacts.sources import Ref, Sources, bind
from toolfacts.things import Added, Parser, Returned, Scope, Special
from toolfacts.values import UNKNOWN

DEEPEST = 40
"""Calls within calls."""
WORK = 200_000
"""Statements after which something must be wrong."""


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
        if isinstance(node, ast.Call):
            return called(self, node, scope)
        handler = EXPRESSIONS.get(type(node))
        return handler(self, node, scope) if handler and node is not None else UNKNOWN

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
