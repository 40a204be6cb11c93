"""Fit the constants to published rows, calibrate them to one's own, measure the errors of both."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING, Any

from benchpost.errors import UsageError
from benchpost.roofline import bands, catalog, engines
from benchpost.roofline.calibration import Calibration, Step, factors
from benchpost.roofline.measured import Row
from benchpost.roofline.predict import compute_share, prefill_peak
from benchpost.roofline.work import work

if TYPE_CHECKING:
    from numpy.typing import NDArray

KV_FORMAT = "fp16"
"""Format of the KV cache in every row that is kept."""
LEAST_LAYER_TIMES = (5e-6, 600e-6, 3e-6)
SHARES = (0.70, 1.0, 0.01)
FACTORS = (0.05, 3.0, 0.05)
ROUNDS = 5


@dataclass(frozen=True)
class Constants:
    """What the fit finds."""

    efficiency: float
    """Share of the bandwidth."""
    layer_times: dict[str, float]
    """Seconds of a layer by platform."""
    compiled: float
    """Factor on them of engines with compiled kernels."""


SHIPPED = Constants(engines.EFFICIENCY, dict(engines.LAYER_TIMES), engines.COMPILED)


@dataclass(frozen=True)
class Case:
    """A decode row with what the hardware and the model say of it."""

    row: Row
    """The measurement."""
    seconds: float
    """Time of a step, the prompt's part taken off."""
    bound: float
    """Time of the bytes at the whole bandwidth."""
    layers: int
    """Layers of the model."""
    platform: str
    """Of the chip."""
    engine: engines.Engine
    """The engine."""


def usable(rows: Iterable[Row], metrics: Sequence[str]) -> list[Row]:
    """Rows of these metrics, of optimised engines, without those that are flagged."""
    return [
        row
        for row in rows
        if row.metric in metrics and not row.flag and engines.engine(row.engine).kind != "eager"
    ]


def case(row: Row) -> Case:
    """A decode or end-to-end row, taken apart."""
    chip, model = catalog.chip(row.gpu), catalog.model(row.model)
    done = work(model, row.format, KV_FORMAT)
    moved = done.weight_bytes(row.batch) + done.kv_bytes(row.context, row.batch)
    seconds = row.batch / row.rate
    chosen = engines.engine(row.engine)
    if row.metric == "end to end" and row.prompt and row.output:
        rate = 0.5 * chip.compute_peak(row.format).value
        seconds -= float(done.prefill_flops(row.prompt, row.prompt)) / rate / row.output
    return Case(
        row, seconds, float(moved) / chip.bandwidth.value, model.layers, chip.platform, chosen
    )


def step_time(one: Case, constants: Constants) -> float:
    """Seconds that the constants give for the step of a case."""
    return one.bound / constants.efficiency + _layers_time(one, constants)


def _layers_time(one: Case, constants: Constants) -> float:
    kind = one.engine.kind
    factor = constants.compiled if kind == "compiled" else one.engine.layer_factor
    fallback = sum(constants.layer_times.values()) / len(constants.layer_times)
    return one.layers * factor * constants.layer_times.get(one.platform, fallback)


def fit(cases: Sequence[Case]) -> Constants:
    """The constants with the least mean relative error of the rate, by search along each."""
    import numpy as np

    platforms = sorted({one.platform for one in cases})
    arrays = _Arrays(
        np.array([one.seconds for one in cases]),
        np.array([one.bound for one in cases]),
        np.array([one.layers for one in cases], dtype=float),
        np.array([platforms.index(one.platform) for one in cases]),
        platforms,
        np.array([one.engine.kind == "compiled" for one in cases]),
        np.array([one.engine.layer_factor for one in cases]),
    )
    found = Constants(0.87, dict.fromkeys(platforms, 100e-6), 1.0)
    for _ in range(ROUNDS):
        found = arrays.improved(found)
    return found


