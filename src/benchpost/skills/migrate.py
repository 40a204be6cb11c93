"""An installed copy of a catalogue brought along after moves: what its user did not touch moves."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchpost.skills.address import SKILL_FILE
from benchpost.skills.aliases import Aliases, digest


@dataclass(frozen=True)
class Step:
    """One skill of an installed copy that the catalogue has elsewhere by now."""

    old: str
    """Its folder in the copy."""
    new: str
    """Its folder in the catalogue."""
    note: str = ""
    """Why it stays where it is; empty when it moves."""


def steps(installed: Path, aliases: Aliases) -> Iterator[Step]:
    """What to do with each installed skill whose path is an alias; reads only."""
    for old, new in sorted(aliases.paths.items()):
        if not (installed / old / SKILL_FILE).is_file():
            continue
        if (installed / new).exists():
            yield Step(old, new, f"{new} is installed too; remove one of them")
        elif not new or not (installed / new).resolve().is_relative_to(installed.resolve()):
            yield Step(old, new, "the new path leads out of the copy")
        elif digest(installed / old) != aliases.digests.get(old):
            yield Step(old, new, f"was modified; compare it with {new} of the catalogue")
        else:
            yield Step(old, new)


def migrate(installed: Path, found: Sequence[Step]) -> None:
    """Move what may move, and remove folders that nothing is left in."""
    for step in found:
        if step.note:
            continue
        target = installed / step.new
        target.parent.mkdir(parents=True, exist_ok=True)
        os.rename(installed / step.old, target)  # noqa: PTH104 - the one that never copies
        folder = (installed / step.old).parent
        while folder != installed and not any(folder.iterdir()):
            folder.rmdir()
            folder = folder.parent
