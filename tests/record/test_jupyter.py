"""Snippets in real kernels: what they may do, and how each way to go wrong is said."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from benchpost.post.document import Keep, Snippet, Span
from benchpost.record.jupyter import MARK, JupyterKernel
from benchpost.record.kernel import Failed, Ran, Shown

pytestmark = pytest.mark.kernel

PATIENCE = 300.0
"""Seconds after which what should have ended counts as hanging, on a busy machine too."""


def snippet(code: str, name: str = "s", keep: str = "") -> Snippet:
    names = tuple(Keep(each, "") for each in keep.split())
    return Snippet(name, "python", code, Span(0, 1), 10, keep=names)


def processes(mark: str) -> list[int]:
    """Processes that carry `mark` in their environment, as far as we may look."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            carries = mark.encode() in entry.read_bytes()
        except OSError:  # gone meanwhile
            continue
        if carries:
            found.append(int(entry.parent.name))
    return found


Execute = Callable[[Snippet], "Ran | Failed"]


@pytest.fixture
def kernel(house: Any) -> Iterator[Execute]:
    """Runs snippets in one kernel beside a post; at the end nothing of it is left."""
    (house.root / "posts/a").mkdir(parents=True)
    made = JupyterKernel(house.root / "posts/a", house.project)
    with asyncio.Runner() as runner:
        runner.run(made.start())
        try:
            yield lambda each: runner.run(made.execute(each, PATIENCE))
        finally:
            runner.run(made.shutdown())
            runner.run(made.shutdown())
    assert processes(f"{MARK}={made.own.name}") == []
    assert not made.own.exists()


def ran(result: Ran | Failed) -> Ran:
    assert isinstance(result, Ran), result
    return result


def failed(result: Ran | Failed) -> Failed:
    assert isinstance(result, Failed), result
    return result


def inside(result: Ran, root: Path) -> list[tuple[str, str]]:
    return [(os.path.relpath(path, root), how) for path, how in result.uses]


def test_a_snippet_finds_itself_at_home(kernel: Execute, house: Any) -> None:
    """Beside the post, with the project's modules, in one state, leaving no names of ours."""
    house.write("posts/a/near.py", "place = 'post'")
    house.write("near.py", "place = 'root'")
    house.write("far.py", "import near; place = 'root'")
    first = ran(kernel(snippet("import os, near, far\nprint(os.getcwd(), near.place, far.place)")))
    assert first.shown == (Shown("stdout", f"{house.root}/posts/a post root\n"),)
    second = ran(kernel(snippet("names = sorted(n for n in dir() if n[0] != '_')\nnames")))
    assert second.shown == (
        Shown("text", "['In', 'Out', 'exit', 'far', 'get_ipython', 'near', 'open', 'os', 'quit']"),
    )
    assert not list(house.root.rglob("__pycache__"))


def test_what_a_snippet_uses_is_noticed(kernel: Execute, house: Any) -> None:
    """Modules, data, commands, threads, forks, absent files; uses add up, output is no input."""
    house.write("helper.py", "")
    for name in ("a.csv", "b.csv", "c.csv", "run.sh"):
        house.write(f"posts/a/{name}", "")
    first = ran(kernel(snippet("import helper\nopen('a.csv').read()")))
    assert inside(first, house.root) == [("helper.py", "import"), ("posts/a/a.csv", "open")]
    code = """
import os, subprocess, threading, numpy
from pathlib import Path
t = threading.Thread(target=Path('b.csv').read_text); t.start(); t.join()
if os.fork() == 0:
    open('c.csv').close(); os._exit(0)
os.wait()
subprocess.run('sh run.sh', shell=True)
os.listdir('.')
try: open('absent.csv')
except FileNotFoundError: pass
try: import fast
except ImportError: pass
open('out.txt', 'w').write('x'); open('out.txt').read()
numpy.arange(3)
"""
    second = ran(kernel(snippet(code)))
    assert inside(second, house.root) == [
        ("fast.py", "import"),
        ("fast/__init__.py", "import"),
        ("helper.py", "import"),
        ("posts/a", "list"),
        ("posts/a/a.csv", "open"),
        ("posts/a/absent.csv", "open"),
        ("posts/a/b.csv", "open"),
        ("posts/a/c.csv", "open"),
        ("posts/a/fast.py", "import"),
        ("posts/a/fast/__init__.py", "import"),
        ("posts/a/run.sh", "run"),
    ]
    assert list(second.versions) == ["numpy"]


