"""Tables of the published rows: errors by group, and single rows beside what is predicted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from benchpost.errors import UsageError
from benchpost.figures import markup
from benchpost.figures.quoted import listed
from benchpost.figures.rows import PLATFORMS, SERVERS, WHAT, counted, percent, signed, sources_of
from benchpost.figures.types import Facts, Fragment
from benchpost.roofline import catalog
from benchpost.roofline.engines import engine as engine_of
from benchpost.roofline.ladders import MODEL, STEPS, known_step
from benchpost.roofline.scores import Errors, Score, chosen, errors, grouped

_GROUP = {
    "engine": "Engine",
    "gpu": "GPU",
    "format": "Weights",
    "model": "Model",
    "platform": "Platform",
    "kind": "Server",
    "source": "Published by",
}
_NAMES = {**PLATFORMS, **SERVERS}
_KEPT = "benchpost/roofline/data/measured.csv"
"""Where every row stands with its source."""
_MOST = 12
"""Rows of a table of single measurements."""


def table_errors(
    facts: Facts,
    *,
    kind: Literal["decode", "prefill", "serving", "first token"] = "decode",
    by: Literal["engine", "gpu", "format", "model", "platform", "kind", "source"] = "engine",
    step: str = MODEL,
    caption: str = "",
) -> Fragment:
    """Errors of what is predicted on the published rows that are kept, by engine, GPU or format.

    `step` is a step of the ladder; by default the model, for GPUs that it has not seen.
    """
    says = known_step(kind, step).says
    scores = chosen(kind)
    groups = grouped(scores, by)
    having = {name: each for name, each in groups.items() if any(s.predicted[step] for s in each)}
    rows = [
        _row(markup.escaped(_NAMES.get(name, name)), errors(each, kind, step))
        for name, each in having.items()
    ]
    whole = _row("**all**", errors(scores, kind, step))
    head = [_GROUP[by], "Rows", "Median", "Mean", "Bias", "90 % below", "In the band"]
    table = markup.table(head, [*rows, whole], "lrrrrrr")
    own = f"{markup.escaped(caption)} " if caption else ""
    note = (
        f"{own}Errors of the predicted {WHAT[kind]} ({markup.escaped(says)}) relative to the "
        f"measured one: {counted(scores)}. {sources_of(scores, _KEPT)}"
    )
    return Fragment(markup.captioned(table, note))


def _row(name: str, found: Errors) -> list[str]:
    inside = "" if found.inside is None else percent(found.inside)
    shares = (percent(found.median), percent(found.mean), signed(found.bias), percent(found.ninety))
    return [name, f"{found.rows}", *shares, inside]


def table_published(
    facts: Facts,
    *,
    kind: Literal["decode", "prefill"] = "decode",
    gpu: str,
    model: str,
    format: str = "",
    engine: str = "",
    context: int = 0,
    prompt: int = 0,
    caption: str = "",
) -> Fragment:
    """Published rates beside what the crudest step of the ladder and the model say of them.

    `gpu`, `model`, `format` and `engine` may each name several, separated by commas; rows stand in
    that order. Only columns in which the rows differ are shown; runs that were repeated are one.
    """
    found = _asked(kind, gpu, model, format, engine)
    wanted = [
        score
        for score in found
        if context in (0, score.row.context) and prompt in (0, score.row.prompt)
    ]
    if not wanted:
        contexts = ", ".join(sorted({f"{s.row.context:g}" for s in found}, key=float))
        raise UsageError(f"no such row is kept with this context or prompt; contexts: {contexts}")
    rows = _together(wanted)
    if len(rows) > _MOST:
        raise UsageError(f"{len(rows)} rows are more than the {_MOST} of a table; say which")
    differing = [name for name in _ABOUT if len({_about(each[0])[name] for each in rows}) > 1]
    napkin = next(iter(STEPS[kind]))
    head = [*differing, "Measured", "Napkin", "Our model", "Its band"]
    cells = [_cells(each, differing, napkin) for each in rows]
    table = markup.table(head, cells, "l" * len(differing) + "rrrr")
    said = f"{_same(wanted[0], differing)}. Napkin: {STEPS[kind][napkin].says}"
    return Fragment(markup.captioned(table, _note(caption, kind, said, wanted)))


def _same(score: Score, differing: Sequence[str]) -> str:
    """What all rows have in common, in words."""
    return ", ".join(
        f"{name.lower()} {value}" if name in ("Context", "Prompt") else value
        for name, value in _about(score).items()
        if name not in differing and value
    )


_ABOUT = ("GPU", "Model", "Weights", "Engine", "Context", "Prompt")


def _about(score: Score) -> Mapping[str, str]:
    row = score.row
    tokens = f"{row.context:,.0f}" if score.kind == "decode" else ""
    return {
        "GPU": row.gpu,
        "Model": row.model,
        "Weights": row.format.upper(),
        "Engine": row.engine,
        "Context": tokens,
        "Prompt": f"{row.prompt:,}" if score.kind == "prefill" else "",
    }


def _asked(kind: str, gpu: str, model: str, format: str, engine: str) -> list[Score]:
    wanted = {
        "gpu": [catalog.chip(name).name for name in listed(gpu)],
        "model": [catalog.model(name).name for name in listed(model)],
        "format": listed(format.lower()),
        "engine": [engine_of(name).name for name in listed(engine)],
    }
    found = [
        score
        for score in chosen(kind)
        if all(not names or getattr(score.row, key) in names for key, names in wanted.items())
    ]
    if not found:
        of = ", ".join(name for names in wanted.values() for name in names)
        raise UsageError(f"no published {kind} row that is kept is of {of}")
    places = [(key, {name: i for i, name in enumerate(names)}) for key, names in wanted.items()]

    def order(score: Score) -> tuple[float, ...]:
        named = (float(known.get(getattr(score.row, key), 0)) for key, known in places)
        return (*named, score.row.context, float(score.row.prompt))

    return sorted(found, key=order)


def _together(scores: Sequence[Score]) -> list[list[Score]]:
    """Repeated runs of the same kind together."""
    found: dict[tuple[object, ...], list[Score]] = {}
    for score in scores:
        row = score.row
        key = (row.gpu, row.model, row.format, row.engine, row.context, row.prompt, row.source)
        found.setdefault(key, []).append(score)
    return list(found.values())


def _cells(runs: Sequence[Score], differing: Sequence[str], napkin: str) -> list[str]:
    first, about = runs[0], _about(runs[0])
    rate = sum(score.measured for score in runs) / len(runs)
    band = f"{_rate(first.low)} to {_rate(first.high)}"
    return [
        *(markup.escaped(about[name]) for name in differing),
        _rate(rate),
        _beside(first.predicted[napkin][0], rate),
        _beside(first.predicted[MODEL][0], rate),
        band,
    ]


def _rate(value: float) -> str:
    return f"{value:,.0f}" if value >= 99.5 else f"{value:.3g}"


def _beside(predicted: float, rate: float) -> str:
    return f"{_rate(predicted)} ({predicted / rate:.2f}×)"


def _note(caption: str, kind: str, same: str, scores: Sequence[Score]) -> str:
    own = f"{markup.escaped(caption)} " if caption else ""
    adjusted = any(score.row.metric == "end to end" for score in scores)
    taken = " The published rates are end to end; the prompt's part is taken off." * adjusted
    seen = "The model has not seen the GPU." if kind == "decode" else ""
    return (
        f"{own}{markup.escaped(same)}. Tokens per second; in brackets, predicted over measured. "
        f"{seen}{taken} {sources_of(scores)}"
    )
