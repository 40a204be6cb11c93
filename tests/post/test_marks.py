"""Slots and values: found where their markers are comments, told where they are not whole."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchpost.post.document import Dialect, Post
from benchpost.post.marks import Marks, find_marks, render_marker
from benchpost.post.read import parse_post


def read(text: str, dialect: Dialect = Dialect.MDX) -> Post:
    return parse_post(text, "a.mdx", Path("a.mdx"), dialect)


def marks(text: str, dialect: Dialect = Dialect.MDX) -> Marks:
    return find_marks(text, read(text, dialect).tree, dialect)


OPEN, CLOSE = '{/* fill chart roofline gpu="H200" m=512 */}', "{/* /fill */}"
VALUE = "{/* = f(a=1) : .0f */}125{/* /= */}"

SLOTS = [
    (f"{OPEN}\n\nbody\n\n{CLOSE}\n", "\n\nbody\n\n", "", False),
    (f"a\n{OPEN}\n{CLOSE}\nb\n", "\n", "", False),
    (f"<Callout>\n  {OPEN}\n  body\n  {CLOSE}\n</Callout>\n", "\n  body\n  ", "  ", False),
    (f"<div>{OPEN}\nbody\n{CLOSE}</div>\n", "\nbody\n", "", False),
    (f"- {OPEN}\n  body\n  {CLOSE}\n", "\n  body\n  ", "  ", False),
    (f"12. {OPEN}\n    {CLOSE}\n", "\n    ", "    ", False),
    (f"> {OPEN}\n> body\n> {CLOSE}\n", "\n> body\n> ", "> ", False),
    (f"> - {OPEN}\n>   {CLOSE}\n", "\n>   ", ">   ", False),
    (f"text {OPEN}body{CLOSE} text\n", "body", "", True),
    (f"# Head {OPEN}{CLOSE}\n", "", "", True),
    (f"| a | b |\n|---|---|\n| {OPEN}x{CLOSE} | 2 |\n", "x", "", True),
    ('{ /*\nfill chart roofline\n  gpu="H200"\n  m=512 */ }\n{/*/fill*/}\n', "\n", "", False),
    (f"<Callout>text\n\n{OPEN}\n{CLOSE}\n", "\n", "", False),
    (f"TODO: plot <5ms and {OPEN}a{CLOSE}\n", "a", "", True),
    (f"{OPEN}\r\nbody\r\n{CLOSE}\r\n", "\r\nbody\r\n", "", False),
]


@pytest.mark.parametrize(("text", "body", "prefix", "inline"), SLOTS)
def test_slots(text: str, body: str, prefix: str, inline: bool) -> None:
    """A slot is found in every container, with the prefix that its body's lines need."""
    result = marks(text)
    (slot,) = result.slots
    assert (slot.head, dict(slot.options)) == ("chart roofline", {"gpu": "H200", "m": 512})
    assert text[slot.body.start : slot.body.end] == body
    assert (slot.prefix, slot.inline) == (prefix, inline)
    assert text[slot.open.start] == text[slot.close.start] == "{"
    assert (slot.span.start, slot.span.end) == (slot.open.start, slot.close.end)
    assert result.problems == ()


MARKDOWN_SLOTS = [
    ("<!-- fill equation x -->\nbody\n<!-- /fill -->\n", "\nbody\n", "", False),
    ("- <!-- fill equation x -->\n  <!-- /fill -->\n", "\n  ", "  ", False),
    ("a <!-- fill equation x -->b<!-- /fill --> c\n", "b", "", True),
    ("> <!-- fill equation x -->\n> <!-- /fill -->\n", "\n> ", "> ", False),
]


@pytest.mark.parametrize(("text", "body", "prefix", "inline"), MARKDOWN_SLOTS)
def test_slots_in_markdown(text: str, body: str, prefix: str, inline: bool) -> None:
    """In Markdown the same is said by HTML comments."""
    (slot,) = marks(text, Dialect.MARKDOWN).slots
    assert (slot.head, text[slot.body.start : slot.body.end]) == ("equation x", body)
    assert (slot.prefix, slot.inline) == (prefix, inline)


VALUES = [
    (f"at {VALUE} tok/s\n", "f(a=1)", ".0f", "125"),
    ("**{/* = a + b */}1{/* /= */}** x\n", "a + b", "", "1"),
    ('{/* = f(gpu="a : b") */}1{/* /= */} x\n', 'f(gpu="a : b")', "", "1"),
    ('{/* = f(gpu="a : b") : .1f GB/s */}1{/* /= */} x\n', 'f(gpu="a : b")', ".1f GB/s", "1"),
    ("| {/* = f(\n   a=1) : .1f (s) */}{/* /= */} |\n", "f( a=1)", ".1f (s)", ""),
    ("> a\n> {/* = f(a=1,\n> b=2) */}3{/* /= */}\n", "f(a=1, b=2)", "", "3"),
]


@pytest.mark.parametrize(("text", "expression", "form", "body"), VALUES)
def test_values(text: str, expression: str, form: str, body: str) -> None:
    """A value has an expression and, after the last colon outside strings, a format."""
    result = marks(text)
    (value,) = result.values
    assert (value.expression, value.format) == (expression, form)
    assert text[value.body.start : value.body.end] == body
    assert result.problems == ()


