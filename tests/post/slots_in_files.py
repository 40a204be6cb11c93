"""Putting a slot into a file and taking it out again, for tests of many files."""

from __future__ import annotations

import random
from pathlib import Path

from benchpost.post.document import Post, Slot
from benchpost.post.marks import Option, options_text, prefix_at, render_marker
from benchpost.post.nodes import (
    Blockquote,
    Code,
    FootnoteDefinition,
    JsxFlow,
    ListItem,
    Math,
    Node,
    Root,
)
from benchpost.post.read import parse_post
from benchpost.post.walk import walk

HOLDERS = (Root, Blockquote, ListItem, JsxFlow, FootnoteDefinition)
OPTIONS: dict[str, Option] = {"gpu": 'a "b" */ | -->', "m": 512}


def places(post: Post) -> list[Node]:
    """Blocks that end their line, after which a line of the same container may stand."""
    return [
        block
        for holder in walk(post.tree)
        if isinstance(holder, HOLDERS)
        for block in holder.children
        if _ends_its_line(block, post.text)
    ]


def _ends_its_line(block: Node, text: str) -> bool:
    if isinstance(block, Code) and not block.closed:
        return False
    if isinstance(block, Math) and not text[block.start : block.end].rstrip().endswith("$$"):
        return False
    return not text[block.end : _line_end(text, block.end)].strip()


def _line_end(text: str, offset: int) -> int:
    end = text.find("\n", offset)
    return len(text) if end < 0 else end - (text[end - 1 : end] == "\r" and end > offset)


def insertion(post: Post, block: Node) -> tuple[int, str, str]:
    """Where the lines of a slot after `block` go, the lines, and the prefix they have."""
    eol = "\r\n" if "\r\n" in post.text else "\n"
    prefix = prefix_at(post.text, block.start)
    head = f"fill chart roofline {options_text(OPTIONS)}"
    opening, closing = (render_marker(post.dialect, inner) for inner in (head, "/fill"))
    blank = eol + prefix.rstrip()
    lines = f"{blank}{eol}{prefix}{opening}{blank}{eol}{prefix}{closing}{blank}"
    return _line_end(post.text, block.end), lines, prefix


def survives(file: Path, text: str, generator: random.Random) -> str:
    """Put a slot after a random block and take it out again; what went wrong, or empty."""
    post = parse_post(text, file.name, file)
    blocks = places(post)
    if not blocks:
        return ""
    block = generator.choice(blocks)
    at, lines, prefix = insertion(post, block)
    longer = text[:at] + lines + text[at:]
    again = parse_post(longer, file.name, file)
    new = [slot for slot in again.slots if at <= slot.span.start < at + len(lines)]
    if len(new) != 1:
        return f"{len(new)} slots after the {block.type} on line {block.first}"
    return _differences(new[0], prefix, longer, lines, text)


def _differences(slot: Slot, prefix: str, longer: str, lines: str, text: str) -> str:
    if (slot.prefix, dict(slot.options), slot.inline) != (prefix, OPTIONS, False):
        return f"prefix {slot.prefix!r} for {prefix!r}, inline {slot.inline}, {slot.options}"
    # what is left of the inserted lines around the slot is white space and the prefix
    before, after = lines.split(longer[slot.span.start : slot.span.end])
    removed = longer[: slot.span.start - len(before)] + longer[slot.span.end + len(after) :]
    return "" if removed == text else "removing the slot leaves other bytes"
