"""Loads and servers that hypothesis makes up."""

from __future__ import annotations

from hypothesis import strategies as st

from benchpost.roofline.predict import setting_of
from benchpost.serving.cost import StepCost
from benchpost.serving.load import Load
from benchpost.serving.server import Server

DENSE = StepCost(setting_of("H100 SXM", "Llama-3.1-8B", "vllm", "bf16", "bf16", 1))
WINDOWS = StepCost(setting_of("H100 SXM", "gpt-oss-20b", "vllm", "bf16", "bf16", 1))
"""Layers with windows, and mixtures of experts."""


@st.composite
def loads(draw: st.DrawFn, longest: int = 60) -> Load:
    """A few requests, in a closed or an open loop."""
    lengths = st.integers(1, longest)
    pairs = draw(st.lists(st.tuples(lengths, lengths), min_size=1, max_size=12))
    prompts, outputs = (tuple(column) for column in zip(*pairs, strict=True))
    if draw(st.booleans()):
        return Load(prompts, outputs, concurrency=draw(st.integers(1, len(pairs))))
    gaps = draw(st.lists(st.floats(0, 0.3), min_size=len(pairs), max_size=len(pairs)))
    arrivals, now = [], 0.0
    for gap in gaps:
        now += gap
        arrivals.append(now)
    return Load(prompts, outputs, tuple(arrivals))


@st.composite
def servers(draw: st.DrawFn, load: Load, policy: str) -> Server:
    """A server that is just large enough for the longest request, or a little larger."""
    block = draw(st.sampled_from((1, 2, 3, 4, 8, 16)))
    alike = min(load.prompts) - 1 if policy in ("chunked", "continuous") else 0
    shared = draw(st.one_of(st.just(0), st.integers(0, alike)))
    pairs = zip(load.prompts, load.outputs, strict=True)
    least = max(-(-(prompt + output - 1) // block) for prompt, output in pairs)
    places = draw(st.integers(1, 8))
    return Server(
        blocks=least + shared // block + draw(st.integers(0, 4 * least)),
        policy=policy,
        places=places,
        budget=draw(st.integers(places, 120)),
        block=block,
        shared=shared,
    )
