"""`benchpost build`: run what is stale and can run here, fill, and build the site."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from benchpost import cli
from benchpost.cli.arguments import Subparsers, project_of, verb
from benchpost.config import Project
from benchpost.errors import UsageError
from benchpost.post.read import read_post

EXAMPLES = """\
  benchpost build                                 run, fill, and build into site/
  benchpost build --no-run                        from the recorded results alone
"""

STEPS = ("run", "fill")
"""Verbs before the site; each one stops the build when it fails."""


def add(subparsers: Subparsers) -> None:
    """Declare the words of `benchpost build`."""
    summary = "run what is stale and can run here, fill, and build the site"
    parser = verb(subparsers, "build", summary, EXAMPLES)
    parser.add_argument("--no-run", action="store_true", help="do not run any snippet")


def act(args: argparse.Namespace) -> int:
    """Do one step after the other; the first that fails gives the exit code."""
    project = project_of(args)
    root = project.root
    settings = root / "mkdocs.yml"
    if not settings.is_file():
        raise UsageError(f"no mkdocs.yml in {root}; the site is described there")
    for step in STEPS[args.no_run :]:
        code = cli.main([step, "--project", str(root)])
        if code:
            return code
    drafts = _drafts(project)
    if drafts:
        print(f"left out of the site as drafts: {', '.join(drafts)}")
    return _mkdocs(settings)


def _drafts(project: Project) -> list[str]:
    """The posts that `draft: true` keeps off the site; the steps before have read them all."""
    posts = (read_post(file, project) for file in project.posts())
    return [post.path for post in posts if post.is_draft]


def _mkdocs(settings: Path) -> int:
    """The site, whose plugin of ours writes the pages first; warnings are errors."""
    sys.stdout.flush()
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", str(settings)]
    # mkdocs-material prints a notice about MkDocs 2 on each build; we pin mkdocs<2
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    return int(subprocess.run(command, cwd=settings.parent, env=environment).returncode != 0)
