"""Releases: how they compare, and the stretch of them that a page speaks of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_SPEC = re.compile(r"(?P<op>>=|==)?\s*v?(?P<version>\d+(?:\.\d+)*(?:[.-]?[a-z]+\d*)*)", re.I)
_NUMBER = re.compile(r"\d+")


@lru_cache(maxsize=4096)
def order(version: str) -> tuple[int, ...]:
    """Something that sorts as releases do: `0.9.2` before `0.10.0`, `b11434` by its number."""
    numbers = tuple(int(part) for part in _NUMBER.findall(version))
    while len(numbers) > 1 and not numbers[-1]:
        numbers = numbers[:-1]
    return numbers


@dataclass(frozen=True)
class Stretch:
    """The releases that a page speaks of."""

    low: str
    """The oldest. E.g. `0.22.0`"""
    high: str
    """The newest; the same as `low` for one release."""

    def __str__(self) -> str:
        return self.low if self.low == self.high else f"{self.low} to {self.high}"


def stretch(spec: str, newest: str) -> Stretch | None:
    """What `0.33.0`, `==0.33.0` or `>=0.22` means; None for anything else."""
    match = _SPEC.fullmatch(spec.strip())
    if match is None:
        return None
    version = match["version"]
    if match["op"] != ">=":
        return Stretch(version, version)
    return Stretch(version, max(version, newest, key=order))


@dataclass(frozen=True)
class Life:
    """From which release to which something is there, without a break."""

    since: str = ""
    """First examined release that has it; empty for not known."""
    gone: str = ""
    """First examined release that lacks it again; empty while it is there."""

    def covers(self, asked: Stretch) -> bool:
        """Whether it is there in all the releases asked for."""
        return not self.is_gone(asked) and not self.is_later(asked)

    def is_gone(self, asked: Stretch) -> bool:
        """Whether the newest release asked for has it no more."""
        return bool(self.gone) and order(self.gone) <= order(asked.high)

    def is_later(self, asked: Stretch) -> bool:
        """Whether the oldest release asked for does not have it yet."""
        return bool(self.since) and order(self.since) > order(asked.low)


def lives(marks: Sequence[str]) -> tuple[Life, ...]:
    """`[since, gone, since, …]` in stretches; what was taken back has more than one."""
    return tuple(Life(*marks[at : at + 2]) for at in range(0, len(marks), 2))


def near(stretches: Sequence[Life], asked: Stretch) -> Life:
    """The stretch that the releases asked for fall in, else the last one before, or the first."""
    begun = [life for life in stretches if not life.since or order(life.since) <= order(asked.high)]
    covering = [life for life in stretches if life.covers(asked)]
    return (covering or begun or list(stretches) or [Life()])[-1 if covering or begun else 0]
