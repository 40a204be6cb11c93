"""Sizes that a caller gives are held against what makes sense."""

from __future__ import annotations

from benchpost.errors import UsageError


def at_least(least: int, **sizes: float) -> None:
    """Raise UsageError that names the first of `sizes` below `least`."""
    for name, size in sizes.items():
        if size < least:
            raise UsageError(f"{name} must be at least {least}, not {size}")
