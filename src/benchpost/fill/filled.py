"""Filling as a pure function: a post, its facts and its own figures give a new text.

Outside the bodies of slots and values not one character changes; a slot or value that cannot be
made keeps its body and gives a finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from benchpost import figures
from benchpost.errors import BenchpostError, UsageError, near
from benchpost.figures.names import clashes
from benchpost.figures.types import Facts, Figure, Fragment
from benchpost.fill import general
from benchpost.fill.bugs import BUGS, told
from benchpost.fill.expression import blamed
from benchpost.fill.layout import laid_out
from benchpost.fill.number import written
from benchpost.fill.refusal import Refusal
from benchpost.fill.touched import Touched
from benchpost.findings import Check, Finding
from benchpost.post.document import Post, Slot, Value
from benchpost.post.read import parse_post

DRAWING_NAME = re.compile(r"\w[\w.-]*\.svg", re.ASCII)
DATA_NAME = re.compile(r"\w[\w.-]*\.(csv|json|txt)", re.ASCII)
QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


@dataclass(frozen=True)
class Piece:
    """What belongs between the markers of one slot or value."""

    of: Slot | Value
    """The slot or value."""
    text: str
    """Its body."""
    fragment: Fragment | None = None
    """The figure of a slot; None for a value."""


@dataclass(frozen=True)
class Filled:
    """A post with its slots and values filled."""

    text: str
    """The whole new text."""
    pieces: tuple[Piece, ...]
    """What could be made, in order."""
    findings: tuple[Finding, ...]
    """Why the rest could not."""

    @property
    def fragments(self) -> tuple[Fragment, ...]:
        """The figures that could be made."""
        return tuple(piece.fragment for piece in self.pieces if piece.fragment)


def fill_text(
    post: Post, facts: Facts, own: Mapping[str, Figure], *, is_damaged: bool = False
) -> Filled:
    """The text of `post` with every slot and value that can be made; see the module's promise.

    When results of the post `is_damaged`, whatever reads results is left as it is, without a
    finding: it held what they were, and would now say that nothing was measured.
    """
    pieces: list[Piece] = []
    findings: list[Finding] = []
    for mark in marks_of(post):
        results = Touched(facts.results)
        try:
            piece = _piece(post, mark, replace(facts, results=results), own)
            _refuse_clash(piece, pieces)
        except Refusal as refusal:
            if not (is_damaged and results.was_read):
                findings.append(finding_at(post, mark, refusal))
        else:
            if not (is_damaged and results.was_read):
                pieces.append(piece)
    return _guarded(post, pieces, findings)


def marks_of(post: Post) -> list[Slot | Value]:
    """Slots and values in the order of the text."""
    return sorted([*post.slots, *post.values], key=lambda mark: mark.span)


def spliced(text: str, pieces: Iterable[Piece]) -> str:
    """`text` with the body of every piece put in; pieces stand in order and apart."""
    parts: list[str] = []
    at = 0
    for piece in pieces:
        parts += [text[at : piece.of.body.start], piece.text]
        at = piece.of.body.end
    return "".join([*parts, text[at:]])


def _piece(post: Post, mark: Slot | Value, facts: Facts, own: Mapping[str, Figure]) -> Piece:
    try:
        if isinstance(mark, Value):
            return Piece(mark, _number(mark, facts))
        fragment = _fragment(post, mark, facts, own)
    except ArithmeticError as error:
        # numbers indeed, but none that the equations can take
        raise Refusal(Check.S006, f"cannot be computed: {error}") from error
    except (Refusal, BenchpostError):
        raise
    except BUGS as error:
        raise Refusal(Check.S006, told(error, _words(mark))) from error
    return Piece(mark, laid_out(fragment.text, mark, post.text), fragment)


def _words(mark: Slot | Value) -> str:
    return f"the value {mark.expression!r}" if isinstance(mark, Value) else mark.head


def _number(value: Value, facts: Facts) -> str:
    quantity = general.quantity(value.expression, facts)
    try:
        return written(quantity, value.format)
    except Refusal as refusal:
        # the format stands after the expression and ` : `
        refusal.offset += len(value.expression) + len(" : ")
        raise


def _fragment(post: Post, slot: Slot, facts: Facts, own: Mapping[str, Figure]) -> Fragment:
    _refuse_unknown(slot.head, own)
    try:
        if slot.head in own:
            fragment = figures.call(slot.head, slot.options, facts, own)
        else:
            fragment = general.fragment(slot.head, dict(slot.options), facts)
    except BenchpostError as error:
        check = Check.S002 if isinstance(error, UsageError) else Check.S006
        at = _option_at(post, slot, blamed(error.message, slot.options))
        raise Refusal(check, error.message, at) from error
    _refuse_odd(slot.head, fragment)
    return fragment


def _refuse_unknown(head: str, own: Mapping[str, Figure]) -> None:
    """Refuse a head that neither we nor the author have a figure for."""
    if head in own:
        return
    try:
        figures.find(head)
    except UsageError as error:
        hint = near(head, own)
        said = f"no figure {head!r}{hint}" if hint else error.message
        raise Refusal(Check.S002, said) from error


def _refuse_odd(head: str, fragment: object) -> None:
    if not isinstance(fragment, Fragment):
        kind = type(fragment).__name__
        raise Refusal(Check.S006, f"{head} gave a {kind}, not a Fragment")
    for drawing in fragment.drawings:
        if not DRAWING_NAME.fullmatch(drawing.name):
            raise Refusal(Check.S006, _odd_name(head, drawing.name, "svg"))
    for name in fragment.data:
        if not DATA_NAME.fullmatch(name):
            raise Refusal(Check.S006, _odd_name(head, name, "csv, json or txt"))


def _odd_name(head: str, name: str, ends: str) -> str:
    allowed = f"letters, digits, `-`, `_` and `.`, ending in {ends}"
    return f"{head} names a file {name!r}; a name is {allowed}"


def _option_at(post: Post, slot: Slot, key: str) -> int:
    """Offset of an option from the first of the slot's words; of the words without `key`."""
    marker = QUOTED.sub(lambda m: "_" * len(m[0]), post.text[slot.open.start : slot.open.end])
    found = re.search(rf"(?<!\w){re.escape(key)}=", marker) if key else None
    return found.start() - _words_at(marker) if found else 0


