"""Numbers are written as their format says, converted where it names a unit."""

from __future__ import annotations

import pytest

from benchpost.fill.number import written
from benchpost.fill.refusal import Refusal
from benchpost.roofline.units import Quantity

BANDWIDTH = Quantity(1.008e12, "byte/second")
COUNT = Quantity(147456.0, "1")

WRITTEN = [
    (Quantity(125.3, "token/second"), ".0f", "125"),
    (BANDWIDTH, ".1f GB/s", "1008.0 GB/s"),
    (BANDWIDTH, ",.0f GB/s", "1,008 GB/s"),
    (BANDWIDTH, ".2f (TB/s)", "1.01"),
    (BANDWIDTH, "", "1.01 TB/s"),
    (COUNT, ",.0f", "147,456"),
    (COUNT, ".3e", "1.475e+05"),
    (COUNT, "g", "147456"),
    (Quantity(0.72, "1"), ".0f %", "72 %"),
    (Quantity(-0.2, "1"), ".0f", "0"),
    (Quantity(0.0064, "second"), ".2f ms", "6.40 ms"),
]


@pytest.mark.parametrize(("quantity", "form", "text"), WRITTEN)
def test_a_quantity_is_written_in_its_format(quantity: Quantity, form: str, text: str) -> None:
    """Bare numbers are SI base; a unit converts; in parentheses it is not written."""
    assert written(quantity, form) == text


HINT = "is not a number format; write one like `.0f`, `,.0f`, `.1f GB/s` or `.1f (GB/s)`"
REFUSED = [
    ("nonsense", 0, f"'nonsense' {HINT}"),
    (">90.1f", 0, f"'>90.1f' {HINT}"),
    (".999f", 0, f"'.999f' {HINT}"),
    (".1f GBs", 4, "unknown unit 'GBs'; did you mean 'GB' or 'GiB'?"),
    (".1f ms", 4, "cannot give byte/second in ms (second)"),
]


@pytest.mark.parametrize(("form", "offset", "message"), REFUSED)
def test_a_format_that_does_not_fit_is_refused(form: str, offset: int, message: str) -> None:
    """Widths, unknown units and units of something else are named with what is right."""
    with pytest.raises(Refusal) as caught:
        written(BANDWIDTH, form)
    assert (caught.value.offset, caught.value.message) == (offset, message)
