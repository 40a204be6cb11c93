"""What stands around the tool's commands: other programs, and comments on what a command gives."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from benchpost.commands.context import Context
from benchpost.commands.grammar import Reading
from benchpost.commands.invocation import Invocation
from benchpost.commands.script import Command, Comment, Word
from benchpost.findings import Check, Severity
from benchpost.post.problems import Problem


def reports(found: Invocation, comments: Sequence[Comment], context: Context) -> Iterator[Problem]:
    """A comment that expects of a command what it does not report."""
    for row in context.rows("lacks"):
        for comment in comments if row["command"] == found.command else ():
            for word in row["words"]:
                match = re.search(rf"\b{word}\b", comment.text)
                if match:
                    said = f"`{context.shown(found.command)}` gives no {word}: it {row['says']}"
                    yield Problem(Check.C021, comment.start + 1 + match.start(), said)


_URL = re.compile(r"(?:https?://)?[\w.$\{\}-]+:(?P<port>\d{2,5})(?P<path>/[\w/.-]*)?")
_FETCH = ("curl", "wget", "http")


def ports(command: Command, served: frozenset[str], context: Context) -> Iterator[Problem]:
    """Metrics asked of a port that is another program's."""
    scrape = context.table("scrape")
    if not scrape or not command.words or command.words[0].text not in _FETCH:
        return
    for word in command.words[1:]:
        match = _URL.match(word.text)
        owner = scrape["other"].get(match["port"]) if match else None
        is_scrape = match and (match["path"] or "").rstrip("/") == scrape["path"]
        if match and owner and is_scrape and match["port"] not in served:
            server = context.shown(scrape.get("command", "serve"))
            said = (
                f"port {match['port']} is {owner}; `{server}` answers {scrape['path']} on its own "
                f"port, {scrape['port']} unless `--port` is given"
            )
            yield Problem(Check.C014, word.offset(match.start("port")), said)


def ports_served(reading: Reading) -> Iterator[str]:
    """The ports that a command of the tool listens on."""
    for given in reading.given:
        if given.flag and given.flag.name == "--port" and given.values:
            yield given.values[0].text


_PACKAGE = re.compile(r"[A-Za-z][\w.-]*")
_WITH_VALUE = """
    -r --requirement -c --constraint -i --index-url --extra-index-url --index-strategy
    -f --find-links -e --editable -t --target --python -p --with
"""
_TAKES = frozenset(_WITH_VALUE.split())


def installed(command: Command) -> Iterator[Word]:
    """The packages that `pip install` and its relatives are told by name."""
    texts = [word.text for word in command.words]
    for at in range(1, len(texts)):
        if texts[at] == "install" and texts[at - 1].rpartition("/")[2] in ("pip", "pip3"):
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
