"""The diagram of a block table: logical blocks in order, physical blocks wherever one was free."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from benchpost.errors import UsageError
from benchpost.figures import markup
from benchpost.figures.names import changed, file_stem
from benchpost.figures.quoted import citations, listed
from benchpost.figures.shown import shown
from benchpost.figures.sweep import csv
from benchpost.figures.types import Facts, Fragment
from benchpost.roofline.catalog import model as known_model
from benchpost.roofline.units import show

_HEAD = "diagram blocks"
_LENGTHS = "60, 39"
_MOST_REQUESTS, _MOST_BLOCKS = 3, 8
_POOL, _STRIDE = 16, 7
"""Blocks of the drawn cache, and how far apart two that are taken in turn lie: any odd number."""


def diagram_blocks(
    facts: Facts,
    *,
    lengths: str = _LENGTHS,
    shared: int = 16,
    block: int = 16,
    model: str = "",
    kv: str = "bf16",
    name: str = "",
    caption: str = "",
) -> Fragment:
    """Block tables of requests of `lengths` tokens, the first `shared` tokens of which are alike.

    Each request sees its blocks in order; in the cache they lie wherever a block was free. Only
    the last block of a request has empty slots, and only whole blocks are shared. With `model` the
    empty slots are counted in bytes too.
    """
    tokens = _checked(lengths, shared, block)
    tables = _tables(tokens, shared // block, block)
    data = _data(tokens, tables, block)
    note = markup.escaped(caption) or "The number under a block is its place in the cache."
    if model:
        note += f" {_bytes(tokens, tables, block, model, kv)}"
    parts = [*(listed(lengths) if lengths != _LENGTHS else ()), model]
    parts += changed(shared=(shared, 16), block=(block, 16), kv=(kv, "bf16"))
    stem = file_stem(_HEAD, name, *parts)
    return shown(facts, stem, "blocks", data, note, _csv(tokens, tables, block))


def _checked(lengths: str, shared: int, block: int) -> list[int]:
    found = [word.strip() for word in lengths.split(",")]
    if not all(word.isdecimal() and int(word) > 0 for word in found):
        raise UsageError(
            f"option 'lengths' of {_HEAD!r} must be whole numbers separated by commas, "
            f'not "{lengths}"'
        )
    tokens = [int(word) for word in found]
    if block < 1 or not 0 <= shared <= min(tokens):
        raise UsageError(
            f"{_HEAD!r} needs block= from 1 and shared= from 0 up to the shortest of lengths="
        )
    most = max(math.ceil(length / block) for length in tokens)
    if len(tokens) > _MOST_REQUESTS or most > _MOST_BLOCKS:
        raise UsageError(
            f"{_HEAD!r} shows at most {_MOST_REQUESTS} requests of {_MOST_BLOCKS} blocks, not "
            f"{len(tokens)} of {most}"
        )
    return tokens


def _tables(tokens: Sequence[int], shared: int, block: int) -> list[list[int]]:
    """Places of each request's blocks: the shared ones first, the others in turn as they grow."""
    places = iter((_STRIDE * i + 3) % _POOL for i in range(_POOL * _MOST_REQUESTS))
    common = [next(places) for _ in range(shared)]
    tables = [list(common) for _ in tokens]
    for number in range(shared, max(math.ceil(length / block) for length in tokens)):
        for table, length in zip(tables, tokens, strict=True):
            if number * block < length:
                table.append(next(places))
    if len({place for table in tables for place in table}) > _POOL - 1:
        raise UsageError(f"{_HEAD!r} shows a cache of {_POOL} blocks; choose a larger block=")
    return tables


def _filled(length: int, number: int, block: int) -> float:
    return min(1.0, (length - number * block) / block)


def _data(tokens: Sequence[int], tables: Sequence[Sequence[int]], block: int) -> dict[str, Any]:
    pool: list[tuple[list[int], float]] = [([], 0.0) for _ in range(_POOL)]
    requests = []
    for i, (length, table) in enumerate(zip(tokens, tables, strict=True)):
        blocks = [(place, _filled(length, n, block)) for n, place in enumerate(table)]
        for place, filled in blocks:
            pool[place] = ([*pool[place][0], i], filled)
        heading = f"Request {'ABC'[i]}: {length:,} tokens in {len(table)} blocks"
        requests.append({"heading": heading, "blocks": blocks})
    count = _count(tokens, tables, block)
    said = "; ".join(
        f"request {'ABC'[i]}, {length} tokens, block table {', '.join(map(str, table))}"
        for i, (length, table) in enumerate(zip(tokens, tables, strict=True))
    )
    return {
        "requests": requests,
        "heading": f"KV cache: blocks of {block} tokens",
        "count": count,
        "pool": pool,
        "title": "Block tables and the KV cache",
        "description": f"{said[0].upper()}{said[1:]}. {count}.",
    }


def _count(tokens: Sequence[int], tables: Sequence[Sequence[int]], block: int) -> str:
    taken, empty = _taken(tables), _empty(tokens, block)
    alike = sum(map(len, tables)) - taken
    shared = f", {alike} fewer by sharing" if alike else ""
    return f"{taken} blocks taken{shared}; {empty} of {taken * block} slots empty" + (
        f", {empty / (taken * block):.0%}".replace("%", " %")
    )


def _taken(tables: Sequence[Sequence[int]]) -> int:
    return len({place for table in tables for place in table})


def _empty(tokens: Sequence[int], block: int) -> int:
    """Slots without a token: in the last block of each request only."""
    return sum(-length % block for length in tokens)


def _bytes(
    tokens: Sequence[int], tables: Sequence[Sequence[int]], block: int, model: str, kv: str
) -> str:
    of = known_model(model)
    each = of.kv_bytes_per_token(kv)
    held, empty = _taken(tables) * block * each, _empty(tokens, block) * each
    return (
        f"With {markup.escaped(of.name)} and a KV cache in {kv.upper()} a block is "
        f"{show(block * each, 'byte')}: {show(held, 'byte')} taken, {show(empty, 'byte')} empty. "
        f"Model: {citations([(of.source, of.date)])}."
    )


def _csv(tokens: Sequence[int], tables: Sequence[Sequence[int]], block: int) -> bytes:
    rows: list[list[str | float]] = [
        ["ABC"[i], number, place, round(_filled(length, number, block) * block)]
        for i, (length, table) in enumerate(zip(tokens, tables, strict=True))
        for number, place in enumerate(table)
    ]
    return csv(["request", "logical block", "physical block", "tokens"], rows)
