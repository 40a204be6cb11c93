"""What to write instead of a `<` that begins no tag: it depends on what follows it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from benchpost.findings import Check
from benchpost.post.html_names import HTML_NAMES
from benchpost.post.nodes import Fault
from benchpost.post.problems import Problem

LONGEST = 60
TAG = re.compile(r"</?[^\W\d][\w.:-]*")


def worded(fault: Fault, text: str) -> Problem:
    """A fault of the parser as a problem that says what would be right."""
    problem = Problem(fault.check, fault.at, fault.message)
    if fault.check is Check.M002:
        return replace(problem, message=fault.message + _unclosed(fault, text))
    if fault.check is not Check.M005:
        return problem
    for pattern, say in WORDS:
        match = pattern.match(text, fault.at)
        if match:
            return replace(say(match), offset=fault.at)
    tag = TAG.match(text, fault.at)
    name = f"`{tag[0]}` is read as a tag: " if tag else ""
    hint = "mend the tag, or write `\\<` for a `<` that is text"
    return replace(problem, message=f"{name}{fault.message}; {hint}")


def _unclosed(fault: Fault, text: str) -> str:
    """A hint for the two ways in which a tag is left open without knowing."""
    tag = TAG.match(text, fault.at)
    if tag is None or tag[0].startswith("</"):
        return ""
    name = tag[0][1:]
    if name.islower() and name not in HTML_NAMES:
        return f", or `\\<{name}>` where it is text"
    tail = text[fault.at :].partition("\n")
    own_line = re.search(rf"^[ \t>]*</{re.escape(name)}>", tail[2], re.MULTILINE)
    if own_line and not tail[0].rstrip().endswith(">"):
        return "; put the text and both tags on one line, or each tag alone on its line"
    return ""


def _comment(match: re.Match[str]) -> Problem:
    words = " ".join(match["words"].split()).replace("*/", "* /")
    right = words if match["end"] and len(words) <= LONGEST else "…"
    return Problem(Check.M001, 0, f"MDX knows no HTML comments; write `{{/* {right} */}}`")


def _declaration(match: re.Match[str]) -> Problem:
    message = f"`{match[0]}` is not known to MDX; leave it out, or show an SVG by `![](./file.svg)`"
    return Problem(Check.M005, 0, message)


def _address(match: re.Match[str]) -> Problem:
    to = "" if match["scheme"] else "mailto:"
    url = match["url"]
    return Problem(Check.M005, 0, f"MDX knows no autolinks; write `[{url}]({to}{url})`")


def _sign(match: re.Match[str]) -> Problem:
    what = match[0]
    message = f"`{what}` begins no tag; write `\\{what}` or `&lt;{what[1:]}`"
    return Problem(Check.M005, 0, message)


WORDS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Problem]], ...] = (
    (re.compile(r"<!--(?P<words>.{0,99}?)(?P<end>-->)", re.DOTALL), _comment),
    (re.compile(r"<!--(?P<words>)(?P<end>)"), _comment),
    (re.compile(r"<(?:!\[CDATA\[|!\w+|\?\w+)"), _declaration),
    (re.compile(r"<(?P<url>(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*:)[^\s<>]+)>"), _address),
    (re.compile(r"<(?P<url>(?P<scheme>)[^\s<>@]+@[^\s<>]+)>"), _address),
    (re.compile(r"<[^\s\w$/>][^\s\w<>]*|<\d[\w.%]*"), _sign),
)
