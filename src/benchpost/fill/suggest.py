"""Which slot would fill a placeholder: its words held against those of every figure.

A placeholder's own words decide. Where they say nothing but the kind (`show a diagram`), the
heading and the paragraph before do. What no figure is about gets no suggestion, and a name that
leaves open which chip or model is meant is settled only where the post names one of them in full
and no other; else the author chooses.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from benchpost.errors import UsageError
from benchpost.figures import find
from benchpost.figures.options import parameters
from benchpost.fill.doubts import MOST_NAMED, Doubt, first_doubt
from benchpost.fill.mentions import MEMORY, chips_in, models_in, without, without_sizes
from benchpost.fill.profiles import Profile, coverage, likeness, profiles
from benchpost.fill.proposal import propose
from benchpost.fill.vocabulary import FAMILIES, MEANT, PROSE, WORD, content, stem
from benchpost.post.document import Post, Todo
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
CONTEXT_LIKING = 0.5
"""How well a family must answer a wish for the context to decide on a figure of it."""
ALONE = 0.5
"""What is added to the score of the figure that one word alone asks for."""
NAMED = 0.1
"""What each chip or model that a slot can use adds to its score."""
UNIT = re.compile(r"(?:(?<=\d)\s*)([A-Za-z%][\w/%]*)|\b([A-Za-z]+/s)\b")
PERSON = re.compile(r"@\w+")
SENTENCE = re.compile(r"(?<=[.!?:])\s+")


@dataclass(frozen=True)
class Suggestion:
    """A slot for a placeholder."""

    slot: str
    """Its words, or empty where the author must choose. E.g. `fill chart roofline gpu="L4"`"""
    others: tuple[str, ...] = ()
    """Slots that would fit nearly as well, best first; or those to choose from."""
    unclear: str = ""
    """What must be settled before there is a slot. E.g. `H100 may be H100 PCIe or H100 SXM`"""


def suggest(todo: Todo, post: Post) -> Suggestion | None:
    """The best slot for a placeholder and near ones; None where no figure fits."""
    todo = replace(todo, before=_before(todo, post))
    doubt = first_doubt(todo.text)
    if doubt and (told := _told_by_post(todo, doubt, post)):
        return suggest(told, post)
    if doubt:
        return _chosen(todo, post, doubt) if doubt.meant else _unknown(todo, post, doubt)
    best = _ranked(todo, post)
    doubt = _doubt_nearby(todo)
    if doubt and (told := _told_by_post(todo, doubt, post)):
        return suggest(told, post)
    if doubt and (not best or f" {doubt.key}=" in best.slot):
        return _chosen(todo, post, doubt) or best if doubt.meant else _set_aside(best, doubt)
    return best


def _told_by_post(todo: Todo, doubt: Doubt, post: Post) -> Todo | None:
    """The placeholder with the one name among those meant that the post writes out, if so."""
    if not doubt.meant:
        return None
    named = {"gpu": chips_in, "model": models_in}[doubt.key](post.text)
    own = [name for name in doubt.meant if name in named]
    told = _told(todo, doubt, own[0]) if len(own) == 1 else todo
    return told if told != todo else None


def _told(todo: Todo, doubt: Doubt, name: str) -> Todo:
    """The placeholder as if it, or the text before it, had said the name in full."""
    text, before = (said.replace(doubt.said, name, 1) for said in (todo.text, todo.before))
    return replace(todo, text=text, before=before)


def _doubt_nearby(todo: Todo) -> Doubt | None:
    """A name in the paragraph before that is not settled, where neither place has a settled one."""
    doubt = first_doubt(todo.before)
    settled = {"gpu": chips_in, "model": models_in}.get(doubt.key) if doubt else None
    if not settled or settled(f"{todo.heading} {todo.before} {todo.text}"):
        return None
    return doubt


def _chosen(todo: Todo, post: Post, doubt: Doubt) -> Suggestion | None:
    """The slots for each name that may be meant; one alone where they do not differ."""
    slots: list[str] = []
    for name in doubt.meant[:MOST_NAMED]:
        found = suggest(_told(todo, doubt, name), post)
        if found:
            slots += [found.slot] if found.slot else found.others
    each = tuple(dict.fromkeys(slots))
    if len(each) > 1 or (each and f" {doubt.key}=" in each[0]):
        return Suggestion("", each, str(doubt))
    return Suggestion(each[0]) if each else None


def _unknown(todo: Todo, post: Post, doubt: Doubt) -> Suggestion | None:
    """What fits without an unknown name: no slot where the figure would have shown it."""
    found = suggest(replace(todo, text=todo.text.replace(doubt.said, " ")), post)
    if found and doubt.key in parameters(find(_head(found.slot or found.others[0]))):
        return Suggestion("", (), str(doubt))
    return found


def _head(slot: str) -> str:
    words = slot.removeprefix("fill ").split()
    return " ".join(word for word in words[:2] if "=" not in word)


def _set_aside(best: Suggestion | None, doubt: Doubt) -> Suggestion | None:
    """A slot with a name from farther away is only offered."""
    return best and Suggestion("", (best.slot, *best.others), str(doubt))


def _ranked(todo: Todo, post: Post) -> Suggestion | None:
    likely = sorted(_scores(todo), key=lambda scored: (-scored[0], scored[1]))[:MOST_TRIED]
    slots = [(score, propose(head, todo, post)) for score, head in likely]
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
    for profile in profiles():
        liking = suited.get(profile.family, 0.0)
        alike = likeness(around, profile) + _unit_bonus(todo, profile)
        if own:
            enough = OWN_COVERED if todo.wants else UNNAMED_COVERED
            if liking and coverage(own, profile) >= enough:
                told = likeness(Counter(own), profile) + coverage(own, profile, by_weight=True)
                alone = ALONE if _is_meant(todo, own, profile) else 0.0
                yield liking * (2 * told + alike + alone), profile.head
        elif liking >= CONTEXT_LIKING and todo.wants and alike >= CONTEXT_ALIKE:
            yield liking * alike, profile.head


def _is_meant(todo: Todo, own: list[str], profile: Profile) -> bool:
    meant = MEANT.get(todo.wants, {})
    return any(
        own == [stem(word) for word in words.split()] and profile.head == head
        for words, head in meant.items()
    )


def _own_words(todo: Todo) -> list[str]:
    """What the placeholder says of its subject, without names of chips and models."""
    said = PERSON.sub(" ", todo.text)
    bare = without(said, (*chips_in(said), *models_in(said)))
    return content(without_sizes(MEMORY.sub(" ", bare)))


def _around(todo: Todo) -> Mapping[str, float]:
    """Words of the heading and of the paragraph before; its last sentence weighs most."""
    found: dict[str, float] = {}
    for distance, sentence in enumerate(reversed(SENTENCE.split(todo.before))):
        # each word once, in the order of the text, so that sums are the same everywhere
        for word in dict.fromkeys(content(sentence)):
            found[word] = found.get(word, 0.0) + 1 / (1 + 0.5 * distance)
    for word in dict.fromkeys(content(todo.heading)):
        found[word] = found.get(word, 0.0) + 2
    return found


def _unit_bonus(todo: Todo, profile: Profile) -> float:
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
