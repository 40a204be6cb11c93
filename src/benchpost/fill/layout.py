"""How a fragment lies in its slot, so that Markdown and MDX read it as what it is."""

from __future__ import annotations

import re

from benchpost.fill.refusal import Refusal
from benchpost.findings import Check
from benchpost.post.document import Slot

REST = re.compile(r"[ \t]*(?:\r?\n|$)")


def laid_out(fragment: str, slot: Slot, text: str) -> str:
    """The body of `slot` in `text` that shows `fragment`, each line with the container's prefix.

    Raises `Refusal` when a slot inside a line would get several.
    """
    lines = fragment.replace("\r\n", "\n").strip("\n").split("\n")
    newline = newline_at(text, slot.open.end)
    if slot.inline and not _is_alone(slot, text):
        return _in_line(lines)
    # a blank line would part the items of a list that is written without any
    spacing = [] if _is_indent(slot.prefix) and "" not in lines else [""]
    if lines == [""]:
        lines = spacing = []
    body = ["", *spacing, *lines, *spacing]
    # the line of the opening marker has its prefix already; the last one stands before the closing
    prefixed = [body[0], *((slot.prefix + line).rstrip() for line in body[1:]), slot.prefix]
    return newline.join(prefixed)


def _in_line(lines: list[str]) -> str:
    if len(lines) > 1:
        message = (
            f"the figure is {len(lines)} lines, but the slot stands inside a line of text; "
            "put its two markers on lines of their own"
        )
        raise Refusal(Check.S006, message)
    return lines[0]


def _is_alone(slot: Slot, text: str) -> bool:
    """Both markers stand on one line, which holds nothing else but its container's signs."""
    line = text.rfind("\n", 0, slot.span.start) + 1
    return slot.span.start - line == len(slot.prefix) and bool(REST.match(text, slot.span.end))


def _is_indent(prefix: str) -> bool:
    return bool(prefix) and prefix.isspace()


def newline_at(text: str, offset: int) -> str:
    """The line end that the line of `offset` has, or the one before it where it has none."""
    end = text.find("\n", offset)
    if end < 0:
        end = text.rfind("\n", 0, offset)
    return "\r\n" if end > 0 and text[end - 1] == "\r" else "\n"
