"""Host and GPU in a step: one after the other and overlapping, and what a measured step is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchpost.errors import UsageError
from benchpost.figures import markup
from benchpost.figures.names import changed, file_stem
from benchpost.figures.quoted import citations, cited, listed, some
from benchpost.figures.shown import shown
from benchpost.figures.sweep import csv
from benchpost.figures.types import Facts, Fragment
from benchpost.roofline import predict, serving_equations
from benchpost.roofline.catalog import Chip, Model, chip
from benchpost.roofline.catalog import model as known_model
from benchpost.roofline.units import convertible, parse_quantity, show

_STEP, _OVERHEAD = "diagram step", "chart overhead"
_STEPS = 4

Bar = tuple[float, float, int]


def diagram_step(
    facts: Facts,
    *,
    gpu: str,
    model: str,
    host: str,
    context: int = 1024,
    batch: int = 1,
    dtype: str = "bf16",
    kv: str = "bf16",
    name: str = "",
    caption: str = "",
) -> Fragment:
    """Decode steps on host and GPU, to scale: one after the other, and with the host a step ahead.

    The GPU takes what reading weights and KV cache takes at the bandwidth that engines reach; the
    host takes `host`, which you measured or suppose.
    """
    on, of = chip(gpu), known_model(model)
    beside, device = _seconds(_STEP, "host", host), _reading(on, of, context, batch, dtype, kv)
    modes = [_in_turn(beside, device), _overlapping(beside, device)]
    gain = serving_equations.async_gain(host_time=beside, device_time=device)
    data = {
        "modes": modes,
        "lanes": ["Host", "GPU"],
        "title": f"Decode steps of {of.name} on {on.name}, with {show(beside, 'second')} of host",
        "description": " ".join(f"{mode['heading']}: {mode['count']}." for mode in modes)
        + f" Overlapping is {gain:.2f} times as fast at most.",
    }
    parts = changed(context=(context, 1024), batch=(batch, 1), dtype=(dtype, "bf16"))
    parts += changed(kv=(kv, "bf16"))
    stem = file_stem(_STEP, name, gpu, model, f"host {host}", *parts)
    rows = [[mode["heading"], mode["period"], mode["idle"]] for mode in modes]
    table = csv(["mode", "seconds of a step", "share in which the GPU waits"], rows)
    note = _step_note(on, of, context, batch, host, caption)
    return shown(facts, stem, "lanes", data, note, table)


def _step_note(on: Chip, of: Model, context: int, batch: int, host: str, caption: str) -> str:
    own = f"{markup.escaped(caption)} " if caption else ""
    sequences = f"{batch} sequence{'' if batch == 1 else 's'} of {context:,} tokens"
    return (
        f"{own}{sequences}; the GPU reads weights and KV cache at "
        f"{predict.EFFICIENCY:.0%} of the bandwidth; the host's {markup.escaped(host)} are given. "
        f"Bandwidth: {cited([on.bandwidth])}. Model: {citations([(of.source, of.date)])}."
    ).replace("%", " %", 1)


def _seconds(head: str, option: str, written: str) -> float:
    found = parse_quantity(written)
    if not convertible(found.unit, "second") or found.value <= 0:
        raise UsageError(
            f'option {option!r} of {head!r} must be a time, e.g. "2 ms", not "{written}"'
        )
    return found.value


def _reading(on: Chip, of: Model, context: int, batch: int, dtype: str, kv: str) -> float:
    terms = predict.decode(
        gpu=on, model=of, context=context, batch=batch, dtype=dtype, kv=kv, engine="vllm"
    ).terms
    moved = terms["weight_bytes"] + terms["kv_bytes"]
    return float(
        max(
            terms["decode_flops"] / terms["peak"],
            moved / (terms["efficiency"] * terms["bandwidth"]),
        )
    )


def _in_turn(host: float, device: float) -> dict[str, Any]:
    period = host + device
    starts = [i * period for i in range(_STEPS)]
    lanes = (
        [(at, at + host) for at in starts],
        [(at + host, at + period) for at in starts],
    )
    return _mode("In turn", lanes, period, device, _STEPS * period)


def _overlapping(host: float, device: float) -> dict[str, Any]:
    """The host prepares a step while the GPU runs the one before."""
    hosts, devices = [(0.0, host)], [(host, host + device)]
    for _ in range(_STEPS - 1):
        # the host is one step ahead, not more
        ready = max(hosts[-1][1], devices[-1][0]) + host
        hosts.append((ready - host, ready))
        begin = max(ready, devices[-1][1])
        devices.append((begin, begin + device))
    return _mode(
        "Asynchronous", (hosts, devices), max(host, device), device, _STEPS * (host + device)
    )


def _mode(
    heading: str,
    lanes: Sequence[Sequence[tuple[float, float]]],
    period: float,
    device: float,
    whole: float,
) -> dict[str, Any]:
    idle = 1 - device / period
    waits = f"the GPU waits {idle:.0%} of it".replace("%", " %") if idle else "the GPU never waits"
    bars: list[list[Bar]] = [
        [(start / whole, end / whole, i + 1) for i, (start, end) in enumerate(lane)]
        for lane in lanes
    ]
    count = f"{show(period, 'second')} a step; {waits}"
    return {"heading": heading, "count": count, "lanes": bars, "period": period, "idle": idle}


def chart_overhead(
    facts: Facts,
    *,
    gpu: str,
    model: str,
    measured: str,
    source: str,
    date: str,
    dtype: str = "bf16",
    name: str = "",
    caption: str = "",
) -> Fragment:
    """Measured times of a decode step without context: what reading the weights explains, and not.

    `measured` has a time for each `gpu`; `source` and `date` say where they are from.
    """
    of = known_model(model)
    chips = [chip(each) for each in some(gpu, "gpu", _OVERHEAD)]
    times = [_seconds(_OVERHEAD, "measured", each) for each in listed(measured)]
    if len(times) != len(chips):
        raise UsageError(
            f"{_OVERHEAD!r} needs as many of 'measured' as of 'gpu': {len(chips)}, not {len(times)}"
        )
    rows = [_split(on, of, dtype, time) for on, time in zip(chips, times, strict=True)]
    data = {
        "rows": rows,
        "legend": [(0, "weights at the datasheet's bandwidth"), (1, "everything else")],
        "title": f"A decode step of {of.name}, measured, by what it is",
        "description": "; ".join(f"{row['name']}: {row['amount']}" for row in rows),
    }
    own = f"{markup.escaped(caption)} " if caption else ""
    note = (
        f"{own}Measured: {citations([(source, date)])}. Bandwidth: "
        f"{cited(on.bandwidth for on in chips)}. Model: {citations([(of.source, of.date)])}."
    )
    stem = file_stem(_OVERHEAD, name, gpu, model, *changed(dtype=(dtype, "bf16")))
    cells = [[row["name"], row["parts"][0][1], row["parts"][1][1]] for row in rows]
    return shown(
        facts, stem, "stacks", data, note, csv(["GPU", "seconds of weights", "the rest"], cells)
    )


def _split(on: Chip, of: Model, dtype: str, measured: float) -> dict[str, Any]:
    weights = of.streamed_bytes(dtype) / on.bandwidth.value
    if weights > measured:
        raise UsageError(
            f"{show(measured, 'second')} is less than reading the weights of {of.name} takes on "
            f"{on.name}, {show(weights, 'second')}"
        )
    share = f"{1 - weights / measured:.0%}".replace("%", " %")
    rest = show(measured - weights, "second")
    return {
        "name": on.name,
        "amount": f"{show(measured, 'second')}, {rest} ({share}) not weights",
        "parts": [(0, weights), (1, measured - weights)],
        "mark": None,
    }
