"""How wrong the model is: error tables from the rows that are kept, by engine, GPU and format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from benchpost.roofline import catalog, scores
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


def beaten(cases: Sequence[Case]) -> list[Row]:
    """Rows that are faster than their bound and not flagged."""
    return [one.row for one in cases if one.seconds < one.bound]
