"""How the slots of a KV cache are used: reserved in one piece for each request, or paged.

A slot holds the keys and values of one token. Slots are split as the PagedAttention paper does
(Kwon et al. 2023, arXiv 2309.06180, section 3.1 and figure 2): those that hold a *token*; those
*reserved* for tokens that are still to come; *internal* fragmentation, set aside and never used;
and *external* fragmentation and others, which no request has: too small a rest, or lost to the
allocator's powers of two. Shares are averages over the steps of a server that always has work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchpost.errors import UsageError, near
from benchpost.roofline import serving_equations as closed
from benchpost.roofline.predict import BLOCK_TOKENS
from benchpost.roofline.sizes import at_least
from benchpost.serving.buddy import Buddy, Piece
from benchpost.serving.lengths import Lengths, lengths
from benchpost.serving.load import Load, load

SCHEMES = {
    "max": "the longest length allowed is set aside for each request",
    "pow2": "the output is known to the next power of two, which is set aside",
    "oracle": "the output is known, and exactly that is set aside",
    "paged": "blocks are taken when a token needs them",
}
"""Schemes; the first three are Orca (Max), Orca (Pow2) and Orca (Oracle) of the paper."""

RESERVE = 2048
"""Tokens of the longest sequence in the paper's setting, which is set aside in one piece."""
PARTS = ("token", "reserved", "internal", "external")
"""What slots may be, in the paper's order."""


@dataclass(frozen=True)
class Shares:
    """How the slots of a KV cache are used, as shares of all slots; they add up to 1."""

    scheme: str
    """One of `SCHEMES`."""
    token: float
    """Hold a token."""
    reserved: float
    """Set aside for tokens that are still to come."""
    internal: float
    """Set aside and never used."""
    external: float
    """Of no request: too small a rest, or lost to the allocator."""
    running: float
    """Requests that run at once, on average."""

    @property
    def waste(self) -> float:
        """What holds no token."""
        return 1 - self.token

    def parts(self) -> tuple[float, ...]:
        """The four shares in the order of `PARTS`."""
        return self.token, self.reserved, self.internal, self.external


def shares(
    *,
    scheme: str,
    prompt: str | int | Lengths,
    output: str | int | Lengths,
    slots: int,
    reserve: int = RESERVE,
    block: int = BLOCK_TOKENS,
    requests: int = 1000,
    seed: int = 0,
) -> Shares:
    """Serve `requests` from a queue that never empties, and average the slots over all steps.

    `reserve` is the longest sequence; prompts and outputs are cut to it.
    """
    if scheme not in SCHEMES:
        known = ", ".join(SCHEMES)
        raise UsageError(f"unknown scheme {scheme!r}{near(scheme, SCHEMES)}; known are {known}")
    at_least(1, block=block, requests=requests)
    at_least(reserve, slots=slots)
    at_least(2, reserve=reserve)
    asked = load(
        requests=requests,
        prompt=prompt,
        output=output,
        concurrency=requests,
        longest=reserve,
        seed=seed,
    )
    if scheme == "paged":
        return _Pages(asked, slots, block).shares()
    return _pieces(asked, scheme, slots, reserve)


def token_share(
    *,
    scheme: str,
    prompt: str | int | Lengths,
    output: str | int | Lengths,
    reserve: int = RESERVE,
    block: int = BLOCK_TOKENS,
) -> float:
    """The closed form of `max` and `paged`: the share of a request's slots that hold a token.

    Of the slots that requests have; what no request has (`external`) is not in it.
    """
    into, out = lengths(prompt, reserve - 1), lengths(output, reserve)
    held = closed.held_tokens(prompt=into.mean, output=out.mean, output_spread=out.spread)
    if scheme == "max":
        return closed.contiguous_share(held_tokens=held, reserve_tokens=reserve)
    if scheme == "paged":
        return closed.paged_share(held_tokens=held, block_tokens=block)
    raise UsageError(f"{scheme!r} has no closed form; max and paged have one")


def _asked(scheme: str, prompt: int, output: int, reserve: int) -> int:
    """Slots that are set aside for a request."""
    if scheme == "max":
        return reserve
    known = output if scheme == "oracle" else 1 << (output - 1).bit_length()
    return min(prompt + known, reserve)


@dataclass
class _Sum:
    """Slots added up over steps."""

    steps: int = 0
    token: int = 0
    future: int = 0
    asked: int = 0
    running: int = 0

    def add(self, steps: int, tokens: int, running: int, lasting: tuple[int, int]) -> None:
        """`tokens` in the first of so many steps, one more for each that runs in every next one."""
        final, asked = lasting
        token = steps * tokens + running * steps * (steps - 1) // 2
        self.steps += steps
        self.token += token
        self.future += steps * final - token
        self.asked += steps * asked
        self.running += steps * running

    def shares(self, scheme: str, slots: int) -> Shares:
        whole = self.steps * slots
        token, reserved, asked = self.token / whole, self.future / whole, self.asked / whole
        # counts are whole: what is left of their difference is rounding
        internal = max(0, self.asked - self.token - self.future) / whole
        running = self.running / self.steps
        return Shares(scheme, token, reserved, internal, 1 - asked, running)


