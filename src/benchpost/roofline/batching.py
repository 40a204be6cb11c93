"""Serving, speculation and prefix reuse: what continuous batching makes of a model on its GPUs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchpost.errors import UsageError, near
from benchpost.roofline import bands, equations, layer_equations, serving_equations
from benchpost.roofline.bands import Band
from benchpost.roofline.catalog import Chip
from benchpost.roofline.compute import at, larger, smaller
from benchpost.roofline.models import Model
from benchpost.roofline.predict import (
    BLOCK_TOKENS,
    UTILISATION,
    Setting,
    exchange_time,
    memory,
    prefill,
    setting_of,
)
from benchpost.roofline.sizes import at_least, share
from benchpost.roofline.types import Estimate

EFFICIENCY = 0.8
"""Share of the bandwidth; this and the next four set by hand before any error was looked at."""
COMPUTE_SHARE = 0.5
"""Share of the peak."""
OVERLAP_LOSS = 0.35
"""Part of the shorter of arithmetic and traffic that is not hidden."""
LAYER_TIME = 25e-6
"""Seconds of a layer beside its bytes, in a captured step."""
HOST_TIME = 300e-6
"""Seconds of the host in a step."""
BASIS = (
    "steady state of continuous batching with five constants set by hand; time per output token is "
    "that of a step, without the time to the first token"
)
METRICS = ("tpot", "ttft", "throughput")
"""What `serving` can be asked for."""
BUDGET_TOKENS = 8192
"""Tokens of a step in vLLM, of which prompts get what decoding leaves."""
DRAFT_COST = 0.18
"""Cost of a drafted token, in passes, of a multi-token head on a dense 27B model; measured.

