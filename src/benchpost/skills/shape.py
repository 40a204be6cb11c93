"""Size and balance: descriptions that say when, texts an agent can afford, categories to scan."""

from __future__ import annotations

import re
from collections.abc import Iterator

from benchpost.errors import Place
from benchpost.findings import Check, Finding, Severity
from benchpost.skills.library import Library
from benchpost.skills.tokens import tokens
from benchpost.skills.types import Tree
from benchpost.skills.walk import DESCRIPTION_FILE, shown

LINES, TOKENS = 500, 5000
"""Most of a SKILL.md that the specification advises."""
FEWEST, MOST = 3, 15
"""Skills of a category that a reader takes in at once."""
SMALL = 20
"""Skills up to which a catalogue needs no balance."""

_CUE = re.compile(
    r"\b(?:use|apply|invoke|activate|load|run|read)\b.{0,40}\b(?:when|if|for|to|this|before|after)\b"
    r"|\bwhen(?:ever)?\b|\btrigger|\bif (?:the|a|you|your)\b|\buse[sd]? (?:for|in|by|it|as)\b",
    re.IGNORECASE | re.DOTALL,
)


def judge(library: Library) -> Iterator[Finding]:
    """Warnings about descriptions, lengths and categories."""
    tree = library.tree
    for skill in tree.skills:
        path = shown(skill.path)
        if skill.description and not _CUE.search(skill.description):
            message = "the description does not say when to use the skill; add `Use when …`"
            yield _warning(Check.K026, path, message)
        text = library.text(skill.path)
        lines = text.count("\n") + 1
        # a token has three bytes or more in any script, so a short text needs no counting
        counts = lines > LINES or len(text.encode()) > 3 * TOKENS
        size = tokens(text) if counts else 0
        if lines > LINES or size > TOKENS:
            message = f"{lines} lines, about {size} tokens; more than {LINES} lines or {TOKENS}"
            yield _warning(Check.K027, path, f"{message} tokens belong into references/")
    yield from _categories(tree)


def _categories(tree: Tree) -> Iterator[Finding]:
    for category, skills in tree.categories.items():
        folder = skills[0].folder.rpartition("/")[0]
        if not folder:
            continue
        path = shown(f"{folder}/{DESCRIPTION_FILE}")
        if len(tree.skills) > SMALL and not FEWEST <= len(skills) <= MOST:
            few = "few; merge it with another" if len(skills) < FEWEST else "many; split it"
            message = f"the category {category!r} has {len(skills)} skills, which is {few}"
            yield _warning(Check.K028, path, message)
        if not tree.description(category):
            message = f"the category {category!r} has no description; write {DESCRIPTION_FILE}"
            yield _warning(Check.K029, path, message)


def _warning(check: Check, path: str, message: str) -> Finding:
    return Finding(check, Place(path), message, severity=Severity.WARNING)
