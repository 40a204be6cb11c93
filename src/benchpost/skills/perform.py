"""Making a change and unmaking it: all of it or nothing, with a record that undoes it."""

from __future__ import annotations

import base64
import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchpost.errors import BenchpostError, Place
from benchpost.files import sha256, write_atomic
from benchpost.skills import git
from benchpost.skills.change import Change
from benchpost.skills.moves import Move

STAGING = ".moving"
"""Folder of the repository through which folders go that swap places or move into themselves."""


def perform(change: Change) -> None:
    """Move, rewrite, create and remove; on any error everything is put back."""
    made: list[tuple[str, str]] = []
    written: list[str] = []
    try:
        for old, new in in_order(change.moves):
            git.move(change.repository, old, new)
            made.append((old, new))
        for path, (_, after) in change.files.items():
            written.append(path)
            _put(change.repository / path, after)
        git.stage(change.repository, change.files)
    except BaseException:
        for path in written:
            _put(change.repository / path, change.files[path][0])
        for old, new in reversed(made):
            git.move(change.repository, new, old)
        git.stage(change.repository, [path for path in written if _known(change, path)])
        raise
    finally:
        _sweep(change)


def _known(change: Change, path: str) -> bool:
    return (change.repository / path).exists()


def in_order(moves: Sequence[Move]) -> Iterator[tuple[str, str]]:
    """Moves in an order in which none is in another's way."""
    olds = {move.old for move in moves}
    tangled = [m for m in moves if any(_touch(m.new, old) for old in olds)]
    for number, move in enumerate(tangled):
        yield move.old, f"{STAGING}/{number}"
    for move in moves:
        if move not in tangled:
            yield move.old, move.new
    for number, move in enumerate(tangled):
        yield f"{STAGING}/{number}", move.new


def _touch(path: str, other: str) -> bool:
    return path == other or path.startswith(f"{other}/") or other.startswith(f"{path}/")


def _put(file: Path, data: bytes | None) -> None:
    if data is None:
        file.unlink(missing_ok=True)
    else:
        write_atomic(file, data)


def _sweep(change: Change) -> None:
    """Remove folders that nothing is left in."""
    folders = {change.repository / move.old for move in change.moves}
    folders |= {change.repository / path for path in change.files}
    folders.add(change.repository / STAGING)
    for start in folders:
        for folder in (start, *start.parents):
            if folder == change.repository or change.repository not in folder.parents:
                break
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()


def shown(change: Change) -> str:
    """The whole change for a person: moves, then a diff of every file."""
    lines = [f"move {move.old} -> {move.new}\n" for move in change.moves]
    lines += [f"done before: {move.old} -> {move.new}\n" for move in change.done]
    for path, (before, after) in sorted(change.files.items()):
        old, new = (f"{side}/{path}" for side in "ab")
        lines += difflib.unified_diff(
            _lines(before),
            _lines(after),
            "/dev/null" if before is None else old,
            "/dev/null" if after is None else new,
            n=1,
        )
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def _lines(data: bytes | None) -> list[str]:
    return (data or b"").decode("utf-8", "replace").splitlines(keepends=True)


def record(change: Change) -> str:
    """What undoes the change: the moves, and the bytes that files had."""
    files = {
        path: {
            "before": None if before is None else base64.b64encode(before).decode(),
            "after": None if after is None else sha256(after),
        }
        for path, (before, after) in sorted(change.files.items())
    }
    moves = [[move.old, move.new] for move in change.moves]
    return json.dumps({"version": 1, "moves": moves, "files": files}, indent=1) + "\n"


def undoing(text: str, path: str, repository: Path) -> Change:
    """The change that undoes a recorded one, without moves where that was done before.

    An error where the files are not as the recorded change left them.
    """
    try:
        found = json.loads(text)
        moves = tuple(Move(str(new), str(old)) for old, new in found["moves"])
        if _is_undone(found["files"], moves, repository):
            return Change(repository, (), {}, (), moves)
        files = dict(_undone(found["files"], moves, repository, path))
    except (ValueError, KeyError, TypeError) as error:
        raise BenchpostError(f"not the record of a change: {error}", Place(path)) from error
    for move in moves:
        if not (repository / move.old).is_dir():
            raise BenchpostError(
                f"{move.old} is not there any more; nothing is undone", Place(path)
            )
        into = any(_touch(move.new, other.old) for other in moves)
        if (repository / move.new).exists() and not into:
            raise BenchpostError(f"{move.new} exists again; nothing is undone", Place(path))
    return Change(repository, moves, files)


def _is_undone(
    files: Mapping[str, Mapping[str, str | None]], moves: tuple[Move, ...], repository: Path
) -> bool:
    """Whether every file has the bytes, and every folder the place, from before the change."""
    for path, sides in files.items():
        file = repository / _before(path, moves)
        now = base64.b64encode(file.read_bytes()).decode() if file.is_file() else None
        if now != sides["before"]:
            return False
    return all((repository / move.new).is_dir() for move in moves)


def _before(path: str, moves: tuple[Move, ...]) -> str:
    """Where a file lay before the change that is undone."""
    return next((m.new + path[len(m.old) :] for m in moves if _below(path, m.old)), path)


def _undone(
    files: Mapping[str, Mapping[str, str | None]],
    moves: tuple[Move, ...],
    repository: Path,
    record_path: str,
) -> Iterator[tuple[str, tuple[bytes | None, bytes | None]]]:
    """Each file by its path before the change, with its bytes now and then."""
    for path, sides in files.items():
        file = repository / path
        now = file.read_bytes() if file.is_file() else None
        if (None if now is None else sha256(now)) != sides["after"]:
            message = f"{path} was changed since; nothing is undone"
            raise BenchpostError(message, Place(record_path))
        before = sides["before"]
        yield _before(path, moves), (now, None if before is None else base64.b64decode(before))


def _below(path: str, folder: str) -> bool:
    return path.startswith(f"{folder}/")
