"""An installed copy of a catalogue brought along after moves: what its user did not touch moves."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchpost.files import write_atomic
from benchpost.skills.address import SKILL_FILE
from benchpost.skills.aliases import Aliases, digest
from benchpost.skills.library import above
from benchpost.skills.walk import DESCRIPTION_FILE, walk


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


def texts(installed: Path, catalogue: Path, found: Sequence[Step]) -> list[str]:
    """The DESCRIPTION.md of categories that skills move into and that the copy does not have."""
    moved = {folder for step in found if not step.note for folder in above(step.new) if folder}
    files = (f"{folder}/{DESCRIPTION_FILE}" for folder in sorted(moved))
    return [f for f in files if (catalogue / f).is_file() and not (installed / f).exists()]


def left(installed: Path) -> list[str]:
    """The DESCRIPTION.md of a copy below whose folder no skill lies any more."""
    found = walk(installed)
    held = {folder for skill in found.skills for folder in above(skill)}
    return sorted(file.path for folder, file in found.descriptions.items() if folder not in held)


def migrate(installed: Path, catalogue: Path, found: Sequence[Step]) -> None:
    """Move what may move, bring the texts of new categories, remove folders left empty."""
    for file in texts(installed, catalogue, found):
        write_atomic(installed / file, (catalogue / file).read_bytes())
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
