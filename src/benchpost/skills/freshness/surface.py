"""Whether a release has a module or a name in it, from its files alone.

Three answers: it is there, it is gone, or that cannot be told. `Gone` is said only when all ways
by which the name could come to be stand in the files: definitions, imports, `from … import *`
followed to its end, stubs, `__all__`, tables of lazy modules. Compiled code, names made while the
program runs, and parts that another package brings make the answer the third.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum

from benchpost.skills.freshness import lazy, making
from benchpost.skills.freshness.making import Made
from benchpost.skills.freshness.releases import NATIVE, Release

_PATHS = re.compile(r"\b(?:sys\.modules|__path__|meta_path|extend_path|path_hooks)\b")
"""What a package does that has modules of other names than its files."""


class Verdict(Enum):
    """What can be said of a name."""

    THERE = "there"
    """The release has it."""
    GONE = "gone"
    """The release does not have it."""
    UNKNOWN = "unknown"
    """Its files do not tell."""


@dataclass(frozen=True)
class Found:
    """The answer for one dotted name."""

    verdict: Verdict
    """Whether it is there."""
    missing: str = ""
    """The first part that is gone, from its module on. E.g. `dspy.teleprompt.MIPRO`"""
    known: frozenset[str] = frozenset()
    """Names that are there instead."""
    said: str = ""
    """What a module that only raises an error says of itself."""


@dataclass(frozen=True)
class Names:
    """What a module offers."""

    known: frozenset[str] = frozenset()
    """Names that it surely or possibly has."""
    open: bool = False
    """It may have others."""
    below: bool = False
    """It also gives on what modules below it define."""
    lazy: bool = False
    """An object may stand for it, with names of its own that begin with `_`."""
    raises: str = ""
    """First line of the docstring, or the error, of a module that cannot be imported at all."""


@dataclass(frozen=True)
class Surface:
    """A release with what was read of it."""

    release: Release
    """Whose names."""
    _read: dict[str, Names] = field(default_factory=dict, repr=False)
    _told: dict[str, Found] = field(default_factory=dict, repr=False)
    _made: dict[str, set[Made]] = field(default_factory=dict, repr=False)

    def find(self, dotted: str) -> Found:
        """Whether a dotted name is there, as `import` and attributes would look for it."""
        if dotted not in self._told:
            self._told[dotted] = self._find(dotted)
        return self._told[dotted]

    def _find(self, dotted: str) -> Found:
        module, *parts = dotted.split(".")
        if module not in self.release.modules or self.release.hidden:
            return Found(Verdict.UNKNOWN)
        for part in parts:
            child = f"{module}.{part}"
            if child in self.release.modules:
                if said := self.names(child).raises:
                    return Found(Verdict.GONE, child, said=said)
                module = child
                continue
            names = self.names(module)
            verdict = self._verdict(module, names, part)
            if verdict is Verdict.GONE:
                return Found(verdict, child, names.known | self._children(module))
            # what a name holds is not followed: it may be a class, or another module
            return Found(verdict)
        return Found(Verdict.THERE)

    def names(self, module: str) -> Names:
        """The names of a module of the release."""
        if module not in self._read:
            # a module that imports all of itself by a detour adds nothing
            self._read[module] = Names()
            self._read[module] = self._of_files(module)
        return self._read[module]

    def _of_files(self, module: str) -> Names:
        files = self.release.modules[module]
        if not files:
            return Names(open=True)
        is_native = any(file.endswith(NATIVE) for file in files)
        parsed = [_parsed(self.release.text(file)) for file in files if not file.endswith(NATIVE)]
        known: set[str] = set()
        is_open, below, is_lazy, raises = is_native, False, False, ""
        for file, tree in zip((f for f in files if not f.endswith(NATIVE)), parsed, strict=True):
            if tree is None:
                is_open = True
                continue
            found = self._of_tree(tree, module, file.rpartition("/")[2].startswith("__init__."))
            known |= found.known
            # a stub beside a source is a promise, not a limit
            is_open |= found.open and not (file.endswith(".pyi") and len(files) > 1)
            below |= found.below
            is_lazy |= found.lazy
            raises = raises or found.raises
        return Names(frozenset(known), is_open, below, is_lazy, raises)

    def homes(self, name: str) -> list[str]:
        """At most two modules that define a class or function of a name, the shallowest first."""
        defined = re.compile(rf"^(?:class|def|async def) {re.escape(name)}\b", re.MULTILINE)
        public = (each for each in self.release.modules if "._" not in each and "test" not in each)
        found: list[str] = []
        for module in sorted(public, key=lambda each: (each.count("."), each)):
            texts = (self.release.text(f) for f in self.release.modules[module] if f[-3:] == ".py")
            if any(name in text and defined.search(text) for text in texts):
                found.append(module)
                if len(found) == 2:
                    break
        return found

    def _of_tree(self, tree: ast.Module, module: str, is_package: bool) -> Names:
        known = set(_bound(tree)) | set(_exported(tree))
        is_open, below = (
            _is_dynamic(tree),
            any(lazy.called(n) in lazy.BELOW for n in ast.walk(tree)),
        )
        if lazy.is_lazy(tree):
            is_open |= not lazy.closed(tree)
            known |= {text for text in _texts(tree) if text.isidentifier()}
        for star in _stars(tree, module, is_package):
            if star not in self.release.modules:
                is_open = True
                continue
            found = self.names(star)
            known |= found.known
            is_open |= found.open
        return Names(frozenset(known), is_open, below, lazy.is_lazy(tree), _raised(tree))

    def _verdict(self, module: str, names: Names, part: str) -> Verdict:
        if part in names.known or (part.startswith("__") and part.endswith("__")):
            return Verdict.THERE
        if names.below and (said := self._below(module, part)) is not Verdict.GONE:
            return said
        # import hooks answer to names of modules, which no one writes with capitals
        hooked = part.islower() and self._elsewhere(module)
        hidden = names.open or hooked or (names.lazy and part.startswith("_"))
        hidden = hidden or self._is_made(module, part)
        return Verdict.UNKNOWN if hidden else Verdict.GONE

    def _is_made(self, module: str, name: str) -> bool:
        """Whether code of the release may put a name into a module while it runs."""
        own = self.release.modules[module]
        assigned = re.compile(rf"\.{re.escape(name)}\b[^=\n]*=")
        for path, files in self.release.modules.items():
            if path.partition(".")[0] != module.partition(".")[0]:
                continue
            for file in (each for each in files if each.endswith(".py")):
                text = self.release.text(file)
                if not making.MAY_MAKE.search(text) and not assigned.search(text):
                    continue
                for target, put in self._made_by(path, file):
                    mine = target == module or (target == making.OWN and file in own)
                    if mine and put in (name, making.ANY):
                        return True
        return False

    def _made_by(self, module: str, file: str) -> set[Made]:
        if file not in self._made:
            tree = _parsed(self.release.text(file))
            is_package = file.endswith("__init__.py")
            package = module if is_package else module.rpartition(".")[0]
            names = _imported(tree, module, is_package) if tree else {}
            self._made[file] = making.made(tree, module, package, names) if tree else set()
        return self._made[file]

    def _elsewhere(self, module: str) -> bool:
        """Whether a module around or at this one takes modules from other places."""
        parts = module.split(".")
        packages = [".".join(parts[:length]) for length in range(1, len(parts) + 1)]
        files = [file for package in packages for file in self.release.modules[package]]
        texts = [self.release.text(file) for file in files if file.endswith(".py")]
        return any(_PATHS.search(_without_own(text)) for text in texts)

    def _below(self, module: str, name: str) -> Verdict:
        """Whether any module below defines or lists a name, by its text: there may be thousands."""
        defined = re.compile(rf"^(?:(?:class|def|async def) {name}\b|{name}\s*[:=])", re.MULTILINE)
        verdict = Verdict.GONE
        for path, files in self.release.modules.items():
            for file in files if path.startswith(f"{module}.") else ():
                text = "" if file.endswith(NATIVE) else self.release.text(file)
                if name not in text:
                    continue
                if defined.search(text):
                    return Verdict.THERE
                if f'"{name}"' in text or f"'{name}'" in text:
                    verdict = Verdict.UNKNOWN
        return verdict

    def _children(self, module: str) -> frozenset[str]:
        begin = f"{module}."
        inner = (name[len(begin) :] for name in self.release.modules if name.startswith(begin))
        return frozenset(name for name in inner if "." not in name)


def _without_own(text: str) -> str:
    """A module's text without the lines by which it stands for itself, which are judged apart."""
    return re.sub(r"sys\.modules\[__name__\]|sys\.modules\.get\(__name__\)", "", text)


