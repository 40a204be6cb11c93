"""Batching in closed form: what the simulation comes to when nothing but chance is left.

Continuous batching at `concurrency`: every place is always taken and gets one token a step. When
outputs are geometric, each sequence ends with the same chance at each step, so the number of
prompts in a step is binomial, and the mean step is a sum over it. For other outputs the same holds
as far as ends are spread evenly; the simulation says how far. Prompts are taken to find room in the
token budget of their step, and all requests in the KV cache: where they do not, requests wait and
are preempted, which only the simulation knows, and a closed form is refused.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from benchpost.errors import UsageError
from benchpost.roofline import serving_equations as closed
from benchpost.roofline.catalog import Chip
from benchpost.roofline.models import Model
from benchpost.roofline.predict import Setting, memory, setting_of
from benchpost.serving.cost import StepCost
from benchpost.serving.lengths import Lengths, lengths


@dataclass(frozen=True)
class Steady:
    """A server in its steady state."""

    step: float
    """Mean seconds of a step."""
    tpot: float
    """Mean seconds per output token after the first."""
    throughput: float
    """Output tokens per second, of all requests."""
    occupancy: float
    """Share of the places whose request is not done, over time."""


def continuous(
    *,
    gpu: str | Chip,
    model: str | Model,
    concurrency: int,
    prompt: str | int | Lengths,
    output: str | int | Lengths,
    dtype: str = "bf16",
    kv: str = "bf16",
    tp: int = 1,
) -> Steady:
    """Chunked continuous batching with all of `concurrency` places taken and no preemption.

    Raises UsageError where the KV cache does not hold so many requests of mean length.
    """
    cost = StepCost(setting_of(gpu, model, "vllm", dtype, kv, tp))
    into, out = lengths(prompt), lengths(output)
    _all_fit(cost.setting, concurrency, _held(into, out))
    mix = _Mix(cost, concurrency, into, out)
    step = sum(chance * mix.time(joining) for joining, chance in mix.chances(concurrency))
    beside = sum(chance * mix.time(joining) for joining, chance in mix.chances(concurrency - 1))
    return Steady(step, beside, concurrency / step, 1.0)


@dataclass(frozen=True)
class _Mix:
    """Steps of decoding with prompts between."""

    cost: StepCost
    concurrency: int
    into: Lengths
    out: Lengths

    def chances(self, others: int) -> Iterator[tuple[int, float]]:
        """How many of `others` end at a step, so that as many prompts come in the next one."""
        ends = 1 / self.out.mean
        chance, left = (1 - ends) ** others, 1.0
        for joining in range(others + 1):
            yield joining, chance
            left -= chance
            if left < 1e-12:
                return
            chance *= (others - joining) / (joining + 1) * ends / (1 - ends) if ends < 1 else 0.0

    def time(self, joining: int) -> float:
        """Seconds of a step that so many prompts join."""
        work, decoding = self.cost.work, self.concurrency - joining
        held = _held(self.into, self.out)
        flops = float(work.decode_flops(held, decoding))
        moved = float(work.kv_bytes(held, decoding))
        prompts = (round(joining * self.into.mean), joining * self._prompt_flops())
        return self.cost.mixed(decoding, flops, moved, prompts)

    def _prompt_flops(self) -> float:
        """FLOPs of a prompt on average: attention grows with the square of its length."""
        work, into = self.cost.work, self.into
        shortest = float(work.prefill_flops(into.mean, into.mean))
        spread = into.mean * into.mean * into.spread * into.spread
        # half a pair more for each square of a token that lengths differ by
        per_pair = sum(each.prompt_flops for each in work.mixings if each.window is None)
        return shortest + per_pair * spread / 2


def _held(into: Lengths, out: Lengths) -> float:
    """Tokens that a running request holds on average."""
    held = closed.held_tokens(prompt=into.mean, output=out.mean, output_spread=out.spread)
    return float(held)


def _all_fit(setting: Setting, requests: int, held: float) -> None:
    context = math.ceil(held)
    fit = memory(
        gpu=setting.chip,
        model=setting.model,
        context=context,
        dtype=setting.dtype,
        kv=setting.kv,
        tp=setting.tp,
    )
    room = int(fit.max_concurrency)
    if room < requests:
        raise UsageError(
            f"{requests:,} requests of {context:,} tokens do not fit into the KV cache of "
            f"{setting.model.name} on {setting.chip.name}, {room:,} do; a closed form knows no "
            "queue: simulate it, or choose fewer requests"
        )


def static(
    *,
    gpu: str | Chip,
    model: str | Model,
    batch: int,
    prompt: str | int | Lengths,
    output: str | int | Lengths,
    dtype: str = "bf16",
    kv: str = "bf16",
    tp: int = 1,
) -> Steady:
    """Static batching of `batch` requests: each batch runs until its longest output is done.

    Raises UsageError where the KV cache does not hold them, padded to the longest.
    """
    cost = StepCost(setting_of(gpu, model, "vllm", dtype, kv, tp))
    into, out = lengths(prompt), lengths(output)
    long_in, long_out = into.expected_longest(batch), out.expected_longest(batch)
    _all_fit(cost.setting, batch, long_in + long_out)
    work = cost.work
    flops = float(work.prefill_flops(long_in, long_in, batch))
    first = cost.time(round(batch * long_in), flops, 0.0)
    middle = long_in + long_out / 2
    step = cost.time(
        batch, float(work.decode_flops(middle, batch)), float(work.kv_bytes(middle, batch))
    )
    duration = first + (long_out - 1) * step
    alive = first + (out.mean - 1) * step
    return Steady(step, step, batch * out.mean / duration, alive / duration)
