"""The diagram of a matrix product, its counts made by the same equations as the text's."""

from __future__ import annotations

from typing import Any

from benchpost.errors import UsageError
from benchpost.figures import markup
from benchpost.figures.names import changed, file_stem
from benchpost.figures.shown import shown
from benchpost.figures.types import Facts, Fragment
from benchpost.roofline.catalog import format_bytes
from benchpost.roofline.equations import EQUATIONS
from benchpost.roofline.units import show

_SYMBOLIC = {
    "sides": [100.0, 140.0, 120.0],
    "names": ["M", "K", "N"],
    "matrices": {
        "a": ["A", "M · K", "read"],
        "b": ["B", "K · N", "read"],
        "c": ["C", "M · N", "written"],
    },
    "rule": ["C = A · B", "each element of C:", "K multiply-adds"],
    "counts": [
        ["FLOPs", "2 · M · K · N"],
        ["elements read", "M · K + K · N"],
        ["elements written", "M · N"],
    ],
    "title": "C = A · B, with A of M × K, B of K × N and C of M × N",
    "description": "An element of C is the product of a row of A and a column of B, K "
    "multiply-adds. In all 2 · M · K · N FLOPs; M · K + K · N elements are read, M · N written.",
}


def diagram_matmul(
    facts: Facts,
    *,
    m: int | None = None,
    k: int | None = None,
    n: int | None = None,
    dtype: str = "bf16",
    name: str = "",
    caption: str = "",
) -> Fragment:
    """C = A · B with what it reads, writes and computes; symbolic without `m`, `k` and `n`."""
    sides = (m, k, n)
    if None in sides and any(sides):
        raise UsageError("'diagram matmul' needs all of m, k and n, or none of them")
    if m is None or k is None or n is None:
        stem = file_stem("diagram matmul", name)
        note = caption or "Sides are not to scale."
        return shown(facts, stem, "matmul", _SYMBOLIC, markup.escaped(note))
    if min(m, k, n) < 1:
        raise UsageError(f"a matrix has at least one row and column, not {min(m, k, n)}")
    stem = file_stem(
        "diagram matmul", name, f"m{m}", f"k{k}", f"n{n}", *changed(dtype=(dtype, "bf16"))
    )
    note = caption or f"{dtype.upper()}. Sides are not to scale."
    return shown(facts, stem, "matmul", _counted(m, k, n, dtype), markup.escaped(note))


def _counted(m: int, k: int, n: int, dtype: str) -> dict[str, Any]:
    element = format_bytes(dtype)
    flops = EQUATIONS["matmul_flops"](m=m, k=k, n=n)
    moved = EQUATIONS["matmul_bytes"](m=m, k=k, n=n, element_bytes=element)
    read, written = element * (m * k + k * n), element * m * n
    counts = {
        "FLOPs": show(flops, "flop"),
        "read": show(read, "byte"),
        "written": show(written, "byte"),
        "intensity": show(flops / moved, "flop/byte"),
    }
    return {
        "sides": [m, k, n],
        "names": [f"M = {m:,}", f"K = {k:,}", f"N = {n:,}"],
        "matrices": {
            "a": ["A", show(element * m * k, "byte"), "read"],
            "b": ["B", show(element * k * n, "byte"), "read"],
            "c": ["C", show(written, "byte"), "written"],
        },
        "rule": ["C = A · B", "each element of C:", f"{k:,} multiply-adds"],
        "counts": [list(count) for count in counts.items()],
        "title": f"C = A · B, with A of {m:,} × {k:,}, B of {k:,} × {n:,} and C of {m:,} × {n:,}",
        "description": f"{counts['FLOPs']}; {counts['read']} are read and "
        f"{counts['written']} written, which is {counts['intensity']}.",
    }
