"""Everything that is wrong with the text of a post, with its place and what would be right."""

from __future__ import annotations

from collections.abc import Iterator

from benchpost.config import Project
from benchpost.findings import Finding, Severity
from benchpost.post import frontmatter, lint_mdx, lint_nextra
from benchpost.post.document import Dialect, Post
from benchpost.post.marks import find_marks
from benchpost.post.problems import Problem
from benchpost.post.snippets import find_snippets


def lint(post: Post, project: Project) -> list[Finding]:
    """What MDX refuses, what breaks a Nextra build, and declarations that are not understood.

    In the order of the text. The disk is read only to look for images.
    """
    found = sorted(_problems(post, project), key=lambda each: (each.offset, each.check.name))
    refused = {each.offset for each in found if each.severity is Severity.ERROR}
    return [
        Finding(
            problem.check, post.place(problem.offset), problem.message, severity=problem.severity
        )
        for problem in found
        # what is refused is not warned of besides
        if problem.severity is Severity.ERROR or problem.offset not in refused
    ]


def _problems(post: Post, project: Project) -> Iterator[Problem]:
    if not post.front:
        yield from frontmatter.problems(post.tree, post.text)
    nodes, faults = lint_mdx.read(post)
    if post.dialect is Dialect.MDX:
        yield from faults
    yield from lint_nextra.problems(post, nodes, project)
    yield from find_marks(post.text, post.tree, post.dialect).problems
    yield from find_snippets(post.text, post.tree).problems
