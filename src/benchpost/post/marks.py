"""Slots and values: found by their markers, where the tree says that these are comments.

A marker is `{/* … */}` in MDX and `<!-- … -->` in Markdown. Inside code, maths, front matter,
`import` and `export`, tags and other expressions the same characters are text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from benchpost.findings import Check
from benchpost.post.document import Dialect, Slot, Span, Value
from benchpost.post.nodes import Root
from benchpost.post.options import Option, options_text, parse_words
from benchpost.post.places import Location, locate
from benchpost.post.problems import Problem

__all__ = ["Marks", "Option", "find_marks", "options_text", "prefix_at", "render_marker"]

OPENINGS = {
    Dialect.MDX: re.compile(r"\{\s*/\*\s*(?P<word>/?(?:fill\b|=(?=\s|\*/)))"),
    Dialect.MARKDOWN: re.compile(r"<!--\s*(?P<word>/?(?:fill\b|=(?=\s|-->)))"),
}
COMMENT_ENDS = {Dialect.MDX: "*/", Dialect.MARKDOWN: "-->"}
BRACE = re.compile(r"\s*\}")
CLOSINGS = {"fill": "/fill", "=": "/="}
# the line prefix of a marker inside containers, where the marker spans lines
CONTINUATION = re.compile(r"\n[ \t]*(?:>[ \t]?)*")
BULLETS = re.compile(r"(?:[ \t]|>|(?:[-*+]|\d{1,9}[.)])(?=[ \t]))*")
STRING = re.compile(r'"(?:[^"\\]|\\.)*"' + r"|'(?:[^'\\]|\\.)*'", re.DOTALL)


@dataclass(frozen=True)
class Marks:
    """What the markers of a post say."""

    slots: tuple[Slot, ...] = ()
    """Places for figures, in order."""
    values: tuple[Value, ...] = ()
    """Computed numbers, in order."""
    problems: tuple[Problem, ...] = ()
    """Markers without a partner and words that are not understood."""


@dataclass(frozen=True)
class _Marker:
    """One comment that speaks to us."""

    word: str
    """`fill`, `/fill`, `=` or `/=`."""
    rest: str
    """What follows the word."""
    rest_at: int
    """Offset of `rest`."""
    span: Span
    """The whole comment."""
    location: Location
    """Where in the tree."""


def render_marker(dialect: Dialect, inner: str) -> str:
    """The comment that says `inner`; ValueError where `inner` would end it early."""
    end = COMMENT_ENDS[dialect]
    if end in inner:
        raise ValueError(f"a marker cannot hold {end!r}: {inner!r}")
    return f"{{/* {inner} */}}" if dialect is Dialect.MDX else f"<!-- {inner} -->"


def find_marks(text: str, tree: Root, dialect: Dialect) -> Marks:
    """Every slot and value of a post; what has no partner is a problem and is left alone."""
    slots: list[Slot] = []
    values: list[Value] = []
    problems: list[Problem] = []
    for opening, closing in _pairs(list(_markers(text, tree, dialect)), text, dialect, problems):
        if opening.word == "fill":
            slots.extend(_slot(opening, closing, text, problems))
        else:
            values.extend(_value(opening, closing, problems))
    problems.sort(key=lambda problem: problem.offset)
    return Marks(tuple(slots), tuple(values), tuple(problems))


def _markers(text: str, tree: Root, dialect: Dialect) -> Iterator[_Marker]:
    end = -1
    for match in OPENINGS[dialect].finditer(text):
        if end < match.end():
            end = text.find(COMMENT_ENDS[dialect], match.end())
        span = _comment(text, dialect, match.start(), end)
        location = locate(tree, text, dialect, span) if span else None
        if span and location:
            yield _Marker(match["word"], text[match.end() : end], match.end(), span, location)


def _comment(text: str, dialect: Dialect, start: int, end: int) -> Span | None:
    """The comment whose words end at `end`, with what encloses them."""
    if end < 0 or dialect is Dialect.MARKDOWN:
        return Span(start, end + len("-->")) if end >= 0 else None
    brace = BRACE.match(text, end + len("*/"))
    return Span(start, brace.end()) if brace else None


def _pairs(
    markers: list[_Marker], text: str, dialect: Dialect, problems: list[Problem]
) -> Iterator[tuple[_Marker, _Marker]]:
    """Openings with the closing marker that directly follows; every other marker is a problem."""
    waiting: _Marker | None = None
    for marker in markers:
        if waiting and marker.word == CLOSINGS[waiting.word]:
            if marker.location.container == waiting.location.container:
                yield waiting, marker
            else:
                problems.append(_parted(waiting, dialect))
            waiting = None
            continue
        if waiting:
            line = text.count("\n", 0, marker.span.start) + 1
            problems.append(_unclosed(waiting, f"{_named(marker)} on line {line}", dialect))
        if marker.word in CLOSINGS:
            waiting = marker
        else:
            waiting = None
            problems.append(_unopened(marker, dialect))
    if waiting:
        problems.append(_unclosed(waiting, "the end of the post", dialect))


def _kind(marker: _Marker) -> str:
    return "slot" if "fill" in marker.word else "value"


def _named(marker: _Marker) -> str:
    return f"the {_kind(marker)}" if marker.word in CLOSINGS else f"`{marker.word}`"


def _unclosed(marker: _Marker, before: str, dialect: Dialect) -> Problem:
    closing = render_marker(dialect, CLOSINGS[marker.word])
    message = f"{_kind(marker)} is not closed before {before}; write `{closing}` at its end"
    return Problem(Check.S001, marker.span.start, message)


def _unopened(marker: _Marker, dialect: Dialect) -> Problem:
    opening = render_marker(dialect, "fill …" if marker.word == "/fill" else "= …")
    kind = _kind(marker)
    message = f"end of a {kind} that was not begun; write `{opening}` before it or delete it"
    return Problem(Check.S001, marker.span.start, message)


def _parted(opening: _Marker, dialect: Dialect) -> Problem:
    closing = render_marker(dialect, CLOSINGS[opening.word])
    message = (
        f"{_kind(opening)} begins and ends in different list items, quotes or tags; "
        f"move `{closing}` into the container that it begins in"
    )
    return Problem(Check.S001, opening.span.start, message)


def _slot(opening: _Marker, closing: _Marker, text: str, problems: list[Problem]) -> Iterator[Slot]:
    words = parse_words(CONTINUATION.sub("\n", opening.rest))
    if words.problem:
        # line prefixes were taken off, which moves the place by at most their length
        problems.append(Problem(Check.S008, opening.rest_at + words.at, f"slot: {words.problem}"))
        return
    yield Slot(
        head=words.head,
        options=words.options,
        span=Span(opening.span.start, closing.span.end),
        open=opening.span,
        body=Span(opening.span.end, closing.span.start),
        close=closing.span,
        prefix=prefix_at(text, opening.span.start),
        inline=opening.location.inline or closing.location.inline,
    )


def prefix_at(text: str, offset: int) -> str:
    """What a new line must begin with to stay in the container that `offset` stands in.

    List bullets of the offset's own line become spaces, quote signs stay.
    """
    start = text.rfind("\n", 0, offset) + 1
    match = BULLETS.match(text, start, offset)
    return re.sub(r"[^\s>]", " ", match[0]) if match else ""


def _value(opening: _Marker, closing: _Marker, problems: list[Problem]) -> Iterator[Value]:
    expression, form = _expression(CONTINUATION.sub(" ", opening.rest))
    if not expression:
        message = 'value: no expression; write e.g. `= bandwidth(gpu="H200") : .1f GB/s`'
        problems.append(Problem(Check.S008, opening.span.start, message))
        return
    yield Value(
        expression=expression,
        format=form,
        span=Span(opening.span.start, closing.span.end),
        body=Span(opening.span.end, closing.span.start),
    )


def _expression(rest: str) -> tuple[str, str]:
    """An expression and the format after its last ` : ` that is not in a string."""
    hidden = STRING.sub(lambda match: "_" * len(match[0]), f" {rest} ")
    at = hidden.rfind(" : ")
    if at < 0:
        return rest.strip(), ""
    return rest[: max(at - 1, 0)].strip(), rest[at + 2 :].strip()
