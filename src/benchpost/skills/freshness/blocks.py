"""Code that skills show: fenced blocks, words in backticks, scripts; each with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from benchpost.errors import Place
from benchpost.post.document import Dialect
from benchpost.post.inline import parse_inlines
from benchpost.post.nodes import Code, InlineCode, Leaf
from benchpost.post.parse import parse
from benchpost.post.walk import walk
from benchpost.skills.library import MARKDOWN, Library
from benchpost.skills.types import Skill
from benchpost.skills.walk import shown

LANGUAGES = {
    "python": "python",
    "python3": "python",
    "py": "python",
    "pycon": "python",
    "ipython": "python",
    "bash": "shell",
    "sh": "shell",
    "shell": "shell",
    "zsh": "shell",
    "console": "shell",
    "shell-session": "shell",
    "shellsession": "shell",
}
"""What the first word of a fence means."""
SCRIPTS = {".py": "python", ".sh": "shell", ".bash": "shell"}
"""What the suffix of a file means."""
INLINE = "inline"
"""As language: words in backticks."""


@dataclass(frozen=True)
class Block:
    """One stretch of code."""

    language: str
    """`python`, `shell`, `inline`, or the fence's first word."""
    text: str
    """The code, without the indent of what holds it."""
    path: str
    """The file it stands in, relative to the root."""
    line: int
    """Line of its first character, from 1."""
    columns: tuple[int, ...]
    """For each line the columns that stand before it in the file."""

    def place(self, line: int, column: int) -> Place:
        """The place of a line and column of the block, both from 0."""
        before = self.columns[line] if line < len(self.columns) else 0
        return Place(shown(self.path), self.line + line, before + column + 1)


def blocks(library: Library, skill: Skill) -> Iterator[Block]:
    """Every stretch of code of a skill, file by file in source order."""
    for path in (skill.path, *(file.path for file in skill.support)):
        suffix = path[path.rfind(".") :].lower() if "." in path else ""
        if suffix in MARKDOWN:
            yield from in_markdown(library.text(path), path)
        elif suffix in SCRIPTS:
            text = library.text(path)
            yield Block(SCRIPTS[suffix], text, path, 1, (0,) * (text.count("\n") + 1))


def in_markdown(text: str, path: str) -> Iterator[Block]:
    """The code of a Markdown text."""
    lines = text.split("\n")
    for block in walk(parse(text, Dialect.MARKDOWN)):
        if isinstance(block, Code) and block.fence:
            yield _fenced(block, text, lines, path)
        inlines = parse_inlines(block, text, Dialect.MARKDOWN) if isinstance(block, Leaf) else ()
        for node in (inner for top in inlines for inner in walk(top)):
            if isinstance(node, InlineCode) and node.value:
                at = max(text.find(node.value, node.start, node.end), node.start)
                column = at - text.rfind("\n", 0, at) - 1
                line = text.count("\n", 0, at) + 1
                yield Block(INLINE, node.value, path, line, (column,))


def _fenced(block: Code, text: str, lines: list[str], path: str) -> Block:
    first = text.count("\n", 0, block.start) + 1
    inner = block.value.split("\n")
    columns = tuple(
        max(len(lines[first + number].rstrip("\r")) - len(line.rstrip("\r")), 0)
        for number, line in enumerate(inner)
        if first + number < len(lines)
    )
    word = (block.lang or "").lower().strip("{}.")
    return Block(LANGUAGES.get(word, word), block.value, path, first + 1, columns)
