"""The time of a step: the equation, and the sum over steps that grow evenly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from serving.servers import DENSE, WINDOWS

from benchpost.roofline import batching
from benchpost.roofline.serving_equations import serving_step_time
from benchpost.serving.cost import StepCost


@pytest.mark.parametrize("cost", [DENSE, WINDOWS], ids=["dense", "experts"])
@given(
    rows=st.integers(1, 4000),
    flops=st.floats(0, 1e15),
    moved=st.floats(0, 1e12),
    prompt=st.floats(0, 1e15),
)
def test_a_step_takes_what_the_equation_says(
    cost: StepCost, rows: int, flops: float, moved: float, prompt: float
) -> None:
    """`serving_step_time` with the constants of the serving model."""
    weights, beside = cost.fixed(rows)
    expected = serving_step_time(
        decode_flops=flops,
        weight_bytes=weights,
        kv_bytes=moved,
        peak=cost.setting.chip.compute_peak("bf16").value,
        bandwidth=cost.setting.chip.bandwidth.value,
        compute_share=batching.COMPUTE_SHARE,
        efficiency=batching.EFFICIENCY,
        overlap_loss=batching.OVERLAP_LOSS,
        layers=cost.setting.model.layers,
        layer_time=batching.LAYER_TIME,
        exchange_time=0.0,
        host_time=batching.HOST_TIME,
        prompts_per_step=1,
        prompt_time=prompt * cost.flop_time,
    )
    assert cost.mixed(rows, flops, moved, (1, prompt)) == pytest.approx(expected, rel=1e-12)
    assert beside == pytest.approx(
        cost.setting.model.layers * batching.LAYER_TIME + batching.HOST_TIME
    )


@given(
    steps=st.integers(1, 400),
    flops=st.tuples(st.floats(0, 1e14), st.floats(0, 1e12)),
    moved=st.tuples(st.floats(0, 1e11), st.floats(0, 1e9)),
)
def test_a_run_is_the_sum_of_its_steps(
    steps: int, flops: tuple[float, float], moved: tuple[float, float]
) -> None:
    """Also where the steps turn from memory-bound to compute-bound on the way, or back."""
    one_by_one = sum(
        DENSE.time(8, flops[0] + i * flops[1], moved[0] + i * moved[1]) for i in range(steps)
    )
    assert DENSE.run_time(steps, 8, flops, moved) == pytest.approx(one_by_one, rel=1e-9)
