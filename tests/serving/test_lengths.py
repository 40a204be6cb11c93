"""Distributions of lengths: moments, draws, cuts, and what is refused."""

from __future__ import annotations

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchpost.errors import UsageError
from benchpost.serving.lengths import KINDS, lengths

MOMENTS = [
    # written, mean, standard deviation over mean, longest
    ("512", 512.0, 0.0, 512),
    ("fixed 7", 7.0, 0.0, 7),
    ("uniform 1 3", 2.0, math.sqrt(2 / 3) / 2, 3),
    ("uniform 64 448", 256.0, math.sqrt((385**2 - 1) / 12) / 256, 448),
    ("geometric 338", 338.0, math.sqrt(1 - 1 / 338), 4732),
    ("geometric 1", 1.0, 0.0, 1),
    ("lognormal 161 1.3", 161.0, 1.3, 8631),
]


@pytest.mark.parametrize(("written", "mean", "spread", "longest"), MOMENTS)
def test_moments_are_those_that_were_written(
    written: str, mean: float, spread: float, longest: int
) -> None:
    """Within the thousandth that is cut off, or rounded to whole tokens."""
    made = lengths(written)
    assert math.fsum(made.chances) == pytest.approx(1)
    assert made.mean == pytest.approx(mean, rel=2e-3)
    assert made.spread == pytest.approx(spread, rel=2e-2, abs=1e-9)
    assert made.longest == longest


@pytest.mark.parametrize("written", ["uniform 3 40", "geometric 20", "lognormal 30 0.7"])
def test_draws_follow_the_distribution(written: str) -> None:
    """The mean of many draws, and that of the longest of eight, are those of the distribution."""
    made, chance = lengths(written), Random("draws")
    drawn = made.draw(chance, 40_000)
    assert sum(drawn) / len(drawn) == pytest.approx(made.mean, rel=0.02)
    longest = [max(drawn[i : i + 8]) for i in range(0, len(drawn), 8)]
    assert sum(longest) / len(longest) == pytest.approx(made.expected_longest(8), rel=0.02)


def test_one_of_one_is_the_mean() -> None:
    """The longest of one length is a length."""
    made = lengths("geometric 50")
    assert made.expected_longest(1) == pytest.approx(made.mean)


@given(mean=st.integers(1, 400), most=st.integers(1, 600))
def test_a_cut_keeps_all_chances(mean: int, most: int) -> None:
    """What is longer counts as `most`: nothing is drawn beyond it, and the sum stays 1."""
    made = lengths(f"geometric {mean}", most)
    assert made.longest <= most
    assert math.fsum(made.chances) == pytest.approx(1)
    assert all(1 <= each <= most for each in made.draw(Random(most), 8))


FORMS = 'write "512", "geometric 338", "uniform 128 2048" or "lognormal 161 1.3"'
WRONG = [
    ("", f"'' is no distribution of lengths; {FORMS}"),
    (
        "geometrik 5",
        f"'geometrik 5' is no distribution of lengths; did you mean 'geometric'?; {FORMS}",
    ),
    ("geometric", f"'geometric' is no distribution of lengths; {FORMS}"),
    ("uniform 3", f"'uniform 3' is no distribution of lengths; {FORMS}"),
    ("uniform 9 3", "'uniform 9 3' ends before it begins"),
    ("0", "lengths in '0' must be from 1 to 131,072"),
    ("1e9", "lengths in '1e9' must be from 1 to 131,072"),
    ("nan", f"'nan' is no distribution of lengths; {FORMS}"),
    (
        "lognormal 3 5",
        "'lognormal 3 5' in whole tokens has a mean of 3.4073, not 3: no length is below 1; choose "
        "a larger mean or a smaller spread",
    ),
    (
        "geometric 50000",
        "'geometric 50000' in whole tokens has a mean of 46,365, not 50,000: what is longer "
        "than 131,072 is cut; choose a smaller mean",
    ),
    ("lognormal 5 x", f"'lognormal 5 x' is no distribution of lengths; {FORMS}"),
]


@pytest.mark.parametrize(("written", "said"), WRONG)
def test_what_is_no_distribution_is_refused(written: str, said: str) -> None:
    """With how one is written."""
    with pytest.raises(UsageError) as refused:
        lengths(written)
    assert refused.value.message == said


def test_every_kind_is_tried() -> None:
    """No distribution is without its moments above."""
    assert {written.split()[0] for written, *_ in MOMENTS} >= set(KINDS)