def _pieces(asked: Load, scheme: str, slots: int, reserve: int) -> Shares:
    """Requests in one piece each, first come first served."""
    buddy, total = Buddy(slots), _Sum()
    running: list[tuple[int, int, Piece]] = []
    clock = place = 0
    while True:
        while place < asked.count:
            prompt, output = asked.prompts[place], asked.outputs[place]
            piece = buddy.take(_asked(scheme, prompt, output, reserve))
            if piece is None:
                break
            running.append((clock + output, place, piece))
            place += 1
        if place == asked.count:
            # what follows is a server that runs empty
            _refuse_too_few(total.steps, asked.count)
            return total.shares(scheme, slots)
        if not running:
            raise UsageError(_never_fits(_asked(scheme, prompt, output, reserve), slots))
        steps = min(end for end, _, _ in running) - clock
        keys = [key for _, key, _ in running]
        tokens = sum(
            asked.prompts[key] + asked.outputs[key] - end + clock for end, key, _ in running
        )
        total.add(steps, tokens + len(keys), len(keys), _lasting(asked, keys, scheme, reserve))
        clock += steps
        for _, _, piece in [each for each in running if each[0] == clock]:
            buddy.give(piece)
        running = [each for each in running if each[0] > clock]


def _never_fits(asked: int, slots: int) -> str:
    return (
        f"a request of {asked:,} slots takes a piece of {1 << (asked - 1).bit_length():,}, a power "
        f"of two, and the largest of {slots:,} slots has {1 << slots.bit_length() - 1:,}"
    )


def _refuse_too_few(steps: int, requests: int) -> None:
    if not steps:
        raise UsageError(
            f"{requests:,} requests all fit into the cache at once, so that there is no queue; "
            "choose more requests or fewer slots"
        )


def _lasting(asked: Load, keys: Sequence[int], scheme: str, reserve: int) -> tuple[int, int]:
    """Slots that these requests will have filled in the end, and those set aside for them."""
    pairs = [(asked.prompts[key], asked.outputs[key]) for key in keys]
    set_aside = sum(_asked(scheme, prompt, output, reserve) for prompt, output in pairs)
    return sum(prompt + output for prompt, output in pairs), set_aside


class _Pages:
    """Requests in blocks; when none is free, who came last is put back with what it has."""

    def __init__(self, asked: Load, slots: int, block: int) -> None:
        self.asked, self.slots, self.block = asked, slots, block
        self.pool = slots // block
        self.queue = [(key, asked.prompts[key]) for key in reversed(range(asked.count))]
        self.running: dict[int, int] = {}
        self.steps = self.token = self.held = self.count = 0

    def shares(self) -> Shares:
        while True:
            self._put_back()
            self._join()
            if not self.queue:
                # what follows is a server that runs empty
                _refuse_too_few(self.steps, self.asked.count)
                break
            self._pass_steps(self._straight())
        whole = self.steps * self.slots
        token, held = self.token / whole, self.held / whole
        return Shares("paged", token, 0.0, held - token, 1 - held, self.count / self.steps)

    def _blocks(self, steps: int) -> int:
        """Blocks held after so many steps."""
        return sum(-(-(tokens + steps) // self.block) for tokens in self.running.values())

    def _put_back(self) -> None:
        while self._blocks(1) > self.pool:
            self.queue.append(self.running.popitem())

    def _join(self) -> None:
        free = self.pool - self._blocks(1)
        while self.queue:
            key, tokens = self.queue[-1]
            free -= -(-(tokens + 1) // self.block)
            if free < 0:
                break
            self.running[key] = tokens
            self.queue.pop()

    def _straight(self) -> int:
        """Steps until a request ends or blocks run out."""
        low = 1
        high = min(self._end(key) - tokens for key, tokens in self.running.items())
        if self._blocks(high) <= self.pool:
            return high
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self._blocks(middle) <= self.pool else (low, middle - 1)
        return low

    def _end(self, key: int) -> int:
        return self.asked.prompts[key] + self.asked.outputs[key]

    def _pass_steps(self, steps: int) -> None:
        self.steps += steps
        self.count += steps * len(self.running)
        for key, tokens in list(self.running.items()):
            last = tokens + steps
            self.token += _triangle(last) - _triangle(tokens)
            self.held += self.block * (_rounded(last, self.block) - _rounded(tokens, self.block))
            self.running[key] = last
            if last == self._end(key):
                del self.running[key]


def _triangle(count: int) -> int:
    """1 + 2 + … + `count`."""
    return count * (count + 1) // 2


def _rounded(count: int, block: int) -> int:
    """Blocks of 1, of 2, … and of `count` tokens together."""
    whole, rest = divmod(count, block)
    return block * _triangle(whole) + rest * (whole + 1)
