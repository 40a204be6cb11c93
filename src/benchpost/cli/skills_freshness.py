"""`benchpost skills freshness`: what of a catalogue is out of date. A report, never a gate."""

from __future__ import annotations

import argparse
import datetime
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from benchpost.cli.arguments import Subparsers, codes
from benchpost.cli.report import add_format, formatted
from benchpost.commands.check import check_text
from benchpost.commands.facts import load, tools
from benchpost.config import find_project
from benchpost.errors import BenchpostError, UsageError
from benchpost.findings import Finding, selected
from benchpost.skills.freshness.age import changes
from benchpost.skills.freshness.blocks import blocks
from benchpost.skills.freshness.declared import packages
from benchpost.skills.freshness.fetch import fetch
from benchpost.skills.freshness.judge import Counts, Sources, judge
from benchpost.skills.freshness.releases import newest, unreadable
from benchpost.skills.library import Library
from benchpost.skills.scan import scan
from benchpost.skills.types import Tree

DAYS = 365
MOST = 12
"""Names of modules that the summary lists."""


def add(acts: Subparsers) -> None:
    """Declare the words of the act."""
    parser = acts.add_parser("freshness", help="say what is out of date: imports, commands, age")
    parser.add_argument(
        "tree", nargs="?", type=Path, default=Path("docs/skills"), help="folder (docs/skills)"
    )
    parser.add_argument(
        "--wheels", type=Path, metavar="DIR", help="wheels and sdists to hold imports against"
    )
    parser.add_argument(
        "--fetch",
        action="store_true",
        help="first download, through pip, the newest wheels of what the skills install",
    )
    parser.add_argument(
        "--package",
        action="append",
        default=[],
        metavar="NAME",
        help="fetch this one alone; may be given again",
    )
    parser.add_argument(
        "--older", type=int, default=DAYS, metavar="DAYS", help=f"when a text is old ({DAYS})"
    )
    for name in ("--select", "--ignore"):
        parser.add_argument(name, type=codes, default=[], metavar="CODES", help="e.g. K05,K051")
    add_format(parser)


def wheels() -> Path:
    """Where wheels are kept that nobody named a folder for."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "benchpost" / "wheels"


def freshness(args: argparse.Namespace) -> int:
    """Print the report; the exit code is 0 whatever it says."""
    if not args.tree.is_dir():
        raise UsageError(f"no folder {args.tree}")
    folder = args.wheels or wheels()
    if args.wheels and not args.fetch and not folder.is_dir():
        raise UsageError(f"no folder {folder}")
    library = Library(scan(args.tree))
    failed = _fetched(library, args, folder) if args.fetch or args.package else []
    sources = Sources(newest(folder), commands, _changes(library.tree), _today(), args.older)
    report = judge(library, sources)
    chosen = [_from_here(each, args.tree) for each in report.findings]
    chosen = selected(chosen, args.select, args.ignore)
    sys.stdout.write(formatted(chosen, args, find_project(Path.cwd())))
    for line in summary(report.counts, len(sources.releases), failed):
        print(line, file=sys.stderr)
    if broken := unreadable(folder):
        names = ", ".join(broken)
        print(f"cannot be read and is not looked at: {names}", file=sys.stderr)
    return 0


def commands(text: str, path: str) -> list[Finding]:
    """What is wrong with the commands of a text, by the newest release that there are facts on."""
    named = [tool for tool in tools() if _runs(tool, text)]
    return check_text(text, path, {tool: load(tool).version for tool in named}) if named else []


def _runs(tool: str, text: str) -> bool:
    """Whether a text runs a tool or reads its metrics, rather than giving its name to another."""
    pattern = rf"^[ \t$>]*(?:\w+=\S+ )*{tool} \w|`{tool} \w|-m {tool}\.|\b{tool}:\w"
    return tool in text and bool(re.search(pattern, text, re.MULTILINE))


def _today() -> datetime.date:
    return datetime.datetime.now(tz=datetime.UTC).date()


def _from_here(finding: Finding, root: Path) -> Finding:
    path = (root / finding.place.path).as_posix()
    return replace(finding, place=replace(finding.place, path=path))


def _fetched(library: Library, args: argparse.Namespace, folder: Path) -> list[str]:
    """Download; the packages of which there is no wheel."""
    skills = library.tree.skills
    declared = {name for each in skills for name in packages(each, blocks(library, each))}
    unknown = sorted(set(args.package) - declared)
    if unknown:
        raise UsageError(
            f"no skill installs {', '.join(unknown)}; only what skills name is fetched"
        )
    return fetch(
        args.package or declared, folder, lambda line: print(f"fetch {line}", file=sys.stderr)
    )


def _changes(tree: Tree) -> Mapping[str, datetime.date]:
    try:
        return changes(tree)
    except BenchpostError as error:
        print(f"no ages: {error.message}", file=sys.stderr)
        return {}


def summary(counts: Counts, releases: int, failed: list[str]) -> list[str]:
    """What was looked at and what was not, in sentences."""
    known = counts.there + counts.gone + counts.untold
    without = sum(counts.without.values())
    share = f" ({counts.gone / known:.1%})" if counts.gone else ""
    lines = [
        f"{known + without} imported names, {releases} releases at hand: {counts.there} there,"
        f" {counts.gone} gone{share}, {counts.untold} cannot be told, {without} of packages without"
        " a release"
    ]
    if without:
        most = counts.without.most_common()
        names = ", ".join(f"{name} ({number})" for name, number in most[:MOST])
        rest = f" and {len(most) - MOST} more" if len(most) > MOST else ""
        lines.append(f"not looked at: {names}{rest}; --fetch downloads what the skills install")
    if counts.pieces:
        lines.append(
            f"{counts.pieces} blocks are not Python as they stand; their imports were read"
        )
    if failed:
        lines.append(f"no wheel for this Python of: {', '.join(failed)}")
    return lines
