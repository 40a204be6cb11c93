"""The watch in the kernel, fed with events by hand."""

from __future__ import annotations

import itertools
import json
import os
import sys
from collections import deque
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy
import pytest

from benchpost.record.watch import Watch, begin, kept, report


@pytest.fixture
def watch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Watch:
    """A watch over a project; the current folder is the project's."""
    root = tmp_path / "project"
    root.mkdir()
    monkeypatch.chdir(root)
    made = Watch(str(root), str(tmp_path / "log"), 1000)
    begin(made, "s")
    return made


def told(watch: Watch) -> dict[str, Any]:
    answer = json.loads(report(watch, {}, []))
    return {
        "uses": [(os.path.relpath(path, watch.root), how) for path, how in answer["uses"]],
        "changed": [os.path.relpath(path, watch.root) for path in answer["changed"]],
        "trouble": answer["trouble"],
    }


def touch(*paths: str) -> None:
    for path in map(Path, paths):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(path.name)


def test_read_files_are_uses_and_others_are_not(watch: Watch) -> None:
    """Inside the project, by any spelling of the path; not outside, not by number, not devices."""
    touch("a.csv", "sub/b.csv")
    os.mkfifo("pipe")
    for path in ("a.csv", b"a.csv", Path("sub/../sub/b.csv"), 3, "/etc/hostname", "pipe"):
        watch.hook("open", (path, "r", os.O_RDONLY))
    assert told(watch)["uses"] == [("a.csv", "open"), ("sub/b.csv", "open")]


def test_files_by_a_link_to_the_project_are_uses(watch: Watch, tmp_path: Path) -> None:
    """A path through a link that leads into the project is a path in the project."""
    touch("a.csv")
    (tmp_path / "link").symlink_to("project")
    watch.hook("open", (str(tmp_path / "link" / "a.csv"), "r", os.O_RDONLY))
    assert told(watch)["uses"] == [("a.csv", "open")]


def test_written_first_is_no_input(watch: Watch) -> None:
    """What a snippet wrote and then reads is its own, also when it looked for it before."""
    watch.hook("open", ("cache", "r", os.O_RDONLY))
    watch.hook("open", ("cache", "w", os.O_WRONLY | os.O_CREAT | os.O_TRUNC))
    touch("cache", "moved")
    watch.hook("os.rename", ("tmp", "moved", -1, -1))
    for path in ("cache", "moved"):
        watch.hook("open", (path, "r", os.O_RDONLY))
    assert told(watch)["uses"] == []


def test_read_first_stays_an_input(watch: Watch) -> None:
    """What a snippet read and then wrote is an input, and its own writing is no foreign change."""
    touch("log", "table")
    watch.hook("open", ("log", "r", os.O_RDONLY))
    watch.hook("open", ("log", "a", os.O_WRONLY | os.O_APPEND))
    watch.hook("open", ("table", "r+", os.O_RDWR))
    Path("log").write_text("longer than it was")
    assert told(watch) == {
        "uses": [("log", "open"), ("table", "open")],
        "changed": [],
        "trouble": "",
    }


def test_a_change_by_someone_else_is_told(watch: Watch) -> None:
    """A file edited while the snippet runs is named: which of its states was read is unknown."""
    touch("data.csv")
    watch.hook("open", ("data.csv", "r", os.O_RDONLY))
    Path("data.csv").write_text("edited meanwhile")
    assert told(watch)["changed"] == ["data.csv"]


def test_what_was_not_there_is_a_use(watch: Watch) -> None:
    """Opening an absent file is remembered; what appears by unseen means is taken as written."""
    watch.hook("open", ("absent.csv", "r", os.O_RDONLY))
    watch.hook("open", ("native.bin", "r", os.O_RDONLY))
    watch.hook("open", ("from-fd", None, os.O_RDONLY))
    touch("native.bin")
    assert told(watch)["uses"] == [("absent.csv", "open")]


