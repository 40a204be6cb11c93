"""Reading the tables of measurements that ship with the package."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from benchpost.errors import BenchpostError, Place

Made = TypeVar("Made")


def shipped(name: str) -> tuple[str, str]:
    """The text of a table in `data/`, and how it is named to people."""
    file = Path(__file__).parent / "data" / name
    return file.read_text(encoding="utf-8"), f"benchpost/roofline/data/{name}"


def rows_of(text: str, path: str, make: Callable[[dict[str, str]], Made]) -> tuple[Made, ...]:
    """What `make` gives for each row of a CSV text; raises BenchpostError with the line."""
    made = []
    for number, entry in enumerate(csv.DictReader(text.splitlines()), start=2):
        try:
            made.append(make(entry))
        except (KeyError, ValueError, TypeError) as error:
            raise BenchpostError(f"not a measurement: {error}", Place(path, number)) from error
    return tuple(made)
