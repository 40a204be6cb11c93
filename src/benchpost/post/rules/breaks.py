"""Headings that begin with `#`, and thematic breaks."""

from __future__ import annotations

import re

from benchpost.post.nodes import Heading, ThematicBreak
from benchpost.post.rules.lines import Lines

BREAK = re.compile(r"([-*_])[ \t]*+(?:\1[ \t]*+){2,}$")
"""A thematic break, from its first character to the end of the line."""
_HEADING = re.compile(r"(#{1,6})(?=[ \t]|$)")


def heading(lines: Lines, line: int, end: int, silent: bool) -> bool:
    """`## …`"""
    start, after = lines.first(line), lines.eMarks[line]
    match = _HEADING.match(lines.src, start, after)
    if match is None or lines.is_code_block(line):
        return False
    if silent:
        return True
    lines.line = line + 1
    words = lines.src[match.end() : after]
    begin = match.end() + len(words) - len(words.lstrip(" \t"))
    prose = lines.span(begin, begin + len(_unclosed(words.strip(" \t"))))
    lines.nodes.append(Heading(start, after, line + 1, line + 1, prose, len(match[1])))
    return True


def _unclosed(words: str) -> str:
    """The words of a heading without the `#` that may close it."""
    bare = words.rstrip("#")
    return bare.rstrip(" \t") if not bare or bare[-1] in " \t" else words


def thematic_break(lines: Lines, line: int, end: int, silent: bool) -> bool:
    """`---`, `***`, `* * *` or `___`"""
    start, after = lines.first(line), lines.eMarks[line]
    if lines.is_code_block(line) or not BREAK.match(lines.src, start, after):
        return False
    if silent:
        return True
    lines.line = line + 1
    lines.nodes.append(ThematicBreak(start, after, line + 1, line + 1))
    return True
