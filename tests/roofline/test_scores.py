"""The errors that pages show: those of the rows, recomputed, and once more without our code."""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from benchpost.errors import BenchpostError
from benchpost.roofline import catalog, errors_serving, scores, scoring
from benchpost.roofline.errors_table import calibrated, decode_cases
from benchpost.roofline.ladders import DECODE, PREFILL, Step
from benchpost.roofline.scores import Score

PACKAGE = Path(scores.__file__).parent
POST = Path(__file__).parents[2] / "posts/how-fast-can-this-gpu-decode/index.mdx"
Table = dict[str, NDArray[Any]]


Made = dict[str, scores.Kept]


@pytest.fixture(scope="module")
def made() -> Made:
    return scoring.made()


@pytest.mark.parametrize("kind", ["decode", "serving"])
def test_the_file_is_what_the_rows_give(made: Made, kind: str) -> None:
    """After a change of rows, catalogue or model: `python scripts/errors.py`."""
    kept, fresh = scores.kept(kind), made[scores.FILES[kind]]
    assert kept.digest == fresh.digest, "run scripts/errors.py"
    assert [s.row for s in kept.scores] == [s.row for s in fresh.scores]
    for old, new in zip(kept.scores, fresh.scores, strict=True):
        assert numbers(old) == pytest.approx(numbers(new), rel=1e-4), new.row


def numbers(score: Score) -> list[float]:
    predicted = (each for several in score.predicted.values() for each in several)
    return [score.measured, *predicted, score.low, score.high]


def test_what_is_written_is_read_the_same(made: Made) -> None:
    """Writing what was read gives the same text."""
    for name, kept in made.items():
        text = scoring.text(kept)
        assert scoring.text(scores.read(text, name)) == text


@pytest.mark.parametrize("text", ["", "{}", '{"digest": "", "scores": [[2, "decode"]]}', "[]"])
def test_a_broken_file_says_how_to_mend_it(text: str) -> None:
    """With its name."""
    with pytest.raises(
        BenchpostError, match=r"errors\.json:1:1: not the errors .* scripts/errors\.py"
    ):
        scores.read(text, "errors.json")


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
            "benchpost.roofline"
        ):
            names = [f"{node.module}.{alias.name}" for alias in node.names] + [node.module or ""]
            parts = (name.removeprefix("benchpost.roofline").strip(".") for name in names)
            yield from (f"{p}.py" for p in parts if p and (PACKAGE / f"{p}.py").is_file())


def test_the_digest_covers_what_decides_a_score() -> None:
    """Every module of the model that scoring needs, however far away, and the data."""
    found, waiting = set(), ["scoring.py"]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += imported(PACKAGE / name)
    code = {name for name in scoring.MADE_FROM if name.endswith(".py")}
    assert found <= code
    assert all((PACKAGE / name).is_file() for name in scoring.MADE_FROM)


# the ladder once more, from the CSV and the catalogue's plain numbers, by NumPy alone


@pytest.fixture(scope="module")
def table() -> Table:
    """Columns of the usable decode rows."""
    text = (PACKAGE / "data/measured.csv").read_text(encoding="utf-8")
    entries = [
        entry
        for entry in csv.DictReader(text.splitlines())
        if entry["metric"] in ("decode", "end to end")
        and not entry["flag"]
        and entry["engine"] != "hf transformers"
    ]
    rows = [row_of(entry) for entry in entries]
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def row_of(entry: dict[str, str]) -> dict[str, Any]:
    chip, model = catalog.chip(entry["gpu"]), catalog.model(entry["model"])
    context, form = float(entry["context"] or 512), entry["format"]
    seconds = 1 / float(entry["rate"])
    if entry["metric"] == "end to end":
        # the prompt's arithmetic at half of the peak, shared by the output tokens
        prompt, output = float(entry["prompt"]), float(entry["output"])
        matrices = 2 * (model.layers * model.layer_parameters * prompt + model.head_parameters)
        pairs = prompt * (prompt + 1) / 2
        attention = 4 * model.layers * model.heads * model.head_dim * pairs
        seconds -= (matrices + attention) / (0.5 * chip.compute_peak(form).value) / output
    window = model.window or context
    kept = 2 * 2 * model.layers * model.kv_heads * model.head_dim * min(context, window)
    return {
        "gpu": entry["gpu"],
        "platform": chip.platform,
        "compiled": entry["engine"]
        in ("exllama", "exllamav2", "gpt-fast", "mlc-llm", "tinychat", "tensorrt-llm 0"),
        "captured": entry["engine"] == "tensorrt-llm",
        "seconds": seconds,
        "layers": float(model.layers),
        "napkin": model.weight_bytes(form) / chip.bandwidth.value,
        "bound": (model.streamed_bytes(form) + kept) / chip.bandwidth.value,
    }


