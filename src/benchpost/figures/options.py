"""What an author may say to a figure: its options, held against the figure's own signature."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any, Literal, Union, get_args, get_origin

from benchpost.errors import UsageError, near

Option = str | int | float | bool

_NAMES: dict[Any, str] = {
    str: 'a text in quotes, e.g. "H200"',
    int: "a whole number",
    float: "a number",
    bool: "true or false",
}


def parameters(figure: Callable[..., object]) -> Mapping[str, inspect.Parameter]:
    """The options of a figure by name, with types and defaults.

    Its facts are not among them, nor what is settled already in a `partial`.
    """
    settled = {"facts", *(figure.keywords if isinstance(figure, partial) else ())}
    given = _parameters(figure)
    named = (p for p in given if p.kind in (p.KEYWORD_ONLY, p.POSITIONAL_OR_KEYWORD))
    return {p.name: p for p in named if p.name not in settled}


def _parameters(figure: Callable[..., object]) -> tuple[inspect.Parameter, ...]:
    """Parameters that a caller may still give, with their annotations evaluated."""
    if isinstance(figure, partial):
        return _parameters(figure.func)[len(figure.args) :]
    return _signature(figure)


# a check of many posts asks for the same few functions thousands of times
@lru_cache(maxsize=256)
def _signature(figure: Callable[..., object]) -> tuple[inspect.Parameter, ...]:
    return tuple(inspect.signature(figure, eval_str=True).parameters.values())


def check_options(head: str, figure: Callable[..., object], options: Mapping[str, Option]) -> None:
    """Raise UsageError for an option that is unknown, of the wrong type, or missing."""
    known = parameters(figure)
    if not _takes_any(figure):
        for key in options:
            if key not in known:
                raise UsageError(_unknown(head, key, known))
    for key, value in options.items():
        if key in known and not _fits(value, known[key].annotation):
            wanted = described(known[key].annotation)
            written = written_option(value)
            raise UsageError(f"option {key!r} of {head!r} must be {wanted}, not {written}")
    for key, parameter in known.items():
        if parameter.default is parameter.empty and key not in options:
            wanted = described(parameter.annotation)
            raise UsageError(f"{head!r} needs the option {key!r}: {wanted}")


def _takes_any(figure: Callable[..., object]) -> bool:
    return inspect.Parameter.VAR_KEYWORD in {p.kind for p in _parameters(figure)}


def _unknown(head: str, key: str, known: Mapping[str, object]) -> str:
    if not known:
        return f"{head!r} has no option {key!r}; it takes none"
    return f"{head!r} has no option {key!r}{near(key, known)}; its options are {', '.join(known)}"


def _choices(annotation: Any) -> tuple[Any, ...]:
    """The types and literal values that an annotation allows; empty for one that says nothing."""
    if get_origin(annotation) in (Union, types.UnionType):
        parts = (_choices(part) for part in get_args(annotation) if part is not type(None))
        return tuple(choice for part in parts for choice in part)
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    return (annotation,) if annotation in _NAMES else ()


def _fits(value: Option, annotation: Any) -> bool:
    choices = _choices(annotation)
    return not choices or any(_is(value, choice) for choice in choices)


def _is(value: Option, choice: Any) -> bool:
    if choice is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if isinstance(choice, type):
        return type(value) is choice
    return type(value) is type(choice) and value == choice


def described(annotation: Any) -> str:
    """What an option may be, in words."""
    choices = _choices(annotation)
    return " or ".join(_NAMES.get(c) or written_option(c) for c in choices) or "given"


def written_option(value: Option) -> str:
    """An option's value as an author writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)
