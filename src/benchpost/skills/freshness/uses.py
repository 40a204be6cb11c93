"""The names of packages that Python code uses: imports, and attributes of what was imported.

Code of a text is often a piece: prompts and magics are read over, and of code that is not Python
the import statements alone are taken. What stands in a `try` that expects it to fail is left out.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from benchpost.errors import Place
from benchpost.skills.freshness import lazy
from benchpost.skills.freshness.blocks import Block

_MAGIC = re.compile(r"^([ \t]*)[%!].*$", re.MULTILINE)
_PROMPT = re.compile(r"^(?:>>>|\.\.\.|In \[\d+\]:) ?", re.MULTILINE)
_STATEMENT = re.compile(
    r"^[ \t]*(from[ \t]+[\w.]+[ \t]+import[ \t]+(?:\([^()]*\)|[\w*, \t]+)"
    r"|import[ \t]+[\w.]+(?:[ \t]+as[ \t]+\w+)?)[ \t]*(?=[#;\n]|\Z)",
    re.MULTILINE,
)
_EXPECTED = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "AttributeError", ""})


@dataclass(frozen=True, slots=True)
class Use:
    """One name of a package in code."""

    name: str
    """From its top module on. E.g. `dspy.teleprompt.MIPRO`"""
    place: Place
    """Where it stands."""
    imported: bool
    """By an import statement; else as an attribute of something imported."""

    @property
    def top(self) -> str:
        """Its first module."""
        return self.name.partition(".")[0]


@dataclass
class Read:
    """What the Python code of one file uses."""

    uses: list[Use] = field(default_factory=list)
    """In source order."""
    pieces: int = 0
    """Blocks that are not Python as they stand, of which only imports were read."""


@dataclass(frozen=True)
class _Parsed:
    block: Block
    tree: ast.Module
    shift: tuple[int, int]
    """Lines and columns that stand before the tree's first character."""

    def place(self, node: ast.stmt | ast.expr | ast.alias) -> Place:
        lines, columns = self.shift
        return self.block.place(node.lineno - 1 + lines, node.col_offset + columns)


def uses(found: Sequence[Block]) -> Read:
    """What the Python blocks of one file use, which go on from one another."""
    read = Read()
    parsed: list[_Parsed] = []
    for block in found:
        whole = _whole(block)
        read.pieces += whole is None
        parsed += [whole] if whole else _statements(block)
    bound: dict[str, str] = {}
    taken = {name for each in parsed for name in _stored(each.tree)}
    for each in parsed:
        guarded = set(_guarded(each.tree))
        for node in ast.walk(each.tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                bound |= _bindings(node)
                if node not in guarded:
                    read.uses += _imports(node, each)
        free = {name: module for name, module in bound.items() if name not in taken}
        read.uses += _attributes(each, free)
    return read


def _whole(block: Block) -> _Parsed | None:
    text = block.text
    columns = 0
    if _PROMPT.match(text):
        lines = text.split("\n")
        text = "\n".join(_PROMPT.sub("", ln) if _PROMPT.match(ln) else "" for ln in lines)
        columns = 4
    dedented = textwrap.dedent(text)
    if text.strip():
        first = next(line for line in text.split("\n") if line.strip())
        columns += len(first) - len(textwrap.dedent(first)) if dedented != text else 0
    tree = _tree(_MAGIC.sub(r"\1pass", dedented))
    return _Parsed(block, tree, (0, columns)) if tree else None


def _statements(block: Block) -> Iterator[_Parsed]:
    for match in _STATEMENT.finditer(block.text):
        tree = _tree(match[1])
        if tree:
            begin = block.text.rfind("\n", 0, match.start(1)) + 1
            lines = block.text.count("\n", 0, match.start(1))
            yield _Parsed(block, tree, (lines, match.start(1) - begin))


def _tree(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None


def _bindings(node: ast.Import | ast.ImportFrom) -> Mapping[str, str]:
    """Names that an import gives, and what they stand for."""
    if isinstance(node, ast.Import):
        return {
            alias.asname or alias.name.partition(".")[0]: alias.name
            if alias.asname
            else alias.name.partition(".")[0]
            for alias in node.names
        }
    if node.level or not node.module:
        return {alias.asname or alias.name: "" for alias in node.names}
    return {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names if a.name != "*"}


def _imports(node: ast.Import | ast.ImportFrom, where: _Parsed) -> Iterator[Use]:
    if isinstance(node, ast.Import):
        yield from (Use(alias.name, where.place(alias), True) for alias in node.names)
    elif node.module and not node.level:
        for alias in node.names:
            name = node.module if alias.name == "*" else f"{node.module}.{alias.name}"
            yield Use(name, where.place(alias), True)


def _attributes(where: _Parsed, bound: Mapping[str, str]) -> Iterator[Use]:
    inner = {node.value for node in ast.walk(where.tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(where.tree):
        if isinstance(node, ast.Attribute) and node not in inner:
            parts: list[str] = []
            # what is given a value or removed need not have been there; what holds it must
            base: ast.expr = node if isinstance(node.ctx, ast.Load) else node.value
            while isinstance(base, ast.Attribute):
                parts.append(base.attr)
                base = base.value
            if parts and isinstance(base, ast.Name) and bound.get(base.id):
                name = ".".join([bound[base.id], *reversed(parts)])
                yield Use(name, where.place(base), False)


def _stored(tree: ast.Module) -> Iterator[str]:
    """Names that the code itself gives a value."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            yield node.name


def _guarded(tree: ast.Module) -> Iterator[ast.AST]:
    """Nodes in a `try` whose handlers expect an import to fail, or below `suppress` of that."""
    for node in ast.walk(tree):
        if isinstance(node, ast.With | ast.AsyncWith) and any(map(_suppresses, node.items)):
            yield from (inner for each in node.body for inner in ast.walk(each))
        if isinstance(node, ast.Try) and any(_expects(each.type) for each in node.handlers):
            yield from (inner for each in node.body for inner in ast.walk(each))


def _expects(kind: ast.expr | None) -> bool:
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(getattr(each, "attr", getattr(each, "id", "")) in _EXPECTED for each in kinds)


def _suppresses(item: ast.withitem) -> bool:
    """Whether `with` is of `contextlib.suppress(ImportError)`."""
    call = item.context_expr
    return lazy.called(call) == "suppress" and any(map(_expects, getattr(call, "args", ())))
