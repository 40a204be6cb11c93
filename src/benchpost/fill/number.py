"""How a computed quantity is written in a sentence."""

from __future__ import annotations

import re

from benchpost.errors import UsageError
from benchpost.fill.refusal import Refusal
from benchpost.findings import Check
from benchpost.roofline.units import Quantity

FORMAT = re.compile(r"(?P<numeral>,?(?:\.\d{1,2})?[fge])(?P<unit> +\S.*)?")


def written(quantity: Quantity, form: str) -> str:
    """The text of a value: `125` for `.0f`, `1.0 TB/s` for `.1f TB/s`, `1.0` for `.1f (TB/s)`.

    Without a format: three digits and the unit that suits the size. Raises `Refusal`.
    """
    if not form:
        return str(quantity)
    match = FORMAT.fullmatch(form)
    if not match:
        hint = "write one like `.0f`, `,.0f`, `.1f GB/s` or `.1f (GB/s)`"
        raise Refusal(Check.S006, f"{form!r} is not a number format; {hint}")
    # `z` writes -0 as 0
    numeral, unit = f"z{match['numeral']}", (match["unit"] or "").strip()
    try:
        return format(quantity, f"{numeral} {unit}".strip())
    except UsageError as error:
        raise Refusal(Check.S006, error.message, len(form) - len(unit)) from error
