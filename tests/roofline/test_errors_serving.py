"""The errors of the serving model on published rows: what is claimed of it holds."""

from __future__ import annotations

import pytest

from benchpost.errors import BenchpostError, UsageError
from benchpost.roofline import bands, batching, catalog, errors_serving, served
from benchpost.roofline.errors_serving import FITTED, Judged
from benchpost.roofline.errors_table import errors
from benchpost.roofline.kinds import Latent
from benchpost.roofline.served import Served


@pytest.fixture(scope="module")
def found() -> list[Judged]:
    return errors_serving.judged(errors_serving.usable())


def test_servers_are_predicted_on_gpus_that_the_fit_did_not_see(found: list[Judged]) -> None:
    """H200, B200, B300 and GB200, latent attention too: mean error at most 30 %, median 25 %."""
    others = errors_serving.left_out(found)
    made = errors("others", (1 / one.tpot for one in others))
    assert {one.kind for one in others} == set(bands.SERVING)
    assert made.rows > 1400
    assert made.mean <= 0.30
    assert made.median <= 0.25


KINDS = {"one GPU": 0.2, "several GPUs": 0.2, "experts": 0.28, "latent attention": 0.35}


@pytest.mark.parametrize(("kind", "most"), KINDS.items())
def test_every_kind_of_server_is_predicted_on_unseen_gpus(
    found: list[Judged], kind: str, most: float
) -> None:
    """The median error of each; latent attention is the worst."""
    own = [1 / one.tpot for one in errors_serving.left_out(found) if one.kind == kind]
    assert errors(kind, own).median <= most


def test_servers_are_predicted_on_the_gpu_of_the_fit(found: list[Judged]) -> None:
    """Mean at most 20 %, median at most 13 %."""
    own = [one for one in found if one.row.gpu == FITTED]
    made = errors("own", (1 / one.tpot for one in own))
    assert made.mean <= 0.20
    assert made.median <= 0.13


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


def test_the_share_of_waiting_is_that_of_the_fit() -> None:
    """Of the first tokens of the same rows."""
    rows = [row for row in errors_serving.usable() if row.gpu == FITTED]
    assert errors_serving.fit_waiting(rows) == pytest.approx(batching.WAITING_SHARE)


def output_rate(row: Served) -> float:
    return row.concurrency * row.output / (row.ttft + (row.output - 1) * row.tpot)


def beats(row: Served, metric: str) -> bool:
    bound = errors_serving.predicted(row, metric).bound
    if metric == "throughput":
        return output_rate(row) > bound * 1.005
    return float(getattr(row, metric)) * 1.005 < bound


@pytest.mark.parametrize("metric", batching.METRICS)
def test_no_server_beats_its_bound(metric: str) -> None:
    """In any metric, unless it is flagged, and then it is not among these."""
    assert [row for row in errors_serving.usable() if beats(row, metric)] == []


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
