"""Block quotes, lists and footnote definitions: blocks that hold blocks, line by line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from benchpost.post.nodes import Blockquote, FootnoteDefinition, List, ListItem, Node
from benchpost.post.rules.breaks import BREAK
from benchpost.post.rules.lines import Lines
from benchpost.post.rules.tags import paired
from benchpost.post.rules.tasks import take_box

_MARKER = re.compile(r"(?:[-+*]|(\d{1,9})[.)])(?=[ \t\r\n]|\Z)")
_FOOTNOTE = re.compile(r"\[\^((?:[^\s\[\]\\]|\\[\[\]\\]?){1,999})\]:[ \t]*")


@dataclass(slots=True)
class Quote:
    """An open block quote."""

    last: int
    """The last line with a `>`."""

    def continues(self, lines: Lines, line: int) -> bool:
        is_marked = lines.src.startswith(">", lines.first(line), lines.eMarks[line])
        if not is_marked or lines.is_code_block(line):
            return False
        self.take_prefix(lines, line)
        return True

    def take_prefix(self, lines: Lines, line: int) -> None:
        """Strip `>` and one column of space."""
        lines.strip_marker(line, 1)
        lines.strip(line, 1)
        self.last = line
        lines.quoted.add(line)


@dataclass(slots=True)
class Item:
    """An open list item."""

    kind: str
    """Last character of its marker: `-`, `+`, `*`, `.` or `)`."""
    size: int
    """Columns that its lines are indented."""
    begins_blank: bool
    """Nothing but blank so far."""
    ended: bool = False
    """A blank line followed a blank start."""

    def continues(self, lines: Lines, line: int) -> bool:
        if lines.isEmpty(line):
            self.ended = self.ended or self.begins_blank
        else:
            self.begins_blank = False
            if self.ended or lines.sCount[line] < self.size:
                return False
        lines.strip(line, self.size)
        return True


@dataclass(slots=True)
class Footnote:
    """An open footnote definition."""

    def continues(self, lines: Lines, line: int) -> bool:
        if not lines.isEmpty(line) and lines.sCount[line] < 4:
            return False
        lines.strip(line, 4)
        return True


def blockquote(lines: Lines, line: int, end: int, silent: bool) -> bool:
    """`> …`"""
    if lines.is_code_block(line) or not lines.may_hold(line):
        return False
    if silent:
        return True
    start, quote = lines.first(line), Quote(line)
    quote.take_prefix(lines, line)
    with lines.inside(quote, line) as children:
        lines.md.block.tokenize(lines, line, end)
    blocks = paired(children, "block quote", lines.fault)
    after, last = _close(
        lines, max((lines.eMarks[quote.last], quote.last + 1), _end(lines, line, blocks))
    )
    lines.nodes.append(Blockquote(start, after, line + 1, last, blocks))
    return True


def list_block(lines: Lines, line: int, end: int, silent: bool) -> bool:
    """`- …` or `1. …`, with all items of the same marker."""
    marker: re.Match[str] | None = _marker(lines, line)
    if marker is None or not lines.may_hold(line):
        return False
    # what interrupts a paragraph is held to it within the containers it begins, too
    guarded = lines.in_paragraph if silent else line == lines.guarded_line
    if guarded and _is_weak(lines, line, marker):
        return False
    if silent:
        return True
    kind, number = marker[0][-1], marker[1]
    items: list[ListItem] = []
    lines.line = line
    while marker is not None and marker[0][-1] == kind and (marker[1] is None) == (number is None):
        items.append(_item(lines, lines.line, end, marker[0]))
        if lines.line >= end or not lines.opens(lines.line):
            break
        marker = _marker(lines, lines.line)
    head, tail = items[0], items[-1]
    spread = any(b.first > a.last + 1 for a, b in pairwise(items))
    first = None if number is None else int(number)
    after, last = _close(lines, (tail.end, tail.last))
    place = (head.start, after, head.first, last)
    lines.nodes.append(List(*place, tuple(items), number is not None, first, spread))
    return True


def _end(lines: Lines, line: int, blocks: tuple[Node, ...]) -> tuple[int, int]:
    """Offset and number of the line where the blocks of a container end, white space included."""
    last = blocks[-1].last - 1 if blocks else line
    rest = lines.src[blocks[-1].end : lines.eMarks[last]] if blocks else ""
    return (blocks[-1].end if rest.strip(" \t") else lines.eMarks[last]), last + 1


def _close(lines: Lines, end: tuple[int, int]) -> tuple[int, int]:
    """The end of a container: within a quote, the `>` of lines after it count, as mdast has it.

    Of blank lines all that are left, of another container's first line what comes before that.
    """
    line = lines.line
    is_last = line == lines.lineMax - 1 and lines.isEmpty(line)
    if line in lines.quoted and (is_last or (lines.is_cut(line) and not _is_sibling(lines, line))):
        return lines.begin(line), line + 1
    if line - 1 in lines.quoted and line > end[1]:
        return lines.eMarks[line - 1], line
    return end


def _is_sibling(lines: Lines, line: int) -> bool:
    """Whether the next item of a list around begins on a line."""
    left, marker = lines.left(line), _marker(lines, line)
    return isinstance(left, Item) and marker is not None and marker[0][-1] == left.kind


def _marker(lines: Lines, line: int) -> re.Match[str] | None:
    first = lines.first(line)
    match = _MARKER.match(lines.src, first, lines.eMarks[line])
    if match is None or lines.is_code_block(line):
        return None
    if match[0] in "*-" and BREAK.match(lines.src, first, lines.eMarks[line]):
        return None
    return match


def _is_weak(lines: Lines, line: int, marker: re.Match[str]) -> bool:
    """Such an item cannot interrupt a paragraph: an empty one, or a number other than 1."""
    empty = not lines.src[marker.end() : lines.eMarks[line]].strip(" \t")
    return empty or marker[1] not in (None, "1")


def _item(lines: Lines, line: int, end: int, marker: str) -> ListItem:
    start, indent = lines.first(line), lines.sCount[line] + len(marker)
    lines.strip_marker(line, len(marker))
    blank, space = lines.isEmpty(line), lines.sCount[line]
    width = 1 if blank or (lines.is_code_block(line) and space > 4) else space
    if not blank:
        lines.strip(line, width)
    with lines.inside(Item(marker[-1], indent + width, blank), line) as children:
        lines.md.block.tokenize(lines, line, end)
    checked = None if blank and space else take_box(children, lines)
    blocks = paired(children, "list item", lines.fault)
    after, last = _end(lines, line, blocks)
    return ListItem(start, after, line + 1, last, blocks, checked, _is_spread(blocks))


def _is_spread(blocks: tuple[Node, ...]) -> bool:
    return any(b.first > a.last + 1 for a, b in pairwise(blocks))


def footnote(lines: Lines, line: int, end: int, silent: bool) -> bool:
    """`[^label]: …`"""
    start = lines.first(line)
    match = _FOOTNOTE.match(lines.src, start, lines.eMarks[line])
    if match is None or lines.is_code_block(line) or not lines.may_hold(line):
        return False
    if silent:
        return True
    lines.strip_marker(line, match.end() - start)
    with lines.inside(Footnote(), line) as children:
        lines.md.block.tokenize(lines, line, end)
    blocks = paired(children, "footnote", lines.fault)
    after, last = _close(lines, _end(lines, line, blocks))
    node = FootnoteDefinition(start, after, line + 1, last, blocks, match[1])
    lines.define("^" + match[1], node)
    lines.nodes.append(node)
    return True
