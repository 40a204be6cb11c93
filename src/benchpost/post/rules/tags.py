"""Opening and closing tags made into elements with children: each closes where it was opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from benchpost.findings import Check
from benchpost.post.jsx import Tag
from benchpost.post.nodes import JsxFlow, JsxText, Node

Element = JsxFlow | JsxText
Report = Callable[[Check, int, str], None]
"""Takes a fault: check, offset, message."""


@dataclass(frozen=True, slots=True)
class TagNode(Node):
    """A tag before it has its partner."""

    type: ClassVar[str] = "tag"
    tag: Tag
    makes: Callable[..., Element]
    """What it becomes: `JsxFlow` or `JsxText`."""


@dataclass(slots=True)
class _Open:
    """An element that waits for its closing tag."""

    at: TagNode
    children: list[Node]


def paired(nodes: Sequence[Node], container: str, report: Report) -> tuple[Node, ...]:
    """The nodes of one container with its tags paired; what has no partner is a fault."""
    if not any(isinstance(node, TagNode) for node in nodes):
        return tuple(nodes)
    stack: list[_Open] = []
    top: list[Node] = []
    for node in nodes:
        into = stack[-1].children if stack else top
        if not isinstance(node, TagNode):
            into.append(node)
        elif node.tag.closing:
            _close(node, stack, top, report)
        elif node.tag.self_closing:
            into.append(_element(node, node, []))
        else:
            stack.append(_Open(node, []))
    while stack:
        _give_up(stack, top, report, f"before the end of the {container}")
    return tuple(top)


def _close(node: TagNode, stack: list[_Open], top: list[Node], report: Report) -> None:
    name = node.tag.name
    if all(opened.at.tag.name != name for opened in stack):
        found = f"; {_named(stack[-1].at)} is open" if stack else "; delete it or open it before"
        report(Check.M002, node.start, f"`</{name or ''}>` closes nothing{found}")
        return
    while stack[-1].at.tag.name != name:
        _give_up(stack, top, report, f"before {_named(node)}")
    opened = stack.pop()
    (stack[-1].children if stack else top).append(_element(opened.at, node, opened.children))


def _give_up(stack: list[_Open], top: list[Node], report: Report, where: str) -> None:
    """Leave the innermost open element without children: they go where it stands."""
    opened = stack.pop()
    name = opened.at.tag.name or ""
    remedy = f"write `</{name}>`" + (f" or `<{name} />`" if name else "")
    report(Check.M002, opened.at.start, f"`<{name}>` is not closed {where}: {remedy}")
    into = stack[-1].children if stack else top
    into.append(_element(opened.at, opened.at, []))
    into.extend(opened.children)


def _named(node: TagNode) -> str:
    slash = "/" if node.tag.closing else ""
    return f"`<{slash}{node.tag.name or ''}>` on line {node.first}"


def _element(opened: TagNode, closed: TagNode, children: list[Node]) -> Element:
    tag = opened.tag
    place = (opened.start, closed.end, opened.first, closed.last)
    return opened.makes(*place, tuple(children), tag.name, tag.attributes, tag.self_closing)
