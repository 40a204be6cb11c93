"""Curves of GPUs with models: which there are, what draws them, what is said of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from benchpost.errors import UsageError
from benchpost.figures import markup
from benchpost.figures.axis import Axis, logarithmic
from benchpost.figures.quoted import MOST, citations, cited, some
from benchpost.figures.sweep import Sweep, csv, powers
from benchpost.roofline import predict
from benchpost.roofline.catalog import Chip, Model, chip
from benchpost.roofline.catalog import model as known_model
from benchpost.roofline.units import show

SHORTEST, LONGEST = 256, 131_072
"""Tokens at both ends of an axis, unless a model or memory holds fewer."""


@dataclass(frozen=True)
class Pair:
    """A GPU with a model, and how it is run."""

    chip: Chip
    """The GPU."""
    model: Model
    """The model."""
    batch: int = 1
    """Sequences at once."""
    dtype: str = "bf16"
    """Format of the weights."""
    kv: str = "bf16"
    """Format of the KV cache."""

    @cached_property
    def longest(self) -> int:
        """Tokens of each sequence that fit beside the weights."""
        fit = predict.memory(
            gpu=self.chip,
            model=self.model,
            context=1,
            dtype=self.dtype,
            kv=self.kv,
            utilisation=1.0,
            block=1,
        )
        return fit.tokens // self.batch


@dataclass(frozen=True)
class Curve:
    """One line of a chart."""

    pair: Pair
    """Whose it is."""
    sweep: Sweep
    """What it is computed from."""
    what: str
    """What it says, e.g. `bound`."""
    style: int
    """Which series colour it has."""
    label: str = ""
    """What stands beside it; empty where another label says it."""
    dash: int = 0
    """Which dashes it has."""
    thick: float = 2.5
    """How thick it is, px."""

    @property
    def name(self) -> str:
        """Its full name, for the data and for those who do not see it."""
        return f"{self.pair.chip.name}, {self.pair.model.name}: {self.what}"

    def data(self) -> dict[str, Any]:
        """As it stands in a plan."""
        return {
            "sweep": self.sweep.data(),
            "style": self.style,
            "label": self.label,
            "dash": self.dash,
            "thick": self.thick,
            "until": self.pair.longest,
        }


def pairs_of(
    head: str, gpu: str, model: str, *, batch: int = 1, dtype: str = "bf16", kv: str = "bf16"
) -> list[Pair]:
    """Every named GPU with every named model; UsageError where one does not fit or all are many."""
    if batch < 1:
        raise UsageError(f"option 'batch' of {head!r} must be at least 1, not {batch}")
    chips = [chip(name) for name in some(gpu, "gpu", head)]
    models = [known_model(name) for name in some(model, "model", head)]
    pairs = [Pair(on, of, batch, dtype, kv) for of in models for on in chips]
    if len(pairs) > MOST:
        raise UsageError(f"{head!r} shows at most {MOST} curves, not {len(pairs)}")
    for pair in pairs:
        if pair.longest < 2 * SHORTEST:
            raise UsageError(_does_not_fit(pair))
    return pairs


def _does_not_fit(pair: Pair) -> str:
    weights = show(pair.model.weight_bytes(pair.dtype), "byte")
    memory = show(pair.chip.memory.value, "byte")
    sequences = f" and {pair.batch} sequences" if pair.batch > 1 else ""
    return (
        f"{pair.model.name} in {pair.dtype} ({weights}){sequences} does not fit into the {memory} "
        f"of {pair.chip.name}; choose another gpu, dtype or batch"
    )


def tokens_axis(head: str, label: str, pairs: Sequence[Pair], to: int) -> Axis:
    """Tokens up to `to`, or to what the models and memories hold."""
    held = max(min(pair.longest, pair.model.max_context or LONGEST) for pair in pairs)
    end = to or min(held, LONGEST)
    if end < 2 * SHORTEST:
        raise UsageError(f"option 'to' of {head!r} must be at least {2 * SHORTEST}, not {to}")
    return logarithmic(label, SHORTEST, end, base=2.0)


def label_of(pair: Pair, pairs: Sequence[Pair]) -> str:
    """What tells a bound from the others; just `bound`, where there is only one."""
    if len(pairs) == 1:
        return "bound"
    several_chips = len({each.chip.name for each in pairs}) > 1
    several_models = len({each.model.name for each in pairs}) > 1
    names = [pair.chip.name] * several_chips + [pair.model.name] * several_models
    return ", ".join(names)


def title_of(what: str, pairs: Sequence[Pair]) -> str:
    """`Decode rate of Qwen3-4B on RTX 4090, H200`."""
    models = " and ".join(dict.fromkeys(pair.model.name for pair in pairs))
    chips = ", ".join(dict.fromkeys(pair.chip.name for pair in pairs))
    return f"{what} of {models} on {chips}"


def said(curves: Sequence[Curve], axis: Axis, shown_as: Callable[[float], str]) -> str:
    """Both ends of every curve in words, for those who do not see it."""
    return "; ".join(
        f"{curve.name}, {shown_as(curve.sweep.at(axis.lo))} at {int(axis.lo):,} tokens, "
        f"{shown_as(curve.sweep.at(end))} at {end:,}"
        for curve in curves
        for end in (int(min(axis.hi, curve.pair.longest)),)
    )


def table_of(first: str, unit: str, curves: Sequence[Curve], axis: Axis) -> bytes:
    """CSV of all curves at powers of two, empty where memory is full."""
    head = [first, *(f"{curve.name} in {unit}" for curve in curves)]
    rows = [
        [x, *(curve.sweep.at(x) if x <= curve.pair.longest else "" for curve in curves)]
        for x in powers(axis.lo, axis.hi)
    ]
    return csv(head, rows)


def caption_of(caption: str, pairs: Sequence[Pair], fit: str) -> str:
    """The author's words, or what must be known of the curves; then every source."""
    ends = any(pair.longest < (pair.model.max_context or LONGEST) for pair in pairs)
    own = markup.escaped(caption) or (
        "A curve ends where weights and KV cache fill the memory." if ends else ""
    )
    values = [v for p in pairs for v in (p.chip.bandwidth, p.chip.compute_peak(p.dtype))]
    models = citations((pair.model.source, pair.model.date) for pair in pairs)
    typical = f"Typical engine: {markup.escaped(fit)}." if len(pairs) == 1 else ""
    parts = (own, f"Bandwidth and peak: {cited(values)}.", f"Model: {models}.", typical)
    return " ".join(part for part in parts if part)
