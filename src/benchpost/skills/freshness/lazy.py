"""Modules that make their names on demand: which they can make, where their text says so.

A package that loads its parts when they are asked for has a `__getattr__`, or puts an object in
the place of itself. Where the names it answers to stand in it as text, a name that does not is
not there. Where anything else may answer, nothing is said of any name.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

ATTACHED = frozenset({"attach", "attach_stub"})
"""Functions of lazy-loader (scientific-python.org SPEC 1) that give `__getattr__` and `__all__`."""
LAZY_MODULES = frozenset({"_LazyModule", "LazyModule"})
"""Classes, made known by transformers, whose objects stand for a module and answer to a table."""
BELOW = frozenset({"define_import_structure", "get_objects_from_module", "dir"})
"""Calls, of transformers and diffusers, whose table is what modules below the package define."""
_PLAIN = frozenset(
    {"append", "extend", "update", "setdefault", "add", "items", "keys", "values"}
    | {"dict", "list", "set", "frozenset", "tuple", "sorted", "startswith", *BELOW}
)
"""Calls that only put together what stands there."""


def called(node: ast.AST) -> str:
    """The last name of what a call calls; empty for what is no call."""
    if not isinstance(node, ast.Call):
        return ""
    function = node.func
    return str(getattr(function, "attr", "") or getattr(function, "id", ""))


def closed(tree: ast.Module) -> bool:
    """Whether every name that a module makes on demand stands in its text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign) and not _answers(node, tree):
            return False
    functions = [node for node in _top(tree.body) if isinstance(node, ast.FunctionDef)]
    answering = [node for node in functions if node.name == "__getattr__"]
    return all(_refuses(node.body, _parameter(node), _tables(tree)) for node in answering)


def is_lazy(tree: ast.Module) -> bool:
    """Whether a module makes names on demand at all."""
    defined = (getattr(node, "name", "") == "__getattr__" for node in _top(tree.body))
    return any(defined) or any(
        isinstance(node, ast.Assign) and (_of_itself(node) or _named(node, "__getattr__"))
        for node in ast.walk(tree)
    )


def _top(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements of a module, also those in `if`, `try` and `with`."""
    for node in body:
        yield node
        for name in ("body", "orelse", "finalbody", "handlers"):
            inner = getattr(node, name, [])
            if isinstance(node, ast.If | ast.Try | ast.With | ast.ExceptHandler):
                yield from _top(inner)


def _of_itself(node: ast.Assign) -> bool:
    """It puts something in the place of a module."""
    return any(
        isinstance(target, ast.Subscript) and ast.unparse(target.value).endswith("sys.modules")
        for target in node.targets
    )


def _named(node: ast.Assign, name: str) -> bool:
    """It gives a value to a name, or to something that the name holds."""
    names = (inner for target in node.targets for inner in ast.walk(target))
    return any(isinstance(n, ast.Name) and n.id == name != "__name__" for n in names)


def _answers(node: ast.Assign | ast.AnnAssign, tree: ast.Module) -> bool:
    """False for an assignment by which unknown names may come to be."""
    if isinstance(node, ast.AnnAssign):
        return True
    if _named(node, "__getattr__"):
        return called(node.value) in ATTACHED
    if any("__class__" in ast.unparse(target) for target in node.targets):
        return False
    return not _of_itself(node) or _is_table(node.value, tree)


def _is_table(value: ast.expr, tree: ast.Module) -> bool:
    """It is a lazy module whose table is built of what stands in the text."""
    if called(value) not in LAZY_MODULES or not isinstance(value, ast.Call):
        return False
    names = {arg.id for arg in value.args if isinstance(arg, ast.Name)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign) or not any(_named(node, name) for name in names):
            continue
        if not all(called(n) in _PLAIN for n in ast.walk(node.value) if _loads(n)):
            return False
    return True


def _loads(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and called(node) not in ("Path", "__path__")


def _parameter(node: ast.FunctionDef) -> str:
    return node.args.args[0].arg if node.args.args else ""


def _tables(tree: ast.Module) -> frozenset[str]:
    """Names that hold texts put together in the module itself."""
    found = set()
    for node in _top(tree.body):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            calls = [inner for inner in ast.walk(node.value) if isinstance(inner, ast.Call)]
            if all(called(call) in _PLAIN for call in calls):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return frozenset(found)


def _refuses(body: Sequence[ast.stmt], name: str, tables: frozenset[str]) -> bool:
    """Whether a `__getattr__` ends in an error for every name that no table has.

    Follows the one way that such a name takes, so that a chain of a hundred `elif` costs no more.
    """
    waiting = list(reversed(body))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Raise):
            return True
        guard = _guard(node.test, name, tables) if isinstance(node, ast.If) else ""
        if isinstance(node, ast.If) and guard:
            waiting.extend(reversed(node.orelse if guard == "in" else node.body))
        elif _gives([node]):
            return False
    # it falls off its end: None for any name, which is no refusal
    return False


def _gives(body: Sequence[ast.stmt]) -> bool:
    return any(isinstance(node, ast.Return) for each in body for node in ast.walk(each))


def _guard(test: ast.expr, name: str, tables: frozenset[str]) -> str:
    """`in` or `not in` for a test of the name against texts of the module; else empty."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        found = [_guard(value, name, tables) for value in test.values]
        return "in" if "in" in found else ""
    if isinstance(test, ast.BoolOp):
        return "in" if all(_guard(v, name, tables) == "in" for v in test.values) else ""
    if not isinstance(test, ast.Compare) or len(test.ops) != 1:
        return ""
    if not isinstance(test.left, ast.Name) or test.left.id != name:
        return ""
    operator, right = test.ops[0], test.comparators[0]
    known = isinstance(right, ast.Name) and right.id in tables
    known = known or (
        isinstance(right, ast.Constant | ast.List | ast.Tuple | ast.Set | ast.Dict)
        and not any(isinstance(inner, ast.Call | ast.Name) for inner in ast.walk(right))
    )
    if not known:
        return ""
    if isinstance(operator, ast.In | ast.Eq):
        return "in"
    return "not in" if isinstance(operator, ast.NotIn | ast.NotEq) else ""
