"""A Python package as text: its modules' trees, and where names come from; nothing is imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

DEEPEST = 12
"""Re-exports of re-exports; more is a circle."""


@dataclass(frozen=True)
class Module:
    """One module."""

    name: str
    """Its dotted name."""
    is_package: bool
    """It is an `__init__.py`."""
    names: dict[str, ast.AST] = field(hash=False, compare=False)
    """What its top level defines: classes, functions, assigned expressions."""
    imports: dict[str, tuple[str, str]] = field(hash=False, compare=False)
    """Local name to (module, name there); the name is empty for a module."""
    tree: ast.Module = field(hash=False, compare=False)
    """The whole of it."""


@dataclass(frozen=True)
class Ref:
    """A class, function or expression and the module it stands in."""

    module: Module
    """Where its names are looked up."""
    node: ast.AST = field(hash=False)
    """What it is."""
    owner: Ref | None = None
    """For a method, its class."""
    receiver: Ref | None = None
    """For a class method, the class it is called on."""


class Sources:
    """The packages below one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._modules: dict[str, Module | None] = {}

    def module(self, name: str) -> Module | None:
        """A module by its dotted name; None for one that is not below the folder."""
        if name not in self._modules:
            self._modules[name] = self._read(name)
        return self._modules[name]

    def _read(self, name: str) -> Module | None:
        base = self.root.joinpath(*name.split("."))
        for file, package in ((base / "__init__.py", True), (base.with_suffix(".py"), False)):
            if file.is_file():
                tree = ast.parse(file.read_text(encoding="utf-8"))
                names: dict[str, ast.AST] = {}
                imports: dict[str, tuple[str, str]] = {}
                module = Module(name, package, names, imports, tree)
                for statement in _top_level(tree.body):
                    bind(statement, module, names, imports)
                return module
        return None

    def modules_in(self, name: str) -> Iterator[Module]:
        """All modules below a package, by name."""
        folder = self.root.joinpath(*name.split("."))
        for file in sorted(folder.rglob("*.py")):
            parts = file.relative_to(self.root).with_suffix("").parts
            module = self.module(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
            if module:
                yield module

    def find(self, module: Module, name: str, depth: int = 0) -> Ref | None:
        """What a name means in a module, through imports."""
        if name in module.names:
            return Ref(module, module.names[name])
        if depth > DEEPEST:
            return None
        if name not in module.imports:
            return self._starred(module, name, depth)
        where, inner = module.imports[name]
        other = self.module(where)
        if other is None:
            return None
        if not inner:
            return Ref(other, other.tree)
        return self.find(other, inner, depth + 1) or self._submodule(f"{where}.{inner}")

    def _starred(self, module: Module, name: str, depth: int) -> Ref | None:
        """A name that `from … import *` brings."""
        for local, (where, _) in module.imports.items():
            other = self.module(where) if local.startswith("*") else None
            found = self.find(other, name, depth + 1) if other else None
            if found:
                return found
        return None

    def _submodule(self, name: str) -> Ref | None:
        module = self.module(name)
        return Ref(module, module.tree) if module else None


def _top_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements of the top level, those under `if` and `try` too."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.If):
            yield from _top_level([*statement.body, *statement.orelse])
        elif isinstance(statement, ast.Try):
            yield from _top_level(statement.body)


def bind(
    statement: ast.stmt,
    module: Module,
    names: dict[str, ast.AST],
    imports: dict[str, tuple[str, str]],
) -> None:
    """Enter what a statement defines; what was defined first stays."""
    if isinstance(statement, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        names.setdefault(statement.name, statement)
    elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        names.setdefault(statement.targets[0].id, statement.value)
    elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        if statement.value is not None:
            names.setdefault(statement.target.id, statement.value)
    else:
        for local, meant in _imported(statement, module):
            imports.setdefault(local, meant)


def _imported(statement: ast.stmt, module: Module) -> Iterator[tuple[str, tuple[str, str]]]:
    """What an import brings: the name here, the module, the name there."""
    if isinstance(statement, ast.ImportFrom):
        where = absolute(statement, module)
        for alias in statement.names:
            local = f"*{where}" if alias.name == "*" else alias.asname or alias.name
            yield local, (where, alias.name)
    elif isinstance(statement, ast.Import):
        for alias in statement.names:
            local = alias.asname or alias.name.partition(".")[0]
            yield local, (alias.name if alias.asname else local, "")


def absolute(statement: ast.ImportFrom, module: Module) -> str:
    """The module that `from … import` names."""
    if not statement.level:
        return statement.module or ""
    parts = module.name.split(".")
    base = parts[: len(parts) - statement.level + module.is_package]
    return ".".join([*base, *([statement.module] if statement.module else [])])
