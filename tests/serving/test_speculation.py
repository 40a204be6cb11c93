"""Speculation, transfers and other closed forms of serving."""

from __future__ import annotations

from typing import Any

import pytest

from benchpost import roofline
from benchpost.errors import UsageError
from benchpost.roofline.serving_equations import accepted_tokens
from benchpost.serving import movement, speculation


@pytest.mark.parametrize(("acceptance", "drafted"), [(0.0, 4), (0.6, 5), (0.8, 3), (1.0, 4)])
def test_drawn_passes_have_the_expected_length(acceptance: float, drafted: int) -> None:
    """Within 2 % of the closed form, and exactly where nothing is left to chance."""
    drawn = speculation.tokens_per_pass(acceptance=acceptance, drafted=drafted, tokens=40_000)
    expected = accepted_tokens(acceptance=acceptance, drafted=drafted)
    assert drawn == pytest.approx(expected, rel=0.02 if 0 < acceptance < 1 else 1e-12)


def test_passes_write_what_was_asked() -> None:
    """Between one and one more than drafted each, until there are enough."""
    made = speculation.passes(acceptance=0.5, drafted=3, tokens=1000)
    assert sum(made) >= 1000 > sum(made[:-1])
    assert set(made) == {1, 2, 3, 4}


@pytest.mark.parametrize("model", ["Llama-3.1-8B", "Qwen3-30B-A3B"])
def test_beyond_the_break_even_batch_it_is_slower(model: str) -> None:
    """At it speculation still pays, one sequence more and it does not."""
    asked: dict[str, Any] = {
        "gpu": "H200",
        "model": model,
        "acceptance": 0.6,
        "drafted": 4,
        "context": 64,
    }
    batch = speculation.break_even(**asked)
    assert 1 <= batch < speculation.most_batches(**asked)
    assert roofline.speculate(**asked, batch=batch).value >= 1
    assert roofline.speculate(**asked, batch=batch + 1).value < 1


def test_no_batch_is_looked_at_whose_kv_cache_does_not_fit() -> None:
    """438,976 tokens fit beside Llama-3.1-8B on an H100: 428 sequences of 1,024 tokens."""
    asked: dict[str, Any] = {"gpu": "H100 SXM", "model": "Llama-3.1-8B", "context": 1024}
    assert speculation.most_batches(**asked) == 438_976 // 1024
    assert speculation.break_even(**asked, acceptance=1.0, drafted=1, draft_cost=0) == 428


def test_a_draft_that_is_never_accepted_never_pays() -> None:
    """Not even at batch 1."""
    asked = {"gpu": "H100 SXM", "model": "Llama-3.1-8B", "acceptance": 0.0, "drafted": 2}
    assert speculation.break_even(**asked) == 0


def test_longer_drafts_break_even_at_smaller_batches() -> None:
    """More rows to verify are compute-bound sooner."""
    asked = {"gpu": "H100 SXM", "model": "Llama-3.1-8B", "acceptance": 0.7}
    batches = [speculation.break_even(**asked, drafted=drafted) for drafted in (2, 3, 5, 8)]
    assert batches == sorted(batches, reverse=True)


def test_a_token_of_llama_8b_is_loaded_over_pcie_in_two_microseconds() -> None:
    """131,072 bytes at 63 GB/s."""
    moving = movement.transfer_time(model="Llama-3.1-8B", context=1, link=movement.PCIE["5"])
    assert moving == pytest.approx(131_072 / 63e9)


def test_at_the_break_even_link_loading_takes_as_long_as_the_matmuls() -> None:
    """And the whole prefill, attention included, takes longer still."""
    asked = {"gpu": "H100 SXM", "model": "Llama-3.1-8B"}
    link = movement.break_even_link(**asked)
    assert 4e9 < link < 8e9
    assert movement.load_gain(**asked, context=16_384, link=link) > 1
    assert movement.load_gain(**asked, context=16_384, link=link / 3) < 1


@pytest.mark.parametrize(("tp", "copies"), [(1, 1), (4, 1), (8, 1), (16, 2), (32, 4)])
def test_more_gpus_than_heads_hold_copies(tp: int, copies: int) -> None:
    """Eight key-value heads on 16 GPUs are there twice."""
    assert movement.kv_copies(model="Llama-3.1-8B", tp=tp) == copies


def test_wrong_sizes_are_refused() -> None:
    """With what would be right."""
    with pytest.raises(UsageError, match="context must be at least 1, not 0"):
        movement.transfer_time(model="Llama-3.1-8B", context=0, link=1e9)
    with pytest.raises(UsageError, match="acceptance must be at most 1"):
        speculation.passes(acceptance=1.2, drafted=3)