def summary(table: Table, predicted: NDArray[Any]) -> tuple[float, float]:
    """Mean and median of the absolute errors of the rate."""
    sizes = np.abs(table["seconds"] / predicted - 1)
    return float(sizes.mean()), float(np.quantile(sizes, 0.5, method="inverted_cdf"))


def ours(step: str) -> tuple[float, float]:
    found = scores.errors(scores.chosen(), "decode", step)
    return found.mean, found.median


@pytest.mark.parametrize(
    ("step", "predicted"),
    [
        ("file size", lambda table: table["napkin"]),
        ("bytes read", lambda table: table["bound"]),
        ("constant", lambda table: table["bound"] / 0.8),
    ],
)
def test_the_first_steps_of_the_ladder(
    table: Table, step: str, predicted: Callable[[Table], NDArray[Any]]
) -> None:
    """Plain NumPy gives the same errors."""
    assert len(table["gpu"]) == len(scores.chosen())
    assert ours(step) == pytest.approx(summary(table, predicted(table)), rel=2e-3)


def test_one_share_and_one_time_for_all(table: Table) -> None:
    """Fitted without each GPU in turn, by another search: nearly the same errors."""
    predicted = left_out(table, alike, [(0.7, 1.0), (0.0, 400e-6)])
    assert ours("layer time") == pytest.approx(summary(table, predicted), abs=0.01)


def alike(table: Table, constants: list[float]) -> NDArray[Any]:
    share, time = constants
    return np.asarray(table["bound"] / share + table["layers"] * time)


def left_out(
    table: Table,
    model: Callable[[Table, list[float]], NDArray[Any]],
    ranges: list[tuple[float, float]],
) -> NDArray[Any]:
    """Seconds of each row by constants fitted to the rows of the other GPUs."""
    predicted = np.empty(len(table["gpu"]))
    for gpu in np.unique(table["gpu"]):
        own = table["gpu"] == gpu
        rest = {name: column[~own] for name, column in table.items()}
        found = least(partial(loss, rest, model), ranges)
        predicted[own] = model(table, found)[own]
    return predicted


PLATFORMS = ("server", "desktop", "fast desktop", "soc")


def modelled(table: Table, constants: list[float]) -> NDArray[Any]:
    share, compiled, *times = constants
    time = np.select([table["platform"] == name for name in PLATFORMS], times)
    factor = np.where(table["compiled"], compiled, np.where(table["captured"], 0.3, 1.0))
    return np.asarray(table["bound"] / share + table["layers"] * factor * time)


def test_the_model_on_gpus_that_it_has_not_seen(table: Table) -> None:
    """Six constants fitted without each GPU, by another search: nearly the same errors."""
    predicted = left_out(table, modelled, [(0.7, 1.0), (0.05, 3.0), *[(5e-6, 600e-6)] * 4])
    assert ours("model") == pytest.approx(summary(table, predicted), abs=0.01)


def loss(
    table: Table, model: Callable[[Table, list[float]], NDArray[Any]], constants: list[float]
) -> float:
    return float(np.abs(table["seconds"] / model(table, constants) - 1).mean())


def least(cost: Callable[[list[float]], float], ranges: list[tuple[float, float]]) -> list[float]:
    """Constants of the least cost, by golden sections along each in turn."""
    found = [(low + high) / 2 for low, high in ranges]
    for _ in range(8):
        for place, (low, high) in enumerate(ranges):

            def along(value: float, place: int = place) -> float:
                return cost([*found[:place], value, *found[place + 1 :]])

            found[place] = golden(along, low, high)
    return found


def golden(cost: Callable[[float], float], low: float, high: float) -> float:
    ratio = (5**0.5 - 1) / 2
    for _ in range(16):
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        low, high = (low, right) if cost(left) < cost(right) else (left, high)
    return (low + high) / 2


