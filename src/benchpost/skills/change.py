"""What a plan would change, worked out in full before anything is touched."""

from __future__ import annotations

import os
import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from benchpost.errors import Place
from benchpost.findings import Check, Finding
from benchpost.skills import git
from benchpost.skills.address import is_inner
from benchpost.skills.aliases import ALIASES_FILE, digest, read_aliases
from benchpost.skills.library import TEXTS, above, read
from benchpost.skills.moves import Move, Plan
from benchpost.skills.rewrite import Moved, rewritten
from benchpost.skills.types import Tree
from benchpost.skills.walk import DESCRIPTION_FILE

_PLAN = re.compile(r'\{\s*"version": 1,\s*"moves": \[')


@dataclass(frozen=True)
class Change:
    """Everything that applying a plan does; paths are relative to the repository."""

    repository: Path
    """Its root."""
    moves: tuple[Move, ...]
    """Folders that move."""
    files: Mapping[str, tuple[bytes | None, bytes | None]]
    """Bytes before and after by path after the moves; None where there is no file."""
    doubts: tuple[Finding, ...] = ()
    """Why nothing may be changed."""
    done: tuple[Move, ...] = ()
    """Moves of the plan that were made before."""


def prepare(tree: Tree, plan: Plan, path: str) -> Change:
    """The change that the plan in the file at `path` makes to a tree in a git repository."""
    repository = git.top(tree.root)
    root = tree.root.resolve().relative_to(repository.resolve()).as_posix()
    root = "" if root == "." else root
    aliases = read_aliases(tree.root)
    name = _join(root, ALIASES_FILE)
    done = tuple(
        move
        for move in plan.moves
        if aliases.paths.get(move.old) == move.new
        and (tree.root / move.new).is_dir()
        and not (tree.root / move.old / "SKILL.md").exists()
    )
    moves = tuple(move for move in plan.moves if move not in done)
    doubts = [Finding(Check.K040, Place(path), doubt) for doubt in _doubts(tree, moves)]
    if moves and (repository / name).is_symlink():
        doubt = f"{name} is a symbolic link; put the file itself in its place"
        doubts.append(Finding(Check.K040, Place(path), doubt))
    if moves:
        doubts += [Finding(Check.K040, Place(path), d) for d in _uncommitted(repository, root)]
    if doubts or not moves:
        return Change(repository, (), {}, tuple(doubts), done)
    inside = tuple(Move(_join(root, m.old), _join(root, m.new), m.reason) for m in moves)
    moved = Moved({move.old: move.new for move in inside}, root)
    files = dict(_texts(repository, moved))
    files |= dict(_descriptions(tree, plan, moves, root))
    after = aliases.after(moves, {m.old: digest(tree.root / m.old) for m in moves})
    files[name] = (_bytes(repository / name), after.text().encode())
    return Change(repository, inside, files, (), done)


def _join(root: str, path: str) -> str:
    return posixpath.join(root, path) if root else path


def _bytes(file: Path) -> bytes | None:
    return file.read_bytes() if file.is_file() else None


def _is_plain_file(file: Path) -> bool:
    return file.is_file() and not file.is_symlink()


def _doubts(tree: Tree, moves: Sequence[Move]) -> Iterator[str]:
    """What is not clear about the moves of a plan, all of it."""
    olds, news = Counter(m.old for m in moves), Counter(m.new for m in moves)
    for path, count in (*olds.items(), *news.items()):
        if count > 1:
            yield f"{path} stands {count} times in the plan"
    folders = {skill.folder for skill in tree.skills}
    for move in moves:
        if move.old not in folders or not move.old:
            yield f"{move.old} is not a skill of the tree"
        if any(_inside(move.old, other) for other in olds if other != move.old):
            yield f"{move.old} lies inside a skill that moves too; move one of them at a time"
        if is_inner(move.new):
            yield from _at_target(move, tree, folders - set(olds), set(olds), set(news))
        else:
            yield f"{move.new!r} is not a path inside the tree"


def _at_target(
    move: Move, tree: Tree, staying: set[str], leaving: set[str], coming: set[str]
) -> Iterator[str]:
    """What is in the way at the new place of a skill."""
    into_itself = _inside(move.new, move.old)
    if (tree.root / move.new).exists() and move.new not in leaving and not into_itself:
        yield f"{move.new} exists, so {move.old} cannot go there"
    for folder in above(move.new):
        if folder in staying:
            yield f"{move.new} would lie inside the skill {folder}"
        elif folder in coming:
            yield f"{move.new} would lie inside {folder}, which moves too"
    below = [folder for folder in staying if folder.startswith(f"{move.new}/")]
    if below:
        yield f"{move.new} is a category of skills that stay, such as {min(below)}"


def _inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")


def _uncommitted(repository: Path, root: str) -> list[str]:
    found = git.dirty(repository, root)
    if not found:
        return []
    some = ", ".join(line[3:] for line in found[:3])
    return [f"{len(found)} files are not committed ({some}); commit them, so that git can undo"]


def _texts(
    repository: Path, moved: Moved
) -> Iterator[tuple[str, tuple[bytes | None, bytes | None]]]:
    """Every tracked text that says something else after the moves."""
    known = git.tracked(repository)
    existing = {folder for path in known for folder in above(path)} | set(known)
    for path in known:
        if not path.lower().endswith(TEXTS) or path.endswith(f"/{ALIASES_FILE}"):
            continue
        if (repository / path).is_symlink():
            # what it leads to is rewritten where it lies, and the link would become a file
            continue
        text = read(repository / path)
        if not text or "\ufffd" in text or _is_plan(path, text):
            # a text that is not UTF-8 would lose bytes
            continue
        after = rewritten(text, path, moved, existing.__contains__)
        if after != text:
            yield moved.path(path), (text.encode(), after.encode())


def _is_plan(path: str, text: str) -> bool:
    """A plan or the record of one: both speak of old folders and must go on doing so."""
    return path.endswith(".json") and bool(_PLAN.match(text))


def _descriptions(
    tree: Tree, plan: Plan, moves: Sequence[Move], root: str
) -> Iterator[tuple[str, tuple[bytes | None, bytes | None]]]:
    """DESCRIPTION.md of new categories, and of those that no skill is left in."""
    new = {move.old: move.new for move in moves}
    after = {new.get(skill.folder, skill.folder) for skill in tree.skills}
    left = {folder for path in after for folder in above(path)}
    for move in moves:
        for category in above(move.old):
            file = tree.root / category / DESCRIPTION_FILE
            if category and category not in left and category not in after and _is_plain_file(file):
                yield _join(root, f"{category}/{DESCRIPTION_FILE}"), (file.read_bytes(), None)
    for category, text in sorted(plan.descriptions.items()):
        file = tree.root / category / DESCRIPTION_FILE
        if category in left and not os.path.lexists(file):
            head = yaml.safe_dump({"description": text}, allow_unicode=True, width=1000)
            yield (
                _join(root, f"{category}/{DESCRIPTION_FILE}"),
                (None, f"---\n{head}---\n".encode()),
            )
