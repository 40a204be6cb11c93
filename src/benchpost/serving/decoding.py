"""The sequences that decode, held as sums: every step gives each of them one more token.

A step needs only how many there are and how many tokens they attend to together. Both change in a
straight line until a sequence ends, fills a sliding window or needs a block that is not there, so
that thousands of steps are one sum. Nothing is approximated.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush

from benchpost.roofline.work import Work


class Seen:
    """Tokens that layers with one window attend to, of all sequences together."""

    def __init__(self, window: int | None, flops: float, kv_bytes: float) -> None:
        self.window = window
        self.flops = flops
        self.kv_bytes = kv_bytes
        self.growing = 0
        self.offsets = 0
        self.full = 0
        self.added = 0
        self.unfilled: dict[int, int] = {}
        self.due: list[tuple[int, int, int, int]] = []

    def add(self, key: int, offset: int, clock: int) -> None:
        if self.window is not None:
            if offset + clock >= self.window:
                self.full += 1
                return
            # a sequence may come back after a preemption: the number tells its stays apart
            self.added += 1
            self.unfilled[key] = self.added
            heappush(self.due, (self.window - offset, self.added, key, offset))
        self.growing += 1
        self.offsets += offset

    def remove(self, key: int, offset: int) -> None:
        if self.window is not None and self.unfilled.pop(key, None) is None:
            self.full -= 1
        else:
            self.growing -= 1
            self.offsets -= offset

    def settle(self, clock: int) -> None:
        """Count those as full whose window filled by `clock`."""
        while self.due and self.due[0][0] <= clock:
            _, stay, key, offset = heappop(self.due)
            if self.unfilled.get(key) == stay:
                del self.unfilled[key]
                self.growing -= 1
                self.offsets -= offset
                self.full += 1

    def tokens(self, clock: int) -> int:
        """Attended to in the step that ends at `clock`."""
        return self.offsets + self.growing * clock + self.full * (self.window or 0)


class Decoding:
    """The sequences that decode, by key."""

    def __init__(self, work: Work, block: int) -> None:
        self.block = block
        self.clock = 0
        self.offsets: dict[int, int] = {}
        self.residues = [0] * block
        self.ends: list[tuple[int, int]] = []
        self.seen = [Seen(m.window, m.decode_flops, m.kv_bytes) for m in work.mixings]
        self.token_flops = work.token_flops + work.head_flops
        self.state_bytes = 2.0 * work.state_bytes

    def __len__(self) -> int:
        return len(self.offsets)

    def add(self, key: int, tokens: int, steps: int) -> None:
        """A sequence with `tokens` in the KV cache and so many steps to go."""
        offset = tokens - self.clock
        self.offsets[key] = offset
        self.residues[-offset % self.block] += 1
        heappush(self.ends, (self.clock + steps, key))
        for seen in self.seen:
            seen.add(key, offset, self.clock)

    def tokens(self, key: int) -> int:
        """Tokens of a sequence in the KV cache."""
        return self.offsets[key] + self.clock

    def remove(self, key: int) -> int:
        """Take a sequence out; gives its tokens in the KV cache."""
        offset = self.offsets.pop(key)
        self.residues[-offset % self.block] -= 1
        for seen in self.seen:
            seen.remove(key, offset)
        return offset + self.clock

    def preempt(self, key: int) -> int:
        """Take a sequence out before its end; gives its tokens in the KV cache."""
        self.ends = [end for end in self.ends if end[1] != key]
        heapify(self.ends)
        return self.remove(key)

    def needs_block(self, key: int) -> bool:
        """Whether it decodes and the next step takes a new block for it."""
        return key in self.offsets and self.tokens(key) % self.block == 0

    def blocks(self, steps: int) -> int:
        """Blocks that so many steps take."""
        if steps == 1:
            return self.residues[self.clock % self.block]
        whole, rest = divmod(steps, self.block)
        taken = whole * len(self.offsets)
        for step in range(rest):
            taken += self.residues[(self.clock + step) % self.block]
        return taken

    def affordable(self, free: int, most: int) -> int:
        """Steps, up to `most`, for which `free` blocks suffice."""
        count = len(self.offsets)
        if free >= count * (most // self.block + 1):
            return most
        steps = self.block * (free // count)
        free %= count
        while steps < most:
            free -= self.residues[(self.clock + steps) % self.block]
            if free < 0:
                break
            steps += 1
        return min(steps, most)

    def straight(self) -> int:
        """Steps until a sequence ends or fills a window; at least one sequence decodes."""
        least = self.ends[0][0] - self.clock
        for seen in self.seen:
            if seen.due:
                least = min(least, seen.due[0][0] - self.clock)
        return least

    def demand(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """FLOPs of the next step and bytes of KV cache and state that it moves.

        Of each (what the next step takes, what each one after it takes more).
        """
        count, clock = len(self.offsets), self.clock + 1
        flops, more_flops = count * self.token_flops, 0.0
        moved, more_moved = self.state_bytes * count, 0.0
        for seen in self.seen:
            tokens = seen.tokens(clock)
            flops += seen.flops * tokens
            more_flops += seen.flops * seen.growing
            moved += seen.kv_bytes * tokens
            more_moved += seen.kv_bytes * seen.growing
        return (flops, more_flops), (moved, more_moved)

    def advance(self, steps: int) -> list[int]:
        """Go on by so many steps; gives those that ended, in the order in which they were added."""
        self.clock += steps
        for seen in self.seen:
            if seen.due:
                seen.settle(self.clock)
        ended = []
        while self.ends and self.ends[0][0] <= self.clock:
            ended.append(heappop(self.ends)[1])
        return ended
