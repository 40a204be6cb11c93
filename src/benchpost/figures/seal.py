"""A drawn file vouches for itself: it carries the digest of its plan and a seal over its bytes."""

from __future__ import annotations

import re
from typing import Literal

from benchpost.errors import BenchpostError
from benchpost.figures.types import Drawing
from benchpost.files import sha256

Verdict = Literal["fresh", "stale", "tampered"]

_MARKS = re.compile(rb' data-plan="([0-9a-f]{64})" data-seal="([0-9a-f]{64})"')
_ROOT = re.compile(rb"<svg\b")


def sealed(drawing: Drawing) -> bytes:
    """Draw the file and set its marks on the root element."""
    data = drawing.draw()
    root = _ROOT.search(data)
    if root is None:
        raise BenchpostError(f"figure {drawing.name!r} was not drawn as SVG")
    plan = sha256(drawing.plan.encode())
    head, tail = data[: root.end()], data[root.end() :]
    return head + _marks(plan, _seal(plan, head + tail)) + tail


def judge(data: bytes, drawing: Drawing) -> Verdict:
    """Whether a file is what `drawing` would give, without drawing.

    `tampered`: its bytes are not those that were drawn. `stale`: they are, from another plan.
    """
    # a checkout may have turned the line ends, which changes nothing that is seen
    data = data.replace(b"\r\n", b"\n")
    found = _MARKS.search(data)
    if found is None:
        return "tampered"
    plan, seal = found[1].decode(), found[2].decode()
    if _seal(plan, data[: found.start()] + data[found.end() :]) != seal:
        return "tampered"
    return "fresh" if plan == sha256(drawing.plan.encode()) else "stale"


def is_marked(data: bytes) -> bool:
    """Whether a file bears marks of ours, whatever was done to it since."""
    return _MARKS.search(data) is not None


def _marks(plan: str, seal: str) -> bytes:
    return f' data-plan="{plan}" data-seal="{seal}"'.encode()


def _seal(plan: str, unmarked: bytes) -> str:
    return sha256(plan.encode() + b"\n" + unmarked)
