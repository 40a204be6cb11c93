"""One post through one kernel: results of all its snippets, or where it failed."""

from __future__ import annotations

import re
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from benchpost.config import Project
from benchpost.errors import BenchpostError, Place, UsageError
from benchpost.files import sha256
from benchpost.post.document import Post, Snippet
from benchpost.record import units
from benchpost.record.digests import snippet_digests, used
from benchpost.record.kernel import Failed, Kernel, Ran, Shown
from benchpost.record.plan import Plan
from benchpost.record.provenance import Circumstances, now
from benchpost.record.results import folder_of
from benchpost.record.trace import in_post, last_line
from benchpost.record.types import Machine, Measured, Output, Provenance, Result

SUFFIXES = {"svg": ".svg", "png": ".png"}


class SnippetError(BenchpostError):
    """A snippet that did not come to its end, with its traceback in the post's own lines."""

    def __init__(self, message: str, place: Place, trace: str = "") -> None:
        super().__init__(message, place)
        self.trace = trace


@dataclass(frozen=True)
class Setting:
    """What the snippets of a run have in common."""

    project: Project
    """The project."""
    machine: Machine
    """Where they run."""
    circumstances: Circumstances
    """Taken before the first of them."""


@dataclass(frozen=True)
class Record:
    """What there is to write after a snippet."""

    result: Result
    """Its result."""
    pictures: Mapping[str, bytes]
    """Pictures that it drew, by path from the post's folder."""


async def run_session(
    plan: Plan, setting: Setting, kernel: Kernel, began: Callable[[Snippet, int], None]
) -> list[Record]:
    """Run a plan's snippets in order. Raises SnippetError at the first that fails.

    The kernel is started here and is gone when this returns, however it returns; `check_kept` has
    been asked before.
    """
    try:
        await kernel.start()
        return [
            await _record(plan, snippet, number, setting, kernel, began)
            for number, snippet in enumerate(plan.runs, 1)
        ]
    finally:
        await kernel.shutdown()


def check_kept(plan: Plan) -> None:
    """Raises BenchpostError for a kept variable whose unit nobody knows, before anything runs."""
    for snippet in plan.runs:
        for keep in snippet.keep:
            try:
                units.base(keep.unit)
            except UsageError as error:
                said = f"snippet {snippet.id!r} keeps {keep.name!r}: {error.message}"
                raise BenchpostError(said, plan.post.place(snippet.span.start)) from error


async def _record(
    plan: Plan,
    snippet: Snippet,
    number: int,
    setting: Setting,
    kernel: Kernel,
    began: Callable[[Snippet, int], None],
) -> Record:
    began(snippet, number)
    when = now()
    limit = setting.project.config.timeout if snippet.timeout is None else snippet.timeout
    ran = await kernel.execute(snippet, limit)
    if isinstance(ran, Failed):
        raise _error(plan, snippet, ran)
    outputs, pictures = _kept_output(plan.post, snippet, ran, setting)
    result = Result(
        snippet=snippet.id,
        digest=snippet_digests(plan.post.snippets)[snippet.id],
        uses=used(setting.project.root, plan.post.path, ran.uses),
        values={keep.name: measured(ran.values[keep.name], keep.unit) for keep in snippet.keep},
        outputs=outputs,
        provenance=_provenance(ran, when, setting),
    )
    return Record(result, pictures)


def _error(plan: Plan, snippet: Snippet, failed: Failed) -> SnippetError:
    said = re.sub(r" \(<[^>]*>, line \d+\)$", "", failed.message)
    if failed.missing and plan.skipped:
        skipped = ", ".join(f"{name!r} ({why})" for name, why in plan.skipped.items())
        said += f"; skipped before it: {skipped}"
    place = Place(plan.post.path, last_line(failed.trace, plan.post, snippet))
    trace = in_post(failed.trace, plan.post)
    return SnippetError(f"snippet {snippet.id!r}: {said}", place, trace)


def measured(value: float | tuple[float, ...], unit: str) -> Measured:
    """A kept number, or the median of a list of them, in SI base units."""
    factor, base = units.base(unit)
    if isinstance(value, tuple):
        samples = tuple(sample * factor for sample in value)
        return Measured(statistics.median(samples), base, samples)
    return Measured(value * factor, base)


def _kept_output(
    post: Post, snippet: Snippet, ran: Ran, setting: Setting
) -> tuple[tuple[Output, ...], Mapping[str, bytes]]:
    outputs: list[Output] = []
    pictures: dict[str, bytes] = {}
    names = _picture_names(post, snippet, setting.machine)
    for shown in ran.shown:
        if isinstance(shown.content, bytes):
            path = next(names) + SUFFIXES[shown.kind]
            pictures[path] = shown.content
            outputs.append(Output(shown.kind, path, sha256(shown.content)))
        else:
            outputs.append(Output(shown.kind, _public(shown, setting.project.root)))
    return tuple(outputs), pictures


def _picture_names(post: Post, snippet: Snippet, machine: Machine) -> Iterator[str]:
    """Paths from the post's folder, without suffix: `results/h200/copy-1`, `…-2`, …"""
    folder = folder_of(post.file).relative_to(post.file.parent) / machine.name
    return ((folder / f"{snippet.id}-{number}").as_posix() for number in count(1))


def _public(shown: Shown, root: Path) -> str:
    """Printed text without this machine's folders: they would differ for everyone else."""
    text = str(shown.content)
    places = {str(root): "<project>", sys.prefix: "<python>", sys.base_prefix: "<python>"}
    places[str(Path.home())] = "~"
    for folder, name in places.items():
        if len(folder) > 1:
            text = re.sub(rf"{re.escape(folder)}(?![\w.-])", name, text)
    return text


def _provenance(ran: Ran, when: str, setting: Setting) -> Provenance:
    return Provenance(
        when=when,
        commit=setting.circumstances.commit,
        clean=setting.circumstances.clean,
        machine=setting.machine,
        python=ran.python,
        versions=ran.versions,
        load=setting.circumstances.load,
        elapsed=round(ran.elapsed, 3),
    )
