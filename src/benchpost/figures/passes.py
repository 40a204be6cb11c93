"""The diagram of speculative decoding: a pass drafted, verified and kept."""

from __future__ import annotations

from typing import Any

from benchpost.errors import UsageError
from benchpost.figures import markup
from benchpost.figures.names import changed, file_stem
from benchpost.figures.shown import shown
from benchpost.figures.types import Facts, Fragment
from benchpost.roofline import serving_equations as equations

_HEAD = "diagram speculation"
_DRAFTED, _ACCEPTED, _ACCEPTANCE = 5, 3, 0.7
_MOST = 8
"""Drafted tokens that can be told apart on one drawing."""

Token = list[str]


def diagram_speculation(
    facts: Facts,
    *,
    drafted: int = _DRAFTED,
    accepted: int = _ACCEPTED,
    acceptance: float = _ACCEPTANCE,
    name: str = "",
    caption: str = "",
) -> Fragment:
    """One speculative pass: drafted, verified and kept; and how many tokens passes give.

    `drafted` tokens are proposed, the first `accepted` of them hold; `acceptance` is the chance
    that a drafted token is accepted, for the shares below.
    """
    _check(drafted, accepted, acceptance)
    mean = equations.accepted_tokens(acceptance=acceptance, drafted=float(drafted))
    shares = chances(drafted, acceptance)
    data = {
        "places": drafted + 1,
        "rows": _rows(drafted, accepted),
        "heading": f"Tokens of a pass at an acceptance of {acceptance:g}: {mean:.2f} on average",
        "chances": [_chance(i + 1, share) for i, share in enumerate(shares)],
        "title": f"A pass of speculative decoding with {drafted} drafted tokens",
        "description": f"{drafted} tokens are drafted and verified in one pass; "
        f"{_said(drafted, accepted)}, so the pass gives {accepted + 1}. "
        f"At an acceptance of {acceptance:g} a pass gives {mean:.2f} tokens on average: "
        + ", ".join(f"{i + 1} in {_percent(share)}" for i, share in enumerate(shares))
        + ".",
    }
    parts = changed(
        drafted=(drafted, _DRAFTED),
        accepted=(accepted, _ACCEPTED),
        acceptance=(acceptance, _ACCEPTANCE),
    )
    stem = file_stem(_HEAD, name, *parts)
    return shown(facts, stem, "drafts", data, markup.escaped(caption) if caption else _caption())


def chances(drafted: int, acceptance: float) -> list[float]:
    """Of 1, 2, … tokens of a pass: the first rejection ends it, and without one a bonus follows."""
    ends = [acceptance**i * (1 - acceptance) for i in range(drafted)]
    return [*ends, acceptance**drafted]


def _caption() -> str:
    source = markup.linked(equations.accepted_tokens.source)
    return (
        "The token after the last accepted one is the target's own, so the output is what the "
        f"target alone would give. Formula: {source}; each token is taken to be accepted "
        "independently of the others."
    )


def _rows(drafted: int, accepted: int) -> list[dict[str, Any]]:
    all_hold = accepted == drafted
    judged: list[Token] = [["accepted", "yes"]] * accepted
    kept: list[Token] = [["accepted", f"d{i + 1}"] for i in range(accepted)]
    if not all_hold:
        judged = [*judged, ["rejected", "no"], *[["dropped", "–"]] * (drafted - accepted - 1)]
    return [
        {
            "name": "Draft",
            "note": _tokens(drafted),
            "tokens": [["drafted", f"d{i + 1}"] for i in range(drafted)],
        },
        {
            "name": "Target",
            "note": "one pass",
            "tokens": [*judged, ["own", "+1"]] if all_hold else judged,
        },
        {"name": "Kept", "note": _tokens(accepted + 1), "tokens": [*kept, ["own", "own"]]},
    ]


def _tokens(count: int) -> str:
    return f"{count} token{'' if count == 1 else 's'}"


def _said(drafted: int, accepted: int) -> str:
    if accepted == drafted:
        return "all are accepted and the target adds a bonus token"
    return f"{accepted} are accepted, the next is rejected and replaced by the target's own"


def _chance(tokens: int, share: float) -> dict[str, Any]:
    return {"name": _tokens(tokens), "share": share, "words": _percent(share)}


def _percent(share: float) -> str:
    return f"{share:.1%}".replace("%", " %")


def _check(drafted: int, accepted: int, acceptance: float) -> None:
    if not 1 <= drafted <= _MOST:
        raise UsageError(f"{_HEAD!r} shows 1 to {_MOST} drafted tokens, not {drafted}")
    if not 0 <= accepted <= drafted:
        raise UsageError(
            f"option 'accepted' of {_HEAD!r} must be from 0 to drafted={drafted}, not {accepted}"
        )
    if not 0 <= acceptance <= 1:
        raise UsageError(
            f"option 'acceptance' of {_HEAD!r} must be from 0 to 1, not {acceptance:g}"
        )
