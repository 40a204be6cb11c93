"""What a Markdown text points at: links, images, paths in inline code; and its anchors."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from urllib.parse import unquote

from benchpost.post.document import Dialect
from benchpost.post.inline import parse_inlines
from benchpost.post.nodes import (
    Definition,
    Heading,
    Html,
    Image,
    InlineCode,
    Leaf,
    Link,
    Node,
)
from benchpost.post.parse import parse
from benchpost.post.walk import walk

Kind = Literal["link", "image", "code"]

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_HTML = re.compile(r"""<(a|img)\b[^>]*?\b(?:href|src)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.I)
_IDS = re.compile(r"""<\w+\b[^>]*?\b(?:id|name)\s*=\s*["']([^"']+)["']""", re.I)
_RAW = re.compile(r"\s*(?:<([^<>\n]*)>|([^\s]*))")
_NOT_WORD = re.compile(r"[^\w\- ]")


@dataclass(frozen=True, slots=True)
class Mention:
    """One pointer in a text."""

    kind: Kind
    """How it is written."""
    target: str
    """Where it points, as Markdown reads it."""
    start: int
    """Offset of the target as written."""
    end: int
    """Offset after it."""

    @property
    def is_relative(self) -> bool:
        """It names a file by its path from here; not a URL, a place on a site, or an anchor."""
        return bool(self.path) and not _SCHEME.match(self.target) and self.target[0] != "/"

    @property
    def path(self) -> str:
        """The path alone, without query and anchor, percent signs resolved."""
        return unquote(re.split(r"[?#]", self.target, maxsplit=1)[0])

    @property
    def anchor(self) -> str:
        """What follows `#`."""
        return unquote(self.target.partition("#")[2])


@dataclass(frozen=True)
class Mentions:
    """What one text points at and offers."""

    mentions: tuple[Mention, ...]
    """In source order."""
    anchors: frozenset[str]
    """Headings as GitHub names them, and ids of HTML tags."""


@lru_cache(maxsize=4096)
def mentions(text: str) -> Mentions:
    """All pointers of a Markdown text, and its anchors; never raises."""
    found: list[Mention] = []
    slugs: Counter[str] = Counter()
    anchors = set(_IDS.findall(text))
    for block in walk(parse(text, Dialect.MARKDOWN)):
        inlines = parse_inlines(block, text, Dialect.MARKDOWN) if isinstance(block, Leaf) else ()
        for node in (block, *(inner for top in inlines for inner in walk(top))):
            found += _of_node(node, text)
        if isinstance(block, Heading):
            slug = _slug(inlines)
            anchors.add(f"{slug}-{slugs[slug]}" if slugs[slug] else slug)
            slugs[slug] += 1
    ordered = sorted(set(found), key=lambda mention: mention.start)
    return Mentions(tuple(ordered), frozenset(anchors))


def _slug(inlines: tuple[Node, ...]) -> str:
    words = "".join(
        getattr(node, "value", getattr(node, "alt", "")) for top in inlines for node in walk(top)
    )
    return _NOT_WORD.sub("", words.strip().lower()).replace(" ", "-")


def _of_node(node: Node, text: str) -> Iterator[Mention]:
    if isinstance(node, InlineCode):
        start = text.find(node.value, node.start, node.end) if node.value else -1
        if start >= 0:
            yield Mention("code", node.value, start, start + len(node.value))
    elif isinstance(node, Html):
        yield from _of_html(node)
    elif isinstance(node, Link | Image) and not node.label:
        begin = _destination(node, text)
        yield from _written("image" if isinstance(node, Image) else "link", node.url, begin, text)
    elif isinstance(node, Definition):
        begin = text.find("]:", node.start, node.end) + 2
        yield from _written("link", node.url, begin if begin > 1 else None, text)


def _of_html(node: Html) -> Iterator[Mention]:
    for match in _HTML.finditer(node.value):
        group = 2 if match[2] is not None else 3
        start = node.start + match.start(group)
        kind: Kind = "image" if match[1].lower() == "img" else "link"
        yield Mention(kind, match[group], start, start + len(match[group]))


def _destination(node: Link | Image, text: str) -> int | None:
    """Offset after the `(` of `](target)`; None for a bare URL."""
    if isinstance(node, Link):
        if node.automatic:
            return None
        close = node.children[-1].end if node.children else node.start + 1
        at = text.find("](", close, node.end)
    else:
        at = text.rfind("](", node.start, node.end)
    return at + 2 if at >= 0 else None


def _written(kind: Kind, url: str, begin: int | None, text: str) -> Iterator[Mention]:
    match = _RAW.match(text, begin) if begin is not None else None
    if match is None:
        return
    group = 1 if match[1] is not None else 2
    start = match.start(group)
    raw = match[group]
    if group == 2 and not raw.startswith(url):
        # escapes or entities: what is written is not what is read
        raw = raw.rpartition(")")[0] or raw
    else:
        raw = url if group == 2 else raw
    yield Mention(kind, url, start, start + len(raw))
