"""The words of a slot: a head of bare words, then `key=value` options."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

Option = str | int | float | bool

HEAD = re.compile(r"\s*([A-Za-z_][\w.-]*)(?=\s|$)")
OPTION = re.compile(r"\s*([A-Za-z_]\w*)=")
VALUE = re.compile(
    r"""(?P<string>"(?:[^"\\]|\\.)*")
      | (?P<float>[+-]?(?:\d+\.\d*|\.\d+|\d+(?=[eE]))(?:[eE][+-]?\d{1,3})?)
      | (?P<int>[+-]?\d{1,40})
      | (?P<bool>true|false)""",
    re.VERBOSE | re.DOTALL,
)
BOUNDARY = re.compile(r"\s|$")
ESCAPE = re.compile(r"\\(.)", re.DOTALL)
LETTERS = {"n": "\n", "r": "\r", "t": "\t"}
ESCAPED = {
    "\\": "\\\\",
    '"': '\\"',
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "|": "\\|",  # a bare one would end a table cell
}


@dataclass(frozen=True)
class Words:
    """What stands in a slot's opening marker after `fill`."""

    head: str
    """Bare words, joined by one space."""
    options: Mapping[str, Option] = field(default_factory=dict)
    """Options in written order."""
    problem: str = ""
    """What is not understood, or empty."""
    at: int = 0
    """Position of the problem in the text."""


def parse_words(text: str) -> Words:
    """Read `chart roofline gpu="H200" m=512`; the first thing not understood is the problem."""
    head, at = _head(text)
    options: dict[str, Option] = {}
    while text[at:].strip():
        match = OPTION.match(text, at)
        start = at + len(text[at:]) - len(text[at:].lstrip())
        if not match:
            return Words(head, options, _not_an_option(text[start:].split()[0]), start)
        key, value = match[1], VALUE.match(text, match.end())
        if not value or not BOUNDARY.match(text, value.end()) or not _is_finite(value):
            return Words(head, options, _not_a_value(key, text[match.end() :]), match.end())
        if key in options:
            return Words(head, options, f"option {key!r} is given twice; keep one", start)
        options[key], at = _option(value), value.end()
    return Words(head, options, _head_problem(head))


def _head_problem(head: str) -> str:
    if not head:
        return "no figure is named; write e.g. `fill equation NAME`"
    if head.count(" ") > 1:
        return f"{head!r} is more than a figure's family and kind; write options as `key=value`"
    return ""


def _head(text: str) -> tuple[str, int]:
    words: list[str] = []
    at = 0
    while match := HEAD.match(text, at):
        words.append(match[1])
        at = match.end()
    return " ".join(words), at


def _is_finite(match: re.Match[str]) -> bool:
    return match["float"] is None or math.isfinite(float(match["float"]))


def _option(match: re.Match[str]) -> Option:
    if match["string"] is not None:
        return ESCAPE.sub(lambda m: LETTERS.get(m[1], m[1]), match["string"][1:-1])
    if match["bool"] is not None:
        return match["bool"] == "true"
    return int(match["int"]) if match["int"] is not None else float(match["float"])


def _not_an_option(word: str) -> str:
    return f'{word!r} is not an option; write `key=512`, `key=true` or `key="text"`'


def _not_a_value(key: str, rest: str) -> str:
    if rest.startswith('"') and not re.match(VALUE, rest):
        return f'the text of option {key!r} is not closed; end it with `"`'
    word = (rest.split() or [""])[0]
    said = f"{word!r} is not a value" if word else "the value is missing"
    quoted = word.strip("\"'") or "text"
    return (
        f'option {key!r}: {said}; write a number, true, false or text in quotes, `{key}="{quoted}"`'
    )


def options_text(options: Mapping[str, Option]) -> str:
    """Options as an author would write them: `gpu="RTX PRO 6000" m=512`.

    What would end the comment or a table cell is escaped, so `parse_words` gives the same options
    back. ValueError for a number that has no literal (infinity, NaN).
    """
    return " ".join(f"{key}={_literal(value)}" for key, value in options.items())


def _literal(value: Option) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        text = "".join(ESCAPED.get(character, character) for character in value)
        # neither `*/` nor `-->` may appear inside the comment that holds the slot
        return '"' + text.replace("*/", "*\\/").replace("->", "-\\>").replace("-!>", "-!\\>") + '"'
    if not math.isfinite(value):
        raise ValueError(f"an option cannot be {value}; give a finite number")
    return repr(value)
