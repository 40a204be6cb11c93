"""Text that goes through the escapes and Python-Markdown comes back exactly as it was."""

from __future__ import annotations

import re
from html import unescape

from hypothesis import given, settings
from hypothesis import strategies as st
from rendered import STRANGERS, render, visible

from benchpost.site import escape

MARKS = [
    *"*_`[]{}()<>&#!|~^=+-$@:;\\/.\"'%? \n1aé",
    *("  ", "**", "__", "``", "```", "~~~", "$$", "\\(", "++", "==", "~~", "!!", "1. ", "1)", "- "),
    *("# ", "> ", "===", "---", "!!! note", "??? note", "/// html | div", "///", "[TOC]", "[x]: y"),
    *("[^1]:", "[^1]", "*[a]:", ": x", '=== "t"', "|a|b|", "    ", "\t", "#!py x", ":::py x"),
    *("&amp;", "&#1;", "&lt;", "<div>", "</div>", "<!--", "-->", "<?php", "<b>", "\\begin{a}"),
    *(":smile:", "++ctrl++", "==m==", "{++a++}", "{: .x}", "{ #x }", "{ .y }", "_a_", "{a}"),
    *("https://a.org", "www.a.org", "a@b.org", "www.", "http://", "[x](y)", "![x](y)"),
    *("\u00a0", "\u2028", "\u3000", "\x02", "\x03", "\x0b", "word", "<https://a.b>"),
]
HOSTILE = st.lists(st.sampled_from(MARKS), max_size=14).map("".join)
many = settings(max_examples=150)


def shown(value: str) -> str:
    """What a browser shows of `value`."""
    return re.sub(r"[ \t\r\n]+", " ", escape.printable(value)).strip(" ")


def paragraph(value: str) -> str:
    return escape.line_start(escape.text(shown(value)))


@many
@given(HOSTILE)
def test_a_paragraph_shows_its_text(value: str) -> None:
    """No run of characters is syntax to any extension, ours or those of other sites."""
    assert visible(render(paragraph(value), *STRANGERS)) == shown(value)


@many
@given(HOSTILE)
def test_a_heading_shows_its_text_and_keeps_its_name(value: str) -> None:
    """Neither a closing run of hashes nor braces in its text reach its attribute list."""
    text = escape.heading_end(escape.text(shown(value))) or "&nbsp;"
    html = render(f"## {text} {{ #the-name }}", *STRANGERS)
    assert html.count('<h2 id="the-name">') == 1
    assert visible(re.sub(r'<a class="headerlink.*?</a>', "", html)).strip("\u00a0") == (
        shown(value).strip("\u00a0")
    )


@many
@given(HOSTILE, HOSTILE)
def test_a_table_cell_shows_its_text_and_code(text: str, code: str) -> None:
    """A pipe ends no cell, in text or in code."""
    words, inline = escape.text(shown(text)), escape.code(code, cell=True)
    html = render(f"| {words} | {inline} |\n| --- | --- |\n| {inline} | {words} |", *STRANGERS)
    cells = re.findall(r"(?s)<t[hd][^>]*>(.*?)</t[hd]>", html)
    assert [visible(cell) for cell in cells] == [
        *(shown(text), shown(code)),
        *(shown(code), shown(text)),
    ]


@many
@given(HOSTILE, HOSTILE)
def test_inline_code_shows_its_code(one: str, other: str) -> None:
    """Two pieces of code on a line stay two, whatever backticks and tags they hold."""
    html = render(f"x {escape.code(one)} y {escape.code(other)} z", *STRANGERS)
    codes = re.findall(r"(?s)<code[^>]*>(.*?)</code>", html)
    assert [visible(code) for code in codes] == [shown(one), shown(other)]


@many
@given(HOSTILE, HOSTILE)
def test_an_attribute_of_a_tag_keeps_its_value(value: str, inner: str) -> None:
    """Nothing between the quotes is read, and the text in the element is text."""
    opening = escape.tag("kbd", {"title": value})
    html = render(f"x {opening}{escape.text(shown(inner))}</kbd> z", *STRANGERS)
    match = re.fullmatch(r'(?s)<p>x <kbd title="([^"]*)">(.*)</kbd> z</p>', html)
    assert match is not None
    assert unescape(match[1]) == escape.printable(value)
    assert visible(match[2]) == shown(inner)


@many
@given(HOSTILE, HOSTILE)
def test_a_link_keeps_its_text_and_title(text: str, url: str) -> None:
    """Brackets, quotes and spaces in its parts do not end it."""
    words = escape.text(shown(text))
    target = escape.destination(f"u{url}")
    html = render(f'x [{words}]({target} "{escape.title(shown(text))}") z', *STRANGERS)
    match = re.fullmatch(r'(?s)<p>x <a href="([^"]*)" title="([^"]*)">(.*)</a> z</p>', html)
    assert match is not None
    assert unescape(match[2]) == shown(text)
    assert visible(match[3]) == shown(text)


@many
@given(HOSTILE)
def test_an_image_keeps_its_description(alt: str) -> None:
    """Alt text is an attribute: no emphasis, no escapes, no braces lost."""
    html = render(f"x ![{escape.description(alt)}](a.png) z", *STRANGERS)
    match = re.fullmatch(r'<p>x <img alt="([^"]*)" src="a.png" ?/?> z</p>', html)
    assert match is not None
    assert unescape(match[1]) == shown(alt)


@many
@given(HOSTILE, HOSTILE)
def test_titles_of_boxes_and_tabs_show_their_text(title: str, body: str) -> None:
    """Quotes in a title do not end it, and what follows stays inside."""
    for opening in ("!!! note", "???+ note", "==="):
        page = f'{opening} "{escape.title(shown(title))}"\n\n    {paragraph(body)}\n\nend'
        html = render(page, *STRANGERS)
        assert html.endswith("<p>end</p>")
        without_spaces = re.sub(r"[ \t\r\n]+", "", shown(title) + shown(body) + "end")
        assert re.sub(r"[ \t\r\n]+", "", visible(html)) == without_spaces
