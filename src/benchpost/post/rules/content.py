"""Paragraphs, underlined headings and link definitions: what no other rule takes."""

from __future__ import annotations

import re

from benchpost.post.nodes import Definition, Heading, Paragraph, Prose
from benchpost.post.prose import offset_of
from benchpost.post.rules.definitions import read_definition
from benchpost.post.rules.flow import flow
from benchpost.post.rules.html import html, is_weak
from benchpost.post.rules.lines import BlockRule, Lines
from benchpost.post.rules.tables import table

_SPACE = re.compile(r"[ \t\n]*+")
_UNDERLINE = re.compile(r"(=+|-+)[ \t]*$")


def content(lines: Lines, line: int, end: int, silent: bool) -> bool:
    """Lines up to a blank one, the end of the container, or something that interrupts."""
    stop, lazy, other = line + 1, False, None
    while stop < end:
        lazy = not lines.opens(stop)
        if lines.isEmpty(stop) or (not lazy and _underline(lines, stop)):
            break
        other = lines.interrupter(stop, lazy=lazy)
        if other:
            break
        stop += 1
    lines.line = stop
    rest = _take_definitions(lines, lines.prose(line, stop))
    if rest is not None:
        underline = None if lazy or stop >= end else _underline(lines, stop)
        _add(lines, line, rest, stop, underline)
    if lazy and other and _lingers(lines, other, stop):
        other(lines, stop, end, False)
    return True


def _add(lines: Lines, line: int, prose: Prose, stop: int, underline: re.Match[str] | None) -> None:
    """Put a paragraph, or a heading: with the definitions before it, as the compiler counts."""
    if underline:
        lines.line = stop + 1
        place = (lines.first(line), lines.eMarks[stop], line + 1, stop + 1)
        lines.nodes.append(Heading(*place, prose, 1 if underline[1][0] == "=" else 2))
        return
    start = prose.starts[0][1]
    lines.nodes.append(Paragraph(start, lines.eMarks[stop - 1], lines.number(start), stop, prose))


def _lingers(lines: Lines, rule: BlockRule, line: int) -> bool:
    """Whether the block that begins on a lazy line goes on in the container.

    The compiler leaves the container when the lazy line is read and nothing is open; a tag, an
    expression, a table head or HTML that needs the next line is still open then.
    """
    if rule is html:
        return is_weak(lines, line) and line + 1 < lines.lineMax
    return rule is table or (rule is flow and lines.run_after(line) > line + 1)


def _underline(lines: Lines, line: int) -> re.Match[str] | None:
    if lines.is_code_block(line):
        return None
    return _UNDERLINE.match(lines.src, lines.first(line), lines.eMarks[line])


def _take_definitions(lines: Lines, prose: Prose) -> Prose | None:
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
        space = _SPACE.match(source, found.end)
        pos = space.end() if space else found.end
        if pos >= len(source):
            return None
    return rest_of(prose, pos) if pos else prose


def rest_of(prose: Prose, pos: int) -> Prose:
    """What follows a position."""
    offset = offset_of(prose, pos)
    starts = [(begin - pos, start) for begin, start in prose.starts if begin > pos]
    return Prose(prose.source[pos:], ((0, offset), *starts), prose.defined)
