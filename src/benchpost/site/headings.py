"""Headings: their words, and the name that links know them by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from benchpost.post.document import Post
from benchpost.post.inline import parse_inlines
from benchpost.post.nodes import Heading, JsxFlow, JsxText, Leaf, Node, Text
from benchpost.post.walk import walk
from benchpost.site import anchors, attributes
from benchpost.site.scope import words


def without_name(nodes: Sequence[Node]) -> tuple[tuple[Node, ...], str | None]:
    """The inlines of a heading without `[#name]` at their end, and that name."""
    last = nodes[-1] if nodes else None
    if not isinstance(last, Text):
        return tuple(nodes), None
    kept, name = anchors.explicit(last.value)
    return (*nodes[:-1], replace(last, value=kept)), name


def heading_names(post: Post) -> Mapping[int, str]:
    """The name of each heading by the offset at which it begins."""
    headings = [node for node in walk(post.tree) if isinstance(node, Heading)]
    chosen = [without_name(parse_inlines(node, post.text, post.dialect)) for node in headings]
    slugs = [
        anchors.safe(name or anchors.slug(words(nodes))) or "section" for nodes, name in chosen
    ]
    return dict(zip((node.start for node in headings), anchors.distinct(slugs), strict=True))


def element_names(post: Post) -> Iterator[str]:
    """Every `id=` of an element, block or inline."""
    for node in walk(post.tree):
        inner = parse_inlines(node, post.text, post.dialect) if isinstance(node, Leaf) else ()
        for found in (node, *(below for inline in inner for below in walk(inline))):
            if isinstance(found, JsxFlow | JsxText) and (name := attributes.string(found, "id")):
                yield name
