"""Make the scores that `scores` reads: every step of the ladder on every published row.

Dear (a second or two, and NumPy): constants are fitted anew without each GPU in turn.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchpost.files import sha256
from benchpost.roofline import catalog, errors_serving, fitting, served
from benchpost.roofline.fitting import Case, ratios_left_out, usable
from benchpost.roofline.measured import Row, rows
from benchpost.roofline.predict import prefill, setting_of
from benchpost.roofline.scores import FILES, Kept, Score, row_of
from benchpost.roofline.served import Served

if TYPE_CHECKING:
    from numpy.typing import NDArray

RULE_OF_THUMB = 0.8
"""Share of the bandwidth that people multiply the napkin by."""
SHARES = (0.70, 1.005, 0.01)
LAYER_TIMES = (0.0, 400e-6, 2e-6)
"""Where the best share and time per layer for all rows are searched."""
MADE_FROM = (
    "data/chips.toml",
    "data/measured.csv",
    "data/models.toml",
    "data/served.csv",
    "bands.py",
    "batching.py",
    "calibration.py",
    "catalog.py",
    "catalog_text.py",
    "chips.py",
    "compute.py",
    "emit.py",
    "engines.py",
    "equations.py",
    "errors_serving.py",
    "errors_table.py",
    "expression.py",
    "fitting.py",
    "formats.py",
    "kinds.py",
    "ladders.py",
    "language.py",
    "latex.py",
    "layer_equations.py",
    "measured.py",
    "models.py",
    "notes.py",
    "predict.py",
    "read.py",
    "rows.py",
    "scores.py",
    "scoring.py",
    "served.py",
    "serving_equations.py",
    "sizes.py",
    "terms.py",
    "types.py",
    "units.py",
    "work.py",
)
"""Rows, catalogue and every module that decides a score."""


def made() -> dict[str, Kept]:
    """The scores of all rows that may be used, computed now, by the file that keeps them."""
    cases = [fitting.case(row) for row in usable(rows(), ("decode", "end to end"))]
    one = sorted((*_decode(cases), *_prefill()), key=lambda score: score.line)
    many = [score for line, row in _served() for score in _under_load(line, row)]
    found = {FILES["decode"]: one, FILES["serving"]: many}
    return {name: Kept(digest(), tuple(scores)) for name, scores in found.items()}


def digest() -> str:
    """SHA-256 over what the scores are made from."""
    here = Path(__file__).parent
    sources = (here.joinpath(name).read_bytes().replace(b"\r\n", b"\n") for name in MADE_FROM)
    return sha256(b"\n".join(sources))


def text(kept: Kept) -> str:
    """The file of `kept`: JSON with a row a line, rates to five digits."""
    lines = ",\n".join(json.dumps(_entry(score)) for score in kept.scores)
    return f'{{"digest": "{kept.digest}", "scores": [\n{lines}\n]}}\n'


def _entry(score: Score) -> list[Any]:
    predicted = [[_short(rate) for rate in rates] for rates in score.predicted.values()]
    ends = (_short(score.low), _short(score.high))
    return [score.line, score.kind, _short(score.measured), predicted, *ends]


@cache
def _lines() -> dict[Row, int]:
    """Line of each row in `measured.csv`; of rows that are alike in all, the first."""
    found: dict[Row, int] = {}
    for line, row in enumerate(rows(), start=2):
        found.setdefault(row, line)
    return found


def _short(value: float) -> float:
    return float(f"{value:.5g}")


def _decode(cases: Sequence[Case]) -> Iterator[Score]:
    by_gpu = sorted(cases, key=lambda one: one.row.gpu)
    left_out = {id(one): ratio for one, ratio in ratios_left_out(by_gpu)}
    after = _after_one_run(cases)
    for one, seconds in zip(cases, _alike(cases), strict=True):
        rate = one.row.batch / one.seconds
        model = rate / left_out[id(one)]
        band = _setting(one.row).band
        predicted = {
            "file size": (_napkin(one.row),),
            "bytes read": (one.row.batch / one.bound,),
            "constant": (RULE_OF_THUMB * one.row.batch / one.bound,),
            "layer time": (one.row.batch / seconds,),
            "model": (model,),
            "one run": tuple(rate / ratio for ratio in after.get(id(one), ())),
        }
        high = min(one.row.batch / one.bound, model * band.high)
        yield Score(one.row, "decode", _lines()[one.row], rate, predicted, model * band.low, high)


def _setting(row: Row) -> Any:
    return setting_of(row.gpu, row.model, row.engine, row.format, fitting.KV_FORMAT, 1)


def _napkin(row: Row) -> float:
    chip, model = catalog.chip(row.gpu), catalog.model(row.model)
    return row.batch * chip.bandwidth.value / model.weight_bytes(row.format)


def _after_one_run(cases: Sequence[Case]) -> dict[int, list[float]]:
    """Measured over predicted rate of each case, by each other row of its GPU, engine, format."""
    found: dict[int, list[float]] = {}
    for one, ratio, _ in fitting.ratios_calibrated(cases):
        found.setdefault(id(one), []).append(ratio)
    return found


def _alike(cases: Sequence[Case]) -> list[float]:
    """Seconds of each step by one share and one time per layer, fitted to the other GPUs' rows."""
    import numpy as np

    gpus = sorted({one.row.gpu for one in cases})
    own = np.array([gpus.index(one.row.gpu) for one in cases])
    bound = np.array([one.bound for one in cases])
    layers = np.array([float(one.layers) for one in cases])
    seconds = np.array([one.seconds for one in cases])
    # every pair of constants at once: pairs × cases
    pairs = np.array([(a, b) for a in np.arange(*SHARES) for b in np.arange(*LAYER_TIMES)])
    steps = bound / pairs[:, :1] + layers * pairs[:, 1:]
    losses = np.abs(seconds / steps - 1)
    elsewhere = np.array([_best(losses, own != gpu) for gpu in range(len(gpus))])
    predicted = steps[elsewhere[own], np.arange(len(cases))]
    found: list[float] = predicted.tolist()
    return found


