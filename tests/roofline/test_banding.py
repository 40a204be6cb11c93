"""Bands: those that ship are of the recipe, and hold for GPUs that took no part in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchpost.roofline import banding, bands, scores, scoring
from benchpost.roofline.banding import Rated
from benchpost.roofline.bands import Measured


def test_the_shipped_bands_are_those_of_the_recipe() -> None:
    """After a change of rows or model: `python scripts/errors.py`."""
    kept = (Path(scores.__file__).parent / bands.FILE).read_text(encoding="utf-8")
    assert kept == banding.text(scoring.made()), "run scripts/errors.py"


WHOLE = ["decode", "decode after one run", "prefill", "serving", "first token"]


@pytest.mark.parametrize("kind", WHOLE)
def test_a_band_of_80_percent_holds(kind: str) -> None:
    """72 to 88 % inside, of its own rows and of rows of GPUs that took no part in it."""
    inside, nested = bands.held(kind)
    assert 0.72 <= inside <= 0.88
    assert 0.72 <= nested <= 0.88


UNSURE = {"serving, experts": 0.60, "prefill, soc": 0.65}
"""Where GPUs differ so much that less is held of one that took no part."""


@pytest.mark.parametrize("name", bands.MEASURED)
def test_every_band_holds(name: str) -> None:
    """By platform and kind of server; two hold less than 70 % of unseen GPUs, and say so."""
    band = bands.MEASURED[name]
    assert 0.72 <= band.inside <= 0.92
    assert UNSURE.get(name, 0.70) <= band.nested <= 0.92
    assert band.worst <= band.nested


@pytest.mark.parametrize(
    ("kind", "name"), [("experts", "serving, experts"), ("one GPU", "serving, one GPU")]
)
def test_a_prediction_says_how_its_band_held(kind: str, name: str) -> None:
    """Both shares, and of what rows it is made."""
    basis, band = bands.SERVING[kind].basis, bands.MEASURED[name]
    assert f"made of {band.rows} published rows" in basis
    assert f"{100 * band.inside:.0f} % lie inside" in basis
    assert f"made without the GPU that it is held against, {100 * band.nested:.0f} %" in basis


def of(gpu: str, *ratios: float) -> list[Rated]:
    return [Rated(gpu, ratio) for ratio in ratios]


SPREAD = [0.90 + 0.01 * n for n in range(21)]


def test_the_nested_share_leaves_a_gpu_out() -> None:
    """Of a GPU unlike all others nothing lies inside a band that is made without it."""
    rows = [*of("A", *SPREAD), *of("B", *SPREAD), *of("C", *(3 * ratio for ratio in SPREAD))]
    made = banding.measured(rows)
    assert (made.worst, made.worst_gpu) == (0.0, "C")
    assert made.nested == pytest.approx(2 / 3, abs=0.001)


def test_where_gpus_differ_the_band_is_wider() -> None:
    """Than the margin that every band has."""
    alike = banding.measured([*of("A", *SPREAD), *of("B", *SPREAD), *of("C", *SPREAD)])
    shifted = [*of("A", *SPREAD), *of("B", *(1.3 * ratio for ratio in SPREAD))]
    apart = banding.measured(shifted)
    low, high = banding._cut(shifted)
    assert alike.high / alike.low < apart.high / apart.low
    assert apart.high / high > banding.MARGIN
    assert low / apart.low > banding.MARGIN


def test_a_gpu_with_a_single_row_does_not_decide() -> None:
    """It counts less than one with many."""
    many = [*of("A", *SPREAD), *of("B", *SPREAD)]
    with_one = banding.measured([*many, *of("C", 9.0)])
    assert with_one.high < 2
    assert with_one.worst_gpu != "C"


def test_a_wider_band_has_its_ends_moved_by_the_factor() -> None:
    """Divided and multiplied."""
    wider = bands.Band(0.8, 1.2, "x").wider(1.25, "y")
    assert (wider.low, wider.high) == pytest.approx((0.64, 1.5))
    assert wider.basis == "x; wider because y"


def test_shares_are_of_weights() -> None:
    """A row that is predicted twice counts as one."""
    rows = [Rated("A", 1.0), Rated("B", 1.0, 0.5), Rated("B", 1.0, 0.5)]
    assert banding.measured(rows) == Measured(
        low=round(1 / 1.06, 3),
        high=1.06,
        rows=2,
        gpus=2,
        inside=1.0,
        nested=1.0,
        worst=1.0,
        worst_gpu="A",
    )
