"""Old paths of skills and where they are now: `aliases.json` in the root of a tree."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchpost.errors import BenchpostError, Place
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
    """The aliases of a tree; none when it has no such file."""
    file = root / ALIASES_FILE
    if not file.is_file():
        return Aliases()
    try:
        record = json.loads(file.read_bytes())
        return Aliases(dict(record["aliases"]), dict(record.get("digests", {})))
    except (ValueError, KeyError, TypeError) as error:
        message = f"not a file of aliases: {error}; it has `aliases` and `digests`"
        raise BenchpostError(message, Place(file.as_posix())) from error


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
