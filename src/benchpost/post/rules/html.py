"""Raw HTML blocks: Markdown only."""

from __future__ import annotations

import re

from markdown_it.rules_block.html_block import HTML_SEQUENCES

from benchpost.post.nodes import Html
from benchpost.post.rules.lines import Lines


def html(lines: Lines, line: int, end: int, silent: bool) -> bool:
    """The seven kinds of CommonMark, each with its own end; the last cannot interrupt."""
    if lines.is_code_block(line):
        return False
    first = lines.src[lines.first(line) : lines.eMarks[line]]
    found = next((rule for rule in HTML_SEQUENCES if rule[0].search(first)), None)
    if found is None or silent:
        # the seventh may interrupt where the paragraph goes on lazily
        weak = lines.in_content and lines.in_paragraph
        return found is not None and (found[2] or not weak)
    after, closed = _after(lines, line, end, found[1])
    place, value = (lines.eMarks[after - 1], after), lines.joined(line, after)
    if not closed and found[1].search("") is None:
        place = lines.cut_end(after)
        value += lines.line_end(after - 1) if place[1] > after else ""
    lines.nodes.append(Html(lines.begin(line), place[0], line + 1, place[1], value))
    lines.line = after
    return True


def _after(lines: Lines, line: int, end: int, closing: re.Pattern[str]) -> tuple[int, bool]:
    """The line after the block, and whether its end was found."""
    ends_blank = closing.search("") is not None
    while True:
        begin, after = lines.bMarks[line], lines.eMarks[line]
        line += 1
        if not ends_blank and closing.search(lines.src, begin, after):
            return line, True
        if line >= end or not lines.opens(line) or (ends_blank and lines.isEmpty(line)):
            return line, False


def is_weak(lines: Lines, line: int) -> bool:
    """Whether an HTML block on a line is of the seventh kind."""
    first = lines.src[lines.first(line) : lines.eMarks[line]]
    return not any(rule[0].search(first) for rule in HTML_SEQUENCES[:-1])
