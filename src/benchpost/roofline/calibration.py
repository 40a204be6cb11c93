"""What one or a few measurements of one's own say about the model's constants."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from benchpost.roofline.bands import Band

LAYER_SPREAD = 0.4
"""Standard deviation of the logarithm of the layer time over GPUs and engines, in the fit."""
BANDWIDTH_SPREAD = 0.15
"""The same of the share of the bandwidth."""
NOISE = 0.03
"""The same of a measurement."""
ROUNDS = 4
"""Rounds of linearising; two are enough."""


@dataclass(frozen=True)
class Calibration:
    """Factors on the fitted constants, for one GPU, engine and format."""

    efficiency_factor: float = 1.0
    """On the share of the bandwidth."""
    layer_factor: float = 1.0
    """On the time of a layer."""
    compute_factor: float = 1.0
    """On the share of the peak."""
    rows: int = 0
    """Measurements that it rests on."""
    band: Band | None = None
    """Where decode rates lie beside the prediction; None where no row was of decode."""
    prefill_band: Band | None = None
    """Where prefill rates lie; None where no row was of prefill."""


@dataclass(frozen=True)
class Step:
    """A measured decode step, taken apart."""

    seconds: float
    """What was measured."""
    moving: float
    """What the model gives for weights and KV cache."""
    layers: float
    """What the model gives for all layers beside that."""


def factors(steps: Sequence[Step]) -> tuple[float, float]:
    """Factors on bandwidth share and layer time that explain `steps` with the least surprise.

    Both are log-normal about the fitted values; a few steps move the one that they can tell apart,
    and cannot move either further than noise and spread allow.
    """
    slower, longer = 0.0, 0.0
    for _ in range(ROUNDS):
        slower, longer = _updated(steps, slower, longer)
    return math.exp(-slower), math.exp(longer)


def _updated(steps: Sequence[Step], slower: float, longer: float) -> tuple[float, float]:
    """One Gauss-Newton round on the logarithms of both factors."""
    aa, ab, bb = BANDWIDTH_SPREAD**-2, 0.0, LAYER_SPREAD**-2
    ya, yb = 0.0, 0.0
    for step in steps:
        moving, layers = step.moving * math.exp(slower), step.layers * math.exp(longer)
        a, b = moving / (moving + layers), layers / (moving + layers)
        left = math.log(step.seconds / (moving + layers)) + a * slower + b * longer
        weight = NOISE**-2
        aa, ab, bb = aa + weight * a * a, ab + weight * a * b, bb + weight * b * b
        ya, yb = ya + weight * a * left, yb + weight * b * left
    determinant = aa * bb - ab * ab
    return (ya * bb - yb * ab) / determinant, (yb * aa - ya * ab) / determinant
