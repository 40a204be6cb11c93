"""The history of vLLM's flags over 47 releases, from a flat file to the shipped form.

The flat file was extracted from the source distributions of 0.4.3 to 0.33.0 with each flag written
out for each command. Here flags that are alike become one record.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from toolfacts.snapshot import key

SIZES = (
    "--kv-cache-memory-bytes",
    "--max-num-batched-tokens",
    "--max-num-queued-tokens",
    "--max-num-scheduled-tokens",
    "--safetensors-prefetch-block-size",
)
"""Integers that may be written `8k`: the flat file does not tell them apart, the source does."""

Record = Mapping[str, Any]


def imported(flat: Record) -> dict[str, Any]:
    """The shipped form of a flat file."""
    return {
        "schema": 1,
        "tool": flat["tool"],
        "version": flat["version"],
        "date": flat["version_date"],
        "method": "AST of the source distributions",
        "versions": [[each["version"], each["sdist_date"]] for each in flat["versions_examined"]],
        "commands": _commands(flat),
        "flags": _flags(flat),
        "objects": {name: _keys(keys) for name, keys in flat["json_configs"].items()},
        "enums": flat["enums"],
        "env": {name: _life(record) for name, record in flat["env"].items()},
        "metrics": dict(_metrics(flat)),
    }


def _commands(flat: Record) -> dict[str, list[str]]:
    found = {name: [_oldest(flags)] for name, flags in flat["commands"].items()}
    for name, record in flat["commands_removed"].items():
        found[name] = [_oldest(flat["removed"][name]), _after(flat, record["last_seen"])]
    return found


def _after(flat: Record, version: str) -> str:
    names = [each["version"] for each in flat["versions_examined"]]
    return str(names[names.index(version) + 1])


def _oldest(flags: Record) -> str:
    return min((str(flag["first_seen"]) for flag in flags.values()), key=key)


def _life(record: Record) -> list[str]:
    gone = record.get("removed_in")
    return [record["first_seen"], gone] if gone else [record["first_seen"]]


def _metrics(flat: Record) -> Iterator[tuple[str, list[str]]]:
    for name, record in {**flat["metrics"], **flat["removed_metrics"]}.items():
        yield name, [record["kind"], *_life(record)]


def _keys(keys: Record) -> dict[str, Record]:
    return {
        name: {
            "kind": record["type"],
            "life": _life(record),
            **({"choices": record["choices"]} if record["choices"] else {}),
        }
        for name, record in sorted(keys.items())
    }


def _flags(flat: Record) -> list[Record]:
    alike: dict[str, dict[str, Any]] = {}
    for command, record in _all(flat):
        shape = _shape(record)
        found = alike.setdefault(json.dumps(shape), {**shape, "in": {}})
        found["in"][command] = _life(record)
    return list(alike.values())


def _all(flat: Record) -> Iterator[tuple[str, Record]]:
    for table in (flat["commands"], flat["removed"]):
        for command, flags in table.items():
            for record in flags.values():
                yield command, record


def _shape(record: Record) -> dict[str, Any]:
    names = sorted(record["spellings"], key=lambda name: not name.startswith("--"))
    shape: dict[str, Any] = {"names": names, "kind": _kind(record)}
    annotation = record.get("annotation", "")
    listed = shape["kind"] == "str" and ("list[" in annotation or "set[" in annotation)
    for name, value in (
        ("nargs", record.get("nargs") or ("+" if listed else "")),
        ("choices", record["choices"]),
        ("known", record.get("known_values")),
        ("no", "negation" in record),
        ("default", _defaults(record)),
    ):
        if value:
            shape[name] = value
    return shape


def _kind(record: Record) -> str:
    name, kind = max(record["spellings"], key=len), str(record["type"])
    if name == "--max-model-len":
        return "size-or-auto"
    if name in SIZES:
        return "size"
    return kind if kind in ("bool", "int", "float", "str", "json") or ":" in kind else "other"


def _defaults(record: Record) -> list[list[Any]]:
    """(release, default) at each change, the first with an empty release; [] where none is known.

    The first is the default from the start, whenever that was: so commands share records.
    """
    history = record.get("default_history") or [["", record["default"]]]
    known = [[version, _plain(value)] for version, value in history]
    known[0][0] = ""
    return known if any(value is not None for _, value in known) else []


def _plain(value: Any) -> Any:
    """The default where it is a plain value; lists, tables and expressions are nobody's claim."""
    is_plain = isinstance(value, (bool, int, float, str)) and not str(value).startswith("expr:")
    return value if is_plain and value != "" else None
