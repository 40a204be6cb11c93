"""GFM tables."""

from __future__ import annotations

import re

from benchpost.post.nodes import Align, Table, TableCell, TableRow
from benchpost.post.rules.lines import Lines

_DELIMITER = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*(?:\|[ \t]*)?$")
_FIRST = frozenset("|:-> \t")
_CELL = re.compile(r"(?:[^|\\]|\\[|\\]?)*")
_ALIGN: dict[tuple[bool, bool], Align | None] = {
    (True, True): "center",
    (True, False): "left",
    (False, True): "right",
    (False, False): None,
}


def table(lines: Lines, line: int, end: int, silent: bool) -> bool:
    """A head row, a delimiter row with as many cells, and rows up to something else."""
    align = _head(lines, line)
    if align is None or silent:
        return align is not None
    rows = [_row(lines, line)]
    after = line + 2
    while after < end and lines.opens(after) and not lines.isEmpty(after):
        if lines.is_code_block(after) or lines.ends_table(after):
            break
        rows.append(_row(lines, after))
        after += 1
    last = rows[-1].end if len(rows) > 1 else lines.eMarks[line + 1]
    place = (rows[0].start, last, line + 1, after)
    lines.nodes.append(Table(*place, tuple(rows), align))
    lines.line = after
    return True


def _head(lines: Lines, line: int) -> tuple[Align | None, ...] | None:
    """The alignments, when a head row is followed by its delimiter row."""
    if not _may_follow(lines, line + 1) or lines.is_code_block(line):
        return None
    if not lines.opens(line + 1):
        return None
    source, first, after = lines.src, lines.first(line + 1), lines.eMarks[line + 1]
    if source[first : first + 1] not in ("|", "-", ":") or lines.is_code_block(line + 1):
        return None
    delimiter = source[first:after]
    if not _DELIMITER.match(delimiter) or not ("|" in delimiter or ":" in delimiter):
        return None
    if lines.holds(line + 1, in_paragraph=True):
        return None
    parts = [part.strip(" \t") for part in delimiter.rstrip(" \t").strip("|").split("|")]
    if len(parts) != len(_cells(lines, line)):
        return None
    return tuple(_ALIGN[part[0] == ":", part[-1] == ":"] for part in parts)


def _may_follow(lines: Lines, line: int) -> bool:
    """A quick look at the first character of a line: most lines are no delimiter row."""
    return line < lines.lineMax and lines.src[lines.begins[line] : lines.begins[line] + 1] in _FIRST


def _cells(lines: Lines, line: int) -> list[tuple[int, int]]:
    """Begin and end of each cell of a row, with the pipe before it."""
    pos, end = lines.first(line), lines.eMarks[line]
    cells: list[tuple[int, int]] = []
    begin = pos
    if lines.src[pos] == "|":
        pos += 1
    while pos < end:
        match = _CELL.match(lines.src, pos, end)
        pos = match.end() if match else end
        if pos >= end and cells and not lines.src[begin:end].strip("| \t"):
            break
        cells.append((begin, pos))
        begin, pos = pos, pos + 1
    return cells


def _row(lines: Lines, line: int) -> TableRow:
    number = line + 1
    start, end = lines.first(line), lines.eMarks[line]
    cells = []
    for begin, after in _cells(lines, line):
        inner = lines.src[begin:after].lstrip("|").strip(" \t")
        at = lines.src.index(inner, begin) if inner else after
        prose = lines.span(at, at + len(inner))
        cells.append(TableCell(begin, after, number, number, prose))
    return TableRow(start, end, number, number, tuple(cells))
