"""The page on how wrong the model is says what the rows say, and what nobody measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchpost.figures.rows import percent
from benchpost.roofline import bands, catalog, errors_serving, measured, served
from benchpost.roofline.scores import GROUPS, chosen, errors
from benchpost.site.errors_page import errors_page


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    files = errors_page(tmp_path_factory.mktemp("earlier"))
    return files["errors/index.md"].decode()


def cells(page: str, first: str) -> list[list[str]]:
    lines = (line for line in page.split("\n") if line.startswith(f"| {first} |"))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.parametrize(
    ("kind", "by", "name"),
    [
        ("decode", "engine", "llama.cpp"),
        ("decode", "gpu", "RTX 4090"),
        ("decode", "format", "q4_k_m"),
        ("decode", "model", "Qwen2.5-7B"),
        ("prefill", "engine", "autoawq"),
        ("prefill", "gpu", "RTX 4080"),
        ("serving", "gpu", "H200"),
        ("serving", "engine", "sglang"),
        ("serving", "model", "DeepSeek-V3"),
        ("first token", "gpu", "B200"),
    ],
)
def test_a_group_has_its_row(page: str, kind: str, by: str, name: str) -> None:
    """Rows, median, mean, 90 % and the share in the band, computed here from the same rows."""
    scores = [score for score in chosen(kind) if GROUPS[by](score) == name]
    found = errors(scores, kind, "model")
    assert found.inside is not None
    shares = [percent(found.median), percent(found.mean), percent(found.ninety)]
    expected = [str(found.rows), *shares, percent(found.inside)]
    assert expected in [[*row[1:4], *row[5:]] for row in cells(page, name)]


def test_every_gpu_and_engine_with_a_row_is_listed(page: str) -> None:
    """None is left out because it looks bad."""
    for score in (*chosen("decode"), *chosen("prefill"), *chosen("serving")):
        assert cells(page, score.row.gpu)
        assert cells(page, score.row.engine)


def test_what_has_no_row_is_named(page: str) -> None:
    """Every chip of the catalogue is in a table or in the list of those without a row."""
    said = page.partition("What is not measured here")[2]
    listed = said.partition("have no row: ")[2].partition(". ")[0].split(", ")
    known = {score.row.gpu for score in (*chosen("decode"), *chosen("prefill"), *chosen("serving"))}
    # names with a comma in them are split, and none of those is without a row
    assert set(listed) == {chip.name for chip in catalog.chips()} - known


def test_every_band_says_what_it_rests_on(page: str) -> None:
    """Those that are a judgement say so."""
    assert "a judgement" in bands.PREFILL_OTHER.basis
    for band in (bands.PREFILL_OTHER, *bands.SERVING.values(), *bands.SERVING_TTFT.values()):
        assert f"{band.low:.2f} to {band.high:.2f} | {band.basis}" in page


def test_every_measured_band_stands_with_how_it_held(page: str) -> None:
    """Inside, made without the GPU, and of the worst GPU."""
    for name, band in bands.MEASURED.items():
        shares = [percent(band.inside), percent(band.nested)]
        worst = f"{percent(band.worst)} ({band.worst_gpu})"
        assert [name, str(band.rows), str(band.gpus), *shares, worst] in cells(page, name)


def test_the_page_in_short_has_shares_of_bands_made_without_the_gpu(page: str) -> None:
    """Not of the bands that the same rows made."""
    nested = bands.held("decode")[1]
    assert cells(page, "Decode, on a GPU that the model has not seen")[0][-1] == percent(nested)
    nested = bands.held("serving")[1]
    server = "Time per output token of a server, GPUs that the fit did not see"
    assert cells(page, server)[0][-1] == percent(nested)


def test_servers_stand_with_their_errors(page: str) -> None:
    """Their source, what is set aside, and every GPU, engine and model of the rows."""
    section = page.partition("## Serving {")[2].partition("## What is not measured")[0]
    assert served.SOURCE in section
    impossible = sum(row.flag == "impossible" for row in served.rows())
    assert f"{impossible} are set aside as mislabelled" in section
    for row in errors_serving.usable():
        assert row.gpu in section
        assert f"| {row.model} |" in section
        assert f"| {row.engine} |" in section


def test_impossible_rows_stand_beside_their_bound(page: str) -> None:
    """Each decode row that is flagged so, with a bound below what was published."""
    table = page.partition("Rows that are set aside")[2]
    impossible = [row for row in measured.rows() if row.flag == "impossible"]
    shown = cells(table, "A100 SXM 80GB") + cells(table, "Apple M1")
    assert len(shown) == sum(row.metric == "decode" for row in impossible)
    for row in shown:
        published, bound = (float(cell.split(" ")[0].replace(",", "")) for cell in row[4:6])
        assert published > bound


def test_the_page_is_made_without_reading_earlier_pictures(tmp_path: Path) -> None:
    """Twice the same bytes."""
    assert errors_page(tmp_path) == errors_page(tmp_path)


def test_the_bound_is_not_proved_by_what_was_set_aside_by_it(page: str) -> None:
    """How many rows beat it is said of all rows, and what is thought of the others of a source."""
    used = len(chosen("decode"))
    aside = [r for r in measured.rows() if (r.flag, r.metric) == ("impossible", "decode")]
    said = " ".join(page.split())
    assert f"Of {used + len(aside)} decode rows {len(aside)} beat the bound" in said
    assert f"no proof of the bound that 0 of the other {used} beat it" in said
    for row in aside:
        source = row.source.partition("@")[0]
        others = chosen("decode", source=source)
        assert f"{source}, {len(others)} rows are used" in said.replace("\\", "")
