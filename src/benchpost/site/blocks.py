"""Blocks of a post as Python-Markdown: a blank line around each, four spaces for what is inside."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from benchpost.findings import Check
from benchpost.post.nodes import (
    Blockquote,
    Code,
    FlowExpression,
    Heading,
    JsxFlow,
    JsxText,
    List,
    ListItem,
    Math,
    Node,
    Paragraph,
    Table,
    TableCell,
    TableRow,
    Text,
    ThematicBreak,
)
from benchpost.site import components, escape, fences, formula, inlines, layout, markup
from benchpost.site.headings import without_name
from benchpost.site.layout import Markup, joined
from benchpost.site.scope import Scope

_NOTHING = re.compile(r"(?:<br>|[ ])*")
_ALERT = re.compile(r"^\[!(note|tip|important|warning|caution)\][ \t]*(?:\n|$)", re.IGNORECASE)


def write(nodes: Sequence[Node], scope: Scope) -> list[str]:
    """Blocks; inlines among them, as MDX leaves them in one-line elements, are paragraphs."""
    parts: list[str] = []
    for is_inline, group in groupby(
        markup.paired(nodes), lambda node: type(node) in inlines.INLINES
    ):
        if is_inline:
            parts += prose(list(group), scope)
        else:
            parts += [part for node in group for part in _write(node, scope)]
    return parts


def _write(node: Node, scope: Scope) -> list[str]:
    writer = BLOCKS.get(type(node))
    if writer is None:
        return []
    written = writer(node, scope)
    return [written] if isinstance(written, str) else list(written)


def paragraph(node: Paragraph, scope: Scope) -> list[str]:
    return prose(scope.inlines(node), scope)


def prose(nodes: Sequence[Node], scope: Scope) -> list[str]:
    """Inlines as paragraphs, parted where a component among them is a block of its own."""
    parts: list[str] = []
    for is_block, group in groupby(markup.paired(nodes), components.is_block):
        if is_block:
            found = (node for node in group if isinstance(node, JsxText))
            parts += [part for node in found for part in components.write(node, scope)]
        else:
            parts += _line(list(group), scope)
    return parts


def _line(nodes: list[Node], scope: Scope) -> list[str]:
    seen = [node for node in nodes if not (isinstance(node, Text) and not node.value.strip())]
    url = inlines.picture_url(seen[0], scope) if len(seen) == 1 else None
    drawn = scope.sheet.figure(url) if url else None
    if drawn is not None:
        return [Markup(drawn)]
    line = scope.line(nodes).strip(" ")
    if _NOTHING.fullmatch(line):
        return []
    return [line if line.startswith("![") else escape.line_start(line)]


def heading(node: Heading, scope: Scope) -> str:
    nodes, _ = without_name(scope.inlines(node))
    name = scope.sheet.anchors.get(node.start, "")
    return layout.headline(scope.depth(node.depth), scope.line(nodes), name)


def code(node: Code, scope: Scope) -> str:
    """A fence; ```` ```math ```` is a formula, and a diagram in text stays text."""
    if node.lang == "math":
        return formula.display(node.value, node, scope)
    if node.lang == "mermaid":
        message = "the site draws no mermaid diagrams; its source is shown"
        scope.report(Check.P001, node, message)
    return fences.fence(node)


def math(node: Math, scope: Scope) -> str:
    tex = "\n".join(filter(None, (node.meta, node.value)))
    return formula.display(tex, node, scope)


def rule(node: ThematicBreak, scope: Scope) -> str:
    return "* * *"


def quote(node: Blockquote, scope: Scope) -> str:
    """A quotation, or one of GitHub's alerts."""
    first = node.children[0] if node.children else None
    if isinstance(first, Paragraph):
        inner = scope.inlines(first)
        opening = inner[0] if inner else None
        match = _ALERT.match(opening.value) if isinstance(opening, Text) else None
        if match and isinstance(opening, Text):
            rest = (replace(opening, value=opening.value[match.end() :]), *inner[1:])
            body = joined([*prose(rest, scope), *scope.parts(node.children[1:])])
            return layout.admonition(*components.ALERTS[match[1].lower()], body)
    return layout.quoted(scope.body(node.children))


def listing(node: List, scope: Scope) -> str:
    items = [item(child, scope) for child in node.children if isinstance(child, ListItem)]
    return layout.listed(items, node.number if node.ordered else None)


def item(node: ListItem, scope: Scope) -> str:
    """An item without its marker, its lines after the first not yet indented."""
    box = {True: "[x] ", False: "[ ] ", None: ""}[node.checked]
    return box + layout.item(scope.parts(node.children), tight=_is_tight(node))


def _is_tight(node: ListItem) -> bool:
    """A line of text and perhaps a list under it, with no blank line between."""
    kinds = [type(child) for child in node.children]
    return not node.spread and kinds in ([Paragraph], [Paragraph, List], [])


def table(node: Table, scope: Scope) -> str:
    rows = [
        _cells(row, scope, len(node.align)) for row in node.children if isinstance(row, TableRow)
    ]
    rules = {"left": ":---", "right": "---:", "center": ":---:", None: "---"}
    rows.insert(1, [rules[side] for side in node.align])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows)


def _cells(row: TableRow, scope: Scope, width: int) -> list[str]:
    """As many cells as the table has columns: GFM drops what is too much."""
    inside = scope.in_cell()
    cells = [
        inside.line(markup.paired(scope.inlines(cell))).strip(" ")
        for cell in row.children
        if isinstance(cell, TableCell)
    ]
    return (cells + [""] * width)[:width]


def expression(node: FlowExpression, scope: Scope) -> list[str]:
    line = inlines.evaluated(node.value, node, scope).strip(" ")
    return [escape.line_start(line)] if line else []


BLOCKS: dict[type[Node], Callable[[Any, Scope], str | Iterator[str] | list[str]]] = {
    Paragraph: paragraph,
    Heading: heading,
    Code: code,
    Math: math,
    ThematicBreak: rule,
    Blockquote: quote,
    List: listing,
    Table: table,
    FlowExpression: expression,
    JsxFlow: components.write,
}
"""Blocks that show; what is not here (front matter, imports, definitions) does not."""
