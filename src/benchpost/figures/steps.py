"""The table of a step: every matmul and attention of a model, and what bounds it."""

from __future__ import annotations

from collections.abc import Sequence

from benchpost.figures import markup
from benchpost.figures.quoted import citations, cited
from benchpost.figures.types import Facts, Fragment
from benchpost.roofline import equations
from benchpost.roofline.catalog import Chip, Model, chip
from benchpost.roofline.catalog import model as known_model
from benchpost.roofline.layers import Operation, operations, total_flops, total_moved
from benchpost.roofline.units import show


def table_operations(
    facts: Facts,
    *,
    model: str,
    gpu: str = "",
    tokens: int = 1,
    context: int = 0,
    batch: int = 1,
    dtype: str = "bf16",
    kv: str = "bf16",
    caption: str = "",
) -> Fragment:
    """Every matmul and attention of a step with its size, FLOPs, bytes and what bounds it.

    A decode step is `tokens=1` at a `context`; a prefill is `tokens` of a prompt.
    """
    of = known_model(model)
    on = chip(gpu) if gpu else None
    context = context or tokens
    done = operations(of, tokens=tokens, context=context, batch=batch, dtype=dtype, kv=kv)
    head = ["Operation", "M × K × N", "Times", "FLOPs", "Bytes", "FLOP/byte"]
    rows = [
        [operation.name, _shape(operation, of, batch), *_amounts(operation, on, dtype)]
        for operation in done
    ]
    bound = ["Time", "Bound by"] if on else []
    table = markup.table([*head, *bound], [*rows, _totals(done, on, dtype)], "llrrrrrl")
    note = _note(caption, of, on, step_words(tokens, context, batch), dtype)
    return Fragment(markup.captioned(table, note))


def _shape(operation: Operation, of: Model, batch: int) -> str:
    shape = f"{operation.m:,} × {operation.k:,} × {operation.n:,}"
    if operation.kind == "matmul":
        return shape
    sequences = f", {batch} sequences" if batch > 1 else ""
    return f"{shape}, {of.heads} heads{sequences}"


def _amounts(operation: Operation, on: Chip | None, dtype: str) -> list[str]:
    cells = [
        f"{operation.count}",
        show(operation.flops, "flop"),
        show(operation.moved, "byte"),
        show(operation.arithmetic_intensity, "1"),
    ]
    if on is None:
        return cells
    time = show(operation.time_on(on, dtype), "second")
    return [*cells, time, operation.bound_on(on, dtype)]


def _totals(done: Sequence[Operation], on: Chip | None, dtype: str) -> list[str]:
    flops, moved = total_flops(done), total_moved(done)
    intensity = equations.arithmetic_intensity(flops=flops, moved=moved)
    cells = [show(flops, "flop"), show(moved, "byte"), show(intensity, "1")]
    if on:
        time = sum(operation.count * operation.time_on(on, dtype) for operation in done)
        cells += [show(time, "second"), ""]
    return ["all, as often as they are done", "", "", *cells]


def _note(caption: str, of: Model, on: Chip | None, step: str, dtype: str) -> str:
    own = f"{markup.escaped(caption)} " if caption else ""
    said = f"{own}{markup.escaped(of.name)}, {step}, {dtype.upper()}"
    model = f"Model: {citations([(of.source, of.date)])}."
    if on is None:
        return f"{said}. {model}"
    bandwidth, peak = on.bandwidth, on.compute_peak(dtype)
    ridge = equations.ridge_point(peak=peak.value, bandwidth=bandwidth.value)
    return (
        f"{said}, on {markup.escaped(on.name)} with its ridge point at {show(ridge, 'flop/byte')}. "
        f"Times are bounds of the datasheet: {cited([bandwidth, peak])}. {model}"
    )


def step_words(tokens: int, context: int, batch: int) -> str:
    """A step in words, e.g. `a decode step of 1 sequence at 4,096 tokens of context`."""
    sequences = f"{batch} sequence{'' if batch == 1 else 's'}"
    kind = "a decode step" if tokens == 1 else f"{tokens:,} new tokens"
    return f"{kind} of {sequences} at {context:,} tokens of context"
