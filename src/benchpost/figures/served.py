"""Charts and tables of simulated servers: batching, occupancy, the token budget.

A plan may run a simulation: at the sizes here one takes some milliseconds, imports nothing heavy
and gives the same numbers in every process. What would take longer does not belong in a plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from benchpost.errors import UsageError
from benchpost.figures import markup
from benchpost.figures.asked import Asked, policies_of
from benchpost.figures.axis import Axis, linear, logarithmic
from benchpost.figures.names import changed, file_stem
from benchpost.figures.sweep import powers
from benchpost.figures.traced import Chart, Trace, charted, rounded, thinned, timed
from benchpost.figures.types import Facts, Fragment
from benchpost.roofline.units import show
from benchpost.serving.run import METRICS, Run
from benchpost.serving.server import POLICIES, default_budget

MOST = 2000
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
    chosen = policies_of(policies, head)
    if not 4 <= to <= 1024:
        raise UsageError(f"option 'to' of {head!r} must be from 4 to 1024, not {to}")
    asked = Asked(gpu, model, prompt, output, dtype, kv)
    traces = tuple(_batched(asked, policy, metric, to) for policy in chosen)
    stem = file_stem(head, name, *asked.parts(metric), *changed(to=(to, 256)))
    note = asked.note(caption or f"Requests of {asked.lengths}.", chosen)
    chart = _batching(asked, metric, to, traces)
    return charted(facts, stem, chart, note, "requests at once", METRICS[metric])


def _batched(asked: Asked, policy: str, metric: str, to: int) -> Trace:
    style = _STYLE[policy]
    places = [int(x) for x in powers(1, to, base=4)]
    points = tuple((float(x), _value(asked.run(x, policy), metric)) for x in places)
    return Trace(policy, points, style, dash=style, marks=True)


def _batching(asked: Asked, metric: str, to: int, traces: tuple[Trace, ...]) -> Chart:
    return Chart(
        f"{_title(metric)} of {asked.on}, by batching",
        logarithmic("requests at once", 1, to, base=2.0),
        _axis(metric, [y for trace in traces for _, y in trace.points]),
        traces,
        lambda x: f"{x:.0f} at once",
        lambda y: show(y, METRICS[metric]),
    )


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

    `requests` are served, `concurrency` at once. What a line leaves above it is paid for and not
    used.
    """
    head = "chart occupancy"
    chosen = policies_of(policies, head)
    if not 1 <= concurrency <= requests <= MOST:
        raise UsageError(f"{head!r} needs 1 ≤ concurrency ≤ requests ≤ {MOST}")
    asked = Asked(gpu, model, prompt, output, dtype, kv)
    runs = {policy: asked.run(concurrency, policy, requests) for policy in chosen}
    sizes = changed(c=(concurrency, 16), n=(requests, 48))
    note = asked.note(caption or _busy(runs, concurrency), chosen)
    chart = _occupancy(asked, runs, concurrency)
    stem = file_stem(head, name, *asked.parts(), *sizes)
    return charted(facts, stem, chart, note, "seconds", "requests")


def _occupancy(asked: Asked, runs: dict[str, Run], concurrency: int) -> Chart:
    return Chart(
        f"Requests running, {asked.on}, by batching",
        linear("seconds", [run.duration for run in runs.values()]),
        linear("requests running", [concurrency]),
        tuple(_occupied(policy, run) for policy, run in runs.items()),
        lambda x: f"{x:.3g} s",
        lambda y: f"{y:.0f} running",
    )


def _busy(runs: dict[str, Run], concurrency: int) -> str:
    """How long each took and how much of the places it used."""
    said = "; ".join(
        f"{policy} ends after {show(run.duration, 'second')} with "
        f"{100 * run.mean_running() / concurrency:.0f} % of the places in use on average"
        for policy, run in runs.items()
    )
    return f"{said[:1].upper()}{said[1:]}."


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


