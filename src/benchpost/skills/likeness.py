"""Skills that a reader could take for one another, found without comparing all with all."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

from benchpost.errors import Place
from benchpost.findings import Check, Finding, Severity
from benchpost.skills.types import Skill
from benchpost.skills.walk import shown

ALIKE = 0.8
"""Share of common words (of all words of both) from which descriptions are nearly the same."""
_PROBES = 4
"""Rarest words of a description by which others are found."""
_WORD = re.compile(r"\w+")


def judge(skills: Sequence[Skill]) -> Iterator[Finding]:
    """Names and descriptions that are nearly those of an earlier skill."""
    yield from _names(skills)
    yield from _descriptions(skills)


def _names(skills: Sequence[Skill]) -> Iterator[Finding]:
    holders: dict[str, list[Skill]] = defaultdict(list)
    for skill in skills:
        for key in _keys(skill.name):
            holders[key].append(skill)
    pairs = {
        (first.path, second.path): (first, second)
        for same in holders.values()
        for first, second in combinations(same, 2)
        if first.name != second.name
    }
    for _, (first, second) in sorted(pairs.items()):
        message = f"the name {second.name!r} is nearly {first.name!r} ({shown(first.path)})"
        place = Place(shown(second.path))
        yield Finding(Check.K025, place, message, severity=Severity.WARNING)


def _keys(name: str) -> set[str]:
    """What nearly equal names have in common: their words sorted, and themselves less a letter."""
    words = sorted(word.removesuffix("s") for word in re.split(r"[-_ .]+", name.lower()))
    keys = {" ".join(words)}
    if len(name) >= 8:
        keys |= {name[:at] + name[at + 1 :] for at in range(len(name))}
    return keys


def _descriptions(skills: Sequence[Skill]) -> Iterator[Finding]:
    words = {skill.path: frozenset(_WORD.findall(skill.description.lower())) for skill in skills}
    counts = Counter(word for each in words.values() for word in each)
    seen: dict[str, list[Skill]] = defaultdict(list)
    for skill in skills:
        mine = words[skill.path]
        if len(mine) < 5:
            continue
        probes = sorted(mine, key=lambda word: (counts[word], word))
        # two sets that share 80 % share one of the rarest fifth of each
        probes = probes[: max(_PROBES, len(mine) // 5 + 1)]
        others = {other.path: other for word in probes for other in seen[word]}
        for other in others.values():
            both = words[other.path]
            if len(mine & both) >= ALIKE * len(mine | both):
                message = f"the description is nearly that of {other.name!r} ({shown(other.path)})"
                place = Place(shown(skill.path))
                yield Finding(Check.K025, place, message, severity=Severity.WARNING)
        for word in probes:
            seen[word].append(skill)
