"""What a step of the server takes: the roofline's serving model, ready for many thousand steps.

Constants and form are those of `roofline.batching`, which says what they were fitted to: decoding
takes the slower of its arithmetic and its traffic, and prompts that are computed beside it come on
top. `StepCost.mixed` is the equation `serving_step_time`; a test holds them together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from benchpost.roofline.batching import (
    COMPUTE_SHARE,
    EFFICIENCY,
    HOST_TIME,
    LAYER_TIME,
    OVERLAP_LOSS,
)
from benchpost.roofline.predict import Setting, exchange_time
from benchpost.roofline.work import Work


@dataclass(frozen=True)
class StepCost:
    """Seconds of a step from what it computes and moves."""

    setting: Setting
    """GPU, model, engine and formats."""
    host_time: float = HOST_TIME
    """Seconds of the host in a step."""
    _by_rows: dict[int, tuple[float, float]] = field(
        default_factory=dict, repr=False, compare=False
    )
    _by_chunk: dict[tuple[int, int], tuple[float, float]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @property
    def work(self) -> Work:
        """What a pass reads and computes."""
        return self.setting.work

    @cached_property
    def flop_time(self) -> float:
        """Seconds of a FLOP."""
        return 1 / (COMPUTE_SHARE * self.setting.chip.compute_peak(self.setting.dtype).value)

    @cached_property
    def byte_time(self) -> float:
        """Seconds of a byte."""
        return 1 / (EFFICIENCY * self.setting.chip.bandwidth.value)

    def fixed(self, rows: int) -> tuple[float, float]:
        """Bytes of weights and seconds beside arithmetic and traffic of a step of `rows` tokens."""
        known = self._by_rows.get(rows)
        if known is None:
            layers = self.setting.model.layers * LAYER_TIME
            beside = layers + float(exchange_time(self.setting, rows)) + self.host_time
            known = self._by_rows[rows] = float(self.work.weight_bytes(rows)), beside
        return known

    def mixed(
        self, decoding: int, flops: float, kv_bytes: float, prompts: tuple[int, float]
    ) -> float:
        """Seconds of a step in which `decoding` sequences decode beside prompts.

        `flops` are those of decoding, `prompts` the tokens and FLOPs of the prompts.
        """
        tokens, work = prompts
        if not decoding:
            return self.time(tokens, work, kv_bytes)
        beside = work * self.flop_time + self._exchanges(tokens)
        return self.time(decoding, flops, kv_bytes) + beside

    def _exchanges(self, tokens: int) -> float:
        return float(exchange_time(self.setting, tokens)) if tokens else 0.0

    def chunk(self, tokens: int, held: int) -> tuple[float, float]:
        """FLOPs of `tokens` of a prompt of which `held` are then done, and bytes of the KV cache
        of those that were before."""
        known = self._by_chunk.get((tokens, held))
        if known is None:
            before = held - tokens
            moved = float(self.work.kv_bytes(before)) if before > 0 else 0.0
            known = self._by_chunk[tokens, held] = (
                float(self.work.prefill_flops(tokens, held)),
                moved,
            )
        return known

    def time(self, rows: int, flops: float, kv_bytes: float) -> float:
        """Seconds of a step of `rows` tokens that all decode, or are all of prompts."""
        weights, beside = self.fixed(rows)
        compute = flops * self.flop_time
        memory = (weights + kv_bytes) * self.byte_time
        return max(compute, memory) + OVERLAP_LOSS * min(compute, memory) + beside

    def run_time(
        self, steps: int, rows: int, flops: tuple[float, float], kv_bytes: tuple[float, float]
    ) -> float:
        """Seconds of `steps` steps whose FLOPs and bytes grow evenly: (first, growth) of each.

        A sum, not an approximation: arithmetic and traffic are straight lines that cross once.
        """
        weights, beside = self.fixed(rows)
        compute, faster = flops[0] * self.flop_time, flops[1] * self.flop_time
        memory, slower = (weights + kv_bytes[0]) * self.byte_time, kv_bytes[1] * self.byte_time
        both = _sum(steps, compute + memory, faster + slower)
        longer = _sum(steps, memory, slower) + _above(steps, compute - memory, faster - slower)
        return OVERLAP_LOSS * both + (1 - OVERLAP_LOSS) * longer + steps * beside


def _sum(steps: int, first: float, growth: float) -> float:
    """Of `first`, `first + growth`, … over so many steps."""
    return steps * (first + growth * (steps - 1) / 2)


def _above(steps: int, first: float, growth: float) -> float:
    """The same, of the parts above zero only."""
    last = first + growth * (steps - 1)
    if first >= 0 and last >= 0:
        return _sum(steps, first, growth)
    if first <= 0 and last <= 0:
        return 0.0
    if first > 0:
        return _sum(int(-first / growth) + 1, first, growth)
    hidden = int(-first / growth) + 1
    return _sum(steps - hidden, first + growth * hidden, growth)
