"""Writing a suggested slot in a placeholder's place."""

from __future__ import annotations

import re
from dataclasses import dataclass

from benchpost.fill.layout import newline_at
from benchpost.fill.suggest import Suggestion, suggest
from benchpost.post.document import Post, Span, Todo
from benchpost.post.marks import prefix_at, render_marker
from benchpost.post.nodes import Node, TableCell, TableRow
from benchpost.post.places import path_to
from benchpost.post.read import parse_post

PREFIX = re.compile(r"[ \t>]*")
BLANKS = re.compile(r"[ \t]*")


@dataclass(frozen=True)
class Applied:
    """A post whose placeholders became slots."""

    text: str
    """The new text."""
    done: tuple[Todo, ...]
    """Placeholders that became slots, in order."""


def apply_suggestions(post: Post) -> Applied:
    """Replace every placeholder that some figure would fill; nothing else changes."""
    text, done = post.text, list[Todo]()
    # from the end, so that the places of those before stay true
    for todo in reversed(post.todos):
        suggestion = suggest(todo, post)
        changed = suggestion and _replaced(_at(post, text), todo, suggestion)
        if changed and _is_sound(_at(post, text), _at(post, changed)):
            text, done = changed, [todo, *done]
    return Applied(text, tuple(done))


def _at(post: Post, text: str) -> Post:
    if text == post.text:
        return post
    return parse_post(text, post.path, post.file, post.dialect)


def _is_sound(before: Post, after: Post) -> bool:
    """One placeholder less and one slot more; all else is read as it was."""
    return (
        len(after.slots) == len(before.slots) + 1
        and len(after.todos) == len(before.todos) - 1
        and len(after.values) == len(before.values)
        and [snippet.code for snippet in after.snippets] == [s.code for s in before.snippets]
    )


def _replaced(post: Post, todo: Todo, suggestion: Suggestion) -> str:
    """The text with one placeholder gone and its slot there, or after its block."""
    text, span = post.text, todo.span
    if not todo.inline:
        slot = _slot(post, suggestion, prefix_at(text, span.start))
        return text[: span.start] + slot + text[span.end :]
    block, gone = _block(post, span), _with_blanks(text, span)
    prefix = prefix_at(text, block.start)
    slot = _slot(post, suggestion, prefix)
    if gone.start <= block.start and block.end <= gone.end:
        return text[: block.start] + slot + text[block.end :]
    newline = newline_at(text, span.start)
    # a blank line would part the items of a list that is written without any
    spacing = newline if prefix and prefix.isspace() else newline + prefix.rstrip() + newline
    end = max(block.end, gone.end)
    return text[: gone.start] + text[gone.end : end] + spacing + prefix + slot + text[end:]


def _slot(post: Post, suggestion: Suggestion, prefix: str) -> str:
    opening = render_marker(post.dialect, suggestion.slot)
    closing = render_marker(post.dialect, "/fill")
    return f"{opening}{newline_at(post.text, 0)}{prefix}{closing}"


def _block(post: Post, span: Span) -> Node:
    """The block that holds a placeholder; the whole table for one of its cells."""
    path = reversed(path_to(post.tree, span.start))
    return next(node for node in path if not isinstance(node, TableCell | TableRow))


def _with_blanks(text: str, span: Span) -> Span:
    """The placeholder with the blanks that would be left over: before it, or its whole line."""
    line = text.rfind("\n", 0, span.start) + 1
    after = BLANKS.match(text, span.end)
    end = after.end() if after else span.end
    alone = text[end : end + 2].startswith(("\n", "\r\n")) or end == len(text)
    if PREFIX.fullmatch(text, line, span.start):
        if alone and line:
            # its whole line, with the line end before it
            before = line - (2 if text[line - 2 : line] == "\r\n" else 1)
            return Span(before, end)
        return Span(span.start, end)
    start = span.start - (len(text[line : span.start]) - len(text[line : span.start].rstrip()))
    return Span(start, end if alone else span.end)
