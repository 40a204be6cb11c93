"""Prefix caching: the time to first token that a hit saves, and the hit rate by cache size."""

from __future__ import annotations

from benchpost.errors import UsageError
from benchpost.figures import markup
from benchpost.figures.asked import sources
from benchpost.figures.axis import linear, logarithmic
from benchpost.figures.names import changed, file_stem
from benchpost.figures.sweep import powers
from benchpost.figures.traced import Chart, Points, Trace, charted, timed, upto
from benchpost.figures.types import Facts, Fragment
from benchpost.roofline import catalog
from benchpost.roofline.batching import prefix
from benchpost.roofline.catalog import Chip, Model
from benchpost.roofline.units import show
from benchpost.serving.prefixes import Talk, reuse, unlimited

_STEPS = 24
_REQUESTS = 1000


def chart_prefix(
    facts: Facts,
    *,
    gpu: str,
    model: str,
    prompt: int = 4096,
    overhead: float = 0.0,
    dtype: str = "bf16",
    name: str = "",
    caption: str = "",
) -> Fragment:
    """Time to first token of a prompt against how much of it is found in the cache.

    Beside it, what it would be if it fell with the tokens: below a few hundred tokens a prefill
    costs a read of all weights, however few they are. `overhead` is seconds of a request beside its
    prefill, hit or not.
    """
    head = "chart prefix"
    if prompt < 64:
        raise UsageError(f"option 'prompt' of {head!r} must be at least 64, not {prompt}")
    chip, net = catalog.chip(gpu), catalog.model(model)
    warm = _warm(chip, net, prompt, overhead, dtype)
    own = caption or (
        f"With {warm[-1][0]:,.0f} of {prompt:,} tokens shared, the first token takes "
        f"{show(warm[-1][1], 'second')} instead of {show(warm[0][1], 'second')}: "
        "what is left reads all weights once."
    )
    note = f"{markup.escaped(own)} Typical times, uncalibrated. {sources(chip, net, dtype)}"
    options = changed(prompt=(prompt, 4096), overhead=(overhead, 0.0), dtype=(dtype, "bf16"))
    stem = file_stem(head, name, gpu, model, *options)
    return charted(facts, stem, _prefix(chip, net, prompt, warm), note, "cached tokens", "seconds")


def _warm(chip: Chip, net: Model, prompt: int, overhead: float, dtype: str) -> Points:
    places = sorted({prompt * i // _STEPS for i in range(_STEPS)} | {prompt - 1})
    made = (
        prefix(
            gpu=chip,
            model=net,
            prompt=prompt,
            prefix=place,
            overhead=overhead,
            dtype=dtype,
            engine="vllm",
        )
        for place in places
    )
    return tuple((float(x), e.terms["warm_time"]) for x, e in zip(places, made, strict=True))


def _prefix(chip: Chip, net: Model, prompt: int, warm: Points) -> Chart:
    cold = warm[0][1]
    even = tuple((x, cold * (1 - x / prompt)) for x, _ in warm)
    return Chart(
        f"Time to first token of {prompt:,} tokens on {chip.name} with {net.name}, by prefix",
        upto("tokens of the prompt in the cache", prompt),
        timed(linear("time to first token", [y for _, y in warm])),
        (
            Trace("with the hit", warm, 0),
            Trace("in proportion to the tokens", even, 1, label="in proportion", dash=1, thick=1.5),
        ),
        lambda x: f"{x:,.0f} cached",
        lambda y: show(y, "second"),
    )


def chart_hit_rate(
    facts: Facts,
    *,
    system: int = 512,
    groups: int = 1,
    skew: float = 0.0,
    users: int = 64,
    turns: int = 6,
    question: int = 64,
    answer: int = 256,
    block: int = 16,
    name: str = "",
    caption: str = "",
) -> Fragment:
    """Share of prompt tokens found in the prefix cache, against the size of the cache; simulated.

    `users` hold conversations of `turns` turns, each of a `question` and an `answer`, behind one of
    `groups` system prompts of `system` tokens; the n-th of them is asked 1/n^`skew` as often.
    """
    talk = Talk(system, groups, skew, users, turns, question, answer)
    note = (
        f"{markup.escaped(caption or _told(talk, block))} "
        f"Simulated, not measured: {_REQUESTS:,} turns, seed 0."
    )
    options = changed(
        system=(system, 512),
        groups=(groups, 1),
        skew=(skew, 0.0),
        users=(users, 64),
        turns=(turns, 6),
        question=(question, 64),
        answer=(answer, 256),
        block=(block, 16),
    )
    stem = file_stem("chart hit-rate", name, *options)
    return charted(facts, stem, _hit_rate(talk, block), note, "tokens of the cache", "%")


def _whole(talk: Talk, block: int) -> int:
    """Blocks of all system prompts and of every conversation at its longest."""
    longest = talk.left(talk.turns - 1) // block + 1
    return talk.groups * (talk.system // block) + talk.users * longest


def _hit_rate(talk: Talk, block: int) -> Chart:
    sizes = sorted({max(1, int(_whole(talk, block) * share)) for share in powers(1 / 32, 2.0)})
    found = [reuse(talk, blocks=size, requests=_REQUESTS, block=block).hit_rate for size in sizes]
    points = tuple(
        (float(size * block), 100 * rate) for size, rate in zip(sizes, found, strict=True)
    )
    ends = (points[0][0], points[-1][0])
    most = 100 * unlimited(talk, block)
    return Chart(
        "Hit rate of the prefix cache against its size",
        logarithmic("tokens that the cache holds", *ends, base=2.0),
        linear("prompt tokens found in the cache, %", [100.0], most=5),
        (
            Trace("least recently used", points, 0, marks=True),
            Trace("room for everything", tuple((x, most) for x in ends), 1, dash=1, thick=1.5),
        ),
        lambda x: f"{x:,.0f} tokens",
        lambda y: f"{y:.0f} %",
    )


def _told(talk: Talk, block: int) -> str:
    turns = f"{talk.turns} turn{'s' if talk.turns > 1 else ''}"
    groups = f"{talk.groups} system prompt{'s' if talk.groups > 1 else ''}"
    return (
        f"{talk.users} users at once, conversations of {turns} of {talk.question} tokens asked and "
        f"{talk.answer} answered, behind {groups} of {talk.system} tokens; all of them together "
        f"are {_whole(talk, block) * block:,} tokens."
    )
