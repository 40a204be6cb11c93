"""Which snippets of a post are run on a machine, and why the others are not."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from benchpost.config import Project
from benchpost.post.document import Post, Snippet
from benchpost.record.fresh import Files, why_stale
from benchpost.record.machine import Equipment
from benchpost.record.needs import lacking
from benchpost.record.types import Results


class Extent(Enum):
    """Whose results count when it is asked whether a snippet has to run."""

    ANY = "any"
    """Those of any machine: what is fresh somewhere need not run here."""
    THIS = "this"
    """Only those of this machine, because it was named."""
    NONE = "none"
    """Nobody's: everything runs."""


@dataclass(frozen=True)
class Plan:
    """What will happen to one post."""

    post: Post
    """The post."""
    runs: tuple[Snippet, ...]
    """Snippets to run in order: up to the last that has to, because they share one state."""
    stale: Mapping[str, str]
    """Snippets that have to run, by id, and why."""
    skipped: Mapping[str, str]
    """Snippets that cannot run here, by id, and why."""

    @property
    def is_timed(self) -> bool:
        """A snippet keeps a value, so nothing else of ours may run beside the post."""
        return any(snippet.keep for snippet in self.runs)


def plan(
    post: Post, results: Mapping[str, Results], project: Project, here: Equipment, extent: Extent
) -> Plan:
    """Decide for one post. Reads files, starts nothing."""
    files = Files(project.root, post.path)
    skipped = _skipped(post, project, here)
    name = here.machine.name
    reasons = {s.id: _reason(s, post, results, name, extent, files) for s in post.snippets}
    stale = {each: why for each, why in reasons.items() if why and each not in skipped}
    last = max((n for n, s in enumerate(post.snippets) if s.id in stale), default=-1)
    runs = tuple(s for s in post.snippets[: last + 1] if s.id not in skipped)
    unmet = {each: why for each, why in skipped.items() if reasons[each]}
    return Plan(post, runs, stale, unmet)


def _reason(
    snippet: Snippet,
    post: Post,
    results: Mapping[str, Results],
    machine: str,
    extent: Extent,
    files: Files,
) -> str:
    if extent is Extent.NONE:
        return "asked for"
    own = results.get(machine)
    here = why_stale(snippet, post, own, files)
    if extent is Extent.THIS or (own and snippet.id in (*own.results, *own.broken)):
        return here
    elsewhere = [why_stale(snippet, post, each, files) for each in results.values()]
    return next(filter(None, elsewhere), here) if all(elsewhere) else ""


def _skipped(post: Post, project: Project, here: Equipment) -> dict[str, str]:
    """Snippets that lack something, and those that use a name which only such a one defines."""
    folders = (str(post.file.parent), str(project.root))
    skipped: dict[str, str] = {}
    lost: dict[str, str] = {}
    have = set(dir(builtins))
    for snippet in post.snippets:
        why = lacking(snippet.needs, here, folders) or _robbed(snippet, lost, have)
        if why:
            skipped[snippet.id] = why
            lost.update(dict.fromkeys(_bound(snippet), snippet.id))
        else:
            have |= _bound(snippet)
    return skipped


def _robbed(snippet: Snippet, lost: Mapping[str, str], have: set[str]) -> str:
    """A clause naming what a skipped snippet would have defined for this one."""
    for name in sorted(_used(snippet) - _bound(snippet) - have):
        if name in lost:
            return f"uses `{name}` of snippet {lost[name]!r}, which is skipped"
    return ""


def _bound(snippet: Snippet) -> set[str]:
    """Names that a snippet's code defines anywhere."""
    return {name for node in _nodes(snippet) for name in _binds(node)}


def _binds(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.alias):
        yield (node.asname or node.name).partition(".")[0]
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
        yield node.name


def _used(snippet: Snippet) -> set[str]:
    return {node.id for node in _nodes(snippet) if isinstance(node, ast.Name)}


def _nodes(snippet: Snippet) -> list[ast.AST]:
    try:
        return list(ast.walk(ast.parse(snippet.code)))
    except (SyntaxError, ValueError):  # IPython magics, or an error that running will tell
        return []
