"""The block of a prompt that tells an agent which skills there are, within a budget of tokens.

Every name is always there. What is left of the budget goes first, word by word, to those words of
all descriptions that tell skills apart, then to the texts of the categories. With budget enough,
or none, descriptions stand whole. The same tree and budget give the same bytes.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from benchpost.skills.formats import FORMATS, Line, Section
from benchpost.skills.tokens import HUNDREDTHS, hundredths, tokens
from benchpost.skills.types import Skill, Tree
from benchpost.skills.words import Word, candidates, rarity

FADE = 0.6
"""What a further word of a line is worth, to the power of how many it has."""
_COLON = 110
"""Hundredths of a token."""


@dataclass(frozen=True)
class Index:
    """A prompt block and what it lacks."""

    text: str
    """The block."""
    tokens: int
    """About how many tokens it has."""
    cut: tuple[str, ...] = ()
    """What was cut, one sentence each."""
    over: bool = False
    """The names alone exceed the budget; they are there all the same."""


@dataclass
class _Plan:
    """Which words each line gets."""

    sections: Mapping[str, Sequence[Skill]]
    chosen: dict[str, list[Word]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    whole: bool = False


def build(
    tree: Tree, *, budget: int | None = None, form: str = "hermes", platform: str = ""
) -> Index:
    """The index of a tree in a form of `FORMATS`; skills for other platforms are left out."""
    skills = [skill for skill in tree.skills if runs_on(skill, platform)]
    render = FORMATS[form]
    plan = _Plan(_sections(skills), texts={c: tree.description(c) for c in tree.categories})
    plan.whole = True
    full = render(_lines(plan))
    if budget is None or tokens(full) <= budget:
        return Index(full, tokens(full), _hidden(tree, skills))
    plan = _Plan(plan.sections)
    _fill(plan, render, budget, skills)
    _describe(plan, render, budget, tree)
    text = render(_lines(plan))
    size = tokens(text)
    while size > budget and _drop(plan):
        # what formats escape costs more than it did as a word
        text = render(_lines(plan))
        size = tokens(text)
    return Index(text, size, (*_hidden(tree, skills), *_cut(plan, tree, skills)), size > budget)


def runs_on(skill: Skill, platform: str) -> bool:
    """Whether the skill's `platforms` name the platform, if it names any."""
    named = {word for each in skill.platforms for word in each.split()}
    return not platform or not named or platform in named


def _sections(skills: Iterable[Skill]) -> Mapping[str, Sequence[Skill]]:
    found: dict[str, list[Skill]] = {}
    for skill in sorted(skills, key=lambda each: (each.category, each.name, each.path)):
        found.setdefault(skill.category, []).append(skill)
    return found


def _lines(plan: _Plan) -> list[Section]:
    counts = Counter(skill.name for inner in plan.sections.values() for skill in inner)
    return [
        Section(
            category,
            plan.texts.get(category, ""),
            tuple(
                # a name that stands twice cannot be loaded by name; its path can
                Line(
                    skill.name if counts[skill.name] == 1 else skill.address.identity,
                    _words(plan, skill),
                    skill.path,
                )
                for skill in skills
            ),
        )
        for category, skills in plan.sections.items()
    ]


def _words(plan: _Plan, skill: Skill) -> str:
    if plan.whole:
        return skill.description
    words = sorted(plan.chosen.get(skill.path, ()), key=lambda word: word.position)
    return " ".join(word.text for word in words)


def _fill(
    plan: _Plan, render: Callable[[list[Section]], str], budget: int, skills: Sequence[Skill]
) -> None:
    """Give words to lines, the most telling first, until the budget is spent."""
    left = budget * HUNDREDTHS - hundredths(render(_lines(plan)))
    rare = rarity(skill.description for skill in skills)
    queue: list[tuple[float, str, int]] = []
    ranked: dict[str, list[Word]] = {}
    for skill in skills:
        known = f"{skill.name} {skill.category}"
        words = candidates(skill.description, known, rare)
        ranked[skill.path] = sorted(words, key=lambda word: (-word.weight, word.position))
        _offer(queue, skill.path, 0, ranked[skill.path])
    while queue:
        _, path, number = heapq.heappop(queue)
        word = ranked[path][number]
        # the first word brings a colon with it
        cost = word.cost + (_COLON if number == 0 else 0)
        if cost > left:
            continue
        left -= cost
        plan.chosen.setdefault(path, []).append(word)
        _offer(queue, path, number + 1, ranked[path])


def _drop(plan: _Plan) -> bool:
    """Take back a category's text, or the least telling word; False when none is left."""
    if plan.texts:
        del plan.texts[max(plan.texts)]
        return True
    least = [(words[-1].weight * FADE ** len(words), path) for path, words in plan.chosen.items()]
    if least:
        words = plan.chosen[min(least)[1]]
        words.pop()
        if not words:
            del plan.chosen[min(least)[1]]
    return bool(least)


def _offer(queue: list[tuple[float, str, int]], path: str, number: int, words: list[Word]) -> None:
    if number < len(words):
        worth = words[number].weight * FADE**number
        heapq.heappush(queue, (-worth, path, number))


def _describe(plan: _Plan, render: Callable[[list[Section]], str], budget: int, tree: Tree) -> None:
    """Categories' texts, shortest first, as far as the budget goes."""
    texts = {category: tree.description(category) for category in plan.sections}
    left = budget * HUNDREDTHS - hundredths(render(_lines(plan)))
    for category, text in sorted(texts.items(), key=lambda pair: (len(pair[1]), pair[0])):
        cost = hundredths(f": {text}")
        if text and cost <= left:
            plan.texts[category] = text
            left -= cost


def _hidden(tree: Tree, skills: Sequence[Skill]) -> tuple[str, ...]:
    hidden = len(tree.skills) - len(skills)
    return (f"{hidden} skills are for other platforms",) if hidden else ()


def _cut(plan: _Plan, tree: Tree, skills: Sequence[Skill]) -> list[str]:
    bare = sum(1 for skill in skills if not plan.chosen.get(skill.path))
    texts = sum(1 for c in plan.sections if tree.description(c) and c not in plan.texts)
    said = [f"{len(skills) - bare} of {len(skills)} descriptions are shortened to words that tell"]
    if bare:
        said.append(f"{bare} skills stand with their name alone")
    if texts:
        said.append(f"{texts} of {len(plan.sections)} categories stand without their text")
    return said
