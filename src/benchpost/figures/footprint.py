"""The diagrams of memory: what fills a GPU, and how requests share the KV cache."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any, Literal

from benchpost.errors import UsageError
from benchpost.figures import markup
from benchpost.figures.names import changed, file_stem
from benchpost.figures.quoted import MOST, citations, listed
from benchpost.figures.shown import shown
from benchpost.figures.types import Facts, Fragment
from benchpost.roofline import equations
from benchpost.roofline.catalog import Chip, Model, chip
from benchpost.roofline.catalog import model as known_model
from benchpost.roofline.units import show

_HEAD = "diagram memory"
_LENGTHS = "900, 300, 1500"
_CELLS = 720
"""Blocks that can be told apart on one drawing."""

Cell = tuple[int, float]


def diagram_memory(
    facts: Facts,
    *,
    kind: Literal["share", "paging"] = "share",
    gpu: str = "",
    model: str = "",
    context: int = 8192,
    batch: int = 1,
    tokens: int = 2048,
    dtype: str = "bf16",
    kv: str = "bf16",
    lengths: str = _LENGTHS,
    reserve: int = 2048,
    block: int = 16,
    name: str = "",
    caption: str = "",
) -> Fragment:
    """What lies in a GPU's memory.

    `share`: weights, KV cache of `batch` sequences of `context` tokens, and the activations of a
    step of `tokens`, as parts of the memory of `gpu`. `paging`: requests of `lengths` tokens, each
    with `reserve` tokens set aside in one piece, against blocks of `block` tokens.
    """
    if kind == "paging":
        data = _paging(_lengths(lengths, reserve), reserve, block, model, kv)
        own = changed(reserve=(reserve, 2048), block=(block, 16), kv=(kv, "bf16"))
        parts = [*(listed(lengths) if lengths != _LENGTHS else ()), *own, model]
        stem = file_stem("diagram memory paging", name, *parts)
        return shown(facts, stem, "memory-paging", data, markup.escaped(caption or _PAGED))
    if not gpu or not model:
        raise UsageError(f'{_HEAD!r} needs gpu= and model=, or kind="paging"')
    _positive(context=context, batch=batch, tokens=tokens)
    on, of = chip(gpu), known_model(model)
    sizes = changed(context=(context, 8192), batch=(batch, 1), tokens=(tokens, 2048))
    parts = [gpu, model, *sizes, *changed(dtype=(dtype, "bf16"), kv=(kv, "bf16"))]
    note = markup.escaped(caption) if caption else _note(on, of)
    data = _share(on, of, (batch, context, tokens), dtype, kv)
    return shown(facts, file_stem(_HEAD, name, *parts), "memory-share", data, note)


_PAGED = "A square is a block; a pale one is set aside and empty."


def _positive(**values: int) -> None:
    for key, value in values.items():
        if value < 1:
            raise UsageError(f"option {key!r} of {_HEAD!r} must be at least 1, not {value}")


def _note(on: Chip, of: Model) -> str:
    sources = [(on.memory.source, on.memory.date), (of.source, of.date)]
    return (
        "Activations are those of the largest matmul of a step; CUDA graphs and what the driver "
        f"keeps are not counted. Memory and shapes: {citations(sources)}."
    )


def _share(on: Chip, of: Model, sizes: tuple[int, int, int], dtype: str, kv: str) -> dict[str, Any]:
    batch, context, tokens = sizes
    cache = equations.kv_bytes(
        batch=batch, context=context, kv_bytes_per_token=of.kv_bytes_per_token(kv)
    )
    sequences = f"{batch:,} × {context:,}" if batch > 1 else f"{context:,}"
    parts = [
        ("Weights", f"Weights, {dtype.upper()}", of.weight_bytes(dtype)),
        ("KV cache", f"KV cache, {sequences} tokens", cache),
        ("Activations", f"Activations, {tokens:,} tokens", _activations(of, tokens)),
    ]
    free = on.memory.value - sum(size for _, _, size in parts)
    left = ["Free", show(free, "byte"), _percent(free / on.memory.value)]
    over = ["Does not fit", f"{show(-free, 'byte')} too much", ""]
    said = "; ".join(f"{long} {show(size, 'byte')}" for _, long, size in parts)
    return {
        "heading": f"{on.name} with {of.name}",
        "parts": [
            {
                "label": label,
                "name": long,
                "amount": show(size, "byte"),
                "share": _percent(size / on.memory.value),
                "bytes": size,
            }
            for label, long, size in parts
        ],
        "capacity": on.memory.value,
        "memory": show(on.memory.value, "byte"),
        "free": left if free >= 0 else over,
        "title": f"Memory of {on.name} with {of.name}",
        "description": f"Of {show(on.memory.value, 'byte')}: {said}; "
        + (f"{show(free, 'byte')} free." if free >= 0 else f"{over[1]}, it does not fit."),
    }


def _activations(of: Model, tokens: int) -> float:
    """Inputs and outputs of the largest matmul of a step, gate and up taken as one."""
    return equations.linear_bytes(
        m=tokens, k=of.hidden, n=2 * of.intermediate, element_bytes=2, parameter_bytes=0
    )


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %") if share >= 0.01 else "< 1 %"


def _lengths(written: str, reserve: int) -> list[int]:
    found = listed(written.replace(",", " , "))
    if not all(length.isdecimal() and 0 < int(length) <= reserve for length in found):
        raise UsageError(
            f"option 'lengths' of {_HEAD!r} must be whole numbers up to reserve={reserve}, "
            f'separated by commas, not "{written}"'
        )
    if not 1 <= len(found) <= MOST:
        raise UsageError(f"{_HEAD!r} shows 1 to {MOST} requests, not {len(found)}")
    return [int(length) for length in found]


def _paging(
    lengths: Sequence[int], reserve: int, block: int, model: str, kv: str
) -> dict[str, Any]:
    _positive(block=block)
    each = math.ceil(reserve / block)
    if each * len(lengths) > _CELLS:
        raise UsageError(
            f"{each * len(lengths)} blocks cannot be told apart in {_HEAD!r}, {_CELLS} can: "
            "choose a larger block= or a smaller reserve="
        )
    filled = [_filled(i, length, block) for i, length in enumerate(lengths)]
    apart = [(*cells, *[(i, 0.0)] * (each - len(cells))) for i, cells in enumerate(filled)]
    taken = [cell for turn in zip_longest(*filled) for cell in turn if cell]
    used, paged = sum(lengths), block * len(taken)
    size = known_model(model).kv_bytes_per_token(kv) if model else 0.0
    counts = [_counted(used, held, size) for held in (reserve * len(lengths), paged)]
    return {
        "requests": [f"{length:,} tokens" for length in lengths],
        "contiguous": {
            "heading": f"Contiguous: {reserve:,} tokens set aside for each request",
            "count": counts[0],
            "cells": [cell for cells in apart for cell in cells],
        },
        "paged": {
            "heading": f"Paged: blocks of {block:,} tokens, taken when needed",
            "count": counts[1],
            "cells": taken,
        },
        "title": f"The KV cache of {len(lengths)} requests, contiguous and paged",
        "description": f"Requests of {', '.join(f'{n:,}' for n in lengths)} tokens. In one piece "
        f"of {reserve:,} tokens each: {counts[0]}. In blocks of {block:,} tokens: {counts[1]}.",
    }


def _filled(request: int, length: int, block: int) -> list[Cell]:
    whole, rest = divmod(length, block)
    return [(request, 1.0)] * whole + ([(request, rest / block)] if rest else [])


def _counted(used: int, held: int, size: float) -> str:
    amount = f" ({show(held * size, 'byte')})" if size else ""
    return f"{held:,} tokens held{amount}, {used / held:.0%} used".replace("%", " %")
