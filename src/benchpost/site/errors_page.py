"""The page on how wrong the model is: its errors on published rows, from the rows that are kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from benchpost.figures import markup
from benchpost.figures.rows import PLATFORMS, SERVERS, counted, percent
from benchpost.roofline import bands, catalog, errors_serving, fitting, served
from benchpost.roofline.bands import Band, Measured
from benchpost.roofline.ladders import MODEL, ONE_RUN
from benchpost.roofline.measured import Row, rows
from benchpost.roofline.scores import Errors, chosen, errors, kept
from benchpost.site.own_page import filled_page

TITLE = "How wrong is it?"
FRONT = (
    f'---\ntitle: "{TITLE}"\ndescription: "Errors of the performance model on published '
    'measurements, by engine, GPU and format."\n---\n\n'
)

INTRO = """# How wrong is it?

A prediction is worth what it is worth on a machine that it has not seen. This page holds the
performance model against {alone}, and against {served} of servers under load; each is kept with its
source in `benchpost/roofline/data/`. An error is predicted over measured, less one. For decode, the
constants were fitted anew without each GPU in turn before that GPU was predicted. The
equations are those of [the model](../model.md)."""

DECODE = """## Decode

One sequence, optimised engines. What each step adds, from one division to a run of your own:

<!-- fill chart ladder -->
<!-- /fill -->

<!-- fill chart scatter -->
<!-- /fill -->

### Decode by platform

<!-- fill table errors by="platform" -->
<!-- /fill -->

### Decode by engine

<!-- fill table errors by="engine" -->
<!-- /fill -->

### Decode by GPU

<!-- fill table errors by="gpu" -->
<!-- /fill -->

### Decode by format of the weights

<!-- fill table errors by="format" -->
<!-- /fill -->

### Decode by model

<!-- fill table errors by="model" -->
<!-- /fill -->

### Decode by source

<!-- fill table errors by="source" -->
<!-- /fill -->

### Decode after one run of your own

The same rows, each predicted from one other row of its GPU, engine and format. Where the model was
already good, one noisy run can make it a little worse:

<!-- fill table errors by="gpu" step="one run" -->
<!-- /fill -->"""

PREFILL = """## Prefill

The time to the first token of a prompt, with nobody queueing. The share of the peak was fitted to
the llama.cpp rows below, so that their errors are the least to expect; for its bands it was fitted
anew without each GPU. Other engines took no part in the fit, but published prefills of LMDeploy
and MLX were looked at when the share that they reach was set.

<!-- fill chart ladder kind="prefill" -->
<!-- /fill -->

<!-- fill chart scatter kind="prefill" -->
<!-- /fill -->

### Prefill by engine

<!-- fill table errors kind="prefill" by="engine" -->
<!-- /fill -->

### Prefill by GPU

<!-- fill table errors kind="prefill" by="gpu" -->
<!-- /fill -->

### Prefill by format of the weights

<!-- fill table errors kind="prefill" by="format" -->
<!-- /fill -->"""

SERVING = """## Serving

Many requests at once, on one server of 1 to 8 GPUs: how long a request waits between two tokens,
and for its first one. Three constants were fitted to the rows of the H100, one more for the first
token; all other GPUs are new to them. The bands are not: they are made of all these rows. The rows
are those of {source}. Of these, {impossible} are set aside as mislabelled, because they beat their
bound or their weights do not fit, and {replicas} because their requests went to several servers.

<!-- fill chart ladder kind="serving" -->
<!-- /fill -->

<!-- fill chart scatter kind="serving" -->
<!-- /fill -->

### Serving by kind

<!-- fill table errors kind="serving" by="kind" -->
<!-- /fill -->

### Serving by GPU

<!-- fill table errors kind="serving" by="gpu" -->
<!-- /fill -->

### Serving by engine

<!-- fill table errors kind="serving" by="engine" -->
<!-- /fill -->

### Serving by format of the weights

<!-- fill table errors kind="serving" by="format" -->
<!-- /fill -->

### Serving by model

<!-- fill table errors kind="serving" by="model" -->
<!-- /fill -->

### The first token under load

Queues and bursts decide it, and the model knows little of either. Take the order of magnitude:

<!-- fill table errors kind="first token" by="kind" -->
<!-- /fill -->

<!-- fill table errors kind="first token" by="gpu" -->
<!-- /fill -->"""

AGAIN = """## Make it again

