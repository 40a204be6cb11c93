"""How wrong the model is: error tables from the rows that are kept, by engine, GPU and format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from benchpost.roofline import bands, catalog, scores
from benchpost.roofline.fitting import (
    Case,
    case,
    quantile,
    ratios_calibrated,
    usable,
)
from benchpost.roofline.ladders import DECODE
from benchpost.roofline.measured import Row, rows
from benchpost.roofline.predict import prefill
from benchpost.roofline.scores import Kept

TAIL, MARGIN = 0.08, 1.03
"""Share of a band's rows beyond each end, every GPU counted once, and how much wider it is made."""


@dataclass(frozen=True)
class Errors:
    """Relative errors of the predicted rate."""

    name: str
    """Of what."""
    rows: int
    """How many measurements."""
    mean: float
    """Mean of the absolute errors."""
    median: float
    """Their median."""
    bias: float
    """Mean of the errors: above 0 where too much is predicted."""
    ninety: float
    """90 % of the absolute errors are below."""


@dataclass(frozen=True)
class Coverage:
    """How many rows lie inside the band."""

    name: str
    """Of what."""
    rows: int
    """How many measurements."""
    low: float
    """Lower end of the band, measured over predicted."""
    high: float
    """Upper end."""
    inside: float
    """Share of rows inside, constants fitted without their GPU."""
    nested: float
    """The same with the band, too, made without their GPU."""


def errors(name: str, ratios: Iterable[float]) -> Errors:
    """From measured over predicted rates."""
    found = [1 / ratio - 1 for ratio in ratios]
    sizes = [abs(each) for each in found]
    return Errors(name, len(found), fmean(sizes), median(sizes), fmean(found), quantile(sizes, 0.9))


def decode_cases() -> list[Case]:
    """Batch-1 decode rows of optimised engines."""
    return [case(row) for row in usable(rows(), ("decode", "end to end"))]


def ladder(kept: Kept) -> list[Errors]:
    """From the napkin to one run of one's own, step by step, as pages show it."""
    found = []
    decode = [score for score in kept.scores if score.kind == "decode"]
    for step, about in DECODE.items():
        made = scores.errors(decode, "decode", step)
        found.append(Errors(about.says, made.rows, made.mean, made.median, made.bias, made.ninety))
    return found


def calibrated(cases: Sequence[Case]) -> Errors:
    """After one row of the same GPU, engine and format; every row counts once."""
    made = [
        (abs(1 / ratio - 1), 1 / ratio - 1, weight) for _, ratio, weight in ratios_calibrated(cases)
    ]
    whole = sum(weight for *_, weight in made)
    mean = sum(size * weight for size, _, weight in made) / whole
    bias = sum(error * weight for _, error, weight in made) / whole
    return Errors(
        "calibrated with one row",
        round(whole),
        mean,
        _weighted(made, 0.5 * whole),
        bias,
        _weighted(made, 0.9 * whole),
    )


def _weighted(made: Iterable[tuple[float, float, float]], until: float) -> float:
    reached = 0.0
    for size, _, weight in sorted(made):
        reached += weight
        if reached >= until:
            return size
    return size


def by(left_out: Sequence[tuple[Case, float]], key: Callable[[Row], str]) -> list[Errors]:
    """Errors of each group of rows, the largest first."""
    groups: dict[str, list[float]] = {}
    for one, ratio in left_out:
        groups.setdefault(key(one.row), []).append(ratio)
    made = [errors(name, ratios) for name, ratios in groups.items()]
    return sorted(made, key=lambda each: (-each.mean, each.name))


def band_of(ratios: Sequence[tuple[str, float]]) -> tuple[float, float]:
    """A band from ratios by GPU: tails cut off with every GPU counted once, a little wider."""
    counts: dict[str, int] = {}
    for gpu, _ in ratios:
        counts[gpu] = counts.get(gpu, 0) + 1
    ordered = sorted((ratio, 1 / counts[gpu]) for gpu, ratio in ratios)
    return _at(ordered, TAIL) / MARGIN, _at(ordered, 1 - TAIL) * MARGIN


def _at(ordered: Sequence[tuple[float, float]], share: float) -> float:
    due, reached = share * sum(weight for _, weight in ordered), 0.0
    return next(ratio for ratio, weight in ordered if (reached := reached + weight) >= due - 1e-9)


def coverage(name: str, ratios: Sequence[tuple[str, float]], band: bands.Band) -> Coverage:
    """The share of rows in the shipped band, and in bands made without each row's GPU."""
    inside = sum(band.low <= ratio <= band.high for _, ratio in ratios)
    nested = 0
    for gpu in {gpu for gpu, _ in ratios}:
        others = [pair for pair in ratios if pair[0] != gpu]
        low, high = band_of(others) if others else (band.low, band.high)
        nested += sum(low <= ratio <= high for own, ratio in ratios if own == gpu)
    count = len(ratios)
    return Coverage(name, count, band.low, band.high, inside / count, nested / count)


def decode_coverage(left_out: Sequence[tuple[Case, float]]) -> list[Coverage]:
    """Of decode, by platform."""
    return [
        coverage(
            f"decode, {platform}",
            [(one.row.gpu, ratio) for one, ratio in left_out if one.platform == platform],
            band,
        )
        for platform, band in bands.DECODE.items()
    ]


def prefill_ratios() -> list[tuple[str, str, float]]:
    """GPU, platform and measured over predicted rate of every prefill row of llama.cpp."""
    made = []
    for row in usable(rows(), ("prefill",)):
        if row.engine == "llama.cpp" and row.prompt:
            expected = prefill(
                gpu=row.gpu,
                model=row.model,
                prompt=row.prompt,
                weights=row.format,
                engine=row.engine,
            )
            platform = catalog.chip(row.gpu).platform
            made.append((row.gpu, platform, row.rate * float(expected.value) / row.prompt))
    return made


def prefill_coverage() -> list[Coverage]:
    """Of prefill, by platform."""
    ratios = prefill_ratios()
    return [
        coverage(
            f"prefill, {platform}",
            [(gpu, ratio) for gpu, on, ratio in ratios if on == platform],
            band,
        )
        for platform, band in bands.PREFILL.items()
    ]


def beaten(cases: Sequence[Case]) -> list[Row]:
    """Rows that are faster than their bound and not flagged."""
    return [one.row for one in cases if one.seconds < one.bound]
