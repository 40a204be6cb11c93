"""Defaults: those that the facts have, those that the engine resolves, and those a page states."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchpost.commands.context import Context
from benchpost.commands.excerpts import Excerpt
from benchpost.commands.facts import Flag
from benchpost.commands.grammar import Given, Reading
from benchpost.commands.script import Comment
from benchpost.findings import Check, Severity
from benchpost.post.problems import Problem

_STATED = re.compile(
    r"\bdefaults?(?:\s*(?:value|is|to|of|[:=])){0,3}\s*`?(?P<value>\d[\d,]*(?:\.\d+)?)(?P<unit>[kKmM]?)"
)
_QUALIFIED = re.compile(
    r"G(?:i)?B|[AHBLG]\d{2,3}\b|below|smaller|elsewhere|other|up to|before", re.I
)
"""Words by which a page says that a default depends on the machine or the release."""


def number(text: str) -> float | None:
    """The number that a word is."""
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def resolved(flag: Flag, command: str, context: Context) -> Mapping[str, Any] | None:
    """What the engine makes of a flag that is not given, by the table kept by hand."""
    for row in context.rows("resolved"):
        commands = row.get("commands", ())
        fits = not commands or not command or command in commands
        if row["flag"] in flag.names and fits and context.since(row["since"]):
            return row
    return None


def last_change(flag: Flag, context: Context) -> tuple[float, float, str] | None:
    """The former default, the one now and the release between, where both are numbers."""
    history = _history(flag, context)
    if len(history) < 2 or not all(_is_number(value) for _, value in history):
        return None
    (_, former), (since, new) = history[-2:]
    return former, new, since


def _history(flag: Flag, context: Context) -> list[tuple[str, Any]]:
    """The changes of a default up to the releases asked for."""
    return [each for each in flag.history if not each[0] or context.since(each[0])]


def in_comments(
    comments: Sequence[Comment], command: str, reading: Reading, context: Context
) -> Iterator[Problem]:
    """A default that a comment right above a command states of the command's one such flag."""
    for comment in comments:
        match = _STATED.search(comment.text)
        about = [each for each in reading.given if match and _is_about(comment.text, each)]
        if match and len(about) == 1:
            at = comment.start + 1 + match.start()
            yield from _judged(about[0], match, at, command, context)


def _is_about(text: str, given: Given) -> bool:
    """Whether a comment has all the words of a flag's name, or the flag."""
    if given.flag is None or given.flag.kind == "bool":
        return False
    words = set(re.findall(r"[a-z]+", text.lower()))
    return given.flag.name in text or set(given.flag.name.strip("-").split("-")) <= words


def in_prose(excerpt: Excerpt, given: Given, context: Context) -> Iterator[Problem]:
    """`--flag` (default 256): the words right after inline code."""
    after = re.match(r"[^.;|\n`]{0,20}?\((?=default)|,?\s+(?=defaults? )", excerpt.after)
    match = _STATED.match(excerpt.after, after.end()) if after else None
    if match:
        yield from _judged(given, match, given.word.start, "serve", context)


def _judged(
    given: Given, match: re.Match[str], at: int, command: str, context: Context
) -> Iterator[Problem]:
    """A stated default against the one that is known."""
    flag, stated = given.flag, number(match["value"])
    if flag is None or stated is None or match["unit"]:
        return
    row = resolved(flag, command, context)
    if row and row.get("values"):
        said = re.split(r"[)\n]|\. ", match.string[match.start() :], maxsplit=1)[0]
        outdated = stated == row.get("before") and not _QUALIFIED.search(said)
        if stated not in row["values"] or outdated:
            told = row.get("says") or f"{row['values'][0]:g}"
            plainly = "" if stated not in row["values"] else "simply "
            said = (
                f"`{flag.name}` is not {plainly}{match['value']}: since {row['since']} it is {told}"
            )
            yield _wrong(at, said)
        return
    history = _history(flag, context)
    if history and _is_number(history[-1][1]) and history[-1][1] != stated:
        since, value = history[-1]
        told = f"{value:g} since {since}" if since else f"{value:g}"
        yield _wrong(at, f"`{flag.name}` is {told}, not {match['value']}")


def _wrong(at: int, said: str) -> Problem:
    return Problem(Check.C017, at, f"the default of {said}", Severity.WARNING)
