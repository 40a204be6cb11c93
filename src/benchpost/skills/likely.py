"""A plan from descriptions: skills whose words fit another category better than their own.

Each category is its DESCRIPTION.md; each skill its name, description and tags. Both are weighed
by how rare their words are among the categories. What comes out is a proposal: taxonomies are
not unique, and a person confirms it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping

from benchpost.skills.moves import Move, Plan
from benchpost.skills.types import Skill, Tree
from benchpost.skills.words import EMPTY, rarity, stem, stems

BETTER = 1.5
"""How many times better than its own category another must fit."""
ENOUGH = 0.05
"""Cosine from which a category fits at all."""

_SKIP = frozenset(stem(word) for word in EMPTY) | {"skill"}

Vector = Mapping[str, float]


def propose(tree: Tree) -> Plan:
    """Moves to the category that fits best, for skills that it fits clearly better."""
    texts = {
        category: f"{category} {tree.description(category)}"
        for category in {*tree.categories, *tree.descriptions}
        if tree.description(category)
    }
    rare = rarity(texts.values())
    vectors = {category: vector(text, rare) for category, text in sorted(texts.items())}
    moves = [move for skill in tree.skills for move in _move(skill, vectors, rare, tree)]
    return Plan(tuple(sorted(moves)))


def ranked(skill: Skill, vectors: Mapping[str, Vector], rare: Vector) -> list[tuple[float, str]]:
    """Categories with how well they fit a skill, best first."""
    own = vector(_words(skill), rare)
    scored = ((cosine(own, each), category) for category, each in vectors.items())
    return sorted(scored, key=lambda pair: (-pair[0], pair[1]))


def vector(text: str, rare: Vector) -> Vector:
    """Weights of the words of a text; words that no category has weigh nothing."""
    counts = Counter(word for word in stems(text) if word not in _SKIP and len(word) > 1)
    return {w: (1 + math.log(n)) * rare[w] for w, n in sorted(counts.items()) if w in rare}


def cosine(one: Vector, other: Vector) -> float:
    """Cosine of the angle between two vectors; 0 where one is empty."""
    both = sum(weight * other[word] for word, weight in one.items() if word in other)
    sizes = [math.sqrt(sum(weight**2 for weight in each.values())) for each in (one, other)]
    return both / (sizes[0] * sizes[1]) if all(sizes) else 0.0


def _words(skill: Skill) -> str:
    return f"{skill.name} {skill.address.name} {skill.description} {' '.join(skill.tags)}"


def _move(skill: Skill, vectors: Mapping[str, Vector], rare: Vector, tree: Tree) -> list[Move]:
    found = ranked(skill, vectors, rare)
    own = next((score for score, category in found if category == skill.category), 0.0)
    score, best = found[0] if found else (0.0, "")
    if best == skill.category or score < ENOUGH or score < BETTER * own or not skill.folder:
        return []
    rest = ", ".join(f"{category} {points:.2f}" for points, category in found[1:3])
    reason = f"fits {best} {score:.2f}, {skill.category} {own:.2f}; then {rest}"
    return [Move(skill.folder, f"{best}/{skill.address.name}", reason)]
