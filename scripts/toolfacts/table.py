"""The flags of the shipped facts, written out for each command, and back to shared records."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Entry = dict[str, Any]
"""A flag of one command: `names`, `kind`, `life` and, where they are, `nargs`, `choices`, `known`,
`range`, `no` and `default`."""
Table = dict[str, dict[str, list[Entry]]]
"""By command and full spelling, what the spelling has meant; the newest last."""

SHAPE = ("names", "kind", "nargs", "choices", "known", "range", "no", "default")


def expand(flags: list[Mapping[str, Any]]) -> Table:
    """Every command's own entries."""
    table: Table = {}
    for record in flags:
        for command, life in record["in"].items():
            entry = {key: record[key] for key in SHAPE if key in record}
            found = table.setdefault(command, {}).setdefault(record["names"][0], [])
            found.append({**entry, "life": list(life)})
    for names in table.values():
        for entries in names.values():
            entries.sort(key=lambda entry: len(entry["life"]) % 2)
    return table


def collapse(table: Table) -> list[dict[str, Any]]:
    """Entries that are alike but for their command become one record."""
    alike: dict[str, dict[str, Any]] = {}
    for command, names in sorted(table.items()):
        for entries in names.values():
            for entry in entries:
                shape = {
                    key: entry[key] for key in SHAPE if entry.get(key) not in (None, "", [], False)
                }
                found = alike.setdefault(json.dumps(shape), {**shape, "in": {}})
                # gone and back as it was: one life with a break
                found["in"][command] = [*found["in"].get(command, []), *entry["life"]]
    return list(alike.values())


def is_there(life: list[str]) -> bool:
    """Whether the last stretch of a life has no end."""
    return len(life) % 2 == 1


def current(facts: Mapping[str, Any]) -> dict[str, dict[str, Entry]]:
    """The flags of the newest release, as a snapshot has them."""
    there = [command for command, life in facts["commands"].items() if is_there(life)]
    found: dict[str, dict[str, Entry]] = {command: {} for command in there}
    for command, names in expand(facts["flags"]).items():
        if command in found:
            living = {
                name: entries[-1]
                for name, entries in names.items()
                if is_there(entries[-1]["life"])
            }
            found[command] = {name: _plain(entry) for name, entry in living.items()}
    return found


def _plain(entry: Entry) -> Entry:
    """An entry with its default of today alone."""
    history = entry.get("default")
    return {**entry, "default": history[-1][1] if history else None}
