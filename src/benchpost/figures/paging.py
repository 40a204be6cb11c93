"""Paging in numbers: what the size of a block costs."""

from __future__ import annotations

from benchpost.errors import UsageError
from benchpost.figures import markup
from benchpost.figures.quoted import citations, some
from benchpost.figures.types import Facts, Fragment
from benchpost.roofline import serving_equations
from benchpost.roofline.catalog import model as known_model
from benchpost.roofline.units import show

_HEAD = "table blocks"


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
    for size in _sizes(block):
        empty = (size - 1) / 2
        share = serving_equations.paged_share(held_tokens=tokens, block_tokens=size)
        rows.append(
            [
                f"{size:,}",
                show(size * each, "byte"),
                f"{empty:,.1f}",
                show(empty * each, "byte"),
                f"{1 - share:.1%}".replace("%", " %"),
            ]
        )
    columns = ["Block", "Bytes", "Empty, tokens", "Empty, bytes"]
    table = markup.table([*columns, f"Of {tokens:,} tokens"], rows, "rrrrr")
    own = f"{markup.escaped(caption)} " if caption else ""
    note = f"{own}{markup.escaped(of.name)}, KV cache in {kv.upper()}; empty of each request. "
    return Fragment(markup.captioned(table, f"{note}Model: {citations([(of.source, of.date)])}."))


def _sizes(block: str) -> list[int]:
    found = some(block, "block", _HEAD)
    if not all(word.isdecimal() and int(word) > 0 for word in found):
        raise UsageError(
            f"option 'block' of {_HEAD!r} must be whole numbers separated by commas, "
            f'not "{block}"'
        )
    return [int(word) for word in found]
