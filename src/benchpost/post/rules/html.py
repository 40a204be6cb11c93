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
        return found is not None and (found[2] or not lines.in_content)
    after = line + 1
    ends_blank = found[1].search("") is not None
    if ends_blank or not found[1].search(first):
        after = _end(lines, after, end, found[1])
    start = lines.first(line)
    value = lines.src[start : lines.eMarks[line]]
    if after > line + 1:
        value += lines.line_end(line) + lines.joined(line + 1, after)
    lines.nodes.append(Html(start, lines.eMarks[after - 1], line + 1, after, value))
    lines.line = after
    return True


def _end(lines: Lines, line: int, end: int, closing: re.Pattern[str]) -> int:
    """The line after the block: after the first that has its end, or before a blank one."""
    ends_blank = closing.search("") is not None
    while line < end and lines.opens(line):
        if ends_blank and lines.isEmpty(line):
            return line
        begin, after = lines.bMarks[line], lines.eMarks[line]
        line += 1
        if not ends_blank and closing.search(lines.src, begin, after):
            break
    return line
