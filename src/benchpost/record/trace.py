"""Tracebacks in the post's own lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from benchpost.post.document import Post, Snippet

FRAME = re.compile(r'File "<(?P<id>[^\s"<>]+)>", line (?P<line>\d+)')
STACK_LINE = re.compile(r'  File "[^"]*", line \d+ in .*')


def in_post(trace: str, post: Post) -> str:
    """`trace` with the lines of snippets named as lines of the post."""
    snippets = {snippet.id: snippet for snippet in post.snippets}

    def named(match: re.Match[str]) -> str:
        snippet = snippets.get(match["id"])
        if snippet is None:
            return match[0]
        return f'File "{post.path}", line {line_in_post(snippet, int(match["line"]))}'

    return FRAME.sub(named, trace)


def line_in_post(snippet: Snippet, line: int) -> int:
    """The post's line of the snippet's line `line`, as the kernel counts."""
    code = snippet.code
    # IPython takes blank lines off the top
    blank = code[: len(code) - len(code.lstrip())].count("\n")
    return snippet.line + blank + line - 1


def last_line(trace: str, post: Post, snippet: Snippet) -> int:
    """The innermost line of the post in a traceback; `snippet`'s first when there is none."""
    snippets = {each.id: each for each in post.snippets}
    frames = [frame for frame in FRAME.finditer(trace) if frame["id"] in snippets]
    if not frames:
        return snippet.line
    return line_in_post(snippets[frames[-1]["id"]], int(frames[-1]["line"]))


def stack(dump: str) -> str:
    """What faulthandler wrote of the thread that runs a snippet, most recent call last."""
    threads = re.split(r"\n(?=(?:Current thread|Thread) 0x)", f"\n{dump}")
    for thread in threads:
        lines = [line for line in thread.splitlines() if STACK_LINE.fullmatch(line)]
        if any(FRAME.search(line) for line in lines):
            return "".join(f"{line}\n" for line in reversed(list(_down_to_snippet(lines))))
    return ""


def _down_to_snippet(lines: Iterable[str]) -> Iterator[str]:
    """The frames from the innermost to the last one of a snippet: below are the kernel's own."""
    kept = list(lines)
    last = max(n for n, line in enumerate(kept) if FRAME.search(line))
    return iter(kept[: last + 1])
