"""The code of a page: shell text and inline code, with the way back to offsets of the page."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from benchpost.commands.prose import Over, Prose
from benchpost.post.document import Post
from benchpost.post.inline import parse_inlines
from benchpost.post.nodes import (
    Code,
    Heading,
    InlineCode,
    Leaf,
    List,
    Node,
    Table,
    TableCell,
    TableRow,
)
from benchpost.post.walk import walk

SHELL = ("bash", "sh", "shell", "zsh")
CONSOLE = ("console", "shell-session", "sh-session", "bash-session", "terminal")
PLAIN = ("", "text", "txt", "plaintext", "plain")

_PROMPT = re.compile(r"(?P<indent>[ \t]*)(?P<sign>(?:\([\w.-]+\) )?[$#%>] +)(?=\S)")

Kind = Literal["shell", "inline", "other"]


@dataclass(frozen=True)
class Excerpt:
    """A piece of code and where its characters stand in the page."""

    kind: Kind
    """shell: commands; inline: code within prose; other: a fence in another language."""
    lang: str
    """The fence's language in small letters; empty for inline code."""
    text: str
    """The code. In shell text, prompts and output are blanked, so offsets stay."""
    raw: str
    """The code as it stands."""
    marks: tuple[tuple[int, int], ...]
    """(offset in `text`, offset in the page) where lines begin."""
    prose: Prose | None = None
    """For inline code: the paragraph, cell or heading around it."""
    within: tuple[int, int] = (0, 0)
    """For inline code: where it begins and ends in that prose, its backquotes included."""

    @property
    def before(self) -> str:
        """For inline code: what stands before it, as far as it matters."""
        return self.prose.before(self.within[0]) if self.prose else ""

    @property
    def after(self) -> str:
        """For inline code: what stands after it, as far as it matters."""
        return self.prose.after(self.within[1]) if self.prose else ""

    @property
    def tells_history(self) -> bool:
        """Whether it is inline code in prose about what was, or will be."""
        return self.prose is not None and self.prose.tells_history(*self.within)

    def offset(self, at: int) -> int:
        """The offset in the page of an offset in the code."""
        row = bisect_right(self.marks, at, key=lambda mark: mark[0]) - 1
        begin, place = self.marks[max(row, 0)]
        return place + at - begin


def excerpts(post: Post, names: Sequence[str]) -> Iterator[Excerpt]:
    """All code of a page in source order; `names` are the programs looked for."""
    above = _Above(post.text)
    for node in walk(post.tree):
        if isinstance(node, Code):
            yield from _fences(node, post.text, names)
        elif isinstance(node, Leaf):
            prose = above.prose(node)
            for code in _inline_code(node, post):
                yield _inline(code, node, post.text, prose)
        else:
            above.enter(node)


