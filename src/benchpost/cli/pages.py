"""`benchpost pages`: write the site's pages of all posts and skills."""

from __future__ import annotations

import argparse
import sys

from benchpost.cli.arguments import Subparsers, project_of, verb
from benchpost.cli.report import add_format, exit_code, formatted

EXAMPLES = """\
  benchpost pages            pages of all posts and skills, for `mkdocs build`
  benchpost pages --drafts   of drafts too
"""


def add(subparsers: Subparsers) -> None:
    """Declare the verb's words."""
    parser = verb(
        subparsers, "pages", "write the site's pages, without building the site", EXAMPLES
    )
    parser.add_argument("--drafts", action="store_true", help="drafts too")
    add_format(parser)


def act(args: argparse.Namespace) -> int:
    """Write them and print what is wrong."""
    # imported here: `benchpost --help` needs none of it
    from benchpost.site.pages import write_pages

    project = project_of(args)
    findings = write_pages(project, drafts=args.drafts)
    sys.stdout.write(formatted(findings, args, project))
    return exit_code(findings)
