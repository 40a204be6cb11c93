"""`benchpost commands`: the commands of pages held against the real tool."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from benchpost.cli.arguments import Subparsers, codes, project_of, verb
from benchpost.cli.report import add_format, exit_code, formatted
from benchpost.commands.check import check_declared, check_post
from benchpost.commands.declared import declared
from benchpost.commands.facts import load, tools
from benchpost.config import Project, find_project
from benchpost.errors import UsageError
from benchpost.files import read_text
from benchpost.fill.token_counts import vocabulary
from benchpost.findings import Finding, selected
from benchpost.post.document import Post
from benchpost.post.read import parse_post

NAMED = 3
"""Pages that are named when they are not checked; a folder may hold hundreds."""
EXAMPLES = """\
  benchpost commands --tool vllm --version 0.33.0 README.md   against one release
  benchpost commands --tool vllm --version '>=0.22' docs      against every release from there on
  benchpost commands --tool vllm --allow omni docs            a flag of a plugin is no mistake
  benchpost commands posts                                    by what each page declares itself
  benchpost commands --facts                                  the tools there are facts on
"""


def add(subparsers: Subparsers) -> None:
    """Declare the words of `benchpost commands`."""
    parser = verb(
        subparsers, "commands", "hold commands, flags and metrics against the real tool", EXAMPLES
    )
    parser.add_argument(
        "posts", nargs="*", metavar="FILE", help="Markdown or MDX files, or folders of them"
    )
    parser.add_argument("--tool", help=f"which tool: {', '.join(tools())}")
    parser.add_argument(
        "--version",
        metavar="RELEASE",
        help="its release, or '>=0.22' (default: the newest that there are facts on)",
    )
    parser.add_argument(
        "--allow",
        action="append",
        default=[],
        metavar="NAME",
        help="a flag (its dashes may be left out), variable or metric of a plugin; may be repeated",
    )
    for name, what in (("--select", "only these checks"), ("--ignore", "not these checks")):
        parser.add_argument(
            name,
            type=codes,
            default=[],
            metavar="CODES",
            help=f"{what}: codes or their beginnings, separated by commas",
        )
    add_format(parser)
    parser.add_argument("--facts", action="store_true", help="list the tools there are facts on")


def act(args: argparse.Namespace) -> int:
    """Print all findings; 1 when one of them is an error."""
    if args.facts:
        sys.stdout.write("".join(_facts(tool) for tool in tools()))
        return 0
    if args.version and not args.tool:
        raise UsageError("--version is the release of a tool: name it with --tool")
    if not args.posts:
        raise UsageError("name files or folders; see `benchpost commands --help`")
    project = project_of(args)
    posts = [_read(file, project) for file in project.post_files(args.posts)]
    asked = {args.tool: args.version or load(args.tool).version} if args.tool else {}
    if not asked:
        _mind_silent([post.path for post in posts if _is_silent(post)], len(posts))
    found = [finding for post in posts for finding in _of_page(post, asked, args.allow)]
    chosen = selected(found, args.select, args.ignore)
    sys.stdout.write(formatted(chosen, args, project))
    return exit_code(chosen)


def _facts(name: str) -> str:
    tool = load(name)
    flags = len({flag.name for flag in tool.flags})
    releases = "1 release" if len(tool.versions) == 1 else f"{len(tool.versions)} releases"
    counts = f"{releases}, {len(tool.commands)} commands, {flags} flags"
    more = f"{len(tool.env)} variables, {len(tool.metrics)} metrics"
    return f"{name} {tool.version} ({tool.date}): {counts}, {more}\n"


def _read(file: Path, project: Project) -> Post:
    # from outside the project its root means nothing to the reader, who gave a path that works
    inside = find_project(Path.cwd()).root == project.root
    return parse_post(read_text(file), project.relative(file) if inside else file.as_posix(), file)


def _is_silent(post: Post) -> bool:
    """Whether a page says of no tool that it speaks of it, rightly or wrongly."""
    own = declared(post.front)
    return own is None or not (own.versions or own.problems)


def _mind_silent(paths: list[str], of: int) -> None:
    """Say which pages are not checked; raises UsageError where that is all of them."""
    if not paths:
        return
    more = f" and {len(paths) - NAMED} more" if len(paths) > NAMED else ""
    verb = "declares" if len(paths) == 1 else "declare"
    said = f"{', '.join(paths[:NAMED])}{more} {verb} no tool"
    hint = f"name one with --tool, e.g. `--tool {tools()[-1]}`"
    if len(paths) == of:
        raise UsageError(f"{said}; nothing was checked; {hint}")
    print(f"benchpost: not checked: {said}; {hint}", file=sys.stderr)


def _of_page(post: Post, asked: Mapping[str, str], allowed: list[str]) -> list[Finding]:
    """By the words given; without a tool among them, by what the page declares."""
    own = declared(post.front)
    if asked:
        flags = [f"--{name}" for name in allowed]
        ours = own.allowed if own else frozenset()
        return check_post(post, asked, {*allowed, *flags, *ours}, vocabulary)
    return check_declared(post, own, vocabulary) if own else []
