"""What the verbs share in reading their words: the project, the posts, the output's format."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from benchpost.config import Project, find_project, nearest_project
from benchpost.errors import UsageError, near
from benchpost.findings import Check

if TYPE_CHECKING:
    Subparsers: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]
else:
    Subparsers = argparse._SubParsersAction


class Examples(argparse.RawDescriptionHelpFormatter):
    """Help as wide as the terminal allows, up to 100 columns, with examples kept as written."""

    def __init__(self, prog: str) -> None:
        width = min(100, shutil.get_terminal_size((100, 24)).columns) - 2
        super().__init__(prog, max_help_position=28, width=width)


def verb(subparsers: Subparsers, name: str, summary: str, examples: str) -> argparse.ArgumentParser:
    """The parser of one verb; it takes `--project` after the verb too."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        name,
        help=summary,
        description=summary[0].upper() + summary[1:] + ".",
        epilog=f"examples:\n{examples}",
    )
    # SUPPRESS: a verb without --project must not wipe out one given before the verb
    parser.add_argument(
        "--project", type=Path, metavar="DIR", default=argparse.SUPPRESS, help=argparse.SUPPRESS
    )
    return parser


def add_posts(parser: argparse.ArgumentParser) -> None:
    """Let a verb take posts: files or folders, all posts and documents when none is named."""
    parser.add_argument(
        "posts",
        nargs="*",
        metavar="POST",
        help="post files or folders (default: all posts, and the documents of the settings)",
    )


def project_of(args: argparse.Namespace) -> Project:
    """The project that `--project` names, or that the first post lies in, or the current folder."""
    folder: Path | None = args.project
    if folder is None:
        return _around(getattr(args, "posts", []), find_project(Path.cwd()))
    if not folder.is_dir():
        raise UsageError(f"no folder {folder}")
    return find_project(folder)


def _around(posts: list[str], here: Project) -> Project:
    """The project of the first post that is named, or the one here."""
    named = next((Path(word).resolve() for word in posts if Path(word).exists()), here.root)
    folder = named if named.is_dir() else named.parent
    inside = folder.is_relative_to(here.root)
    return nearest_project(folder) or (here if inside else Project(folder))


def posts_of(args: argparse.Namespace, project: Project) -> list[Path]:
    """The posts that the words name, relative to the current folder or else to the project's root.

    The second makes a command that we print work from anywhere inside the project.
    """
    files = project.post_files([_located(word, project) for word in args.posts])
    if not files:
        where = project.root / project.config.posts
        said = f"no post in {where}, where each is a folder with an index.mdx or index.md"
        below = ", ".join(project.config.documents)
        documents = f"; and no .md file with a slot, value or snippet below {below}"
        raise UsageError(said + documents if below else said)
    return files


def _located(word: str, project: Project) -> str:
    in_root = project.root / word
    return str(in_root) if not Path(word).exists() and in_root.exists() else word


def codes(words: str) -> list[str]:
    """Codes of checks, or their beginnings, from a list with commas; raises UsageError."""
    wanted = [word.strip().upper() for word in words.split(",") if word.strip()]
    known = [check.name for check in Check]
    for code in wanted:
        if not any(name.startswith(code) for name in known):
            *letters, last = sorted({name[0] for name in known})
            said = f"; codes begin with {', '.join(letters)} or {last}"
            raise UsageError(f"no check {code!r}{near(code, known) or said}")
    return wanted
