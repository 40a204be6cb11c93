"""Units of kept variables."""

from __future__ import annotations

import pytest

from benchpost.errors import UsageError
from benchpost.record import units
from benchpost.roofline.units import parse_quantity


@pytest.mark.parametrize(
    ("unit", "factor", "base"),
    [
        ("", 1.0, "1"),
        ("%", 0.01, "1"),
        ("ms", 1e-3, "second"),
        ("min", 60.0, "second"),
        ("GB/s", 1e9, "byte/second"),
        ("GiB", 2.0**30, "byte"),
        ("TFLOPS", 1e12, "flop/second"),
        ("FLOP/s", 1.0, "flop/second"),
        ("FLOP/byte", 1.0, "flop/byte"),
        ("tok/s", 1.0, "token/second"),
        ("W", 1.0, "joule/second"),
        ("J/token", 1.0, "joule/token"),
        ("1/ms", 1e3, "1/second"),
        ("B/tok/s", 1.0, "byte/token/second"),
    ],
)
def test_units_come_down_to_base_units(unit: str, factor: float, base: str) -> None:
    """Prefixes are resolved and base units written in one way."""
    found, name = units.base(unit)
    assert name == base
    assert found == pytest.approx(factor, rel=1e-15)


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        ("GBps", "unknown unit 'GBps'; write one like `s`, `GB/s`, `TFLOPS` or `tok/s`"),
        (
            "tokns/s",
            "unknown unit 'tokns' in 'tokns/s'; did you mean 'tokens' or 'token' or 'tok'?",
        ),
        ("s/", "unknown unit '' in 's/'; write one like `s`, `GB/s`, `TFLOPS` or `tok/s`"),
        ("kmin", "unknown unit 'kmin'; did you mean 'min'?"),
    ],
)
def test_unknown_units_are_refused_with_near_ones(unit: str, said: str) -> None:
    """A misspelt word is named, with what is close to it."""
    with pytest.raises(UsageError) as caught:
        units.base(unit)
    assert str(caught.value) == said


def test_units_mean_what_they_mean_in_the_performance_model() -> None:
    """Each word with each of its prefixes has the factor and base unit that `roofline` gives it."""
    for word, (_, _, prefixes) in units.WORDS.items():
        for unit in (word, *(prefix + word for prefix in prefixes), f"{word}/s", f"1/{word}"):
            quantity = parse_quantity(f"1 {unit}")
            factor, base = units.base(unit)
            assert base == quantity.unit, unit
            assert factor == pytest.approx(quantity.value, rel=1e-12), unit
