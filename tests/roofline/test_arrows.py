"""Arrows that hold for every chip, model and format of the catalogue, tried by chance."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchpost import roofline
from benchpost.errors import UsageError
from benchpost.roofline import catalog, equations
from benchpost.roofline.formats import FORMATS, KV_BITS
from benchpost.roofline.types import Estimate

CHIPS = st.sampled_from(catalog.chips())
MODELS = st.sampled_from(catalog.models())
WEIGHTS = st.sampled_from(sorted(FORMATS))
CACHES = st.sampled_from(sorted(KV_BITS))
TOKENS = st.integers(0, 1_000_000)
BATCHES = st.integers(1, 4096)
SPREAD = st.sampled_from([1, 2, 4, 8])


def in_order(made: Estimate) -> bool:
    """Low, value and high, and the bound beyond all of them."""
    if made.unit == "second":
        return 0 < made.bound <= made.low <= made.value <= made.high
    return 0 < made.low <= made.value <= made.high <= made.bound


def never_less(before: float, after: float) -> bool:
    return after >= before * (1 - 1e-12)


@given(CHIPS, MODELS, WEIGHTS, CACHES, TOKENS, TOKENS, BATCHES, SPREAD)
def test_more_context_is_never_faster(
    chip: Any, model: Any, dtype: str, kv: str, one: int, other: int, batch: int, tp: int
) -> None:
    """Neither the bound of a step nor its typical rate; and all stay in order."""
    asked: dict[str, Any] = {"gpu": chip, "model": model, "dtype": dtype, "kv": kv, "tp": tp}
    short, long = (
        roofline.decode(**asked, batch=batch, context=context) for context in sorted((one, other))
    )
    assert in_order(short)
    assert in_order(long)
    assert never_less(long.bound, short.bound)
    assert never_less(long.value, short.value)


@given(CHIPS, MODELS, WEIGHTS, TOKENS, TOKENS)
def test_longer_prompts_are_never_faster(
    chip: Any, model: Any, dtype: str, one: int, other: int
) -> None:
    """Neither at the bound nor typically."""
    short, long = (
        roofline.prefill(gpu=chip, model=model, dtype=dtype, prompt=1 + prompt)
        for prompt in sorted((one, other))
    )
    assert in_order(short)
    assert in_order(long)
    assert never_less(short.bound, long.bound)
    assert never_less(short.value, long.value)


@given(CHIPS, MODELS, WEIGHTS, WEIGHTS, TOKENS, SPREAD)
def test_fewer_bits_are_never_slower_at_batch_1(
    chip: Any, model: Any, one: str, other: str, context: int, tp: int
) -> None:
    """The format that reads fewer bytes has the higher bound, where reading is the bound."""
    made = [
        roofline.decode(gpu=chip, model=model, dtype=dtype, context=context, tp=tp)
        for dtype in (one, other)
    ]
    few, many = sorted(made, key=lambda each: each.terms["weight_bytes"])
    if few.terms["weight_bytes"] < many.terms["weight_bytes"] and is_reading(few):
        assert never_less(many.bound, few.bound)


def is_reading(made: Estimate) -> bool:
    terms = made.terms
    moving = (terms["weight_bytes"] + terms["kv_bytes"]) / terms["bandwidth"]
    return moving >= terms["decode_flops"] / terms["peak"]


@given(CHIPS, MODELS, CACHES, CACHES, TOKENS, BATCHES)
def test_fewer_bits_of_cache_are_never_slower(
    chip: Any, model: Any, one: str, other: str, context: int, batch: int
) -> None:
    """Nor do fewer sequences fit."""
    narrow, wide = sorted((one, other), key=KV_BITS.__getitem__)
    asked: dict[str, Any] = {"gpu": chip, "model": model, "context": context + 1}
    few, many = (roofline.decode(**asked, kv=kv, batch=batch).bound for kv in (narrow, wide))
    assert never_less(many, few)
    fits = [roofline.memory(**asked, kv=kv, block=1).max_concurrency for kv in (narrow, wide)]
    assert never_less(fits[1], fits[0])


@given(
    st.integers(1, 256),
    st.integers(1, 256),
    st.integers(1, 256),
    TOKENS,
    st.sampled_from([1, 2, 4]),
)
def test_attention_without_its_scores_in_memory_moves_no_more(
    heads: int, groups: int, head_dim: int, context: int, element: int
) -> None:
    """FlashAttention reads queries, keys and values once; scores written out come on top."""
    sizes = {"batch": 1.0, "heads": float(heads * groups), "kv_heads": float(heads), "tokens": 1.0}
    sizes |= {"head_dim": float(head_dim), "context": context + 1.0}
    moved = equations.attention_bytes(**sizes, element_bytes=element, kv_element_bytes=element)
    queries, keys = heads * groups * head_dim, heads * head_dim * (context + 1)
    scores = heads * groups * (context + 1)
    assert moved <= element * (2 * queries + 2 * keys + 2 * scores)
    assert moved >= element * 2 * keys


@given(CHIPS, MODELS, WEIGHTS, st.integers(1, 2000), TOKENS, st.integers(1, 8192), SPREAD)
def test_serving_stays_in_order(
    chip: Any, model: Any, dtype: str, concurrency: int, prompt: int, output: int, tp: int
) -> None:
    """Bounds and bands, for both metrics; or the weights do not fit, and that is an error."""
    asked: dict[str, Any] = {"gpu": chip, "model": model, "dtype": dtype, "tp": tp}
    asked |= {"concurrency": concurrency, "prompt": prompt + 1, "output": output}
    try:
        made = [roofline.serving(**asked, metric=metric) for metric in ("tpot", "ttft")]
    except UsageError as error:
        said = error.message
        if "does not fit" not in said:
            pytest.fail(said)
        return
    assert all(map(in_order, made))
    assert in_order(roofline.serving(**asked, metric="throughput"))
    more = roofline.serving(**{**asked, "concurrency": concurrency + 1})
    assert never_less(made[0].value, more.value)


@given(CHIPS, MODELS, st.floats(0, 1), st.integers(1, 16), TOKENS, BATCHES)
def test_speculation_never_beats_its_tokens(
    chip: Any, model: Any, acceptance: float, drafted: int, context: int, batch: int
) -> None:
    """A pass yields no more than the drafted tokens and one."""
    made = roofline.speculate(
        gpu=chip,
        model=model,
        acceptance=acceptance,
        drafted=drafted,
        context=context,
        batch=batch,
    )
    assert made.low <= made.value <= made.bound <= drafted + 1
    assert made.high <= made.bound