@dataclass(frozen=True)
class _Arrays:
    """Cases as columns."""

    seconds: NDArray[Any]
    bound: NDArray[Any]
    layers: NDArray[Any]
    platform: NDArray[Any]
    platforms: list[str]
    compiled: NDArray[Any]
    factor: NDArray[Any]

    def loss(self, constants: Constants) -> float:
        import numpy as np

        known = [constants.layer_times[platform] for platform in self.platforms]
        times = np.array(known)[self.platform]
        factor = np.where(self.compiled, constants.compiled, self.factor)
        predicted = self.bound / constants.efficiency + self.layers * factor * times
        return float(np.mean(np.abs(self.seconds / predicted - 1)))

    def improved(self, found: Constants) -> Constants:
        for platform in found.layer_times:
            found = self.best(found, LEAST_LAYER_TIMES, _with_layer_time(platform))
        found = self.best(found, FACTORS, _with_compiled)
        return self.best(found, SHARES, _with_efficiency)

    def best(
        self,
        found: Constants,
        steps: tuple[float, float, float],
        changed: Callable[[Constants, float], Constants],
    ) -> Constants:
        import numpy as np

        tried = [changed(found, float(value)) for value in np.arange(*steps)]
        return min(tried, key=self.loss)


def _with_layer_time(platform: str) -> Callable[[Constants, float], Constants]:
    def changed(constants: Constants, value: float) -> Constants:
        return replace(constants, layer_times={**constants.layer_times, platform: value})

    return changed


def _with_compiled(constants: Constants, value: float) -> Constants:
    return replace(constants, compiled=value)


def _with_efficiency(constants: Constants, value: float) -> Constants:
    return replace(constants, efficiency=value)


def ratios_left_out(cases: Sequence[Case]) -> list[tuple[Case, float]]:
    """Measured over predicted rate of each case, by constants fitted without its GPU."""
    made = []
    for gpu in sorted({one.row.gpu for one in cases}):
        constants = fit([one for one in cases if one.row.gpu != gpu])
        own = (one for one in cases if one.row.gpu == gpu)
        made += [(one, step_time(one, constants) / one.seconds) for one in own]
    return made


def calibrate(rows: Iterable[Row]) -> Calibration:
    """The constants of one GPU, engine and format from one or a few measurements of one's own.

    Rows may be of decode and of prefill. Raises UsageError where they are not of one kind.
    """
    given = list(rows)
    kinds = {(row.gpu, engines.engine(row.engine).name, row.format) for row in given}
    if len(kinds) != 1:
        raise UsageError(f"calibrate takes rows of one GPU, engine and format, not of {len(kinds)}")
    steps = [_step(case(row)) for row in given if row.metric != "prefill"]
    share, slowed = factors(steps) if steps else (1.0, 1.0)
    reached = [compute_ratio(row) for row in given if row.metric == "prefill"]
    return Calibration(
        share,
        slowed,
        median(reached) if reached else 1.0,
        len(given),
        bands.calibrated(catalog.chip(given[0].gpu).platform, len(steps)) if steps else None,
        bands.PREFILL_CALIBRATED if reached else None,
    )


def _step(one: Case) -> Step:
    if one.seconds <= one.bound:
        raise UsageError(
            f"{one.row.rate:g} tok/s is above the bound of {one.row.gpu} for {one.row.model} in "
            f"{one.row.format}, {1 / one.bound:.3g} tok/s: it cannot be calibrated to"
        )
    return Step(one.seconds, one.bound / SHIPPED.efficiency, _layers_time(one, SHIPPED))


def compute_ratio(row: Row) -> float:
    """Measured over predicted rate of a prefill row that is bound by compute."""
    chip, model = catalog.chip(row.gpu), catalog.model(row.model)
    flops = float(work(model, row.format, KV_FORMAT).prefill_flops(row.prompt, row.prompt))
    chosen = engines.engine(row.engine)
    predicted = compute_share(chip, chosen, row.format)
    reached = flops / (row.prompt / row.rate) / prefill_peak(chip, chosen, row.format)
    return reached / predicted


def ratios_calibrated(cases: Sequence[Case]) -> list[tuple[Case, float, float]]:
    """Measured over predicted rate after one calibration row of the same GPU, engine and format.

    Each row is predicted from each other row of its cell; the third number is the weight that
    makes every row count once.
    """
    cells: dict[tuple[str, str, str], list[Case]] = {}
    for one in cases:
        cells.setdefault((one.row.gpu, one.row.engine, one.row.format), []).append(one)
    return [
        (other, _calibrated(other, known) / other.seconds, 1 / (len(cell) - 1))
        for cell in cells.values()
        for known in cell
        for other in cell
        if other is not known
    ]


def _calibrated(other: Case, known: Case) -> float:
    share, slowed = factors([_step(known)])
    step = _step(other)
    return step.moving / share + step.layers * slowed


def quantile(values: Iterable[float], share: float) -> float:
    """The value below which a `share` of `values` lies, interpolated."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])
