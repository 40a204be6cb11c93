"""What a value in a sentence may call of the KV cache: how it is shared out, moved and wasted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from benchpost.roofline import predict
from benchpost.roofline.units import Quantity, convert, parse_quantity
from benchpost.serving import movement
from benchpost.serving.allocation import shares, token_share

Scheme = Literal["max", "pow2", "oracle", "paged"]
Part = Literal["token", "reserved", "internal", "external"]


def measured_in(written: str, unit: str) -> float:
    """A quantity with its unit, e.g. `50 GB/s`, in `unit`. Raises UsageError."""
    given = parse_quantity(written)
    return convert(given.value, given.unit, unit)


def slots_share(
    *,
    scheme: Scheme,
    of: Part = "token",
    prompt: str,
    output: str,
    slots: int,
    reserve: int = 2048,
    block: int = predict.BLOCK_TOKENS,
) -> Quantity:
    """Share of the slots of a KV cache that hold a token, or are wasted one way, simulated."""
    made = shares(
        scheme=scheme,
        prompt=prompt,
        output=output,
        slots=slots,
        reserve=reserve,
        block=block,
        requests=400,
    )
    return Quantity(getattr(made, of), "1")


def kv_waste(
    *,
    scheme: Literal["max", "paged"],
    prompt: str,
    output: str,
    reserve: int = 2048,
    block: int = predict.BLOCK_TOKENS,
) -> Quantity:
    """Share of a request's own slots that hold no token, in closed form."""
    held = token_share(scheme=scheme, prompt=prompt, output=output, reserve=reserve, block=block)
    return Quantity(1 - held, "1")


def kv_blocks(
    *,
    gpu: str,
    model: str,
    dtype: str = "bf16",
    kv: str = "bf16",
    utilisation: float = predict.UTILISATION,
    block: int = predict.BLOCK_TOKENS,
    reserved: str = "0 B",
    tp: int = 1,
) -> Quantity:
    """KV-cache blocks beside the weights; `reserved` is for activations and graphs, e.g. `4 GB`."""
    fit = predict.memory(
        gpu=gpu,
        model=model,
        context=1,
        dtype=dtype,
        kv=kv,
        utilisation=utilisation,
        block=block,
        tp=tp,
        reserved=measured_in(reserved, "byte"),
    )
    return Quantity(float(fit.kv_blocks), "block")


def kv_tokens(
    *,
    gpu: str,
    model: str,
    dtype: str = "bf16",
    kv: str = "bf16",
    utilisation: float = predict.UTILISATION,
    block: int = predict.BLOCK_TOKENS,
    reserved: str = "0 B",
    tp: int = 1,
) -> Quantity:
    """Tokens that these blocks hold; vLLM logs them as `GPU KV cache size`."""
    found = kv_blocks(
        gpu=gpu,
        model=model,
        dtype=dtype,
        kv=kv,
        utilisation=utilisation,
        block=block,
        reserved=reserved,
        tp=tp,
    )
    return Quantity(found.value * block, "token")


def kv_copies(*, model: str, tp: int) -> Quantity:
    """Copies of each key-value head when `tp` GPUs share the model."""
    return Quantity(movement.kv_copies(model=model, tp=tp), "1")


def kv_transfer_time(*, model: str, context: int, link: str, kv: str = "bf16") -> Quantity:
    """Seconds to move the KV cache of `context` tokens over a link, e.g. `50 GB/s`."""
    moving = movement.transfer_time(
        model=model, context=context, link=measured_in(link, "byte/second"), kv=kv
    )
    return Quantity(moving, "second")


def kv_load_gain(
    *, gpu: str, model: str, context: int, link: str, dtype: str = "bf16", kv: str = "bf16"
) -> Quantity:
    """How many times faster it is to load the KV cache of a prompt than to compute it."""
    gain = movement.load_gain(
        gpu=gpu,
        model=model,
        context=context,
        link=measured_in(link, "byte/second"),
        dtype=dtype,
        kv=kv,
    )
    return Quantity(gain, "1")


def kv_break_even_link(*, gpu: str, model: str, dtype: str = "bf16", kv: str = "bf16") -> Quantity:
    """The bandwidth above which loading a KV cache is faster than computing it."""
    link = movement.break_even_link(gpu=gpu, model=model, dtype=dtype, kv=kv)
    return Quantity(link, "byte/second")


MEMORY_FUNCTIONS: dict[str, Callable[..., Quantity]] = {
    function.__name__: function
    for function in (
        slots_share,
        kv_waste,
        kv_blocks,
        kv_tokens,
        kv_copies,
        kv_transfer_time,
        kv_load_gain,
        kv_break_even_link,
    )
}
"""What a value may call, by name."""
