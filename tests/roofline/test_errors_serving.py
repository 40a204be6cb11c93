"""The errors of the serving model on published rows: what is claimed of it holds."""

from __future__ import annotations

import pytest

from benchpost.errors import BenchpostError, UsageError
from benchpost.roofline import bands, batching, catalog, errors_serving, served
from benchpost.roofline.errors_serving import FITTED, Judged
from benchpost.roofline.errors_table import Coverage, errors
from benchpost.roofline.kinds import Latent
from benchpost.roofline.served import Served


@pytest.fixture(scope="module")
def found() -> list[Judged]:
    return errors_serving.judged(errors_serving.usable())


def dense_and_routed(found: list[Judged]) -> list[Judged]:
    return [one for one in found if one.kind != "latent attention"]


def test_servers_are_predicted_on_gpus_that_the_fit_did_not_see(found: list[Judged]) -> None:
    """H200, B200 and GB200: mean error of the time per token at most 25 %, median at most 18 %."""
    others = errors_serving.left_out(dense_and_routed(found))
    made = errors("others", (1 / one.tpot for one in others))
    assert made.rows > 700
    assert made.mean <= 0.25
    assert made.median <= 0.18


def test_servers_are_predicted_on_the_gpu_of_the_fit(found: list[Judged]) -> None:
    """Mean at most 20 %, median at most 13 %."""
    own = [one for one in found if one.row.gpu == FITTED]
    made = errors("own", (1 / one.tpot for one in own))
    assert made.mean <= 0.20
    assert made.median <= 0.13


def whole(found: list[Coverage]) -> float:
    return sum(each.rows * each.inside for each in found) / sum(each.rows for each in found)


@pytest.mark.parametrize("metric", ["tpot", "ttft"])
def test_the_band_of_serving_holds(found: list[Judged], metric: str) -> None:
    """Between 72 % and 88 % of measured values inside, in all and for each kind of row."""
    made = [each for each in errors_serving.coverages(found) if f", {metric}," in each.name]
    assert len(made) == len(bands.SERVING)
    assert 0.72 <= whole(made) <= 0.88
    assert all(0.72 <= each.inside <= 0.88 for each in made)


def test_the_band_holds_for_gpus_that_the_fit_did_not_see(found: list[Judged]) -> None:
    """Between 72 % and 88 % of their rows inside."""
    made = errors_serving.coverages(errors_serving.left_out(found))
    assert 0.72 <= whole([each for each in made if ", tpot," in each.name]) <= 0.88


def test_the_shipped_constants_are_those_of_the_fit() -> None:
    """Of the rows of one GPU, on the grid that is searched."""
    rows = [row for row in errors_serving.usable() if row.gpu == FITTED]
    assert errors_serving.fit(rows) == pytest.approx(
        {
            "compute_share": batching.COMPUTE_SHARE,
            "layer_time": batching.LAYER_TIME,
            "overlap_loss": batching.OVERLAP_LOSS,
        }
    )


def test_no_server_beats_its_bound(found: list[Judged]) -> None:
    """Unless it is flagged, and then it is not among these."""
    beaten = [
        one.row for one in found if one.row.tpot * 1.005 < errors_serving.predicted(one.row).bound
    ]
    assert beaten == []


def could_be(row: Served) -> bool:
    try:
        return row.tpot >= errors_serving.predicted(row).bound
    except UsageError:
        return False  # the weights alone are more than the memory


def test_rows_that_are_flagged_cannot_be() -> None:
    """They beat their bound or do not fit, or ran on several servers."""
    assert {row.flag for row in served.rows()} == {"", "impossible", "replicas"}
    assert not [row for row in served.rows() if row.flag == "impossible" and could_be(row)]


def test_every_row_is_of_the_catalogue() -> None:
    """Chips, models and formats by their names."""
    for row in served.rows():
        assert catalog.chip(row.gpu).name == row.gpu
        assert catalog.model(row.model).name == row.model


def test_kinds_are_told_apart() -> None:
    """By attention, experts and GPUs."""
    kinds = {errors_serving.judged([row])[0].kind for row in errors_serving.usable()[::40]}
    assert kinds == set(bands.SERVING) == set(bands.SERVING_TTFT)
    assert any(isinstance(kind.mixer, Latent) for kind in catalog.model("Kimi-K2").kinds)


def test_a_broken_row_is_named_with_its_line() -> None:
    """File and line."""
    text = "gpu,model,engine,format,kv,tp,concurrency,prompt,output,tpot_ms,ttft_ms,measured,flag\n"
    with pytest.raises(BenchpostError, match=r"mine\.csv:2.*invalid literal for int"):
        served.read(f"{text}H200,A,vllm,fp8,fp8,x,1,1,1,1,1,,\n", "mine.csv")
