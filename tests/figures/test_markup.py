"""Text that both dialects read alike, tried on the real MDX compiler and on markdown-it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from benchpost.figures import markup
from benchpost.post.document import Dialect

HOSTILE = [
    "a < b, {p50} <5ms and $5 to $10",
    "5 * 3 * 2, _emphasis_, snake_case_name and __init__",
    "`code`, [link](x), ![image](y) | pipe ~~gone~~",
    "&lt; AT&T &#65; R&D;",
    "back\\slash and 100 % of 3.35 TB/s",
    "<https://example.org> <a@b.c> <!-- no --> {/* no */}",
    "Qwen3-4B_it, 50 °C, «quoted» — done",
    "line\nbreak\tand  blanks",
]
PROSE = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp")), max_size=40)


def text_of(tokens: Sequence[Any]) -> str:
    """The words that a reader sees."""
    parts = []
    for token in tokens:
        if token.type in ("text", "code_inline"):
            parts.append(token.content)
        parts.append(text_of(token.children or ()))
    return "".join(parts)


def read(markdown: str) -> str:
    return text_of(MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown))


def squeezed(words: str) -> str:
    return " ".join(words.split())


@pytest.mark.parametrize("words", HOSTILE)
def test_escaped_words_are_read_as_they_were(words: str) -> None:
    """Whatever words hold, a reader of Markdown sees exactly them."""
    assert read(f"x {markup.escaped(words)} x") == f"x {squeezed(words)} x"


@given(PROSE)
def test_any_words_survive(words: str) -> None:
    """No text breaks out of its paragraph, emphasis or alternative text."""
    assert squeezed(read(f"x {markup.escaped(words)} x")) == squeezed(f"x {words} x")
    alt = MarkdownIt("commonmark").parse(markup.image("./a.svg", f"x{words}x"))[1].children
    assert alt is not None
    assert text_of(alt[0].children or ()) == squeezed(f"x{words}x")


def test_hostile_words_compile(mdx_compile: Callable[[Sequence[str]], list[Any]]) -> None:
    """The real MDX compiler accepts hostile words in a paragraph, caption, alt text and table."""
    texts = [
        "\n\n".join(
            [
                markup.escaped(words),
                markup.captioned(markup.image("./figures/a b.svg", words), markup.linked(words)),
                markup.table(["a", "b"], [[markup.escaped(words), markup.inline_maths("x_{1}")]]),
                markup.fence(words),
                markup.display_maths("\\frac{a}{b}"),
                markup.code(words.replace("\n", " ")),
            ]
        )
        for words in HOSTILE
    ]
    assert [verdict.message for verdict in mdx_compile(texts) if not verdict.ok] == []


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("no address {here}", "no address \\{here\\}"),
        (
            "NVIDIA, https://www.nvidia.com/h200/, 2025.",
            "NVIDIA, [nvidia.com/h200](https://www.nvidia.com/h200/), 2025.",
        ),
        ("(https://a.example/x_y?q=1#z)", "([a.example/x_y?q=1#z](https://a.example/x_y?q=1#z))"),
        ("https://a.example/{b}", "[a.example/\\{b\\}](https://a.example/%7Bb%7D)"),
    ],
)
def test_addresses_become_links(words: str, written: str) -> None:
    """A web address in a source is a link, and a full stop after it is not part of it."""
    assert markup.linked(words) == written


@pytest.mark.parametrize("body", ["plain", "```\ncode\n```", "````", "a ``` b"])
def test_a_fence_outlasts_what_it_holds(body: str) -> None:
    """A fence is longer than any run of backticks in its body."""
    (token,) = MarkdownIt("commonmark").parse(markup.fence(body))
    assert (token.type, token.info, token.content) == ("fence", "text", f"{body}\n")


@pytest.mark.parametrize("words", ["x", "`", "a``b", "`x`", "{a} <b>"])
def test_a_code_span_holds_anything(words: str) -> None:
    """A code span gives back its words."""
    assert read(markup.code(words)) == words


def test_data_is_linked_only_where_the_link_leads_somewhere() -> None:
    """Nextra publishes no CSV beside a post, so MDX has no link to it."""
    assert markup.data_link("x.csv", Dialect.MARKDOWN) == " [Data](./figures/x.csv)."
    assert markup.data_link("x.csv", Dialect.MDX) == ""
