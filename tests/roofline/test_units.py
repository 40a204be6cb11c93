"""Units: what is understood, what is refused, how it is shown."""

from __future__ import annotations

import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchpost.errors import BenchpostError, UsageError
from benchpost.roofline.units import (
    Quantity,
    base_unit,
    convert,
    convertible,
    parse_quantity,
    parse_unit,
    show,
)

QUANTITIES = [
    ("3.35 TB/s", 3.35e12, "byte/second"),
    ("1008 GB/s", 1.008e12, "byte/second"),
    ("8.06 GB", 8_060_000_000, "byte"),
    ("24GB", 24e9, "byte"),
    ("24 GiB", 24 * 2**30, "byte"),
    ("165.2 TFLOPS", 165.2e12, "flop/second"),
    ("165.2 TFLOP/s", 165.2e12, "flop/second"),
    ("660.6 TOPS", 660.6e12, "flop/second"),
    ("2 TFLOP", 2e12, "flop"),
    ("281 FLOP/byte", 281, "flop/byte"),
    ("125 tok/s", 125, "token/second"),
    ("147456 byte/token", 147456, "byte/token"),
    ("8 ms", 0.008, "second"),
    ("32 µs", 32e-6, "second"),
    ("32 us", 32e-6, "second"),
    ("2 min", 120, "second"),
    ("1.5e3 MHz", 1.5e9, "1/second"),
    ("600 W", 600, "joule/second"),
    ("92 %", 0.92, "1"),
    ("4022468096", 4022468096, "1"),
    ("16 Gbit", 2e9, "byte"),
    ("-3 s", -3, "second"),
    ("280 req/s", 280, "request/second"),
    ("5 B/s/s", 5, "byte/second^2"),
    ("1_000 s", 1000, "second"),
]


@pytest.mark.parametrize(("text", "value", "unit"), QUANTITIES)
def test_a_quantity_is_read_into_si_base_units(text: str, value: float, unit: str) -> None:
    """Decimal prefixes are powers of ten to the last digit, binary ones powers of two."""
    assert parse_quantity(text) == Quantity(value, unit)


REFUSED = [
    ("3 KB", "unknown unit 'KB'; did you mean 'kB' or 'KiB' or 'kbit'?"),
    ("3 GBps", "unknown unit 'GBps'"),
    ("3 tokens/sek", "unknown unit 'sek' in 'tokens/sek'"),
    ("3 TFLOP//s", "'TFLOP//s' is not a unit; write one like GB/s, TFLOPS, tok/s or ms"),
    ("3 GB s", "'GB s' is not a unit: 's' is not `/` or `*`"),
    ("3 " + "TB*" * 40 + "TB", f"{'TB*' * 40 + 'TB'!r} is beyond what a float can count"),
    ("3 TB^99", "'TB^99' is not a unit: '^' is not `/` or `*`"),
    ("fast", "'fast' is not a number with a unit; write one like 3.35 TB/s"),
    ("", "'' is not a number with a unit; write one like 3.35 TB/s"),
]


@pytest.mark.parametrize(("text", "said"), REFUSED)
def test_what_is_no_quantity_is_refused_with_what_would_be_right(text: str, said: str) -> None:
    """An unknown unit names near misses; nothing is guessed."""
    with pytest.raises(UsageError) as caught:
        parse_quantity(text)
    assert caught.value.message.startswith(said)


SHOWN = [
    (3.35e12, "byte/second", "3.35 TB/s"),
    (4.8e12, "byte/second", "4.8 TB/s"),
    (999.6e9, "byte/second", "1 TB/s"),
    (8_044_936_192, "byte", "8.04 GB"),
    (147456, "byte/token", "147 kB/token"),
    (989e12, "flop/second", "989 TFLOPS"),
    (2.147e10, "flop", "21.5 GFLOP"),
    (281.14, "flop/byte", "281 FLOP/byte"),
    (125.298, "token/second", "125 tok/s"),
    (12_345.6, "token/second", "12346 tok/s"),
    (0.00798, "second", "7.98 ms"),
    (114e-6, "second", "114 µs"),
    (3e-12, "second", "0.003 ns"),
    (250.0, "second", "250 s"),
    (0, "second", "0 s"),
    (512, "1", "512"),
    (151_936, "1", "151936"),
    (4_022_468_096, "1", "4.02e9"),
    (0.914, "1", "0.914"),
    (1.0e-7, "1", "1e-7"),
    (262_144, "token", "262144 tokens"),
    (-0.5, "second", "-500 ms"),
    (math.inf, "second", "inf s"),
    (5, "byte/second^2", "5 byte/s^2"),
]


@pytest.mark.parametrize(("value", "unit", "text"), SHOWN)
def test_a_quantity_is_shown_as_people_write_it(value: float, unit: str, text: str) -> None:
    """Three digits, the prefix that suits the size, whole counts in full."""
    assert show(value, unit) == text


