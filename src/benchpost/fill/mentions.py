"""Chips, models, sizes and snippets that stand in the words around a placeholder."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from benchpost.roofline import catalog

ASSIGNED = re.compile(r"(?<![\w{])([A-Za-z]\w*)\s*=\s*(\d[\d,_]*)(?!\w|\.\d)")
SAID = re.compile(
    r"\b(batch|context|prompt)(?:[ -](?:size|length))?(?: of| =|:)?\s+(\d[\d,]*)(k?)\b", re.I
)
THOUSAND = 1024
"""What `k` means after a number of tokens: `context of 8k`."""


def chips_in(text: str) -> list[str]:
    """Chips named in a text, in order, under the catalogue's names."""
    return _named(text, "chip")


def models_in(text: str) -> list[str]:
    """Models named in a text, in order, under the catalogue's names."""
    return _named(text, "model")


def sizes_in(own: str, before: str) -> dict[str, int]:
    """Sizes by name: `M = 512` anywhere, `context of 8k` in the placeholder's own words."""
    found = {m[1].lower(): _whole(m[2]) for m in ASSIGNED.finditer(f"{before} {own}")}
    for match in SAID.finditer(own):
        times = THOUSAND if match[3] else 1
        found[match[1].lower()] = _whole(match[2]) * times
    return found


def without(text: str, names: Iterable[str]) -> str:
    """A text without these names of chips and models."""
    wanted = set(names)
    for kind in ("chip", "model"):
        pattern, canonical = _pattern(kind)
        text = pattern.sub(lambda m, c=canonical: _kept(m, c, wanted), text)  # type: ignore[misc]
    return text


def _kept(match: re.Match[str], canonical: Mapping[str, str], names: set[str]) -> str:
    return " " if canonical[_folded(match[0])] in names else match[0]


def _whole(digits: str) -> int:
    return int(digits.replace(",", "").replace("_", ""))


def _named(text: str, kind: str) -> list[str]:
    pattern, canonical = _pattern(kind)
    return list(dict.fromkeys(canonical[_folded(match[0])] for match in pattern.finditer(text)))


@cache
def _pattern(kind: str) -> tuple[re.Pattern[str], Mapping[str, str]]:
    """Finds every name and alias, the longest first; and the catalogue's name of each."""
    entries = catalog.chips() if kind == "chip" else catalog.models()
    canonical = {_folded(n): entry.name for entry in entries for n in (*entry.aliases, entry.name)}
    spellings = sorted(
        {n for entry in entries for n in (*entry.aliases, entry.name)}, key=len, reverse=True
    )
    joined = "|".join(r"[\s_-]*".join(map(re.escape, re.split(r"[\s_-]+", n))) for n in spellings)
    return re.compile(rf"(?<![\w-])(?:{joined})(?![\w-]*\w)", re.IGNORECASE), canonical


def _folded(name: str) -> str:
    return re.sub(r"[\s_-]+", "", name.lower())
