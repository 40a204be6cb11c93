"""The part of the page on errors that is about servers under load."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from benchpost.figures import markup
from benchpost.figures.rows import percent
from benchpost.roofline import errors_serving, served
from benchpost.roofline.errors_serving import FITTED, Judged
from benchpost.roofline.errors_table import Coverage, Errors, errors

INTRO = """## Servers under load

Time per output token and time to first token of {rows} published runs of {engines} on {gpus}:
so many requests at once, each of so many tokens in and out. The rows are those of {source}, kept in
`benchpost/roofline/data/served.csv` with the day of each run. Three constants were fitted to the
rows of {fitted} alone; every other GPU is left out. An error is predicted over measured time, less
one."""

CAVEAT = """The format of the KV cache is not recorded; it was taken to be FP8 where the weights are
in FP8 or FP4. {impossible} rows are set aside as mislabelled, because they beat their bound or
their weights do not fit, and {replicas} because the requests went to several servers. Where a
mixture of experts has latent attention, as DeepSeek has, the model says {slower} too little time on
average, and its band says so."""

HEAD = ["Of", "Rows", "Median", "Mean", "Bias", "90 % below"]


@cache
def found() -> tuple[Judged, ...]:
    """Every row beside its prediction."""
    return tuple(errors_serving.judged(errors_serving.usable()))


def in_short() -> list[str]:
    """Cells of one line: errors of the GPUs that the fit did not see, and the share in the band."""
    others = errors_serving.left_out(found())
    made = errors("", (1 / one.tpot for one in others))
    inside = _inside([c for c in errors_serving.coverages(others) if "tpot" in c.name])
    shares = [percent(share) for share in (made.median, made.mean, made.ninety, inside)]
    return ["Servers, time per token, on GPUs that the fit has not seen", f"{made.rows}", *shares]


def _inside(made: Sequence[Coverage]) -> float:
    return sum(each.rows * each.inside for each in made) / sum(each.rows for each in made)


def section() -> Iterable[str]:
    """The section: tables of errors, then of bands."""
    rows = found()
    yield INTRO.format(
        rows=f"{len(rows):,}",
        engines=_listed({one.row.engine for one in rows}),
        gpus=_listed({one.row.gpu for one in rows}),
        source=served.SOURCE,
        fitted=FITTED,
    )
    for title, made in errors_serving.groups(rows):
        yield f"### {title}"
        yield markup.table(HEAD, [_cells(each) for each in made], "lrrrrr")
    yield "### Bands of serving"
    yield markup.table(
        ["Metric and kind", "Rows", "Measured over predicted rate", "Inside"],
        [_band(each) for each in errors_serving.coverages(rows)],
        "lrrr",
    )
    flags = [row.flag for row in served.rows()]
    latent = errors("", (1 / one.tpot for one in rows if one.kind == "latent attention"))
    told = {
        "impossible": flags.count("impossible"),
        "replicas": flags.count("replicas"),
        "slower": percent(-latent.bias),
    }
    yield CAVEAT.format(**told).replace("\n", " ")


def _cells(made: Errors) -> list[str]:
    bias = f"{made.bias:+.0%}".replace("%", " %")
    shares = [percent(made.median), percent(made.mean), bias, percent(made.ninety)]
    return [markup.escaped(made.name), f"{made.rows}", *shares]


def _band(made: Coverage) -> list[str]:
    name = made.name.removeprefix("serving, ").replace("tpot", "TPOT").replace("ttft", "TTFT")
    return [name, f"{made.rows}", f"{made.low:.2f} to {made.high:.2f}", percent(made.inside)]


def _listed(names: Iterable[str]) -> str:
    *most, last = sorted(names)
    return f"{', '.join(most)} and {last}" if most else last
