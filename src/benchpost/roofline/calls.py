"""What a value in a sentence may call: plain functions of options, each giving a `Quantity`.

    decode_rate(gpu="RTX 4090", model="Qwen3-4B-Instruct-2507")
    ridge_point(gpu="RTX PRO 6000", dtype="bf16", measured=true)

Options are given by name. Formats (`dtype`, `kv`) are those of `catalog.FORMAT_BYTES`; `dtype` is
that of the weights. Unknown chips, models and formats are UsageErrors that name the near misses.
"""

from __future__ import annotations

from collections.abc import Callable

from benchpost.errors import UsageError, near
from benchpost.roofline import catalog, equations, predict, published
from benchpost.roofline.catalog import DIMENSIONS, Chip, format_bytes
from benchpost.roofline.layers import operations, total_flops
from benchpost.roofline.predict import at, decode_terms
from benchpost.roofline.sizes import at_least
from benchpost.roofline.types import Known
from benchpost.roofline.units import Quantity
from benchpost.roofline.work import work


def decode_rate(
    *,
    gpu: str,
    model: str,
    context: int = 0,
    batch: int = 1,
    dtype: str = "bf16",
    kv: str = "bf16",
    measured: bool = False,
) -> Quantity:
    """Tokens per second that the chip allows; `measured`: with the bandwidth somebody reached."""
    step = decode_time(
        gpu=gpu, model=model, context=context, batch=batch, dtype=dtype, kv=kv, measured=measured
    )
    return Quantity(batch / step.value, "token/second")


def decode_time(
    *,
    gpu: str,
    model: str,
    context: int = 0,
    batch: int = 1,
    dtype: str = "bf16",
    kv: str = "bf16",
    measured: bool = False,
) -> Quantity:
    """Seconds of a decode step: reading weights and KV cache, or the arithmetic if that is more."""
    chip, net = catalog.chip(gpu), catalog.model(model)
    terms = decode_terms(chip, net, context=context, batch=batch, dtype=dtype, kv=kv)
    terms["bandwidth"] = bandwidth(gpu=gpu, measured=measured).value
    return Quantity(at(equations.decode_step_time, terms), "second")


def typical_decode_rate(
    *,
    gpu: str,
    model: str,
    context: int = 0,
    batch: int = 1,
    dtype: str = "bf16",
    kv: str = "bf16",
    engine: str = "",
) -> Quantity:
    """Tokens per second that engines typically reach; see `predict.decode` for its error."""
    estimate = predict.decode(
        gpu=gpu,
        model=model,
        context=context,
        batch=batch,
        dtype=dtype,
        kv=kv,
        engine=engine or None,
    )
    return Quantity(estimate.value, estimate.unit)


def prefill_time(
    *, gpu: str, model: str, prompt: int, batch: int = 1, dtype: str = "bf16"
) -> Quantity:
    """Seconds to the first token that the datasheet allows; no engine is faster."""
    estimate = predict.prefill(gpu=gpu, model=model, prompt=prompt, batch=batch, dtype=dtype)
    return Quantity(estimate.bound, estimate.unit)


def prefill_flops(*, model: str, prompt: int, batch: int = 1) -> Quantity:
    """FLOPs of a prefill: matmuls for every token, the LM head for the last, causal attention."""
    done = operations(catalog.model(model), tokens=prompt, batch=batch)
    return Quantity(total_flops(done), "flop")


def decode_flops(*, model: str, context: int = 1, batch: int = 1) -> Quantity:
    """FLOPs of a decode step over `batch` sequences of `context` tokens."""
    done = operations(catalog.model(model), tokens=1, context=context, batch=batch)
    return Quantity(total_flops(done), "flop")


def parameters(*, model: str) -> Quantity:
    """Parameters of the model, counted from its configuration."""
    return Quantity(float(catalog.model(model).parameters.value), "1")


def dimension(*, model: str, of: str) -> Quantity:
    """A number of the model's configuration: layers, hidden, heads, kv_heads, head_dim, …"""
    if of not in DIMENSIONS:
        hint = near(of, DIMENSIONS) or f"; dimensions are {', '.join(DIMENSIONS)}"
        raise UsageError(f"a model has no dimension {of!r}{hint}")
    return Quantity(float(getattr(catalog.model(model), of)), "1")


