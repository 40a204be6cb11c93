"""The work of a model, operation by operation: every matmul and attention of a forward pass.

Only matmuls and attention are counted; norms, activations, rotary embeddings and the look-up of
the input embedding move little and compute less. Bytes are the least that must move: every input
read once, every output written once. Engines fuse some of these (query with key and value, gate
with up), which saves re-reading the input and changes no FLOP.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from benchpost.errors import UsageError
from benchpost.roofline import equations, layer_equations
from benchpost.roofline.catalog import Chip, Model
from benchpost.roofline.formats import Format, format_bytes, kv_bytes_of, weight_format
from benchpost.roofline.kinds import Attention, Latent, Layer, Matrix, Recurrent
from benchpost.roofline.sizes import at_least


@dataclass(frozen=True)
class Operation:
    """One kind of matmul or attention and how often it is done."""

    name: str
    """What it makes, e.g. `query`, `attention`, `down`, `LM head`."""
    module: str
    """Where it stands: `attention`, `MLP` or `LM head`."""
    kind: str
    """`matmul` or `attention`."""
    m: int
    """Rows; for attention the new tokens of one sequence."""
    k: int
    """Inner dimension; for attention the size of a head."""
    n: int
    """Columns; for attention the tokens attended to."""
    count: int
    """How often a forward pass does it: once a layer, or once."""
    flops: float
    """FLOPs of doing it once."""
    moved: float
    """Bytes that doing it once moves at least."""

    @property
    def arithmetic_intensity(self) -> float:
        """FLOPs for each byte moved."""
        return equations.arithmetic_intensity(flops=self.flops, moved=self.moved)

    def time_on(self, chip: Chip, dtype: str = "bf16") -> float:
        """Seconds that doing it once takes at the bound of the chip's datasheet."""
        return equations.op_time(
            flops=self.flops,
            moved=self.moved,
            peak=chip.compute_peak(dtype).value,
            bandwidth=chip.bandwidth.value,
        )

    def bound_on(self, chip: Chip, dtype: str = "bf16") -> str:
        """`compute` or `memory`: which of the two bounds it on `chip`."""
        ridge = equations.ridge_point(
            peak=chip.compute_peak(dtype).value, bandwidth=chip.bandwidth.value
        )
        return "compute" if self.arithmetic_intensity > ridge else "memory"


def operations(
    model: Model,
    *,
    tokens: int = 1,
    context: int | None = None,
    batch: int = 1,
    dtype: str = "bf16",
    activations: str = "bf16",
    kv: str = "bf16",
) -> tuple[Operation, ...]:
    """Every operation of a forward pass over `tokens` new tokens of each of `batch` sequences.

    A decode step is `tokens=1` with the `context` that it attends to, itself included; a prefill is
    `tokens` of a prompt, whose context is the prompt. The LM head sees the last token of each
    sequence only, as serving engines do it. Raises UsageError for sizes that make no sense.
    """
    context = tokens if context is None else context
    at_least(1, tokens=tokens, context=context, batch=batch)
    if context < tokens:
        raise UsageError(f"a context of {context} tokens cannot hold {tokens} new ones")
    shapes = _Pass(tokens, context, batch, weight_format(dtype), format_bytes(activations), kv)
    head = Matrix("LM head", "LM head", model.hidden, model.vocab)
    layers = (operation for kind in model.kinds for operation in shapes.layer(kind))
    return (*layers, shapes.matmul(head, batch, shapes.weights.head, 1))


