"""The words of a slot for a placeholder: a figure with what the text says of its options."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, get_args, get_origin

from benchpost.errors import BenchpostError
from benchpost.figures import call, find
from benchpost.figures.options import Option, parameters
from benchpost.figures.types import Facts, Fragment
from benchpost.fill.mentions import chips_in, formats_in, models_in, sizes_in
from benchpost.fill.vocabulary import content, stem
from benchpost.post.document import Post, Todo
from benchpost.post.marks import options_text
from benchpost.roofline.equations import EQUATIONS


def propose(head: str, todo: Todo, post: Post) -> str | None:
    """The words of a slot with what is known of its options; None where one is lacking."""
    known, formats = parameters(find(head)), formats_in(todo.text)
    if "model" in known and not formats.keys() <= known.keys():
        return None  # it would show another format than the one that is asked for
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
    # what some figures need they cannot declare, as they need it of one kind only
    tried += [{k: v for k, v in _names(todo, post, known).items() if k in known}]
    formats = {key: value for key, value in formats_in(todo.text).items() if key in known}
    fixed = {**_kinds(known, todo), **_of_snippet(known, todo, post), **formats}
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
        if isinstance(word, str) and stem(word) in own and word != parameter.default
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
    except (BenchpostError, ArithmeticError):
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
