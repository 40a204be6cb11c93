"""What can go wrong, and where: a `Place` in a file and the one base class of our errors."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Place:
    """A point in a file, as people name it."""

    path: str
    """Path relative to the project root, with forward slashes. E.g. `posts/overhead/index.mdx`"""
    line: int = 1
    """Line, counted from 1."""
    column: int = 1
    """Column in code points, counted from 1."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


class BenchpostError(Exception):
    """A sentence for a person: what, where, and what would be right."""

    exit_code = 1

    def __init__(self, message: str, place: Place | None = None) -> None:
        super().__init__(f"{place}: {message}" if place else message)
        self.message = message
        self.place = place


class UsageError(BenchpostError):
    """The command line or the configuration asks for something that does not exist."""

    exit_code = 2


def near(word: str, known: Iterable[str], *, most: int = 3) -> str:
    """A clause naming the known words closest to `word`: "; did you mean 'a' or 'b'?" or ""."""
    lowered = {name.lower(): name for name in known}
    close = difflib.get_close_matches(word.lower(), lowered, n=most, cutoff=0.6)
    if not close:
        return ""
    return "; did you mean " + " or ".join(repr(lowered[name]) for name in close) + "?"
