"""The inlines of a leaf: read when somebody needs them, with offsets into the file."""

from __future__ import annotations

from typing import NamedTuple

from benchpost.post.document import Dialect
from benchpost.post.nodes import Fault, Leaf, Node
from benchpost.post.rules.inlines import Scanner


class Inlines(NamedTuple):
    """What the prose of a leaf holds."""

    nodes: tuple[Node, ...]
    """In source order."""
    faults: tuple[Fault, ...]
    """What the MDX compiler refuses."""


def parse_inlines(leaf: Leaf, text: str, dialect: Dialect) -> tuple[Node, ...]:
    """The inline nodes of a leaf; never raises."""
    return read_inlines(leaf, text, dialect).nodes


def read_inlines(leaf: Leaf, text: str, dialect: Dialect) -> Inlines:
    """The inline nodes of a leaf and what is wrong with them; never raises."""
    scanner = Scanner(leaf, text, dialect)
    return Inlines(scanner.run(), tuple(scanner.faults))
