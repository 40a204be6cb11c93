"""Verdicts and slots on thousands of files that nobody here wrote."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from post.corpus import corpus
from post.slots_in_files import survives

from benchpost.config import Project
from benchpost.findings import Finding
from benchpost.post.lint import lint
from benchpost.post.read import parse_post

pytestmark = pytest.mark.corpus
PROJECT = Project(Path(__file__).parent)


def findings(text: str) -> list[Finding]:
    post = parse_post(text, "index.mdx", Path(__file__).parent / "index.mdx")
    return lint(post, PROJECT)


def test_verdicts_agree_with_the_compiler() -> None:
    """A file has M findings exactly when the real compiler refuses it."""
    wrong = []
    for file in corpus():
        refusals = [found for found in findings(file.text) if found.check.name.startswith("M")]
        if file.compiles == bool(refusals):
            wrong.append((file.path, refusals[:3]))
    assert wrong == []


def test_slots_can_be_put_in_and_taken_out() -> None:
    """A slot after a random block is found with its container's prefix; without it the bytes
    are as before."""
    generator = random.Random(20251121)
    wrong = [
        (file.path, problem)
        for file in corpus()
        if (problem := survives(Path(file.path), file.text, generator))
    ]
    assert wrong == []
