"""Numbers with a unit in plain text: `61.8 %`, `2–4×`, `16k tokens`; not `H100` or `0.33.0`.

Money and factors count too: `$2.50 an hour`, `a factor of 3`.
"""

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
    "minute", "minutes", "hour", "hours", "percentage point", "percentage points", "pp",
    "dollar", "dollars", "euro", "euros", "cent", "cents", "fold",
    "Gb", "Mb", "Tb", "Gbps", "Mbps", "Tbps", "TPS", "RPS", "QPS", "FPS",
)  # fmt: skip
"""What sentences and table heads write beside the units that quantities have."""
NUMBER = r"(?:\d{1,3}(?:[,\u00a0\u202f ]\d{3})+|\d+)(?:\.\d+)?(?:e[-+]?\d+)?[kKM]?(?!\d|\.\d)"
RANGING = rf"{NUMBER}(?:\s?(?:-|–|—|…|±|\+/-|to|and|or)\s?{NUMBER})?"
"""A number, a range, or a number with its error."""
SCALE = r"(?:thousand|million|billion|trillion)(?: (?:parameters|weights|tokens|requests|FLOPs))?"
MONEY = r"[$€£]"
"""Stands before its number."""
FACTOR = r"(?:factors?|speed-?ups?) of "
"""What makes a number a ratio without any unit."""
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
        rf"|[×x]{NAMED}(?!\w)|{times}|{SCALE}(?!\w)"
    )


@cache
def _bare() -> re.Pattern[str]:
    # `1990s` is a decade, `100s of` no number; `16 bits` and `8-bit` name a format
    gap = r"(?:[\s\u00a0\u202f]{0,2}|-)"
    decade = r"(?!\d*0s\b)(?!(?:1|2|4|8|16|32|64)[\s\u00a0-]?bits?\b)"
    counted = rf"{decade}{RANGING}{gap}(?:{_unit()})"
    money = rf"{MONEY}\s?{RANGING}(?:\s?{SCALE})?(?: an? \w+| per \w+|/\w+)?"
    factor = rf"{FACTOR}{RANGING}(?![\w%])"
    apart = r"(?<![\w.,])(?<!\w-)(?<!\w–)"
    return re.compile(rf"{apart}(?:{counted}|{money}|{factor})")


@cache
def _headed() -> re.Pattern[str]:
    return re.compile(rf"(?:[(,\[/]\s*|^|\bin )(?:{_unit()})[)\]]?\s*$")


VARIANT = re.compile(
    r"(?:_{2,}|\b[A-Z]{1,2}\d{2,4}[A-Z]?|\b(?:20[678]0|[3-9]0[5-9]0))[ -]\d{2,3}\s?GB\b"
)
"""A card named with its memory: `A100 80GB`, `4090 24 GB`; chips of the catalogue are blanked."""
DIGIT = re.compile(r"\d")
ALONE = re.compile(rf"\s*[~≈<>≤≥+−-]*\s*{MONEY}?\s?{RANGING}\s*[x×%]?\s*")


def numbers_with_units(text: str) -> Iterator[tuple[int, str]]:
    """Every number with a unit in a text, with its offset."""
    if not DIGIT.search(text):
        return
    names = VARIANT.sub(lambda match: "_" * len(match[0]), blanked(text, "chip"))
    names = blanked(names, "model")
    for match in _bare().finditer(names):
        yield match.start(), " ".join(text[match.start() : match.end()].split())


def gives_unit(head: str) -> bool:
    """Whether the head of a table's column ends with a unit: `TTFT (ms)`, `tok/s`."""
    return bool(_headed().search(head.strip()))


def is_number(cell: str) -> bool:
    """Whether a table's cell is a number and nothing else."""
    return bool(ALONE.fullmatch(cell))
