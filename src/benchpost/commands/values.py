"""The values of a flag: how many, of what shape, and whether the parser takes them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence

from benchpost.commands import objects
from benchpost.commands.context import Context, listed
from benchpost.commands.facts import Flag
from benchpost.commands.grammar import Given, is_hole
from benchpost.commands.limits import beyond
from benchpost.commands.script import Word
from benchpost.errors import near
from benchpost.findings import Check, Severity
from benchpost.post.problems import Problem


def judged(given: Given, context: Context) -> Iterator[Problem]:
    """What is wrong with the values of a flag that is there."""
    flag, at = given.flag, given.word.start
    if flag is None:
        return
    if given.state == "joined":
        right = given.fits[0] if given.fits else given.spelled
        yield Problem(Check.C008, at, f"`{given.spelled}` takes no value; write `{right}` alone")
    elif given.state == "lone":
        yield Problem(Check.C008, at, f"`{given.spelled}` has no value; it takes {_wanted(flag)}")
    elif given.keys or flag.kind.startswith("json"):
        if given.keys and not flag.kind.startswith("json"):
            said = f"`{flag.name}` takes {_wanted(flag)} and has no keys"
            yield Problem(Check.C007, given.keys[0].start, said)
        else:
            yield from objects.judged(given, context)
    elif not given.negated:
        for word in given.values:
            yield from _one_value(given, flag, word, context)


WANTED: Mapping[str, str] = {
    "int": "a whole number",
    "size": "a whole number, also as `8k` or `8K`",
    "size-or-auto": "a whole number, also as `8k`, or `auto`",
    "float": "a number",
    "json": "JSON",
}


def _wanted(flag: Flag) -> str:
    if flag.choices:
        return f"one of {listed(flag.choices)}"
    return WANTED.get(flag.kind.partition(":")[0], "a value")


SHAPES: Mapping[str, re.Pattern[str]] = {
    "int": re.compile(r"\s*[-+]?\d[\d_]*\s*"),
    "size": re.compile(r"\s*(?:[-+]?\d[\d_]*|\d+(?:\.\d+)?[kmgt]|\d+[KMGT])\s*"),
    "size-or-auto": re.compile(r"\s*(?:[-+]?\d[\d_]*|\d+(?:\.\d+)?[kmgt]|\d+[KMGT]|(?i:auto))\s*"),
    "float": re.compile(
        r"\s*[-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*|[-+]?(?i:inf|nan|infinity)"
    ),
}


def _one_value(given: Given, flag: Flag, word: Word, context: Context) -> Iterator[Problem]:
    if is_hole(word) or not context.is_newest:
        return
    if _is_placeholder(word.text) and not _is_meant(word.text, flag, context):
        return
    choices = _choices(flag, context)
    if choices:
        if not _is_among(word.text, choices, flag):
            yield _cannot(given, word, choices)
    elif flag.kind in SHAPES:
        yield from _number(given, flag, word)
    elif flag.known and word.text not in flag.known:
        yield from _slip(given, flag, word)


def _choices(flag: Flag, context: Context) -> tuple[str, ...]:
    """All values that a flag can have, by the parser or when the server starts; () for any."""
    closed = flag.known if flag.name in context.closed else ()
    return flag.choices or context.members(flag.name) or closed


def _is_among(text: str, choices: Sequence[str], flag: Flag) -> bool:
    if flag.choices:
        return set(re.split(r"[|/]", text)) <= set(choices)
    # a member is looked up by its name in capitals
    return text in choices or (not flag.known and text.upper() in choices)


def _number(given: Given, flag: Flag, word: Word) -> Iterator[Problem]:
    """What is no number, or none in the range that the tool holds it against."""
    if not SHAPES[flag.kind].fullmatch(word.text):
        said = f"`{given.spelled}` takes {_wanted(flag)}, not {word.text!r}"
        yield Problem(Check.C005, word.start, said)
    elif said := beyond(word.text, flag.range):
        yield Problem(Check.C005, word.start, f"`{given.spelled}` is {said}, not {word.text}")


def _slip(given: Given, flag: Flag, word: Word) -> Iterator[Problem]:
    """Nearly a value that is known, where the parser takes others too."""
    close = difflib.get_close_matches(word.text, flag.known, n=1, cutoff=0.8)
    if close:
        said = f"`{given.spelled}` knows no {word.text!r}; did you mean {close[0]!r}?"
        yield Problem(Check.C005, word.start, said, Severity.WARNING)


def _cannot(given: Given, word: Word, choices: Sequence[str]) -> Problem:
    """A value that is none of those there are."""
    cased = [each for each in choices if each.lower() == word.text.lower()]
    hint = f"; write {cased[0]!r}" if cased else near(word.text, choices)
    said = f"`{given.spelled}` cannot be {word.text!r}{hint or f'; there are {listed(choices)}'}"
    return Problem(Check.C005, word.start, said)


def _is_meant(text: str, flag: Flag, context: Context) -> bool:
    """Whether capitals are a value in the wrong case, or nearly a member, and no placeholder."""
    known = {*flag.choices, *flag.known}
    near_one = difflib.get_close_matches(text, context.members(flag.name), n=1, cutoff=0.8)
    return text.lower() in known or bool(near_one)


def _is_placeholder(text: str) -> bool:
    """`MODEL`, `N`, `<n>`, `{n}`: what the reader replaces."""
    return bool(re.fullmatch(r"[A-Z][A-Z0-9_]*|[<{\[].*|.*[>}\]*]|(?:your|server|my)[-_].*", text))
