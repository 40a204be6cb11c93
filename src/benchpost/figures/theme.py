"""The inline version of a figure: colours become CSS variables that follow the page's scheme."""

from __future__ import annotations

import re

from benchpost.figures.palette import PALETTE

_CARD = re.compile(r'<rect class="fig-card"[^>]*/>\n?')
_COLOUR = re.compile("|".join(colour.light for colour in PALETTE))
_PROLOGUE = re.compile(
    r"\A\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)?(?:<!DOCTYPE[^>]*>\s*)?", re.S
)
_ID = re.compile(r'(?<=\sid=")[^"]+(?=")')
_REFERENCE = re.compile(r'(?<=href="#)[^"]+(?=")|(?<=url\(#)[^)]+(?=\))')
_LABELS = re.compile(r'(?<=\saria-labelledby=")[^"]+(?=")')
_SEAL = re.compile(r' data-(?:plan|seal)="[^"]*"')
_VARIABLE = {colour.light: f"var(--fig-{colour.name}, {colour.light})" for colour in PALETTE}


def themed(svg: str, prefix: str) -> str:
    """One of our figures, ready to stand inside a page whose other ids do not begin with `prefix`.

    The light card goes, every palette colour becomes `var(--fig-NAME, #hex)`, ids get the prefix,
    and the seal, which no longer holds, is left out. Title and description stay.
    """
    svg = _SEAL.sub("", _CARD.sub("", _PROLOGUE.sub("", svg)))
    svg = _COLOUR.sub(lambda found: _VARIABLE[found[0]], svg)
    for pattern in (_ID, _REFERENCE):
        svg = pattern.sub(lambda found: f"{prefix}-{found[0]}", svg)
    return _LABELS.sub(lambda found: _each_prefixed(found[0], prefix), svg)


def _each_prefixed(idents: str, prefix: str) -> str:
    return " ".join(f"{prefix}-{ident}" for ident in idents.split())


def is_themable(svg: str) -> bool:
    """Whether this is a figure that our own code drew: it has the card that `themed` takes off."""
    return _CARD.search(svg) is not None


def _variables(scheme: str) -> str:
    return "".join(f"  --fig-{colour.name}: {getattr(colour, scheme)};\n" for colour in PALETTE)


CSS = (
    f":root, [data-md-color-scheme=default] {{\n{_variables('light')}}}\n"
    f"[data-md-color-scheme=slate] {{\n{_variables('dark')}}}\n"
)
"""Style sheet that gives the variables their values in Material's two schemes."""
