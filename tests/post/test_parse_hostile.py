"""No text makes the parser raise, lie about places, or take time out of proportion."""

from __future__ import annotations

import cProfile
import pstats
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from post.corpus import corpus
from post.texts import HTML, PIECES, spliced

from benchpost.post.document import Dialect
from benchpost.post.inline import read_inlines
from benchpost.post.nodes import Leaf, Node, Root
from benchpost.post.parse import parse
from benchpost.post.walk import walk

TEXTS = st.one_of(st.text(), st.lists(st.sampled_from(PIECES + HTML), max_size=30).map("".join))
UNITS = (
    *("[", "*", "{", "<", "> ", "> > ", "`", "$", "]", "![", "_", "~", "*a ", "**a*", "a*"),
    *("*_", "*~", "[a](", "[a](b '", "[a](<", "[a][b", "<a ", '<a b="', "<a>", "</a>", "<a>\n"),
    *("</a>\n", "<a b={", "{\n", "{/*", "{'", "{`${", "{<a>{", "{/[", "{a/", "a\n{\n"),
    *("a\n<b\n", "<a/>{", "<a\n> x\n", "- ", "1. ", "- a\n", "> - ", "> a\nb\n", "> # a\nb\n"),
    *("> ```\nb\n", "- \n", "    a\n", "|a|\n|-|\n", "a|\n-|\n", "[a]: b\n", "[^a]: b\n"),
    *("[^a] ", "[a]: b (", "&amp;", "\\", "  \n", "http://a.b/!", "http://a.b/)", "www."),
    *("a@b.c ", "a@", "@", "!", "<!--", "<?", "<b>\n", "<b ", "\t", "\n", "\r", "\r\n"),
    *("a\n===\n", "`a", "``a`", "$$\n", "```\n", "~~a", "- [ ] a\n", "\x00", "import a\n"),
    *("import {\n\n", "import `\n\n", "export const a = {\n", "---\n", "\u2028", "<A>\n- "),
)


def read(text: str, dialect: Dialect) -> tuple[Root, list[tuple[Leaf, tuple[Node, ...]]]]:
    """The blocks of a text, and the inlines of every leaf."""
    root = parse(text, dialect)
    leaves = [node for node in walk(root) if isinstance(node, Leaf)]
    return root, [(leaf, read_inlines(leaf, text, dialect).nodes) for leaf in leaves]


def misplaced(text: str, dialect: Dialect) -> list[Node]:
    """Nodes whose places cannot be."""
    root, leaves = read(text, dialect)
    lines = root.last
    blocks = [node for node in walk(root) if not _fits(node, 0, len(text), lines)]
    return blocks + [
        node
        for leaf, inlines in leaves
        for inline in inlines
        for node in walk(inline)
        if not _fits(node, leaf.start, leaf.end, lines)
    ]


def _fits(node: Node, start: int, end: int, lines: int) -> bool:
    return start <= node.start <= node.end <= end and 1 <= node.first <= node.last <= lines


@given(TEXTS)
def test_any_text_is_read(text: str) -> None:
    """Whatever the text, both dialects give a tree whose nodes lie within it."""
    for dialect in Dialect:
        assert misplaced(text, dialect) == []


@pytest.mark.corpus
def test_mangled_files_are_read() -> None:
    """Real files cut short at random, and with stretches of others put into them."""
    generator = random.Random(20251121)
    texts = [file.text for file in corpus() if file.text]
    for text in texts[::4]:
        cut = text[: generator.randrange(len(text))]
        for mangled in (cut, spliced(generator, text, generator.choice(texts))):
            dialect = generator.choice(list(Dialect))
            assert misplaced(mangled, dialect) == []


def calls(text: str, dialect: Dialect) -> int:
    """How many functions are called, Python's own included, to read a text with all inlines."""
    profile = cProfile.Profile()
    profile.runcall(read, text, dialect)
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]  # typeshed lacks it


@pytest.mark.parametrize("dialect", Dialect, ids=lambda dialect: dialect.value)
@pytest.mark.parametrize("unit", UNITS, ids=repr)
def test_effort_grows_with_the_text(unit: str, dialect: Dialect) -> None:
    """Four times the text takes about four times the calls, whatever is repeated."""
    short, long = (unit * (size // len(unit)) for size in (500, 2000))
    assert calls(long, dialect) < 6 * calls(short, dialect) + 2000


@pytest.mark.parametrize("dialect", Dialect, ids=lambda dialect: dialect.value)
@pytest.mark.parametrize(
    "text",
    [
        "> " * 5000,
        "* " * 5000,
        "<a>\n" * 3000 + "</a>\n" * 3000,
        "> - <a>\n" * 2000,
        "*a " * 3000 + "a* " * 3000,
        "<a>" * 3000 + "x" + "</a>" * 3000,
        "{" * 5000 + "}" * 5000,
        "<a b={" * 3000 + "}/>" * 3000,
        "![a" * 3000 + "](b)" * 3000,
    ],
    ids=lambda text: text[:7],
)
def test_nothing_nests_beyond_recursion(text: str, dialect: Dialect) -> None:
    """However deep a text nests, the tree can be walked by recursion."""
    root, leaves = read(text, dialect)
    assert (
        _depth(root) + max((_depth(each) for _, found in leaves for each in found), default=0) < 250
    )


def _depth(node: Node) -> int:
    return 1 + max((_depth(child) for child in getattr(node, "children", ())), default=0)


def test_an_empty_text_is_an_empty_tree() -> None:
    """No line, no block."""
    assert parse("", Dialect.MDX).children == ()
