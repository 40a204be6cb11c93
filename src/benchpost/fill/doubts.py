"""Names in a placeholder's words that are cut short, like `H100`, or that nothing here knows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from benchpost.fill.mentions import FORMAT, MEMORY, chips_in, models_in, without
from benchpost.roofline import catalog

FAMILIES = r"Qwen|Llama|Mistral|Mixtral|Gemma|Phi|DeepSeek|GPT|Falcon|OLMo|Granite|Kimi|GLM|Yi"
LIKE: Mapping[str, re.Pattern[str]] = {
    "gpu": re.compile(
        r"(?<![\w-])(?:(?:RTX|GTX)[ -]?(?:PRO[ -]?)?A?\d{3,4}(?:[ -]?(?:Ti|Super))?|"
        r"[ABHV]\d{2,3}[A-Z]?|P(?:4|40|100)|L[24]0S?|T4|G[BH]\d{3}|MI\d{2,3}[A-Z]?|TPU(?: v\d\w*)?|"
        r"Gaudi ?\d?|M[1-9] (?:Pro|Max|Ultra))(?![\w-]*\w)"
    ),
    "model": re.compile(
        rf"(?<![\w-])(?:(?:{FAMILIES})[ -]?v?\d[\w.]*(?:-\w[\w.]*)*(?: \d+(?:x\d+)?B)?|"
        rf"[A-Za-z][\w.]*(?:-\w[\w.]*)*-\d+(?:x\d+)?(?:\.\d+)?[BM](?:-\w+)*)(?<!\.)",
        re.IGNORECASE,
    ),
    "dtype": re.compile(r"\b(?:(?:mx|nv)?(?:fp|int|nf)\d{1,2}|q\d_\w+)\b", re.IGNORECASE),
}
"""What looks like the name of a chip, a model or a number format."""


MOST_NAMED = 4
"""Names that are told and offered for one that leaves several open."""


@dataclass(frozen=True)
class Doubt:
    """A name that does not say which entry of the catalogue is meant."""

    key: str
    """The option that it would be: `gpu`, `model` or `dtype`."""
    said: str
    """The name as it is written."""
    meant: tuple[str, ...]
    """The names that it may stand for; none where nothing is known by it."""

    def __str__(self) -> str:
        if not self.meant:
            return f"nothing is known of {self.said}"
        named, more = self.meant[:MOST_NAMED], len(self.meant) - MOST_NAMED
        if more > 0:
            return f"{self.said} may be {', '.join(named)} or one of {more} more"
        return f"{self.said} may be {' or '.join(named)}"


def first_doubt(text: str) -> Doubt | None:
    """The first name in a text that is cut short or unknown, chips before models and formats."""
    rest = FORMAT.sub(" ", without(text, (*chips_in(text), *models_in(text))))
    for key in ("gpu", "model"):
        pattern, meant = _short(key)
        match = pattern.search(rest)
        if match:
            tail = rest[match.end() :]
            names = _going_on(meant[_folded(match[0])], match[0], tail)
            size = MEMORY.match(tail) if key == "gpu" else None
            if size and match[0] + size[0] in text:
                return Doubt(key, match[0] + size[0], _of_size(names, float(size["size"])))
            return Doubt(key, match[0], names)
    for key, like in LIKE.items():
        match = like.search(rest)
        if match:
            return Doubt(key, match[0], ())
    return None


def _going_on(names: tuple[str, ...], said: str, tail: str) -> tuple[str, ...]:
    """Those of the names that the next word fits: `A100 SXM` is no `A100 PCIe`."""
    word = re.match(r"[\s_-]*(\w+)", tail)
    begun = _folded(said + (word[1] if word else ""))
    return tuple(name for name in names if _folded(name).startswith(begun)) or names


def _of_size(names: tuple[str, ...], gigabytes: float) -> tuple[str, ...]:
    """Those of the chips that have so much memory; all of them where none has."""
    sizes = {name: catalog.chip(name).memory.value / 1e9 for name in names}
    return tuple(name for name in names if round(sizes[name]) == gigabytes) or names


@cache
def _short(key: str) -> tuple[re.Pattern[str], Mapping[str, tuple[str, ...]]]:
    """Finds the beginnings of names up to their first number; and what each may stand for."""
    entries = catalog.chips() if key == "gpu" else catalog.models()
    known = {_folded(name) for entry in entries for name in (entry.name, *entry.aliases)}
    meant: dict[str, list[str]] = {}
    for entry in entries:
        for name in (entry.name, *entry.aliases):
            begun = re.match(r"(?:[^\d\s-]+[\s-])*[^\s-]*\d[^\s-]*(?=[\s-])", name)
            if begun and _folded(begun[0]) not in known:
                meant.setdefault(begun[0], []).append(entry.name)
    spelt = "|".join(r"[\s_-]*".join(map(re.escape, re.split(r"[\s-]", each))) for each in meant)
    named = {_folded(each): tuple(dict.fromkeys(names)) for each, names in meant.items()}
    return re.compile(rf"(?<![\w-])(?:{spelt})(?![\w-]*\w)", re.IGNORECASE), named


def _folded(name: str) -> str:
    return re.sub(r"[\s_-]+", "", name.lower())
