"""Names of figure files: made from what the figure shows, so that they stay when a post moves."""

from __future__ import annotations

import re
from collections.abc import Iterable

from benchpost.errors import UsageError
from benchpost.figures.types import Fragment
from benchpost.files import sha256

_LONGEST = 60
_GIVEN = re.compile(r"[a-z0-9][a-z0-9._-]*")


def file_stem(head: str, name: str, *parts: str) -> str:
    """`name` where the author gave one, else head and parts: `chart-roofline-rtx-pro-6000`."""
    if name:
        return _given(head, name)
    stem = slug(" ".join((head, *parts)))
    if len(stem) <= _LONGEST:
        return stem
    return stem[: _LONGEST - 9].rstrip("-") + "-" + sha256(stem.encode())[:8]


def changed(**options: tuple[object, object]) -> list[str]:
    """Parts of a name for options, given as (value, default), that are not at their default."""
    pairs = options.items()
    return [f"{key}{value}" for key, (value, default) in pairs if value != default]


def _given(head: str, name: str) -> str:
    if not _GIVEN.fullmatch(name) or ".." in name:
        wanted = slug(name) or "my-figure"
        raise UsageError(
            f"option 'name' of {head!r} must be letters a-z, digits, - _ and ., "
            f'e.g. "{wanted}", not "{name}"'
        )
    return name


def slug(words: str) -> str:
    """Lower-case letters, digits and single hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")


def clashes(fragments: Iterable[Fragment]) -> list[str]:
    """Sentences about files that two figures of a post would both write, each differently."""
    seen: dict[str, object] = {}
    found = []
    for fragment in fragments:
        files = {drawing.name: drawing.plan for drawing in fragment.drawings} | dict(fragment.data)
        for name, content in files.items():
            if seen.setdefault(name, content) != content:
                found.append(f'two figures are both called {name!r}; give one of them name="…"')
    return found
