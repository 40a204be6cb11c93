"""Placeholders of a post: where they stand, what they want, and what a slot would replace."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchpost.post.document import Dialect, Span, Todo
from benchpost.post.inline import parse_inlines
from benchpost.post.marks import Marks
from benchpost.post.nodes import (
    Blockquote,
    FlowExpression,
    Heading,
    Html,
    InlineCode,
    InlineMath,
    JsxFlow,
    Leaf,
    Link,
    List,
    Node,
    Paragraph,
    Parent,
    Root,
    Table,
    TableCell,
    TextExpression,
)
from benchpost.post.places import path_among, path_to
from benchpost.post.plain import plain_text
from benchpost.post.prose import offset_of
from benchpost.post.walk import walk
from benchpost.post.wording import GATE, may_hold, placeholders, wants, whole

# components that are only a box around their text
BOXES = ("Callout", "Admonition", "Aside", "Note", "Warning", "Info", "Tip", "Banner")
WORDED = (Paragraph, List, Blockquote, Table, JsxFlow)
LOOK_BACK = 20
"""Blocks before a placeholder in which its words are looked for."""
ALERT = re.compile(r"(?:>[ \t]?)+\[!")
HTML_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


@dataclass(frozen=True)
class _Found:
    """A placeholder before what surrounds it is known."""

    start: int
    end: int
    text: str
    node: Node
    inline: bool


def find_todos(text: str, tree: Root, dialect: Dialect, marks: Marks) -> tuple[Todo, ...]:
    """The placeholders of a post, in order; never in code, maths, slots or values."""
    ours = [slot.span for slot in marks.slots] + [value.span for value in marks.values]
    found = [
        each
        for each in _all(text, tree, dialect)
        if not any(span.start <= each.start < span.end for span in ours)
    ]
    return _in_their_places(found, text, tree, dialect) if found else ()


def _in_their_places(
    found: list[_Found], text: str, tree: Root, dialect: Dialect
) -> tuple[Todo, ...]:
    parents = {id(child): node for node in walk(tree) for child in getattr(node, "children", ())}
    headings = [node for node in walk(tree) if isinstance(node, Heading)]
    boxes = [_boxed(each, text, parents) for each in found]
    # one placeholder says nothing about the next
    taken = {(box or each.node).start for each, box in zip(found, boxes, strict=True)}
    todos = []
    for each, box in zip(found, boxes, strict=True):
        todos.append(
            Todo(
                text=each.text,
                span=Span(box.start, box.end) if box else Span(each.start, each.end),
                wants=wants(each.text),
                heading=_heading(headings, each, text, dialect),
                before=_own_words(each, text, dialect)
                or _before(box or each.node, parents, taken, text, dialect),
                inline=each.inline,
            )
        )
    return tuple(todos)


def _all(text: str, tree: Root, dialect: Dialect) -> Iterator[_Found]:
    if not may_hold(text):
        return
    seen = -1
    for match in GATE.finditer(text):
        node = path_to(tree, match.start())[-1]
        if node.start <= seen:
            continue
        seen = node.start
        if isinstance(node, Leaf):
            yield from _in_prose(node, text, dialect)
        elif isinstance(node, FlowExpression):
            yield from _comment(node, text[node.start : node.end], node.start)
        elif isinstance(node, Html):
            for comment in HTML_COMMENT.finditer(text, node.start, node.end):
                yield from _comment(node, comment[0], comment.start())


def _comment(node: Node, source: str, start: int) -> Iterator[_Found]:
    asked = whole(" ".join(source.split()))
    if asked is not None:
        yield _Found(start, start + len(source), asked, node, False)


def _in_prose(leaf: Leaf, text: str, dialect: Dialect) -> Iterator[_Found]:
    source = leaf.prose.source
    found = placeholders(source)
    alone = len(found) == 1 and whole(source) is not None
    if alone and not isinstance(leaf, TableCell):
        yield _Found(leaf.start, leaf.end, found[0].text, leaf, False)
        return
    for wording in found:
        start = offset_of(leaf.prose, wording.start)
        end = offset_of(leaf.prose, wording.end - 1) + 1
        limit = leaf.end if alone else _limit(leaf, text, dialect, start)
        if start < limit:
            yield _Found(start, min(end, limit), wording.text, leaf, True)


def _limit(leaf: Leaf, text: str, dialect: Dialect, offset: int) -> int:
    """How far a placeholder at `offset` may go: not out of the emphasis around it.

    `offset` itself where it is not prose: in code, maths, a link, or an expression of more than a
    comment.
    """
    path = path_among(parse_inlines(leaf, text, dialect), offset)
    if path and isinstance(path[-1], (TextExpression, Html)):
        return path[-1].end if path[-1].start == offset else offset
    if any(isinstance(node, (InlineCode, InlineMath, Link)) for node in path):
        return offset
    around = [node for node in path if isinstance(node, Parent) and node.start < offset]
    return around[-1].children[-1].end if around and around[-1].children else leaf.end


def _boxed(found: _Found, text: str, parents: dict[int, Node]) -> Node | None:
    """The alert or callout that holds nothing but the placeholder; other quotes are the post's."""
    box: Node | None = None
    parent = None if found.inline else parents.get(id(found.node))
    while isinstance(parent, Parent) and len(parent.children) == 1 and _is_box(parent, text):
        box, parent = parent, parents.get(id(parent))
    return box


def _is_box(node: Node, text: str) -> bool:
    if isinstance(node, Blockquote):
        return bool(ALERT.match(text, node.start, node.end))
    return isinstance(node, JsxFlow) and node.name in BOXES


def _heading(headings: list[Heading], found: _Found, text: str, dialect: Dialect) -> str:
    above = [heading for heading in headings if heading.start < found.start]
    if found.inline and isinstance(found.node, Heading):
        above = [heading for heading in headings if heading.start <= found.start]
    return plain_text(above[-1], text, dialect) if above else ""


def _own_words(found: _Found, text: str, dialect: Dialect) -> str:
    """Plain text before it in its own paragraph."""
    if found.inline and isinstance(found.node, Leaf) and not isinstance(found.node, TableCell):
        return plain_text(found.node, text, dialect, until=found.start)
    return ""


def _before(
    node: Node, parents: dict[int, Node], taken: set[int], text: str, dialect: Dialect
) -> str:
    """Plain text of the nearest block before it, in its section, that has text of its own."""
    parent = None if isinstance(node, Heading) else parents.get(id(node))
    while isinstance(parent, Parent):
        for sibling in reversed(_preceding(parent.children, node)):
            if isinstance(sibling, Heading):
                return ""
            if isinstance(sibling, WORDED) and sibling.start not in taken:
                said = plain_text(sibling, text, dialect)
                if said:
                    return said
        node, parent = parent, parents.get(id(parent))
    return ""


def _preceding(siblings: Sequence[Node], node: Node) -> Sequence[Node]:
    at = bisect_left(siblings, node.start, key=lambda sibling: sibling.start)
    return siblings[max(at - LOOK_BACK, 0) : at]
