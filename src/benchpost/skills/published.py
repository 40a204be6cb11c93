"""Which files of a skill are published, which are offered as they are, and which are not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from benchpost.errors import Place
from benchpost.findings import Check, Finding, Severity
from benchpost.skills.inert import PICTURE, is_inert
from benchpost.skills.library import Library
from benchpost.skills.types import File, Skill
from benchpost.skills.walk import shown

OUTSIDE = "a link to a file outside of the catalogue; it is not published"
ACTIVE = (
    "an SVG that is more than a drawing (scripts, other places, entities); it is shown as code,"
    " and no picture"
)
"""Why a file is not published, or not as it is."""


def publishable(library: Library, skill: Skill) -> Iterator[File]:
    """The files of a skill that may be published: not what a link takes from elsewhere."""
    return (file for file in skill.support if file.size >= 0 and library.is_own(file.path, skill))


def may_be_copied(library: Library, path: str) -> bool:
    """Whether a file can be offered as it is; the others are in the archive."""
    is_picture = path.lower().endswith(PICTURE)
    return is_inert(path, library.text(path).encode("utf-8", "replace") if is_picture else b"")


def not_published(library: Library, kept: Mapping[str, Iterable[File]]) -> Iterator[Finding]:
    """A finding for each file that has no page or is not the picture that its name promises.

    `kept` are the published files by the SKILL.md of their skill.
    """
    for skill in library.tree.skills:
        yield from outside(library, skill)
        for file in kept[skill.path]:
            if file.path.lower().endswith(PICTURE) and not may_be_copied(library, file.path):
                yield _unpublished(file.path, ACTIVE)


def outside(library: Library, skill: Skill) -> Iterator[Finding]:
    """A finding for each file of a skill that a link takes from elsewhere, its SKILL.md too."""
    for path in (skill.path, *(file.path for file in skill.support if file.size >= 0)):
        is_there = (library.tree.root / path).exists()
        if is_there and not library.is_own(path, skill):
            yield _unpublished(path, OUTSIDE)


def _unpublished(path: str, message: str) -> Finding:
    return Finding(Check.K060, Place(shown(path)), message, severity=Severity.WARNING)
