"""Error bands: where 80 % of measured rows of a kind lie beside the prediction.

Each band is of measured over predicted rate, on rows whose GPU was left out of the fit: the 8 % and
92 % quantiles with every GPU counted once, and 3 % wider, so that about 80 % of the rows of a GPU
that took no part in the band lie inside, too; scripts/errors.py prints both shares anew. Where no
row of a kind is at hand the band is said to be a judgement, and is wide.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Band:
    """Measured over predicted rate."""

    low: float
    """10 % of measured rates are below this share of the prediction."""
    high: float
    """10 % are above."""
    basis: str
    """What it rests on."""

    def wider(self, by: float, why: str) -> Band:
        """The band with both ends further out, in shares of their distance from 1."""
        return Band(self.low / by, self.high * by, f"{self.basis}; wider because {why}")


_LEFT = (
    "80 % of measured rows of this kind lie inside: {} published batch-1 rows on {}, GPUs left out"
)

DECODE = {
    "server": Band(0.80, 1.18, _LEFT.format(246, "data-centre cards")),
    "desktop": Band(0.84, 1.24, _LEFT.format(80, "desktop cards below 2 GHz")),
    "fast desktop": Band(0.88, 1.11, _LEFT.format(133, "desktop cards above 2 GHz")),
    "soc": Band(0.63, 1.28, _LEFT.format(103, "Apple and Jetson")),
}
"""Decode at batch 1, by platform."""

UNSEEN_ENGINE = 1.15
"""Factor for engines of which no row was used; a judgement, as are the next three."""
UNSEEN_BATCH = 1.1
"""Factor for more than one sequence, of which no row was used."""
SEVERAL = 1.15
"""Factor for decode on several GPUs, of which no row was used."""
EXPERTS = 1.15
"""Factor for mixtures of experts, of which one row was used.

Held against rows that took no part in anything: ggml-org/llama.cpp benches/dgx-spark.md, a GB10 at
1 to 32 sequences; all but a tenth lie inside.
"""

PREFILL = {
    "server": Band(0.61, 1.40, _LEFT.format(80, "data-centre cards")),
    "desktop": Band(0.80, 1.36, _LEFT.format(50, "desktop cards below 2 GHz")),
    "fast desktop": Band(0.66, 1.31, _LEFT.format(83, "desktop cards above 2 GHz")),
    "soc": Band(0.74, 1.24, _LEFT.format(88, "Apple")),
}
"""Prefill of llama.cpp, by platform."""

PREFILL_EXPERTS = 1.6
"""Factor for prefills of mixtures of experts, of which no row was used: a judgement."""

PREFILL_OTHER = Band(
    0.4, 1.35, "a judgement: engines reach between 0.2 and 0.8 of the peak, and no row was used"
)

_SERVED = (
    "80 % of measured rows of this kind lie inside: {} published rows of InferenceX and NVIDIA, "
    "{}; the fit saw H100 only"
)

SERVING = {
    "one GPU": Band(0.75, 1.15, _SERVED.format(218, "dense models on one GPU")),
    "several GPUs": Band(0.74, 1.27, _SERVED.format(829, "dense models on 2, 4 or 8")),
    "experts": Band(0.55, 1.20, _SERVED.format(539, "mixtures of experts on 1 to 8")),
    "latent attention": Band(0.39, 1.22, _SERVED.format(589, "DeepSeek and Kimi on 4 or 8")),
}
"""Time per output token of a server; the 9 % and 91 % quantiles, every row counted once."""

SERVING_TTFT = {
    "one GPU": Band(0.42, 2.7, _SERVED.format(218, "dense models on one GPU")),
    "several GPUs": Band(0.38, 2.45, _SERVED.format(829, "dense models on 2, 4 or 8")),
    "experts": Band(0.24, 1.55, _SERVED.format(539, "mixtures of experts on 1 to 8")),
    "latent attention": Band(0.1, 1.2, _SERVED.format(589, "DeepSeek and Kimi on 4 or 8")),
}
"""Time to first token of a server, on the same rows: queues and bursts make it wide."""

SPECULATION = Band(0.85, 1.15, "measured speed-ups of one machine within 0.02 for dense models")
CALIBRATED = Band(
    0.87, 1.15, "80 % of other rows of the same GPU, engine and format after one calibration row"
)
_OWN = "80 % of other rows of the same GPU, engine and format after {}, on {}"
CALIBRATED_ON = {
    "server": Band(0.82, 1.18, _OWN.format("one calibration row", "data-centre cards")),
    "desktop": Band(0.92, 1.09, _OWN.format("one calibration row", "desktop cards below 2 GHz")),
    "fast desktop": Band(0.92, 1.08, _OWN.format("one calibration row", "cards above 2 GHz")),
    "soc": Band(0.83, 1.19, _OWN.format("one calibration row", "Apple and Jetson")),
}
"""Decode after one row of one's own, by platform; `CALIBRATED` is of all together."""
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


PREFILL_CALIBRATED = Band(0.75, 1.3, "80 % of other rows of the same GPU, engine and format")