def test_values_and_figures_are_taken(kernel: Execute) -> None:
    """Kept numbers of numpy; a figure as the same SVG each time, whatever style was set."""
    draw = "import matplotlib.pyplot as plt\nplt.style.use('default')\nplt.plot([1, 2]); k = 2"
    first, second = (ran(kernel(snippet(draw, keep="k"))) for _ in range(2))
    (picture,) = first.shown
    assert (picture.kind, first.values) == ("svg", {"k": 2.0})
    assert second.shown == first.shown
    assert b"<dc:date>" not in bytes(picture.content)  # type: ignore[arg-type]  # a picture is bytes
    arrays = "import numpy\nxs = numpy.array([1.5, 2.5])\nn = numpy.int32(3)"
    assert ran(kernel(snippet(arrays, keep="xs n"))).values == {"xs": (1.5, 2.5), "n": 3.0}


def test_odd_output_is_recorded(kernel: Execute) -> None:
    """Bytes that are not text, lone surrogates, overwritten lines, a display that is updated."""
    code = r"""
import os, sys
print('\ud800'); sys.stdout.flush()
_ = os.write(1, b'\xff\x00\n')
"""
    (shown,) = ran(kernel(snippet(code))).shown
    assert shown == Shown("stdout", "\ufffd\n\ufffd\ufffd\n")
    code = "from IPython.display import display\nh = display(1, display_id='d')\nh.update(2)"
    assert ran(kernel(snippet(code))).shown == (Shown("text", "2"),)


FAILURES = [
    ("1/0", "ZeroDivisionError: division by zero", 1),
    ("def f(:", "SyntaxError: invalid syntax (<s>, line 1)", 1),
    ("x = 1\nraise SystemExit(2)", "SystemExit: 2", 2),
    ("\n\nraise KeyboardInterrupt", "KeyboardInterrupt", 1),
    ("input()", "it asks for input, and nobody is there to answer", 1),
    ("print('y' * 10**8)", "RuntimeError: one write of 100000000 characters", 1),
    (
        "for i in range(200_000): print(i)",
        "it printed 1288890 characters and the limit is 65536",
        0,
    ),
    ("k = 'three'", "`k` is a str; keep a number", 0),
    ("nothing", "NameError: name 'nothing' is not defined", 1),
    ("import sys; sys.stdout.close(); print(1)", "ValueError: I/O operation on closed file", 1),
    # the last: the kernel obeys, some time after it has answered
    ("exit()", "it calls exit(); a snippet ends by coming to its end", 0),
]


def test_failures_are_said_plainly(kernel: Execute) -> None:
    """Each in a clause, with the line of the snippet where Python knows it."""
    for code, said, line in FAILURES:
        result = failed(kernel(snippet(code, keep="k" if "k =" in code else "")))
        assert result.message.startswith(said), code
        assert (f'File "<s>", line {line}' in result.trace) is (line > 0), code
        assert "ipykernel" not in result.trace, code


def test_a_file_that_changes_meanwhile_is_refused(kernel: Execute, house: Any) -> None:
    """Nobody knows which of its states was read."""
    house.write("posts/a/a.csv", "1")
    code = "open('a.csv').read()\nimport os\nos.system('echo 22 > ./a.csv')"
    assert failed(kernel(snippet(code))).message == (
        f"{house.root}/posts/a/a.csv changed while it ran, by other means than its own writing; "
        "run again"
    )


