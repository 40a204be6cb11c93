"""Runs what is stale or missing, post by post, and records it."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from benchpost.config import Project
from benchpost.errors import BenchpostError, Place
from benchpost.findings import Check, Finding
from benchpost.post.document import Post, Snippet
from benchpost.post.lint import declarations
from benchpost.post.read import read_post
from benchpost.record import results
from benchpost.record.kernel import Kernel, StartKernel
from benchpost.record.machine import Equipment
from benchpost.record.plan import Extent, Plan, plan
from benchpost.record.provenance import circumstances
from benchpost.record.session import Record, Setting, check_kept, run_session
from benchpost.record.types import Machine

TICK = 0.2
"""Seconds between two looks at the clock for the progress line."""


class Progress(Protocol):
    """Told what happens while it happens."""

    def began(self, post: Post, snippet: Snippet, number: int, of: int) -> None:
        """A snippet starts: the `number`th `of` so many."""

    def tick(self) -> None:
        """Time has passed."""

    def ended(self, outcome: Outcome) -> None:
        """A post is done."""


@dataclass(frozen=True)
class Outcome:
    """What became of one post."""

    path: str
    """The post, relative to the project root."""
    plan: Plan | None = None
    """What was to be done; None when the post could not be read."""
    recorded: tuple[str, ...] = ()
    """Snippets whose results were written."""
    removed: tuple[tuple[str, str], ...] = ()
    """Results of no snippet that `prune_posts` removed: name of the results file, and snippet."""
    failure: BenchpostError | None = None
    """Why nothing was written."""


def start_jupyter(folder: Path, project: Project) -> Kernel:
    """The kernels of `benchpost run`. Their libraries are dear to import, so only when needed."""
    from benchpost.record.jupyter import JupyterKernel

    return JupyterKernel(folder, project)


@dataclass(frozen=True)
class Order:
    """What is asked for."""

    project: Project
    """The project."""
    here: Equipment
    """The machine, under the name that results get."""
    extent: Extent = Extent.ANY
    """Whose results count."""
    jobs: int = 1
    """How many posts that keep no value may run at once; the others always run alone."""
    start: StartKernel = start_jupyter
    """How kernels are made."""


def plan_post(file: Path, order: Order) -> Plan:
    """What would be done for a post.

    Raises BenchpostError when it or this machine's results file cannot be read, or when a snippet's
    words are not understood: a misspelt `keep` would be recorded without what it was to keep.
    """
    post = _read(file, order.project)
    wrong = next((each for each in declarations(post) if each.check is Check.S007), None)
    if wrong:
        raise BenchpostError(f"{wrong.check.name} {wrong.message}", wrong.place)
    recorded, findings = results.load(post.file, order.project)
    _refuse_unreadable(findings, f"{order.here.machine.name}.json")
    return plan(post, recorded, order.project, order.here, order.extent)


def _read(file: Path, project: Project) -> Post:
    try:
        return read_post(file.resolve(), project)
    except OSError as error:
        said = f"cannot be read: {error.strerror}"
        raise BenchpostError(said, Place(project.relative(file))) from error


def _refuse_unreadable(findings: Sequence[Finding], name: str = "") -> None:
    """Writing into a results file that cannot be read would lose what it holds."""
    for finding in findings:
        if finding.check is Check.R005 and name in ("", PurePosixPath(finding.place.path).name):
            raise BenchpostError(finding.message, finding.place)


def prune_posts(files: Sequence[Path], project: Project) -> list[Outcome]:
    """Remove the results that belong to no snippet; nothing is run.

    Raises BenchpostError when a run is at work in the project.
    """
    with _alone(project):
        return [_pruned(file, project) for file in files]


def _pruned(file: Path, project: Project) -> Outcome:
    path = project.relative(file)
    try:
        post = _read(file, project)
        _refuse_unreadable(results.load(post.file, project)[1])
        return Outcome(path, removed=tuple(results.prune(post.file, set(post.snippet_ids()))))
    except BenchpostError as error:
        return Outcome(path, failure=error)
    except OSError as error:
        return Outcome(path, failure=BenchpostError(f"cannot write results of {path}: {error}"))


def run_posts(files: Sequence[Path], order: Order, progress: Progress) -> list[Outcome]:
    """Run and record; a post that fails does not stop the others.

    Raises BenchpostError when another run is at work in the project.
    """
    with _alone(order.project):
        return asyncio.run(_run_all(files, order, progress))


async def _run_all(files: Sequence[Path], order: Order, progress: Progress) -> list[Outcome]:
    outcomes = [_planned(file, order) for file in files]
    here = order.here.machine
    setting = Setting(order.project, here, circumstances(order.project))
    places = asyncio.Semaphore(order.jobs)

    async def one(outcome: Outcome) -> Outcome:
        async with places:
            done = await _run_one(outcome, order, setting, progress)
            progress.ended(done)
            return done

    ticker = asyncio.create_task(_tick(progress))
    try:
        together = order.jobs > 1
        side = [o for o in outcomes if together and not _is_timed(o)]
        done = {o.path: o for o in await asyncio.gather(*map(one, side))}
        return [done[o.path] if o.path in done else await one(o) for o in outcomes]
    finally:
        ticker.cancel()


def _planned(file: Path, order: Order) -> Outcome:
    path = order.project.relative(file)
    try:
        return Outcome(path, plan_post(file, order))
    except BenchpostError as error:
        return Outcome(path, failure=error)


def _is_timed(outcome: Outcome) -> bool:
    return outcome.plan is not None and outcome.plan.is_timed


async def _run_one(outcome: Outcome, order: Order, setting: Setting, progress: Progress) -> Outcome:
    todo = outcome.plan
    if todo is None:
        return outcome
    post, total = todo.post, len(todo.runs)

    def began(snippet: Snippet, number: int) -> None:
        progress.began(post, snippet, number, total)

    try:
        _refuse_another_machine(todo, order)
        check_kept(todo)
        kernel = order.start(post.file.parent, order.project) if todo.runs else None
        records = await run_session(todo, setting, kernel, began) if kernel else []
        _write(post, records, order.here.machine.name)
    except BenchpostError as error:
        return Outcome(outcome.path, todo, failure=error)
    names = tuple(record.result.snippet for record in records)
    return Outcome(outcome.path, todo, names)


def _write(post: Post, records: Sequence[Record], machine: str) -> None:
    if not records:
        return
    pictures = {path: data for record in records for path, data in record.pictures.items()}
    try:
        results.save(post.file, machine, [record.result for record in records], pictures)
    except OSError as error:
        raise BenchpostError(f"cannot write results of {post.path}: {error}") from error


def _refuse_another_machine(todo: Plan, order: Order) -> None:
    """Under one name stand numbers of one processor and its accelerators, never a mixture."""
    here = order.here.machine
    known = results.load(todo.post.file, order.project)[0].get(here.name)
    if known is None or not todo.runs:
        return
    for result in known.results.values():
        there = _hardware(result.provenance.machine)
        if there != _hardware(here):
            raise BenchpostError(
                f"{known.path} was recorded on {there}, and this machine is {_hardware(here)}; "
                "run it there, or choose another name for this one, `--machine NAME`"
            )


def _hardware(machine: Machine) -> str:
    devices = ", ".join(machine.devices) or "no accelerator"
    return f"{machine.cpu} ({machine.cores} cores) with {devices}"


async def _tick(progress: Progress) -> None:
    while True:
        await asyncio.sleep(TICK)
        progress.tick()


@contextmanager
def _alone(project: Project) -> Iterator[None]:
    """Two runs in one project would disturb each other's timings and write the same files.

    The lock lies on the project's folder and is the operating system's: it leaves nothing behind
    and ends with the process, however that ends.
    """
    folder = os.open(project.root, os.O_RDONLY)
    try:
        _lock(folder, project)
        yield
    finally:
        os.close(folder)


def _lock(folder: int, project: Project) -> None:
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        said = f"another `benchpost run` is at work in {project.root}; wait until it is done"
        raise BenchpostError(said) from error
