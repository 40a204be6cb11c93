"""The words of a block without its markup."""

from __future__ import annotations

from collections.abc import Iterator

from benchpost.post.document import Dialect
from benchpost.post.inline import parse_inlines
from benchpost.post.nodes import InlineCode, InlineMath, Leaf, Node, Text
from benchpost.post.walk import walk


def plain_text(node: Node, text: str, dialect: Dialect, until: int | None = None) -> str:
    """The words of a block and of the blocks in it, up to offset `until`, with single spaces."""
    words = "".join(_pieces(node, text, dialect, node.end if until is None else until))
    return " ".join(words.split())


def _pieces(node: Node, text: str, dialect: Dialect, until: int) -> Iterator[str]:
    for leaf in walk(node):
        if not isinstance(leaf, Leaf):
            continue
        for inline in parse_inlines(leaf, text, dialect):
            for piece in walk(inline):
                if isinstance(piece, (Text, InlineCode, InlineMath)) and piece.start < until:
                    whole = piece.end <= until
                    yield piece.value if whole else piece.value[: until - piece.start]
        yield " "
