"""Inlines: what prose is read into, with places in the file."""

from __future__ import annotations

import pytest

from benchpost.post.document import Dialect
from benchpost.post.inline import parse_inlines, read_inlines
from benchpost.post.nodes import Image, InlineCode, InlineMath, Leaf, Link, Node, Text
from benchpost.post.parse import parse
from benchpost.post.walk import walk


def leaf(text: str, dialect: Dialect = Dialect.MDX) -> Leaf:
    """The first piece of prose of a text."""
    return next(node for node in walk(parse(text, dialect)) if isinstance(node, Leaf))


def shape(text: str, dialect: Dialect = Dialect.MDX) -> str:
    """The inlines of the first leaf, e.g. `text emphasis(text)`."""
    return " ".join(_shape(node) for node in parse_inlines(leaf(text, dialect), text, dialect))


def _shape(node: Node) -> str:
    inner = " ".join(_shape(child) for child in getattr(node, "children", ()))
    return f"{node.type}({inner})" if inner else node.type


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "text"),
        ("*a **b***", "emphasis(text strong(text))"),
        ("***a** b*", "emphasis(strong(text) text)"),
        ("a_b_c _d_", "text emphasis(text)"),
        ("**not closed*", "text emphasis(text)"),
        ("*a ~~b* c~~", "emphasis(text) text"),
        ("~~a *b~~ c*", "delete(text) text"),
        ("x ~~~a~~~", "text"),
        ("`a` ``b ` c`` `d", "inlineCode text inlineCode text"),
        ("$a$ $$b$$ $c", "inlineMath text inlineMath text"),
        ("`a $b` c$", "inlineCode text"),
        ("[a](b) [c][d] [e]", "link(text) text"),
        ("[a [b](c) d](e)", "text link(text) text"),
        ("![a [b](c) d](e)", "image"),
        ("[a](<b c> 'd') [e](f g)", "link(text) text"),
        ("https://a.b/c. x", "link(text) text"),
        ("a@b.c, www.d.e", "link(text) text link(text)"),
        ("[https://a.b]", "text link(text) text"),
        ("[https://a.b](c)", "link(text)"),
        ("a  \nb\\\nc\nd", "text break text break text"),
        (
            "x <A>b {c} *d*</A>",
            "text mdxJsxTextElement(text mdxTextExpression text emphasis(text))",
        ),
        ("a {/* b } */} c", "text mdxTextExpression text"),
        ("a < b, c <\nd", "text"),
        ("\\{a} \\<b> \\[c](d) \\*e*", "text"),
        ("x <b>c", "text mdxJsxTextElement text"),
        ("c</b>", "text"),
    ],
)
def test_mdx_prose(text: str, expected: str) -> None:
    """Each construct, alone and where it meets another."""
    assert shape(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a <b c='d'>e</b> <!-- f --> <g", "text html text html text html text"),
        ("a <https://b.c> <d@e.f>", "text link(text) text link(text)"),
        ("a {b} $c$", "text inlineMath"),
        ("a <? b ?> <!C d> <![CDATA[e]]>", "text html text html text html"),
    ],
)
def test_markdown_prose(text: str, expected: str) -> None:
    """Raw HTML and autolinks; braces are text."""
    assert shape(text, Dialect.MARKDOWN) == expected


def test_places_are_those_of_the_file() -> None:
    """In a quote, prefixes of further lines lie between the places."""
    text = "> a *b\n> c* `d`\n"
    found = parse_inlines(leaf(text), text, Dialect.MDX)
    assert [text[node.start : node.end] for node in found] == ["a ", "*b\n> c*", " ", "`d`"]
    assert [(node.first, node.last) for node in found] == [(1, 1), (1, 2), (2, 2), (2, 2)]


def test_values_are_resolved() -> None:
    """Escapes, references, padding and pipes of tables are as the compiler gives them."""
    text = "\\*a&amp;&#x1F389;&no; `` `b ` ``\n"
    words, code = parse_inlines(leaf(text), text, Dialect.MDX)
    assert isinstance(words, Text)
    assert words.value == "*a&🎉&no; "
    assert isinstance(code, InlineCode)
    assert code.value == "`b `"
    table = "| `a \\| b` |\n|---|\n"
    (cell,) = parse_inlines(leaf(table), table, Dialect.MDX)
    assert isinstance(cell, InlineCode)
    assert cell.value == "a | b"


def test_links_know_their_definition() -> None:
    """A reference leads where its definition says, wherever that stands, and keeps its label."""
    text = "[a *b*][C] ![d *e*][]\n\n[c]: /u 't'\n[d *e*]: <v w>\n"
    link, _, image = parse_inlines(leaf(text), text, Dialect.MDX)
    assert isinstance(link, Link)
    assert (link.url, link.title, link.label) == ("/u", "t", "C")
    assert isinstance(image, Image)
    assert (image.url, image.alt, image.label) == ("v w", "d e", "d *e*")


def test_a_dollar_counts_its_fence() -> None:
    """How many dollars fence a formula is told: `$$x$$` in a line is inline, too."""
    text = "$$x$$ $`a`$\n"
    formulas = [
        (node.value, node.dollars)
        for node in parse_inlines(leaf(text), text, Dialect.MDX)
        if isinstance(node, InlineMath)
    ]
    assert formulas == [("x", 2), ("`a`", 1)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plot latency <5ms", [("M005", 13)]),
        ("set {no one", [("M003", 4)]),
        ("a <b>c\nd", [("M002", 2)]),
        ("a </b>", [("M002", 2)]),
        ("a *<b>c* d</b>", [("M002", 3), ("M002", 10)]),
        ("a < b {c} <D/>", []),
    ],
)
def test_faults_of_prose(text: str, expected: list[tuple[str, int]]) -> None:
    """What the compiler refuses in prose has its place; the rest of the prose is still read."""
    faults = read_inlines(leaf(text), text, Dialect.MDX).faults
    assert [(fault.check.name, fault.at) for fault in faults] == expected


def test_boxes_of_tasks_are_no_text() -> None:
    """The box belongs to the item; the paragraph begins after it."""
    text = "- [x] *a*\n"
    assert shape(text) == "emphasis(text)"
