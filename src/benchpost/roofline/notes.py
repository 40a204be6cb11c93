"""What must be said beside a prediction, a sentence each."""

from __future__ import annotations

from typing import Any

from benchpost.roofline.chips import PLATFORMS, Chip
from benchpost.roofline.kinds import Attention
from benchpost.roofline.models import Model


def about_sharing(model: Model, tp: int) -> tuple[str, ...]:
    """That heads cannot be shared by so many GPUs evenly, as vLLM wants it."""
    if shares(model, tp):
        return ()
    what = "heads" if model.heads % tp else "key-value heads"
    count = model.heads if model.heads % tp else model.kv_heads
    good = ", ".join(str(gpus) for gpus in (1, 2, 4, 8, 16) if shares(model, gpus))
    return (
        f"{count} {what} cannot be shared evenly by {tp} GPUs, and vLLM refuses to; tp may be "
        f"{good}; the figures are of a server that could",
    )


def shares(model: Model, tp: int) -> bool:
    """Whether so many GPUs can share the heads of `model` in vLLM.

    Query heads must be a multiple of the GPUs; key-value heads a multiple or a divisor: then each
    is held by several. Source: vLLM, `ModelConfig.verify_with_parallel_config` and
    `QKVParallelLinear`.
    """
    plain = any(isinstance(kind.mixer, Attention) for kind in model.kinds)
    kv = model.kv_heads if plain else tp
    return model.heads % tp == 0 and (kv % tp == 0 or tp % kv == 0)


def about_platform(chip: Chip) -> tuple[str, ...]:
    """That the platform of a chip of the user's own was not stated, and what it was taken for."""
    if chip.platform_stated:
        return ()
    return (
        f"no platform is stated of {chip.name}: taken as `{chip.platform}`, "
        f"{PLATFORMS[chip.platform]}; the time of a layer depends on it",
    )


def about_length(model: Model, tokens: Any) -> tuple[str, ...]:
    """That a sequence is longer than the model was made for."""
    longest = float(tokens.max() if hasattr(tokens, "max") else tokens)
    if not model.max_context or longest <= model.max_context:
        return ()
    return (
        f"{longest:,.0f} tokens are more than the {model.max_context:,} that {model.name} takes "
        "without a setting of its own; the figures are of one that did",
    )


def about_room(chip: Chip, tp: int, held: float, kv_bytes: Any) -> tuple[str, ...]:
    """That weights and KV cache, in bytes on each GPU, are more than its memory, where they are."""
    there = chip.memory.value
    most = float(kv_bytes.max() if hasattr(kv_bytes, "max") else kv_bytes)
    if held + most <= there:
        return ()
    cards = f"each of {tp} × {chip.name}" if tp > 1 else chip.name
    return (
        f"does not fit: {held / 1e9:.3g} GB of weights and {most / 1e9:.3g} GB of KV cache are "
        f"more than the {there / 1e9:.4g} GB of {cards}; the figures are of one that had room",
    )