def weight_bytes(*, model: str, dtype: str = "bf16") -> Quantity:
    """Bytes of all weights."""
    return Quantity(catalog.model(model).weight_bytes(dtype), "byte")


def routed_bytes(*, model: str, dtype: str = "bf16") -> Quantity:
    """Bytes of the routed experts of all layers, which are parted among GPUs; 0 of a dense model.

    What is no routed expert (attention, shared experts, embeddings) is on each data-parallel GPU.
    """
    routed = work(catalog.model(model), dtype).routed
    held = sum(each.count * each.experts * each.expert_bytes for each in routed)
    return Quantity(float(held), "byte")


def streamed_bytes(*, model: str, dtype: str = "bf16") -> Quantity:
    """Bytes of the weights that a decode step reads: all but an untied input embedding."""
    return Quantity(catalog.model(model).streamed_bytes(dtype), "byte")


def repository_bytes(*, model: str) -> Quantity:
    """Bytes of all files of the model's repository, where they are recorded."""
    net = catalog.model(model)
    if net.repository is None:
        raise UsageError(f"the files of {net.name!r} are not recorded")
    return Quantity(float(net.repository.total), "byte")


def kv_bytes_per_token(*, model: str, kv: str = "bf16") -> Quantity:
    """Bytes of the KV cache for one token."""
    return Quantity(catalog.model(model).kv_bytes_per_token(kv), "byte/token")


def kv_bytes(*, model: str, context: int, batch: int = 1, kv: str = "bf16") -> Quantity:
    """Bytes of the KV cache of `batch` sequences of `context` tokens."""
    at_least(1, context=context, batch=batch)
    per_token = kv_bytes_per_token(model=model, kv=kv).value
    held = equations.kv_bytes(batch=batch, context=context, kv_bytes_per_token=per_token)
    return Quantity(held, "byte")


def max_concurrency(
    *,
    gpu: str,
    model: str,
    context: int,
    dtype: str = "bf16",
    kv: str = "bf16",
    utilisation: float = predict.UTILISATION,
    block: int = predict.BLOCK_TOKENS,
) -> Quantity:
    """Sequences of `context` tokens whose KV cache fits beside the weights at once."""
    fit = predict.memory(
        gpu=gpu,
        model=model,
        context=context,
        dtype=dtype,
        kv=kv,
        utilisation=utilisation,
        block=block,
    )
    return Quantity(fit.max_concurrency, "1")


def memory(*, gpu: str) -> Quantity:
    """Memory of the accelerator."""
    return _quantity(catalog.chip(gpu).memory)


def bandwidth(*, gpu: str, measured: bool = False) -> Quantity:
    """Memory bandwidth: the datasheet's, or what somebody reached."""
    chip = catalog.chip(gpu)
    return _quantity(_reached(chip) if measured else chip.bandwidth)


def _reached(chip: Chip) -> Known[float]:
    if chip.measured_bandwidth is None:
        raise UsageError(f"no measured bandwidth is known of {chip.name}")
    return chip.measured_bandwidth


def peak(*, gpu: str, dtype: str = "bf16", measured: bool = False) -> Quantity:
    """Dense peak compute rate: the datasheet's, or what somebody reached with large matmuls."""
    chip = catalog.chip(gpu)
    return _quantity(chip.measured_peak(dtype) if measured else chip.peak(dtype))


def ridge_point(*, gpu: str, dtype: str = "bf16", measured: bool = False) -> Quantity:
    """The arithmetic intensity below which an operation is memory-bound."""
    ridge = equations.ridge_point(
        peak=peak(gpu=gpu, dtype=dtype, measured=measured).value,
        bandwidth=bandwidth(gpu=gpu, measured=measured).value,
    )
    return Quantity(ridge, "flop/byte")


