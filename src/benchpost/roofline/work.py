"""What a pass of a model reads and computes, ready to be asked for any batch and context.

A `Work` is what is left of a model once its formats and its share on each GPU are chosen: a few
numbers for each kind of layer. Asking it costs microseconds, and sizes may be NumPy arrays.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from benchpost.roofline import equations, layer_equations
from benchpost.roofline.compute import at
from benchpost.roofline.formats import Format, kv_bytes_of, weight_format
from benchpost.roofline.kinds import Attention, Experts, Latent, Layer, Recurrent
from benchpost.roofline.models import Model, active_bytes

if TYPE_CHECKING:
    from numpy.typing import NDArray

Size: TypeAlias = "float | NDArray[Any]"
"""A number or an array of numbers."""


@dataclass(frozen=True)
class Mixing:
    """Attention of some layers."""

    count: int
    """Layers."""
    window: int | None
    """Tokens that a query sees, or None for all."""
    decode_flops: float
    """FLOPs of one query and one key in a decode step, all layers."""
    prompt_flops: float
    """The same in a prefill, where latent attention is not done in the latent space."""
    kv_bytes: float
    """Bytes of the KV cache of one token, all layers."""


@dataclass(frozen=True)
class Routed:
    """Routed experts of some layers."""

    count: int
    """Layers."""
    experts: int
    """Experts of a layer."""
    per_token: int
    """Experts that a token goes to."""
    expert_bytes: float
    """Bytes of one expert."""


@dataclass(frozen=True)
class Work:
    """What one GPU reads and computes in a pass of a model."""

    layers: int
    """Hidden layers."""
    hidden: int
    """Hidden size."""
    common_bytes: float
    """Weights that every pass reads."""
    token_flops: float
    """FLOPs of one token in all matrices but the LM head, and in recurrent states."""
    head_flops: float
    """FLOPs of one token in the LM head."""
    mixings: tuple[Mixing, ...]
    """Attention by kind."""
    routed: tuple[Routed, ...]
    """Mixtures of experts by kind."""
    state_bytes: float
    """Recurrent state of one sequence."""

    @cached_property
    def least_weight_bytes(self) -> float:
        """Bytes of the weights that any pass reads at least: all tokens go to the same experts."""
        return float(self.weight_bytes(1))

    def weight_bytes(self, rows: Size) -> Size:
        """Bytes of the weights that a pass over so many tokens reads."""
        read: Size = self.common_bytes
        for each in self.routed:
            distinct = at(
                layer_equations.distinct_experts,
                {"experts": each.experts, "experts_per_token": each.per_token, "rows": rows},
            )
            read = read + each.count * each.expert_bytes * distinct
        return read

    def kv_bytes(self, context: Size, batch: Size = 1) -> Size:
        """Bytes that a decode step reads of so many sequences, states read and written."""
        held: Size = 2.0 * self.state_bytes
        for each in self.mixings:
            held = held + each.kv_bytes * _seen(context, each.window)
        return batch * held

    def decode_flops(self, context: Size, batch: Size = 1) -> Size:
        """FLOPs of a decode step over so many sequences."""
        one: Size = self.token_flops + self.head_flops
        for each in self.mixings:
            one = one + each.decode_flops * _seen(context, each.window)
        return batch * one

    def prefill_flops(self, tokens: Size, context: Size, batch: Size = 1) -> Size:
        """FLOPs of `tokens` new tokens of each sequence, the LM head for the last one."""
        done: Size = self.token_flops * tokens + self.head_flops
        for each in self.mixings:
            done = done + each.prompt_flops * _pairs(tokens, context, each.window)
        return batch * done


def _seen(context: Size, window: int | None) -> Size:
    if window is None:
        return context
    sizes = {"context": context, "window": window, "extra_tokens": 0.0}
    seen: Size = at(layer_equations.window_tokens, sizes)
    return seen


def _pairs(tokens: Size, context: Size, window: int | None) -> Size:
    sizes = {"tokens": tokens, "context": context}
    pairs: Size = (
        at(equations.attention_pairs, sizes)
        if window is None
        else at(layer_equations.window_pairs, {**sizes, "window": window})
    )
    return pairs


@cache
def work(model: Model, dtype: str = "bf16", kv: str = "bf16", gpus: int = 1) -> Work:
    """The work of `model` on each of `gpus` tensor-parallel GPUs."""
    form, element = weight_format(dtype), kv_bytes_of(kv)
    kinds = tuple(kind.on(gpus) if gpus > 1 else kind for kind in model.kinds)
    head = model.head_parameters / gpus
    common = sum(kind.count * _common_bytes(kind, form) for kind in kinds)
    return Work(
        layers=model.layers,
        hidden=model.hidden,
        common_bytes=common + (head * form.head + model.hidden * form.small) / 8,
        token_flops=sum(kind.count * _token_flops(kind) for kind in kinds),
        head_flops=2.0 * head,
        mixings=_alike(
            _mixing(kind, element) for kind in kinds if not isinstance(kind.mixer, Recurrent)
        ),
        routed=_together(_routed(kind, form) for kind in kinds if isinstance(kind.mlp, Experts)),
        state_bytes=sum(
            kind.count * kind.mixer.state_bytes
            for kind in kinds
            if isinstance(kind.mixer, Recurrent)
        ),
    )


def _alike(mixings: Iterable[Mixing]) -> tuple[Mixing, ...]:
    """Attention with the same window counted together."""
    found: dict[int | None, Mixing] = {}
    for one in mixings:
        other = found.get(one.window)
        found[one.window] = one if other is None else _sum(one, other)
    return tuple(found.values())


def _sum(one: Mixing, other: Mixing) -> Mixing:
    return Mixing(
        one.count + other.count,
        one.window,
        one.decode_flops + other.decode_flops,
        one.prompt_flops + other.prompt_flops,
        one.kv_bytes + other.kv_bytes,
    )


def _together(routed: Iterable[Routed]) -> tuple[Routed, ...]:
    """Alike mixtures of experts counted together."""
    found: dict[Routed, int] = {}
    for one in routed:
        found[replace(one, count=0)] = found.get(replace(one, count=0), 0) + one.count
    return tuple(replace(one, count=count) for one, count in found.items())


def _common_bytes(kind: Layer, form: Format) -> float:
    """What a layer reads whatever the tokens choose."""
    if not isinstance(kind.mlp, Experts):
        return active_bytes(kind, form)
    return active_bytes(kind, form) - kind.mlp.per_token * _expert_bytes(kind.mlp, form)


def _expert_bytes(mlp: Experts, form: Format) -> float:
    held = sum(each.k * each.n for each in mlp.matrices if each.copies > 1)
    return held * form.bits / 8


def _token_flops(kind: Layer) -> float:
    matrices = 2.0 * (kind.active_parameters - kind.active_small)
    state = kind.mixer.state_flops if isinstance(kind.mixer, Recurrent) else 0.0
    return matrices + state


def _mixing(kind: Layer, element: float) -> Mixing:
    mixer = kind.mixer
    assert isinstance(mixer, Attention | Latent)
    return Mixing(
        count=kind.count,
        window=mixer.window,
        decode_flops=kind.count * mixer.pair_flops,
        prompt_flops=kind.count * mixer.prompt_pair_flops,
        kv_bytes=kind.count * mixer.kv_elements * element,
    )


def _routed(kind: Layer, form: Format) -> Routed:
    assert isinstance(kind.mlp, Experts)
    mlp = kind.mlp
    return Routed(kind.count, mlp.experts, mlp.per_token, _expert_bytes(mlp, form))
