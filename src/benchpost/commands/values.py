"""The values of a flag: how many, of what shape, and whether the parser takes them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping

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
    if is_hole(word) or _is_placeholder(word.text) or not context.is_newest:
        return
    shape = SHAPES.get(flag.kind)
    if flag.choices and not set(re.split(r"[|/]", word.text)) <= set(flag.choices):
        hint = near(word.text, flag.choices) or f"; there are {listed(flag.choices)}"
        yield Problem(Check.C005, word.start, f"`{given.spelled}` cannot be {word.text!r}{hint}")
    elif shape and not flag.choices and not shape.fullmatch(word.text):
        said = f"`{given.spelled}` takes {_wanted(flag)}, not {word.text!r}"
        yield Problem(Check.C005, word.start, said)
    elif shape and (said := beyond(word.text, flag.range)):
        yield Problem(Check.C005, word.start, f"`{given.spelled}` is {said}, not {word.text}")
    elif flag.known and word.text not in flag.known and flag.name in context.closed:
        hint = near(word.text, flag.known) or f"; there are {listed(flag.known)}"
        yield Problem(Check.C005, word.start, f"`{given.spelled}` cannot be {word.text!r}{hint}")
    elif flag.known and word.text not in flag.known:
        close = difflib.get_close_matches(word.text, flag.known, n=1, cutoff=0.8)
        if close:
            said = f"`{given.spelled}` knows no {word.text!r}; did you mean {close[0]!r}?"
            yield Problem(Check.C005, word.start, said, Severity.WARNING)


def _is_placeholder(text: str) -> bool:
    """`MODEL`, `N`, `<n>`, `{n}`: what the reader replaces."""
    return bool(re.fullmatch(r"[A-Z][A-Z0-9_]*|[<{\[].*|.*[>}\]*]|(?:your|server|my)[-_].*", text))
