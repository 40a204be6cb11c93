"""When the text of a skill last changed, by git: its body, and not in a bulk edit.

A commit that touches a large share of all skills says little of any one of them: a licence line,
a field, a mass move. It counts only for a skill that nothing else ever touched.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchpost.skills import git
from benchpost.skills.frontmatter import head
from benchpost.skills.types import Tree

BULK = 0.3
"""Share of a catalogue's skills from which a commit is a bulk edit."""
FEW = 5
"""Skills up to which a commit is none, however small the catalogue."""


@dataclass(frozen=True)
class _Touch:
    commit: str
    """Its hash."""
    date: datetime.date
    """Day of the commit."""
    path: str
    """The SKILL.md, relative to the repository, after it."""
    before: str
    """Its path before; empty where it came to be."""


def changes(tree: Tree) -> dict[str, datetime.date]:
    """The day of the last change of each skill's body by its path; none outside of git."""
    repository = git.top(tree.root)
    root = tree.root.resolve().relative_to(repository.resolve()).as_posix()
    prefix = "" if root == "." else f"{root}/"
    history = _history(repository, prefix)
    sizes: dict[str, int] = {}
    for touch in history:
        sizes[touch.commit] = sizes.get(touch.commit, 0) + 1
    most = max(FEW, BULK * len(tree.skills))
    found: dict[str, datetime.date] = {}
    for skill in tree.skills:
        touches = list(_line_of(f"{prefix}{skill.path}", history))
        own = [touch for touch in touches if sizes[touch.commit] <= most]
        changed = (touch for touch in own if _body_changed(repository, touch))
        last = next(changed, touches[-1] if touches else None)
        if last:
            found[skill.path] = last.date
    return found


def _history(repository: Path, below: str) -> list[_Touch]:
    """Every change of a SKILL.md, newest first, renames followed."""
    words = ("log", "-M", "--name-status", "-z", "--format=%x01%H%x02%cs", "--no-merges", "HEAD")
    data = git.run(repository, *words, "--", below or ".").decode("utf-8", "surrogateescape")
    found: list[_Touch] = []
    for commit in data.split("\x01")[1:]:
        first, _, rest = commit.partition("\0")
        name, _, day = first.partition("\x02")
        date = datetime.date.fromisoformat(day.strip()[:10])
        found += (_Touch(name, date, new, old) for old, new in _pairs(rest))
    return found


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """Paths before and after, of what `--name-status -z` lists."""
    words = [word.lstrip("\n") for word in text.split("\0")]
    at = 0
    while at < len(words):
        state = words[at]
        two = state[:1] in ("R", "C")
        paths = words[at + 1 : at + 2 + two]
        at += 2 + two
        if not state or len(paths) != 1 + two or not paths[-1].endswith("SKILL.md"):
            continue
        yield ("" if state == "A" else paths[0]), paths[-1]


def _line_of(path: str, history: Sequence[_Touch]) -> Iterator[_Touch]:
    for touch in history:
        if touch.path == path:
            yield touch
            path = touch.before or path


def _body_changed(repository: Path, touch: _Touch) -> bool:
    after = _body(repository, f"{touch.commit}:{touch.path}")
    if not touch.before:
        return True
    return after != _body(repository, f"{touch.commit}^:{touch.before}")


def _body(repository: Path, name: str) -> str:
    text = git.run(repository, "cat-file", "blob", name).decode("utf-8", "replace")
    return text[head(text, "").body :].strip()
