"""How far off the model is: rows, and lines of inter-token latency; loading against computing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Literal

from benchpost.errors import UsageError
from benchpost.figures import markup
from benchpost.figures.asked import sources
from benchpost.figures.axis import linear, logarithmic
from benchpost.figures.names import changed, file_stem
from benchpost.figures.quoted import citations, cited, some
from benchpost.figures.sweep import powers
from benchpost.figures.traced import Chart, Trace, charted, timed, upto
from benchpost.figures.types import Facts, Fragment
from benchpost.roofline import catalog
from benchpost.roofline.engines import EFFICIENCY
from benchpost.roofline.units import convert, parse_quantity, show
from benchpost.serving import movement
from benchpost.serving.crosscheck import (
    BLOG,
    BLOG_DATE,
    DECODE,
    ITL,
    SLOPE,
    START,
    Row,
    closed_forms,
    itl,
    waste,
)

_OF: dict[str, tuple[Callable[[], tuple[Row, ...]], str, str]] = {
    "waste": (waste, "Published", "Ours"),
    "itl": (itl, "Measured", "Ours"),
    "closed forms": (closed_forms, "Simulated", "Closed form"),
}


def table_crosscheck(
    facts: Facts, *, of: Literal["waste", "itl", "closed forms"] = "itl", caption: str = ""
) -> Fragment:
    """How far off the model is: of published `waste` or `itl`, or `closed forms` of simulations."""
    found, theirs, ours = _OF[of]
    rows = found()
    cells = [
        [
            markup.escaped(row.what),
            markup.escaped(row.setting),
            _shown(row, row.theirs),
            _shown(row, row.ours),
            _signed(row.error),
        ]
        for row in rows
    ]
    table = markup.table(["Quantity", "Setting", theirs, ours, "Error"], cells, "llrrr")
    notes = "; ".join(dict.fromkeys(row.note for row in rows if row.note))
    sources = citations((row.source, row.date) for row in rows if row.date)
    parts = [markup.escaped(caption or largest(rows))]
    parts += [f"Note: {markup.escaped(notes)}."] if notes else []
    parts += [f"{theirs}: {sources}."] if sources else ["Seed 0."]
    return Fragment(markup.captioned(table, " ".join(parts)))


def largest(rows: Sequence[Row]) -> str:
    """Of which row the error is largest, in a sentence."""
    worst = max(rows, key=lambda row: abs(row.error))
    return f"Largest error {_signed(worst.error)}: {worst.what}, {worst.setting}."


def _shown(row: Row, value: float) -> str:
    if row.unit == "second/token":
        return f"{value * 1e9:.1f} ns/token"
    if row.unit == "1" and row.what.startswith(("slots", "share", "hit")):
        return f"{100 * value:.1f} %"
    return show(value, row.unit)


def _signed(error: float) -> str:
    return f"{100 * error:+.1f} %".replace("-", "−")


def chart_itl(facts: Facts, *, to: int = 32_768, name: str = "", caption: str = "") -> Fragment:
    """Inter-token latency against context: of a decode step, and the line fitted to measurements.

    Llama-3.1-8B at concurrency 1 on H100 and B200, with the KV cache in BF16. The step of a server
    that is simulated has a little more; `table crosscheck` has both.
    """
    head = "chart itl"
    if to < 1024:
        raise UsageError(f"option 'to' of {head!r} must be at least 1024, not {to}")
    gpus = [gpu for gpu, kv in ITL if kv == "bf16"]
    chart = Chart(
        "Inter-token latency of Llama-3.1-8B against context",
        upto("context, tokens", to),
        linear("ms between tokens", [1e3 * (a + b * to) for a, b in ITL.values()]),
        tuple(line for place, gpu in enumerate(gpus) for line in _lines(gpu, 2 * place, to)),
        lambda x: f"{x:,.0f} tokens",
        lambda y: f"{y:.2f} ms",
    )
    ours = [row for row in itl() if row.setting.startswith(DECODE)]
    worst = max(abs(row.error) for row in ours if row.what == SLOPE)
    own = caption or (
        "Predicted: a decode step. Its slope is the KV cache read at "
        f"{100 * EFFICIENCY:.0f} % of the bandwidth, a share fitted to other engines; it is off by "
        f"{100 * worst:.1f} % at most, FP8 included."
    )
    note = (
        f"{markup.escaped(own)} Measured: {citations([(BLOG, BLOG_DATE)])}. "
        f"Bandwidth: {cited(catalog.chip(gpu).bandwidth for gpu in gpus)}."
    )
    stem = file_stem(head, name, *changed(to=(to, 32_768)))
    return charted(facts, stem, chart, note, "context", "ms")


def _lines(gpu: str, style: int, to: int) -> list[Trace]:
    """What was measured and what is predicted, each a straight line."""
    setting = f"{DECODE}: Llama-3.1-8B, {catalog.chip(gpu).name}, BF16 KV"
    rows = {row.what: row for row in itl() if row.setting == setting}
    start, rise = rows[START], rows[SLOPE]
    fits = {"measured": (start.theirs, rise.theirs), "predicted": (start.ours, rise.ours)}
    return [
        Trace(
            f"{gpu}, {said}",
            ((0.0, 1e3 * a), (float(to), 1e3 * (a + b * to))),
            style + dash,
            dash=dash,
        )
        for dash, (said, (a, b)) in enumerate(fits.items())
    ]


def chart_kv_load(
    facts: Facts,
    *,
    gpu: str,
    model: str,
    links: str = "63 GB/s, 12.5 GB/s",
    to: int = 65_536,
    dtype: str = "bf16",
    kv: str = "bf16",
    name: str = "",
    caption: str = "",
) -> Fragment:
    """Seconds to load a KV cache over `links`, and to compute it anew, against its length.

    63 GB/s is 16 lanes of PCIe 5 one way, 12.5 GB/s a network of 100 Gbit/s.
    """
    head = "chart kv-load"
    if to < 256:
        raise UsageError(f"option 'to' of {head!r} must be at least 256, not {to}")
    chip, net = catalog.chip(gpu), catalog.model(model)
    times = {"computed anew": partial(movement.compute_time, gpu=gpu, model=model, dtype=dtype)}
    for link in some(links, "links", head, most=3):
        speed = _speed(link)
        times[f"loaded at {link}"] = partial(movement.transfer_time, model=model, link=speed, kv=kv)
    even = movement.break_even_link(gpu=gpu, model=model, dtype=dtype, kv=kv)
    own = caption or f"Loading is faster than computing from {show(even, 'byte/second')} on."
    note = (
        f"{markup.escaped(own)} Links at their datasheet's rate; computing typical, uncalibrated. "
        f"{sources(chip, net, dtype)}"
    )
    options = changed(
        links=(links, "63 GB/s, 12.5 GB/s"),
        to=(to, 65_536),
        dtype=(dtype, "bf16"),
        kv=(kv, "bf16"),
    )
    stem = file_stem(head, name, gpu, model, *options)
    chart = _kv_load(f"KV cache of {net.name}, loaded or computed on {chip.name}", times, to)
    return charted(facts, stem, chart, note, "tokens", "seconds")


def _kv_load(title: str, times: Mapping[str, Callable[..., float]], to: int) -> Chart:
    traces = tuple(
        Trace(said, tuple((x, time(context=int(x))) for x in powers(128, to)), style, dash=style)
        for style, (said, time) in enumerate(times.items())
    )
    values = [y for trace in traces for _, y in trace.points]
    return Chart(
        title,
        logarithmic("tokens", 128, to, base=2.0),
        timed(logarithmic("seconds", min(values) / 1.5, max(values) * 2)),
        traces,
        lambda x: f"{x:,.0f} tokens",
        lambda y: show(y, "second"),
    )


def _speed(written: str) -> float:
    given = parse_quantity(written)
    return convert(given.value, given.unit, "byte/second")
