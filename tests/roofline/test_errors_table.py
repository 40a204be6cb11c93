"""The errors of the model on published rows: what is claimed of it holds."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from benchpost import roofline
from benchpost.errors import BenchpostError, UsageError
from benchpost.roofline import (
    bands,
    engines,
    errors_report,
    errors_table,
    fitting,
    fitting_prefill,
    measured,
    predict,
    scores,
)
from benchpost.roofline.fitting import Case
from benchpost.roofline.measured import Row


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return errors_table.decode_cases()


@pytest.fixture(scope="module")
def left_out(cases: list[Case]) -> list[tuple[Case, float]]:
    return fitting.ratios_left_out(cases)


def test_gpus_left_out_of_the_fit_are_predicted(left_out: list[tuple[Case, float]]) -> None:
    """Batch-1 decode of optimised engines: mean error at most 18 %, median at most 10 %."""
    found = errors_table.errors("decode", (ratio for _, ratio in left_out))
    assert found.rows > 500
    assert found.mean <= 0.18
    assert found.median <= 0.10


def test_one_row_calibrates_its_gpu_engine_and_format(cases: list[Case]) -> None:
    """Mean error at most 12 %, median at most 6 %."""
    found = errors_table.calibrated(cases)
    assert found.mean <= 0.12
    assert found.median <= 0.06


def test_no_row_beats_its_bound(cases: list[Case]) -> None:
    """Unless it is flagged, and then it is not among these."""
    assert errors_table.beaten(cases) == []


def test_the_shipped_constants_are_those_of_the_fit(cases: list[Case]) -> None:
    """To the digits that are printed."""
    found = fitting.fit(cases)
    assert found.efficiency == pytest.approx(engines.EFFICIENCY, abs=0.005)
    assert found.compiled == pytest.approx(engines.COMPILED, abs=0.01)
    assert found.layer_times == pytest.approx(engines.LAYER_TIMES, abs=0.6e-6)


def test_the_shipped_shares_of_prefill_are_those_of_the_fit() -> None:
    """To the digits that are printed."""
    found = fitting_prefill.fit(fitting_prefill.prefills())
    assert (found.most, found.level, found.power) == pytest.approx(
        (predict.MOST_SHARE, predict.SHARE_AT_100, predict.SHARE_POWER), abs=0.005
    )


def test_each_step_of_the_ladder_is_better() -> None:
    """From the napkin to one run of one's own."""
    means = [each.mean for each in errors_table.ladder(scores.kept())]
    assert len(means) == 6
    assert means == sorted(means, reverse=True)


def test_one_measurement_of_ones_own_narrows_the_band() -> None:
    """And moves the prediction to it."""
    own = Row("RTX 4090", "Llama-3.1-8B", "decode", 110.0, format="q4_k_m", context=1024)
    known = roofline.calibrate([own])
    asked: dict[str, Any] = {
        "gpu": "RTX 4090",
        "model": "Llama-3.1-8B",
        "weights": "q4_k_m",
        "kv": "fp16",
    }
    before = roofline.decode(**asked, context=1024, engine="llama.cpp")
    after = roofline.decode(**asked, context=1024, engine="llama.cpp", calibration=known)
    assert abs(after.value - 110) < 3 < abs(before.value - 110)
    own_band = bands.CALIBRATED_ON["fast desktop"]
    assert (after.low, after.high) == pytest.approx(
        (after.value * own_band.low, after.value * own_band.high)
    )
    assert after.high - after.low < before.high - before.low


def test_a_prefill_of_ones_own_calibrates_the_compute_share() -> None:
    """The prediction then is the measurement."""
    own = Row("RTX 3090", "Llama-3.1-8B", "prefill", 3000.0, format="f16", prompt=2048)
    known = roofline.calibrate([own])
    made = roofline.prefill(
        gpu="RTX 3090",
        model="Llama-3.1-8B",
        weights="f16",
        prompt=2048,
        engine="llama.cpp",
        calibration=known,
    )
    assert 2048 / made.value == pytest.approx(3000.0, rel=1e-6)


@pytest.mark.parametrize("platform", bands.DECODE)
def test_measurements_of_ones_own_narrow_every_band(platform: str) -> None:
    """One row, and three further, on every platform."""
    plain = bands.DECODE[platform]
    one, three = (bands.calibrated(platform, rows) for rows in (1, 3))
    widths = [each.high / each.low for each in (plain, one, three)]
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > widths[1]


def test_a_row_of_one_kind_says_nothing_of_the_other() -> None:
    """A prefill of one's own leaves the band of decode as it is, and the reverse."""
    asked: dict[str, Any] = {"gpu": "RTX 3090", "model": "Llama-3.1-8B", "weights": "f16"}
    known = roofline.calibrate(
        [Row("RTX 3090", "Llama-3.1-8B", "prefill", 3000.0, format="f16", prompt=2048)]
    )
    assert roofline.decode(**asked, calibration=known) == roofline.decode(**asked)
    known = roofline.calibrate([Row("RTX 3090", "Llama-3.1-8B", "decode", 50.0, format="f16")])
    plain = roofline.prefill(**asked, prompt=512)
    assert roofline.prefill(**asked, prompt=512, calibration=known).low == plain.low


def test_rows_of_two_kinds_do_not_calibrate() -> None:
    """One GPU, engine and format at a time."""
    rows = [Row(gpu, "Llama-3.1-8B", "decode", 50.0) for gpu in ("RTX 4090", "RTX 3090")]
    with pytest.raises(UsageError, match="takes rows of one GPU, engine and format, not of 2"):
        roofline.calibrate(rows)


def test_an_impossible_row_does_not_calibrate() -> None:
    """It is above the bound."""
    with pytest.raises(UsageError, match="500 tok/s is above the bound of RTX 4090"):
        roofline.calibrate([Row("RTX 4090", "Llama-3.1-8B", "decode", 500.0)])


def test_every_row_names_its_source() -> None:
    """A repository at a commit."""
    assert all("@" in row.source for row in measured.rows())
    assert {row.flag for row in measured.rows()} <= {"", "impossible", "anomalous", "offloaded"}


def test_a_broken_row_is_named_with_its_line() -> None:
    """File and line."""
    columns = "gpu,model,metric,rate,engine,format,batch,prompt,output,context,source,flag"
    text = f"{columns}\nA,B,C,x,,,,,,,,\n"
    with pytest.raises(BenchpostError, match=r"mine\.csv:2.*could not convert string to float"):
        measured.read(text, "mine.csv")


ENGINES = [
    ("llama.cpp 4426e298 (2824)", "llama.cpp"),
    ("vLLM 0.6.3", "vllm 0.6"),
    ("vLLM 0.24.0", "vllm"),
    ("HF Transformers 4.46.0", "hf transformers"),
    ("TRT-LLM", "tensorrt-llm"),
    ("ollama", "llama.cpp"),
    ("SGLang 0.5.14", "sglang"),
]


@pytest.mark.parametrize(("written", "name"), ENGINES)
def test_an_engine_is_found_with_its_version(written: str, name: str) -> None:
    """The version decides where it matters."""
    assert engines.engine(written).name == name


def test_the_script_prints_the_tables() -> None:
    """`scripts/errors.py` has nothing of its own."""
    file = Path(__file__).parents[2] / "scripts" / "errors.py"
    specification = importlib.util.spec_from_file_location("errors_script", file)
    assert specification
    assert specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    assert module.tables is errors_report.tables
