"""Fit the share of the peak that llama.cpp's prefill reaches, and leave each GPU out in turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchpost.roofline import catalog, engines, predict
from benchpost.roofline.fitting import KV_FORMAT, usable
from benchpost.roofline.measured import Row, rows
from benchpost.roofline.work import work

if TYPE_CHECKING:
    from numpy.typing import NDArray

ENGINE = "llama.cpp"
MOST = (0.5, 0.55, 0.6, 0.65, 0.7)
LEVELS = (0.2, 0.8, 0.02)
POWERS = (0.1, 0.85, 0.05)


@dataclass(frozen=True)
class Shares:
    """What the fit finds: the share is `level` · (100 TFLOPS / peak)^`power`, at most `most`."""

    most: float
    """The largest share."""
    level: float
    """The share at 100 TFLOPS."""
    power: float
    """How fast it falls with the peak."""


@dataclass(frozen=True)
class Prefills:
    """Prefill rows as columns."""

    rows: tuple[Row, ...]
    """The measurements."""
    reached: NDArray[Any]
    """FLOPs a second that each reached."""
    peaks: NDArray[Any]
    """The peak that it is a share of."""
    weights: NDArray[Any]
    """One over the rows of its GPU, so that every GPU counts once."""


def prefills() -> Prefills:
    """Every row of llama.cpp that is not flagged."""
    import numpy as np

    chosen = [row for row in usable(rows(), ("prefill",)) if row.engine == ENGINE and row.prompt]
    gpus = [row.gpu for row in chosen]
    engine = engines.engine(ENGINE)
    return Prefills(
        tuple(chosen),
        np.array([_reached(row) for row in chosen]),
        np.array(
            [predict.prefill_peak(catalog.chip(row.gpu), engine, row.format) for row in chosen]
        ),
        np.array([1 / gpus.count(gpu) for gpu in gpus]),
    )


def _reached(row: Row) -> float:
    done = work(catalog.model(row.model), row.format, KV_FORMAT)
    return float(done.prefill_flops(row.prompt, row.prompt)) * row.rate / row.prompt


def fit(known: Prefills, used: NDArray[Any] | None = None) -> Shares:
    """The shares with the least mean error of the logarithm, on the rows that are `used`."""
    import numpy as np

    chosen = np.ones(len(known.rows), dtype=bool) if used is None else used
    reached, peaks = known.reached[chosen], known.peaks[chosen]
    grid = (
        Shares(most, float(level), float(power))
        for most in MOST
        for power in np.arange(*POWERS)
        for level in np.arange(*LEVELS)
    )

    def loss(shares: Shares) -> float:
        missed = np.abs(np.log(reached / expected(peaks, shares)))
        return float(np.sum(known.weights[chosen] * missed))

    return min(grid, key=loss)


def expected(peaks: NDArray[Any], shares: Shares) -> NDArray[Any]:
    """FLOPs a second at these peaks."""
    import numpy as np

    share = np.minimum(shares.most, shares.level * (100e12 / peaks) ** shares.power)
    return np.asarray(share * peaks)


def ratios_left_out(known: Prefills) -> list[tuple[Row, float]]:
    """Measured over predicted rate of each row, by shares fitted without its GPU."""
    import numpy as np

    gpus = np.array([row.gpu for row in known.rows])
    made: list[tuple[Row, float]] = []
    for gpu in sorted(set(gpus)):
        own = gpus == gpu
        ratios = known.reached[own] / expected(known.peaks[own], fit(known, ~own))
        of_gpu: Sequence[Row] = [row for row in known.rows if row.gpu == gpu]
        made += zip(of_gpu, ratios.tolist(), strict=True)
    return made
