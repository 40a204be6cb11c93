"""`benchpost check` as a person, a program and GitHub meet it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchpost.cli import check as check_verb
from benchpost.cli import main

UNFILLED = """\
# A

{/* fill equation op_time */}
{/* /fill */}

Half of it is {/* = 10 / 2 : .0f */}4{/* /= */}.

TODO: diagram of a matmul

TODO: photo of us
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a post that nobody has filled."""
    (tmp_path / "benchpost.toml").write_text("")
    (tmp_path / "posts/a").mkdir(parents=True)
    (tmp_path / "posts/a/index.mdx").write_text(UNFILLED)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


TEXT = """\
posts/a/index.mdx:6:15: S005 the value is 5, not 4
    --- a/posts/a/index.mdx
    +++ b/posts/a/index.mdx
    @@ -4,5 +4,5 @@
     {/* /fill */}
    ·
    -Half of it is {/* = 10 / 2 : .0f */}4{/* /= */}.
    +Half of it is {/* = 10 / 2 : .0f */}5{/* /= */}.
    ·
     TODO: diagram of a matmul
    mend: benchpost fill posts/a/index.mdx
posts/a/index.mdx:8:1: T001 placeholder is not filled: diagram of a matmul; \
`fill diagram matmul` would
    mend: benchpost todo --apply posts/a/index.mdx
posts/a/index.mdx:10:1: T001 placeholder is not filled: photo of us; no figure fits, \
write your own in figures.py
"""


def test_findings_have_place_diff_and_command(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line for each, indented below it what would change and what mends it."""
    assert main(["check", "--ignore", "S003"]) == 1
    assert capsys.readouterr().out == TEXT.replace("·", " ")


