"""What a value in a sentence may ask of the published rows that are kept: rates and errors."""

from __future__ import annotations

from functools import cache
from typing import Any

from benchpost.errors import UsageError, near
from benchpost.roofline import bands, catalog, predict, scores, served
from benchpost.roofline.engines import engine as engine_of
from benchpost.roofline.engines import engine_for
from benchpost.roofline.engines import layer_time as time_of_a_layer
from benchpost.roofline.fitting import KV_FORMAT, calibrate
from benchpost.roofline.ladders import MODEL, ONE_RUN, known_step
from benchpost.roofline.measured import Row, rows
from benchpost.roofline.units import Quantity

METRICS = ("decode", "prefill", "end to end")
"""What was measured."""


def model_error(
    *,
    of: str = "median",
    step: str = MODEL,
    kind: str = "decode",
    gpu: str = "",
    engine: str = "",
    format: str = "",
    model: str = "",
    source: str = "",
    unseen: bool = False,
) -> Quantity:
    """Error of a step of the ladder on published rows, relative to the measured rate.

    `of` is `median`, `mean`, `bias`, `ninety` (90 % of the errors are below), `twofold` (share of
    rows off by a factor of 2), `inside` (share of rows in the shipped 80 % band, which they made),
    `nested` (share of all rows of the kind in bands made without their GPU), `rows` or `gpus`.
    `source` is the beginning of a source's name; `unseen` leaves out the GPU that the constants of
    servers were fitted to.
    """
    named = (gpu, engine, format, model, source)
    if of == "nested":
        return Quantity(_nested(kind, step, any(named) or unseen), "1")
    known = vars(_errors(kind, step, unseen, *named))
    if of not in known:
        raise UsageError(
            f"an error has no {of!r}{near(of, known)}; it has {', '.join(known)}, nested"
        )
    if known[of] is None:
        raise UsageError(f"the step {step!r} states no band; {MODEL!r} does")
    return Quantity(float(known[of]), "1")


# sentences ask for the median, the mean and the share of the same rows
@cache
def _errors(kind: str, step: str, unseen: bool, *named: str) -> scores.Errors:
    found = scores.chosen(kind, *named)
    if unseen:
        if scores.FILES[kind] != scores.FILES["serving"]:
            raise UsageError(f"the constants of {kind} were not fitted to one GPU alone")
        found = tuple(score for score in found if score.row.gpu != served.FITTED)
    return scores.errors(found, kind, step)


def _nested(kind: str, step: str, named: bool) -> float:
    known_step(kind, step)
    if named or step not in (MODEL, ONE_RUN):
        raise UsageError(
            f"the share 'nested' is of all rows of the steps {MODEL!r} and {ONE_RUN!r}"
        )
    return bands.held(kind if step == MODEL else f"{kind} after one run")[1]


def set_aside(*, why: str = "impossible", metric: str = "decode") -> Quantity:
    """How many published rates are kept but not used, because they are `impossible`, …"""
    known = sorted({row.flag for row in rows() if row.flag})
    if why not in known:
        raise UsageError(f"no row is {why!r}{near(why, known)}; rows are {', '.join(known)}")
    return Quantity(float(sum(row.flag == why and row.metric == metric for row in rows())), "1")


def published_rate(
    *,
    gpu: str,
    model: str,
    format: str = "bf16",
    engine: str = "llama.cpp",
    metric: str = "decode",
    context: float = 0,
    prompt: int = 0,
) -> Quantity:
    """Tokens per second of the one published row that is meant; the mean of repeated ones."""
    found = published(gpu, model, format, engine, metric, context, prompt)
    settings = sorted({(row.context, row.prompt) for row in found})
    if len(settings) > 1:
        listed = ", ".join(f"context={c:g} prompt={p}" for c, p in settings)
        raise UsageError(f"{len(settings)} published rows are meant; say which: {listed}")
    return Quantity(sum(row.rate for row in found) / len(found), "token/second")


def published(
    gpu: str,
    model: str,
    format: str,
    engine: str,
    metric: str = "decode",
    context: float = 0,
    prompt: int = 0,
) -> list[Row]:
    """The rows that are kept of a GPU, model, format and engine; UsageError where there is none."""
    if metric not in METRICS:
        raise UsageError(
            f"unknown metric {metric!r}{near(metric, METRICS)}; known are {', '.join(METRICS)}"
        )
    on, of, by = catalog.chip(gpu).name, catalog.model(model).name, engine_of(engine).name
    alike = [row for row in rows() if (row.gpu, row.model, row.metric) == (on, of, metric)]
    found = [
        row
        for row in alike
        if (row.format, row.engine) == (format, by)
        and context in (0, row.context)
        and prompt in (0, row.prompt)
    ]
    if not found:
        kinds = sorted({f"{row.format} with {row.engine}" for row in alike})
        having = f"; there is {', '.join(kinds)}" if kinds else ""
        raise UsageError(f"no such {metric} row of {of} on {on} is kept{having}")
    return found


def calibrated_decode_rate(
    *,
    gpu: str,
    model: str,
    run: str,
    context: float = 512,
    format: str = "bf16",
    engine: str = "llama.cpp",
) -> Quantity:
    """Tokens per second of a decode step, after the published run of the model `run` calibrated it.

    The run is of the same GPU, format, engine and context.
    """
    known = calibrate(published(gpu, run, format, engine, context=context))
    asked: dict[str, Any] = {"weights": format, "kv": KV_FORMAT, "engine": engine}
    made = predict.decode(gpu=gpu, model=model, context=context, calibration=known, **asked)
    return Quantity(made.value, made.unit)


def efficiency(*, gpu: str) -> Quantity:
    """Share of the datasheet's bandwidth that decode is taken to reach on this GPU."""
    return Quantity(predict.efficiency(catalog.chip(gpu)), "1")


def layer_time(*, gpu: str, engine: str = "") -> Quantity:
    """Time of a layer beside its bytes, on this GPU with this engine or the usual one."""
    platform = catalog.chip(gpu).platform
    return Quantity(time_of_a_layer(platform, engine_for(platform, engine or None)), "second")
