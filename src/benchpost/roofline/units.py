"""Units: what a number is counted in. Parse, convert, show, and arithmetic that minds them.

A registry of our own, small enough to read: general registries make one byte dimensionless, so a
byte divided where a FLOP was meant would pass. `GB` is 1e9 bytes, `GiB` is 2**30.

byte, flop, second and joule are *physical* and never mix. token, request, sequence, step and
block are *counts*: a conversion may name one or drop it (`1/second` reads as `tok/s`), but never
exchange one for another.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from benchpost.errors import UsageError, near

Exponents = tuple[tuple[str, int], ...]

PHYSICAL = ("byte", "flop", "joule", "second")
COUNTS = ("token", "request", "sequence", "step", "block")
_ORDER = ("byte", "flop", "joule", *COUNTS, "second")

_SI = {"k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18}
_BINARY = {"Ki": 2.0**10, "Mi": 2.0**20, "Gi": 2.0**30, "Ti": 2.0**40, "Pi": 2.0**50}
_SMALL = {"m": 1e-3, "µ": 1e-6, "μ": 1e-6, "u": 1e-6, "n": 1e-9, "p": 1e-12}

_NAMES: dict[str, tuple[float, Exponents, Mapping[str, float]]] = {
    "1": (1.0, (), {}),
    "%": (0.01, (), {}),
    "byte": (1.0, (("byte", 1),), {}),
    "bytes": (1.0, (("byte", 1),), {}),
    "B": (1.0, (("byte", 1),), _SI | _BINARY),
    "bit": (0.125, (("byte", 1),), _SI | _BINARY),
    "bits": (0.125, (("byte", 1),), {}),
    "flop": (1.0, (("flop", 1),), {}),
    "FLOP": (1.0, (("flop", 1),), _SI),
    "FLOPs": (1.0, (("flop", 1),), _SI),
    "FLOPS": (1.0, (("flop", 1), ("second", -1)), _SI),
    "OP": (1.0, (("flop", 1),), _SI),
    "OPS": (1.0, (("flop", 1), ("second", -1)), _SI),
    "second": (1.0, (("second", 1),), {}),
    "seconds": (1.0, (("second", 1),), {}),
    "s": (1.0, (("second", 1),), _SMALL),
    "min": (60.0, (("second", 1),), {}),
    "h": (3600.0, (("second", 1),), {}),
    "Hz": (1.0, (("second", -1),), _SI),
    "joule": (1.0, (("joule", 1),), {}),
    "J": (1.0, (("joule", 1),), _SI | _SMALL),
    "watt": (1.0, (("joule", 1), ("second", -1)), {}),
    "W": (1.0, (("joule", 1), ("second", -1)), _SI | _SMALL),
    "token": (1.0, (("token", 1),), {}),
    "tokens": (1.0, (("token", 1),), {}),
    "tok": (1.0, (("token", 1),), _SI),
    "request": (1.0, (("request", 1),), {}),
    "requests": (1.0, (("request", 1),), {}),
    "req": (1.0, (("request", 1),), _SI),
    "sequence": (1.0, (("sequence", 1),), {}),
    "sequences": (1.0, (("sequence", 1),), {}),
    "seq": (1.0, (("sequence", 1),), {}),
    "step": (1.0, (("step", 1),), {}),
    "steps": (1.0, (("step", 1),), {}),
    "block": (1.0, (("block", 1),), {}),
    "blocks": (1.0, (("block", 1),), {}),
}

_UP = (("", 1.0), ("k", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12), ("P", 1e15), ("E", 1e18))
_DOWN = (("n", 1e-9), ("µ", 1e-6), ("m", 1e-3), ("", 1.0))
_AS_IS = (("", 1.0),)

_SHOWN: dict[str, tuple[str, tuple[tuple[str, float], ...]]] = {
    "1": ("", _AS_IS),
    "byte": ("B", _UP),
    "byte/second": ("B/s", _UP),
    "byte/token": ("B/token", _UP),
    "flop": ("FLOP", _UP),
    "flop/second": ("FLOPS", _UP),
    "flop/token": ("FLOP/token", _UP),
    "flop/byte": ("FLOP/byte", _AS_IS),
    "second": ("s", _DOWN),
    "1/second": ("Hz", _UP),
    "joule": ("J", _UP),
    "joule/second": ("W", _UP),
    "joule/token": ("J/token", _AS_IS),
    "token": ("tokens", _AS_IS),
    "token/second": ("tok/s", _AS_IS),
    "request": ("requests", _AS_IS),
    "request/second": ("req/s", _AS_IS),
    "block": ("blocks", _AS_IS),
    "sequence": ("sequences", _AS_IS),
}

_FACTOR = re.compile(r"\s*(1|[A-Za-zµμ%]+)\s*(?:(?:\^|\*\*)\s*(-?\d)(?!\d)|([²³]))?\s*")
_QUANTITY = re.compile(r"\s*([-+]?\d[\d_]*(?:\.\d+)?(?:[eE][-+]?\d+)?)\s*(.*)", re.DOTALL)
_SUPERSCRIPT = {"²": 2, "³": 3}


@dataclass(frozen=True)
class Unit:
    """A unit taken apart."""

    factor: float
    """How many SI base units it is, e.g. 1e9 for `GB/s`."""
    exponents: Exponents
    """Base units with their powers, in canonical order."""


@cache
def parse_unit(text: str) -> Unit:
    """The unit that `text` names, e.g. `TB/s`, `FLOP/byte`, `1/second`, `GiB`.

    Raises UsageError with near misses for a name that is not known.
    """
    factor, exponents, position, sign = 1.0, dict[str, int](), 0, 1
    while True:
        found = _FACTOR.match(text, position)
        if not found:
            raise UsageError(f"{text!r} is not a unit; write one like GB/s, TFLOPS, tok/s or ms")
        name, power, superscript = found.groups()
        times = sign * int(power or _SUPERSCRIPT.get(superscript, 1))
        one = _named(name, text)
        factor *= one.factor**times
        for base, exponent in one.exponents:
            exponents[base] = exponents.get(base, 0) + times * exponent
        position = found.end()
        if position == len(text) and factor and math.isfinite(factor):
            return Unit(factor, _ordered(exponents))
        if position == len(text):
            raise UsageError(f"{text!r} is beyond what a float can count")
        if text[position] not in "/*·":
            raise UsageError(f"{text!r} is not a unit: {text[position]!r} is not `/` or `*`")
        sign = -1 if text[position] == "/" else 1
        position += 1


def _named(name: str, whole: str) -> Unit:
    if name in _NAMES:
        factor, exponents, _ = _NAMES[name]
        return Unit(factor, exponents)
    for bare, (factor, exponents, prefixes) in _NAMES.items():
        prefix = name.removesuffix(bare)
        if name.endswith(bare) and prefix in prefixes:
            return Unit(factor * prefixes[prefix], exponents)
    where = "" if name == whole else f" in {whole!r}"
    raise UsageError(f"unknown unit {name!r}{where}{near(name, spellings())}")


def spellings() -> list[str]:
    """Every way to write one unit, with its prefixes: `GB`, `tok`, `ms`, `%`, …"""
    prefixed = (p + bare for bare, (_, _, prefixes) in _NAMES.items() for p in prefixes)
    return [*_NAMES, *prefixed]


def _ordered(exponents: Mapping[str, int]) -> Exponents:
    return tuple((base, exponents[base]) for base in _ORDER if exponents.get(base, 0))


@cache
def canonical(exponents: Exponents) -> str:
    """The one way a unit is written inside: `byte/second`, `flop/byte`, `1/second`, `1`."""
    above = [_powered(base, n) for base, n in exponents if n > 0]
    below = [_powered(base, -n) for base, n in exponents if n < 0]
    return "/".join(["*".join(above) or "1", *below])


def _powered(base: str, exponent: int) -> str:
    return base if exponent == 1 else f"{base}^{exponent}"


def base_unit(text: str) -> str:
    """The SI base unit of `text`: `byte/second` for `GB/s`."""
    return canonical(parse_unit(text).exponents)


def without_counts(unit: str) -> str:
    """`unit` with tokens, requests and other counts left out: `byte` for `byte/token`."""
    exponents = parse_unit(unit).exponents
    return canonical(tuple((base, n) for base, n in exponents if base in PHYSICAL))


def convertible(unit: str, to: str) -> bool:
    """Whether both measure the same: counts may be named or dropped, not exchanged."""
    if without_counts(unit) != without_counts(to):
        return False
    counts = [{p for p in parse_unit(u).exponents if p[0] in COUNTS} for u in (unit, to)]
    return not counts[0] or not counts[1] or counts[0] == counts[1]


def convert(value: float, unit: str, to: str) -> float:
    """`value`, given in `unit`, counted in `to`. Raises UsageError where they do not agree."""
    if not convertible(unit, to):
        if not parse_unit(unit).exponents:
            raise UsageError(f"the number has no unit, so it cannot be written in {to}")
        raise UsageError(f"cannot give {base_unit(unit)} in {to} ({base_unit(to)})")
    have, want = parse_unit(unit).factor, parse_unit(to).factor
    return value * (have / want) if have >= want else value / (want / have)


@dataclass(frozen=True)
class Quantity:
    """A number with its unit; arithmetic refuses to add what does not agree."""

    value: float
    """In SI base units."""
    unit: str = "1"
    """SI base unit, e.g. `byte/second`."""

    def to(self, unit: str) -> float:
        """The number when counted in `unit`."""
        return convert(self.value, self.unit, unit)

    def __str__(self) -> str:
        return show(self.value, self.unit)

    def __format__(self, form: str) -> str:
        """`.1f` the bare number; `.1f GB/s` number and unit; `.1f (GB/s)` converted, bare."""
        if not form:
            return str(self)
        numeral, _, unit = form.partition(" ")
        if not unit:
            return _numeral(self.value, numeral)
        bare = unit.startswith("(") and unit.endswith(")")
        number = _numeral(self.to(unit.strip("()")), numeral)
        return number if bare else f"{number} {unit}"

    def __add__(self, other: Quantity | float) -> Quantity:
        return Quantity(self.value + self._agreeing(other, "add"), self.unit)

    def __sub__(self, other: Quantity | float) -> Quantity:
        return Quantity(self.value - self._agreeing(other, "subtract"), self.unit)

    def __mul__(self, other: Quantity | float) -> Quantity:
        right = _quantity(other)
        return Quantity(self.value * right.value, _product(self.unit, right.unit, 1))

    def __truediv__(self, other: Quantity | float) -> Quantity:
        right = _quantity(other)
        if right.value == 0:
            raise UsageError(f"cannot divide {self} by zero")
        return Quantity(self.value / right.value, _product(self.unit, right.unit, -1))

    def __radd__(self, other: float) -> Quantity:
        return _quantity(other) + self

    def __rsub__(self, other: float) -> Quantity:
        return _quantity(other) - self

    def __rmul__(self, other: float) -> Quantity:
        return _quantity(other) * self

    def __rtruediv__(self, other: float) -> Quantity:
        return _quantity(other) / self

    def __neg__(self) -> Quantity:
        return Quantity(-self.value, self.unit)

    def __lt__(self, other: Quantity | float) -> bool:
        return self.value < self._agreeing(other, "compare")

    def __gt__(self, other: Quantity | float) -> bool:
        return self.value > self._agreeing(other, "compare")

    def _agreeing(self, other: Quantity | float, act: str) -> float:
        right = _quantity(other)
        if right.unit != self.unit:
            raise UsageError(f"cannot {act} {self.unit} and {right.unit}")
        return right.value


def _quantity(value: Quantity | float) -> Quantity:
    return value if isinstance(value, Quantity) else Quantity(float(value))


@cache
def _product(left: str, right: str, sign: int) -> str:
    exponents = dict(parse_unit(left).exponents)
    for base, n in parse_unit(right).exponents:
        exponents[base] = exponents.get(base, 0) + sign * n
    return canonical(_ordered(exponents))


def _numeral(value: float, form: str) -> str:
    try:
        return format(value, form)
    except ValueError:
        hint = "write one like `.0f`, `.1f GB/s` or `.1f (GB/s)`"
        raise UsageError(f"{form!r} is not a number format; {hint}") from None


def parse_quantity(text: str) -> Quantity:
    """The quantity that `text` names, in SI base units: `3.35 TB/s` is 3.35e12 byte/second."""
    found = _QUANTITY.fullmatch(text)
    if not found:
        raise UsageError(f"{text!r} is not a number with a unit; write one like 3.35 TB/s")
    number, name = found[1].replace("_", ""), found[2].strip() or "1"
    unit = parse_unit(name)
    return Quantity(_times(number, unit.factor), canonical(unit.exponents))


def _times(number: str, factor: float) -> float:
    """In decimal where it can be, so that 8.06 GB is 8060000000 and not its neighbour."""
    power = round(math.log10(factor))
    if float(f"1e{power}") != factor:
        return float(number) * factor
    mantissa, _, exponent = number.lower().partition("e")
    return float(f"{mantissa}e{int(exponent or 0) + power}")


def show(value: float, unit: str = "1", digits: int = 3) -> str:
    """Number and unit as people write them: `show(3.35e12, "byte/second")` is `3.35 TB/s`."""
    number, name = scaled(value, unit, digits)
    return f"{number} {name}".strip()


# a check of many posts shows the same datasheets thousands of times
@lru_cache(maxsize=4096)
def scaled(value: float, unit: str = "1", digits: int = 3) -> tuple[str, str]:
    """Number with `digits` significant digits, and the prefixed unit that suits its size."""
    base = base_unit(unit)
    value = convert(value, unit, base)
    suffix, prefixes = _SHOWN.get(base, (base.replace("second", "s"), _AS_IS))
    prefix, size = _prefix(float(f"{value:.{digits - 1}e}"), prefixes)
    return _digits(value / size, digits, exact=size == 1.0), prefix + suffix


def _prefix(value: float, prefixes: tuple[tuple[str, float], ...]) -> tuple[str, float]:
    if not value or not math.isfinite(value):
        return "", 1.0
    return next((p for p in reversed(prefixes) if p[1] <= abs(value)), prefixes[0])


def _digits(value: float, digits: int, *, exact: bool) -> str:
    """Significant digits without trailing zeros; whole numbers of up to seven digits in full."""
    if not math.isfinite(value):
        return str(value)
    if exact and value == int(value) and abs(value) < 1e7:
        return str(int(value))
    power = math.floor(math.log10(abs(float(f"{value:.{digits - 1}e}")))) if value else 0
    if not -4 <= power < 7:
        mantissa = _trimmed(f"{value / 10.0**power:.{digits - 1}f}")
        return f"{mantissa}e{power}"
    return _trimmed(f"{value:.{max(0, digits - 1 - power)}f}")


def _trimmed(number: str) -> str:
    return number.rstrip("0").rstrip(".") if "." in number else number
