"""The work of a model, operation by operation: every matmul and attention of a forward pass.

Only matmuls and attention are counted; norms, activations, rotary embeddings and the look-up of
the input embedding move little and compute less. Bytes are the least that must move: every input
read once, every output written once. Engines fuse some of these (query with key and value, gate
with up), which saves re-reading the input and changes no FLOP.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from benchpost.errors import UsageError
from benchpost.roofline import equations
from benchpost.roofline.catalog import Chip, Model, format_bytes
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
    shapes = _Shapes(model, batch * tokens, format_bytes(dtype), format_bytes(activations))
    return (
        *shapes.projections(),
        _attention(model, tokens, context, batch, format_bytes(activations), format_bytes(kv)),
        *shapes.after_attention(),
        shapes.matmul("LM head", "LM head", batch, model.hidden, model.vocab, 1),
    )


@dataclass(frozen=True)
class _Shapes:
    """The matmuls of a model with `rows` rows."""

    model: Model
    rows: int
    weight: float
    element: float

    def projections(self) -> Iterable[Operation]:
        own, kv = (h * self.model.head_dim for h in (self.model.heads, self.model.kv_heads))
        for name, width in (("query", own), ("key", kv), ("value", kv)):
            yield self.in_layer(name, "attention", self.model.hidden, width)

    def after_attention(self) -> Iterable[Operation]:
        hidden, wide = self.model.hidden, self.model.intermediate
        yield self.in_layer("output", "attention", self.model.heads * self.model.head_dim, hidden)
        yield self.in_layer("gate", "MLP", hidden, wide)
        yield self.in_layer("up", "MLP", hidden, wide)
        yield self.in_layer("down", "MLP", wide, hidden)

    def in_layer(self, name: str, module: str, k: int, n: int) -> Operation:
        return self.matmul(name, module, self.rows, k, n, self.model.layers)

    def matmul(self, name: str, module: str, m: int, k: int, n: int, count: int) -> Operation:
        moved = equations.linear_bytes(
            m=m, k=k, n=n, element_bytes=self.element, parameter_bytes=self.weight
        )
        flops = equations.matmul_flops(m=m, n=n, k=k)
        return Operation(name, module, "matmul", m, k, n, count, flops, moved)


def _attention(
    model: Model, tokens: int, context: int, batch: int, element: float, kv_element: float
) -> Operation:
    flops = equations.attention_flops(
        batch=batch, heads=model.heads, head_dim=model.head_dim, tokens=tokens, context=context
    )
    moved = equations.attention_bytes(
        batch=batch,
        heads=model.heads,
        kv_heads=model.kv_heads,
        head_dim=model.head_dim,
        tokens=tokens,
        context=context,
        element_bytes=element,
        kv_element_bytes=kv_element,
    )
    size = (tokens, model.head_dim, context)
    return Operation("attention", "attention", "attention", *size, model.layers, flops, moved)


def total_flops(done: Iterable[Operation]) -> float:
    """FLOPs of all operations, each as often as it is done."""
    return sum(operation.count * operation.flops for operation in done)


def total_moved(done: Iterable[Operation]) -> float:
    """Bytes that all operations move, each as often as it is done."""
    return sum(operation.count * operation.moved for operation in done)
