"""Curves, axes and labels."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchpost.figures.axis import Axis, linear, logarithmic, plain, shortened
from benchpost.figures.curves import pairs_of
from benchpost.figures.decode import _curves as decode_curves
from benchpost.figures.palette import INK
from benchpost.figures.pictures.labels import Label, spots
from benchpost.figures.pictures.lines import _swept
from benchpost.figures.pictures.svg import Box
from benchpost.figures.sweep import Sweep, csv, powers
from benchpost.figures.ttft import _curves as ttft_curves
from benchpost.roofline import predict
from benchpost.roofline.calls import FUNCTIONS

QWEN = "Qwen3-4B-Instruct-2507"
FRAME = Box(66, 44, 434, 254)


@pytest.mark.parametrize("curves", [decode_curves, ttft_curves])
def test_curves_and_data_are_the_same_numbers(curves: object) -> None:
    """NumPy's sweep, from which a curve is drawn, gives bit for bit what the data file says."""
    assert callable(curves)
    pairs = pairs_of("chart", "RTX 4090", QWEN)
    xs = np.array(powers(256, 131072))
    for curve in curves(0, pairs[0], pairs):
        assert _swept(curve.sweep.data(), xs).tolist() == [curve.sweep.at(x) for x in xs]


def test_curves_agree_with_values_in_sentences() -> None:
    """Curves pass through what `decode_rate` and `predict` give."""
    pairs = pairs_of("chart", "RTX 4090", QWEN, batch=2)
    bound, napkin, typical = (c.sweep.at(4096) for c in decode_curves(0, pairs[0], pairs))
    rate = FUNCTIONS["decode_rate"]
    assert math.isclose(bound, rate(gpu="RTX 4090", model=QWEN, context=4096, batch=2).value)
    assert math.isclose(napkin, rate(gpu="RTX 4090", model=QWEN, batch=2).value)
    estimate = predict.decode(gpu="RTX 4090", model=QWEN, context=4096, batch=2)
    assert math.isclose(typical, estimate.value)


def test_a_curve_ends_where_memory_is_full() -> None:
    """The longest context is what fits beside the weights, shared by the sequences."""
    (one,), (four,) = (pairs_of("chart", "RTX 4090", QWEN, batch=n) for n in (1, 4))
    assert one.longest == (24e9 - 8_044_936_192) // 147_456
    assert four.longest == one.longest // 4


@given(st.floats(1e-6, 1e9), st.floats(1.01, 1e9))
def test_logarithmic_ticks_lie_on_the_axis(lo: float, ratio: float) -> None:
    """Ticks are inside, in order, few, and no two read the same."""
    axis = logarithmic("x", lo, lo * ratio)
    ticks = [at for at, _ in axis.ticks]
    assert ticks == sorted(set(ticks))
    assert all(axis.lo * 0.999 <= at <= axis.hi * 1.001 for at in ticks)
    assert len(ticks) <= 9


@given(st.lists(st.floats(1e-3, 1e12), min_size=1, max_size=5))
def test_linear_axes_begin_at_zero_and_hold_all(values: list[float]) -> None:
    """A linear axis shows zero and every value, with at most seven ticks and distinct words."""
    axis = linear("y", values)
    assert axis.ticks[0] == (0.0, "0")
    assert axis.hi >= max(values)
    assert len(axis.ticks) <= 8
    assert len({words for _, words in axis.ticks}) == len(axis.ticks)


@pytest.mark.parametrize(
    ("value", "base", "words"),
    [
        (256, 2.0, "256"),
        (4096, 2.0, "4k"),
        (1048576, 2.0, "1M"),
        (1000, 10.0, "1k"),
        (0.1, 10.0, "0.1"),
        (1e6, 10.0, "1M"),
    ],
)
def test_ticks_are_short(value: float, base: float, words: str) -> None:
    """Thousands are k and M; of 1,024 where tokens are counted in powers of two."""
    assert shortened(value, base) == words


def test_plain_numbers_have_no_needless_zeros() -> None:
    """Ticks read 0.5 and 1,500, not 0.500000 and 1500.0."""
    assert [plain(value) for value in (0.5, 1500.0, 0.0)] == ["0.5", "1,500", "0"]


def test_axes_are_plain_data() -> None:
    """An axis stands in a plan as it is."""
    axis = Axis("x", 1.0, 2.0, ((1.0, "1"),))
    assert Axis(**axis.data()) == axis


@given(st.lists(st.tuples(st.floats(70, 490), st.floats(60, 290)), min_size=1, max_size=5))
def test_labels_do_not_cover_each_other(points: list[tuple[float, float]]) -> None:
    """However points lie, their labels stay in the frame and do not cover each other."""
    wanted = [Label(f"label {i}", INK, (point,)) for i, point in enumerate(points)]
    boxes = [spot.box for spot in spots(wanted, points, FRAME)]
    assert all(box.x >= FRAME.x and box.bottom <= FRAME.bottom for box in boxes)
    assert not any(
        a.x < b.right and b.x < a.right and a.y < b.bottom and b.y < a.bottom
        for a, b in combinations(boxes, 2)
    )


def test_powers_end_where_they_should() -> None:
    """Powers of two from the first value on, and the last value itself."""
    assert powers(256, 3000) == [256, 512, 1024, 2048, 3000]
    assert powers(256, 1024) == [256, 512, 1024]


def test_csv_is_exact_and_quoted() -> None:
    """Numbers are written so that they read back the same, words with commas are quoted."""
    written = csv(["a", 'b, "c"'], [[0.1 + 0.2, "x"], [3.0, ""]])
    assert written == b'a,"b, ""c"""\n0.30000000000000004,x\n3,\n'


def test_a_sweep_survives_its_plan() -> None:
    """What stands in a plan gives the same curve."""
    sweep = Sweep(("attainable",), {"peak": 2.0, "bandwidth": 1.0}, ("arithmetic_intensity",))
    assert [sweep.at(x) for x in (1.0, 2.0, 3.0)] == [1.0, 2.0, 2.0]
    xs = np.array([1.0, 2.0, 3.0])
    assert _swept(sweep.data(), xs).tolist() == [1.0, 2.0, 2.0]
