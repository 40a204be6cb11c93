"""Chips, models, sizes and number formats that stand in the words around a placeholder."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from benchpost.roofline import catalog

ASSIGNED = re.compile(r"(?<![\w{])([A-Za-z]\w*)\s*=\s*(\d[\d,_]*)(?!\w|\.\d)")
SAID = re.compile(
    r"\b(batch|context|prompt)(?:[ -](?:size|length))?(?: of| =|:)?\s+(\d[\d,]*)(k?)\b", re.I
)
SAID_AFTER = re.compile(r"\b(\d[\d,]*)(k?)(?:[ -]tokens?)?[ -](context|prompt)\b", re.I)
SHAPE = re.compile(
    r"(?<![\w.])(\d[\d,]*)\s*[x×*]\s*(\d[\d,]*)(?:\s*[x×*]\s*(\d[\d,]*))?(?!\w|\.\d)"
)
"""The sizes of a matmul: M x K x N, or K x N of the weight."""
FORMAT = re.compile(
    r"(?:\b(?P<after>KV)(?:[ -]?cache)? (?:in|at|as) )?"
    rf"\b(?P<format>{'|'.join(catalog.FORMAT_BYTES)})\b(?P<before>[ -]KV\b)?",
    re.IGNORECASE,
)
MEMORY = re.compile(
    r"[\s_-]*(?:\(|(?:with|of|having)\b)?[\s_-]*(?P<size>\d+) ?Gi?B\b"
    r"(?:[ -]of)?(?:[ -](?:memory|VRAM|HBM))?\)?",
    re.IGNORECASE,
)
"""What may follow a chip's name to tell it from others of its name: `H100 with 80 GB`."""
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
    said = [(m[1], m[2], m[3]) for m in SAID.finditer(own)]
    said += [(m[3], m[1], m[2]) for m in SAID_AFTER.finditer(own)]
    for name, digits, thousands in said:
        found[name.lower()] = _whole(digits) * (THOUSAND if thousands else 1)
    return {**found, **_shape(own, found.get("batch"))}


def _shape(own: str, batch: int | None) -> dict[str, int]:
    """`16 x 4096 x 14336` as m, k and n; with two sizes, those of a weight, m is the batch."""
    match = SHAPE.search(own)
    if not match:
        return {}
    sizes = [_whole(digits) for digits in match.groups() if digits]
    if len(sizes) == 2 and batch:
        sizes.insert(0, batch)
    return dict(zip("mkn", sizes, strict=True)) if len(sizes) == 3 else {}


def formats_in(text: str) -> dict[str, str]:
    """Number formats named in a text: `dtype` of the weights, `kv` of the KV cache."""
    return {
        "kv" if match["after"] or match["before"] else "dtype": match["format"].lower()
        for match in FORMAT.finditer(text)
    }


def without_sizes(text: str) -> str:
    """A text without sizes and number formats; the KV of `FP8 KV cache` stays."""
    for pattern in (ASSIGNED, SAID, SAID_AFTER, SHAPE):
        text = pattern.sub(" ", text)
    return FORMAT.sub(lambda match: match["after"] or match["before"] or " ", text)


def without(text: str, names: Iterable[str]) -> str:
    """A text without these names of chips and models."""
    wanted = set(names)
    for kind in ("chip", "model"):
        pattern, canonical = _pattern(kind)
        text = pattern.sub(lambda m, c=canonical: _kept(m, c, wanted), text)  # type: ignore[misc]
    return text


def blanked(text: str, kind: str) -> str:
    """A text of the same length with `_` for every name of a `chip` or a `model` in it."""
    return _pattern(kind)[0].sub(lambda match: "_" * len(match[0]), text)


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
