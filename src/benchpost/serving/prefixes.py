"""Prefix caching: conversations and shared system prompts against a KV cache of limited size.

A prompt is cut into whole blocks, and a block is found when it and all before it are in the cache.
Blocks that no running request holds are evicted least recently used first, the end of a sequence
before its beginning. The last token of a prompt is always computed. That is vLLM's way
(docs/design/prefix_caching.md, 0.33.0); running requests are taken to be short-lived here, so that
all of the cache is there for reuse.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from benchpost.roofline import serving_equations as closed
from benchpost.roofline.predict import BLOCK_TOKENS
from benchpost.roofline.sizes import at_least


@dataclass(frozen=True)
class Talk:
    """What conversations look like."""

    system: int = 512
    """Tokens of the system prompt, which all conversations of a group begin with."""
    groups: int = 1
    """Different system prompts."""
    skew: float = 0.0
    """How uneven groups are: the n-th is asked 1/n^skew times as often (Zipf); 0 for alike."""
    users: int = 16
    """Conversations that go on at once; each next turn is of one of them, by chance."""
    turns: int = 1
    """Turns of a conversation; after the last, its user begins a new one."""
    question: int = 64
    """Tokens that a turn adds to the prompt."""
    answer: int = 256
    """Tokens that are written in a turn; they are part of the next prompt."""

    def __post_init__(self) -> None:
        at_least(0, system=self.system, skew=self.skew, answer=self.answer)
        at_least(1, groups=self.groups, users=self.users, turns=self.turns, question=self.question)

    def prompt(self, turn: int) -> int:
        """Tokens of the prompt of a turn, the first being 0."""
        return self.system + turn * (self.question + self.answer) + self.question

    def left(self, turn: int) -> int:
        """Tokens in the cache after a turn: all but the last one written."""
        return self.prompt(turn) + max(0, self.answer - 1)


@dataclass(frozen=True)
class Reuse:
    """What a cache gave."""

    requests: int
    """Turns served."""
    prompt_tokens: int
    """Tokens of all prompts."""
    hit_tokens: int
    """Tokens of them that were found."""
    evicted: int
    """Blocks evicted."""

    @property
    def hit_rate(self) -> float:
        """Share of the prompt tokens that were found, as vLLM counts it."""
        return closed.hit_rate(cached_tokens=self.hit_tokens, prompt=self.prompt_tokens)


def reuse(
    talk: Talk, *, blocks: int, requests: int = 2000, block: int = BLOCK_TOKENS, seed: int = 0
) -> Reuse:
    """Serve `requests` turns with a cache of so many blocks, after a tenth to warm up."""
    at_least(1, blocks=blocks, requests=requests, block=block)
    return _Cache(talk, blocks, block, seed).serve(requests)


class _Cache:
    """Blocks in the cache by sequence, least recently used first."""

    def __init__(self, talk: Talk, blocks: int, block: int, seed: int) -> None:
        self.talk, self.capacity, self.block = talk, blocks, block
        self.chance = Random(f"{seed} talk")
        self.held: OrderedDict[tuple[str, int], int] = OrderedDict()
        self.used = self.evicted = self.begun = 0
        self.weights = list(accumulate((n + 1) ** -talk.skew for n in range(talk.groups)))
        self.users = [self._new(turn=user % talk.turns) for user in range(talk.users)]

    def serve(self, requests: int) -> Reuse:
        for _ in range(max(self.talk.users, requests // 10)):
            self._turn()
        prompts = hits = 0
        self.evicted = 0
        for _ in range(requests):
            prompt, hit = self._turn()
            prompts += prompt
            hits += hit
        return Reuse(requests, prompts, hits, self.evicted)

    def _new(self, turn: int = 0) -> tuple[int, int, int]:
        """A conversation: number, group, next turn."""
        self.begun += 1
        (group,) = self.chance.choices(range(self.talk.groups), cum_weights=self.weights)
        return self.begun, group, turn

    def _turn(self) -> tuple[int, int]:
        """The next turn of a user by chance: its prompt, and how much of it was found."""
        user = self.chance.randrange(len(self.users))
        talk, group, turn = self.users[user]
        prompt = self.talk.prompt(turn)
        hit = self._hit(talk, group, prompt)
        self._keep(talk, group, self.talk.left(turn))
        done = turn + 1 == self.talk.turns
        self.users[user] = self._new() if done else (talk, group, turn + 1)
        return prompt, hit

    def _hit(self, talk: int, group: int, prompt: int) -> int:
        common = self.talk.system // self.block
        found = self.held.get(("system", group), 0)
        if found == common:
            found += self.held.get(("talk", talk), 0)
        return min(found, (prompt - 1) // self.block) * self.block

    def _keep(self, talk: int, group: int, tokens: int) -> None:
        common = self.talk.system // self.block
        # the end of a sequence goes first: what is at the front of the order is evicted first
        self._put(("talk", talk), tokens // self.block - common)
        self._put(("system", group), common)
        while self.used > self.capacity:
            key, blocks = next(iter(self.held.items()))
            gone = min(blocks, self.used - self.capacity)
            self.used -= gone
            self.evicted += gone
            self.held[key] = blocks - gone
            if blocks == gone:
                del self.held[key]

    def _put(self, key: tuple[str, int], blocks: int) -> None:
        self.used += blocks - self.held.pop(key, 0)
        if blocks:
            self.held[key] = blocks


def unlimited(talk: Talk, block: int = BLOCK_TOKENS) -> float:
    """The closed form of the hit rate with room for everything: whole blocks of the turn before."""
    hits = prompts = 0
    for turn in range(talk.turns):
        prompt = talk.prompt(turn)
        known = talk.left(turn - 1) if turn else talk.system
        prompts += prompt
        hits += min(known // block, (prompt - 1) // block) * block
    return closed.hit_rate(cached_tokens=hits, prompt=prompts)


def least_recently_used(chances: Sequence[float], capacity: float) -> float:
    """Hit rate of a cache for `capacity` items asked independently of each other, `chances` each.

    Che's approximation (Che, Tung & Wang 2002, doi:10.1109/JSAC.2002.801752): an item is there if
    it was asked in the last T requests, T such that the cache is just full.
    """
    whole = math.fsum(chances)
    if capacity >= len(chances):
        return 1.0
    low, high = 0.0, 1.0

    def held(time: float) -> float:
        return math.fsum(-math.expm1(-chance / whole * time) for chance in chances)

    while held(high) < capacity:
        high *= 2
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if held(middle) < capacity else (low, middle)
    return math.fsum(c / whole * -math.expm1(-c / whole * high) for c in chances)
