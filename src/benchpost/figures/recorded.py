"""Figures made of recorded results: values across machines, printed output, drawn pictures."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from benchpost.errors import UsageError, near
from benchpost.figures import markup
from benchpost.figures.types import Facts, Fragment
from benchpost.record.types import Machine, Measured, Provenance, Result
from benchpost.roofline.units import scaled, show

BUSY = 0.25
"""Load per core from which on a caption names it: a core in four is not the snippet's alone."""
_VERSIONS = 4
"""Libraries that a caption names; a snippet may have imported fifty."""


def table_results(
    facts: Facts, *, snippet: str, values: str = "", machine: str = "", caption: str = ""
) -> Fragment:
    """Kept variables of a snippet, a row a machine, with machine, date and versions under it.

    `values` names those to show, separated by commas; all by default. A list of samples shows as
    its median, smallest and largest; a machine that was busy when the run began is said to be.
    """
    results = _results(facts, snippet, machine)
    if not results:
        return Fragment(_not_measured(snippet, machine))
    names = _chosen(values, results)
    rows = [
        [markup.escaped(name), *(_cell(result.values.get(value)) for value in names)]
        for name, result in results.items()
    ]
    head = ["Machine", *map(markup.code, names)]
    table = markup.table(head, rows, "l" + "r" * len(names))
    note = caption or "; ".join(_origin(n, r.provenance) for n, r in results.items())
    note = note if caption else _statistic(names, results) + note
    return Fragment(markup.captioned(table, _sentence(markup.escaped(note))))


def output(facts: Facts, *, snippet: str, machine: str = "", caption: str = "") -> Fragment:
    """What a snippet printed, on the machine named or on the one that ran it last."""
    results = _results(facts, snippet, machine)
    if not results:
        return Fragment(_not_measured(snippet, machine))
    name, result = _latest(results)
    texts = (o.text.rstrip("\n") for o in result.outputs if o.kind in ("stdout", "text"))
    printed = "\n".join(texts)
    if not printed.strip():
        return Fragment(f"_The snippet {markup.code(snippet)} printed nothing._")
    note = caption or f"Printed on {_origin(name, result.provenance)}"
    return Fragment(markup.captioned(markup.fence(printed), _sentence(markup.escaped(note))))


def drawing(
    facts: Facts,
    *,
    snippet: str,
    alt: str,
    number: int = 1,
    machine: str = "",
    caption: str = "",
) -> Fragment:
    """A picture that a snippet drew; `alt` says what is seen on it, `number` counts from 1."""
    results = _results(facts, snippet, machine)
    if not results:
        return Fragment(_not_measured(snippet, machine))
    name, result = _latest(results)
    pictures = [output for output in result.outputs if output.kind in ("svg", "png")]
    if not 1 <= number <= len(pictures):
        drew = f"drew {len(pictures)} picture{'' if len(pictures) == 1 else 's'} on {name}"
        raise UsageError(f"the snippet {snippet!r} {drew}; there is no number {number}")
    note = caption or f"Drawn on {_origin(name, result.provenance)}"
    image = markup.image(f"./{pictures[number - 1].text}", alt)
    return Fragment(markup.captioned(image, _sentence(markup.escaped(note))))


def _results(facts: Facts, snippet: str, machine: str) -> dict[str, Result]:
    """Results of a snippet by machine, sorted by name."""
    if facts.snippets is not None and snippet not in facts.snippets:
        said = f"no snippet {snippet!r} in this post{near(snippet, facts.snippets)}"
        have = ", ".join(facts.snippets)
        raise UsageError(f"{said}; its snippets are {have}" if have else f"{said}, which has none")
    if machine and machine not in facts.results:
        have = ", ".join(sorted(facts.results)) or "none"
        hint = near(machine, facts.results)
        raise UsageError(f"no results of a machine {machine!r}{hint}; there are {have}")
    return {
        name: recorded.results[snippet]
        for name, recorded in sorted(facts.results.items())
        if snippet in recorded.results and machine in ("", name)
    }


def _latest(results: Mapping[str, Result]) -> tuple[str, Result]:
    return max(results.items(), key=lambda item: (item[1].provenance.when, item[0]))


def _not_measured(snippet: str, machine: str) -> str:
    who = f"the machine {markup.code(machine)}" if machine else "no machine"
    verb = "has not run" if machine else "has run"
    return f"_Not measured: {who} {verb} the snippet {markup.code(snippet)} yet._"


def _chosen(values: str, results: Mapping[str, Result]) -> list[str]:
    kept = list(dict.fromkeys(name for result in results.values() for name in result.values))
    chosen = [name.strip() for name in values.split(",") if name.strip()] or kept
    for name in chosen:
        if name not in kept:
            have = ", ".join(kept) or "nothing"
            raise UsageError(f"no kept variable {name!r}{near(name, kept)}; there is {have}")
    return chosen


def _cell(measured: Measured | None) -> str:
    if measured is None:
        return "not measured"
    shown = quantity(measured.value, measured.unit)
    if len(measured.samples) < 2:
        return markup.escaped(shown)
    low, high = min(measured.samples), max(measured.samples)
    between = f"{quantity(low, measured.unit)} to {quantity(high, measured.unit)}"
    return markup.escaped(f"{shown} ({between}, n = {len(measured.samples)})")


def _statistic(names: Sequence[str], results: Mapping[str, Result]) -> str:
    """What the numbers of the table are, where they are more than one sample each."""
    shown = [
        result.values[name]
        for result in results.values()
        for name in names
        if name in result.values
    ]
    counts = sorted({len(each.samples) for each in shown if len(each.samples) > 1})
    if not counts:
        return ""
    of = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    return f"Median (smallest to largest) of {of} samples. "


def quantity(value: float, unit: str) -> str:
    """Number and unit; a unit of the author's own is written as it is."""
    if not math.isfinite(value):
        return f"{value} {unit}".strip()
    try:
        scaled(value, unit or "1")
    except UsageError:
        return f"{value:.3g} {unit}"
    return show(value, unit or "1")


def _origin(machine: str, provenance: Provenance) -> str:
    """`h200 (NVIDIA H200, driver 575.51), Python 3.11.7, torch 2.9.0, 2026-11-20`."""
    about = ", ".join(_hardware(provenance.machine))
    return ", ".join(
        [f"{machine} ({about})", *_software(provenance), provenance.when[:10]]
        + _load(provenance)
        + (["with uncommitted changes"] if provenance.commit and not provenance.clean else [])
    )


def _load(provenance: Provenance) -> list[str]:
    """That others were at work on the machine, which makes its times longer and uneven."""
    cores = provenance.machine.cores
    if provenance.load < BUSY * cores:
        return []
    plural = "" if cores == 1 else "s"
    return [f"load {provenance.load:.1f} on {cores} core{plural} when it began"]


def _hardware(machine: Machine) -> list[str]:
    if not machine.devices:
        return [machine.cpu]
    names = sorted(set(machine.devices))
    counted = [
        f"{machine.devices.count(n)} × {n}" if machine.devices.count(n) > 1 else n for n in names
    ]
    return [*counted, *([f"driver {machine.driver}"] if machine.driver else [])]


def _software(provenance: Provenance) -> Sequence[str]:
    versions = [f"{name} {version}" for name, version in sorted(provenance.versions.items())]
    more = len(versions) - _VERSIONS
    rest = [f"and {more} more packages"] if more > 0 else []
    return [f"Python {provenance.python}", *versions[:_VERSIONS], *rest]


def _sentence(words: str) -> str:
    return words if words.endswith((".", "!", "?")) else f"{words}."
