"""`benchpost parse`: blocks and inlines of files as text and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchpost.cli import main


@pytest.fixture
def post(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small post in the current folder."""
    monkeypatch.chdir(tmp_path)
    file = Path("a.mdx")
    file.write_bytes(b"# A *b*\r\n\r\n<C d={1}/>\r\n")
    return file


def test_json_has_the_fields_of_mdast(post: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One file gives an array of its blocks."""
    assert main(["parse", str(post), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == [
        {"t": "heading", "l": [1, 1], "o": [0, 7], "anc": "", "depth": 1, "text": "A b"},
        {
            "t": "mdxJsxFlowElement",
            "l": [3, 3],
            "o": [11, 21],
            "anc": "",
            "name": "C",
            "attrs": [{"name": "d", "kind": "expr", "value": "1"}],
            "selfClosing": True,
        },
    ]


def test_text_is_an_outline(post: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Lines, depth, and the fields that say something."""
    assert main(["parse", str(post), "--inlines"]) == 0
    assert capsys.readouterr().out == (
        '        1    text value="A "\n        1    emphasis\n        1      text value="b"\n'
    )


def test_records_of_several_files_name_theirs(
    post: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With more than one file, each record says which it is of; an empty file has none."""
    Path("b.md").write_text("")
    assert main(["parse", str(post), "b.md", "--format", "json"]) == 0
    assert {record["file"] for record in json.loads(capsys.readouterr().out)} == {"a.mdx"}
    assert main(["parse", "b.md", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_a_missing_file_is_wrong_use(post: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2 and one sentence."""
    assert main(["parse", "c.mdx"]) == 2
    assert capsys.readouterr().err == "benchpost: no file c.mdx\n"
