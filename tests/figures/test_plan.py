"""A plan says all that its picture depends on, the code that draws it included."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import benchpost
from benchpost.figures.plan import _KINDS

PACKAGE = Path(benchpost.__file__).parent
FIGURES = "benchpost.figures"
DRAWN_BY = {
    **{kind: kind for kind in ("slots", "budget", "reuse", "drafts", "request")},
    **{kind: kind for kind in ("lanes", "ranks", "stacks", "portions", "traces")},
    "blocks": "table_of_blocks",
    "matmul": "matmul",
    "transformer": "transformer",
    "memory-share": "memory",
    "memory-paging": "memory",
    "lines": "lines",
    "bars": "bars",
    "ladder": "ladder",
    "scatter": "scatter",
}
"""The module of `figures/pictures` that draws each kind."""


def file_of(module: str) -> Path:
    return PACKAGE.parent.joinpath(*module.split(".")).with_suffix(".py")


def imported(file: Path) -> Iterator[str]:
    """Modules of our figures that a module imports, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative imports are not followed here"
            names = [f"{node.module}.{alias.name}" for alias in node.names] + [node.module or ""]
        else:
            continue
        yield from (n for n in names if n.startswith(f"{FIGURES}.") and file_of(n).is_file())


def closure(module: str) -> set[str]:
    """The module and all that it imports of our figures, however far away."""
    found, waiting = set(), [module]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += imported(file_of(name))
    return {file_of(name).relative_to(PACKAGE).as_posix() for name in found}


@pytest.mark.parametrize("kind", _KINDS)
def test_the_code_of_a_kind_is_all_that_draws_it(kind: str) -> None:
    """The files of a plan are exactly the modules of ours that its drawing module needs."""
    named = {file for file in _KINDS[kind].code if file.startswith("figures/")}
    assert named == closure(f"{FIGURES}.pictures.{DRAWN_BY[kind]}")


def test_curves_depend_on_the_equations() -> None:
    """Every module that holds an equation is in the plan of curves, which names them only."""
    holding = {
        file.relative_to(PACKAGE).as_posix()
        for file in (PACKAGE / "roofline").glob("*equations.py")
    }
    assert holding
    assert holding <= set(_KINDS["lines"].code)


@pytest.mark.parametrize("kind", _KINDS)
def test_every_file_of_a_plan_is_there(kind: str) -> None:
    """The files are named once each and exist."""
    code = _KINDS[kind].code
    assert len(set(code)) == len(code)
    assert all((PACKAGE / file).is_file() for file in code)
