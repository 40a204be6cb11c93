"""Numbers of a post that the hardware forbids: quoted ones, and recorded ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from benchpost.errors import BenchpostError, UsageError
from benchpost.fill.bugs import BUGS, told
from benchpost.fill.expression import calls
from benchpost.fill.filled import finding_at
from benchpost.fill.refusal import Refusal
from benchpost.findings import Check, Finding, Severity
from benchpost.post.document import Post, Snippet, Value
from benchpost.record.types import Machine, Results
from benchpost.roofline import catalog
from benchpost.roofline.catalog import Chip
from benchpost.roofline.quotes import Quote
from benchpost.roofline.rates import beaten
from benchpost.roofline.units import base_unit


def doubted(post: Post, results: Mapping[str, Results]) -> Iterator[Finding]:
    """Q001, Q002, Q003 and Q004 of one post."""
    for value in post.values:
        if "quoted" in value.expression:
            yield from _quoted(post, value)
    for snippet in post.snippets:
        for recorded in results.values():
            yield from _recorded(post, snippet, recorded)


def _quoted(post: Post, value: Value) -> Iterator[Finding]:
    try:
        yield from [_doubt(post, value, refusal) for refusal in _refusals(value)]
    except (Refusal, BenchpostError, TypeError):
        # what cannot be read or judged is told by filling, with its place
        return
    except BUGS as error:
        said = told(error, f"judging {value.expression!r}")
        yield finding_at(post, value, Refusal(Check.S006, said))


def _doubt(post: Post, value: Value, refusal: Refusal) -> Finding:
    severity = Severity.WARNING if refusal.check is Check.Q004 else Severity.ERROR
    return replace(finding_at(post, value, refusal), severity=severity)


def _refusals(value: Value) -> list[Refusal]:
    quotes = [(Quote(**given), at) for given, at in calls(value.expression, "quoted")]  # type: ignore[arg-type]  # filling has held them against the signature
    return [refusal for quote, at in quotes if (refusal := _judged(quote, at))]


def _judged(quote: Quote, at: int) -> Refusal | None:
    if not quote.is_claim:
        return None
    verdict = quote.verdict()
    if verdict.possible == quote.impossible:
        check = Check.Q002 if quote.impossible else Check.Q001
        return Refusal(check, _said(quote, str(verdict)), at)
    if verdict.unsaid and not quote.impossible:
        return Refusal(
            Check.Q004, f"`{quote.quantity}`{_of(quote)}: {'; '.join(verdict.unsaid)}", at
        )
    return None


def _said(quote: Quote, verdict: str) -> str:
    if quote.impossible:
        return f"`{quote.quantity}` is quoted as impossible, but {verdict} in what is stated"
    right = "say what it leaves out, correct it, or write impossible=true to quote it as such"
    return f"`{quote.quantity}`{_of(quote)} is impossible: {verdict}; {right}"


def _of(quote: Quote) -> str:
    what = f" of {quote.model}" if quote.model else ""
    return what + (f" on {quote.gpus} × {quote.gpu}" if quote.gpu else "")


def _recorded(post: Post, snippet: Snippet, recorded: Results) -> Iterator[Finding]:
    result = recorded.results.get(snippet.id)
    chip = _chip(result.provenance.machine) if result else None
    if result is None or chip is None:
        return
    for name, kept in result.values.items():
        unit = base_unit(kept.unit or "1")
        breach = beaten(chip, kept.value, unit, len(result.provenance.machine.devices))
        if breach:
            said = f"{name!r} of {snippet.id!r} on {recorded.machine} is impossible: {breach.why}"
            cached = unit == "byte/second"
            severity = Severity.WARNING if cached else Severity.ERROR
            said += "; data that stays in its cache may be read faster" if cached else ""
            yield Finding(Check.Q003, post.place(snippet.span.start), said, severity=severity)


def _chip(machine: Machine) -> Chip | None:
    """The only kind of accelerator of a machine, where the catalogue knows it."""
    if len(set(machine.devices)) != 1:
        return None
    try:
        return catalog.chip(machine.devices[0])
    except UsageError:
        return None
