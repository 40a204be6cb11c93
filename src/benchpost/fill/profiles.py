"""What each figure is about, in words; and how like a text is to that."""

from __future__ import annotations

import inspect
import math
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

from benchpost.figures import FIGURES
from benchpost.fill.vocabulary import ALSO, content
from benchpost.roofline.equations import EQUATIONS
from benchpost.roofline.types import Equation

UNKNOWN = 3.0
"""Rarity of a word that no figure is about."""


@dataclass(frozen=True)
class Profile:
    """What a figure is about."""

    head: str
    """The words of its slot, e.g. `chart roofline`."""
    family: str
    """The first of them."""
    weights: Mapping[str, float]
    """The words that say what it is about; those of its name weigh most."""
    unit: str = ""
    """Unit of an equation's result."""


@cache
def profiles() -> tuple[Profile, ...]:
    """Every figure and every equation."""
    figures = (_figure_profile(head) for head in FIGURES if head != "equation")
    return (*figures, *(_equation_profile(equation) for equation in EQUATIONS.values()))


def likeness(found: Mapping[str, float], profile: Profile) -> float:
    """Cosine of two weighted bags of words; rare words count more."""
    rarity = _rarity()
    dot = sum(
        weight * profile.weights.get(word, 0) * rarity.get(word, 0) ** 2
        for word, weight in found.items()
    )
    mine = math.sqrt(sum((w * rarity.get(t, UNKNOWN)) ** 2 for t, w in found.items()))
    its = math.sqrt(sum((w * rarity[t]) ** 2 for t, w in profile.weights.items()))
    return dot / (mine * its) if dot else 0.0


def coverage(own: Collection[str], profile: Profile, *, by_weight: bool = False) -> float:
    """Share of the words that a figure is about; by weight, its name's words count most."""
    rarity = _rarity()
    weights = {word: rarity.get(word, UNKNOWN) for word in own}
    top = max(profile.weights.values())
    known = {word: profile.weights[word] / top for word in weights if word in profile.weights}
    return sum(weights[word] * (known[word] if by_weight else 1) for word in known) / sum(
        weights.values()
    )


@cache
def _rarity() -> Mapping[str, float]:
    """How much a word tells: the logarithm of how few figures are about it."""
    known = profiles()
    counts = Counter(word for profile in known for word in profile.weights)
    return {word: math.log(1 + len(known) / count) for word, count in counts.items()}


def _figure_profile(head: str) -> Profile:
    family, _, kind = head.partition(" ")
    said = inspect.getdoc(FIGURES[head]) or ""
    weights = _weighted((kind or family, 4), (ALSO.get(head, ""), 2), (said.split("\n\n")[0], 1))
    return Profile(head, family, weights)


def _equation_profile(equation: Equation) -> Profile:
    weights = _weighted(
        (equation.name.replace("_", " "), 3),
        (equation.result.meaning, 2),
        (equation.meaning, 1),
        (" ".join(term.meaning for term in equation.terms), 0.5),
        (" ".join(term.name.replace("_", " ") for term in equation.terms), 0.5),
    )
    return Profile(f"equation {equation.name}", "equation", weights, equation.result.unit)


def _weighted(*parts: tuple[str, float]) -> dict[str, float]:
    weights: dict[str, float] = {}
    for text, weight in parts:
        for word in content(text):
            weights[word] = max(weights.get(word, 0.0), weight)
    return weights
