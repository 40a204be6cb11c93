"""Running posts: what is written, what is refused, and that one failure stops nobody else."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchpost.errors import BenchpostError
from benchpost.fill.check import check_post
from benchpost.findings import Check
from benchpost.record import results
from benchpost.record.run import Outcome, plan_post, prune_posts, run_posts
from benchpost.record.session import measured
from benchpost.record.types import Measured


def snippet(name: str, code: str, words: str = "") -> str:
    return f'```python bench id="{name}" {words}\n{code}\n```\n'


def ran(house: Any, told: Any, here: Any, *posts: str, **settings: Any) -> list[Outcome]:
    files = [house.root / f"posts/{name}/index.mdx" for name in posts]
    return run_posts(files, house.order(start=here, **settings), told)


def test_results_are_recorded(house: Any, told: Any, here: Any) -> None:
    """Values in base units, outputs, pictures and where it all came from."""
    house.post(
        snippet("one", "times = [1.0, 3.0, 2.0]\nprint('hi')", 'keep="times:ms, n"').replace(
            "print", "n = 3; drawn = ['<svg/>', '<svg>2</svg>']; print"
        )
    )
    (outcome,) = ran(house, told, here, "a")
    assert (outcome.recorded, outcome.failure) == (("one",), None)
    found, findings = results.load(house.root / "posts/a/index.mdx", house.project)
    result = found["box"].results["one"]
    assert findings == []
    assert result.values == {
        "times": Measured(0.002, "second", (0.001, 0.003, 0.002)),
        "n": Measured(3.0, "1"),
    }
    assert [(output.kind, output.text) for output in result.outputs] == [
        ("stdout", "hi\n"),
        ("svg", "results/box/one-1.svg"),
        ("svg", "results/box/one-2.svg"),
    ]
    assert (house.root / "posts/a/results/box/one-2.svg").read_text() == "<svg>2</svg>"
    assert (result.provenance.machine.name, result.provenance.elapsed) == ("box", 0.25)
    assert told.steps == ["a 1/1 one", "posts/a/index.mdx done"]


def test_a_failing_post_records_nothing_and_stops_nobody(house: Any, told: Any, here: Any) -> None:
    """The place is the post's own line; the posts after it run."""
    house.post(snippet("fine", "x = 1") + snippet("bad", "1/0"), "posts/a/index.mdx")
    house.post(snippet("fine", "x = 1"), "posts/b/index.mdx")
    (house.root / "posts/c").mkdir()
    (house.root / "posts/c/index.mdx").write_bytes(b"\xff")
    first, second, third = ran(house, told, here, "a", "b", "c")
    assert str(first.failure) == (
        "posts/a/index.mdx:5:1: snippet 'bad': ZeroDivisionError: division by zero"
    )
    assert (first.recorded, second.recorded) == ((), ("fine",))
    assert "is not UTF-8" in str(third.failure)
    assert not (house.root / "posts/a/results").exists()


def test_an_unknown_unit_is_refused_before_anything_runs(house: Any, told: Any, here: Any) -> None:
    """No time is spent on a value that could not be recorded."""
    house.post(snippet("one", "x = 1", 'keep="x:GBps"'))
    (outcome,) = ran(house, told, here, "a")
    assert str(outcome.failure) == (
        "posts/a/index.mdx:1:1: snippet 'one' keeps 'x': unknown unit 'GBps'; "
        "write one like `s`, `GB/s`, `TFLOPS` or `tok/s`"
    )
    assert told.steps == ["posts/a/index.mdx failed"]


def test_results_of_other_devices_are_not_overwritten(
    house: Any, told: Any, here: Any, gpu: Any
) -> None:
    """A name stands for one machine: on another one it is refused, not mixed."""
    house.post(snippet("one", "x = 1"))
    file = house.root / "posts/a/index.mdx"
    run_posts([file], house.order(gpu, start=here), told)
    house.post(snippet("one", "x = 2"))
    (outcome,) = ran(house, told, here, "a")
    assert str(outcome.failure) == (
        "posts/a/results/box.json was recorded on Test CPU (4 cores) with NVIDIA H200, and this "
        "machine is Test CPU (4 cores) with no accelerator; "
        "run it there, or choose another name for this one, `--machine NAME`"
    )


