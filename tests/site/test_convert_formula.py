"""A formula reaches the renderer as one formula, whatever its TeX holds and wherever it stands."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rendered import render

from benchpost.post.document import Dialect
from benchpost.post.nodes import InlineMath
from benchpost.post.read import parse_post
from benchpost.site import formula
from benchpost.site.convert import to_markdown
from benchpost.site.scope import Scope, Sheet

TEX = st.lists(
    st.sampled_from(
        [
            *(
                "a",
                " ",
                "\n",
                "\\frac{a}{b}",
                "|",
                "\\|",
                "<",
                "<b",
                "<div>",
                ">",
                "&",
                "&b",
                "&amp;",
            ),
            *(
                "\\\\",
                "\\",
                "_",
                "_i",
                "^2",
                "*",
                "**",
                "`",
                "\\$",
                "{",
                "}",
                '"',
                "[",
                "]",
                "(",
                ")",
            ),
            *(
                "\\text{a < b}",
                "'",
                "!",
                "#",
                "~",
                "=",
                "==",
                ":",
                "https://a.org",
                "\\left|",
                "%",
                "<!--",
            ),
        ]
    ),
    min_size=1,
    max_size=8,
).map("".join)


def scope() -> Scope:
    post = parse_post("", "a.mdx", Path("a.mdx"), Dialect.MDX)
    sheet = Sheet(post, lambda _: None, lambda _: None, lambda _: None)
    return Scope(sheet, lambda *_: [], lambda *_: "")


def formulas(page: str) -> list[str]:
    """The formulas in HTML: rendered, or shown as their source."""
    pattern = r'(?s)<math.*?</math>|<code class="math-refused".*?</code>'
    return [html.unescape(found) for found in re.findall(pattern, page)]


@settings(max_examples=200)
@given(TEX)
def test_a_formula_in_a_line_is_one(tex: str) -> None:
    """Neither dollars, tags, emphasis nor backslashes in it end it."""
    page = formula.inline(InlineMath(0, 0, 1, 1, tex), scope())
    shown = render(f"x {page} y")
    assert len(formulas(shown)) == bool(tex.strip()), page
    assert re.sub(r"(?s)<math.*</math>|<code.*</code>", "", shown).split() == ["<p>x", "y</p>"]


@settings(max_examples=200)
@given(TEX, TEX)
def test_a_formula_in_a_cell_is_one(tex: str, other: str) -> None:
    """Bars in it part no cells."""
    inside = scope().in_cell()
    cells = [formula.inline(InlineMath(0, 0, 1, 1, each), inside) for each in (tex, other)]
    shown = render(f"| {cells[0]} | b |\n| --- | --- |\n| c | {cells[1]} |")
    assert len(formulas(shown)) == bool(tex.strip()) + bool(other.strip()), cells
    assert len(re.findall(r"<t[hd]>", shown)) == 4


@settings(max_examples=200)
@given(TEX)
def test_a_formula_of_its_own_is_one(tex: str) -> None:
    """Blank lines, fences of dollars and backslashes at line ends do not end it."""
    page = formula.display(tex, InlineMath(0, 0, 1, 1, tex), scope())
    shown = render(f"- x\n\n    {page.replace(chr(10), chr(10) + '    ')}\n\n    y")
    assert len(formulas(shown)) == bool(tex.strip()), page


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$a|b$", "$a|b$"),
        ("$a<b$ and $x&y$", "$a< b$ and $x& y$"),
        ("$\\$ b", "\\(\\ \\) b"),
        ("$$a$b$$", "\\(a$b \\)"),
    ],
)
def test_formulas_are_written_plainly(text: str, expected: str) -> None:
    """What needs no care is as its author wrote it."""
    post = parse_post(text, "a.mdx", Path("a.mdx"), Dialect.MDX)
    assert to_markdown(post).text == f"{expected}\n"
