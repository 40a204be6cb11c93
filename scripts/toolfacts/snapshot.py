"""What one release of a tool has, as flags that stand alone: the form in which two ways compare."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from toolfacts.sources import Ref
from toolfacts.things import Added
from toolfacts.values import UNKNOWN, Kind

SWITCHES = ("store_true", "store_false", "store_const", "count", "help", "version")
Snapshot = dict[str, Any]
"""`{"tool", "version", "date", "method", "commands": {command: {flag: record}}, …}`"""


def flags(added: Iterable[Added]) -> dict[str, dict[str, dict[str, Any]]]:
    """Flags by command and full spelling; words without a flag are left to `positionals`."""
    table: dict[str, dict[str, dict[str, Any]]] = {}
    for each in added:
        commands = table.setdefault(each.command, {})
        if each.names[0].startswith("-"):
            record = _record(each)
            commands[record["names"][0]] = record
    return table


def positionals(added: Iterable[Added]) -> dict[str, int]:
    """How many words without a flag each command takes; left out where it is any number."""
    counts: dict[str, int] = {}
    endless = set()
    for each in added:
        counts.setdefault(each.command, 0)
        if not each.names[0].startswith("-"):
            counts[each.command] += 1
            if each.words.get("nargs") in ("+", "*", "..."):
                endless.add(each.command)
    return {command: count for command, count in counts.items() if command not in endless}


def _record(each: Added) -> dict[str, Any]:
    names = sorted(each.names, key=lambda name: not name.startswith("--"))
    record: dict[str, Any] = {"names": names, "kind": _kind(each.words)}
    action = each.words.get("action")
    nargs = each.words.get("nargs")
    if isinstance(nargs, str | int) and action not in SWITCHES:
        record["nargs"] = nargs
    for key, source in (("choices", "choices"), ("known", "metavar")):
        values = each.words.get(source)
        if isinstance(values, list | tuple):
            plain = [value for value in values if isinstance(value, str | int | float)]
            if plain and len(plain) >= len([v for v in values if v is not None]):
                record[key] = plain
    if each.words.get("range"):
        record["range"] = each.words["range"]
    if action == "BooleanOptionalAction":
        record["no"] = True
    default = _default(each.words, action)
    if default is not UNKNOWN:
        record["default"] = default
    return record


def _kind(words: Mapping[str, object]) -> str:
    action, kind = words.get("action"), words.get("type")
    if action in SWITCHES or action == "BooleanOptionalAction":
        return "bool"
    if isinstance(kind, Kind):
        return kind.name
    return "str" if kind is None else "other"


def _default(words: Mapping[str, object], action: object) -> object:
    value = words.get("default")
    if action == "store_true" and "default" not in words:
        return False
    if value is UNKNOWN or isinstance(value, Ref):
        return UNKNOWN
    is_plain = isinstance(value, bool | int | float | str) and value != ""
    return value if is_plain else None


_NUMBER = re.compile(r"\d+")


def key(version: str) -> list[int]:
    """How releases sort."""
    return [int(part) for part in _NUMBER.findall(version)]
