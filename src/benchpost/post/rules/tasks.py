"""The box of a task list item: `[ ]` or `[x]` before its first paragraph."""

from __future__ import annotations

import re
from dataclasses import replace

from benchpost.post.nodes import Node, Paragraph
from benchpost.post.rules.content import rest_of

_BOX = re.compile(r"\[([ \t\nxX])\](?=\n|[ \t]+(?=[^ \t]))")


def take_box(children: list[Node]) -> bool | None:
    """The state of the box, which is taken off the paragraph; None when there is none."""
    head = children[0] if children else None
    if not isinstance(head, Paragraph):
        return None
    match = _BOX.match(head.prose.source)
    if match is None:
        return None
    prose = rest_of(head.prose, match.end() + 1)
    children[0] = replace(head, start=prose.starts[0][1], prose=prose)
    return match[1] in "xX"
