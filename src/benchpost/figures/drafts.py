"""Speculative decoding and CUDA graphs: what they gain and cost, by the size of the batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from benchpost.errors import UsageError
from benchpost.figures import markup
from benchpost.figures.asked import sources
from benchpost.figures.axis import linear, logarithmic
from benchpost.figures.names import changed, file_stem
from benchpost.figures.quoted import some
from benchpost.figures.sweep import powers
from benchpost.figures.traced import Chart, Trace, charted, upto
from benchpost.figures.types import Facts, Fragment
from benchpost.roofline import catalog
from benchpost.roofline.batching import DRAFT_COST, speculate
from benchpost.roofline.catalog import Chip, Model
from benchpost.serving.graphs import best_sizes, capture_sizes, mean_padding, padded, padding
from benchpost.serving.speculation import LARGEST_BATCH, break_even, most_batches, said_of


@dataclass(frozen=True)
class _Draft:
    """How tokens are drafted."""

    gpu: str
    model: str
    acceptance: float
    cost: float
    context: int
    dtype: str

    @cached_property
    def chip(self) -> Chip:
        return catalog.chip(self.gpu)

    @cached_property
    def net(self) -> Model:
        return catalog.model(self.model)

    def gain(self, drafted: int, batch: int) -> float:
        made = speculate(
            gpu=self.chip,
            model=self.net,
            acceptance=self.acceptance,
            drafted=drafted,
            batch=batch,
            draft_cost=self.cost,
            context=self.context,
            dtype=self.dtype,
            engine="vllm",
        )
        return float(made.value)

    def pays(self, drafted: int) -> str:
        """Up to which batch it pays, in words; what does not fit is no batch."""
        asked: dict[str, Any] = {
            "gpu": self.chip,
            "model": self.net,
            "acceptance": self.acceptance,
            "drafted": drafted,
            "draft_cost": self.cost,
            "context": self.context,
            "dtype": self.dtype,
            "engine": "vllm",
        }
        said = said_of(break_even(**asked), most_batches(**asked))
        return f"it {said} pays" if said == "never" else f"it pays {said}"


def chart_speculation(
    facts: Facts,
    *,
    gpu: str,
    model: str,
    acceptance: float = 0.7,
    drafted: str = "1, 3, 5",
    draft_cost: float = DRAFT_COST,
    context: int = 1024,
    to: int = 512,
    dtype: str = "bf16",
    name: str = "",
    caption: str = "",
) -> Fragment:
    """Speed-up of speculative decoding against the batch, for several numbers of drafted tokens.

    Where a line falls below 1, speculation is slower than plain decoding. The axis ends at `to`, or
    where the KV cache holds no more sequences of `context` tokens.
    """
    head = "chart speculation"
    counts = _numbers(some(drafted, "drafted", head), "drafted", head)
    if not 2 <= to <= LARGEST_BATCH:
        raise UsageError(f"option 'to' of {head!r} must be from 2 to {LARGEST_BATCH}, not {to}")
    draft = _Draft(gpu, model, acceptance, draft_cost, context, dtype)
    options = changed(
        acceptance=(acceptance, 0.7),
        drafted=(drafted, "1, 3, 5"),
        cost=(draft_cost, DRAFT_COST),
        context=(context, 1024),
        to=(to, 512),
        dtype=(dtype, "bf16"),
    )
    stem = file_stem(head, name, gpu, model, *options)
    most = most_batches(gpu=draft.chip, model=draft.net, context=context, dtype=dtype)
    chart, note = (
        _speculation(draft, counts, max(2, min(to, most))),
        _drafted(draft, counts, caption),
    )
    return charted(facts, stem, chart, note, "batch", "times")


def _speculation(draft: _Draft, counts: Sequence[int], to: int) -> Chart:
    traces = tuple(
        Trace(
            f"{count} drafted",
            tuple((batch, draft.gain(count, int(batch))) for batch in powers(1, to)),
            style,
            dash=style,
            marks=True,
        )
        for style, count in enumerate(counts)
    )
    return Chart(
        f"Speed-up of speculation on {draft.chip.name} with {draft.net.name}",
        logarithmic("sequences in the batch", 1, to, base=2.0),
        linear("times as fast as plain decoding", [y for t in traces for _, y in t.points]),
        traces,
        lambda x: f"batch {x:.0f}",
        lambda y: f"{y:.2f} times as fast",
        (1.0,),
    )


def _drafted(draft: _Draft, counts: Sequence[int], caption: str) -> str:
    own = caption or _paying(draft, counts)
    return (
        f"{markup.escaped(own)} Acceptance {draft.acceptance:g}, drafting a token costs "
        f"{draft.cost:g} of a pass, {draft.context:,} tokens of context. Typical, not measured. "
        f"{sources(draft.chip, draft.net, draft.dtype)}"
    )


def _paying(draft: _Draft, counts: Sequence[int]) -> str:
    """Where it pays, those alike together."""
    found: dict[str, list[str]] = {}
    for count in counts:
        found.setdefault(draft.pays(count), []).append(str(count))
    even = "; ".join(f"with {' or '.join(of)} drafted {said}" for said, of in found.items())
    return f"{even[:1].upper()}{even[1:]}."


def chart_graph_padding(
    facts: Facts,
    *,
    max_num_seqs: int = 256,
    to: int = 0,
    sizes: str = "",
    drafted: int = 0,
    largest: int = 512,
    name: str = "",
    caption: str = "",
) -> Fragment:
    """Rows that a captured graph computes for nothing, against the batch.

    With the sizes that vLLM 0.33.0 captures for `max_num_seqs`, and `sizes` of your own beside
    them: numbers, or `best 16` for the best list of so many sizes when all batches are alike.
    """
    head = "chart graph-padding"
    own = capture_sizes(max_num_seqs, query=drafted + 1, largest=largest)
    end = to or min(max_num_seqs, own[-1])
    if not 2 <= end <= 1024:
        raise UsageError(f"option 'to' of {head!r} must be from 2 to 1024, not {end}")
    lists = {f"vLLM, {len(own)} sizes": own}
    if sizes:
        other = _sizes(sizes, end, head)
        lists[f"yours, {len(other)} sizes"] = other
    note = (
        f"{markup.escaped(caption or _means(lists, end))} A batch is padded to the next captured "
        "size; above the largest there is no graph and no padding. Sizes: vLLM 0.33.0, "
        "config/vllm.py (2026-11-02)."
    )
    options = changed(
        seqs=(max_num_seqs, 256),
        to=(to, 0),
        sizes=(sizes, ""),
        drafted=(drafted, 0),
        largest=(largest, 512),
    )
    stem = file_stem(head, name, *options)
    return charted(facts, stem, _padding(lists, end), note, "batch", "rows")


_Lists = dict[str, tuple[int, ...]]


def _padding(lists: _Lists, end: int) -> Chart:
    traces = tuple(
        Trace(
            said,
            tuple((float(batch), float(padded(batch, of) - batch)) for batch in range(1, end + 1)),
            style,
            dash=style,
            thick=2.0 - 0.5 * style,
        )
        for style, (said, of) in enumerate(lists.items())
    )
    most = max(1.0, *(y for trace in traces for _, y in trace.points))
    return Chart(
        "Padding of captured graphs against the batch",
        upto("sequences in the batch", end),
        linear("rows computed for nothing", [most]),
        traces,
        lambda x: f"batch {x:.0f}",
        lambda y: f"{y:.0f} rows",
    )


def _means(lists: _Lists, end: int) -> str:
    alike = dict.fromkeys(range(1, end + 1), 1.0)
    said = (
        f"{name}: {100 * mean_padding(alike, of):.1f} % over all batches up to {end} alike, "
        f"at most {_worst(of, end)}"
        for name, of in lists.items()
    )
    return "; ".join(said) + "."


def _worst(sizes: tuple[int, ...], end: int) -> str:
    batch = max(range(1, end + 1), key=lambda batch: padding(batch, sizes))
    return f"{100 * padding(batch, sizes):.0f} % at {batch}, padded to {padded(batch, sizes)}"


def _sizes(written: str, end: int, head: str) -> tuple[int, ...]:
    if written.startswith("best "):
        (count,) = _numbers([written.removeprefix("best ")], "sizes", head)
        return best_sizes(dict.fromkeys(range(1, end + 1), 1.0), count)
    return tuple(sorted(_numbers(some(written, "sizes", head, most=100), "sizes", head)))


def _numbers(words: list[str], option: str, head: str) -> list[int]:
    if not all(word.isdecimal() and int(word) > 0 for word in words):
        raise UsageError(
            f"option {option!r} of {head!r} must be whole numbers above 0, "
            f'separated by commas, not "{", ".join(words)}"'
        )
    return [int(word) for word in words]