@pytest.mark.parametrize(
    ("changed", "named"),
    [({"cpu": "Other CPU"}, "Other CPU (4 cores)"), ({"cores": 8}, "Test CPU (8 cores)")],
)
def test_results_of_another_processor_are_not_overwritten(
    house: Any, told: Any, here: Any, changed: dict[str, Any], named: str
) -> None:
    """Its model and its cores count as accelerators do; nothing is run or written."""
    house.post(snippet("one", "x = 1"))
    ran(house, told, here, "a")
    house.post(snippet("one", "x = 2"))
    before = (house.root / "posts/a/results/box.json").read_bytes()
    order = house.order(start=here)
    equipment = replace(order.here, machine=replace(order.here.machine, **changed))
    file = house.root / "posts/a/index.mdx"
    (outcome,) = run_posts([file], replace(order, here=equipment), told)
    assert str(outcome.failure) == (
        "posts/a/results/box.json was recorded on Test CPU (4 cores) with no accelerator, and "
        f"this machine is {named} with no accelerator; "
        "run it there, or choose another name for this one, `--machine NAME`"
    )
    assert (house.root / "posts/a/results/box.json").read_bytes() == before


def test_results_of_renamed_snippets_stay_until_they_are_pruned(
    house: Any, told: Any, here: Any
) -> None:
    """A slip of the pen in an id costs no result; removing is asked for and told."""
    file = house.post(snippet("one", "x = 1")).file
    ran(house, told, here, "a")
    house.post(snippet("two", "x = 1"))
    (outcome,) = ran(house, told, here, "a")
    assert (outcome.recorded, outcome.removed) == (("two",), ())
    assert set(results.load(file, house.project)[0]["box"].results) == {"one", "two"}
    (outcome,) = prune_posts([file], house.project)
    assert (outcome.recorded, outcome.removed) == ((), (("box.json", "one"),))
    assert set(results.load(file, house.project)[0]["box"].results) == {"two"}


@pytest.mark.parametrize("kind", ["conflict", "folder"])
def test_an_unreadable_results_file_is_refused_before_anything_runs(
    house: Any, told: Any, here: Any, kind: str
) -> None:
    """Only the file that would be written counts, and only the post that it belongs to."""
    for name in "ab":
        house.post(snippet("one", "x = 1"), f"posts/{name}/index.mdx")
    house.write("posts/b/results/other.json", "<<<<")
    file = house.root / "posts/a/results/box.json"
    house.write("posts/a/results/box.json", "<<<<") if kind == "conflict" else file.mkdir(
        parents=True
    )
    first, second = ran(house, told, here, "a", "b")
    why = "not JSON: Expecting value" if kind == "conflict" else "cannot be read: Is a directory"
    assert str(first.failure) == (
        f"posts/a/results/box.json:1:1: {why}; "
        "restore it from version control, or delete it to record anew"
    )
    assert second.recorded == ("one",)
    pruned = prune_posts([house.root / f"posts/{name}/index.mdx" for name in "ab"], house.project)
    assert [str(each.failure).partition(":")[0] for each in pruned] == [
        "posts/a/results/box.json",
        "posts/b/results/other.json",
    ]


def test_a_folder_in_place_of_a_post_stops_nobody(house: Any, told: Any, here: Any) -> None:
    """It is a post that cannot be read; the others run."""
    house.post(snippet("one", "x = 1"))
    (house.root / "posts/c/index.mdx").mkdir(parents=True)
    first, second = ran(house, told, here, "c", "a")
    assert str(first.failure) == "posts/c/index.mdx:1:1: cannot be read: Is a directory"
    assert second.recorded == ("one",)


def test_posts_without_values_may_run_at_once(house: Any, told: Any, here: Any) -> None:
    """With jobs, untimed posts begin before any has ended; a timed one runs alone, last."""
    for name, words in (("a", 'keep="x"'), ("b", ""), ("c", "")):
        house.post(snippet("one", "x = 1", words), f"posts/{name}/index.mdx")
    outcomes = ran(house, told, here, "a", "b", "c", jobs=2)
    assert [outcome.path for outcome in outcomes] == [f"posts/{name}/index.mdx" for name in "abc"]
    assert told.steps[-2:] == ["a 1/1 one", "posts/a/index.mdx done"]


def test_two_runs_in_one_project_are_refused(house: Any, told: Any, here: Any) -> None:
    """The second says so; when the first is done it may run."""
    house.post(snippet("one", "x = 1"))

    class Meddler:
        def began(self, *_: object) -> None:
            with pytest.raises(BenchpostError, match="another `benchpost run` is at work in"):
                ran(house, told, here, "a")

        def tick(self) -> None: ...
        def ended(self, outcome: Outcome) -> None: ...

    order = house.order(start=here)
    (outcome,) = run_posts([house.root / "posts/a/index.mdx"], order, Meddler())
    assert outcome.recorded == ("one",)


