"""Snippets in a Jupyter kernel of their own, by nbclient."""

from __future__ import annotations

import ast
import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from benchpost.config import Project
from benchpost.errors import BenchpostError
from benchpost.post.document import Snippet
from benchpost.record import outputs, watch
from benchpost.record.kernel import Failed, Ran
from benchpost.record.trace import stack
from benchpost.record.warden import Warden

NOTEBOOK: Any = nbformat.v4
"""Makes cells; `Any` because its functions carry no types."""

OURS = f"__import__('sys').modules[{watch.NAME!r}]"
MARK = "BENCHPOST_KERNEL"
"""Environment variable that every process of a kernel carries."""

RAW = 64
"""How many times the recorded limit may arrive in pieces: progress bars overwrite themselves."""

DROPPED = {
    "PYTHONSTARTUP": "IPython would run it",
    "PYTEST_CURRENT_TEST": "ipykernel would not capture what child processes print",
}
"""Environment variables that must not reach a kernel, with the reason."""

ANSWER_TIMEOUT = 60.0
"""Seconds the kernel may take to answer a question of ours."""

DUMP_LOOKS = 100
"""Looks, a tenth of a second apart, for where a snippet hangs: a busy machine takes its time."""


class _OwnPython(KernelSpecManager):
    """The kernel runs on the Python that runs us, whatever kernels are installed elsewhere."""

    def get_kernel_spec(self, kernel_name: str) -> Any:
        words = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        settings = ["--HistoryManager.enabled=False", "--InteractiveShell.colors=nocolor"]
        return KernelSpec(argv=words + settings, language="python", display_name="benchpost")


class _Client(NotebookClient):
    """Stops a snippet that floods us."""

    room = 0
    last_reply: Mapping[str, Any] = {}

    def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
        self.room -= len(str(msg["content"].get("text", "")))
        if self.room < 0 and self.task_poll_for_reply is not None:
            self.task_poll_for_reply.cancel()
            return None
        return super().process_message(msg, cell, cell_index)


class JupyterKernel:
    """A kernel process in the folder of a post.

    Modules are looked for beside the post first, then in the project's root, then where the Python
    that runs us finds them.
    """

    def __init__(self, folder: Path, project: Project) -> None:
        self.folder = folder.resolve()
        self.project = project
        self.own = Path(tempfile.mkdtemp(prefix="benchpost-"))
        self.manager = _manager(self.own)
        self.client = _client(self.manager)
        self.warden: Warden | None = None
        self.sound = False

    async def start(self) -> None:
        """Be ready for the first snippet. Raises BenchpostError when that cannot be."""
        with (self.own / "stderr").open("wb") as stderr:
            await self.client.async_start_new_kernel(
                cwd=str(self.folder),
                env=_environment(self.own),
                stdout=subprocess.DEVNULL,
                stderr=stderr,
            )
        name = f"{MARK}={self.own.name}"
        self.warden = Warden(self.manager.provisioner.pid, name, self.own)
        try:
            await self.client.async_start_new_kernel_client()
        except RuntimeError as error:
            raise BenchpostError(f"the kernel did not start: {error}\n{self._said()}") from error
        await self._install()
        self.sound = True

    async def _install(self) -> None:
        source = resources.files("benchpost.record").joinpath("watch.py").read_text("utf-8")
        module = f"__import__('types').ModuleType({watch.NAME!r})"
        place = f"__import__('sys').modules.setdefault({watch.NAME!r}, {module}).__dict__"
        await self._ask(f"exec(compile({source!r}, '<{watch.NAME}>', 'exec'), {place})")
        limit = RAW * self.project.config.output_limit
        words = (str(self.project.root), str(self.folder), str(self.own), limit)
        await self._ask(f"{OURS}.__dict__.update(watch={OURS}.install{words!r})")

    async def execute(self, snippet: Snippet, timeout: float) -> Ran | Failed:
        """Run one snippet to its end, or for `timeout` seconds."""
        self.sound = False
        try:
            done = await self._execute(snippet, timeout)
        except DeadKernelError:
            return await self._dead()
        except TimeoutError:
            return Failed(f"the kernel does not answer any more, for {ANSWER_TIMEOUT:g} s")
        self.sound = isinstance(done, Ran)
        return done

    async def _execute(self, snippet: Snippet, timeout: float) -> Ran | Failed:
        await self._ask(f"{OURS}.begin({OURS}.watch, {snippet.id!r})")
        cell = NOTEBOOK.new_code_cell(snippet.code)
        self.client.nb.cells.append(cell)
        self.client.room = RAW * self.project.config.output_limit
        began = time.monotonic()
        failed = await self._run(cell, timeout)
        elapsed = time.monotonic() - began
        return failed or await self._ran(snippet, cell, elapsed)

    async def _run(self, cell: Any, timeout: float) -> Failed | None:
        self.client.timeout_func = lambda _: timeout
        try:
            await self.client.async_execute_cell(cell, len(self.client.nb.cells) - 1)
        except CellExecutionError as error:
            return _raised(cell, error)
        except CellTimeoutError as error:
            if "IOPub" in str(error):
                return Failed("it printed faster than its output could be read, and some is lost")
            return await self._late(timeout)
        if any(p.get("source") == "ask_exit" for p in self.client.last_reply.get("payload", ())):
            return Failed("it calls exit(); a snippet ends by coming to its end")
        return None

    async def _ran(self, snippet: Snippet, cell: Any, elapsed: float) -> Ran | Failed:
        names = [keep.name for keep in snippet.keep]
        answer = json.loads(await self._ask(f"{OURS}.report({OURS}.watch, globals(), {names})"))
        wrong = [value for value in answer["values"].values() if isinstance(value, str)]
        pieces = tuple(outputs.shown(cell.outputs))
        excess = outputs.too_much(pieces, self.project.config.output_limit)
        why = excess or _changed(answer["changed"]) or _unwatched(answer["trouble"])
        if wrong or why:
            return Failed(why or wrong[0])
        return Ran(
            shown=pieces,
            values={name: _number(value) for name, value in answer["values"].items()},
            uses=tuple((path, how) for path, how in answer["uses"]),
            python=answer["python"],
            versions=answer["versions"],
            elapsed=elapsed,
        )

    async def _late(self, timeout: float) -> Failed:
        """Ask the kernel by a signal where it is; that works even when it ignores Ctrl-C."""
        os.kill(self.manager.provisioner.pid, signal.SIGUSR1)
        said = f"it took longer than {timeout:g} s"
        return Failed(f"{said}; raise `timeout=` or do less", stack(await self._dumped()))

    async def _dumped(self) -> str:
        """What the kernel writes of its threads on the signal. It comes in pieces: a text is taken
        for whole when it stopped growing, and none is waited for longer than `DUMP_LOOKS`.
        """
        dump, before = self.own / "stack", ""
        for _ in range(DUMP_LOOKS):
            await asyncio.sleep(0.1)
            found = _text(dump)
            if found and found == before:
                break
            before = found
        return before

    async def _dead(self) -> Failed:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise asyncio.CancelledError  # nbclient takes Ctrl-C for a dead kernel
        if self.client.room < 0:
            limit = RAW * self.project.config.output_limit
            return Failed(f"it floods its output: more than {limit} characters; print less")
        status = await self.manager.provisioner.poll()
        return Failed(_how_it_ended(status), stack(_text(self.own / "stack")) + self._said())

    async def _ask(self, expression: str) -> Any:
        """Value of an expression in the kernel, without a trace in the snippets' names."""
        message = self.client.kc.execute(
            "", silent=True, store_history=False, user_expressions={"answer": expression}
        )
        reply = await asyncio.wait_for(self.client.async_wait_for_reply(message), ANSWER_TIMEOUT)
        answer = reply["content"]["user_expressions"]["answer"]
        if answer["status"] != "ok":
            raise BenchpostError(f"the kernel answers: {answer['ename']}: {answer['evalue']}")
        return ast.literal_eval(answer["data"]["text/plain"])

    def _said(self) -> str:
        """The last lines that the kernel's process itself wrote, past the capturing."""
        return "".join(_text(self.own / "stderr").splitlines(keepends=True)[-8:])

    async def shutdown(self) -> None:
        """End it and every process that it started. May be called at any time, and twice."""
        if self.client.kc is not None:
            self.client.kc.stop_channels()
        if self.manager.has_kernel:
            # one that works may run its exit handlers first
            await self.manager.shutdown_kernel(now=not self.sound)
        if self.warden is not None:
            self.warden.dismiss()
            self.warden = None
        shutil.rmtree(self.own, ignore_errors=True)  # the warden's work, unless none was posted


