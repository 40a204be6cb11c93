"""The diagram of parallelism: what each GPU holds under each strategy."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from benchpost.errors import UsageError
from benchpost.figures import markup
from benchpost.figures.names import changed, file_stem
from benchpost.figures.quoted import citations
from benchpost.figures.shown import shown
from benchpost.figures.sweep import csv
from benchpost.figures.types import Facts, Fragment
from benchpost.roofline.catalog import Model
from benchpost.roofline.catalog import model as known_model
from benchpost.roofline.heads import kv_copies, kv_heads_on
from benchpost.roofline.units import show
from benchpost.roofline.work import work

_HEAD = "diagram parallel"


def diagram_parallel(
    facts: Facts,
    *,
    model: str,
    gpus: int = 4,
    dtype: str = "bf16",
    name: str = "",
    caption: str = "",
) -> Fragment:
    """What each of `gpus` holds of a model: tensor, pipeline, data, expert parallel.

    Bytes are of the weights; each row says what the GPUs exchange in a step.
    """
    of = known_model(model)
    if gpus not in (2, 4):
        raise UsageError(f"option 'gpus' of {_HEAD!r} must be 2 or 4, not {gpus}")
    rows = [_tensor(of, gpus, dtype), _pipeline(of, gpus, dtype), _data(of, gpus, dtype)]
    if of.experts:
        rows.append(_experts(of, gpus, dtype))
    data = {
        "rows": rows,
        "title": f"{of.name} on {gpus} GPUs, by strategy",
        "description": " ".join(
            f"{row['heading']}: {', '.join(row['gpus'][0]['lines'][1:])} on each GPU; "
            f"{row['note']}."
            for row in rows
        ),
    }
    own = markup.escaped(caption) or f"Weights in {dtype.upper()}."
    note = f"{own} Model: {citations([(of.source, of.date)])}."
    stem = file_stem(_HEAD, name, model, *changed(gpus=(gpus, 4), dtype=(dtype, "bf16")))
    return shown(facts, stem, "ranks", data, note, _csv(rows))


def _gpus(style: int, each: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    return [{"style": style, "lines": [f"GPU {i}", *lines]} for i, lines in enumerate(each)]


def _tensor(of: Model, gpus: int, dtype: str) -> dict[str, Any]:
    size = show(of.weight_bytes(dtype) / gpus, "byte")
    heads = kv_heads_on(of, gpus)
    copies = kv_copies(of, gpus)
    kept = "whole latent KV" if of.latent_rank else f"{heads} of {of.kv_heads} KV heads"
    twice = f"; KV cache held {copies} times" if copies > 1 else "; KV cache split by heads"
    return {
        "heading": f"Tensor parallel {gpus}: a piece of every matrix",
        "note": f"two all-reduces in each of {of.layers} layers{twice}",
        "gpus": _gpus(0, [[f"{of.layers} layers, 1/{gpus}", kept, size]] * gpus),
    }


def _pipeline(of: Model, gpus: int, dtype: str) -> dict[str, Any]:
    size = show(of.weight_bytes(dtype) / gpus, "byte")
    ends = [round(of.layers * i / gpus) for i in range(gpus + 1)]
    kept = "their latent KV" if of.latent_rank else f"{of.kv_heads} KV heads"
    lines = [[f"layers {first + 1}–{last}", kept, size] for first, last in pairwise(ends)]
    return {
        "heading": f"Pipeline parallel {gpus}: a run of layers each",
        "note": "hidden states go from stage to stage; one token is no faster",
        "gpus": _gpus(1, lines),
    }


def _data(of: Model, gpus: int, dtype: str) -> dict[str, Any]:
    size = show(of.weight_bytes(dtype), "byte")
    return {
        "heading": f"Data parallel {gpus}: the whole model each",
        "note": "nothing is exchanged; each has its own requests and KV cache",
        "gpus": _gpus(2, [[f"{of.layers} layers", "own requests", size]] * gpus),
    }


def _experts(of: Model, gpus: int, dtype: str) -> dict[str, Any]:
    routed = sum(r.count * r.experts * r.expert_bytes for r in work(of, dtype).routed)
    size = show(of.weight_bytes(dtype) - routed + routed / gpus, "byte")
    part = of.experts // gpus
    lines = [[f"exp. {part * i + 1}–{part * (i + 1)}", "all attention", size] for i in range(gpus)]
    return {
        "heading": f"Data parallel {gpus} with expert parallel {gpus}",
        "note": "tokens go to their experts and back, layer by layer",
        "gpus": _gpus(3, lines),
    }


def _csv(rows: Sequence[dict[str, Any]]) -> bytes:
    lines = [
        [row["heading"].partition(":")[0], *gpu["lines"]] for row in rows for gpu in row["gpus"]
    ]
    return csv(["strategy", "GPU", "weights", "KV cache", "bytes of weights"], lines)