@dataclass(frozen=True)
class _Pass:
    """A forward pass whose layers are asked for one by one."""

    tokens: int
    context: int
    batch: int
    weights: Format
    element: float
    kv: str

    @property
    def rows(self) -> int:
        return self.batch * self.tokens

    def layer(self, kind: Layer) -> Iterable[Operation]:
        """The operations of layers of one kind: projections in, mixing, output, MLP."""
        matrices = kind.mixer.matrices
        yield from (self.mixing_matmul(kind, each) for each in matrices[:-1])
        yield self.mixing(kind)
        yield self.mixing_matmul(kind, matrices[-1])
        for each in kind.mlp.matrices if kind.mlp else ():
            yield self.mlp_matmul(kind, each)

    def mixing_matmul(self, kind: Layer, matrix: Matrix) -> Operation:
        return self.matmul(matrix, self.rows, self.weights.attention, kind.count)

    def mlp_matmul(self, kind: Layer, matrix: Matrix) -> Operation:
        bits = self.weights.small if matrix.name == "router" else self.weights.bits
        if matrix.copies == 1:
            return self.matmul(matrix, self.rows, bits, kind.count)
        return self.expert_matmul(matrix, bits, kind.count)

    def matmul(self, matrix: Matrix, rows: int, bits: float, count: int) -> Operation:
        sides = {"m": rows, "k": matrix.k, "n": matrix.n}
        moved = equations.linear_bytes(
            **sides, element_bytes=self.element, parameter_bytes=bits / 8
        )
        flops = equations.matmul_flops(**sides)
        return Operation(
            matrix.name, matrix.module, "matmul", rows, matrix.k, matrix.n, count, flops, moved
        )

    def expert_matmul(self, matrix: Matrix, bits: float, count: int) -> Operation:
        """All experts of a layer: a token goes through few, a pass reads those that any chose."""
        rows = self.rows * matrix.chosen
        read = layer_equations.distinct_experts(
            experts=matrix.copies, experts_per_token=matrix.chosen, rows=self.rows
        )
        made = self.matmul(matrix, rows, 0.0, count)
        moved = made.moved + read * matrix.k * matrix.n * bits / 8
        return replace(made, moved=moved)

    def mixing(self, kind: Layer) -> Operation:
        match kind.mixer:
            case Attention() as mixer:
                return self.attention(mixer, kind.count)
            case Latent() as mixer:
                return self.latent(mixer, kind.count)
            case Recurrent() as mixer:
                return self.recurrent(mixer, kind.count)

    def attention(self, mixer: Attention, count: int) -> Operation:
        sizes = {"batch": self.batch, "heads": mixer.heads, "head_dim": mixer.head_dim}
        seen = self.seen(mixer.window)
        if mixer.window is None or self.context <= mixer.window:
            flops = equations.attention_flops(**sizes, tokens=self.tokens, context=self.context)
        else:
            flops = self.batch * mixer.pair_flops * self.pairs(mixer.window)
        moved = equations.attention_bytes(
            **sizes,
            kv_heads=mixer.kv_heads,
            tokens=self.tokens,
            context=seen,
            element_bytes=self.element,
            kv_element_bytes=kv_bytes_of(self.kv),
        )
        return self.mixed("attention", mixer.head_dim, seen, count, flops, moved)

    def seen(self, window: int | None) -> int:
        """Tokens of the KV cache that the new tokens see together."""
        return self.context if window is None else min(self.context, window + self.tokens - 1)

    def pairs(self, window: int) -> float:
        return layer_equations.window_pairs(tokens=self.tokens, context=self.context, window=window)

    def latent(self, mixer: Latent, count: int) -> Operation:
        one = mixer.pair_flops if self.tokens == 1 else mixer.prompt_pair_flops
        pairs = equations.attention_pairs(tokens=self.tokens, context=self.context)
        query = mixer.heads * (mixer.nope_dim + mixer.rope_dim + mixer.value_dim)
        cache = self.context * mixer.kv_elements * kv_bytes_of(self.kv)
        moved = self.batch * (self.tokens * query * self.element + cache)
        size = mixer.latent_rank + mixer.rope_dim
        return self.mixed("attention", size, self.context, count, self.batch * one * pairs, moved)

    def recurrent(self, mixer: Recurrent, count: int) -> Operation:
        flops = self.rows * mixer.state_flops
        inputs = self.rows * (3 * mixer.heads * mixer.value_dim + 2 * mixer.key_width)
        moved = 2 * self.batch * mixer.state_bytes + inputs * self.element
        return self.mixed("state", mixer.key_dim, mixer.value_dim, count, flops, moved)

    def mixed(self, name: str, k: int, n: int, count: int, flops: float, moved: float) -> Operation:
        return Operation(name, "attention", "attention", self.tokens, k, n, count, flops, moved)


def total_flops(done: Iterable[Operation]) -> float:
    """FLOPs of all operations, each as often as it is done."""
    return sum(operation.count * operation.flops for operation in done)


def total_moved(done: Iterable[Operation]) -> float:
    """Bytes that all operations move, each as often as it is done."""
    return sum(operation.count * operation.moved for operation in done)
