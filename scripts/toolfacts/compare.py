"""Two views of one release held against each other: what one has and the other lacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Commands = Mapping[str, Mapping[str, Mapping[str, Any]]]


def differences(one: Commands, other: Commands, only: set[str] | None = None) -> Iterator[str]:
    """A line for each flag, spelling or negation that only one of the two has.

    Commands that only one knows are left to `commands`, which says so.
    """
    for command in sorted(one.keys() & other.keys()):
        if only is None or command in only:
            yield from _of_command(command, one[command], other[command])


def _of_command(command: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted(one.keys() - other.keys()):
        yield f"{command}: {name} only in the first"
    for name in sorted(other.keys() - one.keys()):
        yield f"{command}: {name} only in the second"
    for name in sorted(one.keys() & other.keys()):
        mine, theirs = one[name], other[name]
        if sorted(mine["names"]) != sorted(theirs["names"]):
            yield f"{command}: {name} is spelled {mine['names']} and {theirs['names']}"
        if bool(mine.get("no")) != bool(theirs.get("no")):
            yield f"{command}: {name} has `--no-` in one only"
        if (mine["kind"] == "bool") != (theirs["kind"] == "bool"):
            yield f"{command}: {name} is {mine['kind']} and {theirs['kind']}"


def commands(one: Commands, other: Commands) -> Iterator[str]:
    """A line for each command that only one of the two has."""
    for name in sorted(one.keys() ^ other.keys()):
        yield f"{name}: a command only in the {'first' if name in one else 'second'}"