def _best(losses: NDArray[Any], where: NDArray[Any]) -> int:
    return int(losses[:, where].mean(axis=1).argmin())


def _prefill() -> Iterator[Score]:
    used = [row for row in usable(rows(), ("prefill",)) if row.prompt]
    for row in used:
        chip, model = catalog.chip(row.gpu), catalog.model(row.model)
        peak = chip.compute_peak(row.format).value
        work = float(_setting(row).work.prefill_flops(row.prompt, row.prompt))
        asked: dict[str, Any] = {
            "gpu": row.gpu,
            "model": row.model,
            "prompt": row.prompt,
            "weights": row.format,
            "engine": row.engine,
        }
        plain = prefill(**asked)
        known = (fitting.calibrate([other]) for other in _of_its_kind(row, used))
        predicted = {
            "peak": (peak / (2 * model.parameters.value),),
            "exact work": (row.prompt * peak / work,),
            "model": (row.prompt / float(plain.value),),
            "one run": tuple(
                row.prompt / float(prefill(**asked, calibration=k).value) for k in known
            ),
        }
        low, high = row.prompt / float(plain.high), row.prompt / float(plain.low)
        yield Score(row, "prefill", _lines()[row], row.rate, predicted, low, high)


def _of_its_kind(row: Row, used: Iterable[Row]) -> Iterator[Row]:
    kind = (row.gpu, row.engine, row.format)
    return (
        other
        for other in used
        if (other.gpu, other.engine, other.format) == kind and other is not row
    )


def _served() -> Iterator[tuple[int, Served]]:
    """Rows of servers that may be used, each with its line."""
    return ((n, row) for n, row in enumerate(served.rows(), start=2) if not row.flag)


def _under_load(line: int, server: Served) -> Iterator[Score]:
    """Time per output token and time to first token of a server, in seconds."""
    row = row_of(server)
    setting = setting_of(row.gpu, row.model, row.engine, row.format, server.kv, server.tp)
    bandwidth = setting.chip.bandwidth.value
    step = errors_serving.predicted(server)
    moved = float(step.terms["weight_bytes"] + step.terms["kv_bytes"])
    predicted = {
        "weights": (setting.held_bytes / bandwidth,),
        "weights and cache": (moved / bandwidth,),
        "model": (step.value,),
    }
    yield Score(row, "serving", line, server.tpot, predicted, step.low, step.high, server.tp)
    first = errors_serving.predicted(server, "ttft")
    answers = {"alone": (float(first.terms["alone_time"]),), "model": (first.value,)}
    yield Score(row, "first token", line, server.ttft, answers, first.low, first.high, server.tp)
