"""How an index is written. Nothing in a name or description can end a line or close the block."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, slots=True)
class Line:
    """One skill."""

    name: str
    """What loads it."""
    words: str
    """Its description, or what is left of it."""
    path: str
    """Its SKILL.md relative to the root."""


@dataclass(frozen=True, slots=True)
class Section:
    """One category."""

    category: str
    """E.g. `mlops/training`"""
    text: str
    """Its description, or empty."""
    lines: tuple[Line, ...]
    """Its skills."""


_ENDS = re.compile(r"[\s\x00-\x1f\x7f\x85\u2028\u2029]+")


def in_line(text: str) -> str:
    """A text in one line, with angle brackets as entities."""
    return escape(_ENDS.sub(" ", text).strip(), quote=False)


def hermes(sections: list[Section]) -> str:
    """hermes-agent's block: categories with skills below, in `<available_skills>`."""
    found = ["<available_skills>"]
    for section in sections:
        found.append("  " + _pair(section.category, section.text) + ("" if section.text else ":"))
        found += [f"    - {_pair(line.name, line.words)}" for line in section.lines]
    return "\n".join([*found, "</available_skills>"]) + "\n"


def xml(sections: list[Section]) -> str:
    """The specification's XML, with the category as an attribute."""
    found = ["<available_skills>"]
    for section in sections:
        for line in section.lines:
            category = escape(_ENDS.sub(" ", section.category))
            found.append(
                f'<skill category="{category}"><name>{in_line(line.name)}</name>'
                f"<description>{in_line(line.words)}</description>"
                f"<location>{in_line(line.path)}</location></skill>"
            )
    return "\n".join([*found, "</available_skills>"]) + "\n"


def as_json(sections: list[Section]) -> str:
    """One object a skill, one a line; `<` is escaped too, for prompts that wrap it in tags."""
    rows = [
        json.dumps(
            {"name": line.name, "category": section.category, "description": line.words},
            ensure_ascii=False,
        ).replace("<", "\\u003c")
        for section in sections
        for line in section.lines
    ]
    # these two end a line for some readers and JSON leaves them as they are
    text = ",\n".join(rows).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return f"[\n{text}\n]\n" if rows else "[]\n"


def markdown(sections: list[Section]) -> str:
    """A heading a category, an item a skill."""
    found: list[str] = []
    for section in sections:
        found.append(f"## {in_line(section.category)}\n")
        if section.text:
            found.append(f"{in_line(section.text)}\n")
        found += [f"- {_pair(f'**{line.name}**', line.words)}" for line in section.lines]
        found.append("")
    return "\n".join(found)


def _pair(head: str, rest: str) -> str:
    return f"{in_line(head)}: {in_line(rest)}" if rest.strip() else in_line(head)


FORMATS: dict[str, Callable[[list[Section]], str]] = {
    "hermes": hermes,
    "xml": xml,
    "json": as_json,
    "markdown": markdown,
}
"""All, by name."""
