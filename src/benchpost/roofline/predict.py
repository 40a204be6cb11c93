"""Predictions: what the hardware allows, what engines typically reach, and how far off that is.

The bound comes from the datasheet. The typical value uses constants fitted to published
measurements, named below with their errors; the band is those errors, no narrower. Prefill is
uncalibrated and its band is wide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from benchpost.errors import UsageError
from benchpost.roofline import catalog, equations
from benchpost.roofline.catalog import Chip, Model
from benchpost.roofline.sizes import at_least
from benchpost.roofline.types import Equation, Estimate

EFFICIENCY = 0.893
"""Share of the datasheet bandwidth that engines reach, where no measured bandwidth is known."""
LAYER_TIME = 114e-6
"""Seconds per layer that are neither weights nor KV cache."""
DECODE_ERROR = 0.49
"""90 % of the fit's relative errors are smaller, for GPUs left out of the fit."""
DECODE_FIT = (
    "557 published batch-1 decode rates of optimised engines on 28 GPUs, fitted as "
    "0.893 of the bandwidth and 114 µs per layer; for GPUs left out of the fit the median error is "
    "10.6 %, 90 % of the errors are below 49 %"
)

COMPUTE_SHARES = (0.16, 0.37, 0.73)
"""10 %, 50 % and 90 % quantile of the achieved share of the peak in prefill."""
PREFILL_FIT = (
    "uncalibrated: in 235 published batch-1 prefill rates, most of them of llama.cpp, the achieved "
    "share of the 16-bit peak was 0.37 in the median and between 0.16 and 0.73 for 80 % of them"
)

UTILISATION = 0.92
"""Share of the memory that vLLM takes by default since 0.20.0."""
BLOCK_TOKENS = 16
"""Tokens of a KV-cache block in vLLM unless a backend chooses another size."""


@dataclass(frozen=True)
class Fit:
    """What fits into the memory of one accelerator."""

    memory: float
    """Bytes of memory, as on the datasheet."""
    weight_bytes: float
    """Bytes of the weights."""
    kv_bytes_per_token: float
    """Bytes of the KV cache for one token."""
    kv_blocks: int
    """KV-cache blocks beside the weights; 0 when not even the weights fit."""
    tokens: int
    """Tokens that these blocks hold."""
    max_concurrency: float
    """Sequences of the asked length that fit at once."""
    source: str
    """How it was counted."""


def decode(
    *,
    gpu: str | Chip,
    model: str | Model,
    context: int = 0,
    batch: int = 1,
    dtype: str = "bf16",
    kv: str = "bf16",
) -> Estimate:
    """Tokens per second of a decode step over `batch` sequences of `context` tokens each."""
    chip, net = _chip(gpu), _model(model)
    terms = decode_terms(chip, net, context=context, batch=batch, dtype=dtype, kv=kv)
    bound = batch / at(equations.decode_step_time, terms)
    typical = batch / at(equations.engine_step_time, terms)
    return Estimate(
        value=typical,
        low=typical / (1 + DECODE_ERROR),
        high=min(bound, typical / (1 - DECODE_ERROR)),
        bound=bound,
        unit="token/second",
        terms=terms,
        source=_decode_source(chip, net, batch),
    )


def decode_terms(
    chip: Chip, net: Model, *, context: int, batch: int, dtype: str, kv: str
) -> dict[str, float]:
    """The terms of a decode step by name, for `decode_step_time` and `engine_step_time`."""
    at_least(0, context=context)
    at_least(1, batch=batch)
    terms = {
        "batch": float(batch),
        "context": float(context),
        "weight_bytes": net.streamed_bytes(dtype),
        "kv_bytes_per_token": net.kv_bytes_per_token(kv),
        "peak": chip.compute_peak(dtype).value,
        "bandwidth": chip.bandwidth.value,
        "efficiency": efficiency(chip),
        "layer_time": LAYER_TIME,
        **_dimensions(net),
    }
    terms["kv_bytes"] = at(equations.kv_bytes, terms)
    terms["decode_flops"] = at(equations.decode_flops, terms)
    return terms