def test_listings_are_uses_but_not_those_of_the_importer(watch: Watch) -> None:
    """A listed folder is a use; that the import system looks around is none."""
    touch("data/a", "more/b")
    watch.hook("os.scandir", ("data",))
    watch.hook("os.listdir", (None,))
    seeking = compile("hook('os.listdir', ('more',))", "<frozen importlib._bootstrap>", "exec")
    exec(seeking, {"hook": watch.hook})
    assert told(watch)["uses"] == [(".", "list"), ("data", "list")]


@pytest.mark.parametrize(
    ("event", "arguments"),
    [
        ("subprocess.Popen", ("sh", ["sh", "bench.py", "--config=conf.yaml"], None, None)),
        ("subprocess.Popen", ("sh", "sh bench.py --config=conf.yaml", None, None)),
        ("subprocess.Popen", ("sh", [b"sh", Path("bench.py"), "conf.yaml"], None, None)),
        ("subprocess.Popen", ("sh", ["sh", "-c", "cat 'bench.py' < conf.yaml"], None, None)),
        ("subprocess.Popen", ("sh", ["sh", "../bench.py", "../conf.yaml"], "sub", None)),
        ("os.system", (b"python bench.py conf.yaml",)),
        ("os.exec", ("python", ["python", "bench.py", "conf.yaml"], None)),
        ("os.posix_spawn", ("python", ["python", "bench.py", "conf.yaml"], {})),
        ("os.spawn", (0, "python", ["python", "bench.py", "conf.yaml"], {})),
    ],
)
def test_files_given_to_commands_are_uses(
    watch: Watch, event: str, arguments: tuple[Any, ...]
) -> None:
    """Words of a command that name a project file, however the command is put."""
    touch("bench.py", "conf.yaml", "sub/x")
    watch.hook(event, arguments)
    assert told(watch)["uses"] == [("bench.py", "run"), ("conf.yaml", "run")]


def test_databases_are_uses(watch: Watch) -> None:
    """A database that is there is read and written; a new one is written."""
    touch("old.db")
    for name in ("old.db", "file:old.db?mode=ro", ":memory:", "new.db"):
        watch.hook("sqlite3.connect", (name,))
    Path("old.db").write_text("by the library itself")
    assert told(watch) == {"uses": [("old.db", "open")], "changed": [], "trouble": ""}


