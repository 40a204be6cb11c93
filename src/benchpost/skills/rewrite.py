"""What a text says after folders have moved: relative links, paths in code and prose, names.

Pure: a text and where it stood in, the new text out. What was broken before stays as it is, and
so does a URL, since it may speak of another project's folder of the same name.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote

from benchpost.skills.library import MARKDOWN, above, resolve
from benchpost.skills.mentions import Mention, mentions

Edit = tuple[int, int, str]
"""Start, end, and what stands there instead."""


@dataclass(frozen=True)
class Moved:
    """Folders that move, and how texts name them."""

    folders: Mapping[str, str]
    """Old folder to new, relative to the repository."""
    root: str
    """The tree relative to the repository; empty when it is the whole of it."""

    def path(self, path: str) -> str:
        """Where a path relative to the repository lies afterwards."""
        for folder in (path, *above(path)):
            if folder in self.folders:
                return self.folders[folder] + path[len(folder) :]
        return path

    @cached_property
    def spoken(self) -> Mapping[str, str]:
        """How texts call each folder that moves: from the tree's own folder on, and new."""
        base = posixpath.basename(self.root)
        skip = len(self.root) - len(base)
        return {old[skip:]: new[skip:] for old, new in self.folders.items() if "/" in old[skip:]}

    @cached_property
    def inner(self) -> Mapping[str, str]:
        """How texts call a folder from within the tree: `mlops/axolotl`."""
        skip = len(self.root) + 1 if self.root else 0
        return {old[skip:]: new[skip:] for old, new in self.folders.items() if "/" in old[skip:]}

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds a folder as spoken of anywhere, or its inner path in quotes or backticks."""
        spoken = "|".join(map(re.escape, sorted(self.spoken, key=len, reverse=True)))
        inner = "|".join(map(re.escape, sorted(self.inner, key=len, reverse=True)))
        return re.compile(
            rf"(?<![\w.-])(?P<spoken>{spoken or '(?!)'})(?![\w-]|\.\w)"
            rf"|(?<=[\"'`])(?P<inner>{inner or '(?!)'})(?=[\"'`/])"
        )

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Old folder name to new, of skills that are renamed."""
        pairs = [(posixpath.basename(o), posixpath.basename(n)) for o, n in self.folders.items()]
        return {old: new for old, new in pairs if old != new}


def rewritten(text: str, file: str, moved: Moved, exists: Callable[[str], bool]) -> str:
    """The text of the file that stood at `file`, relative to the repository."""
    edits = list(_links(text, file, moved, exists))
    edits += [edit for edit in _paths(text, moved) if not _overlaps(edit, edits)]
    if file.endswith("SKILL.md") and moved.names:
        edits += [edit for edit in _names(text, file, moved) if not _overlaps(edit, edits)]
    # from the end, so that earlier offsets stay true
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _links(text: str, file: str, moved: Moved, exists: Callable[[str], bool]) -> Iterator[Edit]:
    if not file.lower().endswith(MARKDOWN):
        return
    for mention in mentions(text).mentions:
        if mention.kind == "code" or not mention.is_relative:
            continue
        target = resolve(file, mention.path)
        if not exists(target):
            continue
        here, there = moved.path(file), moved.path(target)
        if resolve(here, mention.path) != there:
            yield mention.start, mention.end, _spelled(mention, here, there)


def _spelled(mention: Mention, file: str, target: str) -> str:
    """The new relative target, with the dot, slash, query and anchor of the old."""
    path = posixpath.relpath(target or ".", posixpath.dirname(file) or ".")
    dotted = "./" if mention.target.startswith("./") and not path.startswith(".") else ""
    slash = "/" if mention.path.endswith("/") else ""
    raw = re.split(r"[?#]", mention.target, maxsplit=1)[0]
    spelled = quote(path, safe="/@:+~(),!$&'*;=") if "%" in raw or " " in path else path
    return dotted + spelled + slash + mention.target[len(raw) :]


def _paths(text: str, moved: Moved) -> Iterator[Edit]:
    for match in moved.pattern.finditer(text):
        before = text[max(0, match.start() - 300) : match.start()]
        # the word so far: a URL may be another project's
        word = re.split(r"[\s\"'`<>()\[\]]", before)[-1]
        if "://" in word:
            continue
        if match["spoken"] is not None:
            yield match.start(), match.end(), moved.spoken[match["spoken"]]
        else:
            yield match.start(), match.end(), moved.inner[match["inner"]]


def _names(text: str, file: str, moved: Moved) -> Iterator[Edit]:
    """The name of a renamed skill in its own front matter and among the related of others."""
    end = text.find("\n---", 3)
    head = text[: max(end, 0)]
    old = posixpath.basename(posixpath.dirname(file))
    if posixpath.dirname(file) in moved.folders and old in moved.names:
        for match in re.finditer(rf"^name:[ \t]*[\"']?({re.escape(old)})[\"']?[ \t]*$", head, re.M):
            yield match.start(1), match.end(1), moved.names[old]
    for block in re.finditer(r"related[_-]skills:((?:[^\n]*\n?)(?:\s+- [^\n]*\n?)*)", head):
        for word in re.finditer(r"[\w.-]+", block[1]):
            if word[0] in moved.names:
                start = block.start(1) + word.start()
                yield start, start + len(word[0]), moved.names[word[0]]


def _overlaps(edit: Edit, others: list[Edit]) -> bool:
    return any(edit[0] < end and start < edit[1] for start, end, _ in others)
