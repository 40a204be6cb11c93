"""A killed `fill`: every file is as it was or as it should be, and the next run finishes."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from benchpost.cli import main

KILLS = 20
SEED = 11
"""Of the moments at which `fill` is killed."""

# counts the lines that writing executes and ends the process, as `kill -9` does, at one of them
PROGRAM = """
import os, signal, sys
from benchpost.cli import main

left = int(sys.argv[1])
count = 0

def traced(frame, event, argument):
    global count
    if not frame.f_code.co_filename.endswith(("benchpost/files.py", "fill/write.py")):
        return None
    count += event == "line"
    if count == left:
        os.kill(os.getpid(), signal.SIGKILL)
    return traced

sys.settrace(traced)
code = main(["fill", "posts"])
sys.settrace(None)
print(count, file=sys.stderr)
sys.exit(code)
"""

FIGURES = """\
from benchpost.figures.types import Drawing, Fragment

def dot(facts, *, name: str) -> Fragment:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg"><desc>{name * 9000}</desc></svg>'.encode()
    drawing = Drawing(f"{name}.svg", name, lambda: svg)
    return Fragment(f"![{name}](./figures/{name}.svg)", (drawing,), {f"{name}.csv": b"1\\n" * 9000})
"""


def post(*names: str) -> str:
    slots = "\n".join(f'{{/* fill dot name="{name}" */}}\n{{/* /fill */}}\n' for name in names)
    return f"# Post\n\n{slots}\nIt is {{/* = 6 * 7 */}}{{/* /= */}}.\n"


def files(root: Path) -> dict[str, bytes]:
    found = sorted(file for file in root.rglob("*") if file.is_file())
    return {file.relative_to(root).as_posix(): file.read_bytes() for file in found}


def put(root: Path, wanted: dict[str, bytes]) -> None:
    for path in set(files(root)) - set(wanted):
        (root / path).unlink()
    for path, data in wanted.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)


def fill(root: Path, killed_at: int = -1) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", PROGRAM, str(killed_at)]
    return subprocess.run(command, cwd=root, capture_output=True, text=True)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two posts that were filled before, one of which lost a slot and gained two."""
    root = tmp_path / "project"
    for name in ("a", "b"):
        put(
            root,
            {
                **(files(root) if root.exists() else {}),
                f"posts/{name}/figures.py": FIGURES.encode(),
            },
        )
        (root / f"posts/{name}/index.mdx").write_text(post("old", "kept"))
    assert fill(root).returncode == 0
    (root / "posts/a/index.mdx").write_text(post("kept", "new", "newer"))
    (root / "posts/b/index.mdx").write_text(post("new"))
    return root


def test_twenty_kills_at_random_lines_harm_nothing(project: Path) -> None:
    """No file is ever half-written, figures precede the post, the next run finishes the work."""
    before = files(project)
    whole = fill(project)
    assert whole.returncode == 0
    after, lines = files(project), int(whole.stderr)
    for moment in random.Random(SEED).sample(range(1, lines), KILLS):
        put(project, before)
        assert fill(project, killed_at=moment).returncode == -signal.SIGKILL
        harmless(files(project), before, after)
        assert main(["fill", "--project", str(project)]) == 0
        assert files(project) == after


def harmless(found: dict[str, bytes], before: dict[str, bytes], after: dict[str, bytes]) -> None:
    """What a killed run left: every file old or new, no new post without its new figures."""
    for path in found:
        assert path.endswith(".tmp") or found[path] in (before.get(path), after.get(path)), path
    assert set(before) & set(after) <= set(found)
    for name in ("a", "b"):
        if found[f"posts/{name}/index.mdx"] == after[f"posts/{name}/index.mdx"]:
            figures = {path for path in after if path.startswith(f"posts/{name}/figures/")}
            assert figures <= set(found)
