"""A page's commands held against facts: page in, findings out.

`check_text` is for any Markdown or MDX text, `check_post` for a post that is read already. Both
take the tools with the releases that the page speaks of, `{"vllm": "0.33.0"}` or
`{"vllm": ">=0.22"}`, and names that are allowed beyond the facts, such as flags of plugins.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path

from benchpost.commands.context import Context
from benchpost.commands.declared import Declared
from benchpost.commands.facts import load
from benchpost.commands.page import Page
from benchpost.commands.versions import order, stretch
from benchpost.errors import Place, UsageError
from benchpost.findings import Check, Finding, Severity
from benchpost.post.document import Dialect, Post
from benchpost.post.read import parse_post

Vocabulary = Callable[[str], int | None]
"""The size of a model's vocabulary by the model's name; None for a model that is not known."""


def check_text(
    text: str,
    path: str,
    versions: Mapping[str, str],
    allowed: Collection[str] = (),
    dialect: Dialect | None = None,
) -> list[Finding]:
    """Findings on a Markdown or MDX text, in order. Raises UsageError for an unknown tool."""
    return check_post(parse_post(text, path, Path(path), dialect), versions, allowed)


def check_post(
    post: Post,
    versions: Mapping[str, str],
    allowed: Collection[str] = (),
    vocabulary: Vocabulary | None = None,
) -> list[Finding]:
    """Findings on a page, in order. Raises UsageError for an unknown tool or release.

    With `vocabulary`, draft models are asked whether they speak the tokens of their target.
    """
    found = {
        finding
        for tool, version in versions.items()
        for finding in _against(post, tool, version, frozenset(allowed), vocabulary)
    }
    return sorted(found, key=lambda each: (each.place, each.check.name, each.message))


def check_declared(
    post: Post, declaration: Declared, vocabulary: Vocabulary | None = None
) -> list[Finding]:
    """Findings on a page by its own declaration, what is wrong with that included."""
    place = _declared_at(post)
    wrong = [Finding(Check.C022, place, problem) for problem in declaration.problems]
    return [*wrong, *check_post(post, declaration.versions, declaration.allowed, vocabulary)]


def _declared_at(post: Post) -> Place:
    match = re.search(r"^commands[ \t]*:", post.text, re.MULTILINE)
    return post.place(match.start() if match else 0)


def _against(
    post: Post, tool: str, version: str, allowed: frozenset[str], vocabulary: Vocabulary | None
) -> Iterator[Finding]:
    facts = load(tool)
    asked = stretch(version, facts.version)
    if asked is None:
        raise UsageError(f"{version!r} is no release of {tool}; write e.g. {facts.version}")
    context = Context(facts, facts.span(asked), allowed, vocabulary)
    if order(asked.high) > order(facts.version):
        said = f"facts on {tool} reach {facts.version} ({facts.date}); held against that release"
        yield Finding(Check.C022, post.place(0), said, severity=Severity.WARNING)
    for problem in Page(post, context).problems():
        place = post.place(problem.offset)
        yield Finding(problem.check, place, problem.message, severity=problem.severity)
