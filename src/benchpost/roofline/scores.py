"""How far off each way to predict a rate is, row by row: kept as data, so that nobody fits anew.

`FILES` are made from the published rows by `scoring` (scripts/errors.py writes them): for each row
the rate that each step of the ladder predicts, from the napkin to one
measurement of one's own. Reading it takes milliseconds, so pages can be checked on every save.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from benchpost.errors import BenchpostError, Place, UsageError, near
from benchpost.roofline import catalog, served
from benchpost.roofline.engines import engine as engine_of
from benchpost.roofline.ladders import MODEL, ONE_RUN, STEPS, after_one_run, known_step
from benchpost.roofline.measured import Row, rows
from benchpost.roofline.served import Served

FILES = {
    "decode": "data/errors.json",
    "prefill": "data/errors.json",
    "serving": "data/errors_serving.json",
    "first token": "data/errors_serving.json",
}
"""Where the scores of each kind are kept."""


@dataclass(frozen=True)
class Score:
    """One published row beside what each step predicts."""

    row: Row
    """The measurement."""
    kind: str
    """A key of `ladders.STEPS`."""
    line: int
    """Line of the row in its file."""
    measured: float
    """What is compared: tokens a second of `decode` (of an end-to-end row without its prompt's
    part) and `prefill`, seconds of `serving` and `first token`."""
    predicted: Mapping[str, tuple[float, ...]]
    """The same by step; several after one run, one for each other row of its kind."""
    low: float
    """Lower end of the model's band."""
    high: float
    """Upper end."""
    gpus: int = 1
    """GPUs that share the model."""


@dataclass(frozen=True)
class Errors:
    """Errors of what is predicted relative to what was measured, of some rows."""

    rows: int
    """How many measurements."""
    gpus: int
    """Of how many GPUs."""
    mean: float
    """Mean of the absolute errors."""
    median: float
    """Half of the absolute errors are below."""
    bias: float
    """Mean of the errors: above 0 where too much is predicted."""
    ninety: float
    """90 % of the absolute errors are below."""
    twofold: float
    """Share of rows where prediction and measurement differ by a factor of 2 or more."""
    inside: float | None
    """Share of rows inside the 80 % band; None for steps that state none."""


@dataclass(frozen=True)
class Kept:
    """What the file holds."""

    digest: str
    """Of the rows, the catalogue and the code that it was made from."""
    scores: tuple[Score, ...]
    """In the order of `measured.csv`."""


def kept(kind: str = "decode") -> Kept:
    """What ships with the package of that kind, and of those in the same file."""
    return _kept(FILES[kind])


@cache
def _kept(name: str) -> Kept:
    file = Path(__file__).parent / name
    return read(file.read_text(encoding="utf-8"), f"benchpost/roofline/{name}")


def read(text: str, path: str) -> Kept:
    """What a file with the shape of `errors.json` says; raises BenchpostError."""
    try:
        known = json.loads(text)
        return Kept(known["digest"], tuple(_score(*entry) for entry in known["scores"]))
    except (KeyError, IndexError, TypeError, ValueError) as error:
        said = f"not the errors of the rows that are kept ({error!r}); run scripts/errors.py"
        raise BenchpostError(said, Place(path)) from error


def _score(
    line: int, kind: str, measured: float, predicted: list[list[float]], low: float, high: float
) -> Score:
    steps = dict(zip(STEPS[kind], map(tuple, predicted), strict=True))
    if FILES[kind] == FILES["serving"]:
        return Score(_row(line), kind, line, measured, steps, low, high, served.rows()[line - 2].tp)
    return Score(rows()[line - 2], kind, line, measured, steps, low, high)


# a row of the file has a score of each kind
@cache
def _row(line: int) -> Row:
    return row_of(served.rows()[line - 2])


def row_of(server: Served) -> Row:
    """A measured server as a row like the others; its rate is that of one request."""
    return Row(
        gpu=server.gpu,
        model=server.model,
        metric="serving",
        rate=1 / server.tpot,
        engine=server.engine,
        format=server.format,
        batch=server.concurrency,
        prompt=server.prompt,
        output=server.output,
        context=server.prompt + server.output / 2,
        source=served.SOURCE,
        flag=server.flag,
    )