def _words_at(marker: str) -> int:
    """Where the words of a marker begin, after `fill` or `=`."""
    found = re.search(r"(fill|=)\s*", marker)
    return found.end() if found else 0


def _refuse_clash(piece: Piece, earlier: Sequence[Piece]) -> None:
    fragments = [each.fragment for each in (*earlier, piece) if each.fragment]
    for message in clashes(fragments):
        raise Refusal(Check.S006, message)


def finding_at(post: Post, mark: Slot | Value, refusal: Refusal) -> Finding:
    """The finding that a refusal becomes, at its place in the text."""
    marker = post.text[mark.span.start : mark.body.start]
    offset = mark.span.start + _words_at(marker) + refusal.offset
    place = refusal.place or post.place(min(offset, mark.body.start))
    return Finding(refusal.check, place, refusal.message)


def _first_together(post: Post, pieces: list[Piece]) -> list[Piece]:
    """The piece that breaks the post beside those before it: two lone backticks make a pair."""
    for end in range(1, len(pieces) + 1):
        some = pieces[:end]
        if not _holds(post, spliced(post.text, some), some):
            return some[-1:]
    return []


def _guarded(post: Post, pieces: list[Piece], findings: list[Finding]) -> Filled:
    """The filled post, after making sure that a second reading finds the same slots and values."""
    text = spliced(post.text, pieces)
    if not _holds(post, text, pieces):
        breaking = [p for p in pieces if not _holds(post, spliced(post.text, [p]), [p])]
        breaking = breaking or _first_together(post, pieces)
        if not breaking:
            message = "filling would change text outside the slots; nothing is written. This is a "
            raise BenchpostError(f"{message}bug of benchpost: please report it", post.place(0))
        why = Refusal(Check.S006, "what this gives would break the post where it stands")
        findings = [*findings, *(finding_at(post, piece.of, why) for piece in breaking)]
        return _guarded(post, [p for p in pieces if p not in breaking], findings)
    return Filled(text, tuple(pieces), tuple(sorted(findings, key=lambda each: each.place)))


def _holds(post: Post, text: str, pieces: Sequence[Piece]) -> bool:
    """Whether `text`, read anew, is `post` but for the bodies of `pieces`."""
    if text == post.text:
        return True
    again = parse_post(text, post.path, post.file, post.dialect)
    bodies = {piece.of.span: piece.text for piece in pieces}
    before, after = marks_of(post), marks_of(again)
    wanted = [bodies.get(m.span, post.text[m.body.start : m.body.end]) for m in before]
    return (
        list(map(_declared, before)) == list(map(_declared, after))
        and wanted == [text[m.body.start : m.body.end] for m in after]
        and _outside(post.text, before) == _outside(text, after)
    )


def _declared(mark: Slot | Value) -> tuple[object, ...]:
    if isinstance(mark, Slot):
        return mark.head, tuple(mark.options.items()), mark.prefix
    return mark.expression, mark.format


def _outside(text: str, marks: Sequence[Slot | Value]) -> list[str]:
    starts = [0, *(mark.body.end for mark in marks)]
    ends = [*(mark.body.start for mark in marks), len(text)]
    return [text[start:end] for start, end in zip(starts, ends, strict=True)]
