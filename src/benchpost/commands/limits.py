"""The range that a tool holds a number against."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence

from benchpost.commands.facts import Limit

LIMITS: Mapping[str, tuple[Callable[[float, float], bool], str]] = {
    "gt": (operator.gt, "above"),
    "ge": (operator.ge, "at least"),
    "lt": (operator.lt, "below"),
    "le": (operator.le, "at most"),
}
"""How a limit is kept, and its word."""


def beyond(text: str, limits: Sequence[Limit]) -> str:
    """The range that a number is not in, e.g. `above 0 and at most 1`; empty where it is."""
    try:
        number = float(text)
    except ValueError:
        # `8k`, `auto` and the like are in every range that there is
        return ""
    if all(LIMITS[name][0](number, limit) for name, limit in limits):
        return ""
    return " and ".join(f"{LIMITS[name][1]} {limit:g}" for name, limit in limits)
