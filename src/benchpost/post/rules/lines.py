"""The lines of a post as block rules see them: markdown-it's `StateBlock` with open containers.

markdown-it finds the lines of a container before it parses them; the MDX compiler asks of every
line, when it gets there, which open containers it continues. So do we: it is exact for lazy lines
and never reads a line twice.

The marks of a line (`bMarks`, `tShift`, `sCount`, `bsCount`) describe what is left of it after the
prefixes of the containers it continues. The text is never changed: positions are file offsets.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple, Protocol

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.rules_block import StateBlock

from benchpost.findings import Check
from benchpost.post.nodes import Fault, Node, Prose

_LINE = re.compile(r"\r\n|\n|\r")
DEEPEST = 100
"""Containers within containers; what stands deeper is read as prose."""


class Container(Protocol):
    """A block quote, list item or footnote that is open."""

    def continues(self, lines: Lines, line: int) -> bool:
        """Whether `line` goes on with it; if so, its prefix has been taken off the line."""


BlockRule = Callable[["Lines", int, int, bool], bool]
"""As markdown-it has them: (lines, first line, line after the last, only look) -> begins here."""
Chains = Mapping[str, Sequence[BlockRule]]
"""Rules by the first character of the line; those for all others under the empty string."""


class Rules(NamedTuple):
    """The rules that may begin on a line."""

    at: Chains
    """Where nothing is open: all."""
    into: Chains
    """Where a paragraph is open."""
    instead: Chains
    """Where a row of a table may stand."""
    holding: Chains
    """Those of containers."""


class Run(NamedTuple):
    """Tags and expressions on a run of lines."""

    nodes: list[Node]
    """In source order."""
    after: int
    """The line after them."""


class Lines(StateBlock):
    """State of the block parser: the marks of all lines, open containers, nodes found so far."""

    def __init__(self, text: str, md: MarkdownIt, rules: Rules, *, mdx: bool) -> None:
        self.src = text
        self.md = md
        self.rules = rules
        self.env = {}
        self.tokens = []
        self.blkIndent = 0
        self.line = 0
        self.level = 0
        self.parentType = "root"
        self._code_enabled = not mdx
        self.mdx = mdx
        self.nodes: list[Node] = []
        self.faults: list[Fault] = []
        self.defined: dict[str, Node] = {}
        self.containers: list[Container] = []
        self.in_paragraph = False  # a list item may not begin empty or with another number than 1
        self.in_content = False  # neither ESM nor an HTML block of the seventh kind may begin
        self.effort = 8 * len(text) + 10_000  # characters that may be read in vain
        self.whole = Prose(text, ((0, 0),), self.defined)
        self._mark_lines()
        self._stripped = [0] * (self.lineMax + 1)
        self.quoted: dict[int, int] = {}  # line: offset after its last `>` and the space there
        self._torn: set[int] = set()  # lines that begin within a tab
        self._run: tuple[int, Run | None] = (-1, None)

    def _mark_lines(self) -> None:
        text = self.src
        self.bMarks, self.eMarks = _line_bounds(text)
        self.begins = tuple(self.bMarks)
        self.lineMax = len(self.bMarks)
        self.tShift = [0] * (self.lineMax + 1)
        self.sCount = [0] * (self.lineMax + 1)
        self.bsCount = [0] * (self.lineMax + 1)
        for line, begin in enumerate(self.bMarks):
            if text[begin : begin + 1] in (" ", "\t"):
                self._mark_indent(line)
        self.bMarks.append(len(text))
        self.eMarks.append(len(text))

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

    def opens(self, line: int) -> bool:
        """Whether a line continues all open containers; takes the prefixes of those off."""
        depth, containers = self._stripped[line], self.containers
        while depth < len(containers):
            if not containers[depth].continues(self, line):
                self._stripped[line] = depth
                return False
            depth += 1
        self._stripped[line] = depth
        return True

    @contextmanager
    def inside(self, container: Container, line: int) -> Iterator[list[Node]]:
        """With a container open from `line` on; gives the list its blocks are put into."""
        outer, self.nodes = self.nodes, []
        self.containers.append(container)
        self._stripped[line] = len(self.containers)
        yield self.nodes
        self.containers.pop()
        self.nodes = outer

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
        if self.src.find("\r", self.bMarks[first], self.eMarks[after - 1]) < 0:
            return "\n".join([self.content(line, columns) for line in range(first, after)])
        parts = [self.content(line, columns) + self.line_end(line) for line in range(first, after)]
        return "".join(parts)[: -len(self.line_end(after - 1)) or None]

    def prose(self, first: int, after: int, *, keep_ends: bool = False) -> Prose:
        """Contents of lines for the inline rules; the first begins at its first character."""
        begin = self.first(first)
        source = self.src[begin : self.eMarks[first]]
        if after == first + 1:
            return Prose(source, ((0, begin),), self.defined)
        pieces, starts, size = [source], [(0, begin)], len(source)
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

    def define(self, label: str, node: Node) -> None:
        """Remember a definition; the first of a label holds."""
        self.defined.setdefault(normalizeReference(label), node)

    def run_at(self, line: int, read: Callable[[Lines, int], Run | None]) -> Run | None:
        """The run at a line; read once when it interrupts a paragraph and is then taken."""
        if self._run[0] != line:
            self._run = (line, read(self, line))
        return self._run[1]

    def run_after(self, line: int) -> int:
        """The line after the run that was last read, if it begins on `line`; else `line`."""
        at, run = self._run
        return run.after if run and at == line else line

    def interrupter(self, line: int, *, lazy: bool) -> BlockRule | None:
        """The rule of the block that begins on a line and ends the paragraph before it."""
        self.in_paragraph, self.in_content = not lazy, True
        return self._beginning(line, self.rules.into)

    def ends_table(self, line: int) -> bool:
        """Whether a line is no row because another block begins on it."""
        self.in_paragraph = self.in_content = False
        return self._beginning(line, self.rules.instead) is not None

    def holds(self, line: int, *, in_paragraph: bool) -> bool:
        """Whether a container begins on a line."""
        self.in_paragraph = in_paragraph
        return self._beginning(line, self.rules.holding) is not None

    def _beginning(self, line: int, chains: Chains) -> BlockRule | None:
        char = self.src[self.first(line)]
        for rule in chains.get(char, chains[""]):
            if rule(self, line, self.lineMax, True):
                return rule
        return None

    def fault(self, check: Check, at: int, message: str) -> None:
        """Note something the compiler refuses."""
        self.faults.append(Fault(check, at, message))


def _line_bounds(text: str) -> tuple[list[int], list[int]]:
    """Begins and ends of the lines; a byte order mark belongs to no line."""
    begins: list[int] = []
    ends: list[int] = []
    if "\r" in text:
        begins.append(0)
        for match in _LINE.finditer(text):
            ends.append(match.start())
            begins.append(match.end())
        ends.append(len(text))
    else:
        position = 0
        for line in text.split("\n"):
            begins.append(position)
            position += len(line)
            ends.append(position)
            position += 1
    begins[0] = 1 if text.startswith("\ufeff") else 0
    return begins, ends
