"""Layer kinds: what one layer of a model holds, reads and computes.

A model is a sequence of layers, and a layer is a mixer (attention over all tokens or a window,
latent attention, a recurrent state) and an MLP (dense, or a mixture of experts). Each kind says
its matrices, its small parameters, what it keeps of a sequence, and the FLOPs of its mixing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

from benchpost.roofline import layer_equations as equations


@dataclass(frozen=True)
class Matrix:
    """A weight matrix of a layer."""

    name: str
    """What it makes, e.g. `query`, `down`."""
    module: str
    """`attention` or `MLP`."""
    k: int
    """Inner dimension."""
    n: int
    """Columns."""
    copies: int = 1
    """How often the layer holds it: once, or once for each expert."""
    chosen: int = 1
    """How many of the copies a token goes through."""


@dataclass(frozen=True)
class Attention:
    """Multi-head, grouped-query or multi-query attention over all tokens or a sliding window."""

    hidden: int
    """Hidden size of the model."""
    heads: int
    """Query heads."""
    kv_heads: int
    """Key-value heads."""
    head_dim: int
    """Size of a head."""
    window: int | None = None
    """Tokens that a query sees, or None for all."""
    query_key_norm: bool = False
    """Whether query and key heads have an RMS norm."""
    qkv_bias: bool = False
    """Whether the query, key and value projections have a bias."""
    output_bias: bool = False
    """Whether the output projection has a bias."""
    output_gate: bool = False
    """Whether a gate as wide as the query multiplies the output, as in Qwen3-Next."""
    sinks: bool = False
    """Whether each head has a learned sink, as in gpt-oss."""

    @property
    def matrices(self) -> tuple[Matrix, ...]:
        """The projections, in the order in which they are done."""
        own, kv = self.heads * self.head_dim, self.kv_heads * self.head_dim
        gate = (Matrix("output gate", "attention", self.hidden, own),) if self.output_gate else ()
        return (
            Matrix("query", "attention", self.hidden, own),
            Matrix("key", "attention", self.hidden, kv),
            Matrix("value", "attention", self.hidden, kv),
            *gate,
            Matrix("output", "attention", own, self.hidden),
        )

    @property
    def small(self) -> int:
        """Parameters of norms, biases and sinks."""
        width = (self.heads + 2 * self.kv_heads) * self.head_dim
        return (
            2 * self.head_dim * self.query_key_norm
            + width * self.qkv_bias
            + self.hidden * self.output_bias
            + self.heads * self.sinks
        )

    @property
    def kv_elements(self) -> int:
        """Elements that it keeps of one token."""
        return 2 * self.kv_heads * self.head_dim

    @property
    def pair_flops(self) -> float:
        """FLOPs of one query and one key, in all heads."""
        return 4.0 * self.heads * self.head_dim

    @property
    def prompt_pair_flops(self) -> float:
        """The same in a prefill."""
        return self.pair_flops

    def on(self, gpus: int) -> Attention:
        """Its part on each of so many tensor-parallel GPUs."""
        kv = equations.kv_heads_per_gpu(kv_heads=self.kv_heads, tensor_parallel=gpus)
        return replace(self, heads=max(1, self.heads // gpus), kv_heads=round(kv))


@dataclass(frozen=True)
class Latent:
    """Multi-head latent attention: keys and values of all heads from one latent vector."""

    hidden: int
    """Hidden size of the model."""
    heads: int
    """Query heads."""
    latent_rank: int
    """Size of the latent vector of keys and values."""
    query_rank: int
    """Size of the latent query, 0 where the query is one matrix."""
    nope_dim: int
    """Part of a head without rotary embedding."""
    rope_dim: int
    """Part of a head with rotary embedding."""
    value_dim: int
    """Size of the value of a head."""
    window: None = None
    """Latent attention sees all tokens."""

    @property
    def matrices(self) -> tuple[Matrix, ...]:
        """The projections, in the order in which they are done."""
        query = self.heads * (self.nope_dim + self.rope_dim)
        down = (
            (
                Matrix("query down", "attention", self.hidden, self.query_rank),
                Matrix("query", "attention", self.query_rank, query),
            )
            if self.query_rank
            else (Matrix("query", "attention", self.hidden, query),)
        )
        both, values = self.nope_dim + self.value_dim, self.heads * self.value_dim
        return (
            *down,
            Matrix("latent", "attention", self.hidden, self.latent_rank + self.rope_dim),
            Matrix("key and value", "attention", self.latent_rank, self.heads * both),
            Matrix("output", "attention", values, self.hidden),
        )

    @property
    def small(self) -> int:
        """Norms of the latent query and of the latent vector."""
        return self.query_rank + self.latent_rank

    @property
    def kv_elements(self) -> int:
        """Elements that it keeps of one token: the latent vector and one rotary key."""
        return self.latent_rank + self.rope_dim

    @property
    def pair_flops(self) -> float:
        """FLOPs of one query and one key of a decode step, done in the latent space."""
        return equations.latent_decode_flops(
            batch=1,
            heads=self.heads,
            latent_rank=self.latent_rank,
            rope_dim=self.rope_dim,
            context=1,
        )

    @property
    def prompt_pair_flops(self) -> float:
        """The same in a prefill, where keys and values are unfolded for each head."""
        return 2.0 * self.heads * (self.nope_dim + self.rope_dim + self.value_dim)

    def on(self, gpus: int) -> Latent:
        """Its part on each of so many tensor-parallel GPUs; each holds the whole latent cache."""
        return replace(self, heads=max(1, self.heads // gpus))


@dataclass(frozen=True)
class Recurrent:
    """A state of fixed size for each sequence: linear attention (gated delta net) or Mamba-2."""

    hidden: int
    """Hidden size of the model."""
    heads: int
    """Heads of the state."""
    key_dim: int
    """Rows of the state of a head."""
    value_dim: int
    """Columns of the state of a head."""
    key_width: int
    """Width of all keys together, which heads may share."""
    gates: int
    """Gates of a head: 2 for a gated delta net, 1 for Mamba-2."""
    kernel: int = 4
    """Tokens that the short convolution before it sees."""
    element_bytes: float = 4.0
    """Bytes of one element of the state; most engines keep it in FP32."""
    window: None = None
    """It sees all tokens, through its state."""

    @property
    def channels(self) -> int:
        """Channels of the short convolution."""
        return self.heads * self.value_dim + 2 * self.key_width

    @property
    def matrices(self) -> tuple[Matrix, ...]:
        """The projections, in the order in which they are done."""
        inner = self.heads * self.value_dim
        return (
            Matrix("value and gate", "attention", self.hidden, 2 * inner),
            Matrix("query and key", "attention", self.hidden, 2 * self.key_width),
            Matrix("decay", "attention", self.hidden, self.gates * self.heads),
            Matrix("output", "attention", inner, self.hidden),
        )

    @property
    def small(self) -> int:
        """The convolution, decay and step of each head, and the norm of its output."""
        norm = self.value_dim if self.gates > 1 else self.heads * (self.value_dim + 1)
        bias = 0 if self.gates > 1 else self.channels
        return self.channels * self.kernel + bias + 2 * self.heads + norm

    @property
    def kv_elements(self) -> int:
        """Nothing of a token is kept."""
        return 0

    @property
    def pair_flops(self) -> float:
        """No query meets a key."""
        return 0.0

    @property
    def state_flops(self) -> float:
        """FLOPs of taking one token into the state."""
        return equations.state_flops(
            batch=1,
            tokens=1,
            state_heads=self.heads,
            state_key_dim=self.key_dim,
            state_value_dim=self.value_dim,
        )

    @property
    def state_bytes(self) -> float:
        """Bytes of the state of one sequence, the inputs of its convolution included."""
        state = equations.state_bytes(
            layers=1,
            state_heads=self.heads,
            state_key_dim=self.key_dim,
            state_value_dim=self.value_dim,
            state_element_bytes=self.element_bytes,
        )
        return state + self.channels * (self.kernel - 1) * 2.0

    def on(self, gpus: int) -> Recurrent:
        """Its part on each of so many tensor-parallel GPUs."""
        width = max(self.key_dim, self.key_width // gpus)
        return replace(self, heads=max(1, self.heads // gpus), key_width=width)


@dataclass(frozen=True)
class Dense:
    """An MLP that every token goes through."""

    hidden: int
    """Hidden size of the model."""
    intermediate: int
    """Intermediate size."""
    gated: bool = True
    """Whether a gate multiplies the activation: three matrices instead of two."""
    bias: bool = False
    """Whether its matrices have biases."""

    @property
    def matrices(self) -> tuple[Matrix, ...]:
        """Gate, up and down."""
        gate = (Matrix("gate", "MLP", self.hidden, self.intermediate),) if self.gated else ()
        up = Matrix("up", "MLP", self.hidden, self.intermediate)
        return (*gate, up, Matrix("down", "MLP", self.intermediate, self.hidden))

    @property
    def small(self) -> int:
        """Its biases."""
        return ((1 + self.gated) * self.intermediate + self.hidden) * self.bias

    def on(self, gpus: int) -> Dense:
        """Its part on each of so many tensor-parallel GPUs."""
        return replace(self, intermediate=max(1, self.intermediate // gpus))


@dataclass(frozen=True)
class Experts:
    """A mixture of experts: a router sends each token to a few MLPs, shared ones see all."""

    hidden: int
    """Hidden size of the model."""
    experts: int
    """Routed experts of the layer."""
    per_token: int
    """Experts that a token goes to."""
    intermediate: int
    """Intermediate size of one expert."""
    shared: int = 0
    """Intermediate size of all shared experts together."""
    gated: bool = True
    """Whether the MLPs have a gate."""
    bias: bool = False
    """Whether router and experts have biases, as in gpt-oss."""
    router_bias: bool = False
    """Whether the router has a correction bias, as in DeepSeek-V3."""
    shared_gate: bool = False
    """Whether a gate of one number multiplies the shared expert, as in Qwen3-Next."""

    @property
    def matrices(self) -> tuple[Matrix, ...]:
        """The router, the routed experts, the shared experts."""
        names = ("gate", "up", "down") if self.gated else ("up", "down")
        routed = tuple(self._matrix(name, self.intermediate, routed=True) for name in names)
        shared = tuple(self._matrix(name, self.shared, routed=False) for name in names)
        router = Matrix("router", "MLP", self.hidden, self.experts)
        return (router, *routed, *(shared if self.shared else ()))

    def _matrix(self, name: str, wide: int, *, routed: bool) -> Matrix:
        sides = (wide, self.hidden) if name == "down" else (self.hidden, wide)
        copies = (self.experts, self.per_token) if routed else (1, 1)
        return Matrix(f"{'expert' if routed else 'shared'} {name}", "MLP", *sides, *copies)

    @property
    def small(self) -> int:
        """Biases, and the gate of the shared expert."""
        one = (1 + self.gated) * self.intermediate + self.hidden
        return self._small(self.experts * one)

    @property
    def active_small(self) -> int:
        """The same with the biases of the experts of one token only."""
        one = (1 + self.gated) * self.intermediate + self.hidden
        return self._small(self.per_token * one)

    def _small(self, biases: int) -> int:
        router = self.experts * (self.bias + self.router_bias)
        return biases * self.bias + router + self.hidden * self.shared_gate

    def on(self, gpus: int) -> Experts:
        """Its part on each of so many tensor-parallel GPUs: every expert is cut."""
        shared = max(1, self.shared // gpus) if self.shared else 0
        return replace(self, intermediate=max(1, self.intermediate // gpus), shared=shared)


Mixer: TypeAlias = Attention | Latent | Recurrent
Mlp: TypeAlias = Dense | Experts


@dataclass(frozen=True)
class Layer:
    """Layers of one kind."""

    count: int
    """How many the model has."""
    mixer: Mixer
    """What mixes tokens."""
    mlp: Mlp | None
    """What each token goes through by itself; None where the layer only mixes."""
    norms: int
    """Parameters of its norms."""

    @property
    def matrices(self) -> tuple[Matrix, ...]:
        """Of one layer, mixer first."""
        return (*self.mixer.matrices, *(self.mlp.matrices if self.mlp else ()))

    @property
    def parameters(self) -> int:
        """Parameters of one layer."""
        matrices = sum(each.copies * each.k * each.n for each in self.matrices)
        return matrices + self.small

    @property
    def active_parameters(self) -> int:
        """Parameters of one layer that a token goes through."""
        return sum(each.chosen * each.k * each.n for each in self.matrices) + self.active_small

    @property
    def small(self) -> int:
        """Norms, biases and other parameters that are no matrix."""
        return self.mixer.small + self.norms + (self.mlp.small if self.mlp else 0)

    @property
    def active_small(self) -> int:
        """The same without the biases of experts that a token does not go to."""
        unused = self.mlp.small - self.mlp.active_small if isinstance(self.mlp, Experts) else 0
        return self.small - unused

    def on(self, gpus: int) -> Layer:
        """Its part on each of so many tensor-parallel GPUs."""
        mlp = self.mlp.on(gpus) if self.mlp else None
        return Layer(self.count, self.mixer.on(gpus), mlp, self.norms)
