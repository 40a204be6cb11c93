"""Elements on one line, which the tree has in a paragraph: taken out of it, and the reverse."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from benchpost.post.nodes import (
    FlowExpression,
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


def unravelled(nodes: Sequence[Node], names: frozenset[str], scope: Scope) -> list[Node]:
    """The nodes, each paragraph that holds elements of these names replaced by what is in it."""
    found: list[Node] = []
    for node in markup.paired(nodes):
        inner = markup.paired(scope.inlines(node)) if isinstance(node, Paragraph) else ()
        found += inner if named(inner, names) else [node]
    return [node for node in found if not (isinstance(node, Text) and not node.value.strip())]


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
        elif isinstance(child, FlowExpression):
            place = (child.start, child.end, child.first, child.last)
            found.append(TextExpression(*place, child.value))
        else:
            found.append(child)
    return found
