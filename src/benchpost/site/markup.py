"""Raw HTML of a Markdown post as elements, so that one set of writers serves both dialects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

from benchpost.post.nodes import Attribute, Html, JsxFlow, JsxText, Node, Text
from benchpost.site.names import names

_EMPTY = names("area base br col embed hr img input link meta source track wbr")
_INLINE = names(
    "a abbr b bdi bdo br button cite code data del dfn em i img ins kbd label mark q s"
    " samp small span strike strong sub sup time tt u var wbr"
)


@dataclass
class _Open:
    """An element whose end tag has not come yet."""

    at: Html
    name: str
    attributes: tuple[Attribute, ...]
    children: list[Node] = field(default_factory=list)

    def closed(self) -> Node:
        place = (self.at.start, self.at.end, self.at.first, self.at.last)
        kind = JsxText if self.name in _INLINE else JsxFlow
        return kind(*place, tuple(self.children), self.name, self.attributes, self.name in _EMPTY)


class _Builder(HTMLParser):
    """Builds elements from pieces of HTML with other nodes between them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Node] = []
        self.waiting: list[_Open] = []
        self.at = Html(0, 0, 1, 1)

    def add(self, node: Node) -> None:
        (self.waiting[-1].children if self.waiting else self.found).append(node)

    def read(self, node: Html) -> None:
        self.at = node
        self.feed(node.value)
        if not self.rawdata.strip().startswith("<"):
            return
        self.rawdata = ""  # a tag that does not end within its block is no tag

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        opened = _Open(self.at, tag, tuple(_attribute(name, value) for name, value in attrs))
        if tag in _EMPTY:
            self.add(opened.closed())
        else:
            self.waiting.append(opened)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if any(opened.name == tag for opened in self.waiting):
            while self._close() != tag:
                continue

    def handle_data(self, data: str) -> None:
        self.add(Text(self.at.start, self.at.end, self.at.first, self.at.last, data))

    def _close(self) -> str:
        opened = self.waiting.pop()
        self.add(opened.closed())
        return opened.name

    def finish(self) -> tuple[Node, ...]:
        self.close()
        while self.waiting:
            self._close()
        return tuple(self.found)


def _attribute(name: str, value: str | None) -> Attribute:
    return Attribute(name, "boolean", None) if value is None else Attribute(name, "string", value)


def paired(nodes: Iterable[Node]) -> Sequence[Node]:
    """The nodes, raw HTML among them as elements with what stands between their tags."""
    given = tuple(nodes)
    if not any(isinstance(node, Html) for node in given):
        return given
    builder = _Builder()
    for node in given:
        if isinstance(node, Html):
            builder.read(node)
        else:
            builder.add(node)
    return tuple(_spaced(builder.finish()))


def _spaced(nodes: Iterable[Node]) -> Iterator[Node]:
    """Without the line ends between tags, which are not text of a paragraph."""
    for node in nodes:
        if not (isinstance(node, Text) and not node.value.strip() and "\n" in node.value):
            yield node
