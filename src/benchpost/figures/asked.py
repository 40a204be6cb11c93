"""What a figure asks of a simulated server, and what must be said of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from benchpost.errors import UsageError, near
from benchpost.figures import markup
from benchpost.figures.names import changed
from benchpost.figures.quoted import citations, cited, some
from benchpost.roofline import catalog
from benchpost.roofline.catalog import Chip, Model
from benchpost.roofline.predict import setting_of
from benchpost.serving.cost import StepCost
from benchpost.serving.lengths import lengths
from benchpost.serving.run import Run
from benchpost.serving.server import POLICIES
from benchpost.serving.simulation import simulate

_LEAST, _MOST = 40, 2000
"""Requests of a run where an author names none."""


@dataclass(frozen=True)
class Asked:
    """A server and its requests."""

    gpu: str
    """The GPU, as the author writes it."""
    model: str
    """The model."""
    prompt: str
    """Lengths of prompts."""
    output: str
    """Lengths of outputs."""
    dtype: str
    """Format of the weights."""
    kv: str
    """Format of the KV cache."""

    @cached_property
    def chip(self) -> Chip:
        """The GPU."""
        return catalog.chip(self.gpu)

    @cached_property
    def net(self) -> Model:
        """The model."""
        return catalog.model(self.model)

    @property
    def on(self) -> str:
        """`Llama-3.1-8B on H100 SXM`."""
        return f"{self.net.name} on {self.chip.name}"

    @property
    def lengths(self) -> str:
        """Lengths in words."""
        return f"{self.prompt} tokens in and {self.output} out"

    def run(self, concurrency: int, policy: str, requests: int = 0, budget: int = 0) -> Run:
        """A run in a closed loop, by default so long that its ends are a small part of it."""
        return simulate(
            gpu=self.chip,
            model=self.net,
            prompt=self.prompt,
            output=self.output,
            dtype=self.dtype,
            kv=self.kv,
            concurrency=concurrency,
            requests=requests or min(_MOST, max(_LEAST, 4 * concurrency)),
            policy=policy,
            max_num_seqs=concurrency,
            max_num_batched_tokens=budget or None,
        )

    def full_step(self, concurrency: int, budget: int) -> float:
        """Seconds of a step that a long prompt fills up to the budget while the others decode."""
        setting = setting_of(self.chip, self.net, "vllm", self.dtype, self.kv, 1)
        work, decoding, prompt = setting.work, concurrency - 1, budget - concurrency + 1
        held = lengths(self.prompt).mean
        flops, moved = work.decode_flops(held, decoding), work.kv_bytes(held, decoding)
        prompts = (prompt, float(work.prefill_flops(prompt, prompt)))
        return StepCost(setting).mixed(decoding, float(flops), float(moved), prompts)

    def parts(self, *more: str) -> list[str]:
        """What tells a figure's file from others."""
        sizes = changed(prompt=(self.prompt, "512"), output=(self.output, "geometric 256"))
        formats = changed(dtype=(self.dtype, "bf16"), kv=(self.kv, "bf16"))
        return [self.gpu, self.model, *more, *sizes, *formats]

    def note(self, own: str, policies: Sequence[str]) -> str:
        """The author's words, how it was simulated, and every source.

        What a way of batching does is said where several are compared.
        """
        told = policies if len(policies) > 1 else ()
        ways = "".join(f" {markup.escaped(f'{one}: {POLICIES[one]}.')}" for one in told)
        return (
            f"{markup.escaped(own)} Simulated with typical times of a step, not measured; seed 0."
            f"{ways} {sources(self.chip, self.net, self.dtype)}"
        )


def sources(chip: Chip, net: Model, dtype: str) -> str:
    """Where bandwidth, peak and shapes are from, as the end of a caption."""
    values = [chip.bandwidth, chip.compute_peak(dtype)]
    return f"Bandwidth and peak: {cited(values)}. Model: {citations([(net.source, net.date)])}."


def policies_of(written: str, head: str) -> list[str]:
    """The ways of batching in an option. Raises UsageError with near misses."""
    chosen = some(written, "policies", head)
    for policy in _unknown(chosen):
        known = ", ".join(POLICIES)
        hint = near(policy, POLICIES)
        raise UsageError(f"unknown policy {policy!r} of {head!r}{hint}; known are {known}")
    return chosen


def _unknown(chosen: Iterable[str]) -> list[str]:
    return [policy for policy in chosen if policy not in POLICIES]
