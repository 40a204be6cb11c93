"""The box of a task list item: `[ ]` or `[x]` before its first paragraph."""

from __future__ import annotations

import re
from dataclasses import replace

from benchpost.post.document import Dialect
from benchpost.post.nodes import Node, Paragraph, Text
from benchpost.post.rules.content import rest_of
from benchpost.post.rules.inlines import Scanner
from benchpost.post.rules.lines import Lines

_BOX = re.compile(r"\[([ \t\nxX])\](?=\n|[ \t]+(?=[^ \t]))")
_SPACE = re.compile(r"[ \t]|\n[ \t]*")


def take_box(children: list[Node], lines: Lines) -> bool | None:
    """The state of the box, which is taken off the paragraph; None when there is none."""
    head = children[0] if children else None
    match = _BOX.match(head.prose.source) if isinstance(head, Paragraph) else None
    if match is None or not isinstance(head, Paragraph):
        return None
    space = _SPACE.match(head.prose.source, match.end())
    after = space.end() if space else match.end()
    children[0] = _without(head, match.end(), after, lines)
    return match[1] in "xX"


def _without(head: Paragraph, box: int, after: int, lines: Lines) -> Paragraph:
    """The paragraph after its box; it begins there when it begins with text, as in mdast."""
    rest = replace(head, prose=rest_of(head.prose, box))
    dialect = Dialect.MDX if lines.mdx else Dialect.MARKDOWN
    first = Scanner(rest, lines.src, dialect).run()[0]
    prose = rest_of(head.prose, after)
    if not isinstance(first, Text) or len(first.value) == 1:
        return replace(head, prose=prose)
    return replace(head, start=prose.starts[0][1], prose=prose)
