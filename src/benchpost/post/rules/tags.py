"""Opening and closing tags made into elements with children: each closes where it was opened."""

from __future__ import annotations

from collections import Counter
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
    return _Pairs(report).pair(nodes, container)


class _Pairs:
    """One pass over the nodes of a container with a stack of open elements."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.top: list[Node] = []
        self.stack: list[_Open] = []
        self.waiting: Counter[str | None] = Counter()

    def pair(self, nodes: Sequence[Node], container: str) -> tuple[Node, ...]:
        for node in nodes:
            if not isinstance(node, TagNode):
                self._add(node)
            elif node.tag.closing:
                self._close(node)
            elif node.tag.self_closing:
                self._add(element(node, node, []))
            else:
                self.waiting[node.tag.name] += 1
                self.stack.append(_Open(node, []))
        self._give_up(0, f"before the end of the {container}")
        return tuple(self.top)

    def _add(self, node: Node) -> None:
        (self.stack[-1].children if self.stack else self.top).append(node)

    def _close(self, node: TagNode) -> None:
        name = node.tag.name
        if not self.waiting[name]:
            waits = f"{_named(self.stack[-1].at)} is open" if self.stack else ""
            found = f"; {waits or 'delete it or open it before'}"
            self.report(Check.M002, node.start, f"`</{name or ''}>` closes nothing{found}")
            return
        at = len(self.stack) - 1
        while self.stack[at].at.tag.name != name:
            at -= 1
        self._give_up(at + 1, f"before {_named(node)}")
        opened = self.stack.pop()
        self.waiting[name] -= 1
        self._add(element(opened.at, node, opened.children))

    def _give_up(self, start: int, where: str) -> None:
        """Leave open elements without children, innermost last: these go where the tags stand."""
        given_up = self.stack[start:]
        del self.stack[start:]
        for opened in given_up:
            name = opened.at.tag.name
            self.waiting[name] -= 1
            self.report(Check.M002, opened.at.start, _unclosed(name or "", where))
            self._add(element(opened.at, opened.at, []))
            for child in opened.children:
                self._add(child)


def _named(node: TagNode) -> str:
    slash = "/" if node.tag.closing else ""
    return f"`<{slash}{node.tag.name or ''}>` on line {node.first}"


def _unclosed(name: str, where: str) -> str:
    remedy = f"write `</{name}>`" + (f" or `<{name} />`" if name else "")
    return f"`<{name}>` is not closed {where}: {remedy}"


def element(opened: TagNode, closed: TagNode, children: list[Node]) -> Element:
    """The element from an opening tag to its closing tag, or a single tag twice."""
    tag = opened.tag
    place = (opened.start, closed.end, opened.first, closed.last)
    return opened.makes(*place, tuple(children), tag.name, tag.attributes, tag.self_closing)
