"""Units of kept variables, down to SI base units: `3 ms` is recorded as 0.003 second.

The words are those of the performance model's units, a test holds the two together.
"""

from __future__ import annotations

import re
from functools import cache

from benchpost.errors import UsageError, near

SI = {"k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18}
BINARY = {"Ki": 2.0**10, "Mi": 2.0**20, "Gi": 2.0**30, "Ti": 2.0**40, "Pi": 2.0**50}
SMALL = {"m": 1e-3, "µ": 1e-6, "μ": 1e-6, "u": 1e-6, "n": 1e-9, "p": 1e-12}
NONE: dict[str, float] = {}

WORDS: dict[str, tuple[float, str, dict[str, float]]] = {
    "1": (1.0, "1", NONE),
    "%": (0.01, "1", NONE),
    "B": (1.0, "byte", SI | BINARY),
    "byte": (1.0, "byte", NONE),
    "bytes": (1.0, "byte", NONE),
    "bit": (0.125, "byte", SI | BINARY),
    "FLOP": (1.0, "flop", SI),
    "FLOPs": (1.0, "flop", SI),
    "FLOPS": (1.0, "flop/second", SI),
    "flop": (1.0, "flop", NONE),
    "OP": (1.0, "flop", SI),
    "OPS": (1.0, "flop/second", SI),
    "s": (1.0, "second", SMALL),
    "second": (1.0, "second", NONE),
    "seconds": (1.0, "second", NONE),
    "min": (60.0, "second", NONE),
    "h": (3600.0, "second", NONE),
    "Hz": (1.0, "1/second", SI),
    "J": (1.0, "joule", SI | SMALL),
    "joule": (1.0, "joule", NONE),
    "W": (1.0, "joule/second", SI | SMALL),
    "tok": (1.0, "token", SI),
    "token": (1.0, "token", NONE),
    "tokens": (1.0, "token", NONE),
    "req": (1.0, "request", SI),
    "request": (1.0, "request", NONE),
    "requests": (1.0, "request", NONE),
    "seq": (1.0, "sequence", NONE),
    "sequence": (1.0, "sequence", NONE),
    "sequences": (1.0, "sequence", NONE),
    "step": (1.0, "step", NONE),
    "steps": (1.0, "step", NONE),
    "block": (1.0, "block", NONE),
    "blocks": (1.0, "block", NONE),
}
"""Each word: how many base units it is, which, and the prefixes that it takes."""

ORDER = ("byte", "flop", "joule", "token", "request", "sequence", "step", "block", "second")
"""In which a base unit is written."""

PARTS = re.compile(r"\s*(?P<sign>[/*·])\s*")


@cache
def base(unit: str) -> tuple[float, str]:
    """Factor to the SI base unit, and that unit: `(1e9, "byte/second")` for `GB/s`.

    Raises UsageError with near misses for a word that is not known. No unit is a plain number.
    """
    pieces = PARTS.split(f"*{unit or '1'}")
    factor = 1.0
    powers = dict.fromkeys(ORDER, 0)
    for sign, word in zip(pieces[1::2], pieces[2::2], strict=True):
        size, meaning = _word(word.strip(), unit)
        power = -1 if sign == "/" else 1
        factor *= size**power
        above, _, below = meaning.partition("/")
        for name, direction in ((above, power), (below, -power)):
            if name in powers:
                powers[name] += direction
    return factor, _written(powers)


def _word(word: str, unit: str) -> tuple[float, str]:
    for name, (size, meaning, prefixes) in WORDS.items():
        prefix = word.removesuffix(name)
        if word == name:
            return size, meaning
        if word.endswith(name) and prefix in prefixes:
            return size * prefixes[prefix], meaning
    hint = near(word, WORDS) or "; write one like `s`, `GB/s`, `TFLOPS` or `tok/s`"
    where = f" in {unit!r}" if word != unit else ""
    raise UsageError(f"unknown unit {word!r}{where}{hint}")


def _written(powers: dict[str, int]) -> str:
    above = [_power(name, n) for name, n in powers.items() if n > 0]
    below = [_power(name, -n) for name, n in powers.items() if n < 0]
    return "/".join(["*".join(above) or "1", *below])


def _power(name: str, power: int) -> str:
    return name if power == 1 else f"{name}^{power}"
