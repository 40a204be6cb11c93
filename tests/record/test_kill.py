"""A killed run: what was committed is intact, nothing is half-written, the next run finishes."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from benchpost.files import sha256
from benchpost.findings import as_text
from benchpost.post.read import read_post
from benchpost.record import results
from benchpost.record.fresh import judge

pytestmark = pytest.mark.kernel

POST = """\
```python bench id="draw" keep="x"
from IPython.display import SVG, display
import subprocess, sys
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"])
x = {x}
for n in range(20):
    display(SVG(f"<svg><text>{{x}} {{n}}</text></svg>"))
```

```python bench id="print"
print("all of it " * 5000)
```
"""

PATIENCE = 300
"""Seconds that a run or its end may take on a busy machine before it counts as hanging."""

KILLS = 20
SEED = 7
"""Of the moments at which runs are killed."""


def heeds_interrupts() -> None:
    """Tests that run in the background of a shell have inherited that Ctrl-C is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def start(house: Any, mark: str, **settings: Any) -> subprocess.Popen[bytes]:
    """`benchpost run` in a process whose children all carry `mark`."""
    program = "import sys; from benchpost.cli import main; sys.exit(main(sys.argv[1:]))"
    words = [sys.executable, "-c", program, "run", "--machine", "box"]
    environment = {**os.environ, "KILL_TEST": mark}
    return subprocess.Popen(
        words, cwd=house.root, env=environment, preexec_fn=heeds_interrupts, **settings
    )


def left(mark: str) -> list[str]:
    """Processes that a run left, once they had time to end."""
    deadline = time.monotonic() + PATIENCE
    while True:
        found = [
            entry.parent.name
            for entry in Path("/proc").glob("[0-9]*/environ")
            if f"KILL_TEST={mark}".encode() in _read(entry)
        ]
        if not found or time.monotonic() > deadline:
            return found
        threading.Event().wait(0.05)


def _read(entry: Path) -> bytes:
    try:
        return entry.read_bytes()
    except OSError:  # ended meanwhile, or not ours
        return b""


def files(house: Any) -> Mapping[str, str]:
    found = (path for path in (house.root / "posts").rglob("*") if path.is_file())
    return {path.relative_to(house.root).as_posix(): sha256(path.read_bytes()) for path in found}


def said(house: Any) -> str:
    """Findings of the post's results."""
    post = read_post(house.root / "posts/a/index.mdx", house.project)
    loaded, findings = results.load(post.file, house.project)
    return as_text([*findings, *judge(post, loaded, house.project)])


def test_a_run_killed_at_any_moment_harms_nothing(house: Any) -> None:
    """`kill -9` twenty times: every file is the old or the new one, whole; no process is left."""
    house.write("posts/a/index.mdx", POST.format(x=1))
    began = time.monotonic()
    assert start(house, "first").wait(PATIENCE) == 0
    whole_run = time.monotonic() - began
    assert (left("first"), said(house)) == ([], "")
    old = files(house)
    house.write("posts/a/index.mdx", POST.format(x=2))
    chance = random.Random(SEED)
    for number in range(KILLS):
        run = start(house, f"kill-{number}", stdout=subprocess.DEVNULL)
        try:
            run.wait(chance.uniform(0, whole_run))
        except subprocess.TimeoutExpired:
            run.kill()
        run.wait(PATIENCE)
        assert left(f"kill-{number}") == []
        _check_whole(house, old)
        if said(house) == "":  # it was done before the kill: again from the beginning
            house.write("posts/a/index.mdx", POST.format(x=number + 3))
    assert start(house, "last", stdout=subprocess.DEVNULL).wait(PATIENCE) == 0
    assert said(house) == ""
    assert sorted(files(house)) == sorted(old)


def _check_whole(house: Any, old: Mapping[str, str]) -> None:
    """Nothing is missing, and the results file can be read and was written by nobody else."""
    assert set(old) <= set(files(house))
    loaded, findings = results.load(house.root / "posts/a/index.mdx", house.project)
    assert not [finding for finding in findings if finding.check.name == "R005"]
    assert set(loaded["box"].results) | set(loaded["box"].broken) == {"draw", "print"}


def test_an_interrupted_run_cleans_up(house: Any) -> None:
    """Ctrl-C: one line that says so, exit code 130, no process left, nothing recorded."""
    fifo = house.root / "started"
    os.mkfifo(fifo)
    code = f"open({str(fifo)!r}, 'w').close()\nimport time\ntime.sleep(1000)"
    house.write("posts/a/index.mdx", f'```python bench id="long"\n{code}\n```\n')
    run = start(house, "interrupt", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    runs = threading.Thread(target=fifo.read_text, daemon=True)
    runs.start()
    runs.join(PATIENCE)
    assert not runs.is_alive()
    run.send_signal(signal.SIGINT)
    _, err = run.communicate(timeout=PATIENCE)
    said = b"benchpost: interrupted; what was not finished is not written\n"
    assert (run.returncode, err) == (130, said)
    assert left("interrupt") == []
    assert not (house.root / "posts/a/results").exists()
