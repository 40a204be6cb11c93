"""The author's own words of a block, in one line: what `numbers: computed` is held against.

Code, maths, slots, values and addresses are holes in them. In MDX the texts of expressions, and of
the attributes that a component shows, are words like any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from benchpost.fill.numerals import HIDDEN
from benchpost.post.document import Post, Span
from benchpost.post.inline import parse_inlines
from benchpost.post.nodes import (
    Break,
    FlowExpression,
    FootnoteReference,
    Html,
    Image,
    JsxFlow,
    JsxText,
    Leaf,
    Link,
    Node,
    Parent,
    Text,
    TextExpression,
)

NOTE = "\ue000"
"""Stands for a footnote reference."""
TAG = re.compile(r"<!--.*?-->|</?[A-Za-z][^>]*>", re.DOTALL)
CODE = ("code", "kbd", "pre", "samp", "tt", "var", "script", "style")
"""HTML elements whose text is typed or shown by a machine, or not shown."""
HTML_CODE = re.compile(rf"<({'|'.join(CODE)})\b[^>]*>.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
OPENS = re.compile(rf"<({'|'.join(CODE)})\b[^>]*(?<!/)>", re.IGNORECASE)
LITERAL = re.compile(
    r"/\*.*?\*/|//[^\n]*"
    r'|"(?P<double>(?:[^"\\]|\\.)*)"|\'(?P<single>(?:[^\'\\]|\\.)*)\'|`(?P<template>[^`]*)`',
    re.DOTALL,
)
"""A comment or a text of JavaScript."""
NUMERAL = re.compile(r"\s*(?P<number>[-+]?\d[\d_.]*)\s*")
UNSEEN = (
    "class", "className", "file", "filename", "height", "href", "icon", "id", "key", "lang",
    "language", "name", "path", "src", "style", "to", "url", "width",
)  # fmt: skip
"""Attributes of components that no reader sees."""

Piece = tuple[str, int]
"""Words, and the offset in the file at which they begin."""


@dataclass(frozen=True)
class Words:
    """The author's own words of a block, in one line."""

    text: str
    """With `HIDDEN` for code, maths, slots and values and `NOTE` for footnote references."""
    starts: tuple[tuple[int, int], ...]
    """(position in `text`, offset in the file) of each piece."""

    def offset(self, position: int) -> int:
        """Where in the file a position is."""
        begin, offset = max(start for start in self.starts if start[0] <= position)
        return offset + position - begin


def is_in(offset: int, spans: Iterable[Span]) -> bool:
    """Whether an offset lies in one of the spans."""
    return any(span.start <= offset < span.end for span in spans)


def of_leaf(leaf: Leaf, post: Post, hidden: Sequence[Span]) -> Words:
    """The words of a block of prose; `hidden` are its slots and values."""
    pieces: list[Piece] = []
    code_ends = ""
    for inline in _shown(parse_inlines(leaf, post.text, post.dialect)):
        if code_ends:
            # HTML of Markdown has tags only, and no element to look into
            code_ends = "" if _closes(inline, code_ends) else code_ends
        elif is_in(inline.start, hidden):
            # nothing but the hole it leaves, however many pieces a slot or value has
            pieces.append((HIDDEN, inline.start))
        elif opened := OPENS.fullmatch(inline.value) if isinstance(inline, Html) else None:
            code_ends = opened[1]
            pieces.append((HIDDEN, inline.start))
        else:
            pieces += _said(inline, post)
    return _joined(pieces or [("", leaf.start)])


def of_html(node: Html, post: Post) -> Words:
    """The words of a block of HTML."""
    source = post.text[node.start : node.end]
    for pattern, hole in ((HTML_CODE, HIDDEN), (TAG, " ")):
        source = pattern.sub(lambda match, hole=hole: hole * len(match[0]), source)  # type: ignore[misc]  # mypy cannot type the default of a lambda
    return Words(source, ((0, node.start),))


def of_jsx(node: JsxFlow | FlowExpression, post: Post) -> Words:
    """The words in the tag of a component, or in an expression that stands alone."""
    return _joined([*_said(node, post)] or [("", node.start)])


def is_code(node: Node) -> bool:
    """Whether an element shows code, whatever stands in it."""
    return isinstance(node, (JsxFlow, JsxText)) and node.name in CODE


def _shown(inlines: Iterable[Node]) -> Iterator[Node]:
    """All inlines but those in code and in addresses that stand for themselves."""
    waiting = list(inlines)[::-1]
    while waiting:
        node = waiting.pop()
        yield node
        opaque = is_code(node) or (isinstance(node, Link) and node.automatic)
        if isinstance(node, Parent) and not opaque:
            waiting.extend(reversed(node.children))


def _closes(inline: Node, name: str) -> bool:
    return isinstance(inline, Html) and inline.value.lower().startswith(f"</{name.lower()}")


def _said(node: Node, post: Post) -> list[Piece]:
    match node:
        case TextExpression() | FlowExpression():
            return _literals(node, post)
        case JsxText() | JsxFlow():
            return [(HIDDEN, node.start)] if is_code(node) else list(_attributes(node, post))
        case Link(automatic=True):
            return [(HIDDEN, node.start)]
        case Html() | Parent():
            # tags and emphasis part no number from its unit
            return [("", node.start)]
    return [(_word(node), node.start)]


def _word(node: Node) -> str:
    match node:
        case Text():
            return node.value
        case FootnoteReference():
            return NOTE
        case Image():
            return f"{HIDDEN} {node.alt} {HIDDEN}"
        case Break():
            return " "
    return HIDDEN


def _literals(node: TextExpression | FlowExpression, post: Post) -> list[Piece]:
    """The texts in an expression, each with its offset; a number alone is a word too."""
    at = post.text.find(node.value, node.start, node.end)
    if alone := NUMERAL.fullmatch(node.value):
        return [(alone["number"], at + alone.start("number"))]
    found = [match for match in LITERAL.finditer(node.value) if match.lastgroup]
    kind = found[0].lastgroup if len(found) == 1 else None
    if kind and found[0][0] == node.value.strip():
        return [(found[0][kind], at + found[0].start(kind))]
    pieces: list[Piece] = [(HIDDEN, node.start)]
    for match in found:
        kind = match.lastgroup or ""
        pieces += [(match[kind], at + match.start(kind)), (HIDDEN, at + match.end())]
    return pieces


def _attributes(node: JsxText | JsxFlow, post: Post) -> Iterator[Piece]:
    """What a component is given to show; an element of HTML shows its children only."""
    if not node.name or node.name[0].islower():
        return
    for each in node.attributes:
        if each.value and each.kind in ("string", "expression") and each.name not in UNSEEN:
            at = max(post.text.find(each.value, node.start, node.end), node.start)
            texts = [each.value] if each.kind == "string" else _texts(each.value)
            for text in texts:
                yield from (
                    (HIDDEN, at),
                    (text, at + max(each.value.find(text), 0)),
                    (HIDDEN, at),
                )


def _texts(expression: str) -> list[str]:
    return [match[match.lastgroup] for match in LITERAL.finditer(expression) if match.lastgroup]


def _joined(pieces: Iterable[Piece]) -> Words:
    text, starts = "", []
    for said, offset in pieces:
        starts.append((len(text), offset))
        text += said
    return Words(text, tuple(starts))
