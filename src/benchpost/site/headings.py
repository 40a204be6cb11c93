"""Headings: their words, and the name that links know them by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from benchpost.post.document import Post
from benchpost.post.inline import parse_inlines
from benchpost.post.nodes import Heading, Html, JsxFlow, JsxText, Leaf, Node, Text
from benchpost.post.walk import walk
from benchpost.site import anchors, attributes
from benchpost.site.names import names
from benchpost.site.scope import words

NAMELESS = names("col colgroup head link meta script source style tbody tfoot thead title tr")
"""Elements that a link cannot lead to on a page of ours."""

_NAMED = re.compile(r"""<\w[^>]*\s(?:id|name)=["']?([^"'\s>]+)""")


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
    """Every name that an element gives itself, by `id=` or as `<a name=>`."""
    for node in walk(post.tree):
        for found in (node, *_elements_in(node, post)):
            if isinstance(found, Html):
                yield from (anchors.safe(match[1]) for match in _NAMED.finditer(found.value))
            elif isinstance(found, JsxFlow | JsxText) and found.name not in NAMELESS:
                yield from filter(None, [attributes.own_name(found)])


def _elements_in(node: Node, post: Post) -> Iterator[Node]:
    if isinstance(node, Leaf) and "<" in node.prose.source:
        for inline in parse_inlines(node, post.text, post.dialect):
            yield from walk(inline)
