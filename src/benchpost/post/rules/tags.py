"""Opening and closing tags on their own lines, made into elements with children."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from benchpost.findings import Check
from benchpost.post.jsx import Tag
from benchpost.post.nodes import JsxFlow, Node
from benchpost.post.rules.lines import Lines


@dataclass(frozen=True, slots=True)
class FlowTag(Node):
    """A tag before it has its partner."""

    type: ClassVar[str] = "tag"
    tag: Tag


@dataclass(slots=True)
class _Open:
    """An element that waits for its closing tag."""

    at: FlowTag
    children: list[Node]


def paired(nodes: list[Node], lines: Lines, container: str) -> tuple[Node, ...]:
    """The blocks of one container with its tags paired; what has no partner is a fault."""
    if not any(isinstance(node, FlowTag) for node in nodes):
        return tuple(nodes)
    stack: list[_Open] = []
    top: list[Node] = []
    for node in nodes:
        into = stack[-1].children if stack else top
        if not isinstance(node, FlowTag):
            into.append(node)
        elif node.tag.closing:
            _close(node, stack, top, lines)
        elif node.tag.self_closing:
            into.append(_element(node, node, []))
        else:
            stack.append(_Open(node, []))
    while stack:
        _give_up(stack, top, lines, f"before the end of the {container}")
    return tuple(top)


def _close(node: FlowTag, stack: list[_Open], top: list[Node], lines: Lines) -> None:
    name = node.tag.name
    if all(opened.at.tag.name != name for opened in stack):
        found = f"; `<{stack[-1].at.tag.name or ''}>` is open" if stack else ""
        lines.fault(Check.M002, node.start, f"`</{name or ''}>` closes nothing{found}")
        return
    while stack[-1].at.tag.name != name:
        _give_up(stack, top, lines, f"before `</{name or ''}>`")
    opened = stack.pop()
    (stack[-1].children if stack else top).append(_element(opened.at, node, opened.children))


def _give_up(stack: list[_Open], top: list[Node], lines: Lines, where: str) -> None:
    """Leave the innermost open element without children: they go where it stands."""
    opened = stack.pop()
    name = opened.at.tag.name or ""
    message = f"`<{name}>` is not closed {where}: write `</{name}>` or `<{name} />`"
    lines.fault(Check.M002, opened.at.start, message)
    into = stack[-1].children if stack else top
    into.append(_element(opened.at, opened.at, []))
    into.extend(opened.children)


def _element(opened: FlowTag, closed: FlowTag, children: list[Node]) -> JsxFlow:
    tag = opened.tag
    place = (opened.start, closed.end, opened.first, closed.last)
    return JsxFlow(*place, tuple(children), tag.name, tag.attributes, tag.self_closing)
