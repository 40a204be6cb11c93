"""Which snippets of a post are run on a machine, and why the others are not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from benchpost.config import Project
from benchpost.post.document import Post, Snippet
from benchpost.record.fresh import Now, now, why_stale
from benchpost.record.machine import Equipment
from benchpost.record.names import Sources, sources
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
    today = now(post, project)
    skipped = _skipped(post, project, here)
    name = here.machine.name
    reasons = {s.id: _reason(s, results, name, extent, today) for s in post.snippets}
    stale = {each: why for each, why in reasons.items() if why and each not in skipped}
    last = max((n for n, s in enumerate(post.snippets) if s.id in stale), default=-1)
    runs = tuple(s for s in post.snippets[: last + 1] if s.id not in skipped)
    unmet = {each: why for each, why in skipped.items() if reasons[each]}
    return Plan(post, runs, stale, unmet)


def _reason(
    snippet: Snippet, results: Mapping[str, Results], machine: str, extent: Extent, today: Now
) -> str:
    """Why a snippet has to run on a machine; empty when it need not."""
    if extent is Extent.NONE:
        return "asked for"
    own = results.get(machine)
    here = why_stale(snippet, own, today)
    if extent is Extent.THIS or (own and snippet.id in (*own.results, *own.broken)):
        return here
    elsewhere = [why_stale(snippet, each, today) for each in results.values()]
    return next(filter(None, elsewhere), here) if all(elsewhere) else ""


def _skipped(post: Post, project: Project, here: Equipment) -> dict[str, str]:
    """Snippets that lack something, and those that use a name which only such a one defines."""
    folders = (str(post.file.parent), str(project.root))
    built_on = sources(post.snippets)
    skipped: dict[str, str] = {}
    for snippet in post.snippets:
        why = lacking(snippet.needs, here, folders) or _robbed(built_on[snippet.id], skipped)
        if why:
            skipped[snippet.id] = why
    return skipped


def _robbed(names: Sources, skipped: Mapping[str, str]) -> str:
    """A clause on a name that only skipped snippets would have defined."""
    for name, definers in names.items():
        if all(each in skipped for each in definers):
            return f"uses `{name}` of snippet {definers[-1]!r}, which is skipped"
    return ""