def _parsed(text: str) -> ast.Module | None:
    try:
        return ast.parse(text.removeprefix("\ufeff"))
    except (SyntaxError, ValueError, RecursionError):
        return None


def _raised(tree: ast.Module) -> str:
    """What a module says that does nothing but raise an error; empty for all others."""
    error = next((node for node in tree.body if isinstance(node, ast.Raise)), None)
    if error is None:
        return ""
    words = ast.get_docstring(tree) or ast.unparse(error)
    return words.split("\n")[0].strip()


def _bound(tree: ast.Module) -> Iterator[str]:
    """Every name that a module's statements bind, in whatever branch."""
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
            yield from (
                n for each in ast.walk(node) if isinstance(each, ast.Global) for n in each.names
            )
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            yield node.name
        waiting.extend(ast.iter_child_nodes(node))


def _imported(tree: ast.Module, module: str, is_package: bool) -> dict[str, str]:
    """Names that the imports of a file give, and the dotted names that they stand for."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                found[alias.asname or top] = alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom):
            base = absolute(node, module, is_package)
            found |= {each.asname or each.name: f"{base}.{each.name}" for each in node.names}
    return found


def _exported(tree: ast.Module) -> Iterator[str]:
    """Texts of `__all__`, however it is put together."""
    for node in tree.body:
        kinds = ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Expr
        if isinstance(node, kinds) and "__all__" in ast.unparse(node):
            yield from _texts(node)


def _texts(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _stars(tree: ast.Module, module: str, is_package: bool) -> Iterator[str]:
    """Modules all of whose names a module takes over when it runs."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            yield absolute(node, module, is_package)
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            waiting.extend(node.orelse)
        else:
            waiting.extend(ast.iter_child_nodes(node))


