"""`benchpost check`: everything that could be wrong, nothing written and nothing run."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from benchpost.cli.arguments import Subparsers, add_posts, codes, posts_of, project_of, verb
from benchpost.cli.report import add_format, exit_code, formatted
from benchpost.config import Project
from benchpost.fill.check import check_post
from benchpost.fill.siblings import deserted
from benchpost.findings import Check, Finding, selected

EXAMPLES = """\
  benchpost check                                 all posts of the project
  benchpost check --select S,F                    only slots, values and figure files
  benchpost check --ignore R001 --format github   as annotations of a pull request
  benchpost check --redraw                        draw every picture and compare it too
"""

FORKING = 0.1
"""Seconds of a processor after which posts are checked by several, and that these must still take:
about twice what forking costs."""


def add(subparsers: Subparsers) -> None:
    """Declare the words of `benchpost check`."""
    parser = verb(subparsers, "check", "say what is wrong; writes nothing, runs nothing", EXAMPLES)
    add_posts(parser)
    for name, what in (("--select", "only these checks"), ("--ignore", "not these checks")):
        parser.add_argument(
            name,
            type=codes,
            default=[],
            metavar="CODES",
            help=f"{what}: codes or their beginnings, separated by commas",
        )
    add_format(parser)
    parser.add_argument(
        "--redraw", action="store_true", help="draw every picture in memory and compare (slower)"
    )


def act(args: argparse.Namespace) -> int:
    """Print all findings; 1 when one of them is an error."""
    project = project_of(args)
    # a figure whose post is gone has nobody who tells of it but the project
    left = [] if args.posts else list(deserted(project))
    files = [] if left and not project.post_files([]) else posts_of(args, project)
    found = _once([*_check(files, project, args.redraw), *left])
    chosen = selected(found, args.select, args.ignore)
    sys.stdout.write(formatted(chosen, args, project))
    return exit_code(chosen)


def _check(files: Sequence[Path], project: Project, redraw: bool) -> list[Finding]:
    """Findings post by post; when that takes long, the rest is shared out among the processors."""
    one = partial(check_post, project=project, redraw=redraw)
    workers = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    # the longest first, so that nobody waits for it at the end
    left = deque(sorted(files, key=_size, reverse=True))
    found: dict[Path, list[Finding]] = {}
    begun = time.process_time()
    while left and not (workers > 1 and _pays(time.process_time() - begun, len(found), len(left))):
        file = left.popleft()
        found[file] = one(file)
    if left:
        found |= zip(left, _shared_out(one, left, workers), strict=True)
    return [finding for file in files for finding in found[file]]


def _pays(spent: float, done: int, left: int) -> bool:
    """Whether forking pays, by the processor time that the posts so far took.

    How long a post takes, its length does not tell: a simulation takes as long as ten pages.
    """
    return done > 0 and left > 1 and spent >= FORKING and spent / done * left >= FORKING


def _shared_out(
    one: Callable[[Path], list[Finding]], files: Sequence[Path], workers: int
) -> list[list[Finding]]:
    # only here: they take as long to import as a post takes to check
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    # forked, so that a worker has everything imported already
    forking = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(workers, forking, _leave_interrupts_to_the_parent) as pool:
        return list(pool.map(one, files, chunksize=1 + len(files) // (8 * workers)))


def _size(file: Path) -> int:
    """Bytes; 0 of a file that is gone, which its check says."""
    return file.stat().st_size if file.is_file() else 0


def _once(findings: Iterable[Finding]) -> list[Finding]:
    """Without what is told already: documents of one folder all see a figure that none shows."""
    told: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        shared = finding.check is Check.F004
        key = (finding.check, finding.place) if shared else (len(told), finding)
        told.setdefault(key, finding)
    return list(told.values())


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