TEXT_NOT_MARKERS = [
    f"```mdx\n{OPEN}\n{CLOSE}\n```\n",
    f"`{OPEN}` and `{CLOSE}`\n",
    f"$${OPEN}{CLOSE}$$ x\n",
    f"$$\n{OPEN}{CLOSE}\n$$\n",
    f"<A b={{f({OPEN}1)}}>x</A>\n",
    f"{{`{OPEN}{CLOSE}`}}\n",
    f'export const a = "{OPEN}"\n',
    f"---\na: '{OPEN}'\n---\n",
    "\\{/* fill chart x */}\n",
    "{/* filling in the numbers */}\n",
    "{/* ===== a line ===== */}\n",
    "{/* fulfil */}\n",
]


@pytest.mark.parametrize("text", TEXT_NOT_MARKERS)
def test_the_same_characters_elsewhere_are_text(text: str) -> None:
    """In code, maths, expressions, tags and front matter nothing is a marker."""
    assert marks(text) == Marks()


NOT_CLOSED = "is not closed before"
NOT_BEGUN = "that was not begun; write"
PARTED = "begins and ends in different list items, quotes or tags; move"
PROBLEMS = [
    (
        f"{OPEN}\n",
        [("S001", 1, f"slot {NOT_CLOSED} the end of the post; write `{{/* /fill */}}` at its end")],
    ),
    (
        f"{CLOSE}\n",
        [("S001", 1, f"end of a slot {NOT_BEGUN} `{{/* fill … */}}` before it or delete it")],
    ),
    (
        "a {/* /= */} b\n",
        [("S001", 3, f"end of a value {NOT_BEGUN} `{{/* = … */}}` before it or delete it")],
    ),
    (
        f"{OPEN}{OPEN}{CLOSE}\n",
        [("S001", 1, f"slot {NOT_CLOSED} the slot on line 1; write `{{/* /fill */}}` at its end")],
    ),
    (
        f"a {{/* fill x */}}{{/* = y */}}{CLOSE}{{/* /= */}}\n",
        [
            (
                "S001",
                3,
                f"slot {NOT_CLOSED} the value on line 1; write `{{/* /fill */}}` at its end",
            ),
            ("S001", 17, f"value {NOT_CLOSED} `/fill` on line 1; write `{{/* /= */}}` at its end"),
            ("S001", 28, f"end of a slot {NOT_BEGUN} `{{/* fill … */}}` before it or delete it"),
            ("S001", 41, f"end of a value {NOT_BEGUN} `{{/* = … */}}` before it or delete it"),
        ],
    ),
    (
        f"- {OPEN}\n\n{CLOSE}\n",
        [("S001", 3, f"slot {PARTED} `{{/* /fill */}}` into the container that it begins in")],
    ),
    (
        f"{OPEN}\n<div>\n{CLOSE}\n</div>\n",
        [("S001", 1, f"slot {PARTED} `{{/* /fill */}}` into the container that it begins in")],
    ),
    (
        "a {/* = x */}**1{/* /= */}** b\n",
        [("S001", 3, f"value {PARTED} `{{/* /= */}}` into the container that it begins in")],
    ),
    (
        f"{{/* fill */}}\n{CLOSE}\n",
        [("S008", 9, "slot: no figure is named; write e.g. `fill equation NAME`")],
    ),
    (
        f"{{/* fill chart gpu=H200 */}}\n{CLOSE}\n",
        [
            (
                "S008",
                20,
                "slot: option 'gpu': 'H200' is not a value; write a number, true, false or text "
                'in quotes, `gpu="H200"`',
            )
        ],
    ),
    (
        "a {/* = : .0f */}1{/* /= */}\n",
        [("S008", 3, 'value: no expression; write e.g. `= bandwidth(gpu="H200") : .1f GB/s`')],
    ),
]


@pytest.mark.parametrize(("text", "problems"), PROBLEMS)
def test_markers_that_are_not_whole(text: str, problems: list[tuple[str, int, str]]) -> None:
    """What has no partner or is not understood is told with its column, and never filled."""
    result = marks(text)
    assert [
        (problem.check.name, problem.offset + 1, problem.message) for problem in result.problems
    ] == problems
    assert all(slot.options for slot in result.slots)


def test_a_slot_before_an_unclosed_one_stands() -> None:
    """Only the markers without a partner are lost, not those beside them."""
    text = f"{OPEN}\n{CLOSE}\n\n{OPEN}\n\n{OPEN}\n{CLOSE}\n"
    result = marks(text)
    assert [slot.span.start for slot in result.slots] == [0, text.rindex(OPEN)]
    assert len(result.problems) == 1


@pytest.mark.parametrize("dialect", list(Dialect))
def test_markers_are_written_as_they_are_found(dialect: Dialect) -> None:
    """A rendered marker is found again; one that would end early is refused."""
    text = render_marker(dialect, "fill equation x") + "\n" + render_marker(dialect, "/fill") + "\n"
    assert [slot.head for slot in marks(text, dialect).slots] == ["equation x"]
    with pytest.raises(ValueError, match="a marker cannot hold"):
        render_marker(dialect, "fill */ -->")


PIECES = [OPEN, CLOSE, VALUE, "{/* = x */}", "{/* /= */}", "\n", "\n\n", "> ", "- ", "  ",
          "`", "$", "```\n", "<div>", "</div>", "**", "| a |\n|-|\n| ", "a", "{", "}", "\\",
          "# "]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=16).map("".join))
def test_marks_of_any_text_are_whole_and_apart(text: str) -> None:
    """Slots and values lie in the text, do not overlap, and hold what their markers enclose."""
    result = marks(text)
    spans = sorted([s.span for s in result.slots] + [v.span for v in result.values])
    assert all(before.end <= after.start for before, after in pairwise(spans))
    for slot in result.slots:
        assert slot.open.end == slot.body.start <= slot.body.end == slot.close.start
        assert text[slot.close.start : slot.close.end] == CLOSE
