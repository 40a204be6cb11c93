"""Figures that need no catalogue, and the posts and facts they are tried on."""

from __future__ import annotations

from pathlib import Path

from benchpost.errors import BenchpostError, UsageError
from benchpost.figures.types import Drawing, Facts, Figure, Fragment
from benchpost.fill.filled import Filled, fill_text
from benchpost.post.document import Dialect, Post
from benchpost.post.read import parse_post


def say(facts: Facts, *, text: str = "said") -> Fragment:
    """Whatever its option says."""
    return Fragment(text)


def maths(facts: Facts) -> Fragment:
    """A display formula."""
    return Fragment("$$\nx = 1\n$$")


def table(facts: Facts) -> Fragment:
    """A table."""
    return Fragment("| a | b |\n| --- | --- |\n| 1 | 2 |")


def picture(facts: Facts, *, colour: str = "red", name: str = "dot") -> Fragment:
    """An image with its caption and data."""
    plan = f"dot of {colour}"
    svg = f'<svg xmlns="http://www.w3.org/2000/svg"><desc>{colour}</desc></svg>'.encode()
    drawing = Drawing(f"{name}.svg", plan, lambda: svg)
    text = f"![a dot](./figures/{name}.svg)\n\n_A {colour} dot._"
    return Fragment(text, (drawing,), {f"{name}.csv": f"colour\n{colour}\n".encode()})


def lacking(facts: Facts) -> Fragment:
    """A figure whose facts are not there."""
    raise BenchpostError("no result is recorded")


def known(facts: Facts, *, gpu: str) -> Fragment:
    """A figure that knows no chip but one."""
    if gpu != "A":
        raise UsageError(f"unknown GPU {gpu!r}; did you mean 'A'?")
    return Fragment("A")


OWN: dict[str, Figure] = {
    "say": say,
    "maths": maths,
    "table": table,
    "picture": picture,
    "lacking": lacking,
    "known": known,
}


def read(text: str, dialect: Dialect = Dialect.MDX) -> Post:
    """A post of this text."""
    path = f"posts/a/index.{dialect.value}"
    return parse_post(text, path, Path(path), dialect)


def fill(text: str, dialect: Dialect = Dialect.MDX) -> Filled:
    """The text filled by these figures."""
    return fill_text(read(text, dialect), Facts(dialect), OWN)
