"""Which slot would fill a placeholder: its words held against those of every figure.

A placeholder's own words decide. Where they say nothing but the kind (`show a diagram`), the
heading and the paragraph before do. What no figure is about gets no suggestion.
"""

from __future__ import annotations

import inspect
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal, get_args, get_origin

from benchpost.errors import BenchpostError, UsageError
from benchpost.figures import FIGURES, call, find
from benchpost.figures.options import Option, parameters
from benchpost.figures.types import Facts, Fragment
from benchpost.fill.mentions import chips_in, models_in, sizes_in, without
from benchpost.fill.vocabulary import ALSO, FAMILIES, PROSE, WORD, content, stem
from benchpost.post.document import Post, Todo
from benchpost.post.marks import options_text
from benchpost.roofline.equations import EQUATIONS
from benchpost.roofline.types import Equation
from benchpost.roofline.units import base_unit

OWN_COVERED = 0.45
"""Share of a placeholder's own words, by weight, that a figure must be about."""
UNNAMED_COVERED = 0.8
"""The same where it names no kind of figure: `roofline here`, but not `update specs`."""
CONTEXT_ALIKE = 0.12
"""Likeness that heading and paragraph must have to a figure where its own words say nothing."""
NEAR = 0.5
"""Part of the best score from which on others are named too."""
MOST_OTHERS = 3
MOST_TRIED = 8
"""Figures that are tried with options, which costs a fraction of a millisecond each."""
NAMED = 0.1
"""What each chip or model that a slot can use adds to its score."""
UNIT = re.compile(r"(?:(?<=\d)\s*)([A-Za-z%][\w/%]*)|\b([A-Za-z]+/s)\b")
PERSON = re.compile(r"@\w+")
SENTENCE = re.compile(r"(?<=[.!?:])\s+")


@dataclass(frozen=True)
class Suggestion:
    """A slot for a placeholder."""

    slot: str
    """Its words. E.g. `fill chart roofline gpu="RTX 4090"`"""
    others: tuple[str, ...] = ()
    """Slots that would fit nearly as well, best first."""


@dataclass(frozen=True)
class _Profile:
    """What a figure is about."""

    head: str
    family: str
    weights: Mapping[str, float]
    unit: str = ""
    """Unit of an equation's result."""


def suggest(todo: Todo, post: Post) -> Suggestion | None:
    """The best slot for a placeholder and near ones; None where no figure fits."""
    todo = replace(todo, before=_before(todo, post))
    likely = sorted(_scores(todo), key=lambda scored: (-scored[0], scored[1]))[:MOST_TRIED]
    slots = [(score, _slot(head, todo, post)) for score, head in likely]
    ranked = sorted(
        ((score * _fullness(slot), slot) for score, slot in slots if slot),
        key=lambda each: -each[0],
    )
    if not ranked:
        return None
    best = ranked[0][0]
    others = [slot for score, slot in ranked[1:] if score >= NEAR * best]
    return Suggestion(ranked[0][1], tuple(others[:MOST_OTHERS]))


def _before(todo: Todo, post: Post) -> str:
    """The text before without the wishes of other placeholders."""
    before = todo.before
    for other in post.todos:
        if other.span != todo.span and other.text:
            before = before.replace(other.text, " ")
    return before


def _fullness(slot: str) -> float:
    """A figure that can use the chip and the model of the paragraph fits it better."""
    return 1 + NAMED * sum(f" {key}=" in slot for key in ("gpu", "model"))


def _scores(todo: Todo) -> Iterator[tuple[float, str]]:
    """Figures that are about what the placeholder asks for, with how well they answer it."""
    first = WORD.search(todo.text.lower())
    if first and first[0] in PROSE:
        return
    own = _own_words(todo)
    around = _around(todo)
    suited = FAMILIES.get(todo.wants, {})
    for profile in _profiles():
        liking = suited.get(profile.family, 0.0)
        alike = _likeness(around, profile) + _unit_bonus(todo, profile)
        if own:
            enough = OWN_COVERED if todo.wants else UNNAMED_COVERED
            if liking and _covered(own, profile) >= enough:
                told = _likeness(Counter(own), profile) + _covered(own, profile, by_weight=True)
                yield liking * (2 * told + alike), profile.head
        elif liking and todo.wants and alike >= CONTEXT_ALIKE:
            yield liking * alike, profile.head


