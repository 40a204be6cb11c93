"""Bands from measured rows: made by one recipe, and held against GPUs that took no part in them.

A band is cut at the quantiles `TAIL` and 1 - `TAIL` of measured over predicted rates, where a GPU
counts once and one with fewer than `FEW` rows in proportion, and both ends are moved out by
`MARGIN`, so that it also fits a GPU that it has not seen. Where bands made in this way without the
GPU of a row hold less than `HELD` of the rows, the margin grows until they do, up to `MOST`. The
four numbers were chosen for all kinds at once, by both shares. What is reported as `nested` is made
by the whole recipe, margin too, without each GPU.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from benchpost.roofline import catalog, fitting_prefill
from benchpost.roofline.bands import Measured
from benchpost.roofline.ladders import MODEL, ONE_RUN
from benchpost.roofline.scores import FILES, Kept, Score, serving_kind

TAIL = 0.14
MARGIN, MOST, STEP = 1.06, 1.30, 0.01
OWN_MARGIN = 1.04
"""Of decode after one run, whose GPU is no longer new."""
FEW = 8
HELD = 0.72


@dataclass(frozen=True)
class Rated:
    """A row beside its prediction."""

    gpu: str
    """Its GPU."""
    ratio: float
    """Measured over predicted rate."""
    weight: float = 1.0
    """How much it counts; rows that are predicted several times share theirs out."""


def rated(made: Mapping[str, Kept]) -> dict[str, list[Rated]]:
    """The rows of each kind of band, from the scores of all rows.

    Decode and prefill come with constants fitted without their GPU. Those of servers were fitted
    to one GPU, whose rows are among these.
    """
    found: dict[str, list[Rated]] = {}
    for score in (*made[FILES["decode"]].scores, *made[FILES["serving"]].scores):
        for name, one in _of(score):
            found.setdefault(name, []).append(one)
    for row, ratio in fitting_prefill.ratios_left_out(fitting_prefill.prefills()):
        name = f"prefill, {catalog.chip(row.gpu).platform}"
        found.setdefault(name, []).append(Rated(row.gpu, ratio))
    return dict(sorted(found.items()))


def _of(score: Score) -> Iterable[tuple[str, Rated]]:
    gpu, measured = score.row.gpu, score.measured
    platform = catalog.chip(gpu).platform
    if FILES[score.kind] == FILES["serving"]:
        # of times, whose rates are the other way round
        yield (
            f"{score.kind}, {serving_kind(score)}",
            Rated(gpu, score.predicted[MODEL][0] / measured),
        )
        return
    if score.kind == "decode":
        yield f"decode, {platform}", Rated(gpu, measured / score.predicted[MODEL][0])
    after = score.predicted[ONE_RUN]
    name = (
        f"decode after one run, {platform}" if score.kind == "decode" else "prefill after one run"
    )
    for rate in after:
        yield name, Rated(gpu, measured / rate, 1 / len(after))


def measured(rows: Sequence[Rated], margin: float = MARGIN) -> Measured:
    """The band of these rows, with what it holds."""
    low, high = ends(rows, margin)
    shares = {
        gpu: _inside(of_gpu, *ends([row for row in rows if row.gpu != gpu], margin))
        for gpu, of_gpu in _by_gpu(rows).items()
    }
    counts = {gpu: sum(row.weight for row in of_gpu) for gpu, of_gpu in _by_gpu(rows).items()}
    known = [gpu for gpu, count in counts.items() if count >= FEW - 1e-9] or list(counts)
    worst = min(known, key=lambda gpu: (shares[gpu], gpu))
    whole = sum(counts.values())
    return Measured(
        low=round(low, 3),
        high=round(high, 3),
        rows=round(whole),
        gpus=len(counts),
        inside=round(_inside(rows, round(low, 3), round(high, 3)), 3),
        nested=round(sum(shares[gpu] * count for gpu, count in counts.items()) / whole, 3),
        worst=round(shares[worst], 3),
        worst_gpu=worst,
    )


def _by_gpu(rows: Sequence[Rated]) -> dict[str, list[Rated]]:
    found: dict[str, list[Rated]] = {}
    for row in rows:
        found.setdefault(row.gpu, []).append(row)
    return found


def _inside(rows: Sequence[Rated], low: float, high: float) -> float:
    held = sum(row.weight for row in rows if low <= row.ratio <= high)
    return held / sum(row.weight for row in rows)


def ends(rows: Sequence[Rated], margin: float = MARGIN) -> tuple[float, float]:
    """Both ends of the band of `rows`, by the recipe."""
    low, high = _cut(rows)
    while margin < MOST and _held(rows, margin) < HELD:
        margin += STEP
    return low / margin, high * margin


def _cut(rows: Sequence[Rated]) -> tuple[float, float]:
    counts = {gpu: sum(row.weight for row in of_gpu) for gpu, of_gpu in _by_gpu(rows).items()}
    ordered = sorted((row.ratio, row.weight / max(counts[row.gpu], FEW)) for row in rows)
    return _at(ordered, TAIL), _at(ordered, 1 - TAIL)


def _at(ordered: Sequence[tuple[float, float]], share: float) -> float:
    due, reached = share * sum(weight for _, weight in ordered), 0.0
    return next(ratio for ratio, weight in ordered if (reached := reached + weight) >= due - 1e-9)


def _held(rows: Sequence[Rated], margin: float) -> float:
    """The share inside bands made without the GPU of the row; with one GPU only, inside its own."""
    held = 0.0
    for gpu, of_gpu in _by_gpu(rows).items():
        low, high = _cut([row for row in rows if row.gpu != gpu] or rows)
        held += sum(row.weight for row in of_gpu if low / margin <= row.ratio <= high * margin)
    return held / sum(row.weight for row in rows)


def bands_of(made: Mapping[str, Kept]) -> dict[str, Measured]:
    """Every band, from the scores of all rows."""
    return {
        name: measured(rows, OWN_MARGIN if name.startswith("decode after") else MARGIN)
        for name, rows in rated(made).items()
    }


def text(made: Mapping[str, Kept]) -> str:
    """The file of all bands: JSON with a band a line."""
    lines = (
        f"{json.dumps(name)}: {json.dumps(asdict(band), ensure_ascii=False)}"
        for name, band in bands_of(made).items()
    )
    return "{\n" + ",\n".join(lines) + "\n}\n"