def _manager(own: Path) -> Any:
    # sockets in a folder of our own; a path longer than a socket's name may be needs ports
    local = len(str(own)) < 80
    where = {"transport": "ipc", "ip": str(own / "k")} if local else {}
    return AsyncKernelManager(
        kernel_spec_manager=_OwnPython(), connection_file=str(own / "kernel.json"), **where
    )


def _client(manager: Any) -> Any:
    client = _Client(
        NOTEBOOK.new_notebook(), km=manager, iopub_timeout=30, raise_on_iopub_timeout=True
    )

    def remember(execute_reply: Mapping[str, Any], **_: Any) -> None:
        client.last_reply = execute_reply["content"]

    client.on_cell_executed = remember
    return client


def _environment(own: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in DROPPED}
    ours = {
        "IPYTHONDIR": str(own),  # no settings or startup files of the person who runs it
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYTHONHASHSEED": "0",  # sets print alike each time
        MARK: own.name,
    }
    return {**kept, **ours}


def _raised(cell: Any, error: CellExecutionError) -> Failed:
    said = next((o for o in reversed(cell.outputs) if o["output_type"] == "error"), None)
    trace = "\n".join(said["traceback"]) if said is not None else ""
    kind, text = str(error.ename), str(error.evalue)
    if kind == "StdinNotImplementedError":
        return Failed("it asks for input, and nobody is there to answer", trace)
    missing = text.split("'")[1] if kind == "NameError" and text.count("'") == 2 else ""
    return Failed(f"{kind}: {text}".removesuffix(": "), trace, missing)


def _how_it_ended(status: int | None) -> str:
    if status is not None and status < 0:
        name = signal.Signals(-status).name
        hint = " (out of memory?)" if name == "SIGKILL" else ""
        return f"the kernel died: killed by {name}{hint}"
    return f"the kernel died: it ended with exit status {status}"


def _number(value: Any) -> float | tuple[float, ...]:
    return tuple(value) if isinstance(value, list) else float(value)


def _changed(paths: list[str]) -> str:
    if not paths:
        return ""
    named = ", ".join(paths)
    return f"{named} changed while it ran, by other means than its own writing; run again"


def _unwatched(trouble: str) -> str:
    return f"what it uses could not be watched ({trouble})" if trouble else ""


def _text(file: Path) -> str:
    return file.read_text("utf-8", "replace") if file.exists() else ""