def saturation_batch(*, gpu: str, dtype: str = "bf16", measured: bool = False) -> Quantity:
    """Tokens that must share a weight read before a matmul becomes compute-bound."""
    tokens = equations.saturation_batch(
        peak=peak(gpu=gpu, dtype=dtype, measured=measured).value,
        parameter_bytes=format_bytes(dtype),
        bandwidth=bandwidth(gpu=gpu, measured=measured).value,
    )
    return Quantity(tokens, "1")


def matmul_flops(*, m: int, k: int, n: int) -> Quantity:
    """FLOPs of an M×K by K×N matmul."""
    at_least(1, m=m, k=k, n=n)
    return Quantity(equations.matmul_flops(m=m, n=n, k=k), "flop")


def matmul_bytes(*, m: int, k: int, n: int, dtype: str = "bf16") -> Quantity:
    """The least bytes that it moves."""
    at_least(1, m=m, k=k, n=n)
    moved = equations.matmul_bytes(m=m, k=k, n=n, element_bytes=format_bytes(dtype))
    return Quantity(moved, "byte")


def matmul_intensity(*, m: int, k: int, n: int, dtype: str = "bf16") -> Quantity:
    """Its FLOPs for each byte."""
    at_least(1, m=m, k=k, n=n)
    intensity = equations.matmul_intensity(m=m, k=k, n=n, element_bytes=format_bytes(dtype))
    return Quantity(intensity, "flop/byte")


def matmul_time(
    *, gpu: str, m: int, k: int, n: int, dtype: str = "bf16", measured: bool = False
) -> Quantity:
    """Seconds that it takes at the slower of the two bounds."""
    at_least(1, m=m, k=k, n=n)
    seconds = equations.matmul_time(
        m=m,
        k=k,
        n=n,
        element_bytes=format_bytes(dtype),
        peak=peak(gpu=gpu, dtype=dtype, measured=measured).value,
        bandwidth=bandwidth(gpu=gpu, measured=measured).value,
    )
    return Quantity(seconds, "second")


def attention_flops(
    *, model: str, tokens: int = 1, context: int | None = None, batch: int = 1
) -> Quantity:
    """FLOPs of the attention of one layer."""
    done = operations(catalog.model(model), tokens=tokens, context=context, batch=batch)
    return Quantity(next(op.flops for op in done if op.kind == "attention"), "flop")


def attention_bytes(
    *,
    model: str,
    tokens: int = 1,
    context: int | None = None,
    batch: int = 1,
    kv: str = "bf16",
) -> Quantity:
    """The least bytes that the attention of one layer moves."""
    done = operations(catalog.model(model), tokens=tokens, context=context, batch=batch, kv=kv)
    return Quantity(next(op.moved for op in done if op.kind == "attention"), "byte")


def _quantity(known: Known[float]) -> Quantity:
    return Quantity(known.value, known.unit)


FUNCTIONS: dict[str, Callable[..., Quantity]] = {
    "decode_rate": decode_rate,
    "decode_time": decode_time,
    "typical_decode_rate": typical_decode_rate,
    "decode_flops": decode_flops,
    "prefill_time": prefill_time,
    "prefill_flops": prefill_flops,
    "parameters": parameters,
    "routed_bytes": routed_bytes,
    "dimension": dimension,
    "weight_bytes": weight_bytes,
    "streamed_bytes": streamed_bytes,
    "repository_bytes": repository_bytes,
    "kv_bytes_per_token": kv_bytes_per_token,
    "kv_bytes": kv_bytes,
    "max_concurrency": max_concurrency,
    "memory": memory,
    "bandwidth": bandwidth,
    "peak": peak,
    "ridge_point": ridge_point,
    "saturation_batch": saturation_batch,
    "matmul_flops": matmul_flops,
    "matmul_bytes": matmul_bytes,
    "matmul_intensity": matmul_intensity,
    "matmul_time": matmul_time,
    "attention_flops": attention_flops,
    "attention_bytes": attention_bytes,
    "model_error": published.model_error,
    "set_aside": published.set_aside,
    "published_rate": published.published_rate,
    "calibrated_decode_rate": published.calibrated_decode_rate,
    "efficiency": published.efficiency,
    "layer_time": published.layer_time,
}
"""What a value may call, by name."""
