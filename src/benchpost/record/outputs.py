"""What a snippet showed: from the kernel's messages to text and pictures that can be recorded."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from benchpost.record.kernel import Shown

CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\-_]")
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\ud800-\udfff\ufffe\uffff]")
ADDRESS = re.compile(r"\bat 0x[0-9a-f]{6,}\b")

PICTURE_LIMIT = 8 * 1024 * 1024
"""Bytes of a picture that are recorded; more is a failure that says so."""


def shown(outputs: Iterable[Mapping[str, Any]]) -> Iterator[Shown]:
    """Outputs of a notebook cell, the pieces of a stream joined and as a terminal leaves them."""
    for (kind, is_text), pieces in groupby(map(_one, outputs), lambda s: (s.kind, _joins(s))):
        if is_text:
            text = plain("".join(str(piece.content) for piece in pieces))
            if text:
                yield Shown(kind, text)
        else:
            yield from pieces


def _joins(piece: Shown) -> bool:
    return piece.kind in ("stdout", "stderr")


def _one(output: Mapping[str, Any]) -> Shown:
    if output["output_type"] == "stream":
        return Shown(output["name"], output["text"])
    data = output.get("data", {})
    if "image/svg+xml" in data:
        return Shown("svg", str(data["image/svg+xml"]).encode())
    if "image/png" in data:
        return Shown("png", base64.b64decode(data["image/png"]))
    return Shown("text", plain(str(data.get("text/plain", ""))))


def plain(text: str) -> str:
    """Text as a terminal would leave it, without what cannot be printed.

    Colours go, `\\r` and backspace act, and object addresses, which differ from run to run, become
    `0x…`. Any other control character and a lone surrogate become U+FFFD.
    """
    lines = CONTROL.sub("", text).split("\n")
    left = "\n".join(_erased(line.rstrip("\r").rpartition("\r")[2]) for line in lines)
    return ADDRESS.sub("at 0x…", UNPRINTABLE.sub("\ufffd", left))


def _erased(line: str) -> str:
    """The line with each backspace taking the character before it."""
    if "\b" not in line:
        return line
    left: list[str] = []
    for character in line:
        if character != "\b":
            left.append(character)
        elif left:
            left.pop()
    return "".join(left)


def too_much(pieces: Iterable[Shown], limit: int) -> str:
    """A clause on output that is beyond what is recorded, or empty."""
    written = sum(len(piece.content) for piece in pieces if isinstance(piece.content, str))
    if written > limit:
        said = f"it printed {written} characters and the limit is {limit}"
        return f"{said} (setting `output_limit`); print less"
    largest = max((len(p.content) for p in pieces if isinstance(p.content, bytes)), default=0)
    if largest > PICTURE_LIMIT:
        return f"it drew a picture of {largest} bytes and the limit is {PICTURE_LIMIT}; draw less"
    return ""
