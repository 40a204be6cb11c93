"""How far a simulated server may be off: the error that was measured on published servers."""

from __future__ import annotations

from dataclasses import dataclass

from benchpost.roofline import bands
from benchpost.roofline.batching import serving_kind
from benchpost.roofline.predict import Setting


@dataclass(frozen=True)
class Trust:
    """Measured over predicted times of servers of one kind; four rows of five lie inside."""

    tpot: tuple[float, float]
    """Of the time per output token."""
    ttft: tuple[float, float]
    """Of the time to first token."""
    basis: str
    """The rows that it rests on."""

    def said(self) -> str:
        """As a sentence."""
        tpot, ttft = (f"{low:.2f} to {high:.2f}" for low, high in (self.tpot, self.ttft))
        return (
            f"Measured times were {tpot} times the predicted TPOT and {ttft} times the predicted "
            f"TTFT: bands {self.basis}."
        )


def trust_of(setting: Setting) -> Trust:
    """The error of servers of the same kind as `setting`."""
    kind = serving_kind(setting)
    between, first = bands.SERVING[kind], bands.SERVING_TTFT[kind]
    # bands are of rates, these are times
    return Trust(
        (1 / between.high, 1 / between.low), (1 / first.high, 1 / first.low), between.basis
    )