DEATHS = [
    ("import os; os._exit(3)", "the kernel died: it ended with exit status 3", ""),
    (
        "import os; os.kill(os.getpid(), 9)",
        "the kernel died: killed by SIGKILL (out of memory?)",
        "",
    ),
    (
        "import ctypes\ndef f():\n    ctypes.string_at(0)\nf()",
        "the kernel died: killed by SIGSEGV",
        'File "<s>", line 3 in f',
    ),
    ("import os; os.closerange(3, 200)", "the kernel died: killed by SIGABRT", ""),
    ("while True: print('x' * 1000)", "it floods its output: more than 4194304 characters", ""),
]


@pytest.mark.parametrize(("code", "said", "where"), DEATHS)
def test_a_dying_kernel_is_said_plainly(kernel: Execute, code: str, said: str, where: str) -> None:
    """How it ended, and for a crash the line; what it left is cleaned up by the fixture."""
    result = failed(kernel(snippet(code)))
    assert result.message.startswith(said)
    assert where in result.trace


def test_a_hanging_snippet_is_ended(house: Any, tmp_path: Path) -> None:
    """Also one that ignores Ctrl-C and has children in sessions of their own; its line is told."""
    (house.root / "posts/a").mkdir(parents=True)
    code = """
import signal, subprocess, sys, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1000)'], start_new_session=True)
subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1000)'])
while True:
    time.sleep(1000)
"""

    def hang(timeout: float) -> Failed:
        kernel = JupyterKernel(house.root / "posts/a", house.project)

        async def act() -> Ran | Failed:
            try:
                await kernel.start()
                return await kernel.execute(snippet(code), timeout)
            finally:
                await kernel.shutdown()

        result = failed(asyncio.run(act()))
        assert processes(f"{MARK}={kernel.own.name}") == []
        said = f"it took longer than {timeout:g} s; raise `timeout=` or do less"
        assert result.message == said
        return result

    # how long a busy machine needs to reach the loop is not known: more, until it got there
    traces = (hang(timeout).trace for timeout in (1.5, 6, 24, 96))
    assert any('File "<s>", line 6' in trace for trace in traces)


def test_a_cancelled_run_leaves_nothing(house: Any) -> None:
    """Ctrl-C ends the wait, not only the snippet: the kernel is gone when the call returns."""
    (house.root / "posts/a").mkdir(parents=True)
    kernel = JupyterKernel(house.root / "posts/a", house.project)
    fifo = house.root / "started"
    os.mkfifo(fifo)

    async def run() -> None:
        try:
            await kernel.start()
            code = f"open({str(fifo)!r}, 'w').close()\nimport time\ntime.sleep(1000)"
            await kernel.execute(snippet(code), PATIENCE)
        finally:
            await kernel.shutdown()

    async def cancel() -> None:
        task = asyncio.create_task(run())
        reader = threading.Thread(target=fifo.read_text)
        reader.start()
        await asyncio.to_thread(reader.join)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancel())
    assert processes(f"{MARK}={kernel.own.name}") == []


def test_a_kernel_that_cannot_start_is_said(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the last that its process wrote."""
    from benchpost.errors import BenchpostError
    from benchpost.record import jupyter

    (house.root / "posts/a").mkdir(parents=True)
    house.write("broken/ipykernel_launcher.py", "raise ImportError('no kernel for you')")
    monkeypatch.setenv("PYTHONPATH", str(house.root / "broken"))
    kernel = jupyter.JupyterKernel(house.root / "posts/a", house.project)

    async def start() -> None:
        try:
            await kernel.start()
        finally:
            await kernel.shutdown()

    with pytest.raises(BenchpostError, match="no kernel for you") as caught:
        asyncio.run(start())
    assert str(caught.value).startswith("the kernel did not start: ")
