"""The inlines of a leaf: read when somebody needs them, with offsets into the file."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from benchpost.post.document import Dialect
from benchpost.post.nodes import Fault, Leaf, Node, Parent, Text
from benchpost.post.rules.inlines import Scanner

DEEPEST = 100
"""Inlines within inlines; prose that nests deeper is given as text."""


class Inlines(NamedTuple):
    """What the prose of a leaf holds."""

    nodes: tuple[Node, ...]
    """In source order."""
    faults: tuple[Fault, ...]
    """What the MDX compiler refuses."""


def parse_inlines(leaf: Leaf, text: str, dialect: Dialect) -> tuple[Node, ...]:
    """The inline nodes of a leaf; never raises."""
    return read_inlines(leaf, text, dialect).nodes


# who looks for markers, lints and converts reads the same prose one after the other
@lru_cache(maxsize=1024)
def read_inlines(leaf: Leaf, text: str, dialect: Dialect) -> Inlines:
    """The inline nodes of a leaf and what is wrong with them; never raises."""
    scanner = Scanner(leaf, text, dialect)
    nodes = scanner.run()
    if _is_deep(nodes):
        nodes = (Text(leaf.start, leaf.end, leaf.first, leaf.last, leaf.prose.source),)
    return Inlines(nodes, tuple(scanner.faults))


def _is_deep(nodes: tuple[Node, ...]) -> bool:
    """Whether inlines nest deeper than anybody writes: who walks them may use recursion."""
    for _ in range(DEEPEST):
        nodes = tuple(
            child for node in nodes if isinstance(node, Parent) for child in node.children
        )
        if not nodes:
            return False
    return True
