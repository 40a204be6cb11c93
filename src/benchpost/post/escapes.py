"""Backslash escapes and character references, resolved."""

from __future__ import annotations

import re

from markdown_it.common.entities import entities

PUNCTUATION = r"""!-/:-@\[-`{-~"""
"""What a backslash escapes: a class for regular expressions."""
REFERENCE = r"&(?:#[xX][0-9a-fA-F]{1,6}|#[0-9]{1,7}|[0-9A-Za-z]{1,31});"

_ESCAPED = re.compile(rf"\\([{PUNCTUATION}])|{REFERENCE}")
_REFERENCE = re.compile(REFERENCE)
_GONE = "\ufffd"


def unescape(text: str) -> str:
    """Text with escapes and references resolved."""
    if "\\" not in text and "&" not in text:
        return text
    return _ESCAPED.sub(lambda match: match[1] or character(match[0]), text)


def decode(text: str) -> str:
    """Text with references resolved; backslashes stay."""
    return _REFERENCE.sub(lambda match: character(match[0]), text) if "&" in text else text


def character(reference: str) -> str:
    """What `&name;`, `&#35;` or `&#x23;` stands for; the reference itself when unknown."""
    if reference[1] != "#":
        return entities.get(reference[1:-1], reference)
    is_hex = reference[2] in "xX"
    code = int(reference[3:-1], 16) if is_hex else int(reference[2:-1])
    return chr(code) if _is_character(code) else _GONE


def _is_character(code: int) -> bool:
    control = code < 9 or code == 11 or 13 < code < 32 or 126 < code < 160
    noncharacter = 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE
    return not (control or noncharacter or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF)
