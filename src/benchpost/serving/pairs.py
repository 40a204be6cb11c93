"""What the room gives twice: in closed form and by simulation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from benchpost.roofline import serving_equations as equations
from benchpost.serving import prefixes, speculation, steady
from benchpost.serving.allocation import Shares, shares, token_share
from benchpost.serving.load import SHAREGPT
from benchpost.serving.run import Run
from benchpost.serving.simulation import simulate

OPT_SLOTS = 15_728
"""Tokens in the 12 GiB of KV cache that OPT-13B has on an A100 with 40 GB: table 1 of the paper."""
PROMPT, OUTPUT = (f"geometric {mean}" for mean in SHAREGPT)
"""ShareGPT. The paper prints the means only; that lengths are geometric is our assumption."""
GPU, MODEL = "H100 SXM", "Llama-3.1-8B"


@dataclass(frozen=True)
class Pair:
    """One quantity, twice."""

    key: str
    """Short name, under which the simulated value is kept."""
    what: str
    """The quantity."""
    setting: str
    """Of what it is."""
    unit: str
    """Unit of both."""
    simulated: Callable[[], float]
    """By simulation; may take a second."""
    closed: Callable[[], float]
    """In closed form."""


def slots(scheme: str, requests: int) -> Shares:
    """How slots are used in the paper's setting: OPT-13B, ShareGPT."""
    return shares(scheme=scheme, prompt=PROMPT, output=OUTPUT, slots=OPT_SLOTS, requests=requests)


def _batching(concurrency: int, prompt: int, output: int) -> Iterator[Pair]:
    setting = f"{MODEL}, {GPU}, {concurrency} × {prompt} in, {output} out"
    size = (concurrency, prompt, output)
    key = " ".join(map(str, size))
    chunked, static = partial(_run, "chunked", *size), partial(_run, "static", *size)
    steadily, batched = partial(_steady, *size), partial(_static, *size)
    yield Pair(
        f"throughput {key}",
        "throughput, chunked",
        setting,
        "token/second",
        lambda: chunked().steady_throughput,
        lambda: steadily().throughput,
    )
    yield Pair(
        f"itl {key}",
        "mean ITL, chunked",
        setting,
        "second",
        lambda: chunked().mean_gap(),
        lambda: steadily().tpot,
    )
    yield Pair(
        f"static {key}",
        "throughput, static",
        setting,
        "token/second",
        lambda: static().throughput,
        lambda: batched().throughput,
    )


def _run(policy: str, concurrency: int, prompt: int, output: int) -> Run:
    # filling up and running empty must be a small part, and chance a small one too
    return simulate(
        gpu=GPU,
        model=MODEL,
        concurrency=concurrency,
        prompt=prompt,
        output=f"geometric {output}",
        requests=max(1500, (200 if policy == "static" else 60) * concurrency),
        policy=policy,
        max_num_seqs=concurrency,
        max_num_batched_tokens=8192,
    )


def _steady(concurrency: int, prompt: int, output: int) -> steady.Steady:
    return steady.continuous(
        gpu=GPU,
        model=MODEL,
        concurrency=concurrency,
        prompt=prompt,
        output=f"geometric {output}",
    )


def _static(concurrency: int, prompt: int, output: int) -> steady.Steady:
    return steady.static(
        gpu=GPU, model=MODEL, batch=concurrency, prompt=prompt, output=f"geometric {output}"
    )


def _shares(scheme: str) -> Pair:
    return Pair(
        f"slots {scheme}",
        "share of a request's slots with a token",
        f"ShareGPT, {scheme}",
        "1",
        partial(_share, scheme),
        partial(token_share, scheme=scheme, prompt=PROMPT, output=OUTPUT),
    )


def _share(scheme: str) -> float:
    made = slots(scheme, 2000)
    return made.token / (1 - made.external)


TURNS = prefixes.Talk(turns=6)
MANY = prefixes.Talk(system=1600, groups=50, skew=0.8, users=1, question=16, answer=1)
ROOM = 20
"""System prompts of `MANY` that fit into the cache."""


def _reuse() -> Iterator[Pair]:
    yield Pair(
        "hits",
        "hit rate",
        "6 turns of a conversation, all fits",
        "1",
        lambda: prefixes.reuse(TURNS, blocks=10**6).hit_rate,
        partial(prefixes.unlimited, TURNS),
    )
    yield Pair(
        "lru",
        "hit rate",
        f"{MANY.groups} system prompts, room for {ROOM}",
        "1",
        lambda: prefixes.reuse(MANY, blocks=ROOM * _blocks(), requests=20_000).hit_rate,
        _lru,
    )


def _blocks() -> int:
    return MANY.left(0) // 16


def _lru() -> float:
    chances = [(n + 1) ** -MANY.skew for n in range(MANY.groups)]
    share = equations.hit_rate(cached_tokens=MANY.system, prompt=MANY.prompt(0))
    return share * prefixes.least_recently_used(chances, ROOM)


def _passes(acceptance: float, drafted: int) -> Pair:
    return Pair(
        f"pass {acceptance} {drafted}",
        "tokens of a pass",
        f"acceptance {acceptance}, {drafted} drafted",
        "1",
        partial(speculation.tokens_per_pass, acceptance=acceptance, drafted=drafted, tokens=50_000),
        partial(equations.accepted_tokens, acceptance=acceptance, drafted=drafted),
    )


PAIRS: tuple[Pair, ...] = (
    *_batching(1, 1024, 256),
    *_batching(32, 1024, 256),
    *_batching(128, 256, 256),
    _shares("max"),
    _shares("paged"),
    *_reuse(),
    _passes(0.6, 3),
    _passes(0.8, 5),
)
"""Every quantity that is both, as far as the two could differ.

What holds by counting (Little's law, the mean padding of a list of sizes) is tested, but is no
evidence for the model.
"""
