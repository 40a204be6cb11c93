"""Error bands: where about 80 % of measured rows of a kind lie beside the prediction.

Bands of measured rows are kept in `data/bands.json`, made by `banding` (scripts/errors.py writes
them). Each says how many of its own rows it holds, and how many where it is made without the GPU
that it is held against: for a GPU of which no row was used, the second is the one to believe.
Where no row of a kind is at hand the band is said to be a judgement, and is wide.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Band:
    """Measured over predicted rate."""

    low: float
    """About 10 % of measured rates are below this share of the prediction."""
    high: float
    """About 10 % are above."""
    basis: str
    """What it rests on."""

    def wider(self, by: float, why: str) -> Band:
        """The band with its lower end divided and its upper end multiplied by `by`."""
        return Band(self.low / by, self.high * by, f"{self.basis}; wider because {why}")


@dataclass(frozen=True)
class Measured:
    """A band made of measured rows, with how it held."""

    low: float
    """Lower end, measured over predicted rate."""
    high: float
    """Upper end."""
    rows: int
    """How many measurements it is made of."""
    gpus: int
    """Of how many GPUs."""
    inside: float
    """Share of these same rows inside."""
    nested: float
    """Share inside where the band is made without the GPU of the row."""
    worst: float
    """The least of these shares of one GPU."""
    worst_gpu: str
    """That GPU; those with very few rows are passed over."""


FILE = "data/bands.json"
"""Where measured bands are kept, beside this module."""


def _kept() -> dict[str, Measured]:
    text = (Path(__file__).parent / FILE).read_text(encoding="utf-8")
    known: dict[str, dict[str, Any]] = json.loads(text)
    return {name: Measured(**each) for name, each in known.items()}


MEASURED = _kept()
"""Every band that is made of rows, by kind."""


def held(kind: str) -> tuple[float, float]:
    """`inside` and `nested` over all rows of a kind, such as `decode` or `serving`."""
    made = [band for name, band in MEASURED.items() if name.partition(", ")[0] == kind]
    rows = sum(band.rows for band in made)
    inside, nested = ([getattr(b, key) * b.rows for b in made] for key in ("inside", "nested"))
    return sum(inside) / rows, sum(nested) / rows


def _of(name: str, rows: str) -> Band:
    """The band of that name; `rows` is what its rows are."""
    made = MEASURED[name]
    return Band(
        made.low,
        made.high,
        f"made of {made.rows} published rows {rows}, of which {100 * made.inside:.0f} % lie "
        f"inside; made without the GPU that it is held against, {100 * made.nested:.0f} %",
    )


_PLACES = {
    "server": "data-centre cards",
    "desktop": "desktop cards below 2 GHz",
    "fast desktop": "desktop cards above 2 GHz",
    "soc": "Apple and Jetson",
}


def _by_platform(what: str, rows: str) -> dict[str, Band]:
    return {key: _of(f"{what}, {key}", rows.format(where)) for key, where in _PLACES.items()}


DECODE = _by_platform("decode", "of one sequence on {}, GPUs left out of the fit")
"""Decode at batch 1, by platform."""

UNSEEN_ENGINE = 1.15
"""Factor for engines of which no row was used; a judgement, as are the next three."""
UNSEEN_BATCH = 1.1
"""Factor for more than one sequence, of which no row was used."""
SEVERAL = 1.15
"""Factor for decode on several GPUs, of which no row was used."""
EXPERTS = 1.15
"""Factor for mixtures of experts, of which one row was used.

Beside it were looked at, when it was chosen: ggml-org/llama.cpp benches/dgx-spark.md, a GB10 at 1
to 32 sequences, of which all but a tenth lie inside. They took no part in the fit, but they are no
independent test of this factor.
"""

PREFILL = _by_platform("prefill", "of llama.cpp on {}, GPUs left out of the fit")
"""Prefill of llama.cpp, by platform."""

PREFILL_EXPERTS = 1.6
"""Factor for prefills of mixtures of experts, of which no row was used: a judgement."""

PREFILL_OTHER = Band(
    0.4, 1.35, "a judgement: engines reach between 0.2 and 0.8 of the peak, and no row was used"
)

_SERVERS = {
    "one GPU": "dense models on one GPU",
    "several GPUs": "dense models on 2, 4 or 8 GPUs",
    "experts": "mixtures of experts on 1 to 8 GPUs",
    "latent attention": "DeepSeek and Kimi on 4 or more GPUs",
}


def _served(what: str) -> dict[str, Band]:
    said = "of InferenceX and NVIDIA, {} (constants fitted to those of the H100 alone)"
    return {key: _of(f"{what}, {key}", said.format(kind)) for key, kind in _SERVERS.items()}


SERVING = _served("serving")
"""Time per output token of a server, as a rate."""

SERVING_TTFT = _served("first token")
"""Time to first token of a server, on the same rows: queues and bursts make it wide."""

SPECULATION = Band(0.85, 1.15, "measured speed-ups of one machine within 0.02 for dense models")
CALIBRATED_ON = _by_platform(
    "decode after one run", "on {}, each after one other of its GPU, engine and format"
)
"""Decode after one row of one's own, by platform."""
_OWN = (
    "80 % of other rows of the same GPU, engine and format after {}, on {}; held against no others"
)
CALIBRATED_MORE = {
    "server": Band(0.85, 1.17, _OWN.format("three calibration rows", "data-centre cards")),
    "desktop": Band(0.92, 1.08, _OWN.format("three calibration rows", "desktop cards below 2 GHz")),
    "fast desktop": Band(0.93, 1.07, _OWN.format("three calibration rows", "cards above 2 GHz")),
    "soc": Band(0.86, 1.13, _OWN.format("three calibration rows", "Apple and Jetson")),
}
"""The same after three rows or more."""


def calibrated(platform: str, rows: int) -> Band:
    """The band of decode after so many rows of one's own."""
    return (CALIBRATED_MORE if rows >= 3 else CALIBRATED_ON)[platform]


PREFILL_CALIBRATED = _of(
    "prefill after one run", "each after one other of its GPU, engine and format"
)
"""Prefill after one row of one's own."""
