"""Pages that declare `numbers: computed`: no number with a unit stands there on its word alone.

A number comes from a slot or a value, or its sentence or table row ends in a footnote that says
where it is from and of when. Code, maths, addresses and what is only named with a number (`H100`,
`0.33.0`, `8×A100`, `Llama-3-70B`) are no such numbers.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence

from benchpost.fill.dates import has_date, is_date
from benchpost.fill.expression import DEEPEST
from benchpost.fill.numerals import gives_unit, is_number, numbers_with_units
from benchpost.fill.words import NOTE, Words, is_code, is_in, of_html, of_jsx, of_leaf
from benchpost.findings import Check, Finding
from benchpost.post.document import Post, Span, Value
from benchpost.post.nodes import (
    FlowExpression,
    FootnoteDefinition,
    Html,
    JsxFlow,
    Leaf,
    Node,
    Table,
    TableRow,
)
from benchpost.post.plain import plain_text
from benchpost.post.walk import nodes

KEY, COMPUTED = "numbers", "computed"
SENTENCE_END = re.compile(rf"[.!?]{NOTE}*\s+(?=[^a-z])")
NEUTRAL: Mapping[type[ast.operator], int] = {ast.Add: 0, ast.Sub: 0, ast.Mult: 1, ast.Div: 1}
"""What changes nothing beside each operator."""


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
            yield from _in_sentences(of_leaf(node, post, hidden))
        elif isinstance(node, Html):
            yield from _in_sentences(of_html(node, post))
        elif isinstance(node, (JsxFlow, FlowExpression)):
            yield from _in_sentences(of_jsx(node, post))


def _own_blocks(node: Node, hidden: Sequence[Span]) -> Iterator[Node]:
    """Tables, leaves outside of tables, HTML, tags of components and expressions, but for slots,
    code, and definitions of footnotes.
    """
    for child in getattr(node, "children", ()):
        if is_in(child.start, hidden) or isinstance(child, FootnoteDefinition) or is_code(child):
            continue
        if isinstance(child, (Table, Leaf, Html, JsxFlow, FlowExpression)):
            yield child
        if not isinstance(child, (Table, Leaf)):
            yield from _own_blocks(child, hidden)


def _in_sentences(words: Words) -> Iterator[_Found]:
    ends = [match.end() for match in SENTENCE_END.finditer(words.text)] + [len(words.text)]
    for at, number in numbers_with_units(words.text):
        end = next(end for end in ends if end > at)
        if NOTE not in words.text[at:end]:
            yield _bare(number, words.offset(at))


def _in_table(table: Table, post: Post, hidden: Sequence[Span]) -> Iterator[_Found]:
    """A footnote covers its row, and in the head its column; a head may give a column's unit."""
    head, *rows = [
        [of_leaf(cell, post, hidden) for cell in row.children if isinstance(cell, Leaf)]
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


def _in_cell(cell: Words, head: str) -> Iterator[_Found]:
    found = list(numbers_with_units(cell.text))
    if not found and gives_unit(head) and is_number(cell.text):
        found = [(0, cell.text.strip())]
    for at, number in found:
        yield _bare(number, cell.offset(at))


# values and sources


def _in_values(post: Post) -> Iterator[_Found]:
    for value in post.values:
        if _is_only_a_number(value):
            yield (
                Check.S009,
                value.span.start,
                f"the value {value.expression!r} computes nothing; write what it follows from, or "
                "put a setting of the reader's into `code`",
            )
        yield from ((Check.S010, value.span.start, said) for said in _unproven(value))


def _tree(value: Value) -> ast.expr | None:
    try:
        return ast.parse(value.expression.replace("\n", " "), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        # filling says what is wrong with it
        return None


def _is_only_a_number(value: Value) -> bool:
    """Whether nothing is left of an expression but one of its numbers: `5`, `-(-5)`, `5 * 1`.

    Arithmetic that makes a new number of others is none: the reader can follow `0.9 / 0.5`.
    """
    tree = _tree(value)
    left = getattr(_plain(tree, 0), "value", "") if tree else ""
    return isinstance(left, (int, float))


def _plain(node: ast.expr, depth: int) -> ast.expr:
    """An expression without signs, factors of 1 and summands of 0."""
    if isinstance(node, ast.UnaryOp) and depth < DEEPEST:
        return _plain(node.operand, depth + 1)
    if not isinstance(node, ast.BinOp) or depth == DEEPEST:
        return node
    left, right = _plain(node.left, depth + 1), _plain(node.right, depth + 1)
    neutral = NEUTRAL.get(type(node.op))
    if neutral is not None and getattr(right, "value", None) == neutral:
        return left
    if neutral is not None and getattr(left, "value", None) == neutral and _commutes(node):
        return right
    return node


def _commutes(node: ast.BinOp) -> bool:
    return isinstance(node.op, (ast.Add, ast.Mult, ast.Sub))


def _unproven(value: Value) -> Iterator[str]:
    """Quotations in an expression that do not say where they are from, or of when."""
    tree = _tree(value)
    for call in ast.walk(tree) if tree else ():
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "quoted":
            given = {key.arg: getattr(key.value, "value", "") for key in call.keywords}
            if not given.get("source"):
                yield 'a quotation needs its source: `quoted("…", source="…", date="2026-04")`'
            elif not is_date(str(given.get("date", ""))):
                yield 'a quotation needs its date: `date="2026-04"`, or to the day'


def _sources(post: Post) -> Iterator[_Found]:
    """Definitions of footnotes that give no date: a source without one proves little."""
    for definition in nodes(post.tree, FootnoteDefinition):
        if not has_date(plain_text(definition, post.text, post.dialect)):
            yield (
                Check.S010,
                definition.start,
                f"footnote {definition.label!r} gives no date; say what the number is from and of "
                "when it is, e.g. `2026-04`",
            )
