"""HTML elements in a post: as Markdown, or as tags around Markdown where that has no form."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

from benchpost.findings import Check
from benchpost.post.nodes import (
    Code,
    FlowExpression,
    InlineCode,
    JsxFlow,
    JsxText,
    Leaf,
    Node,
    Parent,
    Text,
    TextExpression,
)
from benchpost.site import attributes, escape, fences, inlines, layout, literals
from benchpost.site.attributes import Element
from benchpost.site.headings import NAMELESS
from benchpost.site.layout import Markup
from benchpost.site.names import names
from benchpost.site.scope import Scope, words
from benchpost.site.targets import image_target, is_elsewhere, link_target
from benchpost.site.unravel import inline_children, named, runs, unravelled

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_CELLS = names("caption dd dt figcaption td th")
_NAMED_WITHIN = _CELLS | NAMELESS | {*HEADINGS}
_KEPT = names("align colspan rowspan scope style start title lang dir")
_ITEM = frozenset({"li"})
_SOURCE = frozenset({"source"})
_SUMMARY = frozenset({"summary", "Summary"})


def contents(node: Element, scope: Scope) -> list[str]:
    """The children without the element, which only lays them out."""
    return scope.parts(node.children)


def nothing(node: Element, scope: Scope) -> list[str]:
    """What no reader sees."""
    return []


def around(node: Element, scope: Scope) -> list[str]:
    """The element's own tags around its children, which are Markdown as everywhere."""
    opening = escape.tag(node.name or "", attributes.html_attributes(node, _KEPT))
    parts = scope.parts(node.children)
    if node.name in _CELLS:
        parts = _marked(node, parts)
    return [Markup(opening), *parts, Markup(f"</{node.name}>")]


def named_parts(node: Element, parts: list[str]) -> list[str]:
    """The parts of an element after the name that links know it by."""
    return parts if node.name in _NAMED_WITHIN else _marked(node, parts)


def _marked(node: Element, parts: list[str]) -> list[str]:
    mark = inlines.named_place(node)
    if mark and parts and layout.is_line(parts[0]):
        return [mark + parts[0], *parts[1:]]
    return [mark, *parts] if mark else parts


def script(node: Element, scope: Scope) -> list[str]:
    """Left out: a page of the site runs no script but the site's own."""
    scope.report(
        Check.P001, node, f"`<{node.name}>` is left out: the site runs its own scripts only"
    )
    return []


def rule(node: Element, scope: Scope) -> list[str]:
    return [layout.RULE]


def listing(node: Element, scope: Scope) -> list[str]:
    """`<ul>` and `<ol>`."""
    start = attributes.string(node, "start")
    number = (int(start) if start.isdigit() else 1) if node.name == "ol" else None
    parts: list[str] = []
    for together, rest in runs(unravelled(node.children, _ITEM, scope), _ITEM):
        items = [layout.item(scope.parts(each.children)) for each in together]
        parts += [layout.listed(items, number)] if items else scope.parts(rest)
    return parts


def quote(node: Element, scope: Scope) -> list[str]:
    return [layout.quoted(scope.body(node.children))]


def heading(node: Element, scope: Scope) -> list[str]:
    """`<h2>`: a heading like any other."""
    line = scope.line(inline_children(node, scope))
    depth = scope.depth(int((node.name or "h2")[1]))
    return [layout.headline(depth, line, attributes.own_name(node))]


def preformatted(node: Element, scope: Scope) -> list[str]:
    """`<pre>`: a fence of its text."""
    return [fences.fenced("text", _plain(node, scope).strip("\n"))]


def _plain(node: Node, scope: Scope) -> str:
    if isinstance(node, Text | InlineCode | Code):
        return node.value
    if isinstance(node, FlowExpression | TextExpression):
        found = literals.evaluated(node.value, node.value)
        return found if isinstance(found, str) else str(found)
    children = scope.inlines(node) if isinstance(node, Leaf) else ()
    children = node.children if isinstance(node, Parent) else children
    return "".join(_plain(child, scope) for child in children)


def details(node: Element, scope: Scope) -> list[str]:
    """`<details>`: a box that opens on a click."""
    inner = unravelled(node.children, _SUMMARY, scope)
    summary = next(iter(named(inner, _SUMMARY)), None)
    body = scope.body([child for child in inner if child is not summary])
    is_open = attributes.value(node, "open", "defaultOpen") not in (None, False)
    line = title_line(inline_children(summary, scope), scope) if summary else "Details"
    return [layout.fold(line, body, is_open=is_open)]


def title_line(nodes: list[Node], scope: Scope) -> str:
    """Inlines as a title between double quotes, which their Markdown may not hold."""
    line = scope.line(nodes).strip(" ")
    return escape.title(words(nodes).strip()) if '"' in line else escape.line_start(line)


def drawing(node: Element, scope: Scope) -> list[str]:
    """`<svg>`: its own markup, without scripts and what comes from other places."""
    return [Markup(_markup(node, scope))]


_ACTIVE = names("script foreignObject iframe object embed set handler listener")
"""What runs something in a drawing, or changes it."""


def _markup(node: Node, scope: Scope) -> str:
    if isinstance(node, Leaf):
        return "".join(_markup(child, scope) for child in scope.inlines(node))
    if not isinstance(node, JsxFlow | JsxText):
        return escape.attribute(_plain(node, scope))
    name = node.name or ""
    inner = "".join(_markup(child, scope) for child in node.children)
    if not name[:1].islower():
        return inner
    if name in _ACTIVE or (name == "style" and not attributes.is_own(html.unescape(inner))):
        return ""
    return f"{escape.tag(name, attributes.html_attributes(node))}{inner}</{name}>"


def media(node: Element, scope: Scope) -> list[str]:
    """`<video>`, `<audio>`, `<iframe>`: a link, since a page asks nothing of other servers."""
    sources = named(unravelled(node.children, _SOURCE, scope), _SOURCE)
    found = (attributes.string(element, "src") for element in (node, *sources))
    url = next(filter(None, found), "")
    title = attributes.string(node, "title", "caption", "alt") or url.rsplit("/", 1)[-1]
    if not url:
        return scope.parts(node.children)
    scope.report(Check.P001, node, f"`<{node.name}>` is shown as a link")
    is_there = is_elsewhere(url)
    target = link_target(url, node, scope) if is_there else image_target(url, node, scope)
    shown = escape.text(title or url)
    return [f"[{shown}]({escape.destination(target)})" if target else escape.line_start(shown)]


BLOCKS: dict[str, Callable[[Any, Scope], list[str]]] = {
    **dict.fromkeys(
        names(
            "address article aside body button center div fieldset footer form header hgroup"
            " html label legend main nav noscript p picture search section select summary"
        ),
        contents,
    ),
    **dict.fromkeys(
        names("caption col colgroup dd dl dt figcaption figure table tbody td tfoot th thead tr"),
        around,
    ),
    **dict.fromkeys(HEADINGS, heading),
    **dict.fromkeys(("audio", "iframe", "video", "embed", "object"), media),
    **dict.fromkeys(("script", "style"), script),
    **dict.fromkeys(("head", "input", "link", "meta", "source", "title"), nothing),
    "blockquote": quote,
    "details": details,
    "hr": rule,
    "ol": listing,
    "pre": preformatted,
    "svg": drawing,
    "ul": listing,
}
"""Elements that are blocks."""
