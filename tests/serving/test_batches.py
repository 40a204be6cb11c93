"""Static and dynamic batching: batches against a plain loop over rows and steps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from serving.servers import DENSE, WINDOWS, loads

from benchpost.errors import UsageError
from benchpost.serving.batches import Batches
from benchpost.serving.cost import StepCost
from benchpost.serving.load import Load
from benchpost.serving.server import Server

COSTS = {"dense": DENSE, "windows and experts": WINDOWS}


@dataclass
class Rows:
    """One batch after the other, a step at a time."""

    load: Load
    server: Server
    cost: StepCost
    firsts: dict[int, float] = field(default_factory=dict)
    ends: dict[int, float] = field(default_factory=dict)
    now: float = 0.0

    def run(self) -> Rows:
        while len(self.ends) < self.load.count:
            arrivals = self.arrivals()
            batch = self.batch(arrivals)
            self.serve(batch)
        return self

    def arrivals(self) -> list[float]:
        """When each request arrived, as far as that is known."""
        if self.load.arrivals:
            return list(self.load.arrivals)
        after = sorted(self.ends.values())
        return [0.0] * self.load.concurrency + after[: self.load.count - self.load.concurrency]

    def batch(self, arrivals: Sequence[float]) -> list[int]:
        done, places = len(self.ends), self.server.places
        if not self.load.arrivals:
            places = min(places, self.load.concurrency)
        wanted = min(done + places, self.load.count)
        complete = arrivals[wanted - 1] if wanted <= len(arrivals) else math.inf
        if self.server.policy == "dynamic":
            complete = min(complete, arrivals[done] + self.server.delay)
        self.now = max(self.now, complete)
        there = [k for k in range(done, min(wanted, len(arrivals))) if arrivals[k] <= self.now]
        while not self.fits(there):
            there.pop()
        return there

    def fits(self, keys: Sequence[int]) -> bool:
        longest = max(self.load.prompts[k] for k in keys) + max(self.load.outputs[k] for k in keys)
        return len(keys) * -(-(longest - 1) // self.server.block) <= self.server.blocks

    def serve(self, batch: Sequence[int]) -> None:
        work, rows = self.cost.work, len(batch)
        prompt = max(self.load.prompts[key] for key in batch)
        flops = float(work.prefill_flops(prompt, prompt, rows))
        self.now += self.cost.time(rows * prompt, flops, 0.0)
        for length in range(1, max(self.load.outputs[key] for key in batch) + 1):
            if length > 1:
                context = prompt + length - 1
                moved = float(work.kv_bytes(context, rows))
                self.now += self.cost.time(rows, float(work.decode_flops(context, rows)), moved)
            for key in batch:
                self.firsts.setdefault(key, self.now)
                if self.load.outputs[key] == length:
                    self.ends[key] = self.now


@pytest.mark.parametrize("policy", ["static", "dynamic"])
@pytest.mark.parametrize("cost", COSTS.values(), ids=COSTS)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_batches_give_what_single_steps_give(
    cost: StepCost, policy: str, data: st.DataObject
) -> None:
    """Every first and last token, padded to the longest of each batch, in what memory there is."""
    load = data.draw(loads())
    block = data.draw(st.sampled_from((1, 4, 16)))
    least = -(-(max(load.prompts) + max(load.outputs)) // block)
    server = Server(
        blocks=data.draw(st.integers(least, 5 * least)),
        policy=policy,
        places=data.draw(st.integers(1, 6)),
        block=block,
        delay=data.draw(st.sampled_from((0.0, 0.01, 0.2))),
    )
    fast, slow = Batches(load, server, cost).run(), Rows(load, server, cost).run()
    keys = range(load.count)
    assert fast.firsts == pytest.approx([slow.firsts[key] for key in keys], rel=1e-9)
    assert fast.ends == pytest.approx([slow.ends[key] for key in keys], rel=1e-9)


def test_a_batch_waits_for_its_last_row() -> None:
    """The next one starts when the longest output is done, however short the others are."""
    load = Load((10, 10, 10, 10), (1, 50, 1, 50), concurrency=4)
    run = Batches(load, Server(blocks=100, policy="static", places=2), DENSE).run()
    assert run.ends[0] == run.firsts[0]
    assert run.firsts[2] > run.ends[1]


def test_a_request_that_does_not_fit_is_refused() -> None:
    """With its tokens and the blocks there are."""
    server = Server(blocks=3, policy="static", places=2)
    with pytest.raises(UsageError, match="a request of 79 tokens does not fit into 3 blocks"):
        Batches(Load((40,), (40,), concurrency=1), server, DENSE).run()
