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
from benchpost.record.types import Result, Results, Used

ACTS = {"import": "imported", "open": "opened", "list": "listed", "run": "ran"}
"""What was done with a used file, as a sentence says it."""

NAMED = 3
"""How many changed files a message names."""


@dataclass(frozen=True)
class Files:
    """The project's files as they are now; each is read once."""

    root: Path
    """Folder of the project."""
    post: str
    """Path of the post whose results are judged."""
    known: dict[tuple[str, str], str] = field(default_factory=dict)
    """Digests taken so far."""

    def changed(self, uses: Sequence[Used]) -> list[Used]:
        """Those of `uses` that are not as they were."""
        return [used for used in uses if self._digest(used) != used.digest]

    def _digest(self, used: Used) -> str:
        key = (used.path, "list" if used.how == "list" else "")
        if key not in self.known:
            self.known[key] = file_digest(self.root, used.path, used.how, self.post)
        return self.known[key]


def judge(post: Post, results: Mapping[str, Results], project: Project) -> list[Finding]:
    """R001, R002, R003 and R006 of one post, in the order of its lines."""
    files = Files(project.root, post.path)
    digests = snippet_digests(post.snippets)
    return [
        *(finding for snippet in post.snippets for finding in _missing(post, snippet, results)),
        *(
            finding
            for snippet in post.snippets
            for recorded in results.values()
            for finding in _stale(post, snippet, recorded, digests, files)
        ),
        *(
            finding
            for recorded in results.values()
            for finding in _orphans(post, recorded, project)
        ),
    ]


def is_fresh(snippet: Snippet, post: Post, results: Results, project: Project) -> bool:
    """Whether the result of one snippet on one machine holds."""
    return not why_stale(snippet, post, results, Files(project.root, post.path))


def why_stale(snippet: Snippet, post: Post, recorded: Results | None, files: Files) -> str:
    """A clause on why a snippet's result on a machine does not hold; empty when it does."""
    result = recorded.results.get(snippet.id) if recorded else None
    if recorded and snippet.id in recorded.broken:
        return "its result was edited by hand"
    if recorded is None or result is None:
        return "never recorded"
    digests = snippet_digests(post.snippets)
    if result.digest != digests[snippet.id]:
        return _which_changed(snippet, post, recorded, digests)
    changed = files.changed(result.uses)
    return _named(files, changed) if changed else ""


def _missing(post: Post, snippet: Snippet, results: Mapping[str, Results]) -> Iterator[Finding]:
    known = any(snippet.id in (*each.results, *each.broken) for each in results.values())
    if not known:
        # what nobody here could measure is said on the page, not invented and not an error
        needs = f"; it needs {', '.join(snippet.needs)}" if snippet.needs else ""
        severity = Severity.WARNING if snippet.needs else Severity.ERROR
        said = f"snippet {snippet.id!r} was never recorded{needs}"
        mend = f"benchpost run {post.path}"
        yield Finding(Check.R001, _place(post, snippet), said, mend, severity)


def _stale(
    post: Post, snippet: Snippet, recorded: Results, digests: Mapping[str, str], files: Files
) -> Iterator[Finding]:
    result = recorded.results.get(snippet.id)
    if result is None:
        return
    why, check = "", Check.R002
    if result.digest != digests[snippet.id]:
        why = _which_changed(snippet, post, recorded, digests)
    else:
        changed = files.changed(result.uses)
        why, check = (_named(files, changed) if changed else ""), Check.R003
    if why:
        said = f"result of {snippet.id!r} on {recorded.machine} is stale: {why}"
        mend = f"benchpost run --machine {recorded.machine} {post.path}"
        yield Finding(check, _place(post, snippet), said + _where(snippet, result), mend)


def _where(snippet: Snippet, result: Result) -> str:
    """On which machine it can be mended, when that is not any."""
    devices = ", ".join(result.provenance.machine.devices)
    if not snippet.needs:
        return ""
    have = f"; recorded with {devices}" if devices else ""
    return f"{have}; mend it on a machine with {', '.join(snippet.needs)}"


def _which_changed(
    snippet: Snippet, post: Post, recorded: Results, digests: Mapping[str, str]
) -> str:
    """The first snippet whose result is off, when those before it are recorded and are not."""
    for each in post.snippets:
        result = recorded.results.get(each.id)
        if result is None:
            return "the snippet or one before it changed"
        if result.digest != digests[each.id]:
            same = each.id == snippet.id
            return "its code or `keep` changed" if same else f"{each.id!r} before it changed"
    return ""


def _named(files: Files, changed: Sequence[Used]) -> str:
    said = [f"`{used.path}`, which it {ACTS[used.how]}, {_fate(files, used)}" for used in changed]
    more = len(said) - NAMED
    return "; ".join(said[:NAMED]) + (f"; and {more} more files" if more > 0 else "")


def _fate(files: Files, used: Used) -> str:
    exists = (files.root / used.path).exists()
    if not exists:
        return "is gone"
    return "changed" if used.digest else "did not exist and does now"


def _orphans(post: Post, recorded: Results, project: Project) -> Iterator[Finding]:
    known = set(post.snippet_ids())
    gone = [name for name in (*recorded.results, *recorded.broken) if name not in known]
    whole = read_text(project.root / recorded.path) if gone else ""
    for name in gone:
        place = Place(recorded.path, line_of(whole, name))
        said = f"result of {name!r} belongs to no snippet of {post.path}"
        yield Finding(Check.R006, place, said, f"benchpost run {post.path}")


def _place(post: Post, snippet: Snippet) -> Place:
    return post.place(snippet.span.start)