llama.cpp MTP on a Radeon 8060S: 2.56 tokens a pass give 1.90 times the rate with two drafted,
3.17 give 2.09 with three.
"""


def serving(
    *,
    gpu: str | Chip,
    model: str | Model,
    concurrency: Any,
    prompt: Any,
    output: Any,
    dtype: str = "bf16",
    kv: str = "bf16",
    weights: str | None = None,
    engine: str | None = None,
    tp: int = 1,
    metric: str = "tpot",
) -> Estimate:
    """Continuous batching of `concurrency` requests of `prompt` tokens in and `output` out.

    `metric` is `tpot` (seconds between tokens of a request), `ttft` (seconds to its first token, no
    queue before it) or `throughput` (output tokens a second of all requests).
    """
    if metric not in METRICS:
        raise UsageError(
            f"unknown metric {metric!r}{near(metric, METRICS)}; known are {', '.join(METRICS)}"
        )
    at_least(1, concurrency=concurrency, prompt=prompt, output=output)
    setting = setting_of(gpu, model, engine or "vllm", weights or dtype, kv, tp)
    terms = _serving_terms(setting, concurrency, prompt, output)
    step = at(serving_equations.serving_step_time, terms)
    least = at(equations.decode_step_time, {**terms, "peak": terms["bound_peak"], **terms["least"]})
    plain = {name: value for name, value in terms.items() if name not in ("least", "bound_peak")}
    if metric == "ttft":
        return _first_token(setting, plain, step, prompt)
    made = _time(step, least, bands.SERVING, plain)
    return made if metric == "tpot" else _rate(made, plain["concurrency"])


def _serving_terms(setting: Setting, concurrency: Any, prompt: Any, output: Any) -> dict[str, Any]:
    done, sizes = setting.work, {"prompt": prompt, "output": output}
    context = at(serving_equations.mean_context, sizes)
    running = smaller(concurrency, larger(1.0, _room(setting) / done.kv_bytes(context)))
    rows = at(serving_equations.step_tokens, {"concurrency": running, **sizes})
    decoding = done.decode_flops(context, running)
    kv_bytes = done.kv_bytes(context, running)
    return {
        "concurrency": running,
        **sizes,
        "step_tokens": rows,
        "mean_context": context,
        "step_flops": decoding + done.prefill_flops(prompt, prompt, running) / output,
        "weight_bytes": done.weight_bytes(rows),
        "kv_bytes": kv_bytes,
        "peak": setting.chip.compute_peak(setting.dtype).value,
        "bandwidth": setting.chip.bandwidth.value,
        "compute_share": COMPUTE_SHARE,
        "efficiency": EFFICIENCY,
        "overlap_loss": OVERLAP_LOSS,
        "layers": float(setting.model.layers),
        "layer_time": LAYER_TIME,
        "exchange_time": exchange_time(setting, rows),
        "host_time": HOST_TIME,
        "bound_peak": setting.chip.bound_peak(setting.dtype),
        "least": {"weight_bytes": done.weight_bytes(1), "decode_flops": decoding},
    }


def _room(setting: Setting) -> float:
    """Bytes of KV cache that fit beside the weights on each GPU."""
    held = setting.model.weight_bytes(setting.dtype) / setting.tp
    room = UTILISATION * setting.chip.memory.value - held
    if room <= 0:
        raise UsageError(
            f"{setting.model.name} in {setting.dtype} ({held / 1e9:.1f} GB on each of {setting.tp} "
            f"GPUs) does not fit into {UTILISATION:.0%} of the memory of {setting.chip.name}"
        )
    return room


def _time(value: Any, bound: Any, band: Band, terms: Mapping[str, Any]) -> Estimate:
    typical = larger(bound, value)
    return Estimate(
        value=typical,
        low=larger(bound, typical / band.high),
        high=typical / band.low,
        bound=bound,
        unit="second",
        terms=terms,
        source=f"{BASIS}; band: {band.basis}",
    )


def _rate(made: Estimate, running: Any) -> Estimate:
    return Estimate(
        value=running / made.value,
        low=running / made.high,
        high=running / made.low,
        bound=running / made.bound,
        unit="token/second",
        terms=made.terms,
        source=made.source,
    )


def _first_token(setting: Setting, terms: Mapping[str, Any], step: Any, prompt: Any) -> Estimate:
    """The prompt in chunks beside the running sequences, and half a step until its first chunk."""
    alone = prefill(
        gpu=setting.chip,
        model=setting.model,
        prompt=prompt,
        weights=setting.dtype,
        engine=setting.engine.name,
        tp=setting.tp,
    )
    chunks = at(
        layer_equations.sequence_blocks, {"context": prompt, "block_tokens": float(BUDGET_TOKENS)}
    )
    value = alone.value + (chunks + 0.5) * step
    return _time(value, alone.bound, bands.SERVING_TTFT, {**terms, "step_time": step})


def speculate(
    *,
    gpu: str | Chip,
    model: str | Model,
    acceptance: Any,
    drafted: Any,
    context: Any = 0,
    batch: Any = 1,
    draft_cost: Any = DRAFT_COST,
    dtype: str = "bf16",
    kv: str = "bf16",
    weights: str | None = None,
    engine: str | None = None,
    tp: int = 1,
) -> Estimate:
    """Speed-up of speculative decoding against plain decoding.

    `acceptance` is the chance that a drafted token is accepted, `draft_cost` what drafting one
    costs, in passes of the model. Verifying several tokens costs what the roofline says: nothing
    while memory-bound and dense, the further experts that they go to otherwise.
    """
    share(acceptance=acceptance)
    at_least(1, drafted=drafted, batch=batch)
    at_least(0, context=context, draft_cost=draft_cost)
    setting = setting_of(gpu, model, engine, weights or dtype, kv, tp)
    terms = {
        "acceptance": acceptance,
        "drafted": drafted,
        "draft_cost": draft_cost,
        "verify_cost": _verify_cost(setting, context, batch, drafted),
    }
    return _speedup(setting, terms)


def _speedup(setting: Setting, terms: dict[str, Any]) -> Estimate:
    terms["accepted_tokens"] = at(serving_equations.accepted_tokens, terms)
    value = at(serving_equations.speculation_speedup, terms)
    band = bands.SPECULATION
    if setting.model.experts:
        band = band.wider(1.3, "tokens of one sequence share experts more than by chance")
    return Estimate(
        value=value,
        low=value * band.low,
        high=smaller(terms["accepted_tokens"], value * band.high),
        bound=terms["accepted_tokens"],
        unit="1",
        terms=terms,
        source=f"{serving_equations.speculation_speedup.source}; band: {band.basis}",
    )


def _verify_cost(setting: Setting, context: Any, batch: Any, drafted: Any) -> Any:
    """What one more token of each sequence costs in a pass, in passes of one token."""
    one = _pass_time(setting, context, batch, 1)
    several = _pass_time(setting, context, batch, drafted + 1)
    return (several - one) / one / drafted


def _pass_time(setting: Setting, context: Any, batch: Any, tokens: Any) -> Any:
    done = setting.work
    return at(
        equations.engine_step_time,
        {
            "decode_flops": done.decode_flops(context, batch * tokens),
            "weight_bytes": done.weight_bytes(batch * tokens),
            "kv_bytes": done.kv_bytes(context, batch),
            "peak": COMPUTE_SHARE * setting.chip.compute_peak(setting.dtype).value,
            "bandwidth": setting.chip.bandwidth.value,
            "efficiency": EFFICIENCY,
            "layers": float(setting.model.layers),
            "layer_time": setting.layer_time,
        },
    )


def prefix(
    *,
    gpu: str | Chip,
    model: str | Model,
    prompt: Any,
    prefix: Any,
    block: int = BLOCK_TOKENS,
    overhead: Any = 0.0,
    batch: Any = 1,
    dtype: str = "bf16",
    weights: str | None = None,
    engine: str | None = None,
    tp: int = 1,
) -> Estimate:
    """Seconds of the time to first token that a hit on a shared prefix saves.

    Only whole blocks are shared, and the last token is always computed. `overhead` is what a
    request takes beside its prefill, hit or not; it makes the share saved smaller (`time_saved`).
    """
    at_least(1, prompt=prompt, block=block)
    at_least(0, prefix=prefix, overhead=overhead)
    at_least(0, **{"prompt beyond the prefix": prompt - prefix})
    shared = smaller(prefix, prompt - 1)
    cached = at(serving_equations.cached_tokens, {"prefix": shared, "block_tokens": float(block)})
    asked: dict[str, Any] = {"gpu": gpu, "model": model, "prompt": prompt, "batch": batch, "tp": tp}
    asked |= {"weights": weights or dtype, "engine": engine}
    return _saved(prefill(**asked), prefill(**asked, cached=cached), cached, overhead)


def _saved(cold: Estimate, warm: Estimate, cached: Any, overhead: Any) -> Estimate:
    terms = {
        "cached_tokens": cached,
        "cold_time": cold.value + overhead,
        "warm_time": warm.value + overhead,
        "flops_saved": 1 - warm.terms["prefill_flops"] / cold.terms["prefill_flops"],
    }
    terms["time_saved"] = at(serving_equations.time_saved, terms)
    return Estimate(
        value=cold.value - warm.value,
        low=larger(0.0, cold.low - warm.low),
        high=cold.high - warm.high,
        bound=cold.high,
        unit="second",
        terms=terms,
        source=f"{serving_equations.cached_tokens.source}; {cold.source}",
    )


__all__ = ["memory", "prefix", "serving", "speculate"]
