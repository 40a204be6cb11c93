"""The nouns of a catalogue: skills, their files, categories, the tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchpost.findings import Finding
from benchpost.skills.address import Address, in_category, lineage
from benchpost.skills.yamltree import Plain


@dataclass(frozen=True, slots=True)
class File:
    """A file of a skill, as the scan saw it."""

    path: str
    """Relative to the root."""
    mtime: int
    """Time of the last change, ns."""
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True)
class Skill:
    """One SKILL.md and the folder around it."""

    address: Address
    """Category, folder name and identity."""
    path: str
    """The SKILL.md, relative to the root."""
    name: str
    """`name` of the front matter, or the folder's where there is none."""
    description: str
    """`description` in one line; empty where there is none."""
    fields: Mapping[str, Plain]
    """The front matter; text and None, lists, mappings."""
    support: tuple[File, ...] = ()
    """The other files of the skill, sorted by path."""
    findings: tuple[Finding, ...] = ()
    """What the scan found wrong in SKILL.md."""

    @property
    def folder(self) -> str:
        """The skill's folder relative to the root; empty when the root is the skill."""
        return "" if self.address.identity == "." else self.address.identity

    @property
    def tags(self) -> tuple[str, ...]:
        """`tags`: at the top of the front matter, under `metadata`, or below a host's name."""
        return self._named("tags")

    @property
    def platforms(self) -> tuple[str, ...]:
        """`platforms`, from the same places; empty for a skill that runs on any."""
        return self._named("platforms")

    def _named(self, field: str) -> tuple[str, ...]:
        """The words of a list, written as a list or in a line with commas."""
        metadata = self.fields.get("metadata")
        inner = metadata if isinstance(metadata, dict) else {}
        hosts = [each for each in inner.values() if isinstance(each, dict)]
        given = [each.get(field) for each in (self.fields, inner, *hosts)]
        return tuple(dict.fromkeys(word for each in given for word in listed(each)))

    @property
    def category(self) -> str:
        """E.g. `mlops/training`."""
        return self.address.category


def listed(value: Plain | None) -> list[str]:
    """A list of words, or a line of them with commas; empty when it is neither."""
    found = value.split(",") if isinstance(value, str) else value
    items = found if isinstance(found, list) else []
    words = (" ".join(item.split()) for item in items if isinstance(item, str))
    return list(dict.fromkeys(word for word in words if word))


@dataclass(frozen=True)
class Tree:
    """A catalogue as it was when it was scanned."""

    root: Path
    """The folder that was scanned."""
    skills: tuple[Skill, ...]
    """Every skill once, sorted by path."""
    descriptions: Mapping[str, str]
    """Text of each category that has a DESCRIPTION.md of its own."""
    findings: tuple[Finding, ...]
    """What is wrong with the tree and with the heads of its files, in order of place."""

    def description(self, category: str) -> str:
        """The category's text, or that of the nearest category above that has one."""
        return next((self.descriptions[c] for c in lineage(category) if c in self.descriptions), "")

    def below(self, prefix: str) -> tuple[Skill, ...]:
        """The skills of a category and of those below it."""
        return tuple(skill for skill in self.skills if in_category(skill.category, prefix))

    @property
    def categories(self) -> dict[str, tuple[Skill, ...]]:
        """The skills that lie directly in each category, sorted by category."""
        found: dict[str, list[Skill]] = {}
        for skill in sorted(self.skills, key=lambda each: (each.category, each.path)):
            found.setdefault(skill.category, []).append(skill)
        return {category: tuple(skills) for category, skills in found.items()}
