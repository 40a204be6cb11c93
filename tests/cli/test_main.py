"""The frame of the command line: verbs, help, errors in one line, exit codes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchpost import __version__, cli
from benchpost.cli import INTERRUPTED, PIPE_CLOSED, VERBS, main
from benchpost.cli import check as check_verb
from benchpost.errors import BenchpostError, Place

WRONG = {
    ("chek",): "no verb 'chek'; did you mean 'check'?",
    ("--project", "x", "frobnicate"): f"no verb 'frobnicate'; verbs are {', '.join(VERBS)}",
    ("check", "--frobnicate"): "unrecognized arguments: --frobnicate; see `benchpost --help`",
    ("check", "--format", "xml"): (
        "argument --format: invalid choice: 'xml' (choose from 'text', 'json', 'github'); "
        "see `benchpost check --help`"
    ),
    ("check", "nowhere.mdx"): "no file nowhere.mdx",
    ("check", "--project", "nowhere"): "no folder nowhere",
    ("check", "--select", "S9"): "no check 'S9'; did you mean 'S009'?",
    ("check", "--ignore", "S033"): "no check 'S033'; did you mean 'S003'?",
    (): "the following arguments are required: VERB; see `benchpost --help`",
}


@pytest.mark.parametrize("words", WRONG, ids=lambda words: " ".join(words) or "nothing")
def test_wrong_use_is_one_line_and_exit_code_2(
    words: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What is wrong and what would be right; no usage text over it, no traceback."""
    monkeypatch.chdir(tmp_path)
    assert main(list(words)) == 2
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"benchpost: {WRONG[words]}\n")


def test_a_project_without_posts_is_wrong_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A check of nothing must not look like a check that passed."""
    assert main(["check", "--project", str(tmp_path)]) == 2
    assert capsys.readouterr().err == (
        f"benchpost: no post in {tmp_path}/posts, where each is a folder with an index.mdx or "
        "index.md\n"
    )


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_with_examples(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The examples begin with the verb that they show."""
    with pytest.raises(SystemExit) as caught:
        main([verb, "--help"])
    assert caught.value.code == 0
    said = capsys.readouterr().out
    examples = said.partition("examples:\n")[2]
    assert f"benchpost {verb}" in examples


def test_help_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    """Each with a line of its own, and examples below."""
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    said = capsys.readouterr().out
    assert [verb for verb in VERBS if f"\n    {verb} " not in said] == []
    assert "examples:" in said


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """One line."""
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert (caught.value.code, capsys.readouterr().out) == (0, f"benchpost {__version__}\n")


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (BenchpostError("wrong", Place("a.mdx", 2, 3)), 1, "benchpost: a.mdx:2:3: wrong\n"),
        (
            KeyboardInterrupt(),
            INTERRUPTED,
            "benchpost: interrupted; what was not finished is not written\n",
        ),
    ],
)
def test_what_a_verb_raises_becomes_an_exit_code(
    error: BaseException,
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Our errors are a line on stderr; Ctrl-C is quiet."""

    def raises(args: object) -> int:
        raise error

    monkeypatch.setattr(check_verb, "act", raises)
    assert main(["check"]) == code
    assert capsys.readouterr().err == said


def test_a_bug_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing but our own errors is caught."""

    def raises(args: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(check_verb, "act", raises)
    with pytest.raises(ZeroDivisionError):
        main(["check"])


def run(*words: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    program = "import sys; from benchpost.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", program, *words]
    environment = {**os.environ, **environment}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)


ENDLESS = """
import sys
from benchpost.cli import check, main
check.act = lambda args: max(len(str(print("x" * 100_000))) for _ in range(10_000))
sys.exit(main(["check"]))
"""


def test_a_reader_that_leaves_is_no_error() -> None:
    """`benchpost check | head` ends quietly."""
    command = [sys.executable, "-c", ENDLESS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == PIPE_CLOSED


def test_a_terminal_without_unicode_gets_escapes(tmp_path: Path) -> None:
    """What cannot be shown is escaped, never a traceback."""
    (tmp_path / "a.mdx").write_text("TODO: größer – 🙂\n")
    done = run("todo", "a.mdx", cwd=tmp_path, PYTHONIOENCODING="ascii", LC_ALL="C")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("a.mdx:1: gr\\xf6\\xdfer \\u2013 \\U0001f642\n")


def test_only_the_module_of_the_verb_is_imported(tmp_path: Path) -> None:
    """Each verb pays for itself alone."""
    program = (
        "import sys; from benchpost.cli import main; "
        "main(['parse', 'a.mdx']); "
        "print([name for name in sys.modules if name.startswith('benchpost.cli.')])"
    )
    (tmp_path / "a.mdx").write_text("")
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "['benchpost.cli.arguments', 'benchpost.cli.parse']\n"


def test_every_verb_of_the_table_is_a_module() -> None:
    """A module of the folder that is not in the table would be no verb."""
    folder = Path(cli.__file__).parent
    shared = {"__init__", "arguments", "progress", "report"}
    # parts of the verbs `skills` and `simulate`
    parts = {"skills_freshness", "skills_moves", "simulated", "simulated_trust"}
    modules = {file.stem for file in folder.glob("*.py")} - shared - parts
    assert {name.rpartition(".")[2] for name in VERBS.values()} == modules
