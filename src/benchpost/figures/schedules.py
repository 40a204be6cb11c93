"""The diagram of batching: the same requests in slots that wait for each other, or do not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from benchpost.errors import UsageError
from benchpost.figures import markup
from benchpost.figures.names import changed, file_stem
from benchpost.figures.palette import SERIES
from benchpost.figures.quoted import listed
from benchpost.figures.shown import shown
from benchpost.figures.types import Facts, Fragment

_HEAD = "diagram batching"
_LENGTHS = "3, 10, 5, 2, 7, 4, 6, 3"
_SLOTS = 4
_MOST = {"requests": 26, "slots": 8, "steps": 60}
"""What can still be told apart on one drawing."""


class Run(NamedTuple):
    """One request in its slot."""

    request: int
    """Place in the queue, from 0."""
    slot: int
    """From 0."""
    start: int
    """Step in which its prompt is read, from 0."""
    length: int
    """Steps until its last token."""


def static(lengths: Sequence[int], slots: int) -> list[Run]:
    """Requests in batches: the next batch starts when the longest of the last one is through."""
    runs, start = [], 0
    for first in range(0, len(lengths), slots):
        batch = lengths[first : first + slots]
        runs += [Run(first + i, i, start, length) for i, length in enumerate(batch)]
        start += max(batch)
    return runs


def continuous(lengths: Sequence[int], slots: int) -> list[Run]:
    """Requests in turn, each into the slot that is free first."""
    free, runs = [0] * slots, []
    for request, length in enumerate(lengths):
        slot = free.index(min(free))
        runs.append(Run(request, slot, free[slot], length))
        free[slot] += length
    return runs


def steps_of(runs: Sequence[Run]) -> int:
    """Steps until the last request is through."""
    return max(run.start + run.length for run in runs)


def diagram_batching(
    facts: Facts,
    *,
    lengths: str = _LENGTHS,
    slots: int = _SLOTS,
    name: str = "",
    caption: str = "",
) -> Fragment:
    """The same requests by static and by continuous batching: slots against steps.

    `lengths` are the steps that each request takes, in the order of the queue: one that reads its
    prompt and gives the first token, then one for each further token. All wait at the start.
    """
    found = _lengths(lengths, slots)
    both = [
        _schedule("Static: a batch ends with its longest request", static(found, slots), slots),
        _schedule(
            "Continuous: a free slot is taken in the next step", continuous(found, slots), slots
        ),
    ]
    data = {
        "slots": slots,
        "steps": max(schedule["steps"] for schedule in both),
        "legend": ["prompt, first token", "further token", "empty"],
        "schedules": both,
        "title": f"{len(found)} requests in {slots} slots, by static and by continuous batching",
        "description": f"Requests of {', '.join(map(str, found))} steps. "
        + " ".join(f"{schedule['heading']}: {schedule['count']}." for schedule in both),
    }
    own = [*listed(lengths)] if lengths != _LENGTHS else []
    stem = file_stem(_HEAD, name, *own, *changed(slots=(slots, _SLOTS)))
    return shown(facts, stem, "slots", data, markup.escaped(caption or _CAPTION))


_CAPTION = (
    "A cell is one step of one slot; letters are requests in the order of the queue. "
    "Steps are drawn alike, though one that reads a prompt takes longer."
)


def _schedule(heading: str, runs: Sequence[Run], slots: int) -> dict[str, Any]:
    steps, work = steps_of(runs), sum(run.length for run in runs)
    share = f"{work / (steps * slots):.0%}".replace("%", " %")
    return {
        "heading": heading,
        "count": f"{steps} steps, {work} of {steps * slots} cells used ({share})",
        "steps": steps,
        "runs": [_drawn(run, slots) for run in runs],
    }


def _drawn(run: Run, slots: int) -> dict[str, Any]:
    style = (run.request + run.request // slots) % len(SERIES)
    return {
        "name": chr(ord("A") + run.request),
        "slot": run.slot,
        "start": run.start,
        "length": run.length,
        "style": style,
    }


def _lengths(written: str, slots: int) -> list[int]:
    found = [part.strip() for part in written.split(",")]
    if not all(length.isdecimal() and int(length) > 0 for length in found):
        raise UsageError(
            f"option 'lengths' of {_HEAD!r} must be whole numbers from 1, separated by commas, "
            f'not "{written}"'
        )
    lengths = [int(length) for length in found]
    if not 1 <= slots <= _MOST["slots"]:
        raise UsageError(f"{_HEAD!r} shows 1 to {_MOST['slots']} slots, not {slots}")
    if len(lengths) > _MOST["requests"]:
        raise UsageError(
            f"{_HEAD!r} shows at most {_MOST['requests']} requests, not {len(lengths)}"
        )
    steps = steps_of(static(lengths, slots))
    if steps > _MOST["steps"]:
        raise UsageError(f"{_HEAD!r} shows at most {_MOST['steps']} steps, not {steps}")
    return lengths
