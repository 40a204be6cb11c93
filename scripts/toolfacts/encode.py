"""The facts of a tool as text: JSON with one record a line, so that a change reads as one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def encoded(facts: Mapping[str, Any]) -> str:
    """The shipped file; equal facts give equal text."""
    lines = [f" {_json(key)}: {_value(value)}" for key, value in facts.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _value(value: Any) -> str:
    if isinstance(value, Mapping) and value:
        rows = [f"  {_json(key)}: {_json(value[key])}" for key in sorted(value)]
        return "{\n" + ",\n".join(rows) + "\n }"
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        ordered = sorted(value, key=lambda row: (row["names"], _json(row)))
        return "[\n" + ",\n".join(f"  {_json(row)}" for row in ordered) + "\n ]"
    return _json(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
