"""`benchpost run`: execute the snippets whose results are missing or stale, and record them."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from benchpost.cli.arguments import Subparsers, add_posts, posts_of, project_of, verb
from benchpost.config import Project, may_run
from benchpost.errors import BenchpostError, UsageError
from benchpost.files import write_atomic
from benchpost.post.document import Post, Snippet
from benchpost.post.read import read_post
from benchpost.record.machine import chosen_name, equipment
from benchpost.record.plan import Extent, Plan
from benchpost.record.run import Order, Outcome, plan_post, prune_posts, run_posts
from benchpost.record.session import SnippetError

EXAMPLES = """\
  benchpost run                                what is missing or stale, of all posts
  benchpost run posts/vllm-overhead/index.mdx  one post
  benchpost run --list                         what would run and why; runs nothing
  benchpost run --force --machine h200         everything, recorded for the machine h200
  benchpost run --prune posts/vllm-overhead    remove results of no snippet; runs nothing
  benchpost run posts/vllm-overhead --notebook overhead.ipynb
"""
UNRECORDED = (
    "    nothing of this post was recorded, older results stay: "
    "mend the snippet, or give it a post of its own"
)
"""Snippets share a kernel, so that what stands beside a failure cannot be told from its victim."""


def add(subparsers: Subparsers) -> None:
    """Declare the words of `run`."""
    summary = "run the snippets whose results are missing or stale, and record the results"
    parser = verb(subparsers, "run", summary, EXAMPLES)
    add_posts(parser)
    parser.add_argument("--force", action="store_true", help="run what is fresh too")
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--list", action="store_true", help="say what would run and why")
    either.add_argument(
        "--prune", action="store_true", help="remove results of no snippet; run nothing"
    )
    parser.add_argument(
        "--machine", default="", metavar="NAME", help="name of the results (default: its hardware)"
    )
    parser.add_argument(
        "--jobs", type=_count, default=1, metavar="N", help="posts at once that keep no value"
    )
    parser.add_argument(
        "--notebook", type=Path, metavar="FILE", help="write one post and its results as notebook"
    )


def _count(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1")
    return int(text)


def act(args: argparse.Namespace) -> int:
    """Run, prune, list, or both run and export; 1 when a post failed."""
    project = project_of(args)
    files = list(dict.fromkeys(file.resolve() for file in _chosen(args, project)))
    if args.notebook and len(files) != 1:
        raise UsageError(f"--notebook takes one post, not {len(files)}")
    if args.prune:
        return _prune(files, project)
    order = _order(args, project)
    if args.list:
        return _list(files, order)
    outcomes = run_posts(files, order, Lines(order.here.machine.name))
    if args.notebook and not outcomes[0].failure:
        _export(files[0], order, args.notebook)
    return int(any(outcome.failure for outcome in outcomes))


def _chosen(args: argparse.Namespace, project: Project) -> list[Path]:
    """What is named; or every post, and the documents that have something to run."""
    files = posts_of(args, project)
    if args.posts:
        return files
    documents = set(project.documents())
    return [file for file in files if file not in documents or may_run(file)]


def _prune(files: list[Path], project: Project) -> int:
    outcomes = prune_posts(files, project)
    for outcome in outcomes:
        if outcome.failure:
            _print_failure(outcome.failure, sys.stderr)
        for file, snippet in outcome.removed:
            print(f"{outcome.path}: removed the result of {snippet!r} in {file}")
        if not outcome.failure and not outcome.removed:
            print(f"{outcome.path}: nothing to remove")
    return int(any(outcome.failure for outcome in outcomes))


def _order(args: argparse.Namespace, project: Project) -> Order:
    named = Extent.THIS if chosen_name(args.machine) else Extent.ANY
    extent = Extent.NONE if args.force else named
    return Order(project, equipment(args.machine), extent, args.jobs)


def _list(files: list[Path], order: Order) -> int:
    code = 0
    for file in files:
        try:
            plan = plan_post(file, order)
        except BenchpostError as error:
            code = 1
            print(f"benchpost: {error}", file=sys.stderr)
            continue
        lines = [*_reasons(plan), *_skips(plan)]
        print("\n".join(lines) or f"{plan.post.path}: fresh")
    return code


def _reasons(plan: Plan) -> Iterator[str]:
    for snippet in plan.runs:
        why = plan.stale.get(snippet.id, "a later snippet builds on it")
        yield f"{_where(plan, snippet)}: {snippet.id!r} would run: {why}"


def _skips(plan: Plan) -> Iterator[str]:
    for snippet in plan.post.snippets:
        if snippet.id in plan.skipped:
            yield f"{_where(plan, snippet)}: {snippet.id!r} is skipped: {plan.skipped[snippet.id]}"


def _where(plan: Plan, snippet: Snippet) -> str:
    place = plan.post.place(snippet.span.start)
    return f"{place.path}:{place.line}"


def _export(file: Path, order: Order, target: Path) -> None:
    # nbformat takes a third of a second to import
    from benchpost.record.notebook import notebook
    from benchpost.record.results import load

    post = read_post(file, order.project)
    recorded, _ = load(post.file, order.project)
    machine = order.here.machine.name
    chosen = recorded.get(machine) or next(iter(recorded.values()), None)
    write_atomic(target, notebook(post, chosen).encode())
    print(f"{target}: the post as a notebook{f', results of {chosen.machine}' if chosen else ''}")


class Lines:
    """A line per post; on a terminal also one that shows what runs, refreshed in place."""

    def __init__(self, machine: str, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self.machine = machine
        self.out = out or sys.stdout
        self.err = err or sys.stderr
        self.live = self.err.isatty()
        self.running: dict[str, tuple[str, float]] = {}
        self.started: dict[str, float] = {}

    def began(self, post: Post, snippet: Snippet, number: int, of: int) -> None:
        """A snippet starts."""
        now = time.monotonic()
        self.started.setdefault(post.path, now)
        self.running[post.path] = (f"{post.path}  {number}/{of}  {snippet.id}", now)
        self.tick()

    def tick(self) -> None:
        """Refresh the line of what runs."""
        if self.live and self.running:
            now = time.monotonic()
            shown = [f"{what}  {now - began:.1f} s" for what, began in self.running.values()]
            print(f"\r\x1b[K{' | '.join(shown)}", end="", file=self.err, flush=True)

    def ended(self, outcome: Outcome) -> None:
        """Say what became of a post."""
        self.running.pop(outcome.path, None)
        if self.live:
            print("\r\x1b[K", end="", file=self.err, flush=True)
        for line in _skips(outcome.plan) if outcome.plan else ():
            print(line, file=self.out)
        if outcome.failure:
            _print_failure(outcome.failure, self.err)
        else:
            print(f"{outcome.path}: {self._summary(outcome)}", file=self.out, flush=True)

    def _summary(self, outcome: Outcome) -> str:
        if not outcome.recorded:
            return "nothing to run" if outcome.plan and outcome.plan.skipped else "fresh"
        count = len(outcome.recorded)
        took = time.monotonic() - self.started[outcome.path]
        plural = "" if count == 1 else "s"
        return f"recorded {count} snippet{plural} on {self.machine} in {took:.1f} s"


def _print_failure(failure: BenchpostError, err: TextIO) -> None:
    print(f"benchpost: {failure}", file=err)
    if isinstance(failure, SnippetError) and failure.trace:
        indented = "".join(f"    {line}\n" for line in failure.trace.splitlines())
        print(indented, end="", file=err)
    if isinstance(failure, SnippetError):
        print(UNRECORDED, file=err, flush=True)
