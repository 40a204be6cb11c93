"""The tree is the real compiler's: on our case files and on texts made by chance."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from post.conftest import Mdast, Tree
from post.texts import random_text

from benchpost.post.document import Dialect, Post
from benchpost.post.dump import blocks, inlines
from benchpost.post.parse import parse

pytestmark = pytest.mark.node
CASES = sorted((Path(__file__).parent / "cases" / "parse").glob("*.md*"))
IGNORED = frozenset({"tableRow", "tableCell"})
OURS = ("fence", "selfClosing", "text")
"""Fields that mdast does not have."""


def records(text: str, dialect: Dialect) -> list[dict[str, Any]]:
    """Our blocks and inlines in source order, outer before inner."""
    post = Post("x", Path("x"), text, dialect, parse(text, dialect), {}, (), (), (), ())
    found = [comparable(record) for record in blocks(post) + inlines(post)]
    return sorted(found, key=sorting)


def comparable(record: dict[str, Any]) -> dict[str, Any]:
    """A record without what only one side has, and without what the compiler gets wrong."""
    kept = {key: value for key, value in record.items() if record["t"] == "text" or key not in OURS}
    if record["t"] in ("linkReference", "imageReference"):
        return {key: kept[key] for key in ("t", "l", "o", "anc")}
    if record["t"] == "listItem" and "o" in kept:
        # an item whose fence is cut short by the next item ends within that in mdast
        kept.update(l=kept["l"][:1], o=kept["o"][:1])
    return kept


def sorting(record: dict[str, Any]) -> tuple[int, int, str]:
    start, *end = record["o"]
    return start, -(end[0] if end else 1 << 40), record["anc"].count(">")


def difference(text: str, dialect: Dialect, tree: Tree) -> object:
    """The first node that differs from the compiler's, or None."""
    if tree is None:
        return None
    theirs = [comparable(node) for node in tree if node["t"] not in IGNORED]
    if not all("o" in node for node in theirs):
        return None  # addresses found afterwards have no place in mdast
    theirs.sort(key=sorting)
    ours = records(text, dialect)
    for want, got in zip(theirs, ours, strict=False):
        if want != got:
            return text, want, got
    return None if len(theirs) == len(ours) else (text, len(theirs), len(ours))


def test_case_files_read_as_by_the_compiler(mdast: Mdast) -> None:
    """Every case file gives the compiler's nodes, offsets and fields."""
    texts = [(file.read_bytes().decode(), Dialect(file.suffix.removeprefix("."))) for file in CASES]
    trees = mdast(texts)
    assert None not in trees
    assert [difference(*text, tree) for text, tree in zip(texts, trees, strict=True)] == (
        [None] * len(texts)
    )


@pytest.mark.parametrize("dialect", Dialect, ids=lambda dialect: dialect.value)
def test_texts_made_by_chance_read_as_by_the_compiler(mdast: Mdast, dialect: Dialect) -> None:
    """Of 1500 texts, those that compile give the compiler's nodes."""
    generator = random.Random(20251121)
    texts = [(random_text(generator, dialect), dialect) for _ in range(1500)]
    found = [
        difference(*text, tree)
        for text, tree in zip(texts, mdast(texts), strict=True)
        if not mistaken(text[0])
    ]
    assert [each for each in found if each is not None] == []


def mistaken(text: str) -> bool:
    """Where the compiler errs: boxes after an empty item, and boxes that end their line."""
    lines = [line.strip(" \t>\r") for line in text.split("\n")]
    return any(line.endswith(("[x]", "[ ]")) for line in lines) or any(
        line[-1:] in ("-", "*", "+", ".", ")") and after.startswith("[")
        for line, after in pairwise(lines)
    )
