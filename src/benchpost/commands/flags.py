"""One command of the tool: its subcommand, flags and values held against the facts."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from benchpost.commands import values
from benchpost.commands.context import Context
from benchpost.commands.grammar import Given, Parser, Reading, is_hole
from benchpost.commands.invocation import Invocation
from benchpost.commands.script import Word
from benchpost.commands.versions import Life
from benchpost.errors import near
from benchpost.findings import Check, Severity
from benchpost.post.problems import Problem

NAMED = re.compile(r"`(--[a-z][\w-]*)")
"""Flags that a hint names."""
SHORTHAND = re.compile(r"-O\.[A-Za-z_]")


def judged(found: Invocation, reading: Reading, context: Context) -> Iterator[Problem]:
    """Everything wrong with one command, in the order of its words."""
    for given in reading.given:
        if not allowed(given, context):
            yield from of_flag(given, found.command, context)
    yield from _loose(found, reading, context)


def subcommand(found: Invocation, context: Context) -> Iterator[Problem]:
    """A subcommand that the tool does not have, or not in the releases asked for."""
    tool = context.tool
    life = context.life(tool.commands.get(found.command, ()))
    if life.is_gone(context.asked):
        hint = near(found.command, _there(context))
        said = f"`{context.shown(found.command)}` is {context.ends(life)}{hint}"
        yield Problem(Check.C001, found.name.start, said)
    elif life.is_later(context.asked):
        said = f"`{context.shown(found.command)}` needs {tool.name} {life.since}"
        yield Problem(Check.C004, found.name.start, f"{said}; the page speaks of {context.asked}")
    elif found.command in ("", *groups(context)) and found.rest:
        first = found.rest[0]
        word = first.text
        if not word.startswith("-") and not is_hole(first) and re.fullmatch(r"[a-z][\w-]*", word):
            said = f"{found.command} {word}".strip()
            first_words = dict.fromkeys(name.partition(" ")[0] for name in _there(context))
            hint = near(said, _there(context)) or f"; there are {', '.join(first_words)}"
            yield Problem(Check.C001, first.start, f"`{tool.name}` has no command `{said}`{hint}")


def _there(context: Context) -> list[str]:
    tool = context.tool
    known = [name for name, life in tool.commands.items() if context.has(life)]
    others = [each for each in tool.program.others if each not in groups(context)]
    return sorted({*known, *others})


def groups(context: Context) -> set[str]:
    """Beginnings of commands that are none themselves. E.g. `bench` and `bench sweep`"""
    names = {*context.tool.commands}
    return {name.rpartition(" ")[0] for name in names if " " in name} - names


def allowed(given: Given, context: Context) -> bool:
    """Whether the page allows the flag, in either spelling."""
    written = given.word.text.partition("=")[0]
    return bool({given.spelled, written, written.partition(".")[0]} & context.allowed)


def of_flag(given: Given, command: str, context: Context) -> Iterator[Problem]:
    """What is wrong with one flag: that it is not there, or its value."""
    if given.state in ("unknown", "ambiguous"):
        yield from _absent(given, command, context)
        return
    since = context.table("spelled").get(given.spelled, "")
    if since and not context.since(since):
        given = replace(given, life=Life(since))
    if not given.life.covers(context.asked):
        yield _elsewhen(given, command, context)
        return
    if given.short and given.flag and not _is_written_out(given):
        said = f"`{given.spelled}` is read as `{given.fits[0]}` as long as no other flag begins so"
        note = f"{said}; write it in full"
        yield Problem(Check.C009, given.word.start, note, Severity.WARNING)
    yield from values.judged(given, context)


def of_any(given: Given, context: Context) -> Iterator[Problem]:
    """What is wrong with a flag that stands without its command, whichever command is meant."""
    meanings = [
        (command, flag, life)
        for command, names in context.tool.by_command.items()
        for flag, life in names.get(given.spelled, ())
        if life.covers(context.asked)
    ]
    found: list[Problem] = []
    for command, flag, life in sorted(meanings, key=lambda each: each[0] != "serve"):
        meant = replace(given, flag=flag, life=life)
        problems = [each for each in of_flag(meant, command, context) if _tells(each)]
        if not problems:
            return
        found = found or problems
    if not meanings:
        found = [each for each in of_flag(given, "", context) if _tells(each)]
    yield from found


def _tells(problem: Problem) -> bool:
    """In prose a flag may stand without its value, cut short, or with a letter for a number."""
    if problem.check is Check.C005:
        return " takes a " not in problem.message
    return problem.check not in (Check.C008, Check.C009)


def _is_written_out(given: Given) -> bool:
    return given.spelled in given.fits


def _absent(given: Given, command: str, context: Context) -> Iterator[Problem]:
    at, spelled = given.word.start, given.spelled
    if given.state == "ambiguous":
        could = ", ".join(f"`{name}`" for name in given.fits[:4])
        more = " and more" if len(given.fits) > 4 else ""
        yield Problem(Check.C009, at, f"`{spelled}` could be {could}{more}; write it in full")
        return
    if spelled in ("--help", "-h", "-v", "--version") or is_hole(given.word):
        return
    if SHORTHAND.match(given.word.text) and context.tool.grammar.numbered:
        yield _shorthand(given, context)
        return
    where = f"`{context.shown(command)}`" if command else context.tool.name
    hint = (
        _in_two_words(spelled, command, context)
        or _instead(spelled, command, context)
        or _elsewhere(spelled, command, context)
        or _nearest(spelled, command, context)
    )
    said = f"`{spelled}` is no flag of {where} in {context.asked}"
    is_alone = len(context.tool.versions) < 2 or _anywhere(spelled, context)
    never = "" if is_alone else ", nor of any release examined"
    yield Problem(Check.C002, at, f"{said}{never}{hint}")


def _in_two_words(spelled: str, command: str, context: Context) -> str:
    """`--flag=value`, where the tool reads the value as a word of its own only."""
    name, sign, value = spelled.partition("=")
    if not sign or context.tool.grammar.equals or name not in current(command, context):
        return ""
    return f"; write it as two words, `{name} {value}`"


def _instead(spelled: str, command: str, context: Context) -> str:
    """What replaces a flag, where the command has it: what serves `serve` may not serve `bench`."""
    hint = context.instead(spelled, "instead")
    there = context.tool.by_command.get(command, {}) if command else context.tool.joined
    for name in NAMED.findall(hint):
        lives = [life for _, life in there.get(name, ())]
        # a sentence that says since when it is there holds for releases before, too
        if not any(life.covers(context.asked) or "since" in hint for life in lives):
            return ""
    return hint


def _anywhere(spelled: str, context: Context) -> bool:
    return any(spelled in names for names in context.tool.by_command.values())


def _shorthand(given: Given, context: Context) -> Problem:
    """`-O.mode=3`: what it meant until 0.12, and what is read instead now."""
    right = given.word.text.replace("-O.", "-cc.", 1)
    said = (
        "`-O.` was the shorthand of `--compilation-config` up to 0.12.0 and is read as an "
        f"optimization level since; write `{right}`"
    )
    return Problem(Check.C003, given.word.start, said)


def _elsewhere(spelled: str, command: str, context: Context) -> str:
    """Other commands that have the flag now."""
    have = [
        name
        for name, names in context.tool.by_command.items()
        if name != command and any(life.covers(context.asked) for _, life in names.get(spelled, ()))
    ]
    if not have or not command:
        return ""
    listed = ", ".join(f"`{context.shown(name)}`" for name in sorted(have)[:3])
    return f"; it is one of {listed}"


def _nearest(spelled: str, command: str, context: Context) -> str:
    """Flags that are spelled much the same, or have the same words in another order."""
    names = current(command, context)
    alike = difflib.get_close_matches(spelled, names, n=3, cutoff=0.72)
    if alike:
        return "; did you mean " + " or ".join(map(repr, alike)) + "?"
    words = set(spelled.strip("-").split("-"))
    close = [name for name in names if len(words) > 1 and words <= set(name.strip("-").split("-"))]
    return "; did you mean " + " or ".join(map(repr, close[:3])) + "?" if close else ""


def current(command: str, context: Context) -> list[str]:
    """The flags of a command (of all, for an empty name) that are there now."""
    commands = [command] if command else list(context.tool.by_command)
    found = {
        name: None
        for each in commands
        for name, meanings in context.tool.by_command.get(each, {}).items()
        if name.startswith("--") and any(life.covers(context.asked) for _, life in meanings)
    }
    return list(found)


def _elsewhen(given: Given, command: str, context: Context) -> Problem:
    """The flag is gone, or comes later."""
    life, name, at = given.life, given.spelled, given.word.start
    tool = context.tool.name
    where = f" from `{context.shown(command)}`" if command else ""
    if life.is_gone(context.asked):
        hint = _instead(name, command, context) or _elsewhere(name, command, context)
        return Problem(
            Check.C003,
            at,
            f"`{name}` is {context.ends(life).replace('gone', f'gone{where}')}{hint}",
        )
    said = f"`{name}` needs {tool} {life.since}"
    pair = context.tool.grammar.pairs
    hint = ""
    if given.negated and pair == life.since and given.flag:
        hint = f"; before, `--no-{given.flag.name.removeprefix('--')}` switches it off"
    return Problem(Check.C004, at, f"{said}; the page speaks of {context.asked}{hint}")


def _loose(found: Invocation, reading: Reading, context: Context) -> Iterator[Problem]:
    """Words that belong to no flag and are more than the command takes."""
    most = context.tool.program.positionals.get(found.command)
    unclear = any(given.state in ("unknown", "ambiguous") for given in reading.given)
    printed = any(PRINTED.search(word.text) for word in found.rest)
    if most is None or unclear or printed:
        # after a flag that is not known, nobody can tell whether a word is its value
        return
    extra = [word for word in reading.loose if not is_hole(word) and not word.text.endswith("}")]
    for word in extra[most:]:
        switch = next((g for g in reading.given if _is_value_of(word, g, found.rest)), None)
        if switch:
            said = f"`{switch.spelled}` takes no value, but {word.text!r} follows; write it alone"
            yield Problem(Check.C008, word.start, said)
            continue
        takes = "no word" if not most else "one word" if most == 1 else f"{most} words"
        said = f"{word.text!r} belongs to no flag, and `{context.shown(found.command)}` takes"
        yield Problem(Check.C008, word.start, f"{said} {takes} without one")


def _is_value_of(word: Word, given: Given, words: Sequence[Word]) -> bool:
    """Whether a word stands right after a switch."""
    is_switch = given.flag is not None and given.flag.kind == "bool" and not given.values
    after = [each for each in words if each.start > given.word.start]
    return is_switch and after[:1] == [word] and word.text.lower() in SWITCHED


PRINTED = re.compile("[“”‘’]|^[–—]")
"""Quotes and dashes of print, which have a finding of their own."""
SWITCHED = frozenset(["true", "false", "1", "0", "yes", "no", "on", "off"])
"""What people write after a switch that takes nothing."""


def read(found: Invocation, context: Context) -> Reading:
    """The words of an invocation by the tool's grammar."""
    return Parser(context.tool, found.command, context.asked).read(found.rest)


def is_slip(spelled: str, context: Context) -> bool:
    """Whether an unknown flag is one letter or word away from a flag of the tool."""
    close = difflib.get_close_matches(spelled, current("", context), n=1, cutoff=0.86)
    return len(spelled) > 8 and bool(close)
