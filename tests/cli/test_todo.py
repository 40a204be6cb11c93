"""`benchpost todo` as a person and a program meet it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchpost.cli import main

POST = """\
# A

## KV cache

Qwen3-8B keeps a key and a value for each token.

TODO: equation for the KV cache bytes

TODO: photo of us
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a post that has placeholders, and one that cannot be read."""
    (tmp_path / "benchpost.toml").write_text("")
    for name in ("a", "b"):
        (tmp_path / "posts" / name).mkdir(parents=True)
    (tmp_path / "posts/a/index.mdx").write_text(POST)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_placeholders_are_listed_with_what_fits(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Place, wish, the best slot and near ones; or that there is none."""
    assert main(["todo"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(
        "posts/a/index.mdx:7: equation for the KV cache bytes\n"
        '    fill equation kv_bytes\n    or: fill equation kv_bytes_per_token model="Qwen3-8B"\n'
    )
    assert out.endswith(
        "posts/a/index.mdx:9: photo of us\n"
        "    no figure fits: write your own in figures.py beside the post\n"
    )
    assert (project / "posts/a/index.mdx").read_text() == POST


def test_slots_are_written_where_placeholders_stood(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--apply` writes the best slot, says so, and leaves what nothing fits, which is exit 1."""
    assert main(["todo", "--apply"]) == 1
    slot = "fill equation kv_bytes"
    out, err = capsys.readouterr()
    assert err == "benchpost: 1 of 2 placeholders remains: posts/a/index.mdx:9\n"
    assert out == (
        "posts/a/index.mdx:7: equation for the KV cache bytes\n"
        f"    written: {slot}\n"
        "posts/a/index.mdx:9: photo of us\n"
        "    no figure fits: write your own in figures.py beside the post\n"
    )
    placeholder = "TODO: equation for the KV cache bytes"
    applied = POST.replace(placeholder, f"{{/* {slot} */}}\n{{/* /fill */}}")
    assert (project / "posts/a/index.mdx").read_text() == applied


def test_json_tells_programs(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One object a placeholder."""
    assert main(["todo", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told[1] == {
        "path": "posts/a/index.mdx",
        "line": 9,
        "column": 1,
        "asks": "photo of us",
        "wants": "image",
        "slot": None,
        "others": [],
        "unclear": "",
        "outside_table": False,
        "applied": False,
    }


OPEN = """\
# A

TODO: roofline of the H100

TBD

| what |
| --- |
| TODO: diagram of a matmul |
"""


@pytest.mark.parametrize("words", [["todo"], ["todo", "--apply"]])
def test_what_is_left_to_the_author_is_told(
    words: list[str], project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An open name, a wish for nothing, and a cell that is too small are not written."""
    (project / "posts/a/index.mdx").write_text(OPEN)
    assert main(words) == int("--apply" in words)
    assert (project / "posts/a/index.mdx").read_text() == OPEN
    assert capsys.readouterr().out == (
        "posts/a/index.mdx:3: roofline of the H100\n"
        "    not clear: H100 may be H100 PCIe or H100 SXM or H100 NVL\n"
        '    or: fill chart roofline gpu="H100 PCIe"\n'
        '    or: fill chart roofline gpu="H100 SXM"\n'
        '    or: fill chart roofline gpu="H100 NVL"\n'
        "posts/a/index.mdx:5: nothing but TODO\n"
        "    it asks for nothing: write what should stand here\n"
        "posts/a/index.mdx:9: diagram of a matmul\n"
        "    after the table, as it is more than one line: fill diagram matmul\n"
    )


def test_check_tells_what_is_left_to_the_author(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No command is named that would not mend it."""
    (project / "posts/a/index.mdx").write_text(OPEN)
    assert main(["check", "--select", "T001", "posts/a/index.mdx"]) == 1
    assert capsys.readouterr().out.splitlines()[:4] == [
        "posts/a/index.mdx:3:1: T001 placeholder is not filled: roofline of the H100; "
        "H100 may be H100 PCIe or H100 SXM or H100 NVL",
        "    mend: benchpost todo posts/a/index.mdx",
        "posts/a/index.mdx:5:1: T001 placeholder is not filled; it asks for nothing, write what "
        "should stand here",
        "posts/a/index.mdx:9:3: T001 placeholder is not filled: diagram of a matmul; "
        "`fill diagram matmul` would, after the table",
    ]


def test_a_post_that_cannot_be_read_does_not_stop_the_others(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is told on stderr with its place; exit code 1."""
    (project / "posts/b/index.mdx").write_bytes(b"a\n\xff")
    assert main(["todo"]) == 1
    out, err = capsys.readouterr()
    assert "photo of us" in out
    assert err == (
        "benchpost: posts/b/index.mdx:2:1: byte 2 is not UTF-8 (invalid start byte); save the "
        "file as UTF-8\n"
    )
