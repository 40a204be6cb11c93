"""Charts and tables of simulated servers: batching, occupancy, the token budget.

A plan may run a simulation: at the sizes here one takes some milliseconds, imports nothing heavy
and gives the same numbers in every process. What would take longer does not belong in a plan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from benchpost.errors import UsageError
from benchpost.figures import markup
from benchpost.figures.axis import Axis, linear, logarithmic
from benchpost.figures.names import changed, file_stem
from benchpost.figures.quoted import citations, cited, some
from benchpost.figures.sweep import powers
from benchpost.figures.traced import Chart, Trace, charted, rounded, thinned, timed
from benchpost.figures.types import Facts, Fragment
from benchpost.roofline import catalog
from benchpost.roofline.predict import setting_of
from benchpost.roofline.units import show
from benchpost.serving.cost import StepCost
from benchpost.serving.lengths import lengths
from benchpost.serving.run import METRICS, Run
from benchpost.serving.server import POLICIES, default_budget
from benchpost.serving.simulation import simulate

_ALL = ", ".join(POLICIES)
_LEAST, _MOST = 40, 2000
"""Requests of a run in a figure."""
_POINTS = 160
"""Points of a line of occupancy."""
_STYLE = {policy: place for place, policy in enumerate(POLICIES)}

Metric = Literal[
    "throughput",
    "ttft_mean",
    "ttft_p50",
    "ttft_p99",
    "tpot_mean",
    "itl_mean",
    "itl_p99",
    "e2el_mean",
]
_SAID = {
    "throughput": "output tokens per second",
    "ttft": "time to first token",
    "tpot": "time per output token",
    "itl": "time between tokens",
    "e2el": "time of a request",
    "mean": "mean",
    "p50": "median",
    "p90": "90 % below",
    "p99": "99 % below",
}


def chart_batching(
    facts: Facts,
    *,
    gpu: str,
    model: str,
    metric: Metric = "throughput",
    prompt: str = "512",
    output: str = "geometric 256",
    policies: str = "static, continuous, chunked",
    to: int = 256,
    dtype: str = "bf16",
    kv: str = "bf16",
    name: str = "",
    caption: str = "",
) -> Fragment:
    """Throughput, or a time, against requests at once, for several ways of batching; simulated.

    `policies` are some of static, dynamic, continuous and chunked; lengths are numbers or
    distributions such as `geometric 256`. A static batch is as large as the requests at once.
    """
    head = "chart batching"
    chosen = _policies(policies, head)
    if not 4 <= to <= 1024:
        raise UsageError(f"option 'to' of {head!r} must be from 4 to 1024, not {to}")
    asked = _asked(gpu, model, prompt, output, dtype, kv)
    places = [int(x) for x in powers(1, to, base=4)]
    traces = tuple(
        Trace(
            policy,
            tuple((x, _value(_run(asked, x, policy), metric)) for x in places),
            _STYLE[policy],
            dash=_STYLE[policy],
            marks=True,
        )
        for policy in chosen
    )
    unit = METRICS[metric]
    chart = Chart(
        f"{_title(metric)} of {asked['model'].name} on {asked['gpu'].name}, by batching",
        logarithmic("requests at once", 1, to, base=2.0),
        _axis(metric, [y for trace in traces for _, y in trace.points]),
        traces,
        lambda x: f"{x:.0f} at once",
        lambda y: show(y, unit),
    )
    parts = _parts(gpu, model, metric, prompt, output, dtype, kv, to=(to, 256))
    stem = file_stem(head, name, *parts)
    note = _note(caption, asked, chosen)
    return charted(facts, stem, chart, note, "requests at once", unit)


def chart_occupancy(
    facts: Facts,
    *,
    gpu: str,
    model: str,
    concurrency: int = 16,
    requests: int = 48,
    prompt: str = "512",
    output: str = "geometric 256",
    policies: str = "static, chunked",
    dtype: str = "bf16",
    kv: str = "bf16",
    name: str = "",
    caption: str = "",
) -> Fragment:
    """Requests that still decode, over time, for several ways of batching; simulated.

    `requests` are served, `concurrency` at once. The area above a line is what is paid for and
    not used.
    """
    head = "chart occupancy"
    chosen = _policies(policies, head)
    if not 1 <= concurrency <= requests <= _MOST:
        raise UsageError(f"{head!r} needs 1 ≤ concurrency ≤ requests ≤ {_MOST}")
    asked = _asked(gpu, model, prompt, output, dtype, kv)
    runs = {policy: _run(asked, concurrency, policy, requests) for policy in chosen}
    traces = tuple(_occupied(policy, run) for policy, run in runs.items())
    longest = max(run.duration for run in runs.values())
    chart = Chart(
        f"Requests running on {asked['gpu'].name} with {asked['model'].name}, by batching",
        linear("seconds", [longest]),
        linear("requests running", [concurrency]),
        traces,
        lambda x: f"{x:.3g} s",
        lambda y: f"{y:.0f} running",
    )
    busy = "; ".join(
        f"{policy} ends after {show(run.duration, 'second')} with "
        f"{run.mean_running() / concurrency:.0%} of the places in use on average".replace("%", " %")
        for policy, run in runs.items()
    )
    parts = _parts(gpu, model, "", prompt, output, dtype, kv, c=(concurrency, 16))
    stem = file_stem(head, name, *parts, *changed(n=(requests, 48)))
    note = _note(caption or f"{busy[:1].upper()}{busy[1:]}.", asked, chosen)
    return charted(facts, stem, chart, note, "seconds", "requests")


def table_batching(
    facts: Facts,
    *,
    gpu: str,
    model: str,
    concurrency: int = 64,
    prompt: str = "512",
    output: str = "geometric 256",
    policies: str = _ALL,
    requests: int = 0,
    dtype: str = "bf16",
    kv: str = "bf16",
    caption: str = "",
) -> Fragment:
    """Throughput, times and occupancy of several ways of batching at one concurrency; simulated."""
    chosen = _policies(policies, "table batching")
    asked = _asked(gpu, model, prompt, output, dtype, kv)
    runs = {policy: _run(asked, concurrency, policy, requests) for policy in chosen}
    head = ["Batching", "Output", "TTFT, mean", "TTFT, 99 %", "ITL, mean", "ITL, 99 %", "Running"]
    body = [[markup.escaped(policy), *_cells(run)] for policy, run in runs.items()]
    note = f"{concurrency} requests at once. {_note(caption, asked, chosen)}"
    return Fragment(markup.captioned(markup.table(head, body, "lrrrrrr"), note))


def chart_token_budget(
    facts: Facts,
    *,
    gpu: str,
    model: str,
    concurrency: int = 32,
    prompt: str = "2048",
    output: str = "geometric 256",
    least: int = 512,
    most: int = 16384,
    dtype: str = "bf16",
    kv: str = "bf16",
    name: str = "",
    caption: str = "",
) -> Fragment:
    """TTFT and time between tokens against `max_num_batched_tokens`; simulated.

    A full step is what everybody who decodes waits for while a long prompt is computed.
    """
    head = "chart token-budget"
    if not concurrency < least <= most / 2 or most > 131_072:
        raise UsageError(
            f"{head!r} needs concurrency < least ≤ most / 2, and most up to 131072; "
            f"not {concurrency}, {least} and {most}"
        )
    asked = _asked(gpu, model, prompt, output, dtype, kv)
    budgets = [int(x) for x in powers(least, most)]
    runs = [_run(asked, concurrency, "chunked", budget=budget) for budget in budgets]
    lines = {
        "TTFT, mean": [run.metric("ttft_mean") for run in runs],
        "ITL in a full step": [_full_step(asked, concurrency, budget) for budget in budgets],
        "ITL, mean": [run.metric("itl_mean") for run in runs],
    }
    traces = tuple(
        Trace(said, tuple(zip(budgets, values, strict=True)), style, dash=style, marks=True)
        for style, (said, values) in enumerate(lines.items())
    )
    chart = Chart(
        f"TTFT and ITL of {asked['model'].name} on {asked['gpu'].name} against the token budget",
        logarithmic("max_num_batched_tokens", least, most, base=2.0),
        _axis("ttft_mean", [y for trace in traces for _, y in trace.points]),
        traces,
        lambda x: f"{x:,.0f} tokens",
        lambda y: show(y, "second"),
    )
    parts = _parts(gpu, model, "", prompt, output, dtype, kv, c=(concurrency, 32))
    ends = changed(least=(least, 512), most=(most, 16384))
    rates = [show(runs[i].steady_throughput, "token/second") for i in (0, -1)]
    own = caption or (
        f"{concurrency} requests at once of {_lengths(asked)}. "
        f"Output: {rates[0]} at a budget of {least:,} and {rates[1]} at {most:,}. "
        f"vLLM's default on this GPU: {default_budget(asked['gpu']):,}."
    )
    note = _note(own, asked, ["chunked"])
    return charted(facts, file_stem(head, name, *parts, *ends), chart, note, "tokens", "seconds")


def _policies(written: str, head: str) -> list[str]:
    chosen = some(written, "policies", head)
    unknown = [policy for policy in chosen if policy not in POLICIES]
    if unknown:
        raise UsageError(f"unknown policy {unknown[0]!r} of {head!r}; known are {_ALL}")
    return chosen


def _asked(gpu: str, model: str, prompt: str, output: str, dtype: str, kv: str) -> dict[str, Any]:
    return {
        "gpu": catalog.chip(gpu),
        "model": catalog.model(model),
        "prompt": prompt,
        "output": output,
        "dtype": dtype,
        "kv": kv,
    }


def _run(
    asked: Mapping[str, Any], concurrency: int, policy: str, requests: int = 0, budget: int = 0
) -> Run:
    """A run long enough that filling up and running empty do not decide it."""
    count = requests or min(_MOST, max(_LEAST, 4 * concurrency))
    return simulate(
        **asked,
        concurrency=concurrency,
        requests=count,
        policy=policy,
        max_num_seqs=concurrency,
        max_num_batched_tokens=budget or None,
    )


def _full_step(asked: Mapping[str, Any], concurrency: int, budget: int) -> float:
    """Seconds of a step that a long prompt fills up to the budget, all others decoding."""
    setting = setting_of(asked["gpu"], asked["model"], "vllm", asked["dtype"], asked["kv"], 1)
    work, decoding, prompt = setting.work, concurrency - 1, budget - concurrency + 1
    context = lengths(asked["prompt"]).mean
    flops = float(work.decode_flops(context, decoding)) + float(work.prefill_flops(prompt, prompt))
    moved = float(work.kv_bytes(context, decoding)) + float(work.kv_bytes(prompt))
    return StepCost(setting).time(budget, flops, moved)


def _value(run: Run, metric: str) -> float:
    """A metric; the throughput of the middle, without filling up and running empty."""
    return run.steady_throughput if metric == "throughput" else run.metric(metric)


def _cells(run: Run) -> list[str]:
    running = f"{run.steady_running:.1f}".rstrip("0").rstrip(".")
    seconds = ("ttft_mean", "ttft_p99", "itl_mean", "itl_p99")
    times = [show(run.metric(metric), "second") for metric in seconds]
    return [show(rounded(run.steady_throughput), "token/second"), *times, running]


def _occupied(policy: str, run: Run) -> Trace:
    points = [(0.0, float(run.moments[0].running))]
    points += [(moment.time, float(moment.running)) for moment in run.moments]
    # a level that stays needs its last point only
    kept = [
        point
        for point, after in zip(points, [*points[1:], (0.0, -1.0)], strict=True)
        if point[1] != after[1]
    ]
    ends = [points[0], *kept] if kept[0] != points[0] else kept
    style = _STYLE[policy]
    return Trace(policy, thinned(ends, _POINTS), style, dash=style, thick=2.0, steps=True)


def _axis(metric: str, values: Sequence[float]) -> Axis:
    label = _title(metric)
    if METRICS[metric] != "second":
        return linear(label[:1].lower() + label[1:], values)
    made = logarithmic("seconds", min(values) / 1.5, max(values) * 2)
    return timed(made)


def _title(metric: str) -> str:
    of, _, how = metric.partition("_")
    said = _SAID[of] + (f", {_SAID[how]}" if how else "")
    return said[:1].upper() + said[1:]


def _lengths(asked: Mapping[str, Any]) -> str:
    return f"{asked['prompt']} tokens in and {asked['output']} out"


def _parts(
    gpu: str,
    model: str,
    metric: str,
    prompt: str,
    output: str,
    dtype: str,
    kv: str,
    **sizes: tuple[object, object],
) -> list[str]:
    """What tells a figure's file from others."""
    options = changed(prompt=(prompt, "512"), output=(output, "geometric 256"), **sizes)
    formats = changed(dtype=(dtype, "bf16"), kv=(kv, "bf16"))
    return [gpu, model, *([metric] if metric else []), *options, *formats]


def _note(caption: str, asked: Mapping[str, Any], policies: Sequence[str]) -> str:
    """The author's words or what was asked, how it was simulated, and every source."""
    chip, net = asked["gpu"], asked["model"]
    own = caption or f"Requests of {_lengths(asked)}."
    ways = "; ".join(f"{policy}: {POLICIES[policy]}" for policy in policies)
    values = [chip.bandwidth, chip.compute_peak(asked["dtype"])]
    return (
        f"{markup.escaped(own)} Simulated on the performance model, not measured: typical times of "
        f"a step, seed 0. {markup.escaped(ways)}. Bandwidth and peak: {cited(values)}. "
        f"Model: {citations([(net.source, net.date)])}."
    )
