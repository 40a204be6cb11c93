"""A CommonMark post and its page show the same document: markdown-it's HTML is the judge."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rendered import render

from benchpost.post.document import Dialect
from benchpost.post.read import parse_post
from benchpost.site.convert import to_markdown

JUDGE = MarkdownIt("commonmark", {"maxNesting": 1000}).enable(["table", "strikethrough"])
KEPT = {
    *("a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr"),
    *("img", "li", "ol", "pre", "strong", "table", "td", "th", "tr", "ul"),
}
SHOWN = {"a": ("href", "title"), "img": ("src", "alt"), "ol": ("start",)}


class Outline(HTMLParser):
    """The elements that carry meaning, and the text between them, spaces as a browser has them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.events: list[tuple[str, str]] = []
        self.preformatted = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "s":
            tag = "del"
        self.preformatted += tag == "pre"
        if tag in KEPT and not (tag == "code" and self.preformatted):
            found = dict(attrs)
            shown = [f" {name}={found[name]}" for name in SHOWN.get(tag, ()) if found.get(name)]
            self.events.append(("tag", f"<{tag}{''.join(shown)}>"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "s":
            tag = "del"
        self.preformatted -= tag == "pre"
        if tag in KEPT - {"br", "hr", "img"} and not (tag == "code" and self.preformatted):
            self.events.append(("tag", f"</{tag}>"))

    def handle_data(self, data: str) -> None:
        text = data if self.preformatted else re.sub(r"\s+", " ", data)
        if self.events and self.events[-1][0] == "text":
            text = self.events.pop()[1] + text
        self.events.append(("text", text))


def outline(html: str) -> list[str]:
    html = re.sub(r'<a class="headerlink".*?</a>', "", html)
    return [event.strip() for _, event in Outline(html).events if event.strip()]


def page_of(text: str) -> str:
    post = parse_post(text, "post.md", Path("post.md"), Dialect.MARKDOWN)
    return to_markdown(post, page=lambda url: url, image=lambda url: url).text


WORD = st.sampled_from(
    [
        *(
            "word",
            "snake_case",
            "a\\*b",
            "5 \\< 6",
            "\\#1",
            "\\_x\\_",
            "C:\\\\dir",
            "50%",
            "\\{a\\}",
        ),
        *(
            "x\\|y",
            "1\\. z",
            "\\- q",
            "&amp;lt;",
            "é",
            "\\[x\\](y)",
            "\\`t\\`",
            "a&b",
            ":x:",
            "(c)",
        ),
        *(
            "\\!\\[i\\](j)",
            "!!!",
            "===",
            "\\>",
            "++k++",
            "^up^",
            "==m==",
            "1) ",
            "+ p",
            "www",
            "\\~",
        ),
    ]
)
CODE = st.sampled_from(
    ["`a*b`", "`<div>`", "`` x`y ``", "`a|b`", "`{.x}`", "`\\n`", "` `", "`#!py x`"]
)
LEAF = st.one_of(
    WORD,
    CODE,
    st.sampled_from(
        ["[text](url.html)", '[a *b*](c.html "t")', "![alt *x*](i.png)", "<https://a.org/b>"]
    ),
)
SPAN = st.one_of(
    LEAF,
    st.lists(LEAF, min_size=1, max_size=2).map(lambda parts: f"*{' '.join(parts)}*"),
    st.lists(LEAF, min_size=1, max_size=2).map(lambda parts: f"**{' '.join(parts)}**"),
    WORD.map(lambda word: f"***{word}*** x"),
    WORD.map(lambda word: f"**a *{word}* b**"),
    WORD.map(lambda word: f"{word}\\\n{word}"),
    WORD.map(lambda word: f"{word}\n{word}"),
)
LINE = st.lists(SPAN, min_size=1, max_size=5).map(" ".join).filter(lambda line: line.strip() != "")
CODE_LINES = st.lists(
    st.sampled_from(
        ["x = 1", "    y", "```", "", "# c", "- i", "<b>", "!!! note", "$$", "~~~", "> q"]
    ),
    max_size=4,
).map("\n".join)
BLOCK: st.SearchStrategy[str] = st.deferred(lambda: st.one_of(SIMPLE, CONTAINER))
BLOCKS = st.lists(BLOCK, min_size=1, max_size=3).map("\n\n".join)
SIMPLE: st.SearchStrategy[str] = st.one_of(
    LINE,
    LINE,
    st.builds(
        lambda depth, line: "#" * depth + " " + line.replace("\n", " "), st.integers(1, 6), LINE
    ),
    CODE_LINES.map(lambda code: f"````py\n{code}\n````"),
    st.just("***"),
    st.builds(
        lambda a, b: f"| {a} | {b} |\n| --- | --: |\n| {b} | {a} |",
        WORD.filter(lambda word: "|" not in word),
        CODE.filter(lambda code: "|" not in code),
    ),
)


def indented(block: str, marker: str) -> str:
    return marker + block.replace("\n", "\n" + " " * len(marker))


CONTAINER: st.SearchStrategy[str] = st.one_of(
    BLOCKS.map(lambda block: "> " + block.replace("\n", "\n> ")),
    st.builds(
        lambda items, gap: gap.join(indented(item, "- ") for item in items),
        st.lists(BLOCKS, min_size=1, max_size=3),
        st.sampled_from(["\n", "\n\n"]),
    ),
    st.builds(
        lambda items, number: "\n".join(
            indented(item, f"{number + index}. ") for index, item in enumerate(items)
        ),
        st.lists(BLOCKS, min_size=1, max_size=3),
        st.sampled_from([1, 3, 9]),
    ),
)


CAPTION = re.compile(r"^[-> \d.]*([*_])[^\n]+\1$", re.M)
"""A line that is emphasised as a whole: below a table, a picture or a fence the page has it as a
caption, not as emphasis."""


@settings(max_examples=60)
@given(BLOCKS.filter(lambda text: not CAPTION.search(text)))
def test_generated_documents_show_the_same(text: str) -> None:
    """Lists in quotes in lists, fences in all of them, text full of marks: nothing is lost."""
    assert outline(render(page_of(text))) == outline(JUDGE.render(text)), page_of(text)
