"""Charts of given points, simulated or computed one by one, with their words and their data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from benchpost.figures.axis import Axis, linear
from benchpost.figures.shown import shown
from benchpost.figures.sweep import csv
from benchpost.figures.types import Facts, Fragment
from benchpost.roofline.units import show

Points: TypeAlias = "tuple[tuple[float, float], ...]"
"""Places of a line from left to right."""
DIGITS = 6
"""Significant digits of what is shown: further ones may be those of a machine's mathematics."""


@dataclass(frozen=True)
class Trace:
    """One line."""

    name: str
    """Full name, for the data and for those who do not see it."""
    points: Points
    """Where it goes, from left to right."""
    style: int
    """Which series colour it has."""
    label: str = ""
    """What stands beside it; the name where it is empty."""
    dash: int = 0
    """Which dashes it has."""
    thick: float = 2.5
    """How thick it is, px."""
    steps: bool = False
    """Whether it goes in steps: a value holds up to its point."""
    marks: bool = False
    """Whether its points are marked."""

    def data(self) -> dict[str, Any]:
        """As it stands in a plan."""
        return {
            "at": [[rounded(x), rounded(y)] for x, y in self.points],
            "style": self.style,
            "label": self.label or self.name,
            "dash": self.dash,
            "thick": self.thick,
            "steps": self.steps,
            "marks": self.marks,
        }


@dataclass(frozen=True)
class Chart:
    """Lines on two axes."""

    title: str
    """What it shows, e.g. `Throughput of Llama-3.1-8B on H100 SXM`."""
    x: Axis
    """Across."""
    y: Axis
    """Up."""
    traces: tuple[Trace, ...]
    """Its lines."""
    at: Callable[[float], str]
    """A place on the x axis in words, e.g. `64 requests at once`."""
    value: Callable[[float], str]
    """A value in words, e.g. `12.3 ms`."""
    levels: tuple[float, ...] = ()
    """Values that a thin line marks."""

    def data(self) -> dict[str, Any]:
        """As it stands in a plan."""
        return {
            "x": self.x.data(),
            "y": self.y.data(),
            "series": [trace.data() for trace in self.traces],
            "levels": list(self.levels),
            "title": self.title,
            "description": "; ".join(self._said(trace) for trace in self.traces),
        }

    def _said(self, trace: Trace) -> str:
        first, last = trace.points[0], trace.points[-1]
        ends = [first, last] if first != last else [first]
        said = ", ".join(f"{self.value(y)} at {self.at(x)}" for x, y in ends)
        return f"{trace.name}: {said}"

    def table(self, first: str, unit: str) -> bytes:
        """CSV of all lines; a cell is empty where a line has no point."""
        places = sorted({x for trace in self.traces for x, _ in trace.points})
        found = [dict(trace.points) for trace in self.traces]
        rows: list[list[str | float]] = [
            [rounded(x), *(rounded(known[x]) if x in known else "" for known in found)]
            for x in places
        ]
        return csv([first, *(f"{trace.name} in {unit}" for trace in self.traces)], rows)


def charted(facts: Facts, stem: str, chart: Chart, caption: str, first: str, unit: str) -> Fragment:
    """The chart as it stands in a post, with its data."""
    return shown(facts, stem, "traces", chart.data(), caption, chart.table(first, unit))


def upto(label: str, most: float) -> Axis:
    """An axis from 0 to exactly `most`."""
    made = linear(label, [most])
    return replace(made, hi=most, ticks=tuple(tick for tick in made.ticks if tick[0] <= most))


def timed(axis: Axis) -> Axis:
    """An axis in seconds whose ticks say `10 ms`."""
    ticks = tuple((at, show(at, "second") if at else "0") for at, _ in axis.ticks)
    return replace(axis, ticks=ticks)


def rounded(value: float) -> float:
    """To `DIGITS` significant digits."""
    return float(f"{value:.{DIGITS}g}")


def thinned(points: Sequence[tuple[float, float]], most: int) -> Points:
    """At most so many of the points, the first and the last among them, evenly chosen."""
    if len(points) <= most:
        return tuple(points)
    last = len(points) - 1
    chosen = sorted({round(last * i / (most - 1)) for i in range(most)})
    return tuple(points[i] for i in chosen)
