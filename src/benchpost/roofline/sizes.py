"""Sizes that a caller gives are held against what makes sense."""

from __future__ import annotations

from typing import Any

from benchpost.errors import UsageError


def at_least(least: int, **sizes: Any) -> None:
    """Raise UsageError that names the first of `sizes`, numbers or arrays, below `least`."""
    for name, size in sizes.items():
        smallest = size.min() if hasattr(size, "min") else size
        if not smallest >= least:
            raise UsageError(f"{name} must be at least {least}, not {smallest}")


def share(**sizes: Any) -> None:
    """Raise UsageError that names the first of `sizes` that is not from 0 to 1."""
    for name, size in sizes.items():
        at_least(0, **{name: size})
        largest = size.max() if hasattr(size, "max") else size
        if largest > 1:
            raise UsageError(f"{name} must be at most 1, not {largest}")
