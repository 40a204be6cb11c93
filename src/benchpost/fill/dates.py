"""Dates in a source: `2026`, `2026-04` or `2026-04-22`, where a date would stand."""

from __future__ import annotations

import re

from benchpost.fill.numerals import numbers_with_units

YEAR = r"(?:19[5-9]\d|20[0-3]\d)"
MONTH = r"(?:0[1-9]|1[0-2])"
DAY = r"(?:0[1-9]|[12]\d|3[01])"
ISO = re.compile(rf"{YEAR}(?:-{MONTH}(?:-{DAY})?)?")
TO_THE_MONTH = re.compile(rf"(?<![\w.-]){YEAR}-{MONTH}(?:-{DAY})?(?![\w-]|\.\d)")
COUNTED = (
    "arxiv", "build", "equation", "figure", "issue", "line", "model", "number", "page", "port",
    "pr", "release", "rfc", "section", "step", "table", "version",
)  # fmt: skip
"""Words before a number that counts or names something: `version 2026` is no date."""
YEAR_ALONE = re.compile(
    rf"(?<![\w.,:/#$-])(?P<year>{YEAR})(?![\w%/-]|[.,:]\d)",
)
BEFORE = re.compile(rf"\b(?:{'|'.join(COUNTED)})s?\.?\s*$", re.IGNORECASE)


def is_date(text: str) -> bool:
    """Whether a text is a date and nothing else."""
    return bool(ISO.fullmatch(text))


def has_date(text: str) -> bool:
    """Whether a date stands in a text; a year alone is none where it counts or names something."""
    if TO_THE_MONTH.search(text):
        return True
    counts = {at for at, _ in numbers_with_units(text)}
    years = YEAR_ALONE.finditer(text)
    return any(y.start() not in counts and not BEFORE.search(text[: y.start()]) for y in years)
