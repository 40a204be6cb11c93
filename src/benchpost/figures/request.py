"""The diagram of a request: from its arrival to its last token, and what is measured between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from benchpost.errors import UsageError
from benchpost.figures import markup
from benchpost.figures.names import changed, file_stem
from benchpost.figures.shown import shown
from benchpost.figures.types import Facts, Fragment
from benchpost.roofline.units import show

_HEAD = "diagram request"
_QUEUE, _PREFILL, _GAPS = 60.0, 180.0, "20, 20, 20, 80, 20, 20"
_MOST = 40
"""Tokens that can be told apart on one drawing."""


@dataclass(frozen=True)
class Times:
    """When things happen to a request, ms."""

    queue: float
    """From its arrival to the first step that works on it."""
    prefill: float
    """From there to its first token."""
    gaps: tuple[float, ...]
    """Between its tokens."""

    @property
    def first(self) -> float:
        """Time to first token."""
        return self.queue + self.prefill

    @property
    def whole(self) -> float:
        """End-to-end latency."""
        return self.first + sum(self.gaps)

    @property
    def per_token(self) -> float:
        """Time per output token: the mean of the gaps."""
        return (self.whole - self.first) / len(self.gaps)


def diagram_request(
    facts: Facts,
    *,
    queue: float = _QUEUE,
    prefill: float = _PREFILL,
    gaps: str = _GAPS,
    name: str = "",
    caption: str = "",
) -> Fragment:
    """The life of a request: its queue, its prompt, its tokens, and what is measured of them.

    Times are in ms; `gaps` are the times between its tokens, separated by commas.
    """
    times = Times(queue, prefill, _gaps(gaps))
    _check(times)
    measured = _measured(times)
    data = {
        "parts": _parts(times),
        "first": times.first / times.whole,
        "tokens": _tokens(times),
        "spans": ["TTFT", "ITL, one for each gap", "E2EL"],
        "measured": measured,
        "title": "The life of a request and what is measured of it",
        "description": f"{_ms(queue)} in the queue, {_ms(prefill)} until the first token, then "
        f"{len(times.gaps)} more tokens with gaps of {gaps} ms. "
        + " ".join(f"{name} {amount} ({how})." for name, how, amount in measured),
    }
    own = [] if gaps == _GAPS else [gaps]
    parts = [*changed(queue=(queue, _QUEUE), prefill=(prefill, _PREFILL)), *own]
    return shown(
        facts, file_stem(_HEAD, name, *parts), "request", data, markup.escaped(caption or _CAPTION)
    )


_CAPTION = (
    "An example with chosen times; dots are tokens as they leave the engine. TPOT is a mean and "
    "hides a long gap, as of a step that reads somebody else’s prompt; percentiles of ITL show it."
)


def _measured(times: Times) -> list[list[str]]:
    gaps = len(times.gaps)
    return [
        ["TTFT", "queue + prefill", _ms(times.first)],
        ["E2EL", "arrival to last token", _ms(times.whole)],
        ["TPOT", f"(E2EL − TTFT) / {gaps}", _ms(times.per_token)],
        ["Longest ITL", f"of {gaps} gaps", _ms(max(times.gaps))],
    ]


def _parts(times: Times) -> list[dict[str, Any]]:
    sizes = {"queue": times.queue, "prefill": times.prefill, "decode": sum(times.gaps)}
    return [
        {"kind": kind, "words": kind.capitalize(), "share": size / times.whole}
        for kind, size in sizes.items()
        if size
    ]


def _tokens(times: Times) -> list[float]:
    at, found = times.first, [times.first / times.whole]
    for gap in times.gaps:
        at += gap
        found.append(at / times.whole)
    return found


def _ms(value: float) -> str:
    return show(value / 1000, "second")


def _gaps(written: str) -> tuple[float, ...]:
    found = [part.strip() for part in written.split(",")]
    if not all(_is_positive(gap) for gap in found):
        raise UsageError(
            f"option 'gaps' of {_HEAD!r} must be numbers above 0, separated by commas, "
            f'not "{written}"'
        )
    if len(found) >= _MOST:
        raise UsageError(f"{_HEAD!r} shows at most {_MOST} tokens, not {len(found) + 1}")
    return tuple(map(float, found))


def _is_positive(written: str) -> bool:
    return written.replace(".", "", 1).isdecimal() and float(written) > 0


def _check(times: Times) -> None:
    for key, value in {"queue": times.queue, "prefill": times.prefill}.items():
        if value < 0:
            raise UsageError(f"option {key!r} of {_HEAD!r} must be at least 0, not {value:g}")
