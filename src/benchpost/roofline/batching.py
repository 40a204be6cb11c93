"""Serving, speculation and prefix reuse: what continuous batching makes of a model on its GPUs.

The share of the bandwidth is the one that decoding was fitted to, `engines.EFFICIENCY`: with it the
server's step and the decode step give the same slope over the context, and the rows of servers are
predicted no worse than with a share of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchpost.errors import UsageError, near
from benchpost.roofline import bands, equations, layer_equations, serving_equations
from benchpost.roofline.bands import Band
from benchpost.roofline.catalog import Chip
from benchpost.roofline.compute import at, larger, smaller
from benchpost.roofline.engines import EFFICIENCY as EFFICIENCY
from benchpost.roofline.kinds import Latent
from benchpost.roofline.models import Model
from benchpost.roofline.notes import about_length
from benchpost.roofline.predict import (
    BLOCK_TOKENS,
    UTILISATION,
    Setting,
    exchange_time,
    memory,
    notes_on,
    prefill_of,
    setting_of,
)
from benchpost.roofline.sizes import at_least, share
from benchpost.roofline.types import Estimate
from benchpost.roofline.work import work

HOST_TIME = 300e-6
"""Seconds of the host in a step; this and the latency of an exchange were set by hand."""
COMPUTE_SHARE = 0.65
"""Share of the peak; this and the next two fitted to the H100 rows of `served` alone."""
OVERLAP_LOSS = 0.6
"""Part of the shorter of arithmetic and traffic that is not hidden."""
LAYER_TIME = 50e-6
"""Seconds of a layer beside its bytes, in a captured step."""
WAITING_SHARE = 0.15
"""Share of the other requests' prompts that are read before a request's own; fitted to the same
rows' times to the first token, by the median error of the logarithm."""
BASIS = (
    "steady state of continuous batching; share of the bandwidth that of decoding, other constants "
    "set by hand and on published H100 rows; time "
    "per output token is that of a step, without the time to the first token"
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

    `metric` is `tpot` (seconds between tokens of a request, its first left out), `ttft` (seconds to
    its first token) or `throughput` (output tokens a second of all requests that run). `weights` is
    another word for `dtype`; `tp` GPUs share the model. Requests whose KV cache does not fit wait.
    """
    if metric not in METRICS:
        raise UsageError(
            f"unknown metric {metric!r}{near(metric, METRICS)}; known are {', '.join(METRICS)}"
        )
    at_least(1, concurrency=concurrency, prompt=prompt, output=output)
    setting = setting_of(gpu, model, engine or "vllm", weights or dtype, kv, tp)
    terms = _serving_terms(setting, concurrency, prompt, output)
    step = at(serving_equations.serving_step_time, terms)
    kind = serving_kind(setting)
    if metric == "ttft":
        return _first_token(setting, terms, step, bands.SERVING_TTFT[kind])
    # one token's experts, the highest peak, all bandwidth
    least = {**terms, "weight_bytes": setting.work.least_weight_bytes, "peak": setting.bound_peak}
    bound = at(equations.decode_step_time, least)
    made = _time(setting, step, bound, bands.SERVING[kind], terms)
    if metric == "throughput":
        return _rate(made, terms["concurrency"], concurrency / _least_of_all(setting, terms))
    return made


def _least_of_all(setting: Setting, terms: Mapping[str, Any]) -> Any:
    """Seconds of a step of every request at once: how many fit depends on the engine's settings.

    No part of a KV cache is held twice: GPUs may share out requests where they cannot share heads.
    """
    requests, context = terms["requested"], terms["mean_context"]
    whole = work(setting.model, setting.dtype, setting.kv)
    all_run = {
        **terms,
        "decode_flops": setting.work.decode_flops(context, requests),
        "kv_bytes": whole.kv_bytes(context, requests) / setting.tp,
        "weight_bytes": setting.work.least_weight_bytes,
        "peak": setting.bound_peak,
    }
    return at(equations.decode_step_time, all_run)


def _notes(terms: Mapping[str, Any]) -> tuple[str, ...]:
    """That some requests wait, where the KV cache does not hold all."""
    waiting, running = terms["requested"] - terms["concurrency"], terms["concurrency"]
    if (waiting.max() if hasattr(waiting, "max") else waiting) < 1:
        return ()
    least = float(running.min() if hasattr(running, "min") else running)
    return (f"the KV cache holds {least:.3g} requests at once; the others wait for a place",)


def _too_long(setting: Setting, terms: Mapping[str, Any]) -> tuple[str, ...]:
    return about_length(setting.model, terms["prompt"] + terms["output"])


def serving_kind(setting: Setting) -> str:
    """The kind of rows that tell how wrong a prediction is: a key of `bands.SERVING`."""
    if any(isinstance(kind.mixer, Latent) for kind in setting.model.kinds):
        return "latent attention"
    if setting.model.experts:
        return "experts"
    return "several GPUs" if setting.tp > 1 else "one GPU"


def _serving_terms(setting: Setting, concurrency: Any, prompt: Any, output: Any) -> dict[str, Any]:
    done, sizes = setting.work, {"prompt": prompt, "output": output}
    context = at(serving_equations.mean_context, sizes)
    running = smaller(concurrency, larger(1.0, _room(setting) / done.kv_bytes(context)))
    sizes |= {"requested": concurrency, "concurrency": running}
    return {
        **sizes,
        "prompts_per_step": at(serving_equations.prompts_per_step, sizes),
        "prompt_time": _prompt_time(setting, prompt),
        "mean_context": context,
        "decode_flops": done.decode_flops(context, running),
        "weight_bytes": done.weight_bytes(running),
        "kv_bytes": done.kv_bytes(context, running),
        "peak": setting.peak,
        "bandwidth": setting.chip.bandwidth.value,
        "compute_share": COMPUTE_SHARE,
        "efficiency": EFFICIENCY,
        "overlap_loss": OVERLAP_LOSS,
        "layers": float(setting.model.layers),
        "layer_time": LAYER_TIME,
        "exchange_time": exchange_time(setting, running),
        "host_time": HOST_TIME,
    }


def _prompt_time(setting: Setting, prompt: Any) -> Any:
    """Seconds that a prompt takes of the steps of all others."""
    flops = setting.work.prefill_flops(prompt, prompt)
    peak = COMPUTE_SHARE * setting.peak
    return flops / peak + exchange_time(setting, prompt)


def _room(setting: Setting) -> float:
    """Bytes of KV cache that fit beside the weights on each GPU.

    Where the usual share of the memory leaves none, all of it is taken: devices report up to 7 %
    more than their datasheet. Raises UsageError where the weights alone are more than the memory.
    """
    held, there = setting.held_bytes, setting.chip.memory.value
    if held >= there:
        raise UsageError(
            f"{setting.model.name} in {setting.dtype} ({held / 1e9:.1f} GB on each of {setting.tp} "
            f"GPUs) does not fit into the {there / 1e9:.4g} GB of {setting.chip.name}"
        )
    return max(UTILISATION * there - held, 0.0) or there - held


def _time(
    setting: Setting, value: Any, bound: Any, band: Band, terms: Mapping[str, Any]
) -> Estimate:
    typical = larger(bound, value)
    return Estimate(
        value=typical,
        low=larger(bound, typical / band.high),
        high=typical / band.low,
        bound=bound,
        unit="second",
        terms=terms,
        source=f"{setting.data_sources}; {BASIS}; band: {band.basis}",
        notes=(*_notes(terms), *_too_long(setting, terms), *setting.notes),
    )


def _rate(made: Estimate, running: Any, bound: Any) -> Estimate:
    return Estimate(
        value=running / made.value,
        low=running / made.high,
        high=running / made.low,
        bound=bound,
        unit="token/second",
        terms=made.terms,
        source=made.source,
        notes=made.notes,
    )


def _first_token(setting: Setting, terms: dict[str, Any], step: Any, band: Band) -> Estimate:
    alone = prefill_of(setting, terms["prompt"])
    terms |= {
        "alone_time": alone.value,
        "serving_step_time": step,
        "waiting_share": WAITING_SHARE,
        "prompt_steps": at(
            layer_equations.sequence_blocks,
            {"context": terms["prompt"], "block_tokens": float(BUDGET_TOKENS)},
        ),
    }
    terms["queue_time"] = at(serving_equations.queue_time, terms)
    value = at(serving_equations.answer_time, terms)
    return _time(setting, value, alone.bound, band, terms)


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
    return _speedup(setting, terms, context, setting.work.kv_bytes(context, batch))


def _speedup(setting: Setting, terms: dict[str, Any], context: Any, kv_bytes: Any) -> Estimate:
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
        notes=notes_on(setting, kv_bytes, context),
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
            "peak": COMPUTE_SHARE * setting.peak,
            "bandwidth": setting.chip.bandwidth.value,
            "efficiency": EFFICIENCY,
            "layers": float(setting.model.layers),
            "layer_time": setting.layer_time,
        },
    ) + exchange_time(setting, batch * tokens)


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
    kv: str = "bf16",
    weights: str | None = None,
    engine: str | None = None,
    tp: int = 1,
) -> Estimate:
    """Seconds of the time to first token that a hit on a shared prefix saves.

    The band is that of a slow and of a fast prefill. The bound is all there is to save: the time
    without a hit at the slow end of its band, and what a request takes beside its prefill is never
    saved. No datasheet bounds it, because an engine may be as slow as it likes.

    Only whole blocks are shared, and the last token is always computed. `overhead` is what a
    request takes beside its prefill, hit or not; it makes the share saved smaller (`time_saved`).
    """
    at_least(1, prompt=prompt, block=block)
    at_least(0, prefix=prefix, overhead=overhead)
    at_least(0, **{"prompt beyond the prefix": prompt - prefix})
    shared = smaller(prefix, prompt - 1)
    cached = at(serving_equations.cached_tokens, {"prefix": shared, "block_tokens": float(block)})
    setting = setting_of(gpu, model, engine, weights or dtype, kv, tp)
    cold, warm = (prefill_of(setting, prompt, batch, each) for each in (0, cached))
    return _saved(cold, warm, cached, overhead)


def _saved(cold: Estimate, warm: Estimate, cached: Any, overhead: Any) -> Estimate:
    terms = {
        "cached_tokens": cached,
        "cold_time": cold.value + overhead,
        "warm_time": warm.value + overhead,
        "flops_saved": 1 - warm.terms["prefill_flops"] / cold.terms["prefill_flops"],
    }
    terms["time_saved"] = at(serving_equations.time_saved, terms)
    saved = larger(0.0, cold.value - warm.value)
    return Estimate(
        value=saved,
        # where a prefill is at its bound its band is cut off, and differences of ends cross
        low=larger(0.0, smaller(saved, cold.low - warm.low)),
        high=larger(saved, cold.high - warm.high),
        bound=cold.high,
        unit="second",
        terms=terms,
        source=f"{serving_equations.cached_tokens.source}; {cold.source}",
        notes=cold.notes,
    )


__all__ = ["memory", "prefix", "serving", "speculate"]