def chosen(
    kind: str = "decode",
    gpu: str = "",
    engine: str = "",
    format: str = "",
    model: str = "",
    source: str = "",
) -> tuple[Score, ...]:
    """The scores of a kind, of one GPU, engine, format, model or source where named.

    A source is named by how it begins. Raises UsageError where there is no such row.
    """
    if kind not in STEPS:
        raise UsageError(f"unknown kind {kind!r}{near(kind, STEPS)}; known are {', '.join(STEPS)}")
    wanted = {
        "gpu": catalog.chip(gpu).name if gpu else "",
        "model": catalog.model(model).name if model else "",
        "engine": engine_of(engine).name if engine else "",
        "format": format,
    }
    named = [(key, value) for key, value in wanted.items() if value]
    found = tuple(
        score
        for score in kept(kind).scores
        if score.kind == kind
        and all(getattr(score.row, key) == value for key, value in named)
        and score.row.source.startswith(source)
    )
    if not found:
        named += [("source", source)] if source else []
        of = ", ".join(f"{key} {value!r}" for key, value in named)
        raise UsageError(f"no published {kind} row that is kept is of {of}")
    return found


def errors(scores: Iterable[Score], kind: str, step: str) -> Errors:
    """Errors of one step on some rows; those without a prediction of it are left out.

    Every row counts once, however many predictions it has. Raises UsageError.
    """
    known_step(kind, step)
    having = [score for score in scores if score.predicted[step]]
    if not having:
        raise UsageError(f"no row of these has a prediction of the step {step!r}")
    weighted = [pair for score in having for pair in _weighted(score, step)]
    sizes = sorted((abs(error), weight) for error, weight in weighted)
    return Errors(
        rows=len(having),
        gpus=len({score.row.gpu for score in having}),
        mean=_mean(sizes),
        median=_quantile(sizes, 0.5),
        bias=_mean(weighted),
        ninety=_quantile(sizes, 0.9),
        twofold=_mean([(float(not -0.5 < error < 1), weight) for error, weight in weighted]),
        inside=_inside(having, kind, step),
    )


def _weighted(score: Score, step: str) -> list[tuple[float, float]]:
    made = score.predicted[step]
    return [(predicted / score.measured - 1, 1 / len(made)) for predicted in made]


def _mean(pairs: Sequence[tuple[float, float]]) -> float:
    whole = sum(weight for _, weight in pairs)
    return sum(value * weight for value, weight in pairs) / whole


def _quantile(ordered: Sequence[tuple[float, float]], share: float) -> float:
    """The first value at which a `share` of the weight is reached."""
    due, reached = share * sum(weight for _, weight in ordered) - 1e-9, 0.0
    return next(value for value, weight in ordered if (reached := reached + weight) >= due)


def _inside(scores: Sequence[Score], kind: str, step: str) -> float | None:
    if step == MODEL:
        return _mean([(float(score.low <= score.measured <= score.high), 1.0) for score in scores])
    if step != ONE_RUN:
        return None
    return _mean([pair for score in scores for pair in _inside_after_one_run(score, kind)])


def _inside_after_one_run(score: Score, kind: str) -> list[tuple[float, float]]:
    band = after_one_run(kind, catalog.chip(score.row.gpu).platform)
    return [
        (float(band.low <= 1 / (1 + error) <= band.high), weight)
        for error, weight in _weighted(score, ONE_RUN)
    ]


def serving_kind(score: Score) -> str:
    """The kind of server: a key of `bands.SERVING`."""
    model = catalog.model(score.row.model)
    if model.latent_rank:
        return "latent attention"
    if model.experts:
        return "experts"
    return "several GPUs" if score.gpus > 1 else "one GPU"


GROUPS: Mapping[str, Callable[[Score], str]] = {
    "engine": lambda score: score.row.engine,
    "gpu": lambda score: score.row.gpu,
    "format": lambda score: score.row.format,
    "model": lambda score: score.row.model,
    "platform": lambda score: catalog.chip(score.row.gpu).platform,
    "source": lambda score: score.row.source,
    "kind": serving_kind,
}
"""What errors may be grouped by."""


def grouped(scores: Iterable[Score], by: str) -> dict[str, list[Score]]:
    """Scores by engine, GPU, …; the group with most rows first."""
    found: dict[str, list[Score]] = {}
    for score in scores:
        found.setdefault(GROUPS[by](score), []).append(score)
    return dict(sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0])))
