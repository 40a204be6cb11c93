"""Formats of weights: bits with their scales, bytes of a model, and what that does to decode."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchpost.errors import UsageError
from benchpost.figures import markup
from benchpost.figures.names import file_stem
from benchpost.figures.quoted import citations, cited, some
from benchpost.figures.shown import shown
from benchpost.figures.sweep import csv
from benchpost.figures.types import Facts, Fragment
from benchpost.roofline import equations, predict
from benchpost.roofline.catalog import Chip, Model, chip
from benchpost.roofline.catalog import model as known_model
from benchpost.roofline.formats import Format, weight_format
from benchpost.roofline.units import show

_FORMATS = "bf16, fp8-layers, awq, nvfp4"
_MOST = 8
_CHART = "chart formats"


def table_formats(
    facts: Facts,
    *,
    model: str,
    gpu: str,
    dtype: str = _FORMATS,
    context: int = 4096,
    caption: str = "",
) -> Fragment:
    """Weights of a model by format: bits with scales, bytes, fastest decode, and ridge batch.

    The decode rate is the bound for one sequence at `context` tokens; the ridge batch is how many
    sequences must share a read of the weights before arithmetic takes as long.
    """
    on, of = chip(gpu), known_model(model)
    formats = [weight_format(name) for name in some(dtype, "dtype", "table formats", _MOST)]
    rows = [_row(form, on, of, context) for form in formats]
    columns = ["Format", "Bits", "Weights", "Decode, at most", "Multiplied in", "Ridge batch"]
    table = markup.table(columns, rows, "lrrrlr")
    values = [on.bandwidth, *(on.compute_peak(form.name) for form in formats)]
    note = (
        f"{_scales(formats)}{markup.escaped(of.name)} on {markup.escaped(on.name)}, one sequence "
        f"at {context:,} tokens. Bounds of the datasheet: {cited(values)}. "
        f"Model: {citations([(of.source, of.date)])}."
    )
    own = f"{markup.escaped(caption)} " if caption else ""
    return Fragment(markup.captioned(table, own + note))


def _row(form: Format, on: Chip, of: Model, context: int) -> list[str]:
    return [
        form.name,
        f"{form.bits:.4g}",
        _size(on, of, form),
        show(_bound(on, of, form, context), "token/second"),
        _multiplied(on, form).upper(),
        f"{_ridge(on, form):,.0f}",
    ]


def _scales(formats: Sequence[Format]) -> str:
    """What the bits of a format are made of, for those that have more than bits."""
    return "".join(f"{markup.code(f.name)}: {markup.escaped(f.note)}. " for f in formats if f.note)


def _size(on: Chip, of: Model, form: Format) -> str:
    size = of.weight_bytes(form.name)
    room = size <= predict.UTILISATION * on.memory.value
    return show(size, "byte") + ("" if room else ", does not fit")


def _bound(on: Chip, of: Model, form: Format, context: int) -> float:
    made = predict.decode(gpu=on, model=of, context=context, dtype=form.name)
    return float(made.bound)


def _multiplied(on: Chip, form: Format) -> str:
    """The format in which the matrices are multiplied on this chip."""
    ways = (form.name, form.compute, "bf16", "fp16")
    return next(way for way in ways if way in on.peaks)


def _ridge(on: Chip, form: Format) -> float:
    return equations.saturation_batch(
        peak=on.compute_peak(form.name).value,
        parameter_bytes=form.layer_bytes,
        bandwidth=on.bandwidth.value,
    )


def chart_formats(
    facts: Facts,
    *,
    model: str,
    gpu: str = "",
    dtype: str = _FORMATS,
    name: str = "",
    caption: str = "",
) -> Fragment:
    """Bytes of a model's weights by format: what is quantised, what stays wide, and the memory.

    With `gpu` a mark stands at the share of its memory that vLLM takes.
    """
    of = known_model(model)
    formats = [weight_format(form) for form in some(dtype, "dtype", _CHART, _MOST)]
    on = chip(gpu) if gpu else None
    limit = predict.UTILISATION * on.memory.value if on else None
    rows = [_stack(of, form, limit) for form in formats]
    legend = [(0, "matrices of the layers"), (1, "embeddings, LM head, norms")]
    if on and limit:
        legend.append((3, f"{predict.UTILISATION:.0%} of {on.name}".replace("%", " %", 1)))
    data = {
        "rows": rows,
        "legend": legend,
        "title": f"Weights of {of.name} by format",
        "description": "; ".join(f"{row['name']}: {row['amount']}" for row in rows),
    }
    stem = file_stem(_CHART, name, model, gpu, *(() if dtype == _FORMATS else (dtype,)))
    sources = f"Model: {citations([(of.source, of.date)])}."
    if on:
        sources = f"Memory: {cited([on.memory])}. {sources}"
    own = markup.escaped(caption) or "What a format leaves in 16 bits is counted in 16 bits."
    return shown(facts, stem, "stacks", data, f"{own} {sources}", _table(rows))


def _stack(of: Model, form: Format, limit: float | None) -> dict[str, Any]:
    whole = of.weight_bytes(form.name)
    outside = _outside(of, form)
    if outside > whole:
        raise UsageError(f"{of.name} in {form.name} has no matrices of layers to show")
    return {
        "name": f"{form.name}, {form.bits:.4g} bits a weight",
        "amount": show(whole, "byte"),
        "parts": [(0, whole - outside), (1, outside)],
        "mark": limit,
    }


def _outside(of: Model, form: Format) -> float:
    """Bytes of embeddings, LM head and norms."""
    embedding = 0.0 if of.tied_embeddings else form.embedding
    small = sum(kind.count * kind.small for kind in of.kinds) + of.hidden
    return (of.head_parameters * (form.head + embedding) + small * form.small) / 8


def _table(rows: Sequence[dict[str, Any]]) -> bytes:
    head = ["format", "bytes of the layers' matrices", "bytes of embeddings, LM head and norms"]
    return csv(head, [[row["name"], row["parts"][0][1], row["parts"][1][1]] for row in rows])
