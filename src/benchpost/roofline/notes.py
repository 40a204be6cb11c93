"""What must be said beside a prediction, a sentence each."""

from __future__ import annotations

from typing import Any

from benchpost.roofline.chips import PLATFORMS, Chip


def about_platform(chip: Chip) -> tuple[str, ...]:
    """That the platform of a chip of the user's own was not stated, and what it was taken for."""
    if chip.platform_stated:
        return ()
    return (
        f"no platform is stated of {chip.name}: taken as `{chip.platform}`, "
        f"{PLATFORMS[chip.platform]}; the time of a layer depends on it",
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
