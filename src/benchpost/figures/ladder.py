"""The chart of the ladder: how far off each way to predict a rate is, from the napkin on."""

from __future__ import annotations

from typing import Any, Literal

from benchpost.figures import markup
from benchpost.figures.names import changed, file_stem
from benchpost.figures.rows import WHAT, counted, percent, sources_of
from benchpost.figures.shown import shown
from benchpost.figures.sweep import csv
from benchpost.figures.types import Facts, Fragment
from benchpost.roofline.ladders import STEPS, Step
from benchpost.roofline.scores import Errors, chosen, errors

_HEAD = "chart ladder"
_LEGEND = ("median error", "mean error")
_FITTED = {
    "decode": "Steps 3 and 4 are judged on GPUs that took no part in their fit, step 5 on rows "
    "other than the one run.",
    "prefill": "The share of step 2 was fitted to the same rows of llama.cpp, so its error is the "
    "least to expect.",
    "serving": "The constants were fitted to the rows of one GPU, which are among these.",
    "first token": "The constants were fitted to the rows of one GPU, which are among these.",
}
"""What was fitted to what, by kind."""


def chart_ladder(
    facts: Facts,
    *,
    kind: Literal["decode", "prefill", "serving", "first token"] = "decode",
    gpu: str = "",
    engine: str = "",
    name: str = "",
    caption: str = "",
) -> Fragment:
    """Errors of what is predicted, step by step from the napkin to one run on your machine.

    Measured on the published rows that are kept, of one `gpu` or `engine` where named.
    """
    steps = STEPS[kind]
    scores = chosen(kind, gpu, engine)
    found = [(step, errors(scores, kind, key)) for key, step in steps.items() if _any(scores, key)]
    stem = file_stem(_HEAD, name, *changed(kind=(kind, "decode")), gpu, engine)
    data = {
        "steps": [_step(place, *each) for place, each in enumerate(found)],
        "legend": _LEGEND,
        "title": f"Error of the predicted {WHAT[kind]}, step by step",
        "description": "; ".join(_said(*each) for each in found),
    }
    own = f"{markup.escaped(caption)} " if caption else ""
    note = (
        f"{own}Error relative to what was measured, over {counted(scores)}. {_FITTED[kind]} "
        f"{sources_of(scores)}"
    )
    return shown(facts, stem, "ladder", data, note, _csv(found))


def _any(scores: Any, step: str) -> bool:
    return any(score.predicted[step] for score in scores)


def _step(place: int, step: Step, found: Errors) -> dict[str, Any]:
    bars = [{"share": value, "words": percent(value)} for value in (found.median, found.mean)]
    return {"words": f"{place}. {step.says}", "bars": bars}


def _said(step: Step, found: Errors) -> str:
    return f"{step.says}: median {percent(found.median)}, mean {percent(found.mean)}"


def _csv(found: list[tuple[Step, Errors]]) -> bytes:
    head = ["step", "fitted", "rows", "mean", "median", "bias", "90 % below", "off by 2x or more"]
    rows: list[list[str | float]] = [
        [
            step.says,
            step.fitted,
            float(each.rows),
            each.mean,
            each.median,
            each.bias,
            each.ninety,
            each.twofold,
        ]
        for step, each in found
    ]
    return csv(head, rows)
