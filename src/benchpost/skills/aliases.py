"""Old paths of skills and where they are now: `aliases.json` in the root of a tree."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchpost.errors import BenchpostError, Place
from benchpost.findings import Check, Finding
from benchpost.skills.address import is_inner
from benchpost.skills.moves import Move
from benchpost.skills.walk import PRUNED

ALIASES_FILE = "aliases.json"


@dataclass(frozen=True)
class Aliases:
    """Every folder that a skill once had."""

    paths: Mapping[str, str] = field(default_factory=dict)
    """Old folder to the folder now."""
    digests: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of the skill as it was when it left its old folder."""

    def now(self, path: str) -> str:
        """Where the skill of a path lies now; the path itself when it never moved."""
        return self.paths.get(path, path)

    def after(self, moves: Iterable[Move], digests: Mapping[str, str]) -> Aliases:
        """The aliases when skills have moved once more: none leads to another alias."""
        new = {move.old: move.new for move in moves}
        paths = {old: new.get(target, target) for old, target in self.paths.items()} | new
        kept = {old: target for old, target in paths.items() if old != target}
        taken = set(new.values())
        kept = {old: target for old, target in kept.items() if old not in taken or old in new}
        return Aliases(kept, {o: d for o, d in {**self.digests, **digests}.items() if o in kept})

    def text(self) -> str:
        """The file."""
        record = {
            "aliases": dict(sorted(self.paths.items())),
            "digests": dict(sorted(self.digests.items())),
        }
        return json.dumps(record, indent=2, ensure_ascii=False) + "\n"


def read_aliases(root: Path) -> Aliases:
    """The aliases of a tree; none when it has no such file, an error where any is no alias."""
    found, faults = sound_aliases(root)
    if faults:
        raise BenchpostError(faults[0].message, faults[0].place)
    return found


def sound_aliases(root: Path) -> tuple[Aliases, list[Finding]]:
    """The aliases of a tree that can be followed, and what is wrong with the others."""
    file = root / ALIASES_FILE
    path = file.as_posix()
    if not file.is_file():
        return Aliases(), []
    try:
        text = file.read_bytes().decode("utf-8")
        record = json.loads(text)
        paths, digests = record["aliases"], record.get("digests", {})
        if not isinstance(paths, dict) or not isinstance(digests, dict):
            raise TypeError("`aliases` and `digests` are mappings")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        message = f"not a file of aliases: {error}; it has `aliases` and `digests`"
        return Aliases(), [Finding(Check.K001, Place(path), message)]
    faults = dict(_unsound(paths, text, path))
    sound = {old: new for old, new in paths.items() if old not in faults}
    kept = {old: said for old, said in digests.items() if old in sound and isinstance(said, str)}
    return Aliases(sound, kept), list(faults.values())


def _unsound(paths: Mapping[str, object], text: str, path: str) -> Iterator[tuple[str, Finding]]:
    """Each alias that leads from or to no folder of the tree, with what is wrong."""
    for old, new in paths.items():
        if wrong := [each for each in (old, new) if not is_inner(each)]:
            at = max(text.find(json.dumps(old, ensure_ascii=False)), text.find(json.dumps(old)), 0)
            place = Place(path, text.count("\n", 0, at) + 1)
            message = f"alias {old!r}: {wrong[0]!r} is not a path inside the tree"
            yield old, Finding(Check.K001, place, message)


def digest(folder: Path) -> str:
    """SHA-256 over the names and bytes of a folder's files, without what tools leave there."""
    found = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        inner = file.relative_to(folder)
        if file.is_file() and not PRUNED & set(inner.parts):
            data = file.read_bytes()
            found.update(f"{inner.as_posix()}\0{len(data)}\0".encode("utf-8", "surrogateescape"))
            found.update(data)
    return found.hexdigest()
