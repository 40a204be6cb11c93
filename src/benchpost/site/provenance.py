"""What stands under a post: which results its numbers rest on, and the means to get them again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from benchpost.figures.recorded import quantity
from benchpost.post.document import Post
from benchpost.record.digests import snippet_digests
from benchpost.record.types import Machine, Provenance, Result, Results
from benchpost.site import escape
from benchpost.site.layout import inside


@dataclass(frozen=True)
class Colophon:
    """The end of a page."""

    text: str
    """Markdown."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """Downloads by name."""


def colophon(post: Post, results: Mapping[str, Results]) -> Colophon:
    """A line for every post; for one with snippets also its results, machines and notebook."""
    results = _of_this_code(post, results)
    if not post.snippets:
        return Colophon(_line(post, results) if post.slots or post.values else "")
    name = f"{post.slug}.ipynb"
    # imported here: nbformat takes long to load, and most commands never make a notebook
    from benchpost.record.notebook import notebook

    recorded = next(iter(results.values()), None)
    parts = [_line(post, results), _recorded(post, results, name)]
    return Colophon("\n\n".join(parts), {name: notebook(post, recorded).encode()})


def _of_this_code(post: Post, results: Mapping[str, Results]) -> dict[str, Results]:
    """Results of the snippets as they stand: what other code printed is not shown beside this."""
    digests = snippet_digests(post.snippets)
    return {
        name: replace(
            each,
            results={
                snippet: result
                for snippet, result in each.results.items()
                if digests.get(snippet) == result.digest
            },
        )
        for name, each in results.items()
    }


def _line(post: Post, results: Mapping[str, Results]) -> str:
    source = escape.code(post.path)
    days = sorted({each.provenance.when[:10] for _, _, each in _rows(post, results)})
    if days:
        span = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
        measured = f" measurements recorded on {', '.join(map(escape.text, results))}, {span}."
    else:
        measured = " no measurement is recorded." if post.snippets else ""
    computed = f"Figures and numbers come from {source} and are computed anew for every build"
    return f"* * *\n\n{computed}{';' if measured else '.'}{measured}\n{{ .colophon }}"


def _recorded(post: Post, results: Mapping[str, Results], notebook: str) -> str:
    rows = list(_rows(post, results))
    parts = [_table(rows)] if rows else []
    parts += [
        f"{escape.text(name)}: {escape.text(_machine(results[name]))}"
        for name in results
        if results[name].results
    ]
    run = escape.code(f"benchpost run {post.path}")
    parts.append(f"Run the snippets yourself with {run}, or in the [notebook]({notebook}).")
    return f'??? info "Recorded results"\n\n{inside(chr(10).join(_spaced(parts)))}'


def _spaced(parts: list[str]) -> Iterator[str]:
    for part in parts:
        yield part
        yield ""


def _rows(post: Post, results: Mapping[str, Results]) -> Iterator[tuple[str, str, Result]]:
    """(snippet, machine, result) in the order of the post."""
    for snippet in post.snippet_ids():
        for name, recorded in results.items():
            if snippet in recorded.results:
                yield snippet, name, recorded.results[snippet]


def _table(rows: list[tuple[str, str, Result]]) -> str:
    head = ["| Snippet | Kept | Value | Machine | Recorded |", "| --- | --- | ---: | --- | --- |"]
    return "\n".join([*head, *(line for row in rows for line in _lines(*row))])


def _lines(snippet: str, machine: str, result: Result) -> Iterator[str]:
    kept = [(name, quantity(v.value, v.unit)) for name, v in result.values.items()] or [("", "")]
    when = result.provenance.when[:16].replace("T", " ")
    for name, value in kept:
        shown = escape.code(name, cell=True) if name else ""
        cells = (escape.code(snippet, cell=True), shown, escape.text(value), escape.text(machine))
        yield f"| {' | '.join((*cells, when))} |"


def _machine(recorded: Results) -> str:
    latest = max((r.provenance for r in recorded.results.values()), key=lambda each: each.when)
    about = "; ".join([*_hardware(latest.machine), *_software(latest)])
    state = "" if latest.clean else ", with uncommitted changes"
    commit = f"; commit {latest.commit[:10]}{state}" if latest.commit else ""
    return f"{about}{commit}."


def _hardware(machine: Machine) -> Iterator[str]:
    yield from machine.devices
    if machine.driver:
        yield f"driver {machine.driver}"
    yield f"{machine.cpu}, {machine.cores} logical processors, {machine.memory / 2**30:.0f} GiB"
    yield machine.system


def _software(provenance: Provenance) -> Iterator[str]:
    yield f"Python {provenance.python}"
    yield from (f"{name} {version}" for name, version in sorted(provenance.versions.items()))
