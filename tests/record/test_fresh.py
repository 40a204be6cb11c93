"""Which recorded results still hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from benchpost.config import Project
from benchpost.findings import as_text
from benchpost.record import results
from benchpost.record.fresh import is_fresh, judge
from benchpost.record.run import run_posts

TEXT = """\
# A

```python bench id="one" keep="x"
x = 1
```

```python bench id="two" needs="cuda"
y = 2
```
"""

USES = {"helper.py": "import", "data": "list", "bench.sh": "run", "posts/a/data.csv": "open"}


@pytest.fixture
def recorded(house: Any, told: Any, here: Any, gpu: Any) -> Any:
    """A post whose two snippets are fresh on the machine `box`, with four used files."""
    house.post(TEXT)
    for path in ("helper.py", "data/a", "bench.sh", "posts/a/data.csv"):
        house.write(path, path)
    uses = [(str(house.root / path), how) for path, how in USES.items()]
    uses.append((str(house.root / "absent.csv"), "open"))

    def start(folder: Path, project: Project) -> Any:
        kernel = here(folder, project)
        kernel.uses = uses
        return kernel

    files = [house.root / "posts/a/index.mdx"]
    outcomes = run_posts(files, house.order(gpu, start=start), told)
    assert [outcome.recorded for outcome in outcomes] == [("one", "two")]
    return house


def found(house: Any, text: str = TEXT) -> str:
    post = house.post(text)
    loaded, findings = results.load(post.file, house.project)
    return as_text([*findings, *judge(post, loaded, house.project)])


def test_fresh_results_are_no_finding(recorded: Any) -> None:
    """Nothing changed, nothing to say; prose does not count."""
    assert found(recorded) == ""
    assert found(recorded, TEXT.replace("# A", "# Another title\n\nand text")) == ""


def test_a_snippet_without_result_is_r001(house: Any) -> None:
    """It was never recorded anywhere; what it needs is said."""
    assert found(house) == (
        "posts/a/index.mdx:3:1: R001 snippet 'one' was never recorded\n"
        "    mend: benchpost run posts/a/index.mdx\n"
        "posts/a/index.mdx:7:1: warning: R001 snippet 'two' was never recorded; it needs cuda\n"
        "    mend: benchpost run posts/a/index.mdx\n"
    )


def test_what_builds_on_a_needy_snippet_needs_as_much(house: Any) -> None:
    """A snippet that uses a name which only such a one defines cannot be recorded here either."""
    text = TEXT + '```python bench id="three"\nprint(y)\n```\n'
    text += '```python bench id="four"\nprint(x)\n```\n'
    said = [line for line in found(house, text).splitlines() if "R001" in line]
    assert said[2:] == [
        "posts/a/index.mdx:10:1: warning: R001 snippet 'three' was never recorded; it needs cuda",
        "posts/a/index.mdx:13:1: R001 snippet 'four' was never recorded",
    ]


MEND = "    mend: benchpost run --machine box posts/a/index.mdx\n"
ON_BOX = "; recorded on Test CPU with NVIDIA H200"
WITH_CUDA = f"{ON_BOX}; mend it on a machine with cuda"


def test_a_changed_snippet_is_r002(recorded: Any) -> None:
    """Its own result and those after it, whose machine and needs are said."""
    assert found(recorded, TEXT.replace("x = 1", "x = 3")) == (
        "posts/a/index.mdx:3:1: R002 result of 'one' on box is stale: its code or `keep` changed"
        + f"{ON_BOX}\n{MEND}"
        + "posts/a/index.mdx:7:1: R002 result of 'two' on box is stale: 'one' before it changed"
        + f"{WITH_CUDA}\n{MEND}"
    )


@pytest.mark.parametrize(
    ("old", "new", "stale"),
    [
        ('keep="x"', 'keep="x:s"', ["one"]),
        ("y = 2", "y = 2  # faster", ["two"]),
        ('id="two" needs="cuda"', 'id="two" needs="cuda,torch" timeout=5', []),
        ('```python bench id="one"', '```python filename="one.py" bench id="one"', []),
    ],
)
def test_what_makes_a_result_stale(recorded: Any, old: str, new: str, stale: list[str]) -> None:
    """Code and `keep` do; what a snippet needs, its patience and its looks do not."""
    said = found(recorded, TEXT.replace(old, new))
    assert [name for name in ("one", "two") if f"result of '{name}'" in said] == stale


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        ("helper.py", "new", "`helper.py`, which it imported, changed"),
        ("helper.py", None, "`helper.py`, which it imported, is gone"),
        ("posts/a/data.csv", "new", "`posts/a/data.csv`, which it opened, changed"),
        ("bench.sh", "new", "`bench.sh`, which it ran, changed"),
        ("data/b", "", "`data`, which it listed, changed"),
        ("absent.csv", "", "`absent.csv`, which it opened, did not exist and does now"),
    ],
)
def test_a_changed_file_is_r003(recorded: Any, path: str, text: str | None, said: str) -> None:
    """The file is named with what the snippet did with it and what became of it."""
    recorded.write(path, text) if text is not None else (recorded.root / path).unlink()
    assert found(recorded).splitlines()[0] == (
        f"posts/a/index.mdx:3:1: R003 result of 'one' on box is stale: {said}{ON_BOX}"
    )


def test_many_changed_files_are_counted(recorded: Any) -> None:
    """Three are named, the others counted."""
    for path in ("helper.py", "posts/a/data.csv", "bench.sh", "data/b", "absent.csv"):
        recorded.write(path, "new")
    assert "; and 2 more files; recorded on Test CPU" in found(recorded)


def test_a_file_of_the_same_bytes_is_no_change(recorded: Any) -> None:
    """Content counts, not the time of writing."""
    recorded.write("helper.py", "helper.py")
    assert found(recorded) == ""


def test_a_result_of_no_snippet_is_r006(recorded: Any) -> None:
    """A renamed snippet leaves its result behind: named with file and line, mended by pruning."""
    said = found(recorded, TEXT.replace('id="two"', 'id="three"'))
    whole = (recorded.root / "posts/a/results/box.json").read_text("utf-8")
    line = whole[: whole.index('"two": {')].count("\n") + 1
    assert said == (
        "posts/a/index.mdx:7:1: warning: R001 snippet 'three' was never recorded; it needs cuda\n"
        "    mend: benchpost run posts/a/index.mdx\n"
        f"posts/a/results/box.json:{line}:1: R006 result of 'two' belongs to no snippet of "
        "posts/a/index.mdx\n"
        "    mend: benchpost run --prune posts/a/index.mdx\n"
    )


def test_an_edited_result_is_found_once(recorded: Any) -> None:
    """R004 says it; that the snippet has no result now follows and is not said again."""
    file = recorded.root / "posts/a/results/box.json"
    whole = json.loads(file.read_text("utf-8"))
    whole["results"]["one"]["values"]["x"]["value"] = 2.0
    file.write_text(json.dumps(whole, indent=2), encoding="utf-8")
    said = found(recorded)
    assert said.count("R0") == 1
    assert "R004 the entry of 'one' was edited by hand" in said


def test_freshness_of_one_snippet(recorded: Any) -> None:
    """The question that a caller asks before it trusts a number."""
    post = recorded.post(TEXT)
    loaded: Mapping[str, Any] = results.load(post.file, recorded.project)[0]
    answers = [is_fresh(s, post, loaded["box"], recorded.project) for s in post.snippets]
    changed = recorded.post(TEXT.replace("y = 2", "y = 3"))
    after = [is_fresh(s, changed, loaded["box"], recorded.project) for s in changed.snippets]
    assert (answers, after) == ([True, True], [True, False])