def _own_words(todo: Todo) -> list[str]:
    """What the placeholder says of its subject, without names of chips and models."""
    said = PERSON.sub(" ", todo.text)
    return content(without(said, (*chips_in(said), *models_in(said))))


def _around(todo: Todo) -> Counter[str]:
    """Words of the heading and of the paragraph before; its last sentence weighs most."""
    found: Counter[str] = Counter()
    sentences = SENTENCE.split(todo.before)
    for distance, sentence in enumerate(reversed(sentences)):
        for word in set(content(sentence)):
            found[word] += 1 / (1 + 0.5 * distance)  # type: ignore[assignment]  # a weight
    for word in set(content(todo.heading)):
        found[word] += 2
    return found


def _likeness(found: Mapping[str, float], profile: _Profile) -> float:
    """Cosine of two weighted bags of words; rare words count more."""
    rarity = _rarity()
    dot = sum(
        weight * profile.weights.get(word, 0) * rarity.get(word, 0) ** 2
        for word, weight in found.items()
    )
    mine = math.sqrt(sum((w * rarity.get(t, UNKNOWN)) ** 2 for t, w in found.items()))
    its = math.sqrt(sum((w * rarity[t]) ** 2 for t, w in profile.weights.items()))
    return dot / (mine * its) if dot else 0.0


UNKNOWN = 3.0
"""Rarity of a word that no figure is about."""


def _covered(own: Iterable[str], profile: _Profile, *, by_weight: bool = False) -> float:
    """Share of the words that a figure is about; by weight, its name's words count most."""
    rarity = _rarity()
    weights = {word: rarity.get(word, UNKNOWN) for word in own}
    top = max(profile.weights.values())
    known = {word: profile.weights[word] / top for word in weights if word in profile.weights}
    return sum(weights[word] * (known[word] if by_weight else 1) for word in known) / sum(
        weights.values()
    )


def _unit_bonus(todo: Todo, profile: _Profile) -> float:
    """Paragraphs before an equation end with its result: `1000 / 8 = 125 tok/s`."""
    said = [match[1] or match[2] for match in UNIT.finditer(todo.before)]
    units = [unit for unit in map(_base, said) if unit]
    return 0.2 if profile.unit and units[-1:] == [profile.unit] else 0.0


def _base(unit: str) -> str:
    try:
        return base_unit(unit.rstrip("."))
    except UsageError:
        # an ordinary word after a number
        return ""


@cache
def _profiles() -> tuple[_Profile, ...]:
    figures = (_figure_profile(head) for head in FIGURES if head != "equation")
    return (*figures, *(_equation_profile(equation) for equation in EQUATIONS.values()))


@cache
def _rarity() -> Mapping[str, float]:
    """How much a word tells: the logarithm of how few figures are about it."""
    profiles = _profiles()
    counts = Counter(word for profile in profiles for word in profile.weights)
    return {word: math.log(1 + len(profiles) / count) for word, count in counts.items()}


def _figure_profile(head: str) -> _Profile:
    family, _, kind = head.partition(" ")
    said = inspect.getdoc(FIGURES[head]) or ""
    weights = _weighted((kind or family, 4), (ALSO.get(head, ""), 2), (said.split("\n\n")[0], 1))
    return _Profile(head, family, weights)


def _equation_profile(equation: Equation) -> _Profile:
    weights = _weighted(
        (equation.name.replace("_", " "), 3),
        (equation.result.meaning, 2),
        (equation.meaning, 1),
        (" ".join(term.meaning for term in equation.terms), 0.5),
        (" ".join(term.name.replace("_", " ") for term in equation.terms), 0.5),
    )
    return _Profile(f"equation {equation.name}", "equation", weights, equation.result.unit)


