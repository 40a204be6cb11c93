"""CUDA graphs: vLLM's list of sizes, padding, and the best list."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchpost.errors import UsageError
from benchpost.serving.graphs import best_sizes, capture_sizes, mean_padding, padded, padding

SIZES = [
    # max_num_seqs, tokens of a sequence, largest, how many, last three
    (256, 1, 512, 51, (480, 496, 512)),
    (1024, 1, 512, 51, (480, 496, 512)),
    (1024, 1, 1024, 83, (992, 1008, 1024)),
    (128, 1, 512, 35, (240, 248, 256)),
    (100, 1, 512, 29, (184, 192, 200)),
    (50, 1, 512, 16, (80, 88, 96)),
    (4, 1, 512, 4, (2, 4, 8)),
    (1, 1, 512, 2, (1, 2)),
]


@pytest.mark.parametrize(("seqs", "query", "largest", "count", "last"), SIZES)
def test_the_list_of_vllm(
    seqs: int, query: int, largest: int, count: int, last: tuple[int, ...]
) -> None:
    """1, 2, 4, every 8th below 256, every 16th from there, and `--max-num-seqs` itself."""
    sizes = capture_sizes(seqs, query=query, largest=largest)
    assert len(sizes) == count
    assert sizes[-3:] == last
    assert list(sizes) == sorted(set(sizes))


GRID = {1, 2, 4} | {8 * k for k in range(1, 32)} | {16 * k for k in range(16, 65)}
"""Every size of the grid, up to 1024."""

ADDED = [
    # max_num_seqs, tokens of a sequence, budget, what stands beside the grid
    (256, 1, 8192, set()),
    (100, 1, 8192, {100}),
    (50, 1, 8192, {50}),
    (1024, 1, 500, {500}),
    (300, 1, 400, {300}),
    (300, 1, 290, {290}),
    (600, 1, 8192, set()),
]


@pytest.mark.parametrize(("seqs", "query", "budget", "added"), ADDED)
def test_the_full_batch_and_the_budget_are_captured(
    seqs: int, query: int, budget: int, added: set[int]
) -> None:
    """Where they do not exceed the largest size: twice the sequences, 512, the budget."""
    sizes = set(capture_sizes(seqs, query=query, budget=budget))
    end = min(2 * seqs, 512, budget)
    assert sizes == {size for size in GRID if size <= end} | added


DRAFTED = [
    # max_num_seqs, tokens of a sequence, whole list
    (4, 4, (4, 8, 16, 24, 32)),
    (4, 3, (3, 6, 9, 12, 18, 24)),
    (1, 5, (5,)),
    (6, 2, (2, 4, 8, 12, 16, 24)),
]


@pytest.mark.parametrize(("seqs", "query", "sizes"), DRAFTED)
def test_with_drafts_every_size_is_whole_sequences(
    seqs: int, query: int, sizes: tuple[int, ...]
) -> None:
    """By hand: 4 of 3 tokens are a grid of 1, 2, 4, 8, 16, 24 and 3, 6, 12, rounded up."""
    assert capture_sizes(seqs, query=query) == sizes


def test_drafts_that_no_graph_holds_are_refused() -> None:
    """A budget below one sequence."""
    with pytest.raises(UsageError, match="no batch of 9 tokens a sequence fits into graphs of 8"):
        capture_sizes(4, query=9, budget=8)


def test_batches_alike_are_padded_by_half_a_step() -> None:
    """From 257 to 512 the next multiple of 16 is 7.5 rows away, and the mean batch is 384.5."""
    alike = dict.fromkeys(range(257, 513), 1.0)
    assert mean_padding(alike, capture_sizes(256)) == pytest.approx(7.5 / 384.5)


PADDED = [
    (1, 1),
    (3, 4),
    (5, 8),
    (33, 40),
    (40, 40),
    (255, 256),
    (257, 272),
    (512, 512),
    (513, 513),
]


@pytest.mark.parametrize(("batch", "rows"), PADDED)
def test_a_batch_is_padded_to_the_next_size(batch: int, rows: int) -> None:
    """33 becomes 40, a fifth more; above the largest there is no graph and no padding."""
    sizes = capture_sizes(256)
    assert padded(batch, sizes) == rows
    assert padding(batch, sizes) == pytest.approx((rows - batch) / batch)


def test_a_histogram_weighs_its_batches() -> None:
    """Three steps of 33 and one of 40: 139 rows wanted, 160 computed."""
    assert mean_padding({33: 3, 40: 1}, capture_sizes(256)) == pytest.approx(160 / 139 - 1)


@settings(max_examples=80, deadline=None)
@given(
    histogram=st.dictionaries(st.integers(1, 60), st.integers(1, 50), min_size=1, max_size=9),
    count=st.integers(1, 5),
)
def test_no_list_of_as_many_sizes_is_better(histogram: dict[int, float], count: int) -> None:
    """Against every list of batches that occur, the largest captured."""
    best = best_sizes(histogram, count)
    batches = sorted(histogram)
    others = combinations(batches[:-1], min(count, len(batches)) - 1)
    least = min(mean_padding(histogram, (*other, batches[-1])) for other in others)
    assert len(best) == min(count, len(batches))
    assert mean_padding(histogram, best) == pytest.approx(least)


def test_batches_that_never_occur_do_not_count() -> None:
    """And none at all is an error."""
    assert best_sizes({7: 0, 9: 2}, 3) == (9,)
    with pytest.raises(UsageError, match="at least one batch that occurs"):
        best_sizes({7: 0}, 1)
