"""A model as its config.json has it: dimensions, layer kinds, parameters and bytes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from benchpost.roofline import equations, layer_equations
from benchpost.roofline.formats import Format, kv_bytes_of, weight_format
from benchpost.roofline.kinds import (
    Attention,
    Dense,
    Experts,
    Latent,
    Layer,
    Mixer,
    Mlp,
    Recurrent,
)
from benchpost.roofline.types import Known


@dataclass(frozen=True)
class RepositoryFile:
    """A file of a model repository."""

    name: str
    """Path in the repository."""
    size: int
    """Bytes."""


@dataclass(frozen=True)
class Repository:
    """What a model's repository holds, as recorded on a day."""

    name: str
    """Organisation and name, e.g. `Qwen/Qwen3-4B-Instruct-2507`."""
    revision: str
    """The commit that was looked at."""
    modified: str
    """When it was last changed, ISO 8601."""
    files: tuple[RepositoryFile, ...]
    """Every file with its size."""
    source: str
    """Who recorded it."""
    date: str
    """When it was recorded, ISO 8601."""
    note: str = ""
    """A caveat that must stand beside the numbers."""

    @property
    def total(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


@dataclass(frozen=True)
class Model:
    """A decoder as its config.json has it; what is left out is dense, gated and sees all tokens."""

    name: str
    """As written in posts, e.g. `Qwen3-4B-Instruct-2507`."""
    layers: int
    """Hidden layers."""
    hidden: int
    """Hidden size."""
    heads: int
    """Query heads."""
    kv_heads: int
    """Key-value heads."""
    head_dim: int
    """Size of a head; not always hidden / heads."""
    intermediate: int
    """Intermediate size of the dense MLP."""
    vocab: int
    """Vocabulary size."""
    tied_embeddings: bool
    """Whether the LM head is the input embedding."""
    source: str
    """Where the dimensions were read."""
    date: str
    """When they were read, ISO 8601."""
    query_key_norm: bool = False
    """Whether query and key heads have an RMS norm."""
    qkv_bias: bool = False
    """Whether the query, key and value projections have a bias."""
    output_bias: bool = False
    """Whether the output projection has a bias."""
    output_gate: bool = False
    """Whether a gate multiplies the output of attention."""
    sinks: bool = False
    """Whether each head has a learned sink."""
    layer_norms: int = 2
    """Norms of hidden size in a layer."""
    gated: bool = True
    """Whether the MLP has a gate."""
    mlp_bias: bool = False
    """Whether the matrices of the MLP, or router and experts, have biases."""
    experts: int = 0
    """Routed experts of a layer; 0 for a dense model."""
    experts_per_token: int = 0
    """Experts that a token goes to."""
    expert_intermediate: int = 0
    """Intermediate size of an expert."""
    shared_intermediate: int = 0
    """Intermediate size of all shared experts of a layer together."""
    dense_layers: int = 0
    """Layers of a mixture of experts that have a dense MLP instead."""
    router_bias: bool = False
    """Whether the router has a correction bias."""
    shared_gate: bool = False
    """Whether a gate of one number multiplies the shared expert."""
    window: int | None = None
    """Tokens of the sliding window, or None where every layer sees all."""
    full_layers: int = 0
    """Layers that see all tokens, where others have a window or a state."""
    query_rank: int = 0
    """Size of the latent query of latent attention; 0 where the query is one matrix."""
    latent_rank: int = 0
    """Size of the latent key and value; 0 where attention is not latent."""
    nope_dim: int = 0
    """Part of a head without rotary embedding, in latent attention."""
    rope_dim: int = 0
    """Part of a head with rotary embedding, in latent attention."""
    value_dim: int = 0
    """Size of the value of a head, in latent attention."""
    state_heads: int = 0
    """Heads of the recurrent layers; 0 where there are none."""
    state_key_dim: int = 0
    """Rows of the state of a head."""
    state_value_dim: int = 0
    """Columns of the state of a head."""
    state_key_width: int = 0
    """Width of all keys of a recurrent layer together."""
    state_gates: int = 2
    """Gates of a head: 2 for a gated delta net, 1 for Mamba-2."""
    max_context: int | None = None
    """Longest context, or None where it is not recorded."""
    repository: Repository | None = None
    """Its files, where they are recorded."""
    aliases: tuple[str, ...] = ()
    """Other names."""

    def __hash__(self) -> int:
        return hash((self.name, self.layers, self.hidden))

    @cached_property
    def kinds(self) -> tuple[Layer, ...]:
        """Its layers by kind; those that are alike are counted together."""
        norms = self.layer_norms * self.hidden
        pairs = zip(self._mixers(), self._mlps(), strict=True)
        return tuple(
            Layer(len(list(alike)), mixer, mlp, norms) for (mixer, mlp), alike in groupby(pairs)
        )

    def _mixers(self) -> Iterator[Mixer]:
        if self.state_heads:
            yield from [self._recurrent] * (self.layers - self.full_layers)
            yield from [self._attention(None)] * self.full_layers
        elif self.latent_rank:
            yield from [self._latent] * self.layers
        elif self.window:
            yield from [self._attention(self.window)] * (self.layers - self.full_layers)
            yield from [self._attention(None)] * self.full_layers
        else:
            yield from [self._attention(None)] * self.layers

    def _mlps(self) -> Iterator[Mlp]:
        dense = self.dense_layers if self.experts else self.layers
        yield from [Dense(self.hidden, self.intermediate, self.gated, self.mlp_bias)] * dense
        yield from [self._experts] * (self.layers - dense)

    def _attention(self, window: int | None) -> Attention:
        return Attention(
            hidden=self.hidden,
            heads=self.heads,
            kv_heads=self.kv_heads,
            head_dim=self.head_dim,
            window=window,
            query_key_norm=self.query_key_norm,
            qkv_bias=self.qkv_bias,
            output_bias=self.output_bias,
            output_gate=self.output_gate,
            sinks=self.sinks,
        )

    @property
    def _latent(self) -> Latent:
        return Latent(
            hidden=self.hidden,
            heads=self.heads,
            latent_rank=self.latent_rank,
            query_rank=self.query_rank,
            nope_dim=self.nope_dim,
            rope_dim=self.rope_dim,
            value_dim=self.value_dim,
        )

    @property
    def _recurrent(self) -> Recurrent:
        return Recurrent(
            hidden=self.hidden,
            heads=self.state_heads,
            key_dim=self.state_key_dim,
            value_dim=self.state_value_dim,
            key_width=self.state_key_width,
            gates=self.state_gates,
        )

    @property
    def _experts(self) -> Experts:
        return Experts(
            hidden=self.hidden,
            experts=self.experts,
            per_token=self.experts_per_token,
            intermediate=self.expert_intermediate,
            shared=self.shared_intermediate,
            gated=self.gated,
            bias=self.mlp_bias,
            router_bias=self.router_bias,
            shared_gate=self.shared_gate,
        )

    @cached_property
    def layer_parameters(self) -> int:
        """Parameters in the matrices of one layer, on average where layers differ."""
        held = sum(kind.count * (kind.parameters - kind.small) for kind in self.kinds)
        return round(held / self.layers)

    @cached_property
    def head_parameters(self) -> int:
        """Parameters of the LM head, which are those of the embedding when tied."""
        return round(equations.head_parameters(hidden=self.hidden, vocab=self.vocab))

    @cached_property
    def parameters(self) -> Known[int]:
        """All parameters: matrices, embeddings, norms and biases."""
        embeddings = self.head_parameters * (1 if self.tied_embeddings else 2)
        count = sum(kind.count * kind.parameters for kind in self.kinds) + self.hidden
        return Known(count + embeddings, "1", f"counted from {self.source}", self.date, "derived")

    @cached_property
    def active_parameters(self) -> int:
        """Parameters that one token goes through; an untied input embedding is counted, too."""
        unused = (kind.count * (kind.parameters - kind.active_parameters) for kind in self.kinds)
        return self.parameters.value - sum(unused)

    @property
    def streamed_parameters(self) -> int:
        """Parameters that a decode step of one sequence reads: no untied embedding, few experts."""
        unread = 0 if self.tied_embeddings else self.head_parameters
        return self.active_parameters - unread

    def weight_bytes(self, dtype: str = "bf16") -> float:
        """Bytes of all weights in the format `dtype`, scales included."""
        form = weight_format(dtype)
        layers = sum(kind.count * held_bytes(kind, form) for kind in self.kinds)
        input_bits = 0.0 if self.tied_embeddings else form.embedding
        embeddings = self.head_parameters * (form.head + input_bits)
        return layers + (embeddings + self.hidden * form.small) / 8

    def streamed_bytes(self, dtype: str = "bf16") -> float:
        """Bytes of the weights that a decode step of one sequence reads in `dtype`."""
        form = weight_format(dtype)
        layers = sum(kind.count * active_bytes(kind, form) for kind in self.kinds)
        return layers + (self.head_parameters * form.head + self.hidden * form.small) / 8

    def kv_bytes_per_token(self, kv: str = "bf16") -> float:
        """Bytes of the KV cache for one token in all layers, before any window cuts it off."""
        return sum(kind.count * kind.mixer.kv_elements for kind in self.kinds) * kv_bytes_of(kv)

    @cached_property
    def state_bytes(self) -> float:
        """Bytes of the recurrent state of one sequence; 0 without recurrent layers."""
        return sum(
            kind.count * kind.mixer.state_bytes
            for kind in self.kinds
            if isinstance(kind.mixer, Recurrent)
        )

    def kv_bytes(self, context: float, kv: str = "bf16", extra_tokens: float = 0.0) -> float:
        """Bytes kept of one sequence of `context` tokens: windows cut off, state included.

        `extra_tokens` are held beyond a window: llama.cpp keeps a micro-batch (512) more.
        """
        element = kv_bytes_of(kv)
        held = sum(
            kind.count * kind.mixer.kv_elements * _kept(context, kind.mixer.window, extra_tokens)
            for kind in self.kinds
        )
        return held * element + self.state_bytes


def _kept(context: float, window: int | None, extra_tokens: float) -> float:
    if window is None:
        return context
    return layer_equations.window_tokens(context=context, window=window, extra_tokens=extra_tokens)


def held_bytes(kind: Layer, form: Format) -> float:
    """Bytes of one layer of `kind` in format `form`."""
    return _bytes(kind, form, kind.parameters - kind.small, kind.small)


def active_bytes(kind: Layer, form: Format) -> float:
    """Bytes of one layer that one token reads."""
    matrices = kind.active_parameters - kind.active_small
    return _bytes(kind, form, matrices, kind.active_small)


def _bytes(kind: Layer, form: Format, matrices: int, small: int) -> float:
    mixing = sum(each.k * each.n for each in kind.mixer.matrices)
    router = kind.mlp.hidden * kind.mlp.experts if isinstance(kind.mlp, Experts) else 0
    others = matrices - mixing - router
    bits = mixing * form.attention + others * form.bits + (small + router) * form.small
    return bits / 8
