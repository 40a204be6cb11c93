"""What follows the `]` of a link or image: `(url "title")`, `[label]`, `[]`, or nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from markdown_it.common.utils import normalizeReference

from benchpost.post.escapes import unescape
from benchpost.post.nodes import Definition, Node
from benchpost.post.rules.definitions import read_destination

LONGEST = 999
"""Characters of a label."""

_SPACE = re.compile(r"[ \t\n]*+")
_TITLE = re.compile(
    r""""((?:[^"\\]|\\[\s\S]){0,2000}+)"|'((?:[^'\\]|\\[\s\S]){0,2000}+)'"""
    r"""|\(((?:[^)\\]|\\[\s\S]){0,2000}+)\)"""
)
"""A title; bounded, so that titles without end do not cost the square of the text."""
_LABEL = re.compile(r"\[((?:[^\[\]\\]|\\[\[\]\\]?){1,999}+)\]")


class Target(NamedTuple):
    """Where a link or image leads."""

    url: str
    title: str | None
    label: str | None
    """Label of its definition, for a reference."""
    end: int
    """Position after it."""


def read_target(source: str, start: int, close: int, defined: Mapping[str, Node]) -> Target | None:
    """The target of the text from `start` to the `]` at `close`, if it is a link."""
    follows = source[close + 1 : close + 2]
    if follows == "(":
        found = _read_resource(source, close + 2)
        if found:
            return found
    if not defined:
        return None
    text = source[start:close] if close - start <= LONGEST else ""
    if follows == "[":
        full = _LABEL.match(source, close + 1)
        if full and (target := _look_up(full[1], full.end(), defined)):
            return target
        # as the compiler has it, `[text][other]` with `other` unknown is no link at all
        if not source.startswith("[]", close + 1):
            return None
        return _look_up(text, close + 3, defined)
    return _look_up(text, close + 1, defined)


def _look_up(label: str, end: int, defined: Mapping[str, Node]) -> Target | None:
    node = defined.get(normalizeReference(label)) if label.strip() else None
    return Target(node.url, node.title, label, end) if isinstance(node, Definition) else None


def _read_resource(source: str, pos: int) -> Target | None:
    pos = _skip(source, pos)
    if source.startswith(")", pos):
        return Target("", None, None, pos + 1)
    destination = read_destination(source, pos)
    if destination is None:
        return None
    url, end = destination
    pos = _skip(source, end)
    title = _TITLE.match(source, pos) if pos > end else None
    if title:
        pos = _skip(source, title.end())
    if not source.startswith(")", pos):
        return None
    return Target(url, unescape(title[title.lastindex or 0]) if title else None, None, pos + 1)


def _skip(source: str, pos: int) -> int:
    match = _SPACE.match(source, pos)
    return match.end() if match else pos