def table_batching(
    facts: Facts,
    *,
    gpu: str,
    model: str,
    concurrency: int = 64,
    prompt: str = "512",
    output: str = "geometric 256",
    policies: str = ", ".join(POLICIES),
    requests: int = 0,
    dtype: str = "bf16",
    kv: str = "bf16",
    caption: str = "",
) -> Fragment:
    """Throughput, times and occupancy of several ways of batching at one concurrency; simulated."""
    chosen = policies_of(policies, "table batching")
    asked = Asked(gpu, model, prompt, output, dtype, kv)
    runs = {policy: asked.run(concurrency, policy, requests) for policy in chosen}
    head = ["Batching", "Output", "TTFT, mean", "TTFT, 99 %", "ITL, mean", "ITL, 99 %", "Running"]
    body = [[markup.escaped(policy), *_cells(run)] for policy, run in runs.items()]
    own = caption or f"{concurrency} requests at once of {asked.lengths}."
    table = markup.table(head, body, "lrrrrrr")
    return Fragment(markup.captioned(table, asked.note(own, chosen)))


def _cells(run: Run) -> list[str]:
    running = f"{run.steady_running:.1f}".rstrip("0").rstrip(".")
    seconds = ("ttft_mean", "ttft_p99", "itl_mean", "itl_p99")
    times = [show(run.metric(metric), "second") for metric in seconds]
    return [show(rounded(run.steady_throughput), "token/second"), *times, running]


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
    if not 1 <= concurrency < least <= most / 2 or most > 131_072:
        raise UsageError(
            f"{head!r} needs concurrency < least ≤ most / 2, and most up to 131072; "
            f"not {concurrency}, {least} and {most}"
        )
    asked = Asked(gpu, model, prompt, output, dtype, kv)
    budgets = [int(x) for x in powers(least, most)]
    runs = [asked.run(concurrency, "chunked", budget=budget) for budget in budgets]
    sizes = changed(c=(concurrency, 32), least=(least, 512), most=(most, 16384))
    note = asked.note(caption or _rates(asked, concurrency, budgets, runs), ["chunked"])
    stem = file_stem(head, name, *asked.parts(), *sizes)
    chart = _token_budget(asked, concurrency, budgets, runs)
    return charted(facts, stem, chart, note, "tokens", "seconds")


def _token_budget(
    asked: Asked, concurrency: int, budgets: Sequence[int], runs: Sequence[Run]
) -> Chart:
    lines = {
        "TTFT, mean": [run.metric("ttft_mean") for run in runs],
        "ITL in a full step": [asked.full_step(concurrency, budget) for budget in budgets],
        "ITL, mean": [run.metric("itl_mean") for run in runs],
    }
    return Chart(
        f"TTFT and ITL of {asked.on} against the token budget",
        logarithmic("max_num_batched_tokens", budgets[0], budgets[-1], base=2.0),
        _axis("ttft_mean", [value for values in lines.values() for value in values]),
        tuple(
            Trace(said, tuple(zip(budgets, values, strict=True)), style, dash=style, marks=True)
            for style, (said, values) in enumerate(lines.items())
        ),
        lambda x: f"{x:,.0f} tokens",
        lambda y: show(y, "second"),
    )


def _rates(asked: Asked, concurrency: int, budgets: Sequence[int], runs: Sequence[Run]) -> str:
    first, last = (show(runs[i].steady_throughput, "token/second") for i in (0, -1))
    return (
        f"{concurrency} requests at once of {asked.lengths}. Output: {first} at a budget of "
        f"{budgets[0]:,} and {last} at {budgets[-1]:,}. "
        f"vLLM's default on this GPU: {default_budget(asked.chip):,}."
    )


def _value(run: Run, metric: str) -> float:
    """A metric; the throughput of the middle, without filling up and running empty."""
    return run.steady_throughput if metric == "throughput" else run.metric(metric)


def _axis(metric: str, values: Sequence[float]) -> Axis:
    label = _title(metric)
    if METRICS[metric] != "second":
        return linear(label[:1].lower() + label[1:], values)
    return timed(logarithmic("seconds", min(values) / 1.5, max(values) * 2))


def _title(metric: str) -> str:
    of, _, how = metric.partition("_")
    said = _SAID[of] + (f", {_SAID[how]}" if how else "")
    return said[:1].upper() + said[1:]
