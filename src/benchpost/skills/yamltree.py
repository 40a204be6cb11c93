"""YAML as a tree of what is written: every node with its place, nothing expanded or converted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import yaml

if TYPE_CHECKING:
    from yaml import SafeLoader as Loader
else:
    # libyaml is many times as fast; where PyYAML was built without it, the result is the same
    Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

DEEPEST = 50
"""Levels of nesting that are read."""

Kind = Literal["text", "null", "other", "list", "map", "alias"]
Plain = str | None | list["Plain"] | dict[str, "Plain"]

_KINDS: dict[str, Kind] = {"tag:yaml.org,2002:str": "text", "tag:yaml.org,2002:null": "null"}
_RESOLVER: Any = yaml.resolver.Resolver()


@dataclass(frozen=True, slots=True)
class Node:
    """A value as written."""

    kind: Kind
    """What YAML takes it for; `other` is a number, truth value or date."""
    line: int
    """First line, from 0."""
    column: int
    """First column, from 0."""
    last: int
    """Line after the last character, or the last line where text follows on it."""
    end: int
    """Column after the last character."""
    text: str = ""
    """Text of a scalar, as YAML reads it."""
    style: str = ""
    """`'`, `"`, `|`, `>`, or empty for a plain scalar; `flow` for a collection in brackets."""
    items: tuple[Node, ...] = ()
    """Items of a list."""
    entries: tuple[tuple[Node, Node], ...] = ()
    """Keys and values of a mapping, in order."""
    extra: str = ""
    """`anchor` or `tag` when it carries one."""

    def get(self, key: str) -> Node | None:
        """The first value of a key."""
        return next((value for name, value in self.entries if name.text == key), None)

    def plain(self) -> Plain:
        """Text, None, lists and mappings; numbers and dates stay as written."""
        if self.kind == "list":
            return [item.plain() for item in self.items]
        if self.kind == "map":
            return {key.text: value.plain() for key, value in self.entries}
        return None if self.kind == "null" else self.text


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a text is not YAML that we read."""

    message: str
    """What is wrong, without a full stop; empty where there is no document at all."""
    line: int = 0
    """From 0."""
    column: int = 0
    """From 0."""


def read(source: str) -> Node | Fault:
    """The tree of one YAML document; never raises."""
    try:
        events = yaml.parse(source, Loader=Loader)
        return _document(events)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = error.problem or error.context or "not YAML"
        return Fault(said, mark.line if mark else 0, mark.column if mark else 0)
    except (yaml.YAMLError, ValueError) as error:
        # a character that YAML does not allow comes without a place
        return Fault(" ".join(str(error).split()))


def walk(node: Node) -> Iterator[Node]:
    """A node and all below it, in source order."""
    yield node
    for item in node.items:
        yield from walk(item)
    for key, value in node.entries:
        yield from walk(key)
        yield from walk(value)


def _document(events: Iterator[Any]) -> Node | Fault:
    root: Node | Fault | None = None
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent) and root is not None:
            return Fault("a second document")
        if isinstance(event, yaml.NodeEvent):
            root = _node(event, events, 0)
            if isinstance(root, Fault):
                return root
    return root or Fault("")


def _node(event: Any, events: Iterator[Any], depth: int) -> Node | Fault:
    if depth > DEEPEST:
        mark = event.start_mark
        return Fault(f"nested more than {DEEPEST} levels deep", mark.line, mark.column)
    if isinstance(event, yaml.ScalarEvent):
        return _scalar(event)
    if isinstance(event, yaml.AliasEvent):
        return Node("alias", *_span(event, event), text=f"*{event.anchor}", extra="anchor")
    return _collection(event, events, depth)


def _collection(event: Any, events: Iterator[Any], depth: int) -> Node | Fault:
    found: list[Node] = []
    for inner in events:
        if isinstance(inner, yaml.CollectionEndEvent):
            return _collected(event, inner, found)
        node = _node(inner, events, depth + 1)
        if isinstance(node, Fault):
            return node
        found.append(node)
    return Fault("ends too early", event.start_mark.line, event.start_mark.column)


def _collected(start: Any, end: Any, found: list[Node]) -> Node:
    style = "flow" if start.flow_style else ""
    if isinstance(start, yaml.SequenceStartEvent):
        span = _span(start, end)
        return Node("list", *span, style=style, items=tuple(found), extra=_extra(start))
    pairs = tuple(zip(found[::2], found[1::2], strict=True))
    return Node("map", *_span(start, end), style=style, entries=pairs, extra=_extra(start))


def _scalar(event: Any) -> Node:
    kind: Kind = "text"
    if event.implicit[0] and not event.style:
        tag = _RESOLVER.resolve(yaml.ScalarNode, event.value, (True, False))
        kind = _KINDS.get(tag, "other")
    span = _span(event, event)
    return Node(kind, *span, text=event.value, style=event.style or "", extra=_extra(event))


def _extra(event: Any) -> str:
    return "anchor" if event.anchor else "tag" if event.tag else ""


def _span(start: Any, end: Any) -> tuple[int, int, int, int]:
    first, last = start.start_mark, end.end_mark
    return first.line, first.column, last.line, last.column
