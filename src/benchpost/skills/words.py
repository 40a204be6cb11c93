"""The words of a description that tell a skill from the others of its catalogue."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from benchpost.skills.tokens import hundredths

_WORD = re.compile(r"[^\W_]+(?:[-'.+/#][^\W_]+|\+\+|#)*")
_PART = re.compile(r"[^\W_]+")

_EMPTY = """
a about across after all also an and any are as at be been before between both but by can
cannot could do does each either else etc even every for from full g e.g get gets given had
has have how i i.e if in including includes include into is it its just like made make makes
many may more most much must need needed needing needs no non not of on one only or other
our out over own per provides provide providing same so some such support supported supports
than that the their them then these they this those through to too up upon use used useful
user users uses using various very via want wants was we well what when whenever where whether
which while who will with within without works would you your
"""
RARE = 105
"""Per cent of what a word of its length costs: those that tell apart are rarer than most."""
EMPTY = frozenset(_EMPTY.split())
"""English words that tell nothing apart."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a description as a candidate for the index."""

    text: str
    """As written."""
    position: int
    """Number in the description, from 0."""
    weight: float
    """How much it tells: its rarity in the catalogue, less for later words."""
    cost: int
    """Hundredths of a token, about."""


def stems(text: str) -> list[str]:
    """Lower-case words without their common endings, as a search compares them."""
    return [stem(word) for word in _PART.findall(text.lower())]


def stem(word: str) -> str:
    """A word without a plural, `-ing` or `-ed`, when enough is left."""
    for ending in ("ing", "ies", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def rarity(texts: Iterable[str]) -> Mapping[str, float]:
    """For each stem the logarithm of how many texts there are for one that has it."""
    counted: Counter[str] = Counter()
    total = 0
    for text in texts:
        counted.update(set(stems(text)))
        total += 1
    return {each: math.log(1 + total / count) for each, count in counted.items()}


def candidates(description: str, known: str, rare: Mapping[str, float]) -> Sequence[Word]:
    """The telling words of a description that are not `known` from its name, in order."""
    seen = set(stems(known))
    found: list[Word] = []
    for match in _WORD.finditer(description):
        parts = [each for each in stems(match[0]) if each not in seen]
        if match[0].lower() in EMPTY or not any(_tells(each) for each in parts):
            continue
        seen.update(parts)
        weight = sum(rare.get(each, 0.0) for each in parts) / len(parts)
        position = len(found)
        cost = hundredths(f" {match[0]}") * RARE // 100
        found.append(Word(match[0], position, weight * 0.97**position, cost))
    return found


def _tells(word: str) -> bool:
    return len(word) > 1 and not word[0].isdigit() and word not in EMPTY
