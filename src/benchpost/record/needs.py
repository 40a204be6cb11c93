"""What a snippet needs of the machine, and whether it is there."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from importlib.machinery import PathFinder

from benchpost.errors import near
from benchpost.record.machine import Equipment

ACCELERATORS = {
    "cuda": "no NVIDIA GPU that a process may use",
    "rocm": "no AMD GPU",
    "mps": "no Apple GPU",
}
"""Accelerators by name, and what a machine without one is told."""

SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]i?)?B")
PREFIX = {
    "K": 1e3,
    "M": 1e6,
    "G": 1e9,
    "T": 1e12,
    "Ki": 2**10,
    "Mi": 2**20,
    "Gi": 2**30,
    "Ti": 2**40,
}


def lacking(needs: Sequence[str], here: Equipment, folders: Sequence[str]) -> str:
    """Why a snippet cannot run here, one clause naming the first need not met; empty if it can.

    `folders` are where the kernel looks for modules before its own path.
    """
    for need in needs:
        why = _lack(need, needs, here, folders)
        if why:
            return f"needs `{need}`: {why}"
    return ""


def _lack(need: str, needs: Sequence[str], here: Equipment, folders: Sequence[str]) -> str:
    kind, colon, amount = need.partition(":")
    if kind == "memory" and colon:
        return _memory(amount, needs, here)
    if kind == "cpu" and colon:
        return _cores(amount, here)
    if need in ACCELERATORS:
        return "" if any(a.kind == need for a in here.accelerators) else ACCELERATORS[need]
    return _module(need, folders)


def _memory(amount: str, needs: Sequence[str], here: Equipment) -> str:
    """Of the largest accelerator when one is needed too, else of the machine."""
    wanted = size(amount)
    if wanted is None:
        return "write it like `memory:24GB` or `memory:16GiB`"
    kinds = set(needs) & set(ACCELERATORS)
    own = [a.memory or here.machine.memory for a in here.accelerators if a.kind in kinds]
    have = max(own, default=0) if kinds else here.machine.memory
    return "" if have >= wanted else f"{have / 1e9:.1f} GB are here"


def size(text: str) -> float | None:
    """Bytes in `24GB` or `16GiB`; None for what is not a size."""
    found = SIZE.fullmatch(text)
    return float(found[1]) * PREFIX.get(found[2] or "", 1) if found else None


def _cores(amount: str, here: Equipment) -> str:
    if not amount.isdigit():
        return "write it like `cpu:8`"
    return "" if here.machine.cores >= int(amount) else f"{here.machine.cores} cores are here"


def _module(need: str, folders: Sequence[str]) -> str:
    """The runner and its kernels share one Python, so what is found here is found there."""
    path = [*folders, *sys.path]
    if need.isidentifier() and (
        need in sys.builtin_module_names or PathFinder.find_spec(need, path) is not None
    ):
        return ""
    return f"no module of that name{near(need, ACCELERATORS)}"