def prefill(
    *, gpu: str | Chip, model: str | Model, prompt: int, batch: int = 1, dtype: str = "bf16"
) -> Estimate:
    """Seconds to the first token of `batch` prompts, with nothing cached and nobody queueing."""
    chip, net = _chip(gpu), _model(model)
    at_least(1, prompt=prompt, batch=batch)
    terms = _prefill_terms(chip, net, prompt, batch, dtype)
    bound = at(equations.prefill_time, terms)
    slow, typical, fast = (
        at(equations.engine_prefill_time, {**terms, "compute_share": share})
        for share in COMPUTE_SHARES
    )
    return Estimate(
        value=typical,
        low=max(bound, fast),
        high=slow,
        bound=bound,
        unit="second",
        terms={**terms, "compute_share": COMPUTE_SHARES[1]},
        source=f"{_hardware(chip)}, accumulating in FP32; {_dims(net)}; {PREFILL_FIT}",
    )


def _prefill_terms(chip: Chip, net: Model, prompt: int, batch: int, dtype: str) -> dict[str, float]:
    terms = {
        "batch": float(batch),
        "tokens": float(prompt),
        "context": float(prompt),
        "weight_bytes": net.streamed_bytes(dtype),
        "peak": chip.compute_peak(dtype).value,
        "bandwidth": chip.bandwidth.value,
        "efficiency": efficiency(chip),
        **_dimensions(net),
    }
    terms["prefill_flops"] = at(equations.prefill_flops, terms)
    return terms


def memory(
    *,
    gpu: str | Chip,
    model: str | Model,
    context: int,
    dtype: str = "bf16",
    kv: str = "bf16",
    utilisation: float = UTILISATION,
    block: int = BLOCK_TOKENS,
) -> Fit:
    """How many KV-cache blocks, tokens and sequences fit beside the weights.

    Activations and CUDA graphs, which vLLM also sets aside, are not counted: an upper bound.
    """
    chip, net = _chip(gpu), _model(model)
    at_least(1, context=context, block=block)
    if not 0 < utilisation <= 1:
        raise UsageError(f"utilisation must be above 0 and at most 1, not {utilisation}")
    terms = {
        "memory": chip.memory.value,
        "utilisation": utilisation,
        "weight_bytes": net.weight_bytes(dtype),
        "reserved_bytes": 0.0,
        "block_tokens": float(block),
        "context": float(context),
        "kv_bytes_per_token": net.kv_bytes_per_token(kv),
    }
    terms["kv_blocks"] = max(0.0, at(equations.kv_blocks, terms))
    return Fit(
        memory=terms["memory"],
        weight_bytes=terms["weight_bytes"],
        kv_bytes_per_token=terms["kv_bytes_per_token"],
        kv_blocks=int(terms["kv_blocks"]),
        tokens=int(terms["kv_blocks"]) * block,
        max_concurrency=at(equations.max_concurrency, terms),
        source=f"memory: {chip.memory.source}; {_dims(net)}; no activations or graphs counted",
    )


def efficiency(chip: Chip) -> float:
    """The share of the datasheet bandwidth that was measured on `chip`, else the fitted one."""
    if chip.measured_bandwidth is None:
        return EFFICIENCY
    return chip.measured_bandwidth.value / chip.bandwidth.value


def at(equation: Equation, terms: Mapping[str, float]) -> float:
    """The equation where its terms have the values of `terms`, which may hold more."""
    return equation(**{term.name: terms[term.name] for term in equation.terms})


def _dimensions(net: Model) -> dict[str, float]:
    return {
        "layers": float(net.layers),
        "heads": float(net.heads),
        "head_dim": float(net.head_dim),
        "layer_parameters": float(net.layer_parameters),
        "head_parameters": float(net.head_parameters),
    }


def _decode_source(chip: Chip, net: Model, batch: int) -> str:
    reached = chip.measured_bandwidth
    share = f"measured bandwidth: {reached.source} ({reached.note})" if reached else ""
    beyond = "the fit saw batch 1 only" if batch > 1 else ""
    parts = (_hardware(chip), _dims(net), share, DECODE_FIT, beyond)
    return "; ".join(part for part in parts if part)


def _hardware(chip: Chip) -> str:
    return f"bound: {chip.bandwidth.source}"


def _dims(net: Model) -> str:
    return f"model: {net.source}"


def _chip(gpu: str | Chip) -> Chip:
    return gpu if isinstance(gpu, Chip) else catalog.chip(gpu)


def _model(model: str | Model) -> Model:
    return model if isinstance(model, Model) else catalog.model(model)
