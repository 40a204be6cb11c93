"""vLLM's scheduler written down plainly, one step and one request at a time: slow, and obvious."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from benchpost.serving.cost import StepCost
from benchpost.serving.load import Load
from benchpost.serving.server import Server


@dataclass
class Request:
    key: int
    prompt: int
    output: int
    computed: int = 0
    given: int = 0
    held: int = 0
    decodes: bool = False

    @property
    def whole(self) -> int:
        """Tokens whose keys and values must be there before the next token comes."""
        return self.prompt + self.given


@dataclass
class Naive:
    """Serves a load; the times of every request are in `firsts` and `ends`."""

    load: Load
    server: Server
    cost: StepCost
    now: float = 0.0
    steps: int = 0
    preemptions: int = 0
    most_blocks: int = 0
    waiting: deque[Request] = field(default_factory=deque)
    running: list[Request] = field(default_factory=list)
    firsts: dict[int, float] = field(default_factory=dict)
    ends: dict[int, float] = field(default_factory=dict)
    arrived: int = 0
    warm: bool = False

    def __post_init__(self) -> None:
        self.shared = self.server.shared // self.server.block * self.server.block
        self.free = self.server.blocks - self.shared // self.server.block
        self.warm = not self.shared

    def run(self) -> Naive:
        for _ in range(self.load.concurrency):
            self.arrive()
        while len(self.ends) < self.load.count:
            self.let_in()
            chunks = self.chunked() if self.server.policy == "chunked" else self.prefill_first()
            self.step(chunks)
        return self

    def arrive(self) -> None:
        if self.arrived < self.load.count:
            key = self.arrived
            self.waiting.append(Request(key, self.load.prompts[key], self.load.outputs[key]))
            self.arrived += 1

    def let_in(self) -> None:
        if not self.load.arrivals:
            return
        if not self.running and not self.waiting:
            self.now = max(self.now, self.load.arrivals[self.arrived])
        while self.arrived < self.load.count and self.load.arrivals[self.arrived] <= self.now:
            self.arrive()

    def blocks(self, tokens: int) -> int:
        return max(0, -(-tokens // self.server.block) - self.shared // self.server.block)

    def hold(self, request: Request, tokens: int) -> bool:
        """Whether the blocks for so many tokens more are there; they are taken."""
        wanted = self.blocks(request.computed + tokens)
        if wanted - request.held > self.free:
            return False
        self.free -= wanted - request.held
        request.held = wanted
        return True

    def drop(self, request: Request) -> None:
        self.free += request.held
        request.held = 0

    def chunked(self) -> list[tuple[Request, int]]:
        budget, chunks, before = self.server.budget, [], self.preemptions
        for request in list(self.running):
            if request not in self.running:
                continue
            tokens = min(request.whole - request.computed, budget)
            if not tokens:
                continue
            while request in self.running and not self.hold(request, tokens):
                self.preempt()
            if request in self.running:
                chunks.append((request, tokens))
                budget -= tokens
        if self.preemptions == before:
            self.admit(chunks, budget)
        return chunks

    def preempt(self) -> None:
        last = self.running.pop()
        self.drop(last)
        last.computed, last.decodes = 0, False
        self.preemptions += 1
        self.waiting.appendleft(last)

    def found(self, request: Request) -> int:
        whole = (request.whole - 1) // self.server.block * self.server.block
        return min(self.shared, whole) if self.warm else 0

    def admit(self, chunks: list[tuple[Request, int]], budget: int) -> None:
        while self.waiting and budget and len(self.running) < self.server.places:
            request = self.waiting[0]
            request.computed = self.found(request)
            tokens = min(request.whole - request.computed, budget)
            if not self.hold(request, tokens):
                request.computed = 0
                return
            self.running.append(self.waiting.popleft())
            chunks.append((request, tokens))
            budget -= tokens

    def prefill_first(self) -> list[tuple[Request, int]]:
        chunks: list[tuple[Request, int]] = []
        budget = self.server.budget
        while self.waiting and len(self.running) < self.server.places:
            request = self.waiting[0]
            request.computed = self.found(request)
            tokens = request.whole - request.computed
            if (chunks and tokens > budget) or not self.hold(request, tokens):
                request.computed = 0
                break
            self.running.append(self.waiting.popleft())
            chunks.append((request, tokens))
            budget -= tokens
        if chunks:
            return chunks
        for request in list(self.running):
            while request in self.running and not self.hold(request, 1):
                self.preempt()
            if request in self.running:
                chunks.append((request, 1))
        return chunks

    def step(self, chunks: list[tuple[Request, int]]) -> None:
        work = self.cost.work
        flops = moved = computed = 0.0
        decoding = tokens = 0
        for request, part in chunks:
            context = request.computed + part
            if request.given and context == request.whole and request.decodes:
                decoding += 1
                flops += float(work.decode_flops(context))
                moved += float(work.kv_bytes(context))
            else:
                tokens += part
                computed += float(work.prefill_flops(part, context))
                if request.computed:
                    moved += float(work.kv_bytes(request.computed))
        self.now += self.cost.mixed(decoding, flops, moved, (tokens, computed))
        self.steps += 1
        self.warm = True
        self.most_blocks = max(self.most_blocks, self.server.blocks - self.free)
        for request, tokens in chunks:
            request.computed += tokens
            if request.computed == request.whole:
                self.give(request)

    def give(self, request: Request) -> None:
        request.given += 1
        request.decodes = True
        self.firsts.setdefault(request.key, self.now)
        if request.given == request.output:
            self.ends[request.key] = self.now
            self.running.remove(request)
            self.drop(request)
            if not self.load.arrivals:
                self.arrive()
