"""Elements on one line, which the tree has in a paragraph: taken out of it, and the reverse."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from benchpost.post.nodes import (
    JsxFlow,
    JsxText,
    Leaf,
    Node,
    Paragraph,
    Parent,
    Text,
    TextExpression,
)
from benchpost.site import markup
from benchpost.site.attributes import Element
from benchpost.site.scope import Scope


def unravelled(nodes: Sequence[Node], scope: Scope) -> Iterator[Node]:
    """The nodes, each paragraph of nothing but elements replaced by these elements."""
    for node in markup.paired(nodes):
        inner = markup.paired(scope.inlines(node)) if isinstance(node, Paragraph) else ()
        if any(isinstance(each, JsxText) for each in inner) and all(map(_no_text, inner)):
            yield from (each for each in inner if isinstance(each, JsxText))
        elif not (isinstance(node, Text) and _no_text(node)):
            yield node


def _no_text(node: Node) -> bool:
    if isinstance(node, Text):
        return not node.value.strip()
    return isinstance(node, JsxText | TextExpression)


def runs(
    nodes: Sequence[Node], names: frozenset[str]
) -> Iterator[tuple[list[Element], list[Node]]]:
    """Neighbours of these names together and all others together: one of the two is empty."""
    for _, group in groupby(nodes, lambda node: bool(named([node], names))):
        together = list(group)
        taken = named(together, names)
        yield taken, [] if taken else together


def named(nodes: Sequence[Node], names: frozenset[str]) -> list[Element]:
    """Those of the nodes that are elements of one of these names."""
    return [node for node in nodes if isinstance(node, JsxFlow | JsxText) and node.name in names]


def inline_children(node: Parent, scope: Scope) -> list[Node]:
    """All that stands in an element as one line, its paragraphs one after the other."""
    found: list[Node] = []
    for child in node.children:
        if isinstance(child, Leaf):
            found += scope.inlines(child)
        elif isinstance(child, JsxFlow):
            found += inline_children(child, scope)
        else:
            found.append(child)
    return found
