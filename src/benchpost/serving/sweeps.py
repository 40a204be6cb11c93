"""Sweeps: many simulations with some options varied, on all cores, in the order of the grid.

points = grid({"concurrency": [1, 4, 16], "policy": ["static", "chunked"]})
sweep({"gpu": "H200", "model": "Llama-3.1-8B", "prompt": 512, "output": 256}, points)
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import product
from typing import Any

from benchpost.errors import UsageError
from benchpost.serving.simulation import simulate

Point = Mapping[str, Any]
Progress = Callable[[int, int], None]

FEW = 4
"""Points for which no process is started: it would take longer than they do."""


def grid(varied: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """Every combination of the values, the last option varying fastest."""
    return [dict(zip(varied, values, strict=True)) for values in product(*varied.values())]


def sweep(
    common: Point,
    points: Sequence[Point],
    *,
    processes: int | None = None,
    progress: Progress | None = None,
) -> list[dict[str, float]]:
    """The summary of a simulation of each point, whose options stand before those of `common`.

    Points are shared among `processes` (default: as many as the cores that this one may use).
    `progress` is told how many are done, of how many. Raises the UsageError of the first point, in
    the order of `points`, that cannot be simulated.
    """
    workers = min(_cores() if processes is None else processes, len(points))
    if workers < 1:
        raise UsageError("a sweep needs at least one point and one process")
    made = []
    for done, summary in enumerate(_summaries(common, points, workers), 1):
        made.append(summary)
        if progress:
            progress(done, len(points))
    return made


def _summaries(common: Point, points: Sequence[Point], workers: int) -> Iterator[dict[str, float]]:
    one = partial(summary_of, dict(common))
    if workers == 1 or len(points) <= FEW:
        yield from map(one, points)
        return
    pool = ProcessPoolExecutor(workers, initializer=_leave_interrupts_to_the_parent)
    try:
        # small shares: a point takes milliseconds or seconds, and one does not know which
        yield from pool.map(one, points, chunksize=max(1, len(points) // (workers * 32)))
    finally:
        # whoever stops the sweep does not wait for the points that are left
        pool.shutdown(cancel_futures=True)


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def summary_of(common: Point, point: Point) -> dict[str, float]:
    """The summary of one point."""
    return simulate(**{**common, **point}).summary


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
