"""What a simulation gives: times of every request, occupancy over time, and their summary."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from math import fsum
from statistics import median
from typing import NamedTuple

from benchpost.errors import UsageError, near
from benchpost.serving.load import Load

_LONG = 10
"""Gaps between tokens, at their longest, that a queue is taken to be a queue from."""
_ENDED = 0.75
"""Share of those who come that must end meanwhile, or the server is filling up."""
_FEW = 8
"""Requests that say nothing yet."""


class Moment(NamedTuple):
    """The server during a step, or a run of alike steps, or while it waits."""

    time: float
    """Seconds from the start to the end of it."""
    running: int
    """Requests that hold a place."""
    waiting: int
    """Requests that arrived and hold none."""
    blocks: int
    """KV-cache blocks in use at the end of it."""
    written: int
    """Output tokens written by the end of it, from the start on."""


class Gap(NamedTuple):
    """Times between tokens, all alike."""

    seconds: float
    """Between two tokens of one sequence; the mean of a run of pure decode steps."""
    times: int
    """How many."""


@dataclass(frozen=True)
class Run:
    """A load, served."""

    load: Load
    """What was asked."""
    arrivals: Sequence[float]
    """When each request arrived, seconds."""
    firsts: Sequence[float]
    """When its first token came."""
    ends: Sequence[float]
    """When its last token came."""
    moments: Sequence[Moment]
    """Occupancy in every step, or run of alike steps."""
    gaps: Sequence[Gap] = field(repr=False)
    """Times between tokens."""
    steps: int
    """Steps of the server."""
    preemptions: int
    """How often a request lost its blocks and was computed anew."""
    blocks: int
    """KV-cache blocks of the server."""
    places: int
    """Requests that may run at once."""

    @cached_property
    def duration(self) -> float:
        """Seconds from the first arrival to the last token."""
        return max(self.ends) - self.begun

    @property
    def begun(self) -> float:
        """When the first request arrived."""
        return self.arrivals[0]

    @property
    def throughput(self) -> float:
        """Output tokens per second, from the first arrival to the last token."""
        return sum(self.load.outputs) / self.duration

    @property
    def request_rate(self) -> float:
        """Requests finished per second, from the first arrival to the last token."""
        return self.load.count / self.duration

    @property
    def steady_throughput(self) -> float:
        """Output tokens per second while the middle half of the requests ended.

        Filling up and running empty are left out, which closed forms know nothing of.
        """
        begin, end = (self.moments[place] for place in self._middle)
        if end.time <= begin.time:
            return self.throughput
        return (end.written - begin.written) / (end.time - begin.time)

    @property
    def steady_running(self) -> float:
        """Requests that hold a place on average, while the middle half of the requests ended."""
        first, last = self._middle
        begin, end = self.moments[first], self.moments[last]
        if end.time <= begin.time:
            return self.mean_running()
        return self._over(1, self.moments[first + 1 : last + 1], begin.time)

    @cached_property
    def _middle(self) -> tuple[int, int]:
        """Where a quarter and three quarters of the requests had ended."""
        ordered = sorted(self.ends)
        times = (ordered[len(ordered) // 4], ordered[3 * len(ordered) // 4])
        first, last = (
            bisect_left(self.moments, time, key=lambda moment: moment.time) for time in times
        )
        return first, min(last, len(self.moments) - 1)

    @cached_property
    def ttft(self) -> list[float]:
        """Seconds from arrival to first token, in order of size.

        The requests that begin a closed loop all at once are left out, as a warm-up.
        """
        times = [f - a for f, a in zip(self.firsts, self.arrivals, strict=True)]
        return sorted(times[self.load.concurrency :] or times)

    @cached_property
    def tpot(self) -> list[float]:
        """Seconds per output token after the first, of requests with more than one, in order."""
        rows = zip(self.firsts, self.ends, self.load.outputs, strict=True)
        return sorted((end - first) / (out - 1) for first, end, out in rows if out > 1)

    @cached_property
    def e2el(self) -> list[float]:
        """Seconds from arrival to last token, in order of size."""
        return sorted(e - a for e, a in zip(self.ends, self.arrivals, strict=True))

    def mean_in_server(self) -> float:
        """Requests that run or wait, on average from the first arrival on."""
        return self._over(1, self.moments, self.begun) + self._over(2, self.moments, self.begun)

    @cached_property
    def growing(self) -> bool:
        """Whether requests come faster than they end, to the last arrival.

        The times of a request are then a matter of how many came, and no property of the server.
        A closed loop never is: it asks no faster than it is answered.
        """
        return bool(self.load.arrivals) and (self._waits_grow() or self._fills())

    def _waits_grow(self) -> bool:
        """Whether each quarter of the requests waits for longer, and the last one for long."""
        waits = [first - came for first, came in zip(self.firsts, self.arrivals, strict=True)]
        quarter = max(1, len(waits) // 4)
        # the first quarter finds an empty server
        early, middle, late = (median(waits[i * quarter :][:quarter] or waits) for i in (1, 2, 3))
        return early < middle < late > max(2 * early, _LONG * self.itl(0.99))

    def _fills(self) -> bool:
        """Whether many of those that came in the second half of the arrivals stayed.

        A server with much room runs all that come, so that nobody waits, until it is full.
        """
        last = self.arrivals[-1]
        came = sum(last / 2 < when <= last for when in self.arrivals)
        ended = sum(last / 2 < when <= last for when in self.ends)
        return came >= _FEW and ended < _ENDED * came

    def mean_gap(self) -> float:
        """Mean seconds between two tokens of a sequence."""
        count = sum(gap.times for gap in self.gaps)
        return fsum(gap.seconds * gap.times for gap in self.gaps) / count if count else 0.0

    def itl(self, share: float) -> float:
        """The time between tokens that `share` of all times between tokens do not exceed."""
        seconds, counted = self._sorted_gaps
        place = bisect_left(counted, share * counted[-1]) if counted else 0
        return seconds[place] if place < len(seconds) else 0.0

    @cached_property
    def _sorted_gaps(self) -> tuple[list[float], list[int]]:
        """Times between tokens in order of size, and how many there are up to each."""
        ordered = sorted(self.gaps)
        return [gap.seconds for gap in ordered], list(accumulate(gap.times for gap in ordered))

    def mean_running(self) -> float:
        """Requests that hold a place on average from the first arrival on."""
        return self._over(1, self.moments, self.begun)

    def mean_blocks(self) -> float:
        """Blocks in use on average from the first arrival on."""
        return self._over(3, self.moments, self.begun)

    def _over(self, column: int, moments: Sequence[Moment], begin: float) -> float:
        """A column's mean over time."""
        total, before = 0.0, begin
        for moment in moments:
            total += moment[column] * (moment.time - before)
            before = moment.time
        return total / (before - begin) if before > begin else 0.0

    def metric(self, name: str) -> float:
        """A number of the summary, e.g. `ttft_p99`. Raises UsageError with near misses."""
        if name not in METRICS:
            known = ", ".join(METRICS)
            raise UsageError(f"a run has no {name!r}{near(name, METRICS)}; it has {known}")
        return self.summary[name]

    @cached_property
    def summary(self) -> dict[str, float]:
        """What one asks of a server, by name; units are in `METRICS`."""
        return {
            "throughput": self.throughput,
            "steady_throughput": self.steady_throughput,
            "request_rate": self.request_rate,
            **_spread("ttft", self.ttft),
            **_spread("tpot", self.tpot),
            **_spread("e2el", self.e2el),
            "itl_mean": self.mean_gap(),
            "itl_p50": self.itl(0.5),
            "itl_p99": self.itl(0.99),
            "in_server": self.mean_in_server(),
            "running": self.mean_running(),
            "steady_running": self.steady_running,
            "blocks_share": self.mean_blocks() / self.blocks,
            "preemptions": float(self.preemptions),
            "steps": float(self.steps),
            "duration": self.duration,
            "growing": float(self.growing),
        }


