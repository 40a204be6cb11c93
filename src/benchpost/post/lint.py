"""Everything that is wrong with the text of a post, with its place and what would be right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from benchpost.config import Project
from benchpost.findings import Check, Finding, Severity
from benchpost.post import frontmatter, lint_mdx, lint_nextra
from benchpost.post.document import Dialect, Post
from benchpost.post.nodes import Html
from benchpost.post.places import path_to
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
    yield from _beginnings(post)


def _beginnings(post: Post) -> Iterator[Problem]:
    """S011: values that Markdown reads as blocks of HTML, unless they are all of the block."""
    for value in post.values if post.dialect is Dialect.MARKDOWN else ():
        block = path_to(post.tree, value.span.start)[-1]
        if not isinstance(block, Html):
            continue
        whole = post.text[block.start : block.end].strip()
        if whole != post.text[value.span.start : value.span.end]:
            message = (
                "a value that begins a line begins a block of HTML in Markdown, which parts the "
                "paragraph; put the word before it onto its line"
            )
            yield Problem(Check.S011, value.span.start, message)
