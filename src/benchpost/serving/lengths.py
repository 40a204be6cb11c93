"""Lengths of prompts and outputs: a distribution over whole tokens, its moments, and draws of it.

    lengths("512")                every length is 512
    lengths("geometric 338")      a mean of 338, each token the last one with the same chance
    lengths("uniform 128 2048")   every length from 128 to 2048 alike
    lengths("lognormal 161 1.3")  a mean of 161, a standard deviation of 1.3 times that

What is longer than `most` is cut to it, as a server cuts at its longest context; the mean is then
smaller. A distribution that cannot have its mean in whole tokens from 1 to `LONGEST` is refused.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate
from random import Random

from benchpost.errors import UsageError, near

LONGEST = 131_072
"""Tokens at which a distribution ends that has no other end."""
_OFF = 0.02
"""Part of the named mean by which a distribution may miss it."""
_TAIL = 14.0
"""A geometric distribution is followed to this many means: one in a million is longer."""


@dataclass(frozen=True)
class Lengths:
    """How many tokens: a chance for each length from 1 on."""

    name: str
    """As it was written, e.g. `geometric 338`."""
    chances: tuple[float, ...]
    """Chance of 1, 2, 3, … tokens; their sum is 1."""
    first: int = 1
    """The length that the first chance is of."""

    @cached_property
    def mean(self) -> float:
        """Mean length."""
        return self._moment(1)

    @cached_property
    def spread(self) -> float:
        """Standard deviation over the mean."""
        return math.sqrt(max(0.0, self._moment(2) / self.mean**2 - 1))

    @property
    def longest(self) -> int:
        """The longest length that occurs."""
        return self.first + len(self.chances) - 1

    @cached_property
    def reached(self) -> tuple[float, ...]:
        """Chance of each length or less."""
        return tuple(accumulate(self.chances))

    def expected_longest(self, count: int) -> float:
        """The mean of the longest of `count` lengths drawn apart from each other."""
        shorter = sum(min(1.0, chance) ** count for chance in self.reached[:-1])
        return self.longest - shorter

    def draw(self, chance: Random, count: int) -> tuple[int, ...]:
        """So many lengths, one after the other."""
        last = len(self.chances) - 1
        if not last:
            return (self.first,) * count
        places = (bisect_right(self.reached, chance.random()) for _ in range(count))
        return tuple(self.first + min(place, last) for place in places)

    def cut(self, most: int) -> Lengths:
        """The same with what is longer cut to `most`."""
        if most >= self.longest:
            return self
        if most <= self.first:
            return Lengths(self.name, (1.0,), most)
        kept = self.chances[: most - self.first]
        return Lengths(self.name, (*kept, 1.0 - math.fsum(kept)), self.first)

    def _moment(self, order: int) -> float:
        pairs = enumerate(self.chances, self.first)
        return math.fsum(chance * length**order for length, chance in pairs)


def fixed(length: float) -> Lengths:
    """Every length is the same."""
    return Lengths(f"{int(length)}", (1.0,), int(length))


def uniform(least: float, most: float) -> Lengths:
    """Every length from `least` to `most` alike."""
    if most < least:
        raise UsageError(f"'uniform {least:g} {most:g}' ends before it begins")
    count = int(most) - int(least) + 1
    return Lengths(f"uniform {least:g} {most:g}", (1 / count,) * count, int(least))


def geometric(mean: float) -> Lengths:
    """Every token is the last one with the same chance."""
    if mean == 1:
        return fixed(1)
    end = min(LONGEST, math.ceil(_TAIL * mean))
    ratio, chances = 1 - 1 / mean, []
    chance = 1 / mean
    for _ in range(end - 1):
        chances.append(chance)
        chance *= ratio
    return Lengths(f"geometric {mean:g}", (*chances, 1.0 - math.fsum(chances)))


def lognormal(mean: float, spread: float) -> Lengths:
    """The logarithm is normal; `spread` is the standard deviation over the mean."""
    if spread <= 0:
        return fixed(mean)
    variance = math.log1p(spread * spread)
    centre, scale = math.log(mean) - variance / 2, math.sqrt(2 * variance)
    end = min(LONGEST, math.ceil(math.exp(centre + 4.5 * math.sqrt(variance))))
    below = [0.0] + [
        0.5 * math.erfc((centre - math.log(length + 0.5)) / scale) for length in range(1, end)
    ]
    chances = [high - low for low, high in zip(below, [*below[1:], 1.0], strict=True)]
    return Lengths(f"lognormal {mean:g} {spread:g}", tuple(chances))


KINDS: dict[str, tuple[Callable[..., Lengths], int]] = {
    "fixed": (fixed, 1),
    "geometric": (geometric, 1),
    "uniform": (uniform, 2),
    "lognormal": (lognormal, 2),
}
"""Distributions by name, and how many numbers each takes."""


def lengths(written: str | int | Lengths, most: int = LONGEST) -> Lengths:
    """The distribution that `written` names, cut at `most`. Raises UsageError."""
    made = written if isinstance(written, Lengths) else _read(str(written))
    return made.cut(most)


@lru_cache(maxsize=256)
def _read(written: str) -> Lengths:
    words = written.replace(",", " ").split()
    if len(words) == 1 and _number(words[0]) is not None:
        words = ["fixed", *words]
    if not words or words[0] not in KINDS:
        hint = near(words[0], KINDS) if words else ""
        raise UsageError(f"{written!r} is no distribution of lengths{hint}; {_FORMS}")
    make, count = KINDS[words[0]]
    numbers = _numbers(written, words[1:], count)
    made = make(*numbers)
    if words[0] in _NAMED_BY_MEAN and abs(made.mean / numbers[0] - 1) > _OFF:
        why = (
            f"what is longer than {LONGEST:,} is cut; choose a smaller mean"
            if made.mean < numbers[0]
            else "no length is below 1; choose a larger mean or a smaller spread"
        )
        raise UsageError(
            f"{written!r} in whole tokens has a mean of {made.mean:,.5g}, not {numbers[0]:,g}: "
            f"{why}"
        )
    return made


_NAMED_BY_MEAN = ("geometric", "lognormal")
_FORMS = 'write "512", "geometric 338", "uniform 128 2048" or "lognormal 161 1.3"'


def _numbers(written: str, words: Sequence[str], count: int) -> list[float]:
    found = [value for value in map(_number, words) if value is not None]
    if len(found) != len(words) or len(found) != count:
        raise UsageError(f"{written!r} is no distribution of lengths; {_FORMS}")
    if found[0] < 1 or max(found) > LONGEST:
        raise UsageError(f"lengths in {written!r} must be from 1 to {LONGEST:,}")
    return found


def _number(word: str) -> float | None:
    try:
        value = float(word)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