class _Above:
    """What stands over each leaf of a page, kept while the page is walked."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.heading = self.paragraph = Over()
        self.inside = 0
        """Where the list or table ends that the walk is in."""
        self.heads: list[Over] = []
        self.row: list[TableCell] = []
        self.columns: dict[int, int] = {}
        """The column of each cell of the row, by where it begins."""

    def enter(self, node: Node) -> None:
        """The walk goes into something that is no leaf."""
        if isinstance(node, (List, Table)):
            self.inside = max(self.inside, node.end)
        if isinstance(node, Table):
            self.heads = []
        if isinstance(node, TableRow):
            self.row = [each for each in node.children if isinstance(each, TableCell)]
            self.columns = {each.start: at for at, each in enumerate(self.row)}
            self.heads = self.heads or [Over(self._source(each)) for each in self.row]

    def prose(self, leaf: Leaf) -> Prose:
        """A leaf with what stands over it."""
        source = self._source(leaf)
        if isinstance(leaf, Heading):
            self.heading, self.paragraph = Over(source), Over()
        elif leaf.start >= self.inside:
            self.paragraph = Over(source)
        over = (self.heading, self.paragraph) if leaf.start < self.inside else (self.heading,)
        if not isinstance(leaf, TableCell):
            return Prose(source, over)
        column = self.columns[leaf.start]
        others = "" if column else " | ".join(map(self._source, self.row[1:]))
        return Prose(source, (*over, *self.heads[column : column + 1]), others)

    def _source(self, leaf: Leaf) -> str:
        return self.text[leaf.start : leaf.end]


def _inline_code(leaf: Leaf, post: Post) -> Iterator[InlineCode]:
    if "`" not in leaf.prose.source and "<" not in leaf.prose.source:
        return
    for top in parse_inlines(leaf, post.text, post.dialect):
        for each in walk(top):
            if isinstance(each, InlineCode):
                yield each


def _inline(node: InlineCode, leaf: Leaf, text: str, prose: Prose) -> Excerpt:
    source = text[node.start : node.end]
    at = source.find(node.value)
    # a code span broken over lines of a quote: its first character is near enough
    begin = node.start + (at if at >= 0 else len(source) - len(source.lstrip("`")))
    within = (node.start - leaf.start, node.end - leaf.start)
    marks = ((0, begin),)
    return Excerpt("inline", "", node.value, node.value, marks, prose, within)


def _fences(node: Code, text: str, names: Sequence[str]) -> Iterator[Excerpt]:
    """A fence; or the fences that stand in an indented block, as MkDocs writes them in tabs."""
    marks = tuple(_marks(node, text))
    if node.fence:
        yield _excerpt(node.lang or "", node.value, marks, names)
        return
    lines = node.value.split("\n")
    nested = list(_nested(lines))
    for lang, first, last in nested:
        begin = marks[first][0] if first < len(marks) else 0
        moved = tuple((at - begin, place) for at, place in marks[first:last])
        yield _excerpt(lang, "\n".join(lines[first:last]), moved or ((0, node.start),), names)
    if not nested:
        yield _excerpt("", node.value, marks, names)


_NESTED = re.compile(r"\s*(?P<fence>`{3,}|~{3,})\s*(?P<lang>[^\s`{]*)[^`]*$")


def _nested(lines: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """Language, first line and line after the last of each fence."""
    opened: tuple[str, str, int] | None = None
    for row, line in enumerate(lines):
        match = _NESTED.match(line)
        if match and opened is None:
            opened = (match["fence"], match["lang"], row + 1)
        elif match and opened and not match["lang"] and match["fence"].startswith(opened[0]):
            yield opened[1], opened[2], row
            opened = None


def _excerpt(
    lang: str, value: str, marks: tuple[tuple[int, int], ...], names: Sequence[str]
) -> Excerpt:
    lang = lang.lower().strip("{}.")
    shown = _commands(value, lang, names)
    kind: Kind = "other" if shown is None else "shell"
    return Excerpt(kind, lang, value if shown is None else shown, value, marks)


def _commands(code: str, lang: str, names: Sequence[str]) -> str | None:
    """The code with all that is no command blanked; None where nothing in it is one."""
    lines = code.split("\n")
    prompted = [bool(_PROMPT.match(line)) for line in lines]
    if lang in SHELL:
        has_prompts = any(_PROMPT.match(line) and line.lstrip()[0] == "$" for line in lines)
        return "\n".join(_session(lines, prompted)) if has_prompts else code
    if lang in CONSOLE:
        return "\n".join(_session(lines, prompted))
    if lang not in PLAIN:
        return None
    begins = [
        (line.lstrip().startswith("$ ") and prompt) or _is_called(line, names)
        for line, prompt in zip(lines, prompted, strict=True)
    ]
    return "\n".join(_session(lines, begins)) if any(begins) else None


def _is_called(line: str, names: Sequence[str]) -> bool:
    """Whether a line without a prompt runs one of the programs: its name and a word in small."""
    first, _, rest = line.strip().partition(" ")
    return first in names and bool(re.match(r"[a-z][a-z-]*(?: |$)|-", rest))


def _session(lines: Sequence[str], begins: Sequence[bool]) -> Iterator[str]:
    """Prompts as blanks; lines of output as blanks; what continues a command as it is."""
    goes_on = False
    for line, begin in zip(lines, begins, strict=True):
        match = _PROMPT.match(line)
        if match and (begin or goes_on):
            line = " " * match.end() + line[match.end() :]
        shown = begin or goes_on
        goes_on = shown and line.rstrip().endswith("\\") | bool(re.search(r"\\[ \t]+#", line))
        yield line if shown else " " * len(line)


def _marks(node: Code, text: str) -> Iterator[tuple[int, int]]:
    """Where each line of a fence's code stands in the page, its container's marks skipped."""
    begin = 0
    place = node.start
    if node.fence:
        place = text.find("\n", node.start, node.end) + 1 or node.end
    for line in node.value.split("\n"):
        end = text.find("\n", place, node.end)
        end = node.end if end < 0 else end
        source = text[place:end].rstrip("\r")
        yield begin, place + max(len(source) - len(line.rstrip("\r")), 0)
        begin += len(line) + 1
        place = min(end + 1, node.end)
