"""How far off each way to predict a rate is, row by row: kept as data, so that nobody fits anew.

`data/errors.json` is made from `data/measured.csv` by `scoring` (scripts/errors.py writes it): for
each published row the rate that each step of the ladder predicts, from the napkin to one
measurement of one's own. Reading it takes milliseconds, so pages can be checked on every save.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from benchpost.errors import BenchpostError, Place, UsageError, near
from benchpost.roofline import bands, catalog
from benchpost.roofline.bands import Band
from benchpost.roofline.engines import engine as engine_of
from benchpost.roofline.measured import Row, rows

FILE = "data/errors.json"
MODEL, ONE_RUN = "model", "one run"
"""The steps that have a band: the model for a GPU that it has not seen, and after one run on it."""


@dataclass(frozen=True)
class Step:
    """One way to predict a rate."""

    says: str
    """What it does, for a chart."""
    fitted: str
    """What of it was fitted, and to which rows."""


DECODE = {
    "file size": Step("bandwidth ÷ all weights", "nothing"),
    "bytes read": Step("bandwidth ÷ bytes really read", "nothing"),
    "constant": Step(
        "80 % of bandwidth ÷ bytes really read", "nothing; the share is a rule of thumb"
    ),
    "layer time": Step(
        "a share of the bandwidth, and one time per layer", "two constants, to the other GPUs' rows"
    ),
    MODEL: Step(
        "the model, with that time by platform and engine",
        "six constants, to the other GPUs' rows",
    ),
    ONE_RUN: Step(
        "the model after one run on your machine", "two factors, to one other row of its kind"
    ),
}
PREFILL = {
    "peak": Step("peak ÷ 2 FLOPs a parameter", "nothing"),
    "exact work": Step("peak ÷ FLOPs really done", "nothing"),
    MODEL: Step(
        "the model, with a share of the peak by engine", "the share, to the rows of llama.cpp"
    ),
    ONE_RUN: Step(
        "the model after one run on your machine", "one factor, to one other row of its kind"
    ),
}
STEPS: Mapping[str, Mapping[str, Step]] = {"decode": DECODE, "prefill": PREFILL}
"""The steps by what is predicted, the crudest first."""

CALIBRATED: Mapping[str, Band] = {"decode": bands.CALIBRATED, "prefill": bands.PREFILL_CALIBRATED}
"""The band after one run."""


@dataclass(frozen=True)
class Score:
    """One published row beside what each step predicts."""

    row: Row
    """The measurement."""
    kind: str
    """`decode` or `prefill`."""
    rate: float
    """Tokens a second that are compared; of an end-to-end row without its prompt's part."""
    predicted: Mapping[str, tuple[float, ...]]
    """Tokens a second by step; several after one run, one for each other row of its kind."""
    low: float
    """Lower end of the model's band, tokens a second."""
    high: float
    """Upper end."""


@dataclass(frozen=True)
class Errors:
    """Errors of the predicted rate relative to the measured one, of some rows."""

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
    share: float
    """Share of the bandwidth that fits all rows best, together with one time per layer."""
    layer_time: float
    """That time, in seconds."""
    scores: tuple[Score, ...]
    """In the order of `measured.csv`."""


@cache
def kept() -> Kept:
    """What ships with the package."""
    file = Path(__file__).parent / FILE
    return read(file.read_text(encoding="utf-8"), f"benchpost/roofline/{FILE}")


def read(text: str, path: str) -> Kept:
    """What a file with the shape of `errors.json` says; raises BenchpostError."""
    try:
        known = json.loads(text)
        made = tuple(_score(*entry) for entry in known["scores"])
        return Kept(known["digest"], known["share"], known["layer_time"], made)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        said = f"not the errors of the rows that are kept ({error!r}); run scripts/errors.py"
        raise BenchpostError(said, Place(path)) from error


def _score(
    line: int, kind: str, rate: float, predicted: list[list[float]], low: float, high: float
) -> Score:
    steps = dict(zip(STEPS[kind], map(tuple, predicted), strict=True))
    return Score(rows()[line - 2], kind, rate, steps, low, high)


def chosen(
    kind: str = "decode", gpu: str = "", engine: str = "", format: str = "", model: str = ""
) -> tuple[Score, ...]:
    """The scores of a kind, of one GPU, engine, format or model where named; UsageError if none."""
    if kind not in STEPS:
        raise UsageError(f"unknown kind {kind!r}{near(kind, STEPS)}; known are {', '.join(STEPS)}")
    wanted = {
        "gpu": catalog.chip(gpu).name if gpu else "",
        "model": catalog.model(model).name if model else "",
        "engine": engine_of(engine).name if engine else "",
        "format": format,
    }
    found = tuple(
        score
        for score in kept().scores
        if score.kind == kind and all(getattr(score.row, k) == v for k, v in wanted.items() if v)
    )
    if not found:
        of = ", ".join(f"{key} {value!r}" for key, value in wanted.items() if value)
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


def known_step(kind: str, step: str) -> Step:
    """The step of that name. Raises UsageError with near misses."""
    steps = STEPS[kind]
    if step not in steps:
        raise UsageError(
            f"{kind} has no step {step!r}{near(step, steps)}; steps are {', '.join(steps)}"
        )
    return steps[step]


def _weighted(score: Score, step: str) -> list[tuple[float, float]]:
    made = score.predicted[step]
    return [(predicted / score.rate - 1, 1 / len(made)) for predicted in made]


def _mean(pairs: Sequence[tuple[float, float]]) -> float:
    whole = sum(weight for _, weight in pairs)
    return sum(value * weight for value, weight in pairs) / whole


def _quantile(ordered: Sequence[tuple[float, float]], share: float) -> float:
    """The first value at which a `share` of the weight is reached."""
    due, reached = share * sum(weight for _, weight in ordered) - 1e-9, 0.0
    return next(value for value, weight in ordered if (reached := reached + weight) >= due)


def _inside(scores: Sequence[Score], kind: str, step: str) -> float | None:
    if step == MODEL:
        return _mean([(float(score.low <= score.rate <= score.high), 1.0) for score in scores])
    if step != ONE_RUN:
        return None
    band = CALIBRATED[kind]
    return _mean(
        [
            (float(band.low <= 1 / (1 + error) <= band.high), weight)
            for score in scores
            for error, weight in _weighted(score, step)
        ]
    )


GROUPS: Mapping[str, Callable[[Score], str]] = {
    "engine": lambda score: score.row.engine,
    "gpu": lambda score: score.row.gpu,
    "format": lambda score: score.row.format,
    "model": lambda score: score.row.model,
    "platform": lambda score: catalog.chip(score.row.gpu).platform,
    "source": lambda score: score.row.source,
}
"""What errors may be grouped by."""


def grouped(scores: Iterable[Score], by: str) -> dict[str, list[Score]]:
    """Scores by engine, GPU, …; the group with most rows first."""
    found: dict[str, list[Score]] = {}
    for score in scores:
        found.setdefault(GROUPS[by](score), []).append(score)
    return dict(sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0])))
