"""The shape of the house: imports point one way and only the rim touches the world."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "src" / "benchpost"

# a room may import the rooms before it in this list, and those of its own rank only if it is one
RANK = {
    "errors": 0,
    "files": 1,
    "findings": 1,
    "config": 2,
    "post": 3,
    "record": 4,
    "roofline": 4,
    "skills": 4,
    "commands": 4,
    "serving": 5,
    "figures": 6,
    "fill": 7,
    "site": 8,
    "cli": 9,
}

# modules that may start a process or read a clock, with the reason
RIM = {
    "record": "kernels and clocks live here",
    "skills": "moves speak to git",
    "cli": "the command line may run mkdocs and show elapsed time",
    "site": "an adapter: mkdocs calls it",
}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    parts = path.relative_to(PACKAGE).parts
    return parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node.lineno


@pytest.mark.parametrize("path", modules(), ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_imports_point_one_way(path: Path) -> None:
    """No module imports a room that comes after its own, or a neighbour of the same rank."""
    if path == PACKAGE / "__init__.py":
        return
    own = room(path)
    wrong = [
        f"{path.name}:{line} imports {name}"
        for name, line in imported(path)
        if name.startswith("benchpost.")
        and (other := name.split(".")[1]) != own
        and RANK[other] >= RANK[own]
        and not (RANK[other] == RANK[own] == 1)
    ]
    assert wrong == []


@pytest.mark.parametrize("path", modules(), ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_only_the_rim_starts_processes_or_reads_clocks(path: Path) -> None:
    """`subprocess`, `time` and `datetime.now` appear only in the rooms that are for it."""
    if room(path) in RIM:
        return
    wrong = [
        f"{path.name}:{line} imports {name}"
        for name, line in imported(path)
        if name.split(".")[0] in {"subprocess", "time", "jupyter_client", "nbclient", "socket"}
    ]
    assert wrong == []


def test_only_checks_and_sweeps_use_all_cores() -> None:
    """Pools of processes are started in two modules."""
    pools = {
        path.relative_to(PACKAGE).as_posix()
        for path in modules()
        for name, _ in imported(path)
        if name.split(".")[0] in {"concurrent", "multiprocessing"}
    }
    assert pools == {"cli/check.py", "serving/sweeps.py"}


def functions() -> Iterator[tuple[str, int]]:
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                yield f"{path.relative_to(PACKAGE)}:{node.lineno} {node.name}", length


def test_functions_are_small() -> None:
    """Half of all functions are under 10 lines and none is over 40."""
    lengths = dict(functions())
    ordered = sorted(lengths.values())
    assert ordered[len(ordered) // 2] < 10
    assert {name: n for name, n in lengths.items() if n > 40} == {}


def test_no_exception_is_swallowed() -> None:
    """No handler consists of `pass` alone."""
    silent = [
        f"{path.name}:{node.lineno}"
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and all(isinstance(statement, ast.Pass) for statement in node.body)
    ]
    assert silent == []
