"""The shapes of Python-Markdown: lists, quotes, admonitions, tabs, and what parts neighbours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from textwrap import indent

from benchpost.site import escape, fences

RULE = "* * *"
"""A line across; dashes could be read as front matter."""

_EMPTY = "<!-- -->"
_BLOCK = re.compile(r"- |> |#|\| |!!!|\?\?\?|===|```|\* \* \*|\$\$|\d+\. ")
_NUMBER = re.compile(r"\d+\. ")


class Markup(str):
    """A part of a page that is HTML and must reach it untouched."""

    __slots__ = ()


def joined(parts: Iterable[str]) -> str:
    """Parts with blank lines between; lists and quotes that would become one are kept apart."""
    texts: list[str] = []
    for part in _merged(parts):
        if texts and _kind(part) and _kind(part) == _kind(texts[-1]):
            texts.append(_EMPTY)
        texts.append(part)
    return "\n\n".join(texts)


def _merged(parts: Iterable[str]) -> Iterator[str]:
    """Neighbouring markup in one fence."""
    markup: list[str] = []
    for part in parts:
        if isinstance(part, Markup):
            markup.append(part)
            continue
        if markup:
            yield fences.as_is("\n".join(markup))
            markup = []
        if part:
            yield part
    if markup:
        yield fences.as_is("\n".join(markup))


def _kind(part: str) -> str:
    """What Python-Markdown would take for one block with a neighbour of the same kind."""
    if part.startswith(("- ", "> ")):
        return part[0]
    return "1" if _NUMBER.match(part) else ""


def inside(body: str) -> str:
    """A body that belongs to the line above it."""
    return indent(body, "    ")


def headline(depth: int, line: str, name: str) -> str:
    """`## Words { #name }`."""
    shown = escape.heading_end(line.strip(" ")) or "&nbsp;"
    return f"{'#' * depth} {shown}" + (f" {{ #{name} }}" if name else "")


def quoted(body: str) -> str:
    return "\n".join(f"> {line}" if line else ">" for line in body.split("\n"))


def item(parts: Sequence[str], *, tight: bool = False) -> str:
    """What stands in a list item; a first block that cannot follow a marker goes under it."""
    if not parts or not is_line(parts[0]):
        parts = [_EMPTY, *parts]
    return "\n".join(parts) if tight and all(map(_kind, parts[1:])) else joined(parts)


def is_line(part: str) -> bool:
    """A line of text, which may follow a marker."""
    return not isinstance(part, Markup) and "\n" not in part and not _BLOCK.match(part)


def listed(items: Iterable[str], number: int | None = None) -> str:
    """Items with their markers; blank lines between them as soon as one holds a blank line."""
    texts = list(items)
    markers = ["- " if number is None else f"{number + i}. " for i in range(len(texts))]
    written = [
        marker + inside(text).removeprefix("    ")
        for marker, text in zip(markers, texts, strict=True)
    ]
    gap = "\n\n" if any("\n\n" in text for text in texts) else "\n"
    return gap.join(written)


def admonition(kind: str, title: str, body: str) -> str:
    """A coloured box."""
    return f'!!! {kind} "{escape.title(title)}"\n\n{inside(body)}'.rstrip()


def fold(summary: str, body: str, *, is_open: bool = False) -> str:
    """A box that opens on a click; `summary` is Markdown without double quotes."""
    return f'???{"+" if is_open else ""} note "{summary}"\n\n{inside(body)}'.rstrip()


def tabs(panes: Sequence[tuple[str, str]], chosen: int = 0) -> str:
    """Tabs of (label, body); never one set with the tabs before them."""
    written = []
    for number, (label, body) in enumerate(panes):
        flags = ("+" if number == chosen and chosen else "") + ("" if number else "!")
        written.append(f'==={flags} "{escape.title(label)}"\n\n{inside(body)}'.rstrip())
    return "\n\n".join(written)