def test_the_commit_is_recorded(house: Any, told: Any, here: Any) -> None:
    """With its state: a changed source is dirty, fresh results and figures are not."""

    def git(*words: str) -> str:
        who = ["-c", "user.name=a", "-c", "user.email=a@b"]
        done = subprocess.run(
            ["git", *who, *words], cwd=house.root, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    file = house.post(snippet("one", "x = 1")).file
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "x")

    def origin() -> tuple[str, bool]:
        ran(house, told, here, "a", extent=_all())
        found = results.load(file, house.project)[0]["box"].results["one"].provenance
        return found.commit, found.clean

    assert origin() == (git("rev-parse", "HEAD"), True)
    assert origin() == (git("rev-parse", "HEAD"), True)
    house.write("helper.py", "new")
    assert origin() == (git("rev-parse", "HEAD"), False)


def _all() -> Any:
    from benchpost.record.plan import Extent

    return Extent.NONE


def test_printed_paths_of_this_machine_are_not_published(house: Any, told: Any, here: Any) -> None:
    """A warning names its file from the project's root or the Python that runs it."""
    code = (
        f"import sys; print({str(house.root)!r} + '/m.py', {str(house.root)!r} + 'x', sys.prefix)"
    )
    house.post(snippet("one", code))
    ran(house, told, here, "a")
    file = house.root / "posts/a/results/box.json"
    (output,) = json.loads(file.read_text("utf-8"))["results"]["one"]["outputs"]
    assert output["text"] == [f"<project>/m.py {house.root}x <python>", ""]


def test_results_that_cannot_be_written_are_said(house: Any, told: Any, here: Any) -> None:
    """A file where the folder should be fails this post only."""
    house.post(snippet("one", "x = 1"), "posts/a/index.mdx")
    house.post(snippet("one", "x = 1"), "posts/b/index.mdx")
    house.write("posts/a/results", "a file")
    first, second = ran(house, told, here, "a", "b")
    assert str(first.failure).startswith("cannot write results of posts/a/index.mdx: ")
    assert second.recorded == ("one",)


def test_what_would_run_is_planned_without_running(house: Any, here: Any) -> None:
    """A plan starts no kernel and writes nothing."""
    house.post(snippet("one", "x = 1"))
    order = replace(house.order(), start=lambda *_: pytest.fail("started a kernel"))
    plan = plan_post(house.root / "posts/a/index.mdx", order)
    assert plan.stale == {"one": "never recorded"}
    assert not (house.root / "posts/a/results").exists()


def test_two_index_files_in_one_folder_are_refused(house: Any, told: Any, here: Any) -> None:
    """They would write the same results: neither is run, nothing is written, others run."""
    for path in ("posts/a/index.mdx", "posts/a/index.md", "posts/b/index.md"):
        house.write(path, snippet("one", "x = 1"))
    *both, other = run_posts(house.project.posts(), house.order(start=here), told)
    shared = "would share one folder of results and one page; keep one of them"
    assert [str(each.failure) for each in both] == [
        f"posts/a/index.md:1:1: `posts/a/index.md` and `posts/a/index.mdx` {shared}",
        f"posts/a/index.mdx:1:1: `posts/a/index.mdx` and `posts/a/index.md` {shared}",
    ]
    assert other.recorded == ("one",)
    assert not (house.root / "posts/a/results").exists()
    (finding,) = check_post(house.root / "posts/a/index.md", house.project)
    assert (finding.check, finding.message) == (
        Check.P004,
        f"`posts/a/index.md` and `posts/a/index.mdx` {shared}",
    )


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (2.0, "GB/s", Measured(2e9, "byte/second")),
        ((1.0, 4.0), "s", Measured(2.5, "second", (1.0, 4.0))),
        ((5.0,), "%", Measured(0.05, "1", (0.05,))),
    ],
)
def test_values_are_recorded_in_base_units(value: Any, unit: str, expected: Measured) -> None:
    """A list gives its median and all its samples."""
    assert measured(value, unit) == expected


def test_paths_are_taken_from_anywhere(
    house: Any, told: Any, here: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative path of a post works as well as an absolute one."""
    house.post(snippet("one", "x = 1"))
    monkeypatch.chdir(house.root / "posts")
    (outcome,) = run_posts([Path("a/index.mdx")], house.order(start=here), told)
    assert outcome.recorded == ("one",)
