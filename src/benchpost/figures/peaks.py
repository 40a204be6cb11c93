"""The chart of datasheets against what was measured: by others, or by the post's own snippets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from benchpost.errors import UsageError
from benchpost.figures import markup
from benchpost.figures.names import changed, file_stem
from benchpost.figures.quoted import citations, listed
from benchpost.figures.shown import shown
from benchpost.figures.sweep import csv
from benchpost.figures.types import Facts, Fragment
from benchpost.record.types import Measured, Results
from benchpost.roofline import catalog
from benchpost.roofline.catalog import Chip
from benchpost.roofline.types import Known
from benchpost.roofline.units import base_unit, show

_HEAD = "chart peaks"
_MOST = 10
_FEW = 6
"""Conditions of measurements that a caption holds."""
_STYLE = {"bandwidth": 0, "compute": 1}
_UNIT = {"bandwidth": "byte/second", "compute": "flop/second"}


@dataclass(frozen=True)
class _Peak:
    chip: str
    quantity: str
    datasheet: Known[float]
    reached: Known[float] | None
    ours: bool


def chart_peaks(
    facts: Facts, *, gpu: str = "", dtype: str = "bf16", name: str = "", caption: str = ""
) -> Fragment:
    """Bandwidth and compute rate that were reached, as parts of the datasheet's values.

    Shows the chips of `gpu`; by default those that this post measured and those of the catalogue
    that others measured in both. A result of this post stands before what others measured.
    """
    measured = _measured_here(facts)
    chips = _chips(gpu, measured, dtype)
    peaks = [peak for chip in chips for peak in _peaks(chip, measured.get(chip.name, {}), dtype)]
    stem = file_stem(_HEAD, name, *listed(gpu), *changed(dtype=(dtype, "bf16")))
    note = markup.escaped(caption) + " " if caption else ""
    return shown(
        facts,
        stem,
        "bars",
        _data(peaks, dtype),
        note + _sources(peaks, f"figures/{stem}.csv"),
        _csv(peaks),
    )


def _chips(gpu: str, measured: Mapping[str, Any], dtype: str) -> list[Chip]:
    if gpu:
        return [catalog.chip(name) for name in listed(gpu)]
    known = catalog.chips()
    ours = [chip for chip in known if chip.name in measured]
    others = [
        chip
        for chip in known
        if chip.measured_bandwidth and dtype in chip.measured_peaks and chip not in ours
    ]
    return [*ours, *others][:_MOST]


def _measured_here(facts: Facts) -> dict[str, dict[str, Known[float]]]:
    """Highest bandwidth and compute rate that snippets of this post reached, by chip."""
    found: dict[str, dict[str, Known[float]]] = {}
    for results in facts.results.values():
        for chip, quantity, reached in _reached(results):
            best = found.setdefault(chip, {})
            if quantity not in best or reached.value > best[quantity].value:
                best[quantity] = reached
    return found


def _reached(results: Results) -> Iterator[tuple[str, str, Known[float]]]:
    for snippet, result in results.results.items():
        chip = _device(result.provenance.machine.devices)
        for measured in result.values.values():
            quantity = _quantity(measured)
            if chip and quantity:
                source = f"snippet {snippet} on {results.machine}"
                when = result.provenance.when[:10]
                yield (
                    chip,
                    quantity,
                    Known(measured.value, _UNIT[quantity], source, when, "measured"),
                )


def _device(devices: tuple[str, ...]) -> str:
    """The catalogue's name of a machine's only kind of device; empty where it knows none."""
    if len(set(devices)) != 1:
        return ""
    try:
        return catalog.chip(devices[0]).name
    except UsageError:
        # a device without a datasheet cannot be held against one
        return ""


def _quantity(measured: Measured) -> str:
    try:
        unit = base_unit(measured.unit or "1")
    except UsageError:
        # a unit of the author's own is neither bytes nor FLOPs per second
        return ""
    return next((quantity for quantity, known in _UNIT.items() if known == unit), "")


def _peaks(chip: Chip, here: Mapping[str, Known[float]], dtype: str) -> Iterator[_Peak]:
    datasheet = {"bandwidth": chip.bandwidth, "compute": chip.peak(dtype)}
    others = {"bandwidth": chip.measured_bandwidth, "compute": chip.measured_peaks.get(dtype)}
    for quantity, known in datasheet.items():
        ours = here.get(quantity)
        yield _Peak(chip.name, quantity, known, ours or others[quantity], ours is not None)


def _share(peak: _Peak) -> float | None:
    return peak.reached.value / peak.datasheet.value if peak.reached else None


def _data(peaks: list[_Peak], dtype: str) -> dict[str, Any]:
    names = list(dict.fromkeys(peak.chip for peak in peaks))
    chips = [
        {"name": name, "bars": [_bar(peak) for peak in peaks if peak.chip == name]}
        for name in names
    ]
    quoted = any(peak.reached and not peak.ours for peak in peaks)
    ours = any(peak.ours for peak in peaks)
    return {
        "chips": chips,
        "x": "part of the datasheet's value",
        "legend": [
            {"words": "bandwidth", "style": 0, "quoted": quoted and not ours},
            {"words": f"compute, {dtype.upper()}", "style": 1, "quoted": quoted and not ours},
            *([{"words": "measured by others", "style": 0, "quoted": True}] if ours else []),
        ],
        "title": "Measured bandwidth and compute rate as parts of the datasheet's",
        "description": "; ".join(_said(peak) for peak in peaks),
    }


def _bar(peak: _Peak) -> dict[str, Any]:
    return {
        "share": _share(peak),
        "words": _words(peak),
        "style": _STYLE[peak.quantity],
        "quoted": not peak.ours,
    }


def _words(peak: _Peak) -> str:
    sheet = show(peak.datasheet.value, peak.datasheet.unit)
    if peak.reached is None:
        return f"{sheet}, not measured"
    reached, unit = show(peak.reached.value, peak.reached.unit), sheet.split(" ")[1]
    return f"{reached.removesuffix(f' {unit}')} of {sheet}"


def _said(peak: _Peak) -> str:
    share = _share(peak)
    percent = "" if share is None else f" ({share:.0%})".replace("%", " %")
    return f"{peak.chip} {peak.quantity} {_words(peak)}{percent}"


def _sources(peaks: list[_Peak], table: str) -> str:
    here = [peak.reached for peak in peaks if peak.ours and peak.reached]
    others = [peak.reached for peak in peaks if not peak.ours and peak.reached]
    caveats = [
        f"{peak.chip}, {peak.quantity}: {peak.reached.note}"
        for peak in peaks
        if peak.reached and peak.reached.note
    ]
    few = len(caveats) <= _FEW
    said = {
        "Measured here": _who(here),
        "Measured by others": _who(others),
        "Under conditions": markup.escaped("; ".join(caveats)) if few else "",
        "Datasheets": _who(peak.datasheet for peak in peaks),
    }
    elsewhere = "" if few else f" The conditions of each are in {markup.code(table)}."
    return " ".join(f"{who}: {what}." for who, what in said.items() if what) + elsewhere


def _who(values: Iterable[Known[float]]) -> str:
    return citations((value.source, value.date) for value in values)


def _csv(peaks: list[_Peak]) -> bytes:
    head = ["chip", "quantity", "unit", "datasheet", "datasheet source"]
    head += ["measured", "measured by", "conditions"]
    rows = [
        [
            peak.chip,
            peak.quantity,
            _UNIT[peak.quantity],
            peak.datasheet.value,
            f"{peak.datasheet.source} ({peak.datasheet.date})",
            peak.reached.value if peak.reached else "",
            f"{peak.reached.source} ({peak.reached.date})" if peak.reached else "",
            peak.reached.note if peak.reached else "",
        ]
        for peak in peaks
    ]
    return csv(head, rows)
