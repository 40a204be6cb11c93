"""What is valid and yet not what the page means: flags that are on already, defaults of before,
checkpoints that must fit, packages nobody uses, a port that is another program's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchpost.commands.context import Context
from benchpost.commands.excerpts import Excerpt
from benchpost.commands.facts import Flag
from benchpost.commands.grammar import Given, Reading
from benchpost.commands.invocation import Invocation
from benchpost.commands.shell import Command, Comment, Script, Word
from benchpost.findings import Check, Severity
from benchpost.post.problems import Problem

Number = float | int


def judged(found: Invocation, reading: Reading, context: Context) -> Iterator[Problem]:
    """Warnings on one command that parses."""
    for given in reading.given:
        if given.state == "known" and given.flag and given.life.covers(context.asked):
            yield from _no_effect(given, found.command, context)
            yield from _once_default(given, found.command, context)
            yield from _needs(given, [word.text for word in found.rest], context)
    yield from _model(found, reading, context)


def _warning(check: Check, at: int, message: str) -> Problem:
    return Problem(check, at, message, Severity.WARNING)


def resolved(flag: Flag, command: str, context: Context) -> Mapping[str, Any] | None:
    """What the engine makes of a flag that is not given, by the table kept by hand."""
    for row in context.rows("resolved"):
        commands = row.get("commands", ())
        fits = not commands or not command or command in commands
        if row["flag"] in flag.names and fits and context.since(row["since"]):
            return row
    return None


def _no_effect(given: Given, command: str, context: Context) -> Iterator[Problem]:
    """A switch for what is on by itself."""
    flag = given.flag
    if flag is None or flag.kind != "bool" or given.negated:
        return
    row = resolved(flag, command, context)
    if row and row.get("on"):
        off = f"--no-{flag.name.removeprefix('--')}"
        where = f" {row['where']}" if row.get("where") else ""
        said = f"`{given.spelled}` changes nothing: it is on by default since {row['since']}{where}"
        yield _warning(
            Check.C015, given.word.start, f"{said}; leave it out (`{off}` switches it off)"
        )


def _once_default(given: Given, command: str, context: Context) -> Iterator[Problem]:
    """A value that raised a default once and lies below the one of today, or equals a former one."""
    flag = given.flag
    if flag is None or len(given.values) != 1 or given.keys:
        return
    value = _number(given.values[0].text)
    row = resolved(flag, command, context)
    if value is None:
        return
    if row and row.get("before"):
        former, new, since = max(row["before"]), max(row["values"]), row["since"]
        told = row["says"]
    else:
        found = _last_change(flag, context)
        if found is None:
            return
        former, new, since = found
        told = f"{new:g}"
    if former <= value < new:
        written = f"`{given.spelled} {given.values[0].text}`"
        said = f"{written} lowers the default: it was {former:g} before {since}"
        yield _warning(Check.C016, given.word.start, f"{said} and is {told} since")


def _last_change(flag: Flag, context: Context) -> tuple[Number, Number, str] | None:
    """The former default, the one now and the release between, where both are numbers."""
    history = [each for each in flag.history if not each[0] or context.since(each[0])]
    numbers = [(version, value) for version, value in history if _is_number(value)]
    if len(numbers) < 2 or len(history) != len(numbers):
        return None
    (_, former), (since, new) = numbers[-2:]
    return former, new, since


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _number(text: str) -> Number | None:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None


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
    if found.command not in context.table("positional") or not found.by_name:
        return
    row = context.table("positional")[found.command]
    for given in reading.given:
        if given.spelled == row["flag"] and context.since(row["since"]):
            yield _warning(Check.C019, given.word.start, str(row["says"]))


# comments


_DEFAULT = re.compile(
    r"\bdefaults?(?:\s*(?:value|is|to|of|[:=])){0,3}\s*`?(?P<value>\d[\d,.]*\d|\d)(?P<unit>[kKmM]?)"
)


def defaults_in_comments(
    comments: Sequence[Comment],
    command: Command,
    found: Invocation,
    reading: Reading,
    context: Context,
) -> Iterator[Problem]:
    """A default that a comment right above a command states of the command's flag."""
    for comment in comments:
        match = _DEFAULT.search(comment.text)
        about = match and [each for each in reading.given if _is_about(comment.text, each)]
        if match and about and len(about) == 1:
            at = comment.start + 1 + match.start()
            yield from stated_default(about[0], match, at, found.command, context)


def _is_about(text: str, given: Given) -> bool:
    """Whether a comment has all the words of a flag's name, or the flag."""
    if given.flag is None or given.flag.kind == "bool":
        return False
    words = set(re.findall(r"[a-z]+", text.lower()))
    return given.flag.name in text or set(given.flag.name.strip("-").split("-")) <= words


