"""Pages that declare `numbers: computed`: no number with a unit stands there on its word alone.

A number comes from a slot or a value, or its sentence or table row ends in a footnote that says
where it is from and of when. Code, maths and what is only named with a number (`H100`, `0.33.0`,
`8×A100`, `Llama-3-70B`) are no such numbers.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from benchpost.fill.numerals import HIDDEN, gives_unit, is_number, numbers_with_units
from benchpost.findings import Check, Finding
from benchpost.post.document import Post, Span, Value
from benchpost.post.inline import parse_inlines
from benchpost.post.nodes import (
    Break,
    FootnoteDefinition,
    FootnoteReference,
    Html,
    Image,
    Leaf,
    Node,
    Parent,
    Table,
    TableRow,
    Text,
)
from benchpost.post.plain import plain_text
from benchpost.post.walk import nodes, walk

KEY, COMPUTED = "numbers", "computed"
NOTE = "\ue000"
"""Stands for a footnote reference."""
SENTENCE_END = re.compile(rf"[.!?]{NOTE}*\s+(?=[^a-z])")
TAG = re.compile(r"<!--.*?-->|</?[A-Za-z][^>]*>", re.DOTALL)
DATE = re.compile(r"\b(?:19|20)\d\d(?:-\d\d(?:-\d\d)?)?\b")
ONLY_A_NUMBER = re.compile(r"[-+(\s]*[\d_.]+(?:[eE][-+]?\d+)?[)\s]*")


@dataclass(frozen=True)
class _Flat:
    """The author's own words of a block, in one line."""

    text: str
    """With `HIDDEN` for code, maths, slots and values and `NOTE` for footnote references."""
    starts: tuple[tuple[int, int], ...]
    """(position in `text`, offset in the file) of each piece."""

    def offset(self, position: int) -> int:
        """Where in the file a position is."""
        begin, offset = max(start for start in self.starts if start[0] <= position)
        return offset + position - begin


def bare_numbers(post: Post) -> list[Finding]:
    """S009 and S010 of a page that declares itself computed; nothing of any other."""
    if KEY not in post.front:
        return []
    declared = post.front[KEY]
    if declared != COMPUTED:
        said = f"`{KEY}: {declared}` is not known; write `{KEY}: {COMPUTED}` or leave it out"
        return [Finding(Check.S010, post.place(0), said)]
    found = [*_in_text(post), *_in_values(post), *_sources(post)]
    return [
        Finding(check, post.place(offset), said)
        for check, offset, said in sorted(found, key=lambda each: each[1])
    ]


_Found = tuple[Check, int, str]


def _bare(number: str, offset: int) -> _Found:
    return (
        Check.S009,
        offset,
        f"{number!r} stands on its word alone; compute it in a value, quote it with "
        '`quoted("…", source="…", date="…")`, or end its sentence with a footnote that gives '
        "source and date",
    )


def _in_text(post: Post) -> Iterator[_Found]:
    hidden = [slot.span for slot in post.slots] + [value.span for value in post.values]
    for node in _own_blocks(post.tree, hidden):
        if isinstance(node, Table):
            yield from _in_table(node, post, hidden)
        elif isinstance(node, Leaf):
            yield from _in_sentences(_flat(node, post, hidden))
        else:
            yield from _in_sentences(_html(node, post))


def _own_blocks(node: Node, hidden: Sequence[Span]) -> Iterator[Node]:
    """Tables, leaves outside of tables, and HTML, but for slots and definitions of footnotes."""
    for child in getattr(node, "children", ()):
        if _is_in(child.start, hidden) or isinstance(child, FootnoteDefinition):
            continue
        if isinstance(child, (Table, Leaf, Html)):
            yield child
        else:
            yield from _own_blocks(child, hidden)


def _is_in(offset: int, spans: Iterable[Span]) -> bool:
    return any(span.start <= offset < span.end for span in spans)


