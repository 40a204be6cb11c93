"""How far off: published values, and closed forms against simulations made anew."""

from __future__ import annotations

import json

import pytest

from benchpost.serving import crosscheck
from benchpost.serving.crosscheck import Row, closed_forms, itl, waste


def test_closed_forms_agree_with_simulation() -> None:
    """Within 2 %, wherever both exist."""
    off = {f"{row.what}, {row.setting}": row.error for row in closed_forms()}
    assert {name: error for name, error in off.items() if abs(error) > 0.02} == {}
    assert len(off) > 15


def test_what_is_kept_is_what_the_simulations_give() -> None:
    """`data/simulated.json`, made anew; scripts/crosscheck.py writes it."""
    kept = json.loads(crosscheck.STORE.read_text(encoding="utf-8"))
    assert crosscheck.simulated() == pytest.approx(kept, rel=1e-6)


def test_slopes_of_inter_token_latency_are_predicted() -> None:
    """Within 12 % of what vLLM's blog measured, on two GPUs and with two KV formats."""
    slopes = [row for row in itl() if row.what == "ITL per token of context"]
    assert len(slopes) == 4
    assert max(abs(row.error) for row in slopes) < 0.12


def test_intercepts_say_what_was_taken_from_them() -> None:
    """They are off by a tenth at most, and not independent: the row says so."""
    rows = [row for row in itl() if row.what == "ITL without context"]
    assert max(abs(row.error) for row in rows) < 0.1
    assert all(row.note for row in rows)


def test_the_papers_slots_come_out() -> None:
    """Every part of figure 2 within a fifth, those that hold a token within an eighth."""
    assert max(abs(row.error) for row in waste()) < 0.2
    tokens = [row for row in waste() if row.what == "slots: token"]
    assert len(tokens) == 4
    assert max(abs(row.error) for row in tokens) < 0.125


def test_published_parts_add_up() -> None:
    """The four parts of a scheme are all slots, as printed to a tenth of a percent."""
    for scheme, parts in crosscheck.WASTE.items():
        if scheme != "paged":
            assert sum(parts) == pytest.approx(1, abs=0.002)


@pytest.mark.parametrize("row", crosscheck.rows(), ids=lambda row: f"{row.what} {row.setting}")
def test_every_published_row_has_source_and_date(row: Row) -> None:
    """What is not ours says whose it is and when it was said."""
    assert row.source
    assert bool(row.date) == (row.source != crosscheck.OURS)
