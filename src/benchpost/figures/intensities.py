"""Where the operations of a model lie along arithmetic intensity, near ones as one point."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from benchpost.roofline.catalog import Model
from benchpost.roofline.layers import Operation, operations, total_flops, total_moved

_NEAR = 2.5
"""Matmuls whose intensities differ by a smaller factor share a point and its label."""
_COVERS = 0.15
"""Difference of logarithms at which two points cannot be told apart."""


@dataclass(frozen=True)
class Point:
    """Operations of about one intensity."""

    label: str
    """Which they are."""
    intensity: float
    """FLOPs for each byte, of all of them together."""
    is_attention: bool
    """Attention; otherwise matmuls."""


def points_of(
    model: Model, *, batch: int, context: int, prompt: int, dtype: str, kv: str
) -> list[Point]:
    """A decode step of `batch` sequences; with `prompt`, a prefill of so many tokens too."""
    step = operations(model, tokens=1, context=context, batch=batch, dtype=dtype, kv=kv)
    if not prompt:
        return list(_clustered(step, ""))
    prefill = operations(model, tokens=prompt, dtype=dtype, kv=kv)
    return _joined([*_clustered(step, "decode: "), *_clustered(prefill, "prefill: ")])


def _joined(points: Sequence[Point]) -> list[Point]:
    """Points that would cover each other, as one with both labels."""
    found: list[Point] = []
    for point in points:
        near = [i for i, other in enumerate(found) if _covers(point, other)]
        if near:
            other = found[near[0]]
            found[near[0]] = replace(other, label=f"{other.label}, {point.label}")
        else:
            found.append(point)
    return found


def _covers(point: Point, other: Point) -> bool:
    apart = abs(math.log(point.intensity / other.intensity))
    return apart < _COVERS and point.is_attention == other.is_attention


def _clustered(done: Sequence[Operation], prefix: str) -> Iterator[Point]:
    """One point for operations of one kind that lie together."""
    for kind in ("matmul", "attention"):
        same = [operation for operation in done if operation.kind == kind]
        for cluster in _clusters(sorted(same, key=lambda o: o.arithmetic_intensity)):
            intensity = total_flops(cluster) / total_moved(cluster)
            yield Point(prefix + _words(cluster, same), intensity, kind == "attention")


def _clusters(ordered: Sequence[Operation]) -> list[list[Operation]]:
    clusters: list[list[Operation]] = []
    for each in ordered:
        if clusters and each.arithmetic_intensity < _NEAR * clusters[-1][0].arithmetic_intensity:
            clusters[-1].append(each)
        else:
            clusters.append([each])
    return clusters


def _words(cluster: Sequence[Operation], same: Sequence[Operation]) -> str:
    if len(cluster) == len(same) > 1:
        return "all matmuls"
    in_layers = {operation for operation in same if operation.module != "LM head"}
    if len(cluster) > 1 and set(cluster) == in_layers:
        return "matmuls of the layers"
    return ", ".join(operation.name for operation in cluster)
