"""Tags, `{}` expressions and ESM that stand alone on their lines."""

from __future__ import annotations

import re

from benchpost.post import javascript
from benchpost.post.jsx import NoTag, expression_value, read_tag
from benchpost.post.nodes import Esm, FlowExpression, JsxFlow, Node, Prose
from benchpost.post.prose import offset_of
from benchpost.post.rules.lines import Lines, Run
from benchpost.post.rules.tags import TagNode

_SPACES = re.compile(r"[ \t]*+")
_BLANK_LINE = re.compile(r"(?>\r\n|\n|\r)[ \t]*+(?=[\r\n]|\Z)|\Z")


def flow(lines: Lines, line: int, end: int, silent: bool) -> bool:
    """Lines of nothing but tags and expressions."""
    run = lines.run_at(line, _read)
    if run is None or silent:
        return run is not None
    lines.add_run(run)
    lines.line = run.after
    return True


def _read(lines: Lines, line: int) -> Run | None:
    """Read as many lines as the tags and expressions need, a few more each time."""
    if not lines.containers:
        found = _read_run(lines, lines.whole, lines.first(line))
        if isinstance(found, int):
            _bar(lines, lines.whole, found)
            return None
        return found
    count, after = 1, line + 1
    while True:
        while after < line + count and lines.opens(after):
            after += 1
        prose = lines.prose(line, after, keep_ends=True)
        found = _read_run(lines, prose, 0)
        if not isinstance(found, int):
            return found
        if found < len(prose.source) or after < line + count or after >= lines.lineMax:
            _bar(lines, prose, found)
            return None
        count = min(4 * count, lines.lineMax - line)


def _bar(lines: Lines, prose: Prose, stop: int) -> None:
    """Bar containers from the lines that were read: the compiler did not look for any there."""
    if stop < len(prose.source):
        lines.barred = max(lines.barred, lines.number(offset_of(prose, stop)) - 1)


def _read_run(lines: Lines, prose: Prose, start: int) -> Run | int:
    """The run that begins at `start`, or how far was read to find that there is none."""
    nodes: list[Node] = []
    pos = start
    while lines.effort > 0:
        read = _read_one(lines, prose, pos)
        if isinstance(read, int):
            lines.effort -= read - start
            return read
        node, pos = read
        nodes.append(node)
        spaces = _SPACES.match(prose.source, pos)
        pos = spaces.end() if spaces else pos
        follows = prose.source[pos : pos + 1]
        if follows in ("", "\n", "\r"):
            return Run(nodes, node.last)
        # an expression right after another makes a paragraph of both
        if follows != "<" and (follows != "{" or isinstance(node, FlowExpression)):
            return pos
    return start


def _read_one(lines: Lines, prose: Prose, pos: int) -> tuple[Node, int] | int:
    """A tag or an expression and the position after it, or how far was read in vain."""
    source = prose.source
    if source[pos] == "<":
        tag = read_tag(source, pos)
        if isinstance(tag, NoTag):
            return tag.stop
        return TagNode(*_place(lines, prose, pos, tag.end), tag, JsxFlow), tag.end
    end = javascript.expression_end(source, pos + 1)
    if end < 0:
        return len(source)
    value = expression_value(source[pos + 1 : end - 1])
    return FlowExpression(*_place(lines, prose, pos, end), value), end


def _place(lines: Lines, prose: Prose, pos: int, end: int) -> tuple[int, int, int, int]:
    start, after = offset_of(prose, pos), offset_of(prose, end - 1) + 1
    return start, after, lines.number(start), lines.number(after - 1)


def esm(lines: Lines, line: int, end: int, silent: bool) -> bool:
    """`import …` and `export …` in the first column, outside all containers."""
    start = lines.bMarks[line]
    if (silent and lines.in_content) or lines.containers:
        return False
    if not lines.src.startswith(("import ", "export "), start):
        return False
    if silent:
        return True
    after = javascript.module_end(lines.src, start) if lines.effort > 0 else -1
    if after < 0:
        lines.effort -= len(lines.src) - start
        blank = _BLANK_LINE.search(lines.src, start)
        after = blank.start() if blank else len(lines.src)
    last = lines.number(max(start, after - 1))
    after = lines.eMarks[last - 1]
    lines.nodes.append(Esm(start, after, line + 1, last, lines.src[start:after]))
    lines.line = last
    return True
