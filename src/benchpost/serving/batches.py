"""Static and dynamic batching: a batch is taken, padded and run until its longest output is done.

Prompts are padded to the longest of the batch, and every row is computed until the last one is
done. Tokens are streamed: an answer ends with its own last token, but its place stays taken.
"""

from __future__ import annotations

from benchpost.errors import UsageError
from benchpost.serving.cost import StepCost
from benchpost.serving.decoding import Decoding
from benchpost.serving.load import Load
from benchpost.serving.run import Gap, Moment, Run, arrived_by
from benchpost.serving.server import Server


class Batches:
    """A server that runs one batch after the other; `run` serves a load."""

    def __init__(self, load: Load, server: Server, cost: StepCost) -> None:
        self.load, self.server, self.cost = load, server, cost
        self.now, self.steps, self.written = 0.0, 0, 0
        self.begun, self.arrived, self.held = 0, 0, 0
        self.arrivals = list(load.arrivals) or [0.0] * load.count
        self.firsts, self.ends = [0.0] * load.count, [0.0] * load.count
        self.moments: list[Moment] = []
        self.gaps: list[Gap] = []
        if not load.arrivals:
            self.arrived = load.concurrency

    def run(self) -> Run:
        """Serve all requests."""
        while self.begun < self.load.count:
            self._wait()
            batch = self._batch()
            self.begun += len(batch)
            self._serve(batch)
        return Run(
            self.load,
            self.arrivals,
            self.firsts,
            self.ends,
            self.moments,
            self.gaps,
            self.steps,
            0,
            self.server.blocks,
            self.server.places,
        )

    def _wait(self) -> None:
        starts = self._starts()
        if starts > self.now:
            self.now, self.held = starts, 0
            self._note(0)
        self._note_arrivals()

    def _note(self, running: int) -> None:
        waiting = max(0, self.arrived - self.begun)
        # who arrives meanwhile waits from then on
        for time in arrived_by(self.now, self.arrivals, self.arrived, self.load):
            before = self.moments[-1].written if self.moments else 0
            self.moments.append(Moment(time, running, waiting, self.held, before))
            waiting += 1
        self.moments.append(Moment(self.now, running, waiting, self.held, self.written))
        self._note_arrivals()

    def _starts(self) -> float:
        """When the next batch may start, the server being free."""
        full = min(self.begun + self._places(), self.load.count) - 1
        if self.server.policy == "static":
            return self.arrivals[full]
        waited = self.arrivals[self.begun] + self.server.delay
        return waited if full >= self._known() else min(waited, self.arrivals[full])

    def _known(self) -> int:
        """Requests whose arrival is known: all in an open loop."""
        return self.load.count if self.load.arrivals else self.arrived

    def _places(self) -> int:
        """The size of a batch; in a closed loop no more than there are."""
        most = self.server.places
        return most if self.load.arrivals else min(most, self.load.concurrency)

    def _note_arrivals(self) -> None:
        if self.load.arrivals:
            while self.arrived < self.load.count and self.arrivals[self.arrived] <= self.now:
                self.arrived += 1

    def _batch(self) -> range:
        """Those who are there, up to the size of a batch and to what fits padded."""
        end = min(self.begun + self._places(), self.arrived)
        longest_in = longest_out = 0
        for place, key in enumerate(range(self.begun, end), 1):
            longest_in = max(longest_in, self.load.prompts[key])
            longest_out = max(longest_out, self.load.outputs[key])
            if place * self._blocks(longest_in + longest_out - 1) > self.server.blocks:
                end = key
                break
        if end == self.begun:
            raise UsageError(
                f"a request of {longest_in + longest_out - 1:,} tokens does not fit into "
                f"{self.server.blocks:,} blocks; choose shorter requests or more memory"
            )
        return range(self.begun, end)

    def _blocks(self, tokens: int) -> int:
        return -(-tokens // self.server.block)

    def _serve(self, batch: range) -> None:
        rows = len(batch)
        longest = max(self.load.prompts[key] for key in batch)
        work = self.cost.work
        flops = float(work.prefill_flops(longest, longest, rows))
        self.now += self.cost.time(rows * longest, flops, 0.0)
        self.steps += 1
        self.written += rows
        last = max(self.load.outputs[key] for key in batch)
        self.held = rows * self._blocks(longest + last - 1)
        self._note(rows)
        for key in batch:
            self.firsts[key] = self.now
        self._decode(batch, longest)

    def _decode(self, batch: range, prompt: int) -> None:
        """Every row until the longest output is done; `ends` of each in between."""
        rows = Decoding(self.cost.work, self.server.block)
        by_length: dict[int, list[int]] = {}
        for key in batch:
            by_length.setdefault(self.load.outputs[key], []).append(key)
        last = max(by_length)
        for key in batch:
            rows.add(key, prompt, last)
        alive, given = len(batch), 1
        for length, ended in sorted(by_length.items()):
            self._pass_steps(rows, length - given, alive)
            given = length
            alive -= len(ended)
            self._end(ended)
            self._note_arrivals()

    def _pass_steps(self, rows: Decoding, steps: int, alive: int) -> None:
        while steps:
            straight = min(steps, rows.straight())
            seconds = self.cost.run_time(straight, len(rows), *rows.demand())
            rows.advance(straight)
            self.now += seconds
            self.steps += straight
            steps -= straight
            self.written += alive * straight
            self._note(alive)
            self.gaps.append(Gap(seconds / straight, alive * straight))

    def _end(self, keys: list[int]) -> None:
        for key in keys:
            self.ends[key] = self.now
            if not self.load.arrivals and self.arrived < self.load.count:
                self.arrivals[self.arrived] = self.now
                self.arrived += 1
