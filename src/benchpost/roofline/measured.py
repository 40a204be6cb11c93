"""The published measurements that the model is fitted to and judged by: facts with their source.

`data/measured.csv` holds one row a measurement: who published it, on what, and the rate. Rows that
are impossible, anomalous, or ran partly from the CPU's memory are kept and flagged, never fitted.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from benchpost.roofline.rows import rows_of, shipped


@dataclass(frozen=True)
class Row:
    """One published rate."""

    gpu: str
    """Name of the chip in the catalogue."""
    model: str
    """Name of the model in the catalogue."""
    metric: str
    """`decode`, `prefill`, or `end to end` (output tokens over the whole time)."""
    rate: float
    """Tokens a second."""
    engine: str = "llama.cpp"
    """The engine."""
    format: str = "bf16"
    """Format of the weights."""
    batch: int = 1
    """Sequences at once."""
    prompt: int = 0
    """Tokens of the prompt; 0 where not stated."""
    output: int = 0
    """Tokens of the output; 0 where not stated."""
    context: float = 512.0
    """Mean tokens attended to; 512 where not stated."""
    source: str = ""
    """Who published it."""
    flag: str = ""
    """Why it is not used: `impossible`, `anomalous` or `offloaded`; empty for a good row."""


@cache
def rows() -> tuple[Row, ...]:
    """Every row that ships with the package."""
    return read(*shipped("measured.csv"))


def read(text: str, path: str) -> tuple[Row, ...]:
    """The rows of a CSV text with the columns of `measured.csv`; raises BenchpostError."""
    return rows_of(text, path, _row)


def _row(entry: dict[str, str]) -> Row:
    return Row(
        gpu=entry["gpu"],
        model=entry["model"],
        metric=entry["metric"],
        rate=float(entry["rate"]),
        engine=entry["engine"],
        format=entry["format"],
        batch=int(entry["batch"] or 1),
        prompt=int(entry["prompt"] or 0),
        output=int(entry["output"] or 0),
        context=float(entry["context"] or 512),
        source=entry["source"],
        flag=entry["flag"],
    )
