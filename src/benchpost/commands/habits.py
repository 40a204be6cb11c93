"""What is valid and yet not what a command means: a switch that is on already, a value that was a
default once, a checkpoint that must fit, a model given by a flag.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchpost.commands.context import Context
from benchpost.commands.defaults import last_change, number, resolved
from benchpost.commands.grammar import Given, Reading
from benchpost.commands.invocation import Invocation
from benchpost.commands.script import Word
from benchpost.findings import Check, Severity
from benchpost.post.problems import Problem


def judged(found: Invocation, reading: Reading, context: Context) -> Iterator[Problem]:
    """Warnings on one command that parses."""
    for given in reading.given:
        if given.state == "known" and given.flag and given.life.covers(context.asked):
            yield from _no_effect(given, found.command, context)
            yield from _once_default(given, found.command, context)
            yield from _needs(given, [word.text for word in found.rest], context)
    yield from _model(found, reading, context)
    yield from _draft(reading, context)


def _warning(check: Check, at: int, message: str) -> Problem:
    return Problem(check, at, message, Severity.WARNING)


def _no_effect(given: Given, command: str, context: Context) -> Iterator[Problem]:
    """A switch for what is on by itself."""
    flag = given.flag
    if flag is None or flag.kind != "bool" or given.negated:
        return
    row = resolved(flag, command, context)
    if row and row.get("on"):
        since = f"it is on by default since {row['since']} {row.get('where', '')}".rstrip()
        off = f"`--no-{flag.name.removeprefix('--')}` switches it off"
        said = (
            f"`{given.spelled}` is not needed: {since}; {row.get('given', 'leave it out')} ({off})"
        )
        yield _warning(Check.C015, given.word.start, said)


def _once_default(given: Given, command: str, context: Context) -> Iterator[Problem]:
    """A value that raised a default once and lies below that of today."""
    flag = given.flag
    value = number(given.values[0].text) if len(given.values) == 1 else None
    if flag is None or given.keys or value is None:
        return
    row = resolved(flag, command, context)
    if row and row.get("before"):
        former, new, since, told = row["before"], max(row["values"]), row["since"], row["says"]
    elif (change := last_change(flag, context)) is not None:
        former, new, since = change
        told = f"{new:g}"
    else:
        return
    if former <= value < new:
        written = f"`{given.spelled} {given.values[0].text}`"
        said = f"{written} lowers the default: it was {former:g} before {since}"
        yield _warning(Check.C016, given.word.start, f"{said} and since then is {told}")


def _needs(given: Given, words: Sequence[str], context: Context) -> Iterator[Problem]:
    """A value that works only with something that the command does not show."""
    for row in context.rows("needs"):
        if given.flag is None or row["flag"] not in given.flag.names or not given.values:
            continue
        value = given.values[0].text
        sign = row["word"].get(value)
        others = [word.lower() for word in words if word != value]
        if sign and not any(sign in word for word in others):
            said = f"`{given.spelled} {value}` {row['says']}"
            yield _warning(Check.C018, given.word.start, said)


def _model(found: Invocation, reading: Reading, context: Context) -> Iterator[Problem]:
    """`vllm serve --model X`, which the tool warns about itself."""
    row = context.table("positional").get(found.command)
    if row is None or not found.by_name or not context.since(row["since"]):
        return
    for given in reading.given:
        if given.spelled == row["flag"]:
            yield _warning(Check.C019, given.word.start, str(row["says"]))


def _draft(reading: Reading, context: Context) -> Iterator[Problem]:
    """A draft model that does not speak the tokens of the model it drafts for."""
    row = context.table("draft")
    if not row or context.vocabulary is None or not context.since(row["since"]):
        return
    model = next((word for word in reading.loose), None)
    drafts = [
        (word, name)
        for given in reading.given
        for word, name in _draft_names(given, row)
        if row["unless"] not in word.text
    ]
    for word, name in drafts:
        own, other = context.vocabulary(model.text if model else ""), context.vocabulary(name)
        if own and other and own != other and model:
            said = f"`{name}` has a vocabulary of {other:,} tokens and `{model.text}` of {own:,}"
            yield Problem(Check.C023, word.start, f"{said}: {row['says']}")


def _draft_names(given: Given, row: Mapping[str, Any]) -> Iterator[tuple[Word, str]]:
    """The draft model that a flag names, by itself or in JSON."""
    for word in given.values[:1]:
        if given.spelled in row["flags"]:
            yield word, word.text
        elif given.flag and given.flag.name == row["config"] and not given.keys:
            match = re.search(r'"model"\s*:\s*"([^"]+)"', word.text)
            if match:
                yield word, match[1]
