"""`benchpost skills` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchpost.cli import main

SOUND = "---\nname: x\ndescription: Draws. Use when asked\n---\n"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A catalogue of two skills in the current folder."""
    monkeypatch.chdir(tmp_path)
    for path, text in (
        ("skills/a/DESCRIPTION.md", "---\ndescription: Letters\n---\n"),
        ("skills/a/b/x/SKILL.md", SOUND),
        (
            "skills/y/SKILL.md",
            "---\nname: y\ndescription: Walks. Use when asked\nversion: 1\n---\n",
        ),
    ):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path / "skills"


def test_list_by_category(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Skills stand below their category, with inherited descriptions; a prefix includes all."""
    assert main(["skills", "list", "skills", "--category", "a"]) == 0
    assert capsys.readouterr().out == "a/b (1): Letters\n  x: Draws. Use when asked\n"


def test_list_as_json(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """JSON gives the address of each skill."""
    assert main(["skills", "list", "skills", "--format", "json", "--flat", "{name}"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(each["identity"], each["category"]) for each in found] == [
        ("a/b/x", "a/b"),
        ("y", "y"),
    ]


def test_check_and_fix(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A finding is named from the current folder, and `--fix` mends it."""
    assert main(["skills", "check", "skills", "--select", "K01"]) == 1
    assert capsys.readouterr().out == (
        "skills/y/SKILL.md:4:1: K013 the profile spec does not know the field 'version'; move it"
        " under `metadata`\n"
    )
    assert main(["skills", "check", "skills", "--fix"]) == 0
    assert capsys.readouterr().err == "mended skills/y/SKILL.md\n"
    assert "metadata:\n  version: 1\n" in (tree / "y/SKILL.md").read_text(encoding="utf-8")


def test_a_folder_that_is_not_there(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Wrong use is exit code 2 and one sentence."""
    assert main(["skills", "check", "gone"]) == 2
    assert capsys.readouterr().err == "benchpost: no folder gone\n"
