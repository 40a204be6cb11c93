"""What reading shell text gives: commands of words, comments and faults, each with its offsets."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """What a program gets as one argument."""

    text: str
    """Its characters with quotes and escapes taken away."""
    at: tuple[int, ...]
    """The offset of each of them."""
    start: int
    """Offset of the first character as written, a quote too."""
    end: int
    """Offset after the last character as written."""
    plain: bool = True
    """Nothing in it would be expanded: the text is what the program gets."""

    def offset(self, index: int) -> int:
        """Where a character of the text stands; past the end, where the word ends."""
        return self.at[index] if index < len(self.at) else self.end

    def cut(self, first: int, last: int | None = None) -> Word:
        """A part of the word."""
        text, at = self.text[first:last], self.at[first:last]
        start = at[0] if at else self.offset(first)
        return Word(text, at, start, at[-1] + 1 if at else start, self.plain)


@dataclass(frozen=True, slots=True)
class Comment:
    """What follows `#`."""

    text: str
    """Without the `#`."""
    start: int
    """Offset of the `#`."""


@dataclass(frozen=True, slots=True)
class Command:
    """A simple command: assignments and words up to the next operator."""

    assignments: tuple[Word, ...]
    """`NAME=value` before the first word."""
    words: tuple[Word, ...]
    """The program and its arguments, redirections left out."""
    start: int
    """Offset of the first of them."""
    after: str
    """The operator or line end before it, e.g. `|`; empty at the beginning."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a shell reads something else than was meant."""

    kind: str
    """broken: a backslash before blanks or a comment; comment: a comment that ends a continued
    command; quote: a quote that is not closed; typographic: a quote or dash of print."""
    start: int
    """Offset."""
    text: str
    """The characters in question."""


@dataclass(frozen=True)
class Script:
    """Shell text as read."""

    commands: tuple[Command, ...]
    """In order, those without words left out."""
    comments: tuple[Comment, ...]
    """In order."""
    faults: tuple[Fault, ...]
    """In order."""
