"""A plan of moves: which skill goes where and why. Made by a tool, confirmed by a person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from benchpost.errors import BenchpostError, Place

VERSION = 1


@dataclass(frozen=True, slots=True, order=True)
class Move:
    """One skill to a new folder."""

    old: str
    """Its folder relative to the root of the tree. E.g. `mlops/axolotl`"""
    new: str
    """Its folder afterwards. E.g. `mlops/training/axolotl`"""
    reason: str = ""
    """Why, for the person who confirms it."""


@dataclass(frozen=True)
class Plan:
    """Moves, and texts for categories that are new."""

    moves: tuple[Move, ...]
    """Sorted by old folder."""
    descriptions: Mapping[str, str] = field(default_factory=dict)
    """`description` of each DESCRIPTION.md to be written, by category."""


def plan_text(plan: Plan) -> str:
    """The plan as a file to be read, edited and applied."""
    record = {
        "version": VERSION,
        "moves": [{"old": move.old, "new": move.new, "reason": move.reason} for move in plan.moves],
        "descriptions": dict(sorted(plan.descriptions.items())),
    }
    return json.dumps(record, indent=2, ensure_ascii=False) + "\n"


def read_plan(text: str, path: str) -> Plan:
    """The plan in a file; a BenchpostError where it is none."""
    try:
        record = json.loads(text)
        if record["version"] != VERSION:
            message = f"a plan of version {record['version']!r}; this one reads version {VERSION}"
            raise BenchpostError(message, Place(path))
        moves = [
            Move(str(each["old"]), str(each["new"]), str(each.get("reason", "")))
            for each in record["moves"]
        ]
        texts = {str(key): str(text) for key, text in record.get("descriptions", {}).items()}
    except json.JSONDecodeError as error:
        raise BenchpostError(
            f"not JSON: {error.msg}", Place(path, error.lineno, error.colno)
        ) from error
    except (KeyError, TypeError, AttributeError) as error:
        message = f"not a plan: {error}; it has `version`, `moves` of `old`, `new`, `descriptions`"
        raise BenchpostError(message, Place(path)) from error
    return Plan(tuple(sorted(moves)), texts)