def stated_default(
    given: Given, match: re.Match[str], at: int, command: str, context: Context
) -> Iterator[Problem]:
    """A stated default against the default that is known."""
    flag, stated = given.flag, _number(match["value"].rstrip("."))
    if flag is None or stated is None or match["unit"]:
        return
    row = resolved(flag, command, context)
    if row and row.get("values"):
        values = row["values"]
        told = row.get("says") or f"{values[0]:g}"
        if stated not in values or (len(values) > 1 and "GiB" not in match.string):
            said = f"the default of `{flag.name}` is not {match['value']} since {row['since']}: it is {told}"
            yield _warning(Check.C017, at, said)
        return
    history = [each for each in flag.history if not each[0] or context.since(each[0])]
    if history and _is_number(history[-1][1]) and history[-1][1] != stated:
        since, value = history[-1]
        told = f" since {since}" if since else ""
        said = f"the default of `{flag.name}` is {value:g}{told}, not {match['value']}"
        yield _warning(Check.C017, at, said)


def default_in_prose(excerpt: Excerpt, given: Given, context: Context) -> Iterator[Problem]:
    """`--flag` (default 256): the words right after inline code."""
    after = re.match(r"[^.;|\n`]{0,20}?\((?=default)|,?\s+(?=defaults? )", excerpt.after)
    match = _DEFAULT.match(excerpt.after, after.end()) if after else None
    if match:
        yield from stated_default(given, match, given.word.start, "serve", context)


def reports(found: Invocation, comments: Sequence[Comment], context: Context) -> Iterator[Problem]:
    """A comment that expects of a command what it does not report."""
    for row in context.rows("lacks"):
        if row["command"] != found.command:
            continue
        for comment in comments:
            for word in row["words"]:
                match = re.search(rf"\b{word}\b", comment.text)
                if match:
                    said = (
                        f"`{context.tool.name} {found.command}` gives no {word}: it {row['says']}"
                    )
                    yield Problem(Check.C021, comment.start + 1 + match.start(), said)


# other programs


_URL = re.compile(r"(?:https?://)?[\w.$\{\}-]+:(?P<port>\d{2,5})(?P<path>/[\w/.-]*)?")


def ports(command: Command, served: frozenset[str], context: Context) -> Iterator[Problem]:
    """Metrics asked of a port that is another program's."""
    scrape = context.table("scrape")
    if not scrape or not command.words or command.words[0].text not in ("curl", "wget", "http"):
        return
    for word in command.words[1:]:
        match = _URL.match(word.text)
        if match and (match["path"] or "").rstrip("/") == scrape["path"]:
            port = match["port"]
            owner = scrape["other"].get(port)
            if owner and port not in served:
                right = scrape["port"]
                said = (
                    f"port {port} is {owner}; `{context.tool.name} serve` answers {scrape['path']} on "
                    f"its own port, {right} unless `--port` says otherwise"
                )
                yield Problem(Check.C014, word.offset(match.start("port")), said)


def ports_served(reading: Reading) -> Iterator[str]:
    """The ports that a command of the tool listens on."""
    for given in reading.given:
        if given.flag and given.flag.name == "--port" and given.values:
            yield given.values[0].text


_PACKAGE = re.compile(r"[A-Za-z][\w.-]*")
_WITH_VALUE = """
    -r --requirement -c --constraint -i --index-url --extra-index-url --index-strategy -f --find-links
    -e --editable -t --target --python -p --with
"""
_TAKES = frozenset(_WITH_VALUE.split())


def installed(command: Command) -> Iterator[Word]:
    """The packages that `pip install` and its relatives are told by name."""
    texts = [word.text for word in command.words]
    for at in range(len(texts)):
        before = texts[:at]
        if texts[at] == "install" and before and before[-1].rpartition("/")[2] in ("pip", "pip3"):
            yield from _packages(command.words[at + 1 :])
            return


def _packages(words: Sequence[Word]) -> Iterator[Word]:
    skip = False
    for word in words:
        if skip or word.text.startswith("-"):
            skip = not skip and word.text in _TAKES
            continue
        name = re.split(r"[<>=!~\[;@ ]", word.text, maxsplit=1)[0]
        if word.plain and _PACKAGE.fullmatch(name) and "/" not in word.text:
            yield word.cut(0, len(name))


def unused(packages: Sequence[tuple[Word, int]], text: str, context: Context) -> Iterator[Problem]:
    """Packages that nothing else on the page names. Offsets are the page's.

    Asked only of a package that is installed alone and right before the tool is run: what a longer
    list is for, a page need not say.
    """
    flat = _flat(text)
    for word, at in packages:
        name = _flat(word.text)
        if flat.count(name) == 1 and name not in map(_flat, context.program_names()):
            said = f"`{word.text}` is installed, and nothing on the page uses it"
            message = f"{said}; leave it out or show what it is for"
            yield Problem(Check.C020, at, message, Severity.WARNING)


def _flat(text: str) -> str:
    return re.sub(r"[-_.]", "", text.lower())


def script_comments(script: Script, first: int, last: int) -> list[Comment]:
    """The comments between two offsets."""
    return [each for each in script.comments if first <= each.start < last]
