"""A post: its text, the tree over it, and what an author may put in it for us to work on."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any

from benchpost.errors import Place
from benchpost.post.nodes import Root
from benchpost.post.problems import Problem


class Dialect(Enum):
    """How a file is written; it decides what a comment looks like and which rules read it."""

    MDX = "mdx"
    """Nextra MDX: JSX, `{}` expressions, comments `{/* */}`."""
    MARKDOWN = "md"
    """CommonMark with GFM tables and maths: raw HTML, comments `<!-- -->`."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A range of characters: `text[span.start:span.end]`."""

    start: int
    """Offset of the first character."""
    end: int
    """Offset after the last character."""


@dataclass(frozen=True, slots=True)
class Keep:
    """A variable whose final value is recorded."""

    name: str
    """The variable, e.g. `max_flops`."""
    unit: str
    """Its unit as written, e.g. `FLOP/s`; empty for a plain number."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """A fence that is run: its meta has the word `bench`."""

    id: str
    """Name within the post, from `id=` or, without it, `snippet-N` counted from 1."""
    lang: str
    """The fence's language, e.g. `python`."""
    code: str
    """Exactly what is printed."""
    span: Span
    """The whole fence."""
    line: int
    """Line of the first line of `code` in the file, from 1."""
    needs: tuple[str, ...] = ()
    """What the machine must have, e.g. `("cuda", "memory:24GB")`."""
    keep: tuple[Keep, ...] = ()
    """Variables to record."""
    timeout: float | None = None
    """Seconds it may take; None for the configured default."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a figure: `{/* fill chart roofline gpu="H200" */}` … `{/* /fill */}`."""

    head: str
    """The words before the options, e.g. `chart roofline`."""
    options: Mapping[str, str | int | float | bool]
    """Options as written, e.g. `{"gpu": "H200", "m": 512}`."""
    span: Span
    """From the first character of the opening marker to the last of the closing one."""
    open: Span
    """The opening marker."""
    body: Span
    """Between the markers: what the tool writes."""
    close: Span
    """The closing marker."""
    prefix: str
    """What each line of the body must begin with to stay in its container, e.g. `> ` or spaces."""
    inline: bool = False
    """True when it stands inside a paragraph, heading or table cell: the body must be one line."""


@dataclass(frozen=True, slots=True)
class Value:
    """A computed number in a sentence: `{/* = decode_rate(…) : .0f */}125{/* /= */}`."""

    expression: str
    """What is computed, e.g. `decode_rate(gpu="RTX 4090")`."""
    format: str
    """How it is written, e.g. `.0f` or `.1f GB/s`; empty for the default."""
    span: Span
    """Both markers and what is between."""
    body: Span
    """Between the markers."""


@dataclass(frozen=True, slots=True)
class Todo:
    """A placeholder: `TODO: show the equation` and its relatives."""

    text: str
    """What it asks for, without wrapper and the word TODO. E.g. `show the equation`"""
    span: Span
    """What a slot would replace: the wrapper too, never a neighbour's text."""
    wants: str
    """The figure noun found: equation, diagram, chart, table, image, screenshot; or empty."""
    heading: str
    """Text of the heading it stands under."""
    before: str
    """Plain text of the paragraph (or list) before it, for matching."""
    inline: bool
    """True when it shares its line or paragraph with other text."""


class Lines:
    """Offsets to lines and columns. Only `\\n` ends a line, as every editor and compiler counts."""

    def __init__(self, text: str) -> None:
        self.starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]

    def place(self, path: str, offset: int) -> Place:
        line = bisect_right(self.starts, offset, hi=len(self.starts) - 1)
        return Place(path, line, offset - self.starts[line - 1] + 1)


@dataclass(frozen=True)
class Post:
    """One post as read: never changed; `fill` makes a new text from it."""

    path: str
    """Path relative to the project root, with forward slashes."""
    file: Path
    """Where it lies on disk."""
    text: str
    """The file's text, line ends untouched."""
    dialect: Dialect
    """MDX or Markdown."""
    tree: Root
    """Blocks over the text."""
    front: Mapping[str, Any]
    """Front matter; empty when there is none or it is not a mapping."""
    snippets: tuple[Snippet, ...]
    """Fences that are run, in order."""
    slots: tuple[Slot, ...]
    """Places for figures, in order."""
    values: tuple[Value, ...]
    """Computed numbers, in order."""
    todos: tuple[Todo, ...]
    """Placeholders, in order."""
    problems: tuple[Problem, ...] = ()
    """Declarations of slots, values and snippets that are not understood."""

    @cached_property
    def lines(self) -> Lines:
        """Offsets to lines."""
        return Lines(self.text)

    def place(self, offset: int) -> Place:
        """Where an offset is, as people name it."""
        return self.lines.place(self.path, offset)

    @property
    def is_draft(self) -> bool:
        """Front matter says `draft: true`."""
        return self.front.get("draft") is True

    @property
    def slug(self) -> str:
        """Name of the post's folder, or of the file when it is not an index file."""
        name = self.file.stem
        return self.file.resolve().parent.name if name == "index" else name

    def snippet_ids(self) -> Iterator[str]:
        """Names of the snippets in running order."""
        return (snippet.id for snippet in self.snippets)
