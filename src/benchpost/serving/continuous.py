"""Continuous batching: requests join and leave at every step; vLLM's scheduler, step by step.

In a step of the `chunked` policy every sequence that decodes gets its token first; what is left of
the token budget goes to the prompt that was begun, then to those that wait, first come first
served. A sequence that needs a block where none is free takes the blocks of the one that joined
last, which is computed anew later. The `continuous` policy gives whole prompts a step of their own
before anyone decodes on.

Between two events nothing changes but the length of the sequences: those steps are one sum.
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from benchpost.errors import UsageError
from benchpost.serving.cost import StepCost
from benchpost.serving.decoding import Decoding
from benchpost.serving.load import Load
from benchpost.serving.run import Gap, Moment, Run, arrived_by
from benchpost.serving.server import Server


class Chunk(NamedTuple):
    """Part of a prompt that a step computes."""

    key: int
    """Whose."""
    tokens: int
    """How many."""
    done: int
    """Tokens of it in the KV cache after the step."""
    last: bool
    """Whether the first token follows from it."""


class Continuous:
    """A server with its requests; `run` serves a load."""

    def __init__(self, load: Load, server: Server, cost: StepCost) -> None:
        self.load, self.server, self.cost = load, server, cost
        self.count, self.block = load.count, server.block
        self.common = server.shared // server.block
        self.cached = self.common * server.block
        self.warm = not self.cached
        self.free = server.blocks - self.common
        self.now, self.steps, self.written = 0.0, 0, 0
        self.preemptions, self.arrived = 0, 0
        self.waiting: deque[int] = deque()
        self.running: dict[int, None] = {}
        self.begun: Chunk | None = None
        self.decoding = Decoding(cost.work, server.block)
        self.given = [0] * load.count
        self.arrivals = list(load.arrivals) or [0.0] * load.count
        self.firsts, self.ends = [0.0] * load.count, [0.0] * load.count
        self.moments: list[Moment] = []
        self.gaps: list[Gap] = []
        self.stalls: list[tuple[float, int]] = []

    def run(self) -> Run:
        """Serve all requests."""
        self._refuse_what_never_fits()
        opened = bool(self.load.arrivals)
        for _ in range(self.load.concurrency):
            self._arrive(0.0)
        while self.running or self.waiting or self.arrived < self.count:
            if opened:
                self._admit_arrivals()
            self._step()
        return Run(
            self.load,
            self.arrivals,
            self.firsts,
            self.ends,
            self.moments,
            self.gaps,
            self.steps,
            self.preemptions,
            self.server.blocks,
            self.server.places,
        )

    def _refuse_what_never_fits(self) -> None:
        shortest = min(self.load.prompts)
        if shortest <= self.server.shared:
            raise UsageError(
                f"prompts begin with {self.server.shared:,} shared tokens and must be longer, "
                f"but one has {shortest:,}"
            )
        pairs = zip(self.load.prompts, self.load.outputs, strict=True)
        longest = max(prompt + output - 1 for prompt, output in pairs)
        needed, held = self._blocks(longest), self.free
        if needed > held:
            raise UsageError(
                f"a request of {longest:,} tokens takes {needed:,} blocks, and the server has "
                f"{held:,}; choose shorter requests or more memory for the KV cache"
            )

    def _blocks(self, tokens: int) -> int:
        """Blocks of a sequence's own, beside those that all share."""
        blocks = -(-tokens // self.block) - self.common
        return blocks if blocks > 0 else 0

    def _arrive(self, when: float) -> None:
        if self.arrived < self.count:
            self.arrivals[self.arrived] = when
            self.waiting.append(self.arrived)
            self.arrived += 1

    def _admit_arrivals(self) -> None:
        """Let in who arrived by now; when nothing else is to do, wait for the next one."""
        if not self.running and not self.waiting and self.arrivals[self.arrived] > self.now:
            self.now = self.arrivals[self.arrived]
            self._note()
        while self.arrived < self.count and self.arrivals[self.arrived] <= self.now:
            self._arrive(self.arrivals[self.arrived])

    def _step(self) -> None:
        if self.server.policy == "chunked":
            before = self.preemptions
            self._reserve()
            chunks = self._chunks(self.server.budget - len(self.decoding), before)
            alone = False
        else:
            chunks, alone = self._prompts(), True
            if not chunks:
                self._reserve()
        if chunks:
            self._mixed(chunks, alone=alone)
        elif len(self.decoding):
            self._decode()

    def _reserve(self) -> None:
        """Make sure that the next step has the blocks it takes, at the cost of who came last."""
        if self.decoding.blocks(1) <= self.free:
            return
        free = self.free
        for key in [key for key in self.running if self.decoding.needs_block(key)]:
            while free == 0 and key in self.running:
                free += self._preempt(next(reversed(self.running)))
            if key in self.running:
                free -= 1

    def _preempt(self, key: int) -> int:
        """Take a request's blocks; it waits before all others. Gives the blocks."""
        if self.begun is not None and self.begun.key == key:
            tokens, self.begun = self.begun.done, None
        else:
            tokens = self.decoding.preempt(key)
            # what it was given stays given, and must be computed again with the prompt
            self.given[key] = tokens - self.load.prompts[key] + 1
        freed = self._blocks(tokens)
        self.free += freed
        self.preemptions += 1
        del self.running[key]
        self.waiting.appendleft(key)
        return freed

    def _chunks(self, budget: int, preemptions: int) -> list[Chunk]:
        """Prompts of a step: the one begun, then who waits, if nobody was just preempted."""
        if self.begun is None and not self.waiting:
            return []
        reserved = self.decoding.blocks(1)
        chunks: list[Chunk] = []
        if self.begun is not None:
            chunk = self._chunk(self.begun.key, self.begun.done, budget)
            taken = self._blocks(chunk.done) - self._blocks(self.begun.done)
            if taken > self.free - reserved:
                self._preempt(chunk.key)
                return []
            self._take(chunk, taken)
            chunks.append(chunk)
            budget -= chunk.tokens
        if self.preemptions == preemptions:
            self._join(chunks, budget, reserved)
        return chunks

    def _join(self, chunks: list[Chunk], budget: int, reserved: int) -> None:
        while self.waiting and budget > 0 and len(self.running) < self.server.places:
            if self.begun is not None:
                return
            chunk = self._first_chunk(budget)
            taken = self._blocks(chunk.done)
            if taken > self.free - reserved:
                return
            self.running[self.waiting.popleft()] = None
            self._take(chunk, taken)
            chunks.append(chunk)
            budget -= chunk.tokens

    def _prompts(self) -> list[Chunk]:
        """Whole prompts for a step of their own, one at least where it fits."""
        chunks: list[Chunk] = []
        budget = self.server.budget
        while self.waiting and len(self.running) < self.server.places:
            chunk = self._first_chunk(self._whole(self.waiting[0]))
            taken = self._blocks(chunk.done)
            if taken > self.free or (chunks and chunk.tokens > budget):
                break
            self.running[self.waiting.popleft()] = None
            self._take(chunk, taken)
            chunks.append(chunk)
            budget -= chunk.tokens
        return chunks

    def _whole(self, key: int) -> int:
        """Tokens that must be in the KV cache before a request's next token."""
        return self.load.prompts[key] + self.given[key]

    def _first_chunk(self, budget: int) -> Chunk:
        """What the first of those who wait would compute, behind what is in the cache."""
        key = self.waiting[0]
        # the last token is always computed, and only whole blocks are found
        found = min(self.cached, (self._whole(key) - 1) // self.block * self.block)
        return self._chunk(key, found if self.warm else 0, budget)

    def _chunk(self, key: int, done: int, budget: int) -> Chunk:
        whole = self._whole(key)
        tokens = min(whole - done, budget)
        return Chunk(key, tokens, done + tokens, done + tokens == whole)

    def _take(self, chunk: Chunk, blocks: int) -> None:
        self.free -= blocks
        self.begun = None if chunk.last else chunk

    def _mixed(self, chunks: list[Chunk], *, alone: bool) -> None:
        """One step with prompts in it; unless they are alone, everyone decodes beside them."""
        decoding = 0 if alone else len(self.decoding)
        flops = moved = computed = 0.0
        if decoding:
            (flops, _), (moved, _) = self.decoding.demand()
        for chunk in chunks:
            work, read = self.cost.chunk(chunk.tokens, chunk.done)
            computed += work
            moved += read
        tokens = sum(chunk.tokens for chunk in chunks)
        seconds = self.cost.mixed(decoding, flops, moved, (tokens, computed))
        done = [chunk for chunk in chunks if chunk.last]
        if alone:
            self._stall(seconds, done)
        self.written += len(done)
        self._pass_time(seconds, 1, decoding)
        self.warm = True
        for chunk in done:
            self._first_token(chunk)

    def _stall(self, seconds: float, done: list[Chunk]) -> None:
        """Who decodes waits for a step of prompts; who gets a first token waits from then on."""
        stalls = self.stalls or [(0.0, len(self.decoding))]
        joined = [c for c in done if self.load.outputs[c.key] > self.given[c.key] + 1]
        waited = [(stall + seconds, count) for stall, count in stalls]
        self.stalls = [*waited, (0.0, len(joined))]

    def _decode(self) -> None:
        """As many steps as change nothing but lengths."""
        most = 1 if self._joins_next() else self.decoding.straight()
        steps = self.decoding.affordable(self.free, most)
        flops, moved = self.decoding.demand()
        rows = len(self.decoding)
        seconds = self.cost.run_time(steps, rows, flops, moved)
        if self._may_arrive() and self.now + seconds > self.arrivals[self.arrived]:
            steps, seconds = self._until(self.arrivals[self.arrived], steps, flops, moved)
        self._pass_time(seconds, steps, rows)

    def _joins_next(self) -> bool:
        """Whether who waits could join already: somebody was preempted in this very step."""
        if not self.waiting or len(self.running) >= self.server.places:
            return False
        budget = self.server.budget - len(self.decoding)
        if self.server.policy == "continuous":
            budget = self._whole(self.waiting[0])
        return budget > 0 and self._blocks(self._first_chunk(budget).done) <= self.free

    def _may_arrive(self) -> bool:
        """Whether somebody is still to arrive for whom there is a place."""
        if not self.load.arrivals or self.arrived == self.count or self.waiting:
            return False
        return len(self.running) < self.server.places

    def _until(
        self, when: float, most: int, flops: tuple[float, float], moved: tuple[float, float]
    ) -> tuple[int, float]:
        """The fewest steps after which it is `when`, at most `most`, and their time."""
        rows, low, high = len(self.decoding), 1, most
        while low < high:
            middle = (low + high) // 2
            if self.now + self.cost.run_time(middle, rows, flops, moved) >= when:
                high = middle
            else:
                low = middle + 1
        return low, self.cost.run_time(low, rows, flops, moved)

    def _pass_time(self, seconds: float, steps: int, decoding: int) -> None:
        """Let so many steps pass, in which `decoding` sequences get their tokens."""
        self.now += seconds
        self.steps += steps
        self.written += decoding * steps
        if decoding:
            self._count_gaps(seconds / steps, decoding * steps)
            self.free -= self.decoding.blocks(steps)
        self._note()
        if not decoding:
            return
        for key in self.decoding.advance(steps):
            self.given[key] = self.load.outputs[key]
            self.free += self._blocks(self.decoding.remove(key))
            self._end(key)

    def _note(self) -> None:
        used = self.server.blocks - self.free
        running, waiting = len(self.running), len(self.waiting)
        # who arrives meanwhile waits from then on
        for time in arrived_by(self.now, self.arrivals, self.arrived, self.load):
            before = self.moments[-1].written if self.moments else 0
            self.moments.append(Moment(time, running, waiting, used, before))
            waiting += 1
        self.moments.append(Moment(self.now, running, waiting, used, self.written))

    def _count_gaps(self, seconds: float, count: int) -> None:
        for stall, stalled in self.stalls:
            self.gaps.append(Gap(seconds + stall, stalled))
            count -= stalled
        self.stalls = []
        self.gaps.append(Gap(seconds, count))

    def _first_token(self, chunk: Chunk) -> None:
        key = chunk.key
        if not self.given[key]:
            self.firsts[key] = self.now
        self.given[key] += 1
        left = self.load.outputs[key] - self.given[key]
        if left:
            self.decoding.add(key, chunk.done, left)
        else:
            self.free += self._blocks(chunk.done)
            self._end(key)

    def _end(self, key: int) -> None:
        self.ends[key] = self.now
        del self.running[key]
        if not self.load.arrivals:
            self._arrive(self.now)
