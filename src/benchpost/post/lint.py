"""Everything that is wrong with the text of a post, with its place and what would be right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from benchpost.config import Project
from benchpost.findings import Finding, Severity
from benchpost.post import frontmatter, lint_mdx, lint_nextra
from benchpost.post.document import Post
from benchpost.post.problems import Problem


def lint(post: Post, project: Project) -> list[Finding]:
    """What MDX refuses, what breaks a Nextra build, and declarations that are not understood.

    In the order of the text. The disk is read only to look for images.
    """
    return _placed(post, _problems(post, project))


def declarations(post: Post) -> list[Finding]:
    """Only what is wrong with slots, values and snippets as declared: S001, S007 and S008."""
    return _placed(post, post.problems)


def _placed(post: Post, problems: Iterable[Problem]) -> list[Finding]:
    found = sorted(problems, key=lambda each: (each.offset, each.check.name))
    refused = {each.offset for each in found if each.severity is Severity.ERROR}
    return [
        Finding(each.check, post.place(each.offset), each.message, severity=each.severity)
        for each in found
        # what is refused is not warned of besides
        if each.severity is Severity.ERROR or each.offset not in refused
    ]


def _problems(post: Post, project: Project) -> Iterator[Problem]:
    yield from frontmatter.problems(post.tree, post.text)
    nodes, refused = lint_mdx.read(post)
    yield from refused
    yield from lint_nextra.problems(post, nodes, project)
    yield from post.problems
