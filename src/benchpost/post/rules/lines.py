"""The state of the block parser: open containers, the nodes found so far, the rules to try.

markdown-it finds the lines of a container before it parses them; the MDX compiler asks of every
line, when it gets there, which open containers it continues. So do we: it is exact for lazy lines
and never reads a line twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple, Protocol

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference

from benchpost.findings import Check
from benchpost.post.nodes import Fault, Node
from benchpost.post.rules.source import Source
from benchpost.post.rules.tags import TagNode, element

DEEPEST = 100
"""Containers and elements within one another; deeper markers are prose, deeper tags are empty."""


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


class Lines(Source):
    """State of the block parser: the marks of all lines, open containers, nodes found so far."""

    def __init__(self, text: str, md: MarkdownIt, rules: Rules, *, mdx: bool) -> None:
        super().__init__(text, md, indented_code=not mdx)
        self.rules = rules
        self.mdx = mdx
        self.nodes: list[Node] = []
        self.faults: list[Fault] = []
        self.containers: list[Container] = []
        self.deepest = DEEPEST
        self.depth = 0  # open containers and elements
        self.base = 0  # of them, those that hold the innermost container
        self.quoted: set[int] = set()  # lines with a `>`
        self.guarded_line = -1  # no weak list item begins here: a paragraph or code went before
        self.lazy_line = -1  # the last that does not continue all containers
        self.in_paragraph = False  # no weak list item may begin
        self.in_content = False  # neither ESM nor an HTML block of the seventh kind may begin
        self.effort = 3 * len(text) + 10_000  # characters that may be read in vain
        self._stripped = [0] * (self.lineMax + 1)
        self.barred = -1  # up to this line no container begins: a tag was tried across it in vain
        self._run: tuple[int, Run | None] = (-1, None)

    def opens(self, line: int) -> bool:
        """Whether a line continues all open containers; takes the prefixes of those off."""
        containers = self.containers
        if not containers:
            return True
        depth = self._stripped[line]
        while depth < len(containers):
            if not containers[depth].continues(self, line):
                self._stripped[line] = depth
                self.lazy_line = line
                return False
            depth += 1
        self._stripped[line] = depth
        return True

    def left(self, line: int) -> Container | None:
        """The outermost open container that a line does not continue."""
        depth = self._stripped[line]
        return self.containers[depth] if depth < len(self.containers) else None

    def is_nested(self) -> bool:
        """Whether lines have prefixes of containers."""
        return bool(self.containers)

    def cut_end(self, line: int) -> tuple[int, int]:
        """Offset and number of the line where a block without an end of its own ends.

        One that another container cuts short ends where the next line begins, as the compiler
        counts; else it ends with the line before `line`.
        """
        if line < self.lineMax and self.is_cut(line):
            return self.begins[line], line + 1
        return self.eMarks[line - 1], line

    def is_cut(self, line: int) -> bool:
        """Whether another container begins on the line after a block."""
        return not self.isEmpty(line) and self.holds(line, in_paragraph=False)

    def may_hold(self, line: int) -> bool:
        """Whether a container may begin on a line."""
        return line > self.barred and self.depth < self.deepest

    def add_run(self, run: Run) -> None:
        """Put the tags and expressions of a run among the nodes, and count what is open."""
        for node in run.nodes:
            if isinstance(node, TagNode) and node.tag.closing:
                self.depth = max(self.depth - 1, self.base)
            elif isinstance(node, TagNode) and not node.tag.self_closing:
                if self.depth >= DEEPEST:
                    node = element(node, node, [])
                else:
                    self.depth += 1
            self.nodes.append(node)

    def forgo_containers(self) -> None:
        """From here on no container begins.

        The compiler looks for the end of front matter through all lines; when there is none, it
        has passed over every container.
        """
        self.deepest = 0

    @contextmanager
    def inside(self, container: Container, line: int) -> Iterator[list[Node]]:
        """With a container open from `line` on; gives the list its blocks are put into."""
        outer, self.nodes = self.nodes, []
        depth, base = self.depth, self.base
        self.depth = self.base = depth + 1
        self.containers.append(container)
        self.lazy_line = -1
        self._stripped[line] = len(self.containers)
        yield self.nodes
        self.containers.pop()
        self.depth, self.base = depth, base
        self.nodes = outer

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
        rule = self._beginning(line, self.rules.into)
        if rule and not lazy:
            self.guarded_line = line
        return rule

    def ends_table(self, line: int) -> bool:
        """Whether a line is no row because another block begins on it."""
        self.in_paragraph = self.in_content = False
        return self._beginning(line, self.rules.instead) is not None

    def holds(self, line: int, *, in_paragraph: bool) -> bool:
        """Whether a container begins on a line."""
        self.in_paragraph = in_paragraph
        return self._beginning(line, self.rules.holding) is not None

    def _beginning(self, line: int, chains: Chains) -> BlockRule | None:
        char = self.src[self.bMarks[line] + self.tShift[line]]
        for rule in chains.get(char, chains[""]):
            if rule(self, line, self.lineMax, True):
                return rule
        return None

    def fault(self, check: Check, at: int, message: str) -> None:
        """Note something the compiler refuses."""
        self.faults.append(Fault(check, at, message))
