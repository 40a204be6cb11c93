"""Blocks between two fences: code, maths and front matter; and indented code of Markdown."""

from __future__ import annotations

import re
from functools import lru_cache

from benchpost.post.escapes import unescape
from benchpost.post.nodes import Code, Math, Yaml
from benchpost.post.rules.lines import Lines

_CODE = re.compile(r"(?P<fence>`{3,}+(?!.*`)|~{3,}+)[ \t]*(?P<lang>[^ \t]*)[ \t]*(?P<meta>.*)")
_MATH = re.compile(r"(?P<fence>\${2,}+)[ \t]*(?P<meta>[^$\r\n]*)$")
_MATTER = re.compile(r"---[ \t]*$")


def fence(lines: Lines, line: int, end: int, silent: bool) -> bool:
    """Three or more backticks or tildes."""
    match = _opening(_CODE, lines, line)
    if match is None or silent:
        return match is not None
    close = _close(lines, line, end, match["fence"])
    start, (after, last) = lines.first(line), _end(lines, close)
    code = Code(
        start,
        after,
        line + 1,
        last,
        unescape(match["lang"]) or None,
        unescape(match["meta"]) or None,
        _value(lines, line, close),
        match["fence"],
        lines.src[lines.begins[line] : start],
        lines.line > close,
    )
    lines.nodes.append(code)
    return True


def math(lines: Lines, line: int, end: int, silent: bool) -> bool:
    """Two or more dollars."""
    match = _opening(_MATH, lines, line)
    if match is None or silent:
        return match is not None
    close = _close(lines, line, end, match["fence"])
    after, last = _end(lines, close)
    place = (lines.first(line), after, line + 1, last)
    meta = unescape(match["meta"]) or None
    lines.nodes.append(Math(*place, meta, _value(lines, line, close)))
    return True


def _opening(pattern: re.Pattern[str], lines: Lines, line: int) -> re.Match[str] | None:
    if lines.is_code_block(line):
        return None
    return pattern.match(lines.src, lines.first(line), lines.eMarks[line])


def _close(lines: Lines, line: int, end: int, opening: str) -> int:
    """The line of the closing fence, or the first that is not in the block; sets `lines.line`."""
    after = line + 1
    if not lines.containers and not lines.has_returns:
        pattern = _closing_line(opening, lines.mdx)
        match = pattern.search(lines.src, lines.eMarks[line])
        after = lines.number(match.end()) - 1 if match else end
        lines.line = after + (match is not None)
        return after
    closing = _closing(opening)
    while after < end and lines.opens(after):
        is_close = closing.match(lines.src, lines.first(after), lines.eMarks[after])
        if is_close and not lines.is_code_block(after):
            lines.line = after + 1
            return after
        after += 1
    lines.line = after
    return after


@lru_cache(maxsize=64)
def _closing(opening: str) -> re.Pattern[str]:
    return re.compile(rf"{re.escape(opening)}{re.escape(opening[0])}*+[ \t]*$")


@lru_cache(maxsize=64)
def _closing_line(opening: str, any_indent: bool) -> re.Pattern[str]:
    indent = r"[ \t]*+" if any_indent else " {0,3}"
    return re.compile(rf"\n{indent}{re.escape(opening)}{re.escape(opening[0])}*+[ \t]*+(?=\n|\Z)")


def _end(lines: Lines, close: int) -> tuple[int, int]:
    """Offset and number of the line where the block ends."""
    return (lines.eMarks[close], close + 1) if lines.line > close else lines.cut_end(close)


def _value(lines: Lines, line: int, close: int) -> str:
    value = lines.joined(line + 1, close, lines.sCount[line]) if close > line + 1 else ""
    if lines.line > close or (close < lines.lineMax and lines.is_cut(close)):
        return value
    # without a closing fence, the line end before an empty last line is not part of it
    return re.sub(r"(?:\r\n|\n|\r)\Z", "", value)


def front_matter(lines: Lines, line: int, end: int, silent: bool) -> bool:
    """YAML between `---` lines at the very start."""
    if silent or line or lines.containers or not _is_matter(lines, 0):
        return False
    close = next((after for after in range(1, end) if _is_matter(lines, after)), 0)
    if not close:
        lines.forgo_containers()
        return False
    value = lines.joined(1, close) if close > 1 else ""
    lines.nodes.append(Yaml(lines.bMarks[0], lines.eMarks[close], 1, close + 1, value))
    lines.line = close + 1
    return True


def _is_matter(lines: Lines, line: int) -> bool:
    return bool(_MATTER.match(lines.src, lines.bMarks[line], lines.eMarks[line]))


def indented(lines: Lines, line: int, end: int, silent: bool) -> bool:
    """Code by four columns of indent: Markdown only."""
    if silent or not lines.is_code_block(line):
        return False
    last = _last_indented(lines, line, end)
    start = lines.begin(line)
    value = re.sub(r"(?:\r\n|\n|\r)\Z", "", lines.joined(line, last, 4))
    place = (start, lines.eMarks[last - 1], line + 1, last)
    lines.nodes.append(Code(*place, None, None, value, "", lines.src[lines.begins[line] : start]))
    lines.line = last
    return True


def _last_indented(lines: Lines, line: int, end: int) -> int:
    """The line after the last that is indented; from a lazy line the code does not go on."""
    after = last = line + 1
    if lines.lazy_line == line:
        return last
    while after < end and lines.opens(after):
        if lines.sCount[after] >= 4:
            last = after + 1
        elif not lines.isEmpty(after):
            lines.guarded_line = after
            break
        after += 1
    return last
