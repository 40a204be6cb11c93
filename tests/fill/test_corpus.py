"""Slots in other people's files: filled, filled again, taken out, and still what they were."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from conftest import MdxCompile
from fill_figures import OWN
from post.corpus import CorpusFile, corpus
from post.slots_in_files import insertion, places

from benchpost.figures.types import Facts
from benchpost.fill.filled import fill_text
from benchpost.post.read import parse_post

pytestmark = pytest.mark.corpus

FIGURES = ("maths", "table", "picture", "say")
SEED = 5
COMPILED = 400
"""Files whose filled text the real compiler judges; all of them would take minutes."""


def filled(file: CorpusFile, generator: random.Random) -> tuple[str, str]:
    """The text with a filled slot after a random block; and what went wrong, or empty."""
    post = parse_post(file.text, file.path, Path(file.path))
    blocks = places(post)
    if not blocks:
        return file.text, ""
    at, lines, _ = insertion(post, generator.choice(blocks))
    head = generator.choice(FIGURES)
    start, stop = lines.index("fill chart"), lines.index("*/}")
    lines = f"{lines[:start]}fill {head} {lines[stop:]}"
    slotted = file.text[:at] + lines + file.text[at:]
    once = fill_text(parse_post(slotted, file.path, Path(file.path)), Facts(), OWN)
    if once.findings:
        return once.text, f"{file.path}: {once.findings[0].place}: {once.findings[0].message}"
    again = fill_text(parse_post(once.text, file.path, Path(file.path)), Facts(), OWN)
    piece = once.pieces[0]
    ours = once.text[: piece.of.body.start] + once.text[piece.of.body.start + len(piece.text) :]
    bare = slotted[: piece.of.body.start] + slotted[piece.of.body.end :]
    if again.text != once.text or ours != bare or len(once.pieces) != 1:
        return once.text, f"{file.path}: filling {head} is not stable or touches the rest"
    return once.text, ""


def test_every_file_can_be_filled(mdx_compile: MdxCompile) -> None:
    """No figure breaks a file, a second filling changes nothing, and what compiled compiles."""
    generator = random.Random(SEED)
    results = [(file, *filled(file, generator)) for file in corpus()]
    assert [wrong for _, _, wrong in results if wrong] == []
    compiling = [text for file, text, _ in results if file.compiles]
    chosen = generator.sample(compiling, min(COMPILED, len(compiling)))
    assert [verdict.message for verdict in mdx_compile(chosen) if not verdict.ok] == []
