"""`benchpost fill`: put every figure and number where it belongs."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from benchpost.cli.arguments import Subparsers, add_posts, posts_of, project_of, verb
from benchpost.cli.report import exit_code, for_terminal, formatted
from benchpost.config import Project
from benchpost.errors import BenchpostError
from benchpost.fill.bugs import BUGS
from benchpost.fill.diff import unified
from benchpost.fill.material import bug, unreadable
from benchpost.fill.write import Outcome, fill_post
from benchpost.findings import as_json
from benchpost.post.document import Slot

EXAMPLES = """\
  benchpost fill                                fill all posts of the project
  benchpost fill posts/vllm-overhead/index.mdx  fill one
  benchpost fill --diff                         and show what changed in the text
  benchpost fill --redraw                       draw fresh pictures anew too
"""


def add(subparsers: Subparsers) -> None:
    """Declare the words of `benchpost fill`."""
    parser = verb(subparsers, "fill", "put figures and numbers into the posts, in place", EXAMPLES)
    add_posts(parser)
    parser.add_argument("--diff", action="store_true", help="show what changed in the text")
    parser.add_argument("--redraw", action="store_true", help="draw pictures that are fresh too")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print")


def act(args: argparse.Namespace) -> int:
    """Fill the posts that the words name; what cannot be filled is said and left as it is."""
    project = project_of(args)
    outcomes = [_fill(file, project, args.redraw) for file in posts_of(args, project)]
    if args.format == "json":
        print(json.dumps([_record(outcome) for outcome in outcomes], indent=2, ensure_ascii=False))
    else:
        for outcome in outcomes:
            _print(outcome, args, project)
    return exit_code([finding for outcome in outcomes for finding in outcome.findings])


def _fill(file: Path, project: Project, redraw: bool) -> Outcome:
    try:
        return fill_post(file, project, redraw=redraw)
    except BenchpostError as error:
        finding = unreadable(error, file, project)
    except BUGS as error:
        finding = bug(error, "filling this post", file, project)
    return Outcome(project.relative(file), "", "", findings=(finding,))


def _print(outcome: Outcome, args: argparse.Namespace, project: Project) -> None:
    print(f"{outcome.path}: {_summary(outcome)}")
    if args.diff:
        sys.stdout.write(for_terminal(unified(outcome.before, outcome.after, outcome.path)))
    sys.stdout.write(formatted(outcome.findings, args, project))


def _summary(outcome: Outcome) -> str:
    slots = sum(isinstance(piece.of, Slot) for piece in outcome.pieces)
    said = [
        *_counted("filled", slots, "slot"),
        *_counted("filled", len(outcome.pieces) - slots, "value"),
        *_listed("drew", outcome.drawn),
        *_listed("removed", outcome.removed),
    ]
    if not said:
        said = ["not filled" if outcome.findings else "nothing to do"]
    return "; ".join([*said, *_open(outcome.open)])


def _open(count: int) -> list[str]:
    are = "placeholder is" if count == 1 else "placeholders are"
    return [f"{count} {are} open, see `benchpost todo`"] if count else []


def _counted(did: str, count: int, what: str) -> list[str]:
    return [f"{did} {count} {what}{'' if count == 1 else 's'}"] if count else []


def _listed(did: str, names: Sequence[str]) -> list[str]:
    return [f"{did} {', '.join(names)}"] if names else []


def _record(outcome: Outcome) -> dict[str, object]:
    return {
        "path": outcome.path,
        "changed": outcome.before != outcome.after,
        "drawn": list(outcome.drawn),
        "removed": list(outcome.removed),
        "diff": unified(outcome.before, outcome.after, outcome.path),
        "open": outcome.open,
        "findings": json.loads(as_json(outcome.findings)),
    }