def test_digits_are_the_callers_choice() -> None:
    """More digits where three would mislead."""
    assert show(1.008e12, "byte/second", digits=4) == "1.008 TB/s"


FORMATS = [
    (".0f", "3350000000000"),
    (".1f GB/s", "3350.0 GB/s"),
    (".2f (TB/s)", "3.35"),
    (",.0f (GB/s)", "3,350"),
    ("", "3.35 TB/s"),
]


@pytest.mark.parametrize(("form", "text"), FORMATS)
def test_a_quantity_takes_a_format_with_a_unit(form: str, text: str) -> None:
    """The bare number, the number with its unit, or the converted number alone."""
    assert format(parse_quantity("3.35 TB/s"), form) == text


def test_a_wrong_number_format_is_refused() -> None:
    """The message says what one looks like."""
    with pytest.raises(UsageError, match=r"'\.1q' is not a number format; write one like"):
        format(Quantity(1.0), ".1q")


def test_arithmetic_keeps_units() -> None:
    """Bytes by bytes a second are seconds; FLOPs by that are FLOPs a second."""
    weights, bandwidth = parse_quantity("8 GB"), parse_quantity("1 TB/s")
    assert weights / bandwidth == Quantity(0.008, "second")
    assert 1 / (weights / bandwidth) == Quantity(125.0, "1/second")
    assert bandwidth * Quantity(2, "second") == Quantity(2e12, "byte")
    assert 2 * weights - weights / 2 == Quantity(12e9, "byte")
    assert -weights + weights == Quantity(0, "byte")
    assert 1 + Quantity(2) - 3 == Quantity(0)
    assert 10 - Quantity(2) == Quantity(8)


DISAGREEING = [
    (lambda a, b: a + b, "cannot add byte and second"),
    (lambda a, b: a - b, "cannot subtract byte and second"),
    (lambda a, b: a < b, "cannot compare byte and second"),
    (lambda a, b: a > b, "cannot compare byte and second"),
    (lambda a, b: a + 1, "cannot add byte and 1"),
    (lambda a, b: 1 + a, "cannot add 1 and byte"),
    (lambda a, b: a / Quantity(0.0, "second"), "cannot divide 1 B by zero"),
]


@pytest.mark.parametrize(("act", "said"), DISAGREEING)
def test_what_does_not_agree_is_not_added(act: object, said: str) -> None:
    """A slip between bytes and seconds is an error, not a number."""
    assert callable(act)
    with pytest.raises(BenchpostError) as caught:
        act(Quantity(1.0, "byte"), Quantity(1.0, "second"))
    assert caught.value.message == said


CONVERTIBLE = [
    ("byte/second", "GB/s", True),
    ("1/second", "tok/s", True),
    ("byte/token", "GB", True),
    ("request/second", "tok/s", False),
    ("byte", "FLOP", False),
    ("byte", "s", False),
]


@pytest.mark.parametrize(("unit", "to", "agrees"), CONVERTIBLE)
def test_counts_may_be_named_or_dropped_but_not_exchanged(unit: str, to: str, agrees: bool) -> None:
    """A rate reads as tokens a second; requests a second never do."""
    assert convertible(unit, to) is agrees


def test_a_conversion_that_does_not_agree_names_both_units() -> None:
    """The message has what is there and what was asked for."""
    with pytest.raises(UsageError) as caught:
        convert(1.0, "byte", "TFLOPS")
    assert caught.value.message == "cannot give byte in TFLOPS (flop/second)"


def test_a_number_without_a_unit_is_said_to_have_none() -> None:
    """`1` is how units are stored, not a word for a reader."""
    with pytest.raises(UsageError) as caught:
        convert(6.0, "1", "ms")
    assert caught.value.message == "the number has no unit, so it cannot be written in ms"


@given(
    st.floats(1e-3, 1e15), st.sampled_from(["GB/s", "TFLOPS", "ms", "GiB", "tok/s", "FLOP/byte"])
)
def test_conversion_there_and_back_is_the_same_number(value: float, unit: str) -> None:
    """To within the rounding of two operations."""
    there = convert(value, base_unit(unit), unit)
    assert convert(there, unit, base_unit(unit)) == pytest.approx(value, rel=1e-15)


@given(st.floats(1e-9, 1e18), st.sampled_from(["byte", "flop/second", "second", "token/second"]))
def test_what_is_shown_is_read_as_nearly_the_same(value: float, unit: str) -> None:
    """Five digits are five digits, whatever the size."""
    read = parse_quantity(show(value, unit, digits=5))
    assert read.unit == unit
    assert read.value == pytest.approx(value, rel=1e-4)


@given(st.text(max_size=12))
def test_no_text_breaks_the_reader(text: str) -> None:
    """Any text is a unit or a UsageError."""
    with suppress(UsageError):
        assert parse_unit(text).factor
