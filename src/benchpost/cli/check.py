"""`benchpost check`: everything that could be wrong, nothing written and nothing run."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

from benchpost.cli.arguments import Subparsers, add_posts, codes, posts_of, project_of, verb
from benchpost.cli.report import add_format, exit_code, formatted
from benchpost.config import Project
from benchpost.fill.check import check_post
from benchpost.findings import Check, Finding, selected

EXAMPLES = """\
  benchpost check                                 all posts of the project
  benchpost check --select S,F                    only slots, values and figure files
  benchpost check --ignore R001 --format github   as annotations of a pull request
  benchpost check --redraw                        draw every picture and compare it too
"""

MANY = 24
"""Posts from which on forking pays: it costs what checking about ten of them does."""


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
    found = _once(_check(posts_of(args, project), project, args.redraw))
    chosen = selected(found, args.select, args.ignore)
    sys.stdout.write(formatted(chosen, args, project))
    return exit_code(chosen)


def _check(files: Sequence[Path], project: Project, redraw: bool) -> list[Finding]:
    """Findings post by post; many posts are shared out among the processors."""
    one = partial(check_post, project=project, redraw=redraw)
    workers = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    if len(files) < MANY or workers == 1:
        return [finding for file in files for finding in one(file)]
    # only here: they take as long to import as a post takes to check
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    # forked, so that a worker has everything imported already
    forking = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(workers, forking, _leave_interrupts_to_the_parent) as pool:
        shared_out = pool.map(one, files, chunksize=8)
        return [finding for findings in shared_out for finding in findings]


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
