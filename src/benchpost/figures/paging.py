"""Paging in numbers: what the size of a block costs, and how much of the cache holds a token."""

from __future__ import annotations

from typing import Any

from benchpost.errors import UsageError
from benchpost.figures import markup
from benchpost.figures.axis import Axis, linear, logarithmic
from benchpost.figures.names import changed, file_stem
from benchpost.figures.quoted import citations, some
from benchpost.figures.shown import shown
from benchpost.figures.sweep import Sweep, csv, powers
from benchpost.figures.types import Facts, Fragment
from benchpost.roofline import serving_equations
from benchpost.roofline.catalog import model as known_model
from benchpost.roofline.units import show

_TABLE, _CHART = "table blocks", "chart paging"
_PERCENT = 0.01


def table_blocks(
    facts: Facts,
    *,
    model: str,
    tokens: int = 1000,
    block: str = "16, 32, 64, 128",
    kv: str = "bf16",
    caption: str = "",
) -> Fragment:
    """What a block of the KV cache is by its size: bytes, and what is empty of each request.

    The last block of a request is half empty on average; the share is of a request that holds
    `tokens`.
    """
    of, each = known_model(model), known_model(model).kv_bytes_per_token(kv)
    rows = []
    for size in _sizes(block, _TABLE):
        empty = (size - 1) / 2
        share = serving_equations.paged_share(held_tokens=tokens, block_tokens=size)
        rows.append(
            [
                f"{size:,}",
                show(size * each, "byte"),
                f"{empty:,.1f} tokens",
                show(empty * each, "byte"),
                f"{1 - share:.1%}".replace("%", " %"),
            ]
        )
    columns = ["Block, tokens", "Bytes of a block", "Empty of each request", "In bytes"]
    table = markup.table([*columns, f"Of a request of {tokens:,}"], rows, "rrrrr")
    own = f"{markup.escaped(caption)} " if caption else ""
    note = f"{own}{markup.escaped(of.name)}, KV cache in {kv.upper()}; lengths of all kinds. "
    return Fragment(markup.captioned(table, f"{note}Model: {citations([(of.source, of.date)])}."))


def _sizes(block: str, head: str) -> list[int]:
    found = some(block, "block", head)
    if not all(word.isdecimal() and int(word) > 0 for word in found):
        raise UsageError(
            f"option 'block' of {head!r} must be whole numbers separated by commas, not \"{block}\""
        )
    return [int(word) for word in found]


def chart_paging(
    facts: Facts,
    *,
    block: str = "16, 128",
    reserve: int = 2048,
    name: str = "",
    caption: str = "",
) -> Fragment:
    """How much of the slots set aside for a request hold a token, against its length.

    In blocks of each size, the last one half empty on average, and in one piece of `reserve`.
    """
    sizes = _sizes(block, _CHART)
    if len(sizes) > 3:
        raise UsageError(f"{_CHART!r} shows at most 3 sizes of 'block', not {len(sizes)}")
    if reserve < 32:
        raise UsageError(f"option 'reserve' of {_CHART!r} must be at least 32, not {reserve}")
    axis = logarithmic("tokens of the request", 16, reserve, base=2.0)
    sweeps = {f"blocks of {size}": _paged(size) for size in sizes}
    sweeps[f"one piece of {reserve:,}"] = _contiguous(reserve)
    data = {
        "x": axis.data(),
        "y": linear("slots that hold a token, %", [100.0]).data(),
        "series": [
            {"sweep": sweep.data(), "style": i, "label": label, "dash": i}
            for i, (label, sweep) in enumerate(sweeps.items())
        ],
        "title": "Share of the KV cache set aside for a request that holds a token",
        "description": _said(sweeps, axis),
    }
    source = serving_equations.paged_share.source
    own = f"{markup.escaped(caption)} " if caption else ""
    note = f"{own}Closed forms; {markup.linked(source)}."
    stem = file_stem(_CHART, name, *changed(block=(block, "16, 128"), reserve=(reserve, 2048)))
    return shown(facts, stem, "lines", data, note, _table(sweeps, axis))


def _paged(size: int) -> Sweep:
    return Sweep(("paged_share",), {"block_tokens": float(size)}, ("held_tokens",), per=_PERCENT)


def _contiguous(reserve: int) -> Sweep:
    terms = {"reserve_tokens": float(reserve)}
    return Sweep(("contiguous_share",), terms, ("held_tokens",), per=_PERCENT)


def _said(sweeps: dict[str, Sweep], axis: Axis) -> str:
    return "; ".join(
        f"{label}: {sweep.at(axis.lo):.0f} % at {int(axis.lo)} tokens, {sweep.at(256):.0f} % at "
        f"256, {sweep.at(axis.hi):.0f} % at {int(axis.hi):,}"
        for label, sweep in sweeps.items()
    )


def _table(sweeps: dict[str, Sweep], axis: Axis) -> bytes:
    rows: list[list[Any]] = [
        [x, *(sweep.at(x) for sweep in sweeps.values())] for x in powers(axis.lo, axis.hi)
    ]
    return csv(["tokens", *(f"{label}, %" for label in sweeps)], rows)