def test_selected_checks_alone_decide(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Codes are given whole or by their beginning; what is not chosen does not fail."""
    assert main(["check", "--select", "R,f"]) == 0
    assert main(["check", "--select", "S", "--ignore", "S005,S003"]) == 0
    assert capsys.readouterr().out == ""


def test_json_has_every_field(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One object a finding."""
    assert main(["check", "--format", "json", "--select", "T001"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found[0] == {
        "code": "T001",
        "check": "placeholder is not filled",
        "path": "posts/a/index.mdx",
        "line": 8,
        "column": 1,
        "message": "placeholder is not filled: diagram of a matmul; `fill diagram matmul` would",
        "mend": "benchpost todo --apply posts/a/index.mdx",
        "severity": "error",
        "diff": "",
    }


def test_github_gets_annotations(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Workflow commands with file and line."""
    assert main(["check", "--format", "github", "--select", "S005"]) == 1
    assert capsys.readouterr().out == (
        "::error file=posts/a/index.mdx,line=6,col=15,title=S005::the value is 5, not 4"
        "%0Amend: benchpost fill posts/a/index.mdx\n"
    )


def test_placeholders_of_a_draft_are_warnings(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """They are shown and do not fail."""
    (project / "posts/a/index.mdx").write_text("---\ndraft: true\n---\n\nTODO: photo of us\n")
    assert main(["check"]) == 0
    assert capsys.readouterr().out == (
        "posts/a/index.mdx:5:1: warning: T001 placeholder is not filled: photo of us; no figure "
        "fits, write your own in figures.py\n"
    )


def test_one_broken_post_hides_no_other(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Posts that cannot be read are findings beside those of the others."""
    (project / "posts/latin").mkdir()
    (project / "posts/latin/index.md").write_bytes(b"# A\n\ncaf\xe9\n")
    (project / "posts/folder/index.mdx").mkdir(parents=True)
    (project / "posts/own").mkdir()
    (project / "posts/own/figures.py").write_text("import nothing_of_the_kind\n")
    (project / "posts/own/index.mdx").write_text("# B\n\n{/* = 1 + 1 */}3{/* /= */}\n")
    assert main(["check", "--ignore", "S003,T001"]) == 1
    said = [line for line in capsys.readouterr().out.split("\n") if line.startswith("posts")]
    assert said == [
        "posts/a/index.mdx:6:15: S005 the value is 5, not 4",
        "posts/folder/index.mdx:1:1: P004 cannot be read: Is a directory",
        "posts/latin/index.md:3:1: P004 byte 8 is not UTF-8 (invalid continuation byte); save "
        "the file as UTF-8",
        "posts/own/figures.py:1:1: S006 figures.py does not load: ModuleNotFoundError: No module "
        "named 'nothing_of_the_kind'",
        "posts/own/index.mdx:3:1: S005 the value is 2, not 3",
    ]


@pytest.mark.parametrize("where", ["posts/a", "."])
def test_the_command_works_where_it_was_printed(
    project: Path, where: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A path from the project's root is understood in every folder of the project."""
    monkeypatch.chdir(project / where)
    assert main(["check", "--select", "S"]) == 1
    assert main(["fill", "posts/a/index.mdx"]) == 0
    capsys.readouterr()
    assert main(["check", "--select", "S"]) == 0


def test_the_command_names_the_project_where_that_was_needed(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """From outside, and with blanks in its path, the printed command works as it is."""
    elsewhere = project / "else where"
    (elsewhere / "posts").mkdir(parents=True)
    (elsewhere / "benchpost.toml").touch()
    (project / "posts/a").rename(elsewhere / "posts/a b")
    monkeypatch.chdir("/")
    assert main(["check", "--project", str(elsewhere), "--select", "S005"]) == 1
    last = capsys.readouterr().out.split("\n")[-2]
    assert last == f"    mend: benchpost fill 'posts/a b/index.mdx' --project '{elsewhere}'"
    monkeypatch.chdir(elsewhere)
    assert main(["check", "--project", ".", "--select", "S005"]) == 1
    last = capsys.readouterr().out.split("\n")[-2]
    assert last == "    mend: benchpost fill 'posts/a b/index.mdx'"


CLEAN = """\
# B

{/* fill chart decode gpu="RTX 4090" model="Qwen3-4B" */}
{/* /fill */}
"""

WATCHED = """
import sys
ACTS = ("socket.connect", "subprocess.Popen", "os.fork", "os.mkdir", "os.rename", "os.remove")
opened = []
def hook(event, arguments):
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & 3:
        opened.append(arguments[0])
    if event in ACTS:
        opened.append(event)
sys.dont_write_bytecode = True
sys.addaudithook(hook)
from benchpost.cli import main
code = main(["check"])
heavy = {"matplotlib", "numpy", "jupyter_client", "zmq", "nbformat", "socket"} & set(sys.modules)
print(code, sorted(heavy), opened)
"""


def test_a_check_writes_nothing_runs_nothing_and_imports_nothing_heavy(project: Path) -> None:
    """No file is opened for writing, no process or connection started, matplotlib not imported."""
    (project / "posts/a/index.mdx").write_text(CLEAN)
    assert main(["fill"]) == 0
    command = [sys.executable, "-c", WATCHED]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=True)
    assert done.stdout == "0 [] []\n"


def test_pictures_can_be_drawn_anew_and_compared(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--redraw` finds a picture whose seal is in order but which comes out otherwise now."""
    figures = (
        "from benchpost.figures.types import Drawing, Fragment\n"
        "from pathlib import Path\n"
        "def dot(facts) -> Fragment:\n"
        "    draw = lambda: b'<svg>' + Path('words').read_bytes() + b'</svg>'\n"
        "    return Fragment('![dot](./figures/dot.svg)', (Drawing('dot.svg', '', draw),))\n"
    )
    (project / "posts/a/figures.py").write_text(figures)
    (project / "posts/a/index.mdx").write_text("{/* fill dot */}\n{/* /fill */}\n")
    (project / "words").write_text("one")
    assert main(["fill"]) == 0
    assert main(["check", "--redraw"]) == 0
    (project / "words").write_text("two")
    assert main(["check"]) == 0
    capsys.readouterr()
    assert main(["check", "--redraw"]) == 1
    assert capsys.readouterr().out == (
        "posts/a/index.mdx:1:1: F003 figures/dot.svg comes out otherwise when it is drawn anew\n"
        "    mend: benchpost fill --redraw posts/a/index.mdx\n"
    )
    assert main(["fill", "--redraw", "posts/a/index.mdx"]) == 0
    assert main(["check", "--redraw"]) == 0


def test_many_posts_are_shared_out_and_reported_in_order(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Workers give what one process gives."""
    for number in range(9):
        (project / f"posts/p{number}").mkdir()
        (project / f"posts/p{number}/index.mdx").write_text(f"{{/* = {number} */}}9{{/* /= */}}\n")
    assert main(["check"]) == 1
    alone = capsys.readouterr().out
    monkeypatch.setattr(check_verb, "FORKING", 0.0)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    assert main(["check"]) == 1
    assert capsys.readouterr().out == alone
