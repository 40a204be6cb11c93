"""Walking the tree of a post."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from benchpost.post.nodes import Node, Parent

Kind = TypeVar("Kind", bound=Node)


def walk(node: Node) -> Iterator[Node]:
    """A node and all below it, in source order; however deep, without recursion."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, Parent):
            waiting.extend(reversed(node.children))


def nodes(tree: Node, kind: type[Kind]) -> Iterator[Kind]:
    """The nodes of one kind, in source order."""
    return (node for node in walk(tree) if isinstance(node, kind))
