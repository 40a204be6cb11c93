"""Axes whose ends and ticks are chosen by us, so that they are round and few."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Axis:
    """One axis of a chart."""

    label: str
    """Quantity and unit, e.g. `context, tokens`."""
    lo: float
    """Its lower end."""
    hi: float
    """Its upper end."""
    ticks: tuple[tuple[float, str], ...]
    """Where the ticks are and what stands there."""
    scale: str = "linear"
    """`linear` or `log`."""

    def data(self) -> dict[str, Any]:
        """As it stands in a plan."""
        return dict(vars(self))


def linear(label: str, values: Iterable[float], *, most: int = 6) -> Axis:
    """From 0 to a round number above all values."""
    top = max(values)
    rough = top / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(s * power for s in _STEPS if s * power >= rough * (1 - 1e-9))
    count = math.ceil(top / step - 1e-9)
    ticks = tuple((i * step, plain(i * step)) for i in range(count + 1))
    return Axis(label, 0.0, max(top * 1.04, count * step), ticks)


def logarithmic(label: str, lo: float, hi: float, *, base: float = 10.0, most: int = 7) -> Axis:
    """From `lo` to `hi`, ticks at powers of `base`, thinned until at most `most` remain."""
    first, last = math.ceil(_log(lo, base) - 1e-9), math.floor(_log(hi, base) + 1e-9)
    stride = max(1, math.ceil((last - first + 1) / most))
    ticks = [base**power for power in range(first, last + 1, stride)]
    if len(ticks) < 3 and base == 10.0:
        ticks = [m * 10.0**p for p in range(first - 1, last + 1) for m in (1, 2, 5)]
    inside = [tick for tick in ticks if lo * (1 - 1e-9) <= tick <= hi * (1 + 1e-9)]
    return Axis(label, lo, hi, tuple((tick, shortened(tick, base)) for tick in inside), "log")


def _log(value: float, base: float) -> float:
    return math.log2(value) if base == 2.0 else math.log10(value) / math.log10(base)


def plain(value: float) -> str:
    """A tick's number without needless zeros, thousands apart."""
    return f"{value:,.6f}".rstrip("0").rstrip(".")


def shortened(value: float, base: float = 10.0) -> str:
    """`4k` for 4,096 tokens when counting in powers of two, else 1k, 10k, 1M."""
    kilo = 1024.0 if base == 2.0 else 1000.0
    for suffix, size in (("M", kilo * kilo), ("k", kilo)):
        if value >= size:
            return plain(value / size) + suffix
    return plain(value)
