"""`benchpost run` as a person meets it."""

from __future__ import annotations

import io
import json
import shlex
from pathlib import Path

import pytest

from benchpost.cli import main
from benchpost.cli.run import Lines
from benchpost.config import Project
from benchpost.errors import Place
from benchpost.findings import Finding
from benchpost.post.read import read_post
from benchpost.record.fresh import judge
from benchpost.record.results import load
from benchpost.record.run import Outcome
from benchpost.record.session import SnippetError

GOOD = """\
# Good

```python bench id="one" keep="x:ms"
x = 3
print("hi")
```

```python bench id="gpu" needs="cuda"
y = 4
```
"""

BAD = """\
# Bad

```python bench id="fine"
def f(a):
    return 1 / a
```

Text between.

```python bench id="bad"
f(0)
```
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two posts, on a machine of a known name without GPU."""
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    monkeypatch.delenv("BENCHPOST_MACHINE", raising=False)
    for name, text in (("bad", BAD), ("good", GOOD)):
        (tmp_path / "posts" / name).mkdir(parents=True)
        (tmp_path / "posts" / name / "index.mdx").write_text(text)
    (tmp_path / "benchpost.toml").write_text("timeout = 60\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.kernel
def test_run_records_what_runs_and_says_what_does_not(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line a post, one for each skipped snippet, a traceback in the post's own lines, exit 1."""
    assert main(["run", "--machine", "box"]) == 1
    out, err = capsys.readouterr()
    first, second = out.splitlines()
    assert first == (
        "posts/good/index.mdx:8: 'gpu' is skipped: needs `cuda`: no NVIDIA GPU that a process "
        "may use"
    )
    assert second.startswith("posts/good/index.mdx: recorded 1 snippet on box in ")
    assert err == (
        "benchpost: posts/bad/index.mdx:5:1: snippet 'bad': ZeroDivisionError: division by zero\n"
        "    Traceback (most recent call last):\n"
        '      File "posts/bad/index.mdx", line 11, in <module>\n'
        "        f(0)\n"
        '      File "posts/bad/index.mdx", line 5, in f\n'
        "        return 1 / a\n"
        "               ~~^~~\n"
        "    ZeroDivisionError: division by zero\n"
        "    nothing of this post was recorded, older results stay: "
        "mend the snippet, or give it a post of its own\n"
    )
    recorded = json.loads((project / "posts/good/results/box.json").read_text("utf-8"))
    assert recorded["results"]["one"]["values"] == {"x": {"unit": "second", "value": 0.003}}
    assert not (project / "posts/bad/results").exists()

    assert main(["run", "posts/good"]) == 0
    assert capsys.readouterr().out.splitlines()[1] == "posts/good/index.mdx: nothing to run"

    target = project / "good.ipynb"
    assert main(["run", "posts/good/index.mdx", "--notebook", str(target)]) == 0
    cells = json.loads(target.read_text("utf-8"))["cells"]
    assert [cell["cell_type"] for cell in cells] == ["markdown", "code", "code"]
    assert cells[1]["outputs"][0]["text"] == ["hi\n"]
    said = f"{target}: the post as a notebook, results of box\n"
    assert capsys.readouterr().out.endswith(said)


def test_list_says_what_would_run_and_why(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is run or written."""
    assert main(["run", "--list", "posts/good"]) == 0
    assert capsys.readouterr().out == (
        "posts/good/index.mdx:3: 'one' would run: never recorded\n"
        "posts/good/index.mdx:8: 'gpu' is skipped: needs `cuda`: no NVIDIA GPU that a process may "
        "use\n"
    )
    assert not (project / "posts/good/results").exists()


def test_list_goes_on_after_a_post_that_cannot_be_read(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The other posts are listed, the exit code says that one is wrong."""
    (project / "posts/bad/index.mdx").write_bytes(b"\xff")
    assert main(["run", "--list"]) == 1
    out, err = capsys.readouterr()
    assert "is not UTF-8" in err
    assert "'one' would run" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["--jobs", "0"],
            "argument --jobs: '0' is not a number from 1; see `benchpost run --help`",
        ),
        (
            ["--list", "--prune"],
            "argument --prune: not allowed with argument --list; see `benchpost run --help`",
        ),
        (["--machine", "a/b"], "'a/b' cannot name a machine; use letters, digits, `.`, `_`, `-`"),
        (["--notebook", "x.ipynb"], "--notebook takes one post, not 2"),
        (["nowhere"], "no file nowhere"),
    ],
)
def test_wrong_words_are_refused(
    project: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    """Exit code 2 and one sentence."""
    assert main(["run", *words]) == 2
    assert capsys.readouterr().err == f"benchpost: {said}\n"


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_what_runs(project: Path) -> None:
    """One line refreshed in place, wiped before anything is printed; without terminal, nothing."""
    post = read_post(project / "posts/good/index.mdx", Project(project))
    shown: list[str] = []
    for err in (Terminal(), io.StringIO()):
        lines = Lines("box", io.StringIO(), err)
        lines.began(post, post.snippets[0], 1, 2)
        lines.tick()
        lines.ended(Outcome(post.path, recorded=("one",)))
        lines.tick()
        shown.append(err.getvalue())
    line = "\r\x1b[Kposts/good/index.mdx  1/2  one  0.0 s"
    assert shown == [f"{line}{line}\r\x1b[K", ""]


def test_a_failure_shows_its_traceback_below(project: Path) -> None:
    """Indented under the sentence, on the error stream."""
    err = io.StringIO()
    failure = SnippetError("snippet 'x': Boom", Place("a.mdx", 3), "Traceback:\n  line\n")
    Lines("box", io.StringIO(), err).ended(Outcome("a.mdx", failure=failure))
    assert err.getvalue() == (
        "benchpost: a.mdx:3:1: snippet 'x': Boom\n    Traceback:\n      line\n"
        "    nothing of this post was recorded, older results stay: "
        "mend the snippet, or give it a post of its own\n"
    )


def test_pruning_tells_what_it_removes(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing disappears silently, nothing is run, and a file that cannot be read is exit 1."""
    (project / "posts/good/results").mkdir()
    file = project / "posts/good/results/box.json"
    file.write_text('{"format": 1, "machine": "box", "results": {"old": 0}}')
    assert main(["run", "--prune"]) == 0
    assert capsys.readouterr().out == (
        "posts/bad/index.mdx: nothing to remove\n"
        "posts/good/index.mdx: removed the result of 'old' in box.json\n"
    )
    file.write_text("<<<<")
    assert main(["run", "--prune", "posts/good"]) == 1
    assert capsys.readouterr().err == (
        "benchpost: posts/good/results/box.json:1:1: not JSON: Expecting value; "
        "restore it from version control, or delete it to record anew\n"
    )


USING = """\
```python bench id="one" keep="x"
import helper
from IPython.display import SVG
x = helper.one + float(open("data.csv").read())
SVG("<svg/>")
```
"""

TAMPERINGS = {
    "R002": ("posts/good/index.mdx", "import helper", "import helper  # again"),
    "R003 helper": ("helper.py", "1", "2"),
    "R003 data": ("posts/good/data.csv", "1", "2"),
    "R004 value": ("posts/good/results/box.json", '"value": ', '"value": 4'),
    "R004 picture": ("posts/good/results/box/one-1.svg", "<svg/>", "<svg>4</svg>"),
    "R001 R006": ("posts/good/index.mdx", 'id="one"', 'id="two"'),
}


@pytest.mark.kernel
def test_what_is_found_is_mended_by_the_command_it_names(project: Path) -> None:
    """Snippet, module, data, result, picture, file and name: found, run as told, not found."""
    post = project / "posts/good/index.mdx"
    post.write_text(USING)
    (project / "helper.py").write_text("one = 1\n")
    (project / "posts/good/data.csv").write_text("1\n")
    assert main(["run", "--machine", "box", "posts/good"]) == 0
    assert _findings(post, project) == []
    for code, (path, old, new) in TAMPERINGS.items():
        file = project / path
        file.write_text(file.read_text().replace(old, new, 1))
        found = _findings(post, project)
        assert code[:4] in {finding.check.name for finding in found}, code
        for finding in found:
            assert main(shlex.split(finding.mend)[1:]) == 0
        assert _findings(post, project) == [], code


def _findings(post: Path, project: Path) -> list[Finding]:
    read = read_post(post, Project(project))
    loaded, findings = load(post, Project(project))
    return [*findings, *judge(read, loaded, Project(project))]
