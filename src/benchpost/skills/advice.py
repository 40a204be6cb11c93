"""What to say of a pointer whose target is nowhere: what is there instead, or what it may be."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from benchpost.skills.types import Skill

LISTED = 3
"""Files of a folder that are named."""

_EXAMPLE = re.compile(r"\b(?:examples?|for instance|such as|would be)\b|\be\.g\.", re.IGNORECASE)
_MADE = re.compile(
    r"\b(?:sav|creat|writ|stor|generat|updat|add|produc|put|append)(?:e|es|ed|ing|s)?\b"
    r"(?:[^.!?]|[.!?](?=\S))*\Z",
    re.IGNORECASE,
)


def advice(skill: Skill, wanted: str) -> str:
    """A clause on a target, relative to the root, of whose name the catalogue has no file."""
    return f"; no file of the catalogue has that name{_instead(skill, wanted)}"


def reads_as(line: str, column: int) -> str:
    """A clause on a path in code that is no pointer by the words of its line; empty for others."""
    if _EXAMPLE.search(line):
        return "; it reads like an example: if it is one, leave it"
    if _MADE.search(line[:column]):
        return "; it reads like a file that is made as one works: if it is one, leave it"
    return ""


def _instead(skill: Skill, wanted: str) -> str:
    """What lies where the file should be."""
    folder, _, name = wanted.rpartition("/")
    if not folder.startswith(skill.folder):
        return ""
    files = [file.path for file in skill.support]
    here = [path for path in files if path.rpartition("/")[0] == folder and _is_text(path)]
    inner = folder[len(skill.folder) :].strip("/")
    if here:
        names = _nearest(name, [path.rpartition("/")[2] for path in here])
        rest = f" and {len(here) - len(names)} more" if len(here) > len(names) else ""
        what = f"{inner}/ holds" if inner else "beside it lie"
        return f"; {what} {', '.join(names)}{rest}: point at one, write it, or take this out"
    if inner and not any(path.startswith(f"{folder}/") for path in files):
        return f"; the skill has no folder {inner}/"
    return ""


def _is_text(path: str) -> bool:
    return not path.rpartition("/")[2].lower().startswith(("readme", "license", "__init__"))


def _nearest(name: str, names: Sequence[str]) -> list[str]:
    """Names most like the wanted one first; those that are as unlike in their own order."""
    stem = name.partition(".")[0]

    def unlike(other: str) -> float:
        return -difflib.SequenceMatcher(None, stem, other.partition(".")[0]).ratio()

    return sorted(names, key=lambda other: (unlike(other), other))[:LISTED]
