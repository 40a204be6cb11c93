"""Whatever is damaged, `check` finds it at its place and names the command that mends it."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shlex
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from benchpost.cli import main

pytestmark = pytest.mark.kernel

POST = """\
# How fast is it?

A line of {/* = decode_rate(gpu="RTX 4090", model="Qwen3-4B") : .0f */}{/* /= */} tokens.

```python bench id="scaled" keep="x:ms"
import helper
from IPython.display import SVG, display

x = helper.scaled(float(open("data.txt").read()))
print(x)
display(SVG(f'<svg xmlns="http://www.w3.org/2000/svg"><text>{x}</text></svg>'))
```

It took {/* = measured("scaled.x") : .1f ms */}{/* /= */}.

{/* fill table results snippet="scaled" */}
{/* /fill */}

{/* fill drawing snippet="scaled" alt="a number" */}
{/* /fill */}

{/* fill diagram matmul m=512 k=64 n=128 */}
{/* /fill */}

{/* fill chart decode gpu="RTX 4090" model="Qwen3-4B" */}
{/* /fill */}
"""
FILE = "posts/a/index.mdx"
MATMUL = "posts/a/figures/diagram-matmul-m512-k64-n128.svg"
CHART = "posts/a/figures/chart-decode-rtx-4090-qwen3-4b"
RESULTS = "posts/a/results/box.json"
PICTURE = "posts/a/results/box/scaled-1.svg"


def files(root: Path) -> dict[str, bytes]:
    found = sorted(file for file in (root / "posts").rglob("*") if file.is_file())
    return {file.relative_to(root).as_posix(): file.read_bytes() for file in found}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose snippet was run and whose post was filled."""
    root = tmp_path_factory.mktemp("finished")
    for path, text in {
        FILE: POST,
        "posts/a/helper.py": "def scaled(number):\n    return 2 * number\n",
        "posts/a/data.txt": "1.5\n",
        "benchpost.toml": "timeout = 60\n",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    with contextlib.chdir(root), contextlib.redirect_stdout(io.StringIO()):
        assert main(["run", "--machine", "box"]) == 0
        assert main(["fill"]) == 0
        assert main(["check"]) == 0
    return root


@pytest.fixture
def project(finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it to damage."""
    root = tmp_path / "project"
    shutil.copytree(finished, root)
    monkeypatch.chdir(root)
    return root


def check() -> list[dict[str, Any]]:
    """The findings of `benchpost check`."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        code = main(["check", "--format", "json"])
    found: list[dict[str, Any]] = json.loads(out.getvalue())
    assert code == any(finding["severity"] == "error" for finding in found)
    return found


def place_of(path: str, anchor: str) -> str:
    """Where `anchor` stands in a file: `path:line:column`."""
    text = Path(path).read_text()
    at = text.index(anchor)
    return f"{path}:{text.count(chr(10), 0, at) + 1}:{at - text.rfind(chr(10), 0, at)}"


Damage = Callable[[Path], None]


def replaced(path: str, old: str, new: str) -> Damage:
    """Damage that puts other words into a file."""

    def damage(root: Path) -> None:
        text = (root / path).read_bytes().decode()
        assert old in text
        (root / path).write_bytes(text.replace(old, new, 1).encode())

    return damage


def removed(path: str) -> Damage:
    """Damage that removes a file."""
    return lambda root: (root / path).unlink()


def added(path: str, text: str) -> Damage:
    """Damage that writes something at the end of a file."""

    def damage(root: Path) -> None:
        with (root / path).open("a") as file:
            file.write(text)

    return damage


def without_slot(head: str) -> Damage:
    """Damage that takes a slot out of the post."""

    def damage(root: Path) -> None:
        text = (root / FILE).read_text()
        slot = re.compile(rf"\{{/\* fill {head}.*?/fill \*/\}}\n", re.DOTALL)
        (root / FILE).write_text(slot.sub("", text))

    return damage


@dataclass(frozen=True)
class Case:
    """A damage, and the finding that must name it."""

    damage: Damage
    code: str
    at: str
    """The file of the finding."""
    anchor: str
    """What stands where the finding points, after the damage."""
    restored: bool = True
    """Mending gives the very files that were there before."""


CASES = {
    "figure deleted": Case(removed(MATMUL), "F001", FILE, "{/* fill diagram matmul"),
    "figure edited by hand": Case(
        replaced(MATMUL, "512", "513"), "F002", FILE, "{/* fill diagram matmul"
    ),
    "seal taken off a figure": Case(
        replaced(MATMUL, " data-seal=", " data-zeal="), "F002", FILE, "{/* fill diagram matmul"
    ),
    "data of a chart edited by hand": Case(
        replaced(f"{CHART}.csv", "1", "7"), "F002", FILE, "{/* fill chart decode"
    ),
    "data of a chart deleted": Case(removed(f"{CHART}.csv"), "F001", FILE, "{/* fill chart decode"),
    "slot edited by hand": Case(replaced(FILE, "![", "![A "), "S003", FILE, "{/* fill drawing"),
    "slot emptied": Case(replaced(FILE, "| Machine", ""), "S003", FILE, "{/* fill table results"),
    "value edited by hand": Case(
        replaced(FILE, "3.0 ms", "2.9 ms"), "S005", FILE, '{/* = measured("scaled.x")'
    ),
    "results edited by hand": Case(
        replaced(RESULTS, "0.003", "0.002"), "R004", RESULTS, '    "scaled"', restored=False
    ),
    "results deleted": Case(removed(RESULTS), "R001", FILE, "```python", restored=False),
    "picture of a snippet edited by hand": Case(
        replaced(PICTURE, "</svg>", " </svg>"), "R004", RESULTS, '    "scaled"', restored=False
    ),
    "snippet changed": Case(
        replaced(FILE, "print(x)", "print(x, x)"), "R002", FILE, "```python", restored=False
    ),
    "helper module changed": Case(
        replaced("posts/a/helper.py", "2 *", "3 *"), "R003", FILE, "```python", restored=False
    ),
    "data file changed": Case(
        replaced("posts/a/data.txt", "1.5", "1.6"), "R003", FILE, "```python", restored=False
    ),
    "option changed": Case(
        replaced(FILE, "m=512", "m=256"), "S003", FILE, "{/* fill diagram matmul", restored=False
    ),
    "slot removed": Case(without_slot("diagram matmul"), "F004", MATMUL, "<svg", restored=False),
    "placeholder added": Case(
        added(FILE, "\n## The model\n\nTODO: diagram of the transformer\n"),
        "T001",
        FILE,
        "TODO",
        restored=False,
    ),
}

ROUNDS = 4
"""A result that is measured anew makes slots stale, a slot that is written anew must be filled."""


@pytest.mark.parametrize("name", CASES)
def test_damage_is_found_at_its_place_and_mended_by_the_command_named(
    project: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The finding has code and place; its command, and those of what follows, make all clean."""
    case, before = CASES[name], files(project)
    case.damage(project)
    damaged = files(project)
    found = check()
    place = place_of(case.at, case.anchor)
    assert place in [
        f"{finding['path']}:{finding['line']}:{finding['column']}"
        for finding in found
        if finding["code"] == case.code
    ]
    assert files(project) == damaged, "check wrote something"
    for _ in range(ROUNDS):
        # what has no command of its own follows from what has one
        for command in dict.fromkeys(finding["mend"] for finding in found if finding["mend"]):
            words = shlex.split(command)
            assert words[0] == "benchpost"
            assert main(words[1:]) == 0, capsys.readouterr()
        found = check()
        if not found:
            break
    assert found == []
    if case.restored:
        assert files(project) == before


def test_results_that_are_no_json_are_found_and_left_to_the_author(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without version control nothing can restore them, so no command is named that loses them."""
    replaced(RESULTS, "{", "{,")(project)
    damaged = files(project)
    (found,) = [finding for finding in check() if finding["code"] == "R005"]
    assert (f"{found['path']}:{found['line']}", found["mend"]) == (f"{RESULTS}:1", "")
    assert main(["run", "--machine", "box", "posts/a"]) == 1
    assert capsys.readouterr().err.startswith(f"benchpost: {RESULTS}:1:1: not JSON: ")
    assert files(project) == damaged


def test_every_kind_of_damage_is_among_the_cases() -> None:
    """Each code that a mending command belongs to is tried."""
    codes = {case.code for case in CASES.values()}
    assert codes >= {"S003", "S005", "F001", "F002", "F004", "R001", "R002", "R003", "R004", "T001"}
