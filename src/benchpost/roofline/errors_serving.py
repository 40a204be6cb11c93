"""How wrong the serving model is: errors on published rows, by kind, GPU and engine.

Three of its constants and the share of waiting are fitted to the rows of `FITTED` alone, so that
every other GPU is left out; the rest were set by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchpost.roofline import batching, served, serving_equations
from benchpost.roofline.compute import at
from benchpost.roofline.errors_table import Errors, errors
from benchpost.roofline.predict import setting_of
from benchpost.roofline.served import FITTED as FITTED
from benchpost.roofline.served import Served
from benchpost.roofline.types import Estimate

if TYPE_CHECKING:
    from numpy.typing import NDArray

GRIDS = {
    "compute_share": (0.3, 1.0, 0.05),
    "layer_time": (5e-6, 100e-6, 5e-6),
    "overlap_loss": (0.0, 1.01, 0.1),
}
"""Constants that are fitted, and where they are looked for."""
WAITING = (0.0, 0.61, 0.05)
"""Where the share of the other requests' prompts is looked for."""
ROUNDS = 6


@dataclass(frozen=True)
class Judged:
    """A row with what the model says of it."""

    row: Served
    """The measurement."""
    kind: str
    """A key of `bands.SERVING`."""
    tpot: float
    """Measured over predicted rate of tokens."""
    ttft: float
    """Measured over predicted rate of first tokens."""


def usable() -> list[Served]:
    """Rows that are not flagged."""
    return [row for row in served.rows() if not row.flag]


def predicted(row: Served, metric: str = "tpot") -> Estimate:
    """What the model says of a row."""
    return batching.serving(
        gpu=row.gpu,
        model=row.model,
        concurrency=row.concurrency,
        prompt=row.prompt,
        output=row.output,
        weights=row.format,
        kv=row.kv,
        engine=row.engine,
        tp=row.tp,
        metric=metric,
    )


def judged(rows: Sequence[Served]) -> list[Judged]:
    """Each row beside its prediction."""
    return [
        Judged(
            row,
            batching.serving_kind(
                setting_of(row.gpu, row.model, "vllm", row.format, row.kv, row.tp)
            ),
            predicted(row).value / row.tpot,
            predicted(row, "ttft").value / row.ttft,
        )
        for row in rows
    ]


def by(found: Sequence[Judged], key: Callable[[Judged], str]) -> list[Errors]:
    """Errors of the time per output token of each group."""
    groups: dict[str, list[float]] = {}
    for one in found:
        groups.setdefault(key(one), []).append(1 / one.tpot)
    return [errors(name, ratios) for name, ratios in sorted(groups.items())]


def fit(rows: Sequence[Served]) -> dict[str, float]:
    """The constants of `GRIDS` with the least median error of the logarithm on `rows`."""
    import numpy as np

    terms = _columns([dict(predicted(row).terms) for row in rows])
    seconds = np.array([row.tpot for row in rows])
    found = {name: float(terms[name][0]) for name in GRIDS}
    for _ in range(ROUNDS):
        for name, grid in GRIDS.items():
            tried = [{**found, name: float(value)} for value in np.arange(*grid)]
            found = min(tried, key=lambda constants: _loss(terms, constants, seconds))
    return found


def fit_waiting(rows: Sequence[Served]) -> float:
    """The share of waiting with the least median error of the logarithm of the first token."""
    import numpy as np

    terms = _columns([dict(predicted(row, "ttft").terms) for row in rows])
    seconds = np.array([row.ttft for row in rows])

    def loss(share: float) -> float:
        first = at(serving_equations.answer_time, {**terms, "waiting_share": share})
        return float(np.median(np.abs(np.log(first / seconds))))

    return min(map(float, np.arange(*WAITING)), key=loss)


def _columns(rows: Sequence[dict[str, Any]]) -> dict[str, NDArray[Any]]:
    import numpy as np

    return {name: np.array([row[name] for row in rows], dtype=float) for name in rows[0]}


def _loss(
    terms: dict[str, NDArray[Any]], constants: dict[str, float], seconds: NDArray[Any]
) -> float:
    import numpy as np

    # prompts, too, are read at the share of the peak; what they exchange is little beside that
    prompts = terms["prompt_time"] * (batching.COMPUTE_SHARE / constants["compute_share"])
    asked = {**terms, **constants, "prompt_time": prompts}
    step = at(serving_equations.serving_step_time, asked)
    return float(np.median(np.abs(np.log(step / seconds))))


def left_out(found: Sequence[Judged]) -> list[Judged]:
    """Those whose GPU the fit did not see."""
    return [one for one in found if one.row.gpu != FITTED]


def groups(found: Sequence[Judged]) -> tuple[tuple[str, list[Errors]], ...]:
    """Tables of errors, each with its title."""
    everything = errors("all", (1 / one.tpot for one in found))
    others = errors("GPUs left out of the fit", (1 / one.tpot for one in left_out(found)))
    return (
        ("Serving, time per output token", [everything, others]),
        ("By kind", by(found, lambda one: one.kind)),
        ("Serving by GPU", by(found, lambda one: one.row.gpu)),
        ("Serving by engine", by(found, lambda one: one.row.engine)),
        ("Serving by model", by(found, lambda one: one.row.model)),
    )
