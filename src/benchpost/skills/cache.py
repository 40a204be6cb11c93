"""What a scan read, kept in a file: entries stand while a file's time and size stay the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchpost.errors import Place
from benchpost.files import write_if_changed
from benchpost.findings import Check, Finding, Severity
from benchpost.skills.yamltree import Plain

VERSION = 1
"""Of the file's form and of the reading rules; another version is no cache."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What was read of one file."""

    mtime: int
    """Time of the last change, ns."""
    size: int
    """Bytes."""
    fields: Mapping[str, Plain]
    """Front matter."""
    findings: tuple[Finding, ...]
    """What is wrong with its head."""

    @property
    def name(self) -> str:
        """`name`, when it is text."""
        return _line(self.fields.get("name"))

    @property
    def description(self) -> str:
        """`description` in one line, when it is text."""
        return _line(self.fields.get("description"))


def load(file: Path | None) -> dict[str, Entry]:
    """The entries of a cache file; none when there is none or it is not one of ours."""
    if file is None or not file.is_file():
        return {}
    try:
        record = json.loads(file.read_bytes())
        if record["version"] != VERSION:
            return {}
        return {path: _entry(path, *row) for path, row in record["files"].items()}
    except (ValueError, KeyError, TypeError):
        # a cache is not worth a failure: whatever it is, the scan reads the files again
        return {}


def save(file: Path | None, before: Mapping[str, Entry], after: Mapping[str, Entry]) -> None:
    """Write the entries when they changed."""
    if file is None or (before.keys() == after.keys() and _all_same(before, after)):
        return
    record = {"version": VERSION, "files": {path: _row(after[path]) for path in sorted(after)}}
    write_if_changed(file, json.dumps(record, separators=(",", ":")).encode())


def _all_same(before: Mapping[str, Entry], after: Mapping[str, Entry]) -> bool:
    return all(entry is before[path] for path, entry in after.items())


def _line(value: Plain | None) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _row(entry: Entry) -> list[Any]:
    findings = [
        [f.check.name, f.place.path, f.place.line, f.place.column, f.message, f.severity.value]
        for f in entry.findings
    ]
    return [entry.mtime, entry.size, dict(entry.fields), findings]


def _entry(
    path: str, mtime: int, size: int, fields: dict[str, Plain], findings: list[Any]
) -> Entry:
    return Entry(mtime, size, fields, tuple(_finding(*row) for row in findings))


def _finding(code: str, path: str, line: int, column: int, message: str, level: str) -> Finding:
    return Finding(Check[code], Place(path, line, column), message, severity=Severity(level))
