"""A plan from rules as people write them in a change's description.

Items begin with `- `. `mlops/training (2): axolotl, mlops/peft` sends skills to a category, with
their number as a check; `gifs → media` sends a category's skills, or one skill, to another category
(`->` does as well); words in parentheses after it are the reason. In both a skill is written by its
path or, where that says which is meant, by its name. All other text is explanation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from benchpost.errors import Place, near
from benchpost.findings import Check, Finding
from benchpost.skills.address import in_category
from benchpost.skills.moves import Move, Plan
from benchpost.skills.types import Skill, Tree

_ITEM = re.compile(r"(?:^|\s)[-*] ")
_LIST = re.compile(r"([\w.-]+(?:/[\w.-]+)*) \((\d+)\): (.+)", re.DOTALL)
_ARROW = re.compile(r"([\w.-]+(?:/[\w.-]+)*) (?:→|->) ([\w.-]+(?:/[\w.-]+)*)(?: \(([^)]*)\))?")


def propose(text: str, tree: Tree, path: str) -> tuple[Plan, list[Finding]]:
    """The plan that the rules in the file at `path` make for a tree, and what is not clear."""
    moves: dict[str, Move] = {}
    doubts: list[Finding] = []
    for at, item in _items(text):
        place = Place(path, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))
        for found in _moves(item, tree):
            if isinstance(found, str):
                doubts.append(Finding(Check.K040, place, found))
            elif moves.setdefault(found.old, found).new != found.new:
                message = f"{found.old} goes to {moves[found.old].new} and to {found.new}"
                doubts.append(Finding(Check.K040, place, message))
    plan = tuple(move for _, move in sorted(moves.items()) if move.old != move.new)
    return Plan(plan, _descriptions(plan, tree)), doubts


def _items(text: str) -> Iterator[tuple[int, str]]:
    starts = [match.end() for match in _ITEM.finditer(text)]
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        yield start, text[start:end]


def _moves(item: str, tree: Tree) -> Iterator[Move | str]:
    if match := _LIST.match(item):
        yield from _to_category(match[1], int(match[2]), match[3], tree)
    elif match := _ARROW.match(item):
        yield from _from_path(match[1], match[2], match[3] or "", tree)


def _to_category(category: str, count: int, names: str, tree: Tree) -> Iterator[Move | str]:
    found = [name.split()[0].rstrip(".;") for name in names.split(",") if name.strip()]
    if len(found) != count:
        yield f"{category} says {count} skills and names {len(found)}"
    for name in found:
        yield from _of_skill(name, category, f"to {category}", tree)


def _of_skill(said: str, category: str, reason: str, tree: Tree) -> Iterator[Move | str]:
    """One skill, by its path or its name, to a category; or what is not clear about it."""
    skills = _called(said, category, tree)
    if len(skills) == 1:
        yield Move(skills[0].folder, f"{category}/{skills[0].address.name}", reason)
    elif skills:
        paths = ", ".join(skill.folder for skill in skills)
        yield f"{said!r} is the name of several skills: {paths}; write its path"
    else:
        known = {each for skill in tree.skills for each in (skill.address.name, skill.folder)}
        yield f"no skill {said!r}{near(said, known)}"


def _called(name: str, category: str, tree: Tree) -> list[Skill]:
    """The skill of a path; or those of a folder name, first in the categories around the target."""
    at = [skill for skill in tree.skills if skill.folder == name]
    if at and "/" in name:
        return at
    same = [skill for skill in tree.skills if skill.address.name == name]
    around = [skill for skill in same if in_category(category, skill.category) and skill.category]
    return around or same


def _from_path(old: str, new: str, reason: str, tree: Tree) -> Iterator[Move | str]:
    own = [skill for skill in tree.skills if skill.folder == old]
    if own:
        yield Move(old, f"{new}/{own[0].address.name}", reason or f"to {new}")
        return
    below = [skill for skill in tree.skills if skill.folder.startswith(f"{old}/")]
    for skill in below:
        yield Move(skill.folder, new + skill.folder[len(old) :], reason or f"{old} joins {new}")
    if not below and any(skill.address.name == old for skill in tree.skills):
        yield from _of_skill(old, new, reason or f"to {new}", tree)
    elif not below:
        known = {
            part
            for skill in tree.skills
            for part in (skill.folder, skill.category, skill.address.name)
        }
        yield f"no skill and no category {old!r}{near(old, known)}"


def _descriptions(moves: tuple[Move, ...], tree: Tree) -> dict[str, str]:
    """For each category that begins to be, a text to be bettered: the names of its skills."""
    members: dict[str, list[str]] = {}
    for move in moves:
        category, _, name = move.new.rpartition("/")
        if category and category not in tree.categories and category not in tree.descriptions:
            members.setdefault(category, []).append(name)
    return {category: f"Skills for {', '.join(names)}" for category, names in members.items()}
