"""Where in the tree a piece of text stands, and whether it is a comment there or mere text."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from benchpost.post.document import Dialect, Span
from benchpost.post.inline import parse_inlines
from benchpost.post.nodes import (
    Blockquote,
    Code,
    Definition,
    Delete,
    Emphasis,
    Esm,
    FlowExpression,
    FootnoteDefinition,
    Html,
    Image,
    InlineCode,
    InlineMath,
    JsxFlow,
    JsxText,
    Leaf,
    Link,
    ListItem,
    Math,
    Node,
    Root,
    Strong,
    TableCell,
    Text,
    TextExpression,
    Yaml,
)

OPAQUE = (Code, Math, Yaml, Esm, Definition, InlineCode, InlineMath, Image)
# what a slot may not begin in and end outside of
CONTAINERS = (
    Blockquote,
    ListItem,
    FootnoteDefinition,
    JsxFlow,
    TableCell,
    Emphasis,
    Strong,
    Delete,
    Link,
    JsxText,
)
RAW_HTML = ("<pre", "<script", "<style", "<textarea")


@dataclass(frozen=True)
class Location:
    """Where a comment stands."""

    container: tuple[int, ...]
    """Starts of the quotes, items, tags and inline elements around it, outermost first."""
    inline: bool
    """It stands in the prose of a paragraph, heading or table cell."""


def locate(tree: Root, text: str, dialect: Dialect, span: Span) -> Location | None:
    """Where the comment at `span` stands; None where these characters are not a comment."""
    path = path_to(tree, span.start)
    last = path[-1]
    if isinstance(last, Leaf):
        path += path_among(parse_inlines(last, text, dialect), span.start)
    if not _is_comment(path[-1], text, span):
        return None
    containers = tuple(node.start for node in path if isinstance(node, CONTAINERS))
    return Location(containers, isinstance(last, Leaf))


def path_to(node: Node, offset: int) -> list[Node]:
    """The nodes around an offset, from `node` down to a block without child blocks there."""
    return [node, *path_among(getattr(node, "children", ()), offset)]


def path_among(nodes: Sequence[Node], offset: int) -> list[Node]:
    """The nodes around an offset, outermost first; empty where none of `nodes` covers it."""
    at = bisect_right(nodes, offset, key=lambda node: node.start) - 1
    return path_to(nodes[at], offset) if at >= 0 and offset < nodes[at].end else []


def _is_comment(node: Node, text: str, span: Span) -> bool:
    """Whether the innermost node around `span` lets it be a comment."""
    if isinstance(node, OPAQUE):
        return False
    if isinstance(node, (FlowExpression, TextExpression)):
        return node.start == span.start and node.end == span.end
    if isinstance(node, Html):
        return not node.value.lower().startswith(RAW_HTML)
    if isinstance(node, (JsxFlow, JsxText)):
        return _after_tag(node, span)
    # in a file that does not compile yet the tree may know no better than text
    return not (isinstance(node, (Text, Leaf)) and text[max(span.start - 1, 0)] == "\\")


def _after_tag(node: JsxFlow | JsxText, span: Span) -> bool:
    """Not in the opening tag: a comment between attributes is not one of ours."""
    return bool(node.children) and node.children[0].start <= span.start
