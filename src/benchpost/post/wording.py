"""How people write placeholders: `TODO: show the equation` and its relatives.

Upper-case TODO or TBD with a colon, a dash or alone; any case inside brackets and comments, where
"todo" cannot be Spanish or the name of an app; XXX only where something is asked for, as it also
stands for what is left out. Positions are within the text given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

GATE = re.compile(r"TODO|TBD|FIXME|XXX|[Tt]odo\b|[Tt]bd\b|[Ff]ixme\b")

# what may enclose a placeholder, and whether small letters count in it
WRAPPERS = (
    ("<!--", "-->", True),
    ("{/*", "*/}", True),
    ("/*", "*/", True),
    ("!!!", "!!!", False),
    ("**", "**", False),
    ("__", "__", False),
    ("~~", "~~", False),
    ("==", "==", False),
    ("*", "*", False),
    ("_", "_", False),
    ("`", "`", False),
    ("[", "]", True),
    ("(", ")", True),
    ("{", "}", True),
    ("<", ">", True),
    ('"', '"', False),
    ("'", "'", False),
    ("“", "”", False),
    ("‘", "’", False),
)
ELEMENT = re.compile(r"<([A-Za-z][\w.]*)(?:\s[^<>]*)?>(?P<inner>.*)</\1\s*>", re.DOTALL)
ALERT = re.compile(r"\[!(?P<kind>\w+)\][ \t]*\n")

VERBS = (
    "add|insert|include|show|showcase|draw|plot|put|place|embed|attach|make|create|write|describe|"
    "explain|replace|update|fill|finish|check|confirm|screenshot|image|figure|diagram|graph|table|"
    "equation|picture|chart"
)
_AFTER = (
    r"(?![\w/-])[*_~]*"  # `**TODO**: …`
    r"(?:\s?\([^()\n]{1,40}\))?"  # `TODO(van): …`
    r"(?P<sign>\s*[:：]|\s+[-–—](?=\s))?[*_~]*\s*"
)
_ASKS = rf"(?:{VERBS})\b"
_XXX = rf"XXX(?=\s*[:：]?\s*(?i:{_ASKS}))"
LOUD = re.compile(rf"[*_~]*[@!]?(?:TODO|TBD|FIXME|{_XXX})" + _AFTER)
QUIET = re.compile(r"[*_~]*[@!]?(?:todo|tbd|fixme)" + _AFTER, re.IGNORECASE)
VERB = re.compile(_ASKS, re.IGNORECASE)
NOUNS = "screenshot|image|figure|diagram|graph|table|equation|picture|chart"
ACT = re.compile(rf"(?!(?:{NOUNS})\b){_ASKS}", re.IGNORECASE)
"""A word that asks for something and does not also name it, as in `TODO table`."""

# inside a paragraph: a bracketed one anywhere, a bare one where a sentence may begin, or before a
# word that asks for something
ENCLOSED = re.compile(
    r"(?P<open><!--|\{/\*|!?\[|\(|\{)\s*(?=[*_~]*[@!]?(?:todo|tbd|fixme)\b)", re.I
)
BARE = re.compile(
    r"(?:(?P<first>\A[ \t]*|(?<=[.!?:])\s+)|^[ \t]*"
    r"|(?:(?<=[;,…)\]*_>])|[-–—|])[ \t]+|(?P<weak>(?<=\S)[ \t]+))"
    r"(?P<word>[*_~]*[@!]?(?:TODO|TBD|FIXME|XXX)\b)",
    re.MULTILINE,
)
QUIET_LINE = re.compile(r"^[ \t]*(?P<word>[@!]?(?:todo|tbd|fixme)\s*:)", re.IGNORECASE | re.M)
SPOKEN_OF = re.compile(
    r"\b(?:an?|the|this|that|these|each|every|any|no|of|with|as|like|word|called|named|say|says|"
    r"write|writes|writing|prefix|tag|keyword|marker|for|to|by|all|(?<![,;] )(?:or|and))[ \t]+$",
    re.IGNORECASE,
)
"""What comes before a TODO that is spoken of, not asked: `start it with TODO: and a name`."""
EMPHASIS = re.compile(r"\*\*|__|~~|\*|_")
SENTENCE_END = re.compile(r"[.!?][\"”’)*_]*(?=\s+[\"“(\[*_<{]?[A-Z])")
NEXT = re.compile(r"[\s,;]+(?:and\s+)?(?=(?:TODO|TBD|FIXME)\s*:)")
"""Where one wish ends because the next begins."""
LINE_GOES_ON = re.compile(r"\n[ \t]*(?!(?:todo|tbd|fixme)\s*:)(?=[a-z0-9(])")

KINDS = {
    "screenshot": r"screen[\s-]?shots?|screen[\s-]?caps?|screen captures?",
    "equation": r"equations?|formulas?|formulae",
    "table": r"tables?",
    "diagram": r"diagrams?|drawings?|schematics?|sketches|flow ?charts?",
    "chart": r"charts?|plots?|graphs?|curves?|histograms?|rooflines?",
    "image": r"images?|pictures?|figures?|photos?|illustrations?|traces?",
}
KIND = re.compile("|".join(rf"(?P<{kind}>\b(?:{words})\b)" for kind, words in KINDS.items()), re.I)
DRAW = re.compile(r"\b(?:draw|sketch)\b", re.IGNORECASE)
"""Asks for a picture, but of any kind: one draws diagrams and rooflines."""

LONGEST = 2000
"""Characters of a placeholder in brackets or a sentence; what is longer is none."""


@dataclass(frozen=True)
class Wording:
    """One placeholder in a text."""

    start: int
    """Position of its first character, wrapper included."""
    end: int
    """Position after its last."""
    text: str
    """What it asks for."""


def may_hold(text: str) -> bool:
    """A quick look for the words, which most texts do not have at all."""
    lowered = text.lower()
    return any(word in lowered for word in ("todo", "tbd", "fixme", "xxx"))


def wants(text: str) -> str:
    """The kind of figure that the first figure noun of `text` names, or empty."""
    match = KIND.search(text)
    return (match.lastgroup or "") if match else "image" if DRAW.search(text) else ""


def placeholders(text: str) -> list[Wording]:
    """The placeholders in the text of one block: the block as a whole, or parts of it."""
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    asked = whole(text[start:end])
    if asked is not None:
        return [Wording(start, end, asked)]
    return _apart(sorted([*_enclosed(text), *_bare(text)], key=lambda found: found.start))


def _apart(found: list[Wording]) -> list[Wording]:
    """Without those that lie in an earlier one."""
    kept: list[Wording] = []
    for wording in found:
        if not kept or wording.start >= kept[-1].end:
            kept.append(wording)
    return kept


def whole(text: str) -> str | None:
    """What a text asks for that is nothing but a placeholder; None for any other text."""
    alert = ALERT.match(text)
    if alert and LOUD.fullmatch(alert["kind"]):
        return _said(text[alert.end() :])
    text = text[alert.end() if alert else 0 :].strip()
    small, enclosed = False, False
    while inner := _unwrapped(text):
        enclosed, small = True, small or inner[1]
        text = inner[0].strip()
    match = LOUD.match(text)
    if not match:
        return _small(text, enclosed=small)
    rest = text[match.end() :]
    if rest and not enclosed and len(rest) > _extent(rest):
        return None
    if not rest or match["sign"] or enclosed or VERB.match(rest):
        return _said(rest)
    return None


def _small(text: str, enclosed: bool) -> str | None:
    """`todo: add a graph` in small letters: enclosed, or on its own beginning with a verb."""
    match = QUIET.match(text)
    rest = text[match.end() :] if match else ""
    verb = VERB.match(rest)
    if match and enclosed and (match["sign"] or verb):
        return _said(rest)
    asks = verb or wants(rest)
    if match and match["sign"] and asks and "\n" not in rest and _extent(rest) == len(rest):
        return _said(rest)
    return None


def _unwrapped(text: str) -> tuple[str, bool] | None:
    """What one wrapper encloses, and whether small letters count in it."""
    for opening, closing, small in WRAPPERS:
        inner = text[len(opening) : -len(closing)]
        encloses = text.startswith(opening) and text.endswith(closing) and inner.strip()
        if encloses and len(text) > len(opening + closing) and closing not in inner:
            return inner, small
    element = ELEMENT.fullmatch(text)
    if element and "<" not in element["inner"] and element["inner"].strip():
        return element["inner"], False
    return None


def _said(rest: str) -> str:
    return " ".join(rest.split()).strip("*_~ ")


def _extent(rest: str) -> int:
    """How far a bare placeholder goes: to the end of its sentence, over lines that go on."""
    end = len(rest)
    sentence = SENTENCE_END.search(rest)
    if sentence:
        end = sentence.end()
    following = NEXT.search(rest, 0, end)
    if following:
        end = following.start()
    line = rest.find("\n")
    while 0 <= line < end:
        if not LINE_GOES_ON.match(rest, line) or rest[:line].rstrip().endswith(
            (".", "!", "?", ":")
        ):
            return len(rest[:line].rstrip())
        line = rest.find("\n", line + 1)
    return end


def _enclosed(text: str) -> Iterator[Wording]:
    """Placeholders in brackets or comments anywhere in a text."""
    closings = {opening: closing for opening, closing, _ in WRAPPERS}
    for match in ENCLOSED.finditer(text):
        opening = match["open"]
        closing = closings[opening.lstrip("!")]
        end = _closing(text, match.end(), opening.lstrip("!"), closing)
        marker = QUIET.match(text, match.end(), end)
        loud = LOUD.match(text, match.end(), end)
        rest = text[marker.end() : end] if marker else ""
        if end < 0 or not marker or not (marker["sign"] or loud or VERB.match(rest)):
            continue
        after = end + len(closing)
        if text[after : after + 1] == "(" and opening == "[":
            continue  # the text of a link
        yield Wording(match.start(), _image_end(text, after, opening), _said(rest))


def _closing(text: str, start: int, opening: str, closing: str) -> int:
    """Where the bracket opened before `start` is closed; -1 when it is not."""
    depth = 1
    for match in re.finditer(
        f"{re.escape(opening)}|{re.escape(closing)}", text[start : start + LONGEST]
    ):
        depth += 1 if match[0] == opening else -1
        if depth == 0:
            return start + match.start()
    return -1


def _image_end(text: str, after: int, opening: str) -> int:
    """The end of `![TODO: …](…)`, or `after` itself."""
    destination = re.compile(r"\([^()\n]*\)").match(text, after) if opening == "![" else None
    return destination.end() if destination else after


def _bare(text: str) -> Iterator[Wording]:
    """Placeholders that begin a sentence or a line of a text that says more than that."""
    for match in BARE.finditer(text):
        start = match.start("word")
        marker = LOUD.match(text, start)
        if not marker or not _asks(text, match, marker):
            continue
        emphasis = EMPHASIS.match(text, start)
        end = text.find(emphasis[0], marker.end()) if emphasis else -1
        if emphasis and end > 0 and emphasis[0] not in marker[0][len(emphasis[0]) :]:
            yield Wording(start, end + len(emphasis[0]), _said(text[marker.end() : end]))
        else:
            yield _to_its_end(text, start, marker.end())
    for match in QUIET_LINE.finditer(text):
        line = text[match.end() :].partition("\n")[0].strip()
        if VERB.match(line) or wants(line):
            yield _to_its_end(text, match.start("word"), match.end())


def _asks(text: str, match: re.Match[str], marker: re.Match[str]) -> bool:
    """Whether a bare TODO within a text asks for something, rather than being spoken of."""
    if not marker["sign"]:
        ends = not text[match.end("word") :].partition("\n")[0].strip(" \t\r.*_")
        return match["first"] is not None and bool(ends or ACT.match(text, marker.end()))
    if not match["weak"] or VERB.match(text, marker.end()):
        return True
    return ":" in marker["sign"] and not SPOKEN_OF.search(text, 0, match.start("word"))


def _to_its_end(text: str, start: int, said_from: int) -> Wording:
    end = said_from + _extent(text[said_from : said_from + LONGEST])
    return Wording(start, end, _said(text[said_from:end]))
