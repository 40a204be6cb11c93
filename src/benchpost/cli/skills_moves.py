"""`benchpost skills plan`, `apply`, `undo`, `migrate`: a catalogue reorganised."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from benchpost.cli.arguments import Subparsers
from benchpost.cli.report import for_terminal
from benchpost.errors import BenchpostError, UsageError
from benchpost.files import read_text, write_atomic
from benchpost.findings import as_text
from benchpost.skills import git, likely
from benchpost.skills.aliases import read_aliases
from benchpost.skills.change import prepare
from benchpost.skills.migrate import left, migrate, steps, texts
from benchpost.skills.moves import plan_text, read_plan
from benchpost.skills.perform import perform, record, shown, undoing
from benchpost.skills.rules import propose
from benchpost.skills.scan import scan
from benchpost.skills.types import Tree


def add(acts: Subparsers) -> None:
    """Declare the words of the acts that move skills."""
    plan = acts.add_parser("plan", help="propose moves; prints a plan to confirm")
    _add_tree(plan)
    source = plan.add_mutually_exclusive_group(required=True)
    source.add_argument("--rules", type=Path, metavar="FILE", help="moves as people say them")
    source.add_argument(
        "--by-description", action="store_true", help="skills that fit another category better"
    )
    apply = acts.add_parser("apply", help="make the moves of a plan, with all that names them")
    apply.add_argument("plan", type=Path, metavar="PLAN", help="a plan, as `plan` prints it")
    _add_tree(apply)
    apply.add_argument("--dry-run", action="store_true", help="show all of it, change nothing")
    apply.add_argument(
        "--record", type=Path, metavar="FILE", help="what undoes it (default: PLAN.undo.json)"
    )
    undo = acts.add_parser("undo", help="unmake an applied plan")
    undo.add_argument("record", type=Path, metavar="RECORD", help="the record of `apply`")
    _add_tree(undo)
    moving = acts.add_parser("migrate", help="bring an installed copy along after moves")
    moving.add_argument("installed", type=Path, metavar="COPY", help="e.g. ~/.hermes/skills")
    _add_tree(moving)
    moving.add_argument("--dry-run", action="store_true", help="say what would move")


def _add_tree(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--tree", type=Path, default=Path("docs/skills"), help="the catalogue (docs/skills)"
    )


def _tree(args: argparse.Namespace) -> Tree:
    if not args.tree.is_dir():
        raise UsageError(f"no folder {args.tree}")
    return scan(args.tree)


def _text(file: Path) -> str:
    if not file.is_file():
        raise UsageError(f"no file {file}")
    return read_text(file)


def _plan(args: argparse.Namespace) -> int:
    if args.by_description:
        sys.stdout.write(plan_text(likely.propose(_tree(args))))
        return 0
    found, doubts = propose(_text(args.rules), _tree(args), args.rules.as_posix())
    if doubts:
        # half a plan could be applied, and nobody would see what it lacks
        sys.stderr.write(as_text(doubts))
        print("no plan was made", file=sys.stderr)
        return 1
    sys.stdout.write(plan_text(found))
    return 0


def _apply(args: argparse.Namespace) -> int:
    path = args.plan.as_posix()
    change = prepare(_tree(args), read_plan(_text(args.plan), path), path)
    if change.doubts:
        sys.stderr.write(as_text(change.doubts))
        print("nothing was changed", file=sys.stderr)
        return 1
    sys.stdout.write(for_terminal(shown(change)))
    if args.dry_run or not change.moves:
        return 0
    kept = args.record or args.plan.with_suffix(".undo.json")
    if kept.exists():
        raise BenchpostError(f"{kept} exists; move it away or name another with --record")
    write_atomic(kept, record(change).encode())
    try:
        perform(change)
    except BaseException:
        # all was put back, and there is nothing to undo; else the record is what helps
        if all((change.repository / move.old).is_dir() for move in change.moves):
            kept.unlink()
        raise
    print(f"undo with: benchpost skills undo {kept} --tree {args.tree}", file=sys.stderr)
    return 0


def _undo(args: argparse.Namespace) -> int:
    change = undoing(_text(args.record), args.record.as_posix(), git.top(args.tree))
    if not change.moves:
        print(f"{args.record}: already undone")
        return 0
    perform(change)
    for move in change.moves:
        print(f"move {move.old} -> {move.new}")
    return 0


def _migrate(args: argparse.Namespace) -> int:
    if not args.installed.is_dir():
        raise UsageError(f"no folder {args.installed}")
    found = list(steps(args.installed, read_aliases(args.tree)))
    for step in found:
        print(f"{step.old}: {step.note}" if step.note else f"move {step.old} -> {step.new}")
    for file in texts(args.installed, args.tree, found):
        print(f"add {file}")
    if not args.dry_run:
        migrate(args.installed, args.tree, found)
        for file in left(args.installed):
            print(f"{file}: no skill lies below it any more; remove it if you did not write it")
    return int(any(step.note for step in found))


ACTS: dict[str, Callable[[argparse.Namespace], int]] = {
    "plan": _plan,
    "apply": _apply,
    "undo": _undo,
    "migrate": _migrate,
}
