"""Whether recorded results still hold: a pure reading of files, no kernel and no network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchpost.config import Project
from benchpost.errors import Place
from benchpost.files import read_text
from benchpost.findings import Check, Finding, Severity
from benchpost.post.document import Post, Snippet
from benchpost.record.digests import file_digest, snippet_digests
from benchpost.record.encoding import line_of
from benchpost.record.names import needs
from benchpost.record.types import Result, Results, Used

ACTS = {"import": "imported", "open": "opened", "list": "listed", "run": "ran"}
"""What was done with a used file, as a sentence says it."""

NAMED = 3
"""How many changed files a message names."""


@dataclass(frozen=True)
class Now:
    """A post and the project's files as they are now; each file is read once."""

    post: Post
    """The post whose results are judged."""
    root: Path
    """Folder of the project."""
    digests: Mapping[str, str]
    """Of its snippets, by id."""
    known: dict[tuple[str, str], str] = field(default_factory=dict)
    """Digests of files taken so far."""

    def changed(self, uses: Sequence[Used]) -> list[Used]:
        """Those of `uses` that are not as they were."""
        return [used for used in uses if self._digest(used) != used.digest]

    def _digest(self, used: Used) -> str:
        key = (used.path, "list" if used.how == "list" else "")
        if key not in self.known:
            self.known[key] = file_digest(self.root, used.path, used.how, self.post.path)
        return self.known[key]


def now(post: Post, project: Project) -> Now:
    """What the results of a post are held against."""
    return Now(post, project.root, snippet_digests(post.snippets))


def judge(post: Post, results: Mapping[str, Results], project: Project) -> list[Finding]:
    """R001, R002, R003 and R006 of one post: missing, stale, then those of no snippet."""
    today = now(post, project)
    wanted = needs(post.snippets)
    found: list[Finding] = []
    for snippet in post.snippets:
        found += _missing(snippet, results, today, wanted[snippet.id])
    for snippet in post.snippets:
        for recorded in results.values():
            found += _stale(snippet, recorded, today, wanted[snippet.id])
    for recorded in results.values():
        found += _orphans(post, recorded, project)
    return found


def is_fresh(snippet: Snippet, post: Post, results: Results, project: Project) -> bool:
    """Whether the result of one snippet on one machine holds."""
    return not why_stale(snippet, results, now(post, project))


def why_stale(snippet: Snippet, recorded: Results | None, today: Now) -> str:
    """A clause on why a snippet's result on a machine does not hold; empty when it does."""
    if recorded and snippet.id in recorded.broken:
        return "its result was edited by hand"
    if recorded is None or snippet.id not in recorded.results:
        return "never recorded"
    return _off(snippet, recorded, today)[1]


def _off(snippet: Snippet, recorded: Results, today: Now) -> tuple[Check, str]:
    """How a recorded result does not fit what is there now; the clause is empty when it does."""
    result = recorded.results[snippet.id]
    if result.digest != today.digests[snippet.id]:
        return Check.R002, _which_changed(snippet, recorded, today)
    changed = today.changed(result.uses)
    return Check.R003, _named(today, changed) if changed else ""


def _missing(
    snippet: Snippet, results: Mapping[str, Results], today: Now, wanted: Sequence[str]
) -> Iterator[Finding]:
    if not any(snippet.id in (*each.results, *each.broken) for each in results.values()):
        # what nobody here could measure is said on the page, not invented and not an error
        missing = f"; it needs {', '.join(wanted)}" if wanted else ""
        severity = Severity.WARNING if wanted else Severity.ERROR
        said = f"snippet {snippet.id!r} was never recorded{missing}"
        place = today.post.place(snippet.span.start)
        yield Finding(Check.R001, place, said, f"benchpost run {today.post.path}", severity)


def _stale(
    snippet: Snippet, recorded: Results, today: Now, wanted: Sequence[str]
) -> Iterator[Finding]:
    if snippet.id not in recorded.results:
        return
    check, why = _off(snippet, recorded, today)
    if why:
        where = _where(wanted, recorded.results[snippet.id])
        said = f"result of {snippet.id!r} on {recorded.machine} is stale: {why}{where}"
        mend = f"benchpost run --machine {recorded.machine} {today.post.path}"
        yield Finding(check, today.post.place(snippet.span.start), said, mend)


def _where(wanted: Sequence[str], result: Result) -> str:
    """On what it was recorded, and what a machine must have to mend it."""
    machine = result.provenance.machine
    devices = f" with {', '.join(machine.devices)}" if machine.devices else ""
    have = f"; recorded on {machine.cpu}{devices}"
    return f"{have}; mend it on a machine with {', '.join(wanted)}" if wanted else have


def _which_changed(snippet: Snippet, recorded: Results, today: Now) -> str:
    """The first snippet whose result is off, when those before it are recorded and are not."""
    for each in today.post.snippets:
        result = recorded.results.get(each.id)
        if result is None:
            break
        if result.digest != today.digests[each.id]:
            same = each.id == snippet.id
            return "its code or `keep` changed" if same else f"{each.id!r} before it changed"
    return "the snippet or one before it changed"


def _named(today: Now, changed: Sequence[Used]) -> str:
    said = [f"`{used.path}`, which it {ACTS[used.how]}, {_fate(today, used)}" for used in changed]
    more = len(said) - NAMED
    return "; ".join(said[:NAMED]) + (f"; and {more} more files" if more > 0 else "")


def _fate(today: Now, used: Used) -> str:
    if not (today.root / used.path).exists():
        return "is gone"
    return "changed" if used.digest else "did not exist and does now"


def _orphans(post: Post, recorded: Results, project: Project) -> Iterator[Finding]:
    known = set(post.snippet_ids())
    gone = [name for name in (*recorded.results, *recorded.broken) if name not in known]
    whole = read_text(project.root / recorded.path) if gone else ""
    for name in gone:
        place = Place(recorded.path, line_of(whole, name))
        said = f"result of {name!r} belongs to no snippet of {post.path}"
        yield Finding(Check.R006, place, said, f"benchpost run --prune {post.path}")
