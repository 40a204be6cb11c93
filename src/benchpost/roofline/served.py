"""Published measurements of servers under load: facts with their source.

`data/served.csv` holds one row a measurement: a closed loop of so many requests at once, each of so
many tokens in and out, and what its clients saw: mean time per output token and mean time to first
token. All are of InferenceX or NVIDIA and were published in one file, `SOURCE`; rows of machines
that parallelise their data inside one server are left out. The format of the KV cache is not
recorded there: it is taken to be FP8 where the weights are in FP8 or FP4.

Flags: `impossible` (faster than its bound, or weights beyond the memory: mislabelled), `replicas`
(the requests were spread over several servers). Flagged rows are kept and never used.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from benchpost.roofline.rows import rows_of, shipped

SOURCE = "aiconfigurator-core 0.12.0 (Apache-2.0), systems/silicon_sample.csv, 2026-08"
FITTED = "H100 SXM"
"""The GPU whose rows the constants of servers are fitted to."""


@dataclass(frozen=True)
class Served:
    """One measured server."""

    gpu: str
    """Name of the chip in the catalogue."""
    model: str
    """Name of the model in the catalogue."""
    engine: str
    """The engine."""
    format: str
    """Format of the weights."""
    kv: str
    """Format of the KV cache, as taken."""
    tp: int
    """GPUs that share the model."""
    concurrency: int
    """Requests at once."""
    prompt: int
    """Tokens of a prompt."""
    output: int
    """Tokens of an output."""
    tpot: float
    """Mean seconds per output token, the first left out."""
    ttft: float
    """Mean seconds to the first token."""
    measured: str = ""
    """Day of the measurement; empty where the file does not say."""
    flag: str = ""
    """Why it is not used; empty for a good row."""


@cache
def rows() -> tuple[Served, ...]:
    """Every row that ships with the package."""
    return read(*shipped("served.csv"))


def read(text: str, path: str) -> tuple[Served, ...]:
    """The rows of a CSV text with the columns of `served.csv`; raises BenchpostError."""
    return rows_of(text, path, _row)


def _row(entry: dict[str, str]) -> Served:
    return Served(
        gpu=entry["gpu"],
        model=entry["model"],
        engine=entry["engine"],
        format=entry["format"],
        kv=entry["kv"],
        tp=int(entry["tp"]),
        concurrency=int(entry["concurrency"]),
        prompt=int(entry["prompt"]),
        output=int(entry["output"]),
        tpot=float(entry["tpot_ms"]) / 1e3,
        ttft=float(entry["ttft_ms"]) / 1e3,
        measured=entry["measured"],
        flag=entry["flag"],
    )