def test_modules_are_uses(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    """By their bytecode, by an extension's file, and those that were loaded before."""
    touch("one.py", "two.so", "three.py", "pkg/__init__.py")
    cached = "__pycache__/one.cpython-311.pyc"
    watch.hook("open", (cached, "rb", os.O_RDONLY))
    watch.hook("import", ("two", str(Path("two.so").resolve()), None, None, None))
    module = type(sys)("three")
    module.__file__ = str(Path("three.py").resolve())
    monkeypatch.setitem(sys.modules, "three", module)
    assert told(watch)["uses"] == [
        ("one.py", "import"),
        ("three.py", "import"),
        ("two.so", "import"),
    ]


def test_a_module_that_is_not_there_is_a_use(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    """A snippet that tries to import one gives other results once it appears; libraries may try."""
    monkeypatch.syspath_prepend(watch.root)
    asks = "hook('import', (name, None, None, None, None))"
    exec(compile(asks, "<s>", "exec"), {"hook": watch.hook, "name": "fast_impl"})
    exec(compile(asks, "/lib/torch.py", "exec"), {"hook": watch.hook, "name": "optional"})
    exec(compile(asks, "<s>", "exec"), {"hook": watch.hook, "name": "json"})
    assert told(watch)["uses"] == [("fast_impl.py", "import"), ("fast_impl/__init__.py", "import")]


def test_packages_of_an_environment_in_the_project_are_no_uses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A `.venv` within the project: its packages are named with versions, not hashed."""
    package = tmp_path / ".venv/lib/numpy/__init__.py"
    own = tmp_path / "mine.py"
    monkeypatch.setattr(sys, "prefix", str(tmp_path / ".venv"))
    watch = Watch(str(tmp_path), str(tmp_path / "log"), 1000)
    watch.before = frozenset()
    begin(watch, "s")
    for name, file in (("numpy", package), ("mine", own)):
        module = type(sys)(name)
        module.__file__ = str(file)
        monkeypatch.setitem(sys.modules, name, module)
        watch.hook("open", (str(file), "rb", os.O_RDONLY))
    answer = json.loads(report(watch, {}, []))
    assert answer["uses"] == [[str(own), "open"]]
    assert "numpy" in answer["versions"]


# newer Pythons warn that numpy's threads do not survive the fork; the child needs none
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_forked_children_are_watched(watch: Watch) -> None:
    """What a forked process opens is noted by it, in the same place."""
    touch("child.csv")
    child = os.fork()
    if child == 0:
        watch.hook("open", ("child.csv", "r", os.O_RDONLY))
        os._exit(0)
    os.waitpid(child, 0)
    assert told(watch)["uses"] == [("child.csv", "open")]


def test_trouble_of_the_watch_is_told_and_harms_nobody(watch: Watch) -> None:
    """An error in the hook does not reach the snippet, and is not lost."""
    watch.hook("open", ("nul\0byte", "r", os.O_RDONLY))
    watch.hook("os.rename", ())
    assert "os.rename: TypeError" in told(watch)["trouble"]


def test_nothing_is_noted_between_snippets(watch: Watch) -> None:
    """What the kernel itself opens while it answers is not the snippet's."""
    touch("a.csv")
    told(watch)
    watch.hook("open", ("a.csv", "r", os.O_RDONLY))
    assert told(watch)["uses"] == []


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (3, 3.0),
        (2.5, 2.5),
        (Fraction(1, 4), 0.25),
        (Decimal("0.1"), 0.1),
        (numpy.float32(0.5), 0.5),
        (numpy.int64(7), 7.0),
        (numpy.array(1.5), 1.5),
        ([1, 2.5], [1.0, 2.5]),
        ((1,), [1.0]),
        (range(3), [0.0, 1.0, 2.0]),
        (deque([2.0]), [2.0]),
        (numpy.arange(3), [0.0, 1.0, 2.0]),
    ],
)
def test_numbers_are_kept(value: object, number: object) -> None:
    """Numbers of any library, and flat collections of them."""
    assert kept({"v": value}, "v") == number


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("3", "`v` is a str; keep a number, or a flat list or array of numbers"),
        (True, "`v` is a bool; keep a number, or a flat list or array of numbers"),
        (1j, "`v` is a complex; keep a number, or a flat list or array of numbers"),
        ({"a": 1}, "`v` is a dict; keep a number, or a flat list or array of numbers"),
        (None, "`v` is a NoneType; keep a number, or a flat list or array of numbers"),
        ([], "`v` is empty; keep a number, or a flat list or array of numbers"),
        ([1, "2"], "`v` is a list; keep a number, or a flat list or array of numbers"),
        (numpy.eye(2), "`v` is a ndarray; keep a number, or a flat list or array of numbers"),
        (itertools.count(), "`v` is a count; keep a number, or a flat list or array of numbers"),
        (float("nan"), "`v` is nan, not a finite number"),
        ([1, float("inf")], "`v` is inf, not a finite number"),
        (10**400, "`v` is too large for a float"),
        (range(10_001), "`v` holds 10001 numbers; keep at most 10000"),
    ],
)
def test_what_is_no_number_is_not_kept(value: object, said: str) -> None:
    """The sentence says what the variable is and what it should be."""
    assert kept({"v": value}, "v") == said


def test_an_undefined_variable_is_not_kept() -> None:
    """A misspelt name is said to be undefined."""
    assert kept({}, "v") == "`v` is to be kept and was not defined"
