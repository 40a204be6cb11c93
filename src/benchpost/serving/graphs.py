"""CUDA graphs: which batch sizes are captured, what padding to them costs, which list is best.

A captured graph has one size. A batch is padded to the next captured size and computed with its
padding; above the largest size it runs without a graph, and without padding.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import accumulate

from benchpost.errors import UsageError
from benchpost.roofline import serving_equations as closed
from benchpost.roofline.sizes import at_least

LARGEST = 512
"""The largest size that vLLM 0.33.0 captures by itself; 1024 on data-centre Blackwell."""
FINE, COARSE, CHANGE = 8, 16, 256
"""Steps between sizes below and from the change on."""


def capture_sizes(
    max_num_seqs: int = 256, *, query: int = 1, budget: int = 8192, largest: int = LARGEST
) -> tuple[int, ...]:
    """The sizes that vLLM 0.33.0 captures where nothing is said (config/vllm.py, 2026-11-02).

    A grid (1, 2, 4, every 8th below 256, every 16th from there) up to twice `max_num_seqs * query`
    tokens, but at most `largest` and the token `budget`; and the full batch of `max_num_seqs`, and
    the budget itself, where they are not above that. `query` is the tokens of a sequence in a step:
    1, or one more than are drafted. With drafts the full batches of a grid of sequences come in
    place of the one, and V1 rounds every size up to a whole number of sequences and drops those
    that are then above the largest.
    """
    at_least(1, max_num_seqs=max_num_seqs, query=query, budget=budget, largest=largest)
    most = min(2 * max_num_seqs * query, largest)
    full = {max_num_seqs}
    if query > 1:
        full = {*_grid(min(max_num_seqs, largest)), min(max_num_seqs, largest)}
    exact = {sequences * query for sequences in full} | {budget}
    end = min(most, budget)
    sizes = {*_grid(end), *(size for size in exact if size <= end)}
    return _whole_sequences(sizes, query)


def _grid(end: int) -> Iterator[int]:
    """1, 2, 4, then every 8th, then every 16th size up to `end`."""
    yield from (size for size in (1, 2, 4) if size <= end)
    yield from range(FINE, min(end + 1, CHANGE), FINE)
    yield from range(CHANGE, end + 1, COARSE)


def _whole_sequences(sizes: Collection[int], query: int) -> tuple[int, ...]:
    """Sizes rounded up to multiples of `query`, as far as they stay below the largest."""
    most = max(sizes)
    rounded = {-(-size // query) * query for size in sizes}
    kept = {size for size in rounded if size <= most}
    if not kept:
        raise UsageError(
            f"no batch of {query} tokens a sequence fits into graphs of {most:,}; draft less"
        )
    return tuple(sorted(kept))


def padded(batch: int, sizes: Sequence[int]) -> int:
    """Rows that are computed for `batch`: the next captured size, or itself above the largest."""
    at_least(1, batch=batch)
    place = bisect_left(sizes, batch)
    return sizes[place] if place < len(sizes) else batch


def padding(batch: int, sizes: Sequence[int]) -> float:
    """Rows computed for nothing, over the batch."""
    return closed.graph_padding(graph_batch=padded(batch, sizes), batch=batch)


def mean_padding(histogram: Mapping[int, float], sizes: Sequence[int]) -> float:
    """The same over steps: `histogram` has the number of steps of each batch."""
    rows = sum(batch * steps for batch, steps in histogram.items())
    computed = sum(padded(batch, sizes) * steps for batch, steps in histogram.items())
    return closed.graph_padding(graph_batch=computed, batch=rows)


def best_sizes(histogram: Mapping[int, float], count: int) -> tuple[int, ...]:
    """The `count` sizes with the least padding for these batches; the largest is always captured.

    Exact: a best list uses only batches that occur, and the sizes below a size are chosen
    independently of those above it.
    """
    at_least(1, count=count)
    batches = sorted(batch for batch, steps in histogram.items() if steps > 0)
    if not batches:
        raise UsageError("a histogram of batches needs at least one batch that occurs")
    if count >= len(batches):
        return tuple(batches)
    return _chosen(batches, [0.0, *accumulate(histogram[batch] for batch in batches)], count)


def _chosen(batches: list[int], steps: list[float], count: int) -> tuple[int, ...]:
    """Rows computed are least; `steps` are cumulated. Last sizes only ever move up."""
    number = len(batches)
    cost = [size * steps[i + 1] for i, size in enumerate(batches)]
    before: list[list[int]] = []
    for _ in range(count - 1):
        cost, origin = _one_more(batches, steps, cost, number)
        before.append(origin)
    place, found = number - 1, []
    for origin in reversed(before):
        found.append(batches[place])
        place = origin[place]
    return tuple(sorted({*found, batches[place]}))


def _one_more(
    batches: list[int], steps: list[float], cost: list[float], number: int
) -> tuple[list[float], list[int]]:
    """The least cost with one size more, by its largest size, and the size before that."""
    made, origin = list(cost), list(range(number))
    spans = [(0, number - 1, 0, number - 1)]
    while spans:
        low, high, first, last = spans.pop()
        if low > high:
            continue
        middle = (low + high) // 2
        choices = [
            (cost[j] + batches[middle] * (steps[middle + 1] - steps[j + 1]), j)
            for j in range(first, min(last, middle) + 1)
        ]
        made[middle], origin[middle] = min(choices)
        spans.append((low, middle - 1, first, origin[middle]))
        spans.append((middle + 1, high, origin[middle], last))
    return made, origin
