"""Continuous batching: sums over runs of steps against a scheduler that takes each step."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from serving.naive import Naive
from serving.servers import DENSE, WINDOWS, loads, servers

from benchpost.errors import UsageError
from benchpost.serving.continuous import Continuous
from benchpost.serving.cost import StepCost
from benchpost.serving.load import Load
from benchpost.serving.server import Server
from benchpost.serving.simulation import serve, simulate

COSTS = {"dense": DENSE, "windows and experts": WINDOWS}


@pytest.mark.parametrize("policy", ["chunked", "continuous"])
@pytest.mark.parametrize("cost", COSTS.values(), ids=COSTS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_runs_of_steps_give_what_single_steps_give(
    cost: StepCost, policy: str, data: st.DataObject
) -> None:
    """Every first and last token, every step and preemption, however tight the blocks are."""
    load = data.draw(loads())
    server = data.draw(servers(load, policy))
    fast, slow = Continuous(load, server, cost).run(), Naive(load, server, cost).run()
    assert fast.steps == slow.steps
    assert fast.preemptions == slow.preemptions
    keys = range(load.count)
    assert fast.firsts == pytest.approx([slow.firsts[key] for key in keys], rel=1e-9)
    assert fast.ends == pytest.approx([slow.ends[key] for key in keys], rel=1e-9)


def test_windows_fill_in_the_middle_of_a_run() -> None:
    """Contexts beyond the window of 128 tokens, where the model stops reading more."""
    load = Load((100, 120, 7, 400), (90, 300, 260, 5), concurrency=3)
    server = Server(blocks=400, places=3, budget=64)
    fast, slow = Continuous(load, server, WINDOWS).run(), Naive(load, server, WINDOWS).run()
    assert fast.ends == pytest.approx([slow.ends[key] for key in range(4)], rel=1e-9)


@pytest.mark.parametrize("policy", ["chunked", "continuous", "static", "dynamic"])
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_nothing_is_lost(policy: str, data: st.DataObject) -> None:
    """All requests end, all tokens are written, no block too many is used, time goes forward."""
    load = data.draw(loads())
    server = data.draw(servers(load, policy))
    run = serve(load, replace(server, shared=0), DENSE)
    assert run.moments[-1].written == sum(load.outputs)
    assert all(0 < first <= end for first, end in zip(run.firsts, run.ends, strict=True))
    assert all(a <= f for a, f in zip(run.arrivals, run.firsts, strict=True))
    assert max(moment.blocks for moment in run.moments) <= server.blocks
    assert max(moment.running for moment in run.moments) <= server.places
    times = [moment.time for moment in run.moments]
    assert times == sorted(times)
    gaps = sum(gap.times for gap in run.gaps)
    recomputed = 0 if not run.preemptions else run.preemptions
    assert 0 <= sum(load.outputs) - load.count - gaps <= recomputed


@settings(max_examples=30, deadline=None)
@given(load=loads(), budget=st.integers(8, 60), more=st.integers(1, 200))
def test_a_larger_budget_never_takes_more_steps(load: Load, budget: int, more: int) -> None:
    """Without preemption, and with all requests there from the start."""
    asked = Load(load.prompts, load.outputs, concurrency=load.count)
    small, large = (
        Continuous(asked, Server(blocks=10_000, places=8, budget=each), DENSE).run()
        for each in (budget, budget + more)
    )
    assert large.steps <= small.steps


def test_a_larger_budget_is_never_slower_under_load() -> None:
    """Output tokens per second of a busy server, by `max_num_batched_tokens`, no preemption."""
    rates = [
        simulate(
            gpu="A100 SXM 80GB",
            model="Llama-3.1-8B",
            prompt=1024,
            output="uniform 64 448",
            concurrency=64,
            requests=600,
            max_num_seqs=64,
            max_num_batched_tokens=budget,
        ).throughput
        for budget in (128, 512, 2048, 8192)
    ]
    assert rates == sorted(rates)


def test_less_memory_preempts_and_is_slower() -> None:
    """A cache for a tenth of the sequences costs throughput; nothing else changed."""
    asked = {"gpu": "H100 SXM", "model": "Llama-3.1-8B", "concurrency": 32, "requests": 300}
    roomy, tight = (
        simulate(**asked, prompt=256, output="geometric 256", blocks=blocks)  # type: ignore[arg-type]  # a mixed table
        for blocks in (4000, 400)
    )
    assert roomy.preemptions == 0
    assert tight.preemptions > 50
    assert tight.throughput < roomy.throughput


def test_a_shared_prefix_is_computed_once() -> None:
    """The first request pays for it; the others find its whole blocks, less the last token."""
    load = Load((200, 200, 200), (1, 1, 1), concurrency=1)
    run = Continuous(load, Server(blocks=100, shared=160), DENSE).run()
    first, second, third = (
        end - arrival for end, arrival in zip(run.ends, run.arrivals, strict=True)
    )
    assert second == pytest.approx(third)
    assert second < first


def test_a_request_that_can_never_fit_is_refused() -> None:
    """Before anything is simulated, with what it needs and what there is."""
    said = (
        "a request of 199 tokens takes 13 blocks, and the server has 12; choose shorter "
        "requests or more memory for the KV cache"
    )
    with pytest.raises(UsageError) as refused:
        serve(Load((100,), (100,), concurrency=1), Server(blocks=12), DENSE)
    assert refused.value.message == said


def test_prefill_first_makes_who_decodes_wait() -> None:
    """The longest time between tokens holds whole prompts there, and one budget with chunks."""
    asked = {"gpu": "H100 SXM", "model": "Llama-3.1-8B", "concurrency": 8, "requests": 80}
    sizes = {"prompt": 4096, "output": "geometric 64", "max_num_batched_tokens": 512}
    waits, chunks = (
        simulate(**asked, **sizes, policy=policy).itl(0.99)  # type: ignore[arg-type]  # a mixed table
        for policy in ("continuous", "chunked")
    )
    assert waits > 2 * chunks
