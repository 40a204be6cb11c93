"""`benchpost commands` as a person, a program and GitHub meet it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchpost.cli import main
from benchpost.commands.facts import load

PAGE = """\
# A server

```bash
vllm serve MODEL --swap-space 4 --omni
```
"""
DECLARED = f'---\ncommands: {{vllm: "0.33.0", allow: ["--omni"]}}\n---\n\n{PAGE}'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a page that declares what it speaks of and one that does not."""
    (tmp_path / "benchpost.toml").write_text("")
    (tmp_path / "posts/a").mkdir(parents=True)
    (tmp_path / "posts/a/index.md").write_text(DECLARED)
    (tmp_path / "README.md").write_text(PAGE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


GONE = (
    "C003 `--swap-space` is gone from `vllm serve` since 0.18.0 (last in 0.17.0); "
    "leave it out: a preempted request is computed again\n"
)
OMNI = "C002 `--omni` is no flag of `vllm serve` in 0.33.0, nor of any release examined\n"

RUNS = [
    (["README.md", "posts"], 1, f"posts/a/index.md:8:18: {GONE}"),
    (["posts"], 1, f"posts/a/index.md:8:18: {GONE}"),
    (
        ["README.md", "--tool", "vllm", "--version", "0.33.0"],
        1,
        f"README.md:4:18: {GONE}README.md:4:33: {OMNI}",
    ),
    (["README.md", "--tool", "vllm", "--allow", "omni"], 1, f"README.md:4:18: {GONE}"),
    (["README.md", "--tool", "vllm", "--allow=--omni"], 1, f"README.md:4:18: {GONE}"),
    (["README.md", "--tool", "vllm", "--ignore", "C002,C003"], 0, ""),
    (["README.md", "--tool", "vllm", "--select", "C01"], 0, ""),
    (["README.md", "--tool", "vllm", "--version", "0.17.0", "--ignore", "C002"], 0, ""),
    (["posts", "--tool", "vllm", "--version", "0.17.0"], 0, ""),
]


@pytest.mark.parametrize(("words", "code", "out"), RUNS, ids=lambda value: str(value)[:50])
def test_pages_by_what_is_asked_or_declared(
    project: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: int, out: str
) -> None:
    """The words decide, else the page; 1 with an error, 0 without."""
    assert main(["commands", *words]) == code
    assert capsys.readouterr().out == out


def test_json_and_github(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The formats of `check`, with the same fields."""
    main(["commands", "posts", "--format", "json"])
    (record,) = json.loads(capsys.readouterr().out)
    assert (record["code"], record["line"], record["column"]) == ("C003", 8, 18)
    main(["commands", "posts", "--format", "github"])
    assert capsys.readouterr().out.startswith(
        "::error file=posts/a/index.md,line=8,col=18,title=C003::`--swap-space` is gone"
    )


WRONG = [
    ([], "name files or folders; see `benchpost commands --help`"),
    (["README.md", "--tool", "vlm"], "no facts on the tool 'vlm'; did you mean 'vllm'?"),
    (["README.md", "--version", "1"], "--version is the release of a tool: name it with --tool"),
    (
        ["README.md", "--tool", "vllm", "--version", "new"],
        "'new' is no release of vllm; write e.g. 0.33.0",
    ),
    (["nothing.md", "--tool", "vllm"], "no file nothing.md"),
    (
        ["README.md"],
        "README.md declares no tool; nothing was checked; name one with --tool, e.g. `--tool vllm`",
    ),
    (
        ["README.md", "README.md"],
        "README.md, README.md declare no tool; nothing was checked; name one with --tool, "
        "e.g. `--tool vllm`",
    ),
]


@pytest.mark.parametrize(("words", "message"), WRONG, ids=lambda value: str(value)[:40])
def test_wrong_use(
    project: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    """One line that says what would be right, and exit code 2."""
    assert main(["commands", *words]) == 2
    assert capsys.readouterr().err == f"benchpost: {message}\n"


def test_pages_that_are_not_checked_are_named(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Beside pages that declare a tool, those that declare none are not silently green."""
    for name in ("b.md", "c.md", "d.md"):
        (project / name).write_text("---\ncommands: {allow: [--omni]}\n---\n\n    vllm serv\n")
    assert main(["commands", "b.md", "README.md", "c.md", "d.md", "posts"]) == 1
    assert capsys.readouterr().err == (
        "benchpost: not checked: b.md, README.md, c.md and 1 more declare no tool; "
        "name one with --tool, e.g. `--tool vllm`\n"
    )


def test_pages_elsewhere_are_named_as_they_were_given(
    project: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """From outside the project a place is a path that works from where the reader stands."""
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    page = project / "README.md"
    assert main(["commands", str(page), "--tool", "vllm", "--allow", "omni"]) == 1
    assert capsys.readouterr().out == f"{page}:4:18: {GONE}"


def test_the_tools_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """`--facts` says of each tool how far the facts reach."""
    assert main(["commands", "--facts"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["llama.cpp", "sglang", "vllm"]
    tool = load("vllm")
    assert lines[2].startswith(f"vllm {tool.version} ({tool.date}): {len(tool.versions)} releases,")
    assert f"({load('llama.cpp').date}): 1 release, " in lines[0]


def test_check_holds_the_commands_of_posts_that_declare_a_tool(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`benchpost check` says the same, among its own findings."""
    assert main(["check", "--select", "C"]) == 1
    assert capsys.readouterr().out == f"posts/a/index.md:8:18: {GONE}"


def test_what_is_declared_wrongly_is_a_finding(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A tool without facts in the front matter stops nothing."""
    (project / "posts/a/index.md").write_text(DECLARED.replace("vllm:", "vlm:"))
    assert main(["check", "--select", "C"]) == 1
    assert capsys.readouterr().out == (
        "posts/a/index.md:2:1: C022 `commands`: no facts on the tool 'vlm'; did you mean 'vllm'?\n"
    )


def test_posts_that_declare_no_tool_cost_nothing(project: Path) -> None:
    """Neither the facts nor the room are read for them."""
    (project / "posts/a/index.md").write_text(PAGE)
    code = (
        "import sys; from benchpost.cli import main; code = main(['check']);"
        "print(code, [name for name in sys.modules if name.startswith('benchpost.commands')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=project
    )
    assert done.stdout == "0 []\n"
