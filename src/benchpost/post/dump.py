"""The tree as records or as an outline, under mdast's names: what `benchpost parse` prints."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from benchpost.post.document import Post
from benchpost.post.inline import parse_inlines
from benchpost.post.nodes import (
    Attribute,
    Code,
    Definition,
    Esm,
    FlowExpression,
    FootnoteDefinition,
    FootnoteReference,
    Heading,
    Html,
    Image,
    InlineCode,
    InlineMath,
    JsxFlow,
    JsxText,
    Leaf,
    Link,
    List,
    ListItem,
    Math,
    Node,
    Parent,
    Table,
    Text,
    TextExpression,
    Yaml,
)
from benchpost.post.rules.inlines import words_of

Record = dict[str, Any]
"""A node: `t` type, `o` offsets, `l` lines, `anc` ancestors, and the fields of its type."""
_KINDS = {"string": "string", "expression": "expr", "boolean": "bool"}


def blocks(post: Post) -> list[Record]:
    """The blocks of a post in source order; the rows of a table are counted, not listed."""
    found = _walk(post.tree.children, rows=False)
    return [_record(node, above, _block_fields(node, post)) for node, above in found]


def inlines(post: Post) -> list[Record]:
    """The inlines of a post in source order."""
    return [
        _record(node, (*above, _name(leaf), *within), _fields(node))
        for leaf, above in _walk(post.tree.children, rows=True)
        if isinstance(leaf, Leaf)
        for node, within in _walk(parse_inlines(leaf, post.text, post.dialect), rows=True)
    ]


def outline(records: Sequence[Record]) -> str:
    """A line for each record, indented by its depth."""
    return "".join(_outline_line(record) for record in records)


def _outline_line(record: Record) -> str:
    first, last = record["l"]
    place = f"{first}" if first == last else f"{first}-{last}"
    depth = record["anc"].count(">") + 1 if record["anc"] else 0
    fields = {key: value for key, value in record.items() if key not in ("t", "o", "l", "anc")}
    told = " ".join(f"{key}={_short(value)}" for key, value in fields.items() if _says(value))
    return f"{place:>9}  {'  ' * depth}{record['t']} {told}".rstrip() + "\n"


def _says(value: Any) -> bool:
    return value is not None and value is not False and value != []


def _short(value: Any) -> str:
    shown = json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= 60 else shown[:59] + "…"


def _walk(nodes: tuple[Node, ...], *, rows: bool = False) -> Iterator[tuple[Node, tuple[str, ...]]]:
    """Nodes in source order, each with the names of those above it."""
    waiting: list[tuple[Node, tuple[str, ...]]] = [(node, ()) for node in reversed(nodes)]
    while waiting:
        node, above = waiting.pop()
        yield node, above
        if isinstance(node, Parent) and (rows or not isinstance(node, Table)):
            path = (*above, _name(node))
            waiting.extend((child, path) for child in reversed(node.children))


def _type(node: Node) -> str:
    """mdast has types of their own for links and images that lead to a definition."""
    is_reference = isinstance(node, (Link, Image)) and node.label is not None
    return f"{node.type}Reference" if is_reference else node.type


def _name(node: Node) -> str:
    """The type, and the tag's name where there is one."""
    if isinstance(node, (JsxFlow, JsxText)) and node.name:
        return f"{node.type}:{node.name}"
    return _type(node)


def _record(node: Node, above: tuple[str, ...], fields: Record) -> Record:
    place = {"l": [node.first, node.last], "o": [node.start, node.end]}
    return {"t": _type(node), **place, "anc": ">".join(above), **fields}


def _block_fields(node: Node, post: Post) -> Record:
    if isinstance(node, Heading):
        found = parse_inlines(node, post.text, post.dialect)
        text = words_of(found, expressions=False)
        return {"depth": node.depth, "text": text}
    return _fields(node)


def _fields(node: Node) -> Record:
    describe = _FIELDS.get(type(node))
    return describe(node) if describe else {}


def _code(node: Code) -> Record:
    return {"lang": node.lang, "meta": node.meta, "value": node.value, "fence": node.fence}


def _element(node: JsxFlow | JsxText) -> Record:
    attributes = [_attribute(attribute) for attribute in node.attributes]
    return {"name": node.name, "attrs": attributes, "selfClosing": node.self_closing}


def _attribute(attribute: Attribute) -> Record:
    if attribute.kind == "spread":
        return {"spread": attribute.value}
    return {"name": attribute.name, "kind": _KINDS[attribute.kind], "value": attribute.value}


def _list(node: List) -> Record:
    return {"ordered": node.ordered, "start": node.number, "items": len(node.children)}


def _table(node: Table) -> Record:
    return {"rows": len(node.children), "cols": len(node.align), "align": list(node.align)}


def _link(node: Link) -> Record:
    return {"url": node.url, "title": node.title}


def _image(node: Image) -> Record:
    return {"url": node.url, "alt": node.alt, "title": node.title}


def _definition(node: Definition) -> Record:
    return {"label": node.label, "url": node.url, "title": node.title}


def _value(node: Any) -> Record:
    return {"value": node.value}


def _math(node: Math) -> Record:
    return {"meta": node.meta, "value": node.value}


def _label(node: FootnoteDefinition | FootnoteReference) -> Record:
    return {"label": node.label}


def _item(node: ListItem) -> Record:
    return {"checked": node.checked}


_FIELDS: Mapping[type[Node], Callable[[Any], Record]] = {
    Code: _code,
    JsxFlow: _element,
    JsxText: _element,
    List: _list,
    ListItem: _item,
    Table: _table,
    Link: _link,
    Image: _image,
    Definition: _definition,
    FootnoteDefinition: _label,
    FootnoteReference: _label,
    Math: _math,
    Yaml: _value,
    Esm: _value,
    FlowExpression: _value,
    TextExpression: _value,
    InlineCode: _value,
    InlineMath: _value,
    Text: _value,
    Html: _value,
}
