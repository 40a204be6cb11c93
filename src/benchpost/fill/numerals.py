"""Numbers with a unit in plain text: `61.8 %`, `2–4×`, `16k tokens`; not `H100` or `0.33.0`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from benchpost.fill.mentions import blanked
from benchpost.roofline.units import spellings

HIDDEN = "\ufffc"
"""Stands for what is no text of the author: code, maths, a slot, a value."""
SPELT_OUT = (
    "sec", "secs", "millisecond", "milliseconds", "microsecond", "microseconds", "percent",
    "Tokens", "Requests", "Blocks", "Sequences", "Steps", "Seconds",
)  # fmt: skip
"""What sentences and table heads write beside the units that quantities have."""
NUMBER = r"(?:\d{1,3}(?:[,\u00a0\u202f ]\d{3})+|\d+)(?:\.\d+)?(?:e[-+]?\d+)?[kKM]?(?!\d|\.\d)"
NAMED = r"(?!\s?[A-Z_\d\ufffc])"
"""Not before a name or another number: `8× H100` and `128 x 128` count and multiply."""


@cache
def _unit() -> str:
    """One unit, or one per another."""
    # `70B` is a size class of models; a count of bytes has a blank: `70 B`
    names = sorted({*spellings(), *SPELT_OUT} - {"1", "%", "B"}, key=len, reverse=True)
    one = "|".join(map(re.escape, names))
    per = r"(?:\s?/\s?[A-Za-z]+|\sper\s[A-Za-z]+)*"
    times = r"times (?:as|the|faster|slower|more|less|fewer|larger|smaller|higher|lower)\b"
    return (
        rf"(?:{one}){per}(?![\w%])|%|(?<=[\s/]|-)B{per}(?!\w)|B(?:/[A-Za-z]+)(?!\w)"
        rf"|[×x]{NAMED}(?!\w)|{times}"
    )


@cache
def _bare() -> re.Pattern[str]:
    ranging = rf"{NUMBER}(?:\s?(?:-|–|—|…|to|and|or)\s?{NUMBER})?"
    # `1990s` is a decade, `100s of` no number; `16 bits` and `8-bit` name a format
    gap = r"(?:[\s\u00a0\u202f]{0,2}|-)"
    decade = r"(?!\d*0s\b)(?!(?:1|2|4|8|16|32|64)[\s\u00a0-]?bits?\b)"
    return re.compile(rf"(?<![\w.,])(?<!\w-)(?<!\w–){decade}{ranging}{gap}(?:{_unit()})")


@cache
def _headed() -> re.Pattern[str]:
    return re.compile(rf"(?:[(,\[/]\s*|^|\bin )(?:{_unit()})[)\]]?\s*$")


VARIANT = re.compile(r"\b[A-Z]{1,2}\d{2,4}[A-Z]?[ -]\d{2,3}GB\b")
"""A card named with its memory: `A100 80GB`."""
DIGIT = re.compile(r"\d")
ALONE = re.compile(rf"\s*[~≈<>≤≥+−-]*\s*{NUMBER}\s*[x×%]?\s*")


def numbers_with_units(text: str) -> Iterator[tuple[int, str]]:
    """Every number with a unit in a text, with its offset."""
    if not DIGIT.search(text):
        return
    names = VARIANT.sub(lambda match: "_" * len(match[0]), blanked(text))
    for match in _bare().finditer(names):
        yield match.start(), " ".join(text[match.start() : match.end()].split())


def gives_unit(head: str) -> bool:
    """Whether the head of a table's column ends with a unit: `TTFT (ms)`, `tok/s`."""
    return bool(_headed().search(head.strip()))


def is_number(cell: str) -> bool:
    """Whether a table's cell is a number and nothing else."""
    return bool(ALONE.fullmatch(cell))
