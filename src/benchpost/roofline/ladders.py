"""The ladder: ways to predict a rate, from one division to a run of one's own, by what is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from benchpost.errors import UsageError, near
from benchpost.roofline import bands
from benchpost.roofline.bands import Band

MODEL, ONE_RUN = "model", "one run"
"""The steps that have a band: the model for a GPU that it has not seen, and after one run on it."""


@dataclass(frozen=True)
class Step:
    """One way to predict a rate."""

    says: str
    """What it does, for a chart."""
    fitted: str
    """What of it was fitted, and to which rows."""


DECODE = {
    "file size": Step("bandwidth ÷ all weights", "nothing"),
    "bytes read": Step("bandwidth ÷ bytes really read", "nothing"),
    "constant": Step(
        "80 % of bandwidth ÷ bytes really read", "nothing; the share is a rule of thumb"
    ),
    "layer time": Step(
        "a share of the bandwidth, and one time per layer", "two constants, to the other GPUs' rows"
    ),
    MODEL: Step(
        "the model, with that time by platform and engine",
        "six constants, to the other GPUs' rows",
    ),
    ONE_RUN: Step(
        "the model after one run on your machine", "two factors, to one other row of its kind"
    ),
}
PREFILL = {
    "peak": Step("peak ÷ 2 FLOPs a parameter", "nothing"),
    "exact work": Step("peak ÷ FLOPs really done", "nothing"),
    MODEL: Step(
        "the model, with a share of the peak by engine", "the share, to the rows of llama.cpp"
    ),
    ONE_RUN: Step(
        "the model after one run on your machine", "one factor, to one other row of its kind"
    ),
}
SERVING = {
    "weights": Step("all weights ÷ bandwidth of all GPUs", "nothing"),
    "weights and cache": Step("weights and KV cache read ÷ the same", "nothing"),
    MODEL: Step("the model of continuous batching", "three constants, to the rows of one GPU"),
}
FIRST_TOKEN = {
    "alone": Step("the prompt alone, with nobody else served", "nothing"),
    MODEL: Step("the model, with waiting for other prompts", "one more, to the rows of one GPU"),
}
STEPS: Mapping[str, Mapping[str, Step]] = {
    "decode": DECODE,
    "prefill": PREFILL,
    "serving": SERVING,
    "first token": FIRST_TOKEN,
}
"""The steps by what is predicted, the crudest first.

`decode` and `prefill` are rates of one sequence; `serving` is the time per output token, and `first
token` the time to it, of a request among others.
"""


def after_one_run(kind: str, platform: str) -> Band:
    """The band of `decode` or `prefill` after one run, as predictions state it."""
    return bands.CALIBRATED_ON[platform] if kind == "decode" else bands.PREFILL_CALIBRATED


def known_step(kind: str, step: str) -> Step:
    """The step of that name. Raises UsageError with near misses."""
    steps = STEPS[kind]
    if step not in steps:
        raise UsageError(
            f"{kind} has no step {step!r}{near(step, steps)}; steps are {', '.join(steps)}"
        )
    return steps[step]
