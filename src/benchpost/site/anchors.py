"""Names of headings in addresses, as Nextra and GitHub make them, so that links to them hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable
from urllib.parse import unquote

_EXPLICIT = re.compile(r"\s*\[#([^\]\s]+)\]\s*$")


def slug(words: str) -> str:
    """`Napkin math (BF16)` gives `napkin-math-bf16`."""
    kept = (c for c in words.strip().lower() if c in " -_" or _is_letter(c))
    return "".join(kept).replace(" ", "-")


def _is_letter(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character) in {"Mn", "Mc", "Pc"}


def explicit(words: str) -> tuple[str, str | None]:
    """Parts `Heading [#name]` into its words and the name its author chose."""
    match = _EXPLICIT.search(words)
    return (words[: match.start()], match[1]) if match else (words, None)


def safe(name: str) -> str:
    """`name` as it can stand in an attribute list, where `_so_` would be emphasis."""
    return re.sub(r"[^\w.-]|(?<![^\W_])_|_(?![^\W_])", "-", name)


def known(name: str, names: Container[str]) -> str | None:
    """The name on the page that a link's `#name` means, or None."""
    plain = unquote(name)
    return next((each for each in (name, plain, safe(plain)) if each in names), None)


def distinct(slugs: Iterable[str]) -> list[str]:
    """The same names, those already used followed by `-1`, `-2` …"""
    taken: dict[str, int] = {}
    names = []
    for wanted in slugs:
        name = wanted
        while name in taken:
            taken[wanted] += 1
            name = f"{wanted}-{taken[wanted]}"
        taken[name] = 0
        names.append(name)
    return names
