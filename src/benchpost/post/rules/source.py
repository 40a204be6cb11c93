"""The text cut into lines, and what is left of each line after the prefixes of its containers.

The marks of a line are markdown-it's: `bMarks` and `eMarks` where it begins and ends, `tShift` and
`sCount` its indent in characters and columns, `bsCount` the column of `bMarks`. The text is never
changed: positions are file offsets.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache
from itertools import accumulate

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock

from benchpost.post.nodes import Node, Prose

_LINE = re.compile(r"\r\n|\n|\r")


class Source(StateBlock):
    """The marks of all lines."""

    def __init__(self, text: str, md: MarkdownIt, *, indented_code: bool) -> None:
        self.src = text
        self.md = md
        self.env = {}
        self.tokens = []
        self.blkIndent = 0
        self.line = 0
        self.level = 0
        self.parentType = "root"
        self._code_enabled = indented_code
        self.defined: dict[str, Node] = {}
        self.whole = Prose(text, ((0, 0),), self.defined)
        self._torn: set[int] = set()  # lines that begin within a tab
        self._mark_lines()

    def _mark_lines(self) -> None:
        text = self.src
        self.has_returns = "\r" in text
        lines = _LINE.split(text) if self.has_returns else text.split("\n")
        sizes = list(map(len, lines))
        bare = [line.lstrip(" ") for line in lines]
        self.lineMax = len(lines)
        self.bMarks, self.eMarks = _line_bounds(text, sizes)
        self.begins = tuple(self.bMarks)
        self.tShift = [size - len(line) for size, line in zip(sizes, bare, strict=True)]
        self.sCount = self.tShift.copy()
        self.bsCount = [0] * self.lineMax
        for line in [number for number, rest in enumerate(bare) if rest[:1] == "\t"]:
            self._mark_indent(line)
        if text.startswith("\ufeff"):
            self.bMarks[0] = 1
            self._mark_indent(0)
        for marks, last in zip(self._all_marks(), (len(text), len(text), 0, 0, 0), strict=True):
            marks.append(last)

    def _all_marks(self) -> tuple[list[int], ...]:
        return self.bMarks, self.eMarks, self.tShift, self.sCount, self.bsCount

    def _mark_indent(self, line: int) -> None:
        """Find the first character that is no space or tab, from `bMarks` and `bsCount` on."""
        pos, end, column = self.bMarks[line], self.eMarks[line], self.bsCount[line]
        first, text = column, self.src
        while pos < end:
            if text[pos] == " ":
                column += 1
            elif text[pos] == "\t":
                column += 4 - column % 4
            else:
                break
            pos += 1
        self.tShift[line] = pos - self.bMarks[line]
        self.sCount[line] = column - first

    def strip(self, line: int, columns: int) -> None:
        """Take up to so many columns of indent off a line; a tab may be taken in part."""
        goal = self.bsCount[line] + min(columns, self.sCount[line])
        pos, column = self._skip(line, goal)
        if column > goal:
            pos -= 1
            self._torn.add(line)
        first = self.bMarks[line] + self.tShift[line]
        self.sCount[line] -= goal - self.bsCount[line]
        self.bMarks[line], self.bsCount[line], self.tShift[line] = pos, goal, first - pos

    def _skip(self, line: int, goal: int) -> tuple[int, int]:
        """Position and column where the indent of a line reaches column `goal`, or passes it."""
        pos, column = self.bMarks[line], self.bsCount[line]
        while column < goal:
            column += 1 if self.src[pos] == " " else 4 - column % 4
            pos += 1
        return pos, column

    def strip_marker(self, line: int, length: int) -> None:
        """Take the indent and so many further characters (a container's marker) off a line."""
        self.bsCount[line] += self.sCount[line] + length
        self.bMarks[line] += self.tShift[line] + length
        self._mark_indent(line)

    def begin(self, line: int) -> int:
        """Offset of what is left of a line; a tab that was taken in part is gone."""
        return self.bMarks[line] + (line in self._torn)

    def first(self, line: int) -> int:
        """Offset of the first character of a line that is no space or tab."""
        return self.bMarks[line] + self.tShift[line]

    def number(self, offset: int) -> int:
        """The line of an offset, from 1."""
        return bisect_left(self.eMarks, offset) + 1

    def content(self, line: int, columns: int = 0) -> str:
        """A line without container prefixes and up to `columns` columns of indent."""
        if not self.sCount[line] or not (columns or line in self._torn):
            return self.src[self.bMarks[line] : self.eMarks[line]]
        goal = self.bsCount[line] + min(columns, self.sCount[line])
        pos, column = self._skip(line, max(goal, self.bsCount[line] + (line in self._torn)))
        return " " * (column - goal) + self.src[pos : self.eMarks[line]]

    def line_end(self, line: int) -> str:
        """The characters that end a line: LF, CR LF or CR; none at the end of the text."""
        end = self.eMarks[line]
        if self.src.startswith("\r\n", end):
            return "\r\n"
        return self.src[end : end + 1]

    def joined(self, first: int, after: int, columns: int = 0) -> str:
        """Contents of lines with the line ends between them."""
        if not self.is_nested():
            text = self.src[self.bMarks[first] : self.eMarks[after - 1]]
            if not columns:
                return text
            if "\t" not in text:
                return _indent(columns).sub("", text)
        parts = [self.content(line, columns) + self.line_end(line) for line in range(first, after)]
        return "".join(parts)[: -len(self.line_end(after - 1)) or None]

    def is_nested(self) -> bool:
        """Whether lines have prefixes of containers."""
        return False

    def prose(self, first: int, after: int, *, keep_ends: bool = False) -> Prose:
        """Contents of lines for the inline rules; the first begins at its first character."""
        begin = self.first(first)
        if after == first + 1:
            return Prose(self.src[begin : self.eMarks[first]], ((0, begin),), self.defined)
        if not self.has_returns and not self.is_nested():
            starts = [(0, begin), *((at - begin, at) for at in self.bMarks[first + 1 : after])]
            source = self.src[begin : self.eMarks[after - 1]]
            return Prose(source, tuple(starts), self.defined)
        return self._gathered(first, after, keep_ends)

    def _gathered(self, first: int, after: int, keep_ends: bool) -> Prose:
        begin = self.first(first)
        pieces = [self.src[begin : self.eMarks[first]]]
        starts, size = [(0, begin)], len(pieces[0])
        for line in range(first + 1, after):
            pieces.append(self.line_end(line - 1) if keep_ends else "\n")
            size += len(pieces[-1])
            starts.append((size, self.bMarks[line]))
            pieces.append(self.src[self.bMarks[line] : self.eMarks[line]])
            size += len(pieces[-1])
        return Prose("".join(pieces), tuple(starts), self.defined)

    def span(self, start: int, end: int) -> Prose:
        """Part of a line for the inline rules."""
        return Prose(self.src[start:end], ((0, start),), self.defined)


def _line_bounds(text: str, sizes: list[int]) -> tuple[list[int], list[int]]:
    """Begins and ends of the lines."""
    if "\r" in text:
        ends = [match.span() for match in _LINE.finditer(text)]
        begins = [0, *(after for _, after in ends)]
        return begins, [*(end for end, _ in ends), len(text)]
    begins = list(accumulate((size + 1 for size in sizes[:-1]), initial=0))
    return begins, [begin + size for begin, size in zip(begins, sizes, strict=True)]


@lru_cache(maxsize=64)
def _indent(columns: int) -> re.Pattern[str]:
    return re.compile(rf"^ {{1,{columns}}}", re.MULTILINE)