def absolute(node: ast.ImportFrom, module: str, is_package: bool) -> str:
    """The module that a `from … import` names."""
    if not node.level:
        return node.module or ""
    parts = module.split(".")
    parts = parts[: len(parts) - node.level + is_package]
    return ".".join([*parts, *([node.module] if node.module else [])])


_READERS = frozenset({"set", "sorted", "list", "dict", "tuple", "len", "iter"})
"""What may be given a namespace without changing it."""
_CHANGES = frozenset({"update", "setdefault", "pop", "clear", "__setitem__"})


def _is_dynamic(tree: ast.Module) -> bool:
    """Whether statements of a module make names that do not stand in it."""
    nodes = list(_running(tree))
    spaces = [node for node in nodes if lazy.called(node) in ("globals", "vars", "locals")]
    held = {
        target.id
        for node in nodes
        if isinstance(node, ast.Assign) and node.value in spaces
        for target in node.targets
        if isinstance(target, ast.Name)
    }

    def is_space(node: ast.AST) -> bool:
        return node in spaces or (isinstance(node, ast.Name) and node.id in held)

    is_table = any(lazy.called(node) in lazy.BELOW for node in nodes)
    return any(_changes(node, is_space, is_table) for node in nodes)


def _changes(node: ast.AST, is_space: Callable[[ast.AST], bool], is_table: bool) -> bool:
    """Whether one expression puts a name into a namespace."""
    if isinstance(node, ast.Subscript):
        return is_space(node.value) and not isinstance(node.ctx, ast.Load)
    if not isinstance(node, ast.Call):
        return False
    name = lazy.called(node)
    if name in ("exec", "eval"):
        return True
    if name == "setattr":
        # the objects that stand for missing extras come from the table, by their own names
        return not is_table
    if isinstance(node.func, ast.Attribute) and is_space(node.func.value):
        return name in _CHANGES
    return name not in _READERS and any(is_space(inner) for inner in node.args)


def _running(tree: ast.Module) -> Iterator[ast.AST]:
    """What a module may do as it is imported, its own functions included."""
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        own = getattr(node, "name", "") in ("__getattr__", "__dir__")
        if isinstance(node, ast.ClassDef) or (own and isinstance(node, ast.FunctionDef)):
            continue
        if isinstance(node, ast.FunctionDef) and "global" not in ast.unparse(node):
            continue
        yield node
        waiting.extend(ast.iter_child_nodes(node))