def arrived_by(now: float, arrivals: Sequence[float], known: int, load: Load) -> Iterator[float]:
    """When those arrived, beside the first `known`, who are there by `now`; in an open loop."""
    while load.arrivals and known < load.count and arrivals[known] <= now:
        yield arrivals[known]
        known += 1


def _spread(name: str, ordered: Sequence[float]) -> dict[str, float]:
    mean = fsum(ordered) / len(ordered) if ordered else 0.0
    found = {f"{name}_p{round(q * 100)}": quantile(ordered, q) for q in (0.5, 0.9, 0.99)}
    return {f"{name}_mean": mean, **found}


def quantile(ordered: Sequence[float], share: float) -> float:
    """A quantile of values in order, between two of them in proportion; 0 of none."""
    if not ordered:
        return 0.0
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def _times(name: str) -> dict[str, str]:
    return {f"{name}_{of}": "second" for of in ("mean", "p50", "p90", "p99")}


METRICS: dict[str, str] = {
    "throughput": "token/second",
    "steady_throughput": "token/second",
    "request_rate": "request/second",
    **_times("ttft"),
    **_times("tpot"),
    **_times("e2el"),
    "itl_mean": "second",
    "itl_p50": "second",
    "itl_p99": "second",
    "in_server": "1",
    "running": "1",
    "steady_running": "1",
    "blocks_share": "1",
    "preemptions": "1",
    "steps": "1",
    "duration": "second",
    "growing": "1",
}
"""Numbers of a run's summary, and their units."""
GROWING = (
    *("ttft_mean", "ttft_p50", "ttft_p90", "ttft_p99"),
    *("e2el_mean", "e2el_p50", "e2el_p90", "e2el_p99"),
    *("in_server", "duration"),
)
"""Those that depend on how many requests came, where more come than end."""
