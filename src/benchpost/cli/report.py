"""How findings reach a person, a program or GitHub."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchpost.config import Project, find_project
from benchpost.findings import FORMATS, Finding, Severity

RED, GREEN, BOLD, PLAIN = "\x1b[31m", "\x1b[32m", "\x1b[1m", "\x1b[0m"


def add_format(parser: argparse.ArgumentParser) -> None:
    """Let a verb take `--format`."""
    parser.add_argument(
        "--format", choices=FORMATS, default="text", help="how to print (default: text)"
    )


def formatted(findings: Sequence[Finding], args: argparse.Namespace, project: Project) -> str:
    """All findings in the format asked for; colours only for a terminal."""
    if find_project(Path.cwd()).root != project.root:
        where = str(args.project or project.root)
        findings = [_with_project(finding, where) for finding in findings]
    text = FORMATS[args.format](findings)
    return for_terminal(text) if args.format == "text" else text


def exit_code(findings: Sequence[Finding]) -> int:
    """1 when a finding is an error, else 0."""
    return int(any(finding.severity is Severity.ERROR for finding in findings))


def _with_project(finding: Finding, folder: str) -> Finding:
    """The finding with a mending command that works from outside its project."""
    if not finding.mend.startswith("benchpost "):
        return finding
    return replace(finding, mend=f"{finding.mend} --project {shlex.quote(folder)}")


def for_terminal(text: str) -> str:
    """The text with colours when it goes to a terminal that wants them."""
    wanted = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    return coloured(text) if wanted else text


def coloured(text: str) -> str:
    """Findings and diffs with bold places and changed lines in red and green."""
    return "".join(f"{_coloured_line(line)}\n" for line in text.split("\n")[:-1])


def _coloured_line(line: str) -> str:
    # the diff of a finding is indented, that of `fill --diff` is not
    sign = line.removeprefix("    ")[:1]
    if sign in ("+", "-"):
        return f"{GREEN if sign == '+' else RED}{line}{PLAIN}"
    place, colon, rest = line.partition(": ")
    return f"{BOLD}{place}:{PLAIN} {rest}" if colon and not line.startswith(" ") else line
