"""Prefix reuse: hits in whole blocks, eviction, closed forms."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchpost.errors import UsageError
from benchpost.serving.prefixes import Talk, least_recently_used, reuse, unlimited


@st.composite
def talks(draw: st.DrawFn) -> Talk:
    return Talk(
        system=draw(st.integers(0, 300)),
        groups=draw(st.integers(1, 4)),
        users=draw(st.integers(1, 8)),
        turns=draw(st.integers(1, 6)),
        question=draw(st.integers(1, 90)),
        answer=draw(st.integers(0, 90)),
    )


@settings(max_examples=40, deadline=None)
@given(talk=talks(), block=st.integers(1, 48), blocks=st.integers(1, 400))
def test_hits_are_whole_blocks_and_never_the_whole_prompt(
    talk: Talk, block: int, blocks: int
) -> None:
    """What is found is a number of blocks, and less than the prompts."""
    made = reuse(talk, blocks=blocks, requests=60, block=block)
    assert made.hit_tokens % block == 0
    assert 0 <= made.hit_tokens < made.prompt_tokens
    # as many as the cache has may be found at each turn, and no more
    assert made.hit_tokens <= 60 * blocks * block


@settings(max_examples=25, deadline=None)
@given(talk=talks(), block=st.sampled_from((1, 16)))
def test_with_room_for_everything_the_closed_form_holds(talk: Talk, block: int) -> None:
    """Nothing is evicted, and the hit rate is that of the blocks of the turn before."""
    one = Talk(talk.system, 1, 0.0, 1, talk.turns, talk.question, talk.answer)
    made = reuse(one, blocks=10**6, requests=20 * talk.turns, block=block)
    assert made.evicted == 0
    assert made.hit_rate == pytest.approx(unlimited(one, block), abs=1e-12)


def test_a_larger_cache_finds_more() -> None:
    """From a few blocks to all of them."""
    rates = [reuse(Talk(turns=6, users=32), blocks=b).hit_rate for b in (64, 256, 1024, 4096, 8192)]
    assert rates == sorted(rates)
    assert rates[0] < 0.5 < rates[-1]


def test_a_system_prompt_outlives_what_follows_it() -> None:
    """The end of a sequence goes first: a shared beginning stays while others come and go."""
    talk = Talk(system=512, users=64, turns=1, question=64, answer=64)
    made = reuse(talk, blocks=48)
    assert made.evicted > 0
    assert made.hit_rate == pytest.approx(512 / talk.prompt(0))


def test_the_same_text_later_in_a_prompt_is_never_found() -> None:
    """A hit begins with the first token: what is alike further on is computed again."""
    made = reuse(Talk(system=0, users=4, turns=1, question=512, answer=1), blocks=10_000)
    assert made.hit_tokens == 0


@pytest.mark.parametrize(
    ("chances", "capacity", "rate"),
    [([1.0] * 10, 10, 1.0), ([1.0] * 10, 4, 0.4), ([1.0, 1.0], 5, 1.0)],
)
def test_least_recently_used_where_it_is_known(
    chances: list[float], capacity: float, rate: float
) -> None:
    """All that fits is found; of items alike, the share that fits."""
    assert least_recently_used(chances, capacity) == pytest.approx(rate)


def test_a_conversation_without_turns_is_refused() -> None:
    """With the least there must be."""
    with pytest.raises(UsageError, match="turns must be at least 1, not 0"):
        Talk(turns=0)