def _weighted(*parts: tuple[str, float]) -> dict[str, float]:
    weights: dict[str, float] = {}
    for text, weight in parts:
        for word in content(text):
            weights[word] = max(weights.get(word, 0.0), weight)
    return weights


def _slot(head: str, todo: Todo, post: Post) -> str | None:
    """The words of a slot with what is known of its options; None where one is lacking."""
    made = next((o for o in _options(head, todo, post) if _fragment(head, o) is not None), None)
    if made is None:
        return None
    return f"fill {head} {options_text(_telling(head, made))}".strip()


def _options(head: str, todo: Todo, post: Post) -> Iterator[dict[str, Option]]:
    """Sets of options worth trying, the fullest first."""
    known = parameters(find(head))
    sizes = {k: v for k, v in _sizes(head, todo).items() if k not in ("gpu", "model")}
    names = _names(todo, post, [k for k, p in known.items() if p.default is p.empty])
    named = {key: value for key, value in names.items() if key in known}
    tried = [{**named, **sizes}, named, {k: v for k, v in named.items() if k == "model"}]
    tried += [{k: v for k, v in named.items() if k == "gpu"}, {}]
    fixed = {**_kinds(known, todo), **_of_snippet(known, todo, post)}
    for options in tried:
        given = {**options, **fixed}
        yield {key: given[key] for key in sorted(given, key=[*known, *given].index)}


def _kinds(known: Mapping[str, inspect.Parameter], todo: Todo) -> dict[str, Option]:
    """Options that choose among words, where the placeholder says one of these."""
    own = set(content(todo.text))
    return {
        key: word
        for key, parameter in known.items()
        if get_origin(parameter.annotation) is Literal
        for word in get_args(parameter.annotation)
        if isinstance(word, str) and stem(word) in own
    }


def _sizes(head: str, todo: Todo) -> dict[str, Option]:
    family, _, name = head.partition(" ")
    known: Iterable[str] = parameters(find(head))
    if family == "equation":
        known = [*known, *(term.name for term in EQUATIONS[name].terms)]
    found = sizes_in(todo.text, todo.before)
    return {key: value for key, value in found.items() if key in known}


def _names(todo: Todo, post: Post, needed: Iterable[str]) -> dict[str, Option]:
    """Chip and model: from the placeholder, else its paragraph, else the text before if needed."""
    found: dict[str, Option] = {}
    for key, finder in (("gpu", chips_in), ("model", models_in)):
        own, near = finder(todo.text), finder(f"{todo.heading} {todo.before}")
        far = finder(post.text[: todo.span.start]) if key in needed else []
        if own:
            found[key] = ", ".join(own)
        elif near or far:
            found[key] = (near or far)[-1]
    return found


def _of_snippet(known: Iterable[str], todo: Todo, post: Post) -> dict[str, Option]:
    """The snippet before a placeholder, and what its picture shows."""
    before = [snippet.id for snippet in post.snippets if snippet.span.end <= todo.span.start]
    given: dict[str, Option] = {}
    if "snippet" in known and before:
        given["snippet"] = before[-1]
    if "alt" in known:
        given["alt"] = todo.text
    return given


def _fragment(head: str, options: Mapping[str, Option]) -> Fragment | None:
    try:
        return call(head, options, Facts())
    except BenchpostError:
        # an option that does not go with the others; the next set has fewer
        return None


def _telling(head: str, options: dict[str, Option]) -> dict[str, Option]:
    """Options without those that change nothing, such as the chip beside a model's own number."""
    for key in ("gpu", "model"):
        fewer = {name: value for name, value in options.items() if name != key}
        if key in options and _shown(_fragment(head, fewer)) == _shown(_fragment(head, options)):
            options = fewer
    return options


def _shown(fragment: Fragment | None) -> object:
    return fragment and (fragment.text, tuple(d.plan for d in fragment.drawings))
