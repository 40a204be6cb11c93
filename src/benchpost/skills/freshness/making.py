"""Names that code puts into a module while it runs: `setattr(sys.modules[__name__], …)` and kin.

They stand in no definition, so a name that is missing from a module's text may be there all the
same. Said is only into which module something is written and, where it shows, under which name.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from benchpost.skills.freshness import lazy

OWN = ""
"""Target of what is written into a module that does not show: it may be the one it stands in."""
ANY = ""
"""Name of what is written under names that do not show."""

MAY_MAKE = re.compile(
    r"\b(?:setattr|delattr)\(|__dict__|\bvars\(|__globals__|\bglobals\(|global_enum|_convert_?\("
    r"|\bmodules\b|import_module|__import__"
)
"""What is in every text that makes names, but for `module.name = value`."""

_CHANGES = frozenset({"update", "setdefault", "__setitem__"})
_CONVERTS = frozenset({"_convert", "_convert_"})
_ANSWERS = frozenset({"__getattr__", "__dir__"})
"""Functions that keep what they were asked for; what they answer to is judged apart."""

Made = tuple[str, str]
"""A module, or OWN, and a name, or ANY."""


def made(tree: ast.Module, module: str, package: str, absolute: Mapping[str, str]) -> set[Made]:
    """What the code of a file writes into modules.

    `absolute` are the names that its imports give, with the dotted names that they stand for.
    """
    writer = _Writer(module, package, dict(absolute))
    nodes = list(_all(tree))
    for _ in range(2):
        # a name may be held by another one
        for node in nodes:
            writer.hold(node)
    found = {each for node in nodes for each in writer.writes(node)}
    # the objects that stand for missing extras come from the table, by their own names
    is_table = any(lazy.called(node) in lazy.BELOW for node in nodes)
    return found - {(module, ANY)} if is_table else found


def _all(tree: ast.Module) -> Iterator[ast.AST]:
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for child in ast.iter_child_nodes(node):
            answers = isinstance(child, ast.FunctionDef) and child.name in _ANSWERS
            if not (node is tree and answers):
                waiting.append(child)


class _Writer:
    def __init__(self, module: str, package: str, bound: dict[str, str]) -> None:
        self.module, self.package, self.bound = module, package, bound

    def hold(self, node: ast.AST) -> None:
        """Note a name that a module is given to, as a variable or as what a parameter is."""
        pairs: list[tuple[str, ast.expr]] = []
        if isinstance(node, ast.Assign):
            pairs = [(each.id, node.value) for each in node.targets if isinstance(each, ast.Name)]
        elif isinstance(node, ast.NamedExpr):
            pairs = [(node.target.id, node.value)]
        elif isinstance(node, ast.arguments) and node.defaults:
            named = [each.arg for each in (*node.posonlyargs, *node.args)]
            pairs = list(zip(named[-len(node.defaults) :], node.defaults, strict=True))
        for name, value in pairs:
            target = self.target(value) if not isinstance(value, ast.Name | ast.Attribute) else None
            if target is not None:
                self.bound[name] = target

    def target(self, node: ast.expr) -> str | None:
        """The module that an expression is; None for what does not seem to be one."""
        if isinstance(node, ast.Name):
            return self.bound.get(node.id)
        if isinstance(node, ast.Attribute):
            base = self.target(node.value)
            return f"{base}.{node.attr}" if base else None
        if isinstance(node, ast.Subscript) and _ends(node.value, "modules"):
            return self._key(node.slice)
        if isinstance(node, ast.Call):
            gets = isinstance(node.func, ast.Attribute) and _ends(node.func.value, "modules")
            if gets or lazy.called(node) in ("import_module", "__import__"):
                return self._key(node.args[0]) if node.args else OWN
        return None

    def _key(self, node: ast.expr) -> str:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        if isinstance(node, ast.Name):
            return {"__name__": self.module, "__package__": self.package}.get(node.id, OWN)
        return OWN

    def writes(self, node: ast.AST) -> Iterator[Made]:
        """What one node writes."""
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            base = self.target(node.value)
            if base is not None:
                yield base, node.attr
        elif isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
            space = self._space(node.value)
            if space is not None:
                yield space, _text(node.slice)
        elif isinstance(node, ast.Call):
            yield from self._called(node)
        elif any(_ends(each, "global_enum") for each in getattr(node, "decorator_list", ())):
            yield OWN, ANY

    def _called(self, node: ast.Call) -> Iterator[Made]:
        name = lazy.called(node)
        if name in _CONVERTS:
            yield OWN, ANY
        elif name in ("setattr", "delattr") and len(node.args) > 1:
            base = self.target(node.args[0])
            if base is not None:
                yield base, _text(node.args[1])
        elif name in _CHANGES and isinstance(node.func, ast.Attribute):
            space = self._space(node.func.value)
            if space is not None:
                yield space, ANY

    def _space(self, node: ast.expr) -> str | None:
        """The module whose namespace an expression is."""
        if _ends(node, "__globals__") or lazy.called(node) == "globals":
            return OWN
        if isinstance(node, ast.Attribute) and node.attr == "__dict__":
            return self.target(node.value)
        if isinstance(node, ast.Call) and lazy.called(node) == "vars" and node.args:
            return self.target(node.args[0])
        return None


def _ends(node: ast.expr, name: str) -> bool:
    return getattr(node, "attr", "") == name or getattr(node, "id", "") == name


def _text(node: ast.expr) -> str:
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return str(node.value) if is_text and isinstance(node, ast.Constant) else ANY
