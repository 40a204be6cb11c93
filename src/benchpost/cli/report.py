"""How findings reach a person, a program or GitHub."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace

from benchpost.findings import FORMATS, Finding, Severity

RED, GREEN, BOLD, PLAIN = "\x1b[31m", "\x1b[32m", "\x1b[1m", "\x1b[0m"


def add_format(parser: argparse.ArgumentParser) -> None:
    """Let a verb take `--format`."""
    parser.add_argument(
        "--format", choices=FORMATS, default="text", help="how to print (default: text)"
    )


def print_findings(findings: Sequence[Finding], args: argparse.Namespace) -> None:
    """Print all findings in the format asked for; colours only for a terminal."""
    where = args.project
    reachable = [_with_project(finding, str(where)) if where else finding for finding in findings]
    text = FORMATS[args.format](reachable)
    sys.stdout.write(coloured(text) if args.format == "text" and _is_terminal() else text)


def exit_code(findings: Sequence[Finding]) -> int:
    """1 when a finding is an error, else 0."""
    return int(any(finding.severity is Severity.ERROR for finding in findings))


def _with_project(finding: Finding, folder: str) -> Finding:
    """The finding with a mending command that works where `--project` was needed."""
    if not finding.mend.startswith("benchpost "):
        return finding
    return replace(finding, mend=f"{finding.mend} --project {shlex.quote(folder)}")


def _is_terminal() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def coloured(text: str) -> str:
    """Findings as text with bold places and the lines of diffs in red and green."""
    return "".join(_coloured_line(line) for line in text.splitlines(keepends=True))


def _coloured_line(line: str) -> str:
    body, end = line.rstrip("\n"), line[len(line.rstrip("\n")) :]
    if line.startswith("    +"):
        return f"{GREEN}{body}{PLAIN}{end}"
    if line.startswith("    -"):
        return f"{RED}{body}{PLAIN}{end}"
    if not line.startswith(" ") and ": " in body:
        place, rest = body.split(": ", 1)
        return f"{BOLD}{place}:{PLAIN} {rest}{end}"
    return line
