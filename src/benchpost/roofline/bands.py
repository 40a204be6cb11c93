"""Error bands: where 80 % of measured rows of a kind lie beside the prediction.

Each band is of measured over predicted rate, on rows whose GPU was left out of the fit: the 8 % and
92 % quantiles with every GPU counted once, and 3 % wider, so that about 80 % of the rows of a GPU
that took no part in the band lie inside, too; scripts/errors.py prints both shares anew. Where no
row of a kind is at hand the band is said to rest on published errors or to be a judgement, and is
wide.
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

UNSEEN_ENGINE = 1.2
"""Factor for engines of which no row was used."""
UNSEEN_BATCH = 1.15
"""Factor for more than one sequence, of which no row was used."""
EXPERTS = 1.25
"""Factor for mixtures of experts, of which one row was used."""

PREFILL = {
    "server": Band(0.55, 1.45, _LEFT.format(80, "data-centre cards")),
    "desktop": Band(0.75, 1.40, _LEFT.format(50, "desktop cards below 2 GHz")),
    "fast desktop": Band(0.55, 1.45, _LEFT.format(83, "desktop cards above 2 GHz")),
    "soc": Band(0.70, 1.20, _LEFT.format(88, "Apple")),
}
"""Prefill of llama.cpp, by platform."""

PREFILL_OTHER = Band(
    0.4, 1.5, "a judgement: engines reach between 0.2 and 0.8 of the peak, and no row was used"
)

SERVING = Band(
    0.62,
    1.33,
    "80 % by the published error of this model with the same constants: 1,688 InferenceX and "
    "NVIDIA rows, mean 23.5 %, median 17.8 %, bias -8 %; none of the rows is kept here",
)
SERVING_TTFT = Band(0.4, 2.5, "a judgement: queueing and scheduling are not modelled")

SPECULATION = Band(0.85, 1.15, "measured speed-ups of one machine within 0.02 for dense models")
CALIBRATED = Band(
    0.87, 1.15, "80 % of other rows of the same GPU, engine and format after one calibration row"
)
PREFILL_CALIBRATED = Band(0.75, 1.3, "80 % of other rows of the same GPU, engine and format")
