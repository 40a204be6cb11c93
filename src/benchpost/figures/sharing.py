"""Tensor parallelism in numbers: bytes on each GPU, what is exchanged, and the time of a step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from benchpost.errors import UsageError
from benchpost.figures import markup
from benchpost.figures.names import changed, file_stem
from benchpost.figures.quoted import citations, cited, some
from benchpost.figures.shown import shown
from benchpost.figures.sweep import csv
from benchpost.figures.types import Facts, Fragment
from benchpost.roofline import layer_equations, predict
from benchpost.roofline.catalog import Chip, Model, chip
from benchpost.roofline.catalog import model as known_model
from benchpost.roofline.heads import kv_copies, kv_heads_on
from benchpost.roofline.types import Estimate
from benchpost.roofline.units import show

_CHART, _TABLE = "chart parallel", "table parallel"
_PARTS = ("weights", "KV cache", "kernels and gaps", "all-reduces")


class _Setting(NamedTuple):
    chip: Chip
    model: Model
    context: int
    batch: int
    dtype: str
    kv: str

    def step(self, tp: int) -> Estimate:
        """A decode step of vLLM."""
        return predict.decode(
            gpu=self.chip,
            model=self.model,
            context=self.context,
            batch=self.batch,
            dtype=self.dtype,
            kv=self.kv,
            engine="vllm",
            tp=tp,
        )

    def fits(self, tp: int) -> bool:
        """Whether the KV cache holds the whole batch."""
        return bool(self.fit(tp).max_concurrency >= self.batch)

    def fit(self, tp: int) -> predict.Fit:
        """What fits."""
        return predict.memory(
            gpu=self.chip,
            model=self.model,
            context=self.context,
            dtype=self.dtype,
            kv=self.kv,
            tp=tp,
        )


def table_parallel(
    facts: Facts,
    *,
    gpu: str,
    model: str,
    tp: str = "1, 2, 4, 8",
    context: int = 4096,
    batch: int = 32,
    dtype: str = "bf16",
    kv: str = "bf16",
    caption: str = "",
) -> Fragment:
    """A model on 1 to many tensor-parallel GPUs: memory, KV cache, exchange, time of a step.

    The step decodes `batch` sequences of `context` tokens. Copies are how often each key-value head
    is held; more than one wastes KV cache.
    """
    setting = _Setting(chip(gpu), known_model(model), context, batch, dtype, kv)
    rows = [_row(setting, size) for size in _sizes(tp, _TABLE)]
    columns = ["GPUs", "Weights", "KV heads", "Copies", "Tokens", "Sent", "At least", "Typical"]
    table = markup.table(columns, rows, "rrrrrrrr")
    own = f"{markup.escaped(caption)} " if caption else ""
    own += (
        "Weights, KV heads and what is sent in a step are of each GPU; tokens are what the KV "
        "cache holds, which must be the whole batch; the last two are the time of a step. "
    )
    return Fragment(markup.captioned(table, own + _note(setting)))


def _sizes(tp: str, head: str) -> list[int]:
    found = some(tp, "tp", head, 6)
    if not all(word.isdecimal() and int(word) > 0 for word in found):
        raise UsageError(
            f"option 'tp' of {head!r} must be whole numbers separated by commas, not \"{tp}\""
        )
    return [int(word) for word in found]


def _row(setting: _Setting, tp: int) -> list[str]:
    of, fit, made = setting.model, setting.fit(tp), setting.step(tp)
    heads = kv_heads_on(of, tp)
    cells = [
        str(tp),
        show(fit.weight_bytes, "byte"),
        "the latent" if of.latent_rank else f"{heads} of {of.kv_heads}",
        f"{kv_copies(of, tp)}",
    ]
    if not setting.fits(tp):
        kept = f"{fit.tokens:,}, " if fit.kv_blocks else ""
        return [*cells, f"{kept}does not fit", "", "", ""]
    # an exchange of one GPU would have no bytes
    sent = show(_sent(setting, tp), "byte") if tp > 1 else "nothing"
    least, typical = (setting.batch / rate for rate in (made.bound, made.value))
    return [*cells, f"{fit.tokens:,}", sent, show(least, "second"), show(typical, "second")]


def _sent(setting: _Setting, tp: int) -> float:
    """Bytes that each GPU sends in a step: two all-reduces a layer, in 16 bits."""
    each = layer_equations.all_reduce_bytes(
        rows=setting.batch, hidden=setting.model.hidden, element_bytes=2.0, tensor_parallel=tp
    )
    return 2.0 * setting.model.layers * each


def _note(setting: _Setting) -> str:
    on, of = setting.chip, setting.model
    link = [on.link] if on.link else []
    slow = "" if link else f" The link is not in the catalogue: {_pcie()} is taken."
    return (
        f"{markup.escaped(of.name)} on {markup.escaped(on.name)}, {setting.batch} sequences of "
        f"{setting.context:,} tokens, weights in {setting.dtype.upper()}, KV cache in "
        f"{setting.kv.upper()}. An all-reduce of nothing is taken as "
        f"{show(predict.EXCHANGE_LATENCY, 'second')}, set by hand; a typical step has the model's "
        f"constants for vLLM.{slow} Datasheet: {cited([on.memory, on.bandwidth, *link])}. "
        f"Model: {citations([(of.source, of.date)])}."
    )


def _pcie() -> str:
    return f"{show(predict.SLOWEST_LINK, 'byte/second')} both ways"


def chart_parallel(
    facts: Facts,
    *,
    gpu: str,
    model: str,
    tp: str = "1, 2, 4, 8",
    context: int = 4096,
    batch: int = 32,
    dtype: str = "bf16",
    kv: str = "bf16",
    name: str = "",
    caption: str = "",
) -> Fragment:
    """Where the time of a typical decode step goes on 1 to many tensor-parallel GPUs.

    Sizes at which the model, or the KV cache of the batch, does not fit are left out.
    """
    setting = _Setting(chip(gpu), known_model(model), context, batch, dtype, kv)
    sizes = [size for size in _sizes(tp, _CHART) if setting.fits(size)]
    if not sizes:
        raise UsageError(
            f"{setting.model.name} with {batch:,} sequences of {context:,} tokens fits on none of "
            f"tp={tp!r} {setting.chip.name}"
        )
    rows = [_stack(setting, size) for size in sizes]
    data = {
        "rows": rows,
        "legend": list(enumerate(_PARTS)),
        "title": f"A decode step of {setting.model.name} on {setting.chip.name}, by GPUs",
        "description": "; ".join(_said(row) for row in rows),
    }
    options = changed(tp=(tp, "1, 2, 4, 8"), context=(context, 4096), batch=(batch, 32))
    options += changed(dtype=(dtype, "bf16"), kv=(kv, "bf16"))
    stem = file_stem(_CHART, name, gpu, model, *options)
    own = f"{markup.escaped(caption)} " if caption else ""
    return shown(facts, stem, "stacks", data, own + _note(setting), _csv(rows))


def _stack(setting: _Setting, tp: int) -> dict[str, Any]:
    terms = setting.step(tp).terms
    reading = terms["efficiency"] * terms["bandwidth"]
    parts = [
        terms["weight_bytes"] / reading,
        terms["kv_bytes"] / reading,
        terms["layers"] * terms["layer_time"],
        terms["exchange_time"],
    ]
    if terms["decode_flops"] / terms["peak"] > parts[0] + parts[1]:
        raise UsageError(f"{_CHART!r} is of memory-bound steps; choose a smaller batch=")
    return {
        "name": f"{tp} GPU{'' if tp == 1 else 's'}",
        "amount": show(sum(parts), "second"),
        "parts": list(enumerate(parts)),
        "mark": None,
    }


def _said(row: dict[str, Any]) -> str:
    parts = ", ".join(f"{_PARTS[i]} {show(part, 'second')}" for i, part in row["parts"] if part)
    return f"{row['name']}: {row['amount']}, of these {parts}"


def _csv(rows: Sequence[dict[str, Any]]) -> bytes:
    lines = [[row["name"], *(part for _, part in row["parts"])] for row in rows]
    return csv(["GPUs", *(f"{part} in seconds" for part in _PARTS)], lines)
