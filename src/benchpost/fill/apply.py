"""Writing a suggested slot in a placeholder's place."""

from __future__ import annotations

import re
from dataclasses import dataclass

from benchpost.fill.layout import newline_at
from benchpost.fill.suggest import Suggestion, suggest
from benchpost.post.document import Post, Span, Todo
from benchpost.post.marks import prefix_at, render_marker
from benchpost.post.nodes import Node, TableCell
from benchpost.post.places import path_to
from benchpost.post.read import parse_post

PREFIX = re.compile(r"[ \t>]*")
INLINE = " inline=true"
"""What makes an equation one line; no other figure can be."""
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
        slot = slot_for(todo, suggest(todo, post), post)
        changed = slot and _replaced(_at(post, text), todo, slot)
        if changed and _is_sound(_at(post, text), _at(post, changed)):
            text, done = changed, [todo, *done]
    return Applied(text, tuple(done))


def slot_for(todo: Todo, suggestion: Suggestion | None, post: Post) -> str:
    """The words of the slot to write, or empty: a table's cell takes only what is one line."""
    if not suggestion or not suggestion.slot or not in_cell(todo, post):
        return suggestion.slot if suggestion else ""
    one_line = suggestion.slot + INLINE
    return one_line if suggestion.slot.startswith("fill equation ") else ""


def in_cell(todo: Todo, post: Post) -> bool:
    """Whether a placeholder stands in a cell of a table."""
    return any(isinstance(node, TableCell) for node in path_to(post.tree, todo.span.start))


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


def _replaced(post: Post, todo: Todo, words: str) -> str:
    """The text with one placeholder gone and its slot there, or after its block."""
    text, span = post.text, todo.span
    if in_cell(todo, post):
        slot = _slot(post, words, "", "")
        return text[: span.start] + slot + text[span.end :]
    newline = newline_at(text, span.start)
    if not todo.inline:
        slot = _slot(post, words, prefix_at(text, span.start), newline)
        return text[: span.start] + slot + text[span.end :]
    block, gone = _block(post, span), _with_blanks(text, span)
    prefix = prefix_at(text, block.start)
    slot = _slot(post, words, prefix, newline)
    if gone.start <= block.start and block.end <= gone.end:
        return text[: block.start] + slot + text[block.end :]
    # a blank line would part the items of a list that is written without any
    spacing = newline if prefix and prefix.isspace() else newline + prefix.rstrip() + newline
    end = max(block.end, gone.end)
    return text[: gone.start] + text[gone.end : end] + spacing + prefix + slot + text[end:]


def _slot(post: Post, words: str, prefix: str, newline: str) -> str:
    opening = render_marker(post.dialect, words)
    closing = render_marker(post.dialect, "/fill")
    return f"{opening}{newline}{prefix}{closing}"


def _block(post: Post, span: Span) -> Node:
    """The block that holds a placeholder."""
    return path_to(post.tree, span.start)[-1]


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
