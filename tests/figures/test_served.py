"""Figures of serving: what they say in words, and what they refuse."""

from __future__ import annotations

import csv
import io
import re

import pytest
from figures.examples import facts

from benchpost.errors import UsageError
from benchpost.figures import call
from benchpost.figures.options import Option
from benchpost.figures.types import Fragment

ON: dict[str, Option] = {"gpu": "H100 SXM", "model": "Llama-3.1-8B"}


def made(head: str, **options: Option) -> Fragment:
    return call(head, options, facts())


def rows(fragment: Fragment) -> list[dict[str, str]]:
    (table,) = fragment.data.values()
    return list(csv.DictReader(io.StringIO(table.decode())))


def test_words_and_data_of_a_chart_say_the_same() -> None:
    """The rate at both ends of each line stands in the text and in the CSV."""
    fragment = made("chart batching", **ON, to=16)
    data = rows(fragment)
    last = data[-1]
    assert last["requests at once"] == "16"
    for policy in ("static", "continuous", "chunked"):
        said = re.search(rf"{policy}: \d+ tok/s at 1 at once, (\d+) tok/s at 16", fragment.text)
        assert said
        assert float(last[f"{policy} in token/second"]) == pytest.approx(float(said[1]), abs=0.6)


def test_shares_in_a_chart_are_all_slots() -> None:
    """The parts of each bar add up to one."""
    for row in rows(made("chart kv-waste", prompt="300", output="geometric 200")):
        parts = [float(value) for name, value in row.items() if "share of slots" in name]
        assert len(parts) == 4
        assert sum(parts) == pytest.approx(1, abs=1e-5)


def test_published_shares_stand_only_beside_their_own_setting() -> None:
    """With other lengths the paper's column is gone."""
    beside = made("table kv-waste").text
    assert "published" in beside
    # the largest error is named, not only bounded in a test
    assert (
        "Furthest from the paper: external, “One piece, next power of two” 35.8 % for its 41.6 %; "
        "with a token, “One piece, next power of two” 29.7 % for its 26.8 %."
    ) in beside
    assert "published" not in made("table kv-waste", prompt="300").text


def test_occupancy_ends_with_nobody_left_but_one() -> None:
    """A line goes down in steps, and ends when the last request does."""
    data = rows(made("chart occupancy", **ON))
    static = [float(row["static in requests"]) for row in data if row["static in requests"]]
    assert max(static) == 16
    assert static[-1] == 1


def test_a_figure_of_the_crosscheck_names_its_sources() -> None:
    """Published rows with source and date, simulated ones with their seed."""
    assert "arXiv:2309.06180" in made("table crosscheck", of="waste").text
    assert "2026-04-22" in made("table crosscheck", of="itl").text
    assert "Seed 0" in made("table crosscheck", of="closed forms").text


def test_simulated_figures_say_so() -> None:
    """No reader takes them for measurements."""
    for head in ("chart batching", "chart occupancy", "chart token-budget", "table batching"):
        assert "not measured" in made(head, **ON).text


WRONG: list[tuple[str, dict[str, Option], str]] = [
    ("chart batching", {"to": 2}, "option 'to' of 'chart batching' must be from 4 to 1024, not 2"),
    (
        "chart batching",
        {"policies": "chunked, statik"},
        "unknown policy 'statik' of 'chart batching'; did you mean 'static'?; known are static, "
        "dynamic, continuous, chunked",
    ),
    (
        "chart batching",
        {"metric": "tftt"},
        "option 'metric' of 'chart batching' must be \"throughput\" or ",
    ),
    ("chart batching", {"prompt": "many"}, "'many' is no distribution of lengths; write "),
    ("chart occupancy", {"concurrency": 0}, "'chart occupancy' needs 1 ≤ concurrency ≤ requests "),
    ("chart token-budget", {"least": 16}, "'chart token-budget' needs concurrency < least ≤ "),
    ("chart prefix", {"prompt": 3}, "option 'prompt' of 'chart prefix' must be at least 64, not 3"),
    (
        "chart speculation",
        {"drafted": "3, x"},
        "option 'drafted' of 'chart speculation' must be whole numbers above 0, separated by "
        'commas, not "3, x"',
    ),
    ("chart speculation", {"acceptance": 2.0}, "acceptance must be at most 1, not 2.0"),
    ("chart kv-load", {"links": "fast"}, "'fast' is not a number with a unit"),
    ("chart kv-load", {"to": 4}, "option 'to' of 'chart kv-load' must be at least 256, not 4"),
]


@pytest.mark.parametrize(("head", "options", "said"), WRONG)
def test_wrong_options_are_refused(head: str, options: dict[str, Option], said: str) -> None:
    """With what would be right."""
    with pytest.raises(UsageError) as refused:
        made(head, **ON, **options)
    assert refused.value.message.startswith(said)


def test_options_without_a_gpu_are_refused_too() -> None:
    """Block sizes, lists of graphs, contexts."""
    cases: list[tuple[str, dict[str, Option], str]] = [
        ("chart kv-waste", {"slots": 10}, "slots must be at least 2048, not 10"),
        ("chart kv-waste", {"by": "block", "reserve": 1}, "option 'reserve' of 'chart kv-waste'"),
        ("chart graph-padding", {"sizes": "best x"}, "option 'sizes' of 'chart graph-padding'"),
        ("chart graph-padding", {"to": 1}, "option 'to' of 'chart graph-padding' must be from 2"),
        ("chart itl", {"to": 3}, "option 'to' of 'chart itl' must be at least 1024, not 3"),
        ("chart hit-rate", {"users": 0}, "users must be at least 1, not 0"),
    ]
    for head, options, said in cases:
        with pytest.raises(UsageError) as refused:
            made(head, **options)
        assert refused.value.message.startswith(said)