def _in_sentences(flat: _Flat) -> Iterator[_Found]:
    ends = [match.end() for match in SENTENCE_END.finditer(flat.text)] + [len(flat.text)]
    for at, number in numbers_with_units(flat.text):
        end = next(end for end in ends if end > at)
        if NOTE not in flat.text[at:end]:
            yield _bare(number, flat.offset(at))


def _in_table(table: Table, post: Post, hidden: Sequence[Span]) -> Iterator[_Found]:
    """A footnote covers its row, and in the head its column; a head may give a column's unit."""
    head, *rows = [
        [_flat(cell, post, hidden) for cell in row.children if isinstance(cell, Leaf)]
        for row in table.children
        if isinstance(row, TableRow)
    ] or [[]]
    for cell in head:
        yield from _in_sentences(cell)
    for row in rows:
        if any(NOTE in cell.text for cell in row):
            continue
        for column, cell in enumerate(row):
            above = head[column].text if column < len(head) else ""
            if NOTE not in above:
                yield from _in_cell(cell, above)


def _in_cell(cell: _Flat, head: str) -> Iterator[_Found]:
    found = list(numbers_with_units(cell.text))
    if not found and gives_unit(head) and is_number(cell.text):
        found = [(0, cell.text.strip())]
    for at, number in found:
        yield _bare(number, cell.offset(at))


def _flat(leaf: Leaf, post: Post, hidden: Sequence[Span]) -> _Flat:
    pieces: list[tuple[str, int]] = []
    for node in parse_inlines(leaf, post.text, post.dialect):
        pieces += [(_said(inline, hidden), inline.start) for inline in walk(node)]
    return _joined(pieces or [("", leaf.start)])


def _said(inline: Node, hidden: Sequence[Span]) -> str:
    if _is_in(inline.start, hidden):
        # nothing but the hole it leaves, however many pieces a slot or value has
        return HIDDEN
    match inline:
        case Text():
            return inline.value
        case FootnoteReference():
            return NOTE
        case Image():
            return f"{HIDDEN} {inline.alt} {HIDDEN}"
        case Break():
            return " "
        case Html() | Parent():
            # tags and emphasis part no number from its unit
            return ""
    return HIDDEN


def _joined(pieces: Iterable[tuple[str, int]]) -> _Flat:
    text, starts = "", []
    for said, offset in pieces:
        starts.append((len(text), offset))
        text += said
    return _Flat(text, tuple(starts))


def _html(node: Node, post: Post) -> _Flat:
    source = post.text[node.start : node.end]
    return _Flat(TAG.sub(lambda tag: " " * len(tag[0]), source), ((0, node.start),))


# values and sources


def _in_values(post: Post) -> Iterator[_Found]:
    for value in post.values:
        if ONLY_A_NUMBER.fullmatch(value.expression):
            yield (
                Check.S009,
                value.span.start,
                f"the value {value.expression!r} computes nothing; write what it follows from, or "
                "put a setting of the reader's into `code`",
            )
        yield from ((Check.S010, value.span.start, said) for said in _unproven(value))


def _unproven(value: Value) -> Iterator[str]:
    """Quotations in an expression that do not say where they are from, or of when."""
    try:
        tree = ast.parse(value.expression.replace("\n", " "), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        # filling says what is wrong with it
        return
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "quoted":
            given = {key.arg: getattr(key.value, "value", "") for key in call.keywords}
            if not given.get("source"):
                yield 'a quotation needs its source: `quoted("…", source="…", date="2026-04")`'
            elif not DATE.search(str(given.get("date", ""))):
                yield 'a quotation needs its date: `date="2026-04"`, or to the day'


def _sources(post: Post) -> Iterator[_Found]:
    """Definitions of footnotes that give no date: a source without one proves little."""
    for definition in nodes(post.tree, FootnoteDefinition):
        if not DATE.search(plain_text(definition, post.text, post.dialect)):
            yield (
                Check.S010,
                definition.start,
                f"footnote {definition.label!r} gives no date; say what the number is from and of "
                "when it is, e.g. `2026-04`",
            )
