"""Category, name and identity of a skill, from its path alone: the one place that decides them."""

from __future__ import annotations

from dataclasses import dataclass

SKILL_FILE = "SKILL.md"
GENERAL = "general"
OWN_NAME = "{name}"
"""As `flat`: a skill without a category is a category of its own, which is hermes-agent's rule."""


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """Where a skill stands in a catalogue."""

    category: str
    """Folders above the skill, joined by `/`. E.g. `mlops/training`"""
    name: str
    """The skill's own folder. E.g. `axolotl`"""
    identity: str
    """The skill's folder relative to the root; `.` for a root that is a skill itself."""


def address(path: str, *, flat: str = GENERAL, root: str = "") -> Address:
    """The address of the skill at `path`, its folder or its SKILL.md relative to the root.

    `flat` is the category of skills that lie directly in the root; `{name}` in it stands for the
    skill's name. `root` names the root folder, for a root that is a skill itself.
    """
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if parts and parts[-1].lower() == SKILL_FILE.lower():
        parts.pop()
    name = parts[-1] if parts else root
    category = "/".join(parts[:-1]) or flat.replace(OWN_NAME, name)
    return Address(category, name, "/".join(parts) or ".")


def in_category(category: str, prefix: str) -> bool:
    """Whether `category` is `prefix` or lies below it: `mlops` includes `mlops/training`."""
    prefix = prefix.strip("/")
    return not prefix or category == prefix or category.startswith(f"{prefix}/")


def lineage(category: str) -> list[str]:
    """The category and those above it, nearest first: `a/b`, `a`."""
    parts = category.split("/")
    return ["/".join(parts[:length]) for length in range(len(parts), 0, -1)]


def is_inner(path: object) -> bool:
    """Whether something is the path of a folder inside a tree and leads nowhere else."""
    if not isinstance(path, str) or "\\" in path or "\0" in path:
        return False
    return not any(part in ("", ".", "..") for part in path.split("/"))
