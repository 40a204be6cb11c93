"""CUDA graphs in numbers: which graph a batch takes, and how much of it is padding."""

from __future__ import annotations

from collections.abc import Sequence

from benchpost.errors import UsageError
from benchpost.figures import markup
from benchpost.figures.quoted import listed
from benchpost.figures.types import Facts, Fragment
from benchpost.serving.graphs import LARGEST, capture_sizes, padded, padding

_HEAD = "table graphs"


def table_graphs(
    facts: Facts,
    *,
    batch: str = "1, 3, 5, 9, 17, 33, 100, 257, 500, 600",
    seqs: int = 256,
    query: int = 1,
    budget: int = 8192,
    largest: int = LARGEST,
    sizes: str = "",
    caption: str = "",
) -> Fragment:
    """Which captured graph a decode batch takes in vLLM 0.33.0, and how much of it is padding.

    The sizes are those that `--max-num-seqs` of `seqs` gives, or your own in `sizes`. `query` is
    the tokens of a sequence in a step: 1, or one more than are drafted.
    """
    batches = _numbers("batch", batch)
    captured = _captured(sizes, seqs, query, budget, largest)
    rows = [_row(each, captured) for each in batches]
    table = markup.table(["Batch", "Graph", "Rows for nothing", "Padding"], rows, "rrrr")
    own = f"{markup.escaped(caption)} " if caption else ""
    which = "as given" if sizes else f"for --max-num-seqs {seqs:,} and {budget:,} tokens a step"
    note = f"{own}{len(captured)} sizes are captured {which}, from {captured[0]} to {captured[-1]}."
    source = "" if sizes else " Sizes as in vLLM 0.33.0, vllm/config/vllm.py (2026-11-02)."
    return Fragment(markup.captioned(table, markup.escaped(note) + source))


def _numbers(option: str, written: str) -> list[int]:
    found = listed(written)
    if not found or not all(word.isdecimal() and int(word) > 0 for word in found):
        raise UsageError(
            f"option {option!r} of {_HEAD!r} must be whole numbers separated by commas, "
            f'not "{written}"'
        )
    return sorted(map(int, found))


def _captured(sizes: str, seqs: int, query: int, budget: int, largest: int) -> tuple[int, ...]:
    if sizes:
        return tuple(_numbers("sizes", sizes))
    return capture_sizes(seqs, query=query, budget=budget, largest=largest)


def _row(batch: int, sizes: Sequence[int]) -> list[str]:
    if batch > sizes[-1]:
        return [f"{batch:,}", "none, runs eagerly", "0", ""]
    rows = padded(batch, sizes)
    share = f"{padding(batch, sizes):.0%}".replace("%", " %")
    return [f"{batch:,}", f"{rows:,}", f"{rows - batch:,}", share]
