"""An installed copy of a catalogue brought along after moves: what its user did not touch moves."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchpost.errors import BenchpostError
from benchpost.files import write_atomic
from benchpost.skills.address import SKILL_FILE, is_inner
from benchpost.skills.aliases import Aliases, digest
from benchpost.skills.library import above
from benchpost.skills.moves import Move
from benchpost.skills.perform import STAGING, in_order
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
    old_ones = [old for old in sorted(aliases.paths) if is_inner(old)]
    found = {old: aliases.paths[old] for old in old_ones if _has_skill(installed, old)}
    times = Counter(found.values())
    for old, new in found.items():
        notes = _doubts(installed, old, new, aliases.digests.get(old, ""), set(found))
        twice = f"{new} is where another installed skill went too; remove one of them"
        note = twice if times[new] > 1 else next(notes, "")
        yield Step(old, new, note)


def _has_skill(installed: Path, folder: str) -> bool:
    return (installed / folder / SKILL_FILE).is_file()


def _doubts(installed: Path, old: str, new: str, said: str, moving: set[str]) -> Iterator[str]:
    """Why one skill of a copy should stay where it is."""
    if not is_inner(new):
        yield "the new path leads out of the copy"
        return
    if (installed / old).is_symlink():
        yield f"is a symbolic link; link to {new} of the catalogue instead"
    if not all(_lies_in(installed / each, installed) for each in (old, new)):
        yield "a symbolic link leads out of the copy"
    if os.path.lexists(installed / new) and not new.startswith(f"{old}/"):
        yield f"{new} is installed too; remove one of them"
    around = next((each for each in above(old) if each in moving), "")
    if around:
        yield f"lies inside {around}, which moves, and goes along with it"
    inside = [each for each in above(new) if each and each != old]
    blocked = next((each for each in inside if _is_file(installed / each)), "")
    if blocked:
        yield f"{blocked} is a file, and {new} would lie below it"
    if digest(installed / old) != said:
        yield f"was modified; compare it with {new} of the catalogue"


def _lies_in(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def _is_file(path: Path) -> bool:
    return os.path.lexists(path) and not path.is_dir()


def texts(installed: Path, catalogue: Path, found: Sequence[Step]) -> list[str]:
    """The DESCRIPTION.md of categories that skills move into and that the copy does not have."""
    moved = {folder for step in found if not step.note for folder in above(step.new) if folder}
    files = (f"{folder}/{DESCRIPTION_FILE}" for folder in sorted(moved))
    return [f for f in files if _is_new(installed / f, catalogue / f, catalogue)]


def _is_new(here: Path, there: Path, catalogue: Path) -> bool:
    return there.is_file() and _lies_in(there, catalogue) and not os.path.lexists(here)


def left(installed: Path) -> list[str]:
    """The DESCRIPTION.md of a copy below whose folder no skill lies any more."""
    found = walk(installed)
    held = {folder for skill in found.skills for folder in above(skill)}
    return sorted(file.path for folder, file in found.descriptions.items() if folder not in held)


def migrate(installed: Path, catalogue: Path, found: Sequence[Step]) -> None:
    """Move what may move, bring the texts of new categories, remove folders left empty.

    On any error everything is where it was before.
    """
    if os.path.lexists(installed / STAGING):
        message = f"{installed / STAGING} is there, of a move that was cut short; empty it first"
        raise BenchpostError(message)
    moves = [Move(step.old, step.new) for step in found if not step.note]
    made: list[tuple[str, str]] = []
    written: list[str] = []
    try:
        for old, new in in_order(moves):
            _rename(installed, old, new)
            made.append((old, new))
        for file in texts(installed, catalogue, found):
            written.append(file)
            write_atomic(installed / file, (catalogue / file).read_bytes())
    except BaseException:
        _put_back(installed, made, written)
        raise
    finally:
        for folder in (*(f for move in moves for f in (move.old, move.new)), STAGING):
            _sweep(installed / folder, installed)


def _put_back(installed: Path, made: list[tuple[str, str]], written: list[str]) -> None:
    for file in written:
        (installed / file).unlink(missing_ok=True)
    for old, new in reversed(made):
        _rename(installed, new, old)


def _rename(installed: Path, old: str, new: str) -> None:
    (installed / new).parent.mkdir(parents=True, exist_ok=True)
    os.rename(installed / old, installed / new)  # noqa: PTH104 - the one that never copies


def _sweep(start: Path, installed: Path) -> None:
    """Remove the folders above a place that nothing is left in."""
    for folder in start.parents if not start.is_dir() else (start, *start.parents):
        if folder == installed or installed not in folder.parents:
            break
        if folder.is_dir() and not folder.is_symlink() and not any(folder.iterdir()):
            folder.rmdir()
