"""Paragraphs, underlined headings and link definitions: what no other rule takes."""

from __future__ import annotations

import re

from benchpost.post.nodes import Definition, Heading, Paragraph, Prose
from benchpost.post.prose import offset_of
from benchpost.post.rules.definitions import read_definition
from benchpost.post.rules.lines import Lines

_UNDERLINE = re.compile(r"(=+|-+)[ \t]*$")


def content(lines: Lines, line: int, end: int, silent: bool) -> bool:
    """Lines up to a blank one, the end of the container, or something that interrupts."""
    stop, lazy = line + 1, False
    while stop < end:
        lazy = not lines.opens(stop)
        if lines.isEmpty(stop) or (not lazy and _underline(lines, stop)):
            break
        if lines.interrupted(stop, lazy=lazy):
            break
        stop += 1
    lines.line = stop
    rest = _take_definitions(lines, line, lines.prose(line, stop))
    if rest is None:
        return True
    first = lines.number(rest.starts[0][1])
    underline = _underline(lines, stop) if stop < end and not lazy else None
    if underline:
        lines.line = stop + 1
        place = (rest.starts[0][1], lines.eMarks[stop], first, stop + 1)
        lines.nodes.append(Heading(*place, rest, 1 if underline[1][0] == "=" else 2))
    else:
        place = (rest.starts[0][1], lines.eMarks[stop - 1], first, stop)
        lines.nodes.append(Paragraph(*place, rest))
    return True


def _underline(lines: Lines, line: int) -> re.Match[str] | None:
    if lines.is_code_block(line):
        return None
    return _UNDERLINE.match(lines.src, lines.first(line), lines.eMarks[line])


def _take_definitions(lines: Lines, line: int, prose: Prose) -> Prose | None:
    """What is left of a paragraph after the link definitions it begins with."""
    pos = 0
    source = prose.source
    while source.startswith("[", pos):
        found = read_definition(source, pos)
        if found is None:
            break
        start, after = offset_of(prose, pos), offset_of(prose, found.end - 1) + 1
        place = (start, after, lines.number(start), lines.number(after - 1))
        node = Definition(*place, found.label, found.url, found.title)
        lines.define(found.label, node)
        lines.nodes.append(node)
        pos = len(source) - len(source[found.end :].lstrip(" \t\n"))
        if pos >= len(source):
            return None
    return rest_of(prose, pos) if pos else prose


def rest_of(prose: Prose, pos: int) -> Prose:
    """What follows a position."""
    offset = offset_of(prose, pos)
    starts = [(begin - pos, start) for begin, start in prose.starts if begin > pos]
    return Prose(prose.source[pos:], ((0, offset), *starts), prose.defined)
