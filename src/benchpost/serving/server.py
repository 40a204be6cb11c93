"""How a server is set up: its policy, its limits, its KV cache; vLLM's where nothing is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from benchpost.errors import UsageError, near
from benchpost.roofline.catalog import Chip
from benchpost.roofline.predict import BLOCK_TOKENS, UTILISATION, Setting, memory
from benchpost.roofline.sizes import at_least

POLICIES = {
    "static": "a full batch is taken, padded, and run until its longest output is done",
    "dynamic": "a batch of whatever waits 10 ms after its first request, padded and run like that",
    "continuous": "requests join and leave at every step, whole prompts before decoding",
    "chunked": "requests join and leave at every step, prompts in chunks beside decoding (vLLM V1)",
}
"""Ways of batching, each with what it does."""

GIB = 2**30


@dataclass(frozen=True)
class Server:
    """A server's limits."""

    blocks: int
    """KV-cache blocks."""
    policy: str = "chunked"
    """One of `POLICIES`."""
    places: int = 256
    """Requests at once: `--max-num-seqs`, or the size of a static batch."""
    budget: int = 8192
    """Tokens of a step: `--max-num-batched-tokens`."""
    block: int = BLOCK_TOKENS
    """Tokens of a block."""
    delay: float = 0.01
    """Seconds that dynamic batching waits for more requests."""
    shared: int = 0
    """Tokens that all prompts begin with; found in the cache after the first, in whole blocks."""

    def __post_init__(self) -> None:
        if self.policy not in POLICIES:
            known = ", ".join(POLICIES)
            raise UsageError(
                f"unknown policy {self.policy!r}{near(self.policy, POLICIES)}; known are {known}"
            )
        at_least(1, blocks=self.blocks, max_num_seqs=self.places, block=self.block)
        at_least(0, delay=self.delay, shared=self.shared)
        if self.shared and self.policy in ("static", "dynamic"):
            raise UsageError(f"{self.policy} batching keeps no prefix; leave out shared=")
        least = self.places if self.policy == "chunked" else 1
        at_least(least, max_num_batched_tokens=self.budget)


def default_places(chip: Chip) -> int:
    """`max_num_seqs` of `vllm serve` 0.33.0: 1024 on large GPUs but the A100 and GB10, else 256."""
    return 1024 if _large(chip) else 256


def default_budget(chip: Chip) -> int:
    """`max_num_batched_tokens` of `vllm serve` 0.33.0: 16384 from 160 GiB on, 8192 from 70."""
    if chip.memory.value >= 160 * GIB:
        return 16384
    return 8192 if _large(chip) else 2048


def _large(chip: Chip) -> bool:
    excluded = any(word in chip.name.upper() for word in ("A100", "GB10", "DGX SPARK"))
    return chip.memory.value >= 70 * GIB and not excluded


def server_of(
    setting: Setting,
    *,
    longest: int,
    block: int = BLOCK_TOKENS,
    blocks: int | None = None,
    utilisation: float = UTILISATION,
    reserved: float = 0.0,
    max_num_seqs: int | None = None,
    max_num_batched_tokens: int | None = None,
    **limits: Any,
) -> Server:
    """The server that vLLM would make on this GPU; what is said stands before its defaults.

    `longest` tokens are the longest sequence, by which blocks are counted where layers with
    windows or recurrent layers hold less than all tokens.
    """
    chip = setting.chip
    places = default_places(chip) if max_num_seqs is None else max_num_seqs
    if max_num_batched_tokens and max_num_seqs is None:
        places = min(places, max_num_batched_tokens)
    return Server(
        blocks=_blocks(setting, longest, block, utilisation, reserved)
        if blocks is None
        else blocks,
        places=places,
        budget=max(default_budget(chip), places)
        if max_num_batched_tokens is None
        else max_num_batched_tokens,
        block=block,
        **limits,
    )


def _blocks(setting: Setting, longest: int, block: int, utilisation: float, reserved: float) -> int:
    fit = memory(
        gpu=setting.chip,
        model=setting.model,
        context=longest,
        dtype=setting.dtype,
        kv=setting.kv,
        utilisation=utilisation,
        block=block,
        tp=setting.tp,
        reserved=reserved,
    )
    if not fit.kv_blocks:
        raise UsageError(
            f"{setting.model.name} in {setting.dtype} leaves no room for a KV cache on "
            f"{setting.chip.name}; choose another gpu, dtype or tp"
        )
    return max(1, int(fit.max_concurrency * -(-longest // block)))
