"""Headings that begin with `#`, and thematic breaks."""

from __future__ import annotations

import re

from benchpost.post.nodes import Heading, ThematicBreak
from benchpost.post.rules.lines import Lines

BREAK = re.compile(r"([-*_])[ \t]*+(?:\1[ \t]*+){2,}$")
"""A thematic break, from its first character to the end of the line."""
_HEADING = re.compile(r"(#{1,6})(?:[ \t]++(.*?))??(?:[ \t]++#++)?[ \t]*+$")


def heading(lines: Lines, line: int, end: int, silent: bool) -> bool:
    """`## …`"""
    start, after = lines.first(line), lines.eMarks[line]
    match = _HEADING.match(lines.src, start, after)
    if match is None or lines.is_code_block(line):
        return False
    if silent:
        return True
    lines.line = line + 1
    begin, stop = match.span(2) if match[2] is not None else (match.end(), match.end())
    prose = lines.span(begin, stop)
    lines.nodes.append(Heading(start, after, line + 1, line + 1, prose, len(match[1])))
    return True


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