`python scripts/errors.py` fits the constants, scores every row and writes
`errors.json` and `errors_serving.json` beside them, which this page and the charts read. A test
does the same and compares; another computes the ladder a second time, without our code."""


def errors_page(earlier: Path) -> Mapping[str, bytes]:
    """The page and its pictures, by path; `earlier` is where they were written last time."""
    parts = [
        INTRO.format(alone=counted(kept().scores), served=counted(chosen("serving"))),
        *_in_short(),
        DECODE,
        PREFILL,
        _serving(),
        *_not_measured(),
        *_not_used(),
        AGAIN,
    ]
    return filled_page("errors", FRONT, "\n\n".join(parts), earlier)


def _serving() -> str:
    flags = [row.flag for row in served.rows()]
    told = {flag: flags.count(flag) for flag in ("impossible", "replicas")}
    return SERVING.format(source=served.SOURCE, **told)


def _in_short() -> Iterable[str]:
    lines = [
        _line("Decode, on a GPU that the model has not seen", "decode", MODEL),
        _line("Decode, after one run on that GPU", "decode", ONE_RUN),
        _line("Prefill of llama.cpp, on GPUs that it has seen", "prefill", MODEL, "llama.cpp"),
        _line("Prefill, after one run on that GPU", "prefill", ONE_RUN),
        _served("Time per output token of a server, GPUs that the fit did not see", "serving"),
        _served("Time to first token of a server, likewise", "first token"),
        ["Speculation, prefix reuse", "0", "", "", "", ""],
    ]
    head = ["What", "Rows", "Median", "Mean", "90 % below", "In the 80 % band"]
    beaten = sum(score.measured > score.predicted["bytes read"][0] for score in chosen("decode"))
    aside = sum(row.flag == "impossible" and row.metric == "decode" for row in rows())
    left = len(chosen("decode"))
    yield "## In short"
    yield markup.table(head, lines, "lrrrrr")
    yield (
        f"Of {left + aside} decode rows {beaten + aside} beat the bound, bandwidth over the bytes "
        f"that a step must read. By that very bound {aside} of them are taken for impossible and "
        f"[set aside](#rows-that-are-set-aside). So it is no proof of the bound that {beaten} of "
        f"the other {left} beat it; its ground is that no memory is read faster than its datasheet "
        "says. Read a prediction as its band, not as its middle."
    )
    yield (
        "Shares are of rows inside a band that was made without their GPU, those of servers over "
        "all rows. The shipped bands are "
        f"made of all rows; of these, {_inside('decode')} of decode, {_inside('prefill')} of "
        f"prefill and {_inside('serving')} of the times per output token lie inside. The tables by "
        "GPU, engine and format hold their rows against the shipped bands."
    )


def _inside(kind: str) -> str:
    return percent(bands.held(kind)[0])


def _line(what: str, kind: str, step: str, engine: str = "") -> list[str]:
    band = kind if step == MODEL else f"{kind} after one run"
    return _shares(what, errors(chosen(kind, engine=engine), kind, step), band)


def _served(what: str, kind: str) -> list[str]:
    unseen = [score for score in chosen(kind) if score.row.gpu != errors_serving.FITTED]
    return _shares(what, errors(unseen, kind, MODEL), kind)


def _shares(what: str, found: Errors, band: str) -> list[str]:
    _, nested = bands.held(band)
    shares = (found.median, found.mean, found.ninety, nested)
    return [what, f"{found.rows:,}", *map(percent, shares)]


def _not_measured() -> Iterable[str]:
    """What a prediction may be asked for that no kept row speaks of."""
    used = [score.row for score in kept().scores]
    known = {score.row.gpu for score in (*kept().scores, *chosen("serving"))}
    without = [chip.name for chip in catalog.chips() if chip.name not in known]
    yield "## What is not measured here"
    yield (
        f"The {len(used)} rows of decode and prefill are of one sequence on one GPU; "
        f"{_count(used, _has_experts)} is of a mixture of experts, {_count(used, _is_current)} of "
        "vLLM since 0.8 or of SGLang. The rows of servers are of data-centre GPUs and of "
        f"{len({score.row.model for score in chosen('serving')})} models, and the "
        "format of their KV cache is taken, not known. Nothing that is kept says "
        "how far the model is off for speculation or prefix reuse. Of the catalogue's "
        f"{len(catalog.chips())} chips, {len(without)} have no row: {', '.join(without)}. For all "
        "of these a band rests on what is known, is wider, or is a judgement that says so:"
    )
    lines = [[name, f"{b.low:.2f} to {b.high:.2f}", markup.escaped(b.basis)] for name, b in _BANDS]
    yield markup.table(["Band of", "Measured over predicted", "Rests on"], lines)
    yield (
        "Bands are not stated beforehand: each is made of the rows that it is shown against. So "
        "each was also made again without each GPU, and held against the rows of that GPU. Where "
        "GPUs differ, one that took no part fares worse than the shipped band promises. How far "
        "all bands are widened was chosen with both shares in view, so neither is an independent "
        "test:"
    )
    head = ["Band", "Rows", "GPUs", "Inside", "Made without the GPU", "Of the worst GPU"]
    yield markup.table(head, [_held(*each) for each in bands.MEASURED.items()], "lrrrrl")
    yield (
        f"Bands are made wider by {bands.UNSEEN_ENGINE:g} for an engine that replays captured "
        f"steps or is not named, by {bands.UNSEEN_BATCH:g} for several sequences and by "
        f"{bands.EXPERTS:g} for a mixture of experts."
    )


_BANDS: tuple[tuple[str, Band], ...] = (
    *((f"decode: {PLATFORMS[platform]}", band) for platform, band in bands.DECODE.items()),
    *((f"decode after one run: {PLATFORMS[k]}", b) for k, b in bands.CALIBRATED_ON.items()),
    *((f"prefill of llama.cpp: {PLATFORMS[name]}", band) for name, band in bands.PREFILL.items()),
    ("prefill, other engines", bands.PREFILL_OTHER),
    ("prefill, after one run", bands.PREFILL_CALIBRATED),
    *((f"time per output token: {SERVERS[kind]}", band) for kind, band in bands.SERVING.items()),
    *((f"time to first token: {SERVERS[kind]}", band) for kind, band in bands.SERVING_TTFT.items()),
    ("speculation", bands.SPECULATION),
)


def _held(name: str, band: Measured) -> list[str]:
    worst = f"{percent(band.worst)} ({markup.escaped(band.worst_gpu)})"
    counts = [f"{band.rows}", f"{band.gpus}"]
    return [name, *counts, percent(band.inside), percent(band.nested), worst]


def _has_experts(row: Row) -> bool:
    return catalog.model(row.model).experts > 0


def _is_current(row: Row) -> bool:
    return row.engine in ("vllm", "sglang")


def _count(used: Iterable[Row], what: Callable[[Row], bool]) -> str:
    found = sum(map(what, used))
    return {0: "none", 1: "one"}.get(found, f"{found}")


def _not_used() -> Iterable[str]:
    """Rows that are kept, but neither fitted nor judged by, and why."""
    flags = Counter(row.flag for row in rows() if row.flag)
    eager = sum(not row.flag and row.engine == "hf transformers" for row in rows())
    yield "## Rows that are set aside"
    yield (
        f"{flags['offloaded']} rows ran partly from the host's memory, {flags['anomalous']} "
        f"contradict other runs of the same source, and {eager} are of Transformers without "
        "compilation, which waits for its host. Of the servers, "
        f"{_flagged('replicas')} spread their requests over several servers, and "
        f"{_flagged('impossible')} are faster than their bound or do not fit: mislabelled. These "
        "decode rates are impossible: faster than the memory can deliver what they must read."
    )
    impossible = [row for row in rows() if row.flag == "impossible" and row.metric == "decode"]
    head = ["GPU", "Model", "Weights", "Engine", "Published", "Bound", "Source"]
    lines = [_impossible(row) for row in impossible]
    yield markup.table(head, lines, "llllrrl")
    yield from _suspects(impossible)


def _suspects(impossible: Iterable[Row]) -> Iterable[str]:
    """What is thought of the other rows of a source with impossible ones."""
    every = errors(chosen("decode"), "decode", MODEL)
    for source, engine in sorted({(_repository(row.source), row.engine) for row in impossible}):
        others = chosen("decode", source=source)
        alike = sum(score.row.engine == engine for score in others)
        found = errors(others, "decode", MODEL)
        yield (
            f"Of the same source, {markup.escaped(source)}, {len(others)} rows are used, {alike} "
            f"of them of {markup.escaped(engine)}, too, because nothing forbids "
            f"them. How far they agree with others: the model's median error on them is "
            f"{percent(found.median)}, on all rows {percent(every.median)}."
        )


def _repository(source: str) -> str:
    return source.partition("@")[0]


def _flagged(why: str) -> int:
    return sum(row.flag == why for row in served.rows())


def _impossible(row: Row) -> list[str]:
    bound = row.batch / fitting.case(row).bound
    words = (row.gpu, row.model, row.format.upper(), row.engine)
    rates = (f"{row.rate:,.0f} tok/s", f"{bound:,.0f} tok/s")
    return [*map(markup.escaped, words), *rates, markup.escaped(row.source)]
