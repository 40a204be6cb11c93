"""The texts of a catalogue, and which paths exist in it and around it."""

from __future__ import annotations

import os
import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from benchpost.skills.aliases import sound_aliases
from benchpost.skills.scan import LARGEST, decode
from benchpost.skills.types import Skill, Tree

MARKDOWN = (".md", ".mdx", ".markdown")
TEXTS = (*MARKDOWN, ".txt", ".py", ".sh", ".js", ".ts", ".mjs", ".json", ".yaml", ".yml", ".toml")
"""Files that can mention others."""


@dataclass(frozen=True)
class Library:
    """A tree with what its files say."""

    tree: Tree
    """The catalogue."""
    also: frozenset[str] = field(default=frozenset(), repr=False)
    """Further paths, relative to the root, that count as existing."""

    @cached_property
    def files(self) -> dict[str, Skill]:
        """Every file of every skill, and its skill."""
        return {
            path: skill
            for skill in self.tree.skills
            for path in (skill.path, *(file.path for file in skill.support))
        }

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every folder that holds something, and the root, which is empty."""
        paths = (*self.files, *self.also)
        return frozenset(folder for path in paths for folder in above(path))

    @cached_property
    def by_name(self) -> dict[str, list[str]]:
        """Every known path by its last part."""
        found: dict[str, list[str]] = defaultdict(list)
        for path in sorted({*self.files, *self.also}):
            found[path.rpartition("/")[2]].append(path)
        return found

    @cached_property
    def aliases(self) -> Mapping[str, str]:
        """Old folders of skills, and where they are now; none where the file cannot be read."""
        return sound_aliases(self.tree.root)[0].paths

    def moved(self, path: str) -> str:
        """Where a path that is gone lies now by the aliases of the tree; empty where nowhere."""
        for folder in (path, *above(path)):
            now = self.aliases.get(folder)
            if now is not None and self.exists(now + path[len(folder) :]):
                return now + path[len(folder) :]
        return ""

    def exists(self, path: str) -> bool:
        """Whether a path relative to the root is a file or folder, in the tree or around it."""
        if path in self.files or path in self.also or path in self.folders:
            return True
        return os.path.lexists(self.tree.root / path)

    def is_own(self, path: str, skill: Skill) -> bool:
        """Whether a file lies where its skill or the tree does, and no link leads out of there."""
        real = os.path.realpath(self.tree.root / path)
        folders = (self.tree.root, self.tree.root / skill.folder)
        return any(real.startswith(f"{os.path.realpath(folder)}{os.sep}") for folder in folders)

    def text(self, path: str) -> str:
        """The text of a file; empty where it cannot be read or is too large."""
        return read(self.tree.root / path)

    def markdown(self, skill: Skill) -> Iterator[tuple[str, str]]:
        """The Markdown files of a skill with their texts."""
        paths = (skill.path, *(file.path for file in skill.support))
        return ((path, self.text(path)) for path in paths if path.lower().endswith(MARKDOWN))


def read(file: Path) -> str:
    """The text of a file; empty where there is none to read: the scan says why."""
    try:
        if not file.is_file() or file.stat().st_size > LARGEST:
            return ""
        return decode(file.read_bytes(), "")[0]
    except OSError:
        return ""


def above(path: str) -> Iterator[str]:
    """The folders around a path, nearest first; the root is empty."""
    while path:
        path = posixpath.dirname(path)
        yield path


def resolve(file: str, target: str) -> str:
    """The path relative to the root that a relative target in `file` names."""
    found = posixpath.normpath(posixpath.join(posixpath.dirname(file), target))
    return "" if found == "." else found


def most_alike(path: str, candidates: Iterable[str]) -> list[str]:
    """The candidates that share the most last parts with `path`."""
    scored = [(_common_end(path, candidate), candidate) for candidate in candidates]
    best = max((score for score, _ in scored), default=0)
    return [candidate for score, candidate in scored if score == best]


def _common_end(path: str, other: str) -> int:
    ends = zip(reversed(path.split("/")), reversed(other.split("/")), strict=False)
    return next((n for n, (a, b) in enumerate(ends) if a != b), min(path.count("/"), 99))
