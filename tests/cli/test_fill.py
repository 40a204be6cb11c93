"""`benchpost fill` as a person and a program meet it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchpost.cli import main
from benchpost.cli.report import coloured

POST = """\
# A

{/* fill diagram matmul m=4 k=4 n=4 */}
{/* /fill */}

Half of it is {/* = 10 / 2 : .0f */}4{/* /= */}.
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a post that nobody has filled."""
    (tmp_path / "benchpost.toml").write_text("")
    (tmp_path / "posts/a").mkdir(parents=True)
    (tmp_path / "posts/a/index.mdx").write_text(POST)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_what_was_done_is_a_line_a_post(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Slots, values, figures drawn and removed; then nothing to do."""
    assert main(["fill"]) == 0
    assert capsys.readouterr().out == (
        "posts/a/index.mdx: filled 1 slot; filled 1 value; "
        "drew figures/diagram-matmul-m4-k4-n4.svg\n"
    )
    assert main(["fill", "posts/a"]) == 0
    assert capsys.readouterr().out == "posts/a/index.mdx: nothing to do\n"
    (project / "posts/a/index.mdx").write_text("# A\n")
    assert main(["fill"]) == 0
    assert capsys.readouterr().out == (
        "posts/a/index.mdx: removed figures/diagram-matmul-m4-k4-n4.svg\n"
    )


def test_open_placeholders_are_counted(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever fills, or builds, is told that something is still to be written."""
    (project / "posts/a/index.mdx").write_text("# A\n\nTODO: diagram of a matmul\n")
    assert main(["fill"]) == 0
    assert capsys.readouterr().out == (
        "posts/a/index.mdx: nothing to do; 1 placeholder is open, see `benchpost todo`\n"
    )


def test_a_diff_shows_what_changed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--diff` writes as ever and prints the change of the text."""
    assert main(["fill", "--diff"]) == 0
    lines = capsys.readouterr().out.split("\n")
    assert "-Half of it is {/* = 10 / 2 : .0f */}4{/* /= */}." in lines
    assert "+Half of it is {/* = 10 / 2 : .0f */}5{/* /= */}." in lines
    assert "}5{" in (project / "posts/a/index.mdx").read_text()


def test_json_tells_programs(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One object a post, with its findings."""
    (project / "posts/a/index.mdx").write_text(POST.replace("10 / 2", "10 / 0"))
    assert main(["fill", "--format", "json"]) == 1
    (told,) = json.loads(capsys.readouterr().out)
    assert {key: told[key] for key in ("path", "changed", "drawn", "removed")} == {
        "path": "posts/a/index.mdx",
        "changed": True,
        "drawn": ["figures/diagram-matmul-m4-k4-n4.svg"],
        "removed": [],
    }
    assert [finding["message"] for finding in told["findings"]] == ["cannot divide 10 by zero"]
    assert told["diff"].startswith("--- a/posts/a/index.mdx\n")


def test_what_cannot_be_filled_does_not_stop_the_rest(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A slot that fails and a post that cannot be read are told with their place; exit code 1."""
    (project / "posts/bad").mkdir()
    (project / "posts/bad/index.mdx").write_bytes(b"\xff")
    (project / "posts/a/index.mdx").write_text(POST.replace("m=4", "m=0"))
    assert main(["fill"]) == 1
    assert capsys.readouterr().out == (
        "posts/a/index.mdx: filled 1 value\n"
        "posts/a/index.mdx:3:25: S002 a matrix has at least one row and column, not 0\n"
        "posts/bad/index.mdx: not filled\n"
        "posts/bad/index.mdx:1:1: P004 byte 0 is not UTF-8 (invalid start byte); save the file as "
        "UTF-8\n"
    )


def test_a_terminal_gets_colours() -> None:
    """Places are bold; removed lines red, added ones green."""
    text = "a.mdx:1:2: S005 said: so\n    -old\n    +new\n     same\n    mend: do\n"
    assert coloured(text) == (
        "\x1b[1ma.mdx:1:2:\x1b[0m S005 said: so\n\x1b[31m    -old\x1b[0m\n\x1b[32m    +new\x1b[0m\n"
        "     same\n    mend: do\n"
    )
