"""Tags and braces that begin a line of a paragraph: the compiler tries them as blocks first.

It does so wherever they stand, in a code span that goes over lines too, and gives up the whole file
when the attempt fails. A tag or expression that begins a line may also not run into a lazy line,
one that goes on with a quote or list item without its prefix.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from benchpost.findings import Check
from benchpost.post.javascript_check import Mistake, expression_end
from benchpost.post.jsx import NoTag, read_tag
from benchpost.post.nodes import Blockquote, Leaf, ListItem, Node, Root
from benchpost.post.places import path_to
from benchpost.post.problems import Problem
from benchpost.post.prose import offset_of

SPACES = re.compile(r"[ \t]*")
PREFIX = re.compile(r"[ \t>]*")
LINE_START = re.compile(r"(?:\A|\n)[ \t]*(?=[<{])")


def line_starts(leaf: Leaf, tree: Root, text: str) -> Iterator[Problem]:
    """The first thing refused of the lines of a paragraph that begin with `<` or `{`."""
    source = leaf.prose.source
    if "\n" not in source:
        return
    for match in LINE_START.finditer(source):
        problem = next(_run(leaf, match.end(), tree, text), None)
        if problem:
            yield problem
            return


def _run(leaf: Leaf, start: int, tree: Root, text: str) -> Iterator[Problem]:
    """Tags and expressions one after another, as far as they follow each other."""
    source = leaf.prose.source
    while source.startswith(("<", "{"), start):
        end = _end(source, start)
        if isinstance(end, Problem):
            yield Problem(end.check, offset_of(leaf.prose, end.offset), end.message)
            return
        if "\n" in source[start:end]:
            yield from _lazy(leaf, start, end, tree, text)
        spaces = SPACES.match(source, end)
        start = spaces.end() if spaces and end > start else len(source)


def _end(source: str, start: int) -> int | Problem:
    """Where the tag or expression at `start` ends, or why it does not."""
    hint = "; a line may not begin with it, even inside code or maths: move it into the line before"
    if source[start] == "{":
        end = expression_end(source, start)
        if isinstance(end, Mistake):
            message = f"`{{` begins no JavaScript: {end.message}{hint}"
            return Problem(Check.M003, start, message)
        return end + 1
    tag = read_tag(source, start)
    if not isinstance(tag, NoTag):
        return tag.end
    if not tag.message:
        return start
    return Problem(Check.M005, start, f"`<` begins no tag: {tag.message}{hint}")


def _lazy(leaf: Leaf, start: int, end: int, tree: Root, text: str) -> Iterator[Problem]:
    """The first line of a tag or expression without the prefix of its container."""
    around = path_to(tree, leaf.start)
    for position, offset in leaf.prose.starts:
        if start < position <= end and _is_lazy(offset, around, text):
            kind = "tag" if leaf.prose.source[start] == "<" else "expression"
            message = (
                f"the {kind} goes on in a line without the prefix of its quote or list item; "
                "give the line the same `>` or indent as the one before"
            )
            check = Check.M002 if kind == "tag" else Check.M003
            yield Problem(check, offset_of(leaf.prose, start), message)
            return


def _is_lazy(offset: int, around: list[Node], text: str) -> bool:
    """Whether the line whose content begins at `offset` lacks a `>` or is indented too little."""
    begin = text.rfind("\n", 0, offset) + 1
    quotes = sum(isinstance(node, Blockquote) for node in around)
    if text.count(">", begin, offset) < quotes:
        return True
    items = [node for node in around if isinstance(node, ListItem) and node.children]
    return bool(items) and _indent(text, begin) < _column(text, items[-1].children[0].start)


def _indent(text: str, begin: int) -> int:
    match = PREFIX.match(text, begin)
    return match.end() - begin if match else 0


def _column(text: str, offset: int) -> int:
    return offset - text.rfind("\n", 0, offset) - 1