def test_serving_is_off_by_what_its_report_says() -> None:
    """As `errors_serving` has it, for all rows and for the GPUs that the fit did not see."""
    report = dict(errors_serving.groups(errors_serving.judged(errors_serving.usable())))
    everything, unseen = report["Serving, time per output token"]
    found = scores.errors(scores.chosen("serving"), "serving", "model")
    assert found.rows == everything.rows
    assert found.mean == pytest.approx(everything.mean, rel=1e-3)
    others = [s for s in scores.chosen("serving") if s.row.gpu != errors_serving.FITTED]
    rest = scores.errors(others, "serving", "model")
    assert rest.rows == unseen.rows
    assert rest.mean == pytest.approx(unseen.mean, rel=1e-3)


def test_after_one_run_every_pair_counts() -> None:
    """As `errors_table` has it, which weighs each row once."""
    other = calibrated(decode_cases())
    assert ours("one run") == pytest.approx((other.mean, other.median), rel=1e-3)


def test_the_post_says_what_numpy_says(table: Table) -> None:
    """Its picture of the ladder bears the numbers of the recomputed steps, to their digits."""
    said = re.search(r"!\[Error of the predicted decode rate.*?\]\(", POST.read_text("utf-8"))
    assert said
    for step, predicted in (
        ("file size", table["napkin"]),
        ("bytes read", table["bound"]),
        ("constant", table["bound"] / 0.8),
    ):
        mean, median = summary(table, predicted)
        words = f"{DECODE[step].says}: median {100 * median:.0f} %, mean {100 * mean:.0f} %"
        assert words in said[0]


def test_the_post_names_the_only_row_below_the_line(table: Table) -> None:
    """One row is faster than the napkin, and it is the mixture of experts."""
    faster = table["seconds"] < table["napkin"]
    assert faster.sum() == 1
    (below,) = (s for s in scores.chosen() if s.measured > s.predicted["file size"][0])
    assert below.row.model == "Mixtral-8x7B"
    assert not (table["seconds"] < table["bound"]).any()


def test_the_example_of_the_post_prints_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    """The code of `calibrate.py`, run, prints the two values of the sentence under it."""
    text = POST.read_text(encoding="utf-8")
    code = re.search(r'```python filename="calibrate\.py"\n(.*?)```', text, re.DOTALL)
    assert code
    exec(compile(code[1], "calibrate.py", "exec"), {})
    printed = [f"{float(line):.1f}" for line in capsys.readouterr().out.split()]
    after = text[code.end() :].partition("GPU, engine and format")[0]
    assert re.findall(r"\*/\}([\d.]+)\{/\*", after)[:2] == printed


# what errors are


def score(rate: float, *predicted: float) -> Score:
    row = scores.chosen()[0].row
    steps = dict.fromkeys(DECODE, (1.0,)) | {"model": predicted}
    return Score(row, "decode", 2, rate, steps, 0.9 * rate, 1.1 * rate)


def test_errors_are_relative_to_the_measured_rate() -> None:
    """Mean, median, bias, 90 %, factor of two, band, each by hand."""
    rows = [score(10, 11), score(10, 20), score(10, 5), score(100, 90)]
    found = scores.errors(rows, "decode", "model")
    # errors: +0.1, +1.0, -0.5, -0.1
    by_hand = {"mean": 0.425, "median": 0.1, "bias": 0.125, "ninety": 1.0, "twofold": 0.5}
    assert vars(found) == pytest.approx({"rows": 4, "gpus": 1, **by_hand, "inside": 1.0})


def test_a_row_counts_once_however_often_it_is_predicted() -> None:
    """Its predictions share its weight."""
    found = scores.errors([score(10, 11), score(10, 10, 10, 10, 10)], "decode", "model")
    assert found.rows == 2
    assert found.mean == pytest.approx(0.05)


@pytest.mark.parametrize("kind", [DECODE, PREFILL])
def test_each_step_but_the_exact_work_improves_on_the_one_before(
    kind: dict[str, Step],
) -> None:
    """In the median; exact FLOPs do not help prefill, and the page shows it."""
    name = "decode" if kind is DECODE else "prefill"
    medians = [
        scores.errors(scores.chosen(name), name, step).median
        for step in kind
        if step != "exact work"
    ]
    assert medians == sorted(medians, reverse=True)


def test_groups_hold_every_row_once() -> None:
    """By engine, GPU, format, model, platform and source."""
    for by in scores.GROUPS:
        groups = scores.grouped(scores.chosen(), by)
        assert sum(map(len, groups.values())) == len(scores.chosen())
