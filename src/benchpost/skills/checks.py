"""Everything that could be wrong with a catalogue, under one profile, reported at once."""

from __future__ import annotations

from collections.abc import Iterator

from benchpost.findings import Finding
from benchpost.skills import fields, likeness, links, reference, shape
from benchpost.skills.frontmatter import head
from benchpost.skills.library import Library
from benchpost.skills.profiles import SKILLS_REF, SPEC, Profile
from benchpost.skills.types import Skill
from benchpost.skills.walk import shown


def check(library: Library, profile: Profile = SPEC) -> list[Finding]:
    """All findings, in order of place."""
    found = [*library.tree.findings, *_heads(library, profile)]
    if profile is SKILLS_REF:
        found = [each for each in found if each not in library.tree.findings]
    else:
        found += [*links.judge(library), *shape.judge(library)]
        found += likeness.judge(library.tree.skills)
    return sorted(found, key=lambda each: (each.place, each.check.name, each.message))


def _heads(library: Library, profile: Profile) -> Iterator[Finding]:
    for skill in library.tree.skills:
        yield from judge_head(skill, library.text(skill.path), profile)


def judge_head(skill: Skill, text: str, profile: Profile) -> Iterator[Finding]:
    """What the profile refuses of a skill's front matter."""
    path = shown(skill.path)
    if profile is SKILLS_REF:
        yield from reference.verdict(text, skill.address, path)
    else:
        yield from fields.judge(head(text, path), skill.address, path, profile)
