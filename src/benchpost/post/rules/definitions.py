"""Link definitions: `[label]: url "title"`."""

from __future__ import annotations

import re
from typing import NamedTuple

from benchpost.post.escapes import unescape

_DESTINATION = re.compile(r"<((?:[^<>\\\n\r]|\\.)*+)>")
_LABEL = re.compile(r"\[((?:[^\[\]\\]|\\[\[\]\\]?){1,999}+)\]:[ \t]*+(?:\n[ \t]*+)?")
_TITLE = re.compile(
    r"""[ \t]*+(?:(?<=[ \t])|\n[ \t]*+)("(?:[^"\\]|\\[\s\S]){0,2000}+"|"""
    r"""'(?:[^'\\]|\\[\s\S]){0,2000}+'|\((?:[^)\\]|\\[\s\S]){0,2000}+\))[ \t]*+(?=\n|\Z)"""
)
_END = re.compile(r"[ \t]*+(?=\n|\Z)")


class Found(NamedTuple):
    """A definition in a piece of prose."""

    label: str
    """As written."""
    url: str
    """With escapes and entities resolved."""
    title: str | None
    """The same."""
    end: int
    """Position after it and the white space that follows."""


def read_definition(source: str, start: int) -> Found | None:
    """The definition that begins at `start`, if one does."""
    label = _LABEL.match(source, start)
    if label is None or not label[1].strip():
        return None
    destination = read_destination(source, label.end())
    if destination is None:
        return None
    url, pos = destination
    title = _TITLE.match(source, pos)
    if title:
        return Found(label[1], url, unescape(title[1][1:-1]), title.end())
    end = _END.match(source, pos)
    return Found(label[1], url, None, end.end()) if end else None


def read_destination(source: str, pos: int) -> tuple[str, int] | None:
    """A link's destination, `<…>` or raw with balanced parentheses, and the position after it."""
    if source.startswith("<", pos):
        match = _DESTINATION.match(source, pos)
        return (unescape(match[1]), match.end()) if match else None
    end = _raw_end(source, pos)
    return (unescape(source[pos:end]), end) if end > pos else None


_RAW = re.compile(r"(?:[^\s\\()\x00-\x1f\x7f]|\\[()\\]?)+")


def _raw_end(source: str, pos: int) -> int:
    depth = 0
    while pos < len(source):
        match = _RAW.match(source, pos)
        pos = match.end() if match else pos
        char = source[pos : pos + 1]
        if char == "(" and depth < 32:
            depth += 1
        elif char == ")" and depth:
            depth -= 1
        else:
            break
        pos += 1
    return pos if not depth else -1
