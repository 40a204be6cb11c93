"""`benchpost import`: a notebook becomes a draft post."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchpost.cli import main
from benchpost.config import Project
from benchpost.post.read import read_post

CELLS = [
    {"cell_type": "markdown", "metadata": {}, "source": '# Peaks of "my" card\n\nSome prose.'},
    {
        "cell_type": "code",
        "metadata": {"benchpost": 'id="peaks" keep="rate:B/s"'},
        "source": "rate = 3e9",
        "outputs": [],
        "execution_count": None,
    },
]


def notebook(folder: Path) -> Path:
    file = folder / "My Peaks.ipynb"
    whole = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": CELLS}
    file.write_text(json.dumps(whole))
    return file


def test_a_notebook_becomes_a_draft_with_its_snippets(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Title from the first heading, cells in order, declared cells as snippets, draft."""
    assert main(["import", str(notebook(tmp_path)), "--project", str(tmp_path)]) == 0
    said = "posts/my-peaks/index.md: written as a draft; next: benchpost run\n"
    assert capsys.readouterr().out == said
    post = read_post(tmp_path / "posts" / "my-peaks" / "index.md", Project(tmp_path))
    assert (post.front["title"], post.is_draft) == ('Peaks of "my" card', True)
    assert [(each.id, each.code) for each in post.snippets] == [("peaks", "rate = 3e9")]
    assert "Some prose." in post.text


def test_a_post_that_is_there_is_never_written_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file stays and the exit code says wrong use."""
    there = tmp_path / "posts" / "my-peaks" / "index.md"
    there.parent.mkdir(parents=True)
    there.write_text("mine\n")
    assert main(["import", str(notebook(tmp_path)), "--project", str(tmp_path)]) == 2
    assert "posts/my-peaks/index.md is there already" in capsys.readouterr().err
    assert there.read_text() == "mine\n"


def test_what_is_no_notebook_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Any other file is named as such, and nothing is written."""
    file = tmp_path / "a.ipynb"
    file.write_text("{}")
    assert main(["import", str(file), "--project", str(tmp_path)]) == 1
    assert "this is not a notebook" in capsys.readouterr().err
    assert not (tmp_path / "posts").exists()
