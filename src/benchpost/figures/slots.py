"""How the slots of a KV cache are used: reserved for each request, or paged; by block size."""

from __future__ import annotations

from typing import Literal

from benchpost.errors import UsageError
from benchpost.figures import markup
from benchpost.figures.axis import linear, logarithmic
from benchpost.figures.names import changed, file_stem
from benchpost.figures.quoted import citations
from benchpost.figures.shown import shown
from benchpost.figures.sweep import csv, powers
from benchpost.figures.traced import Chart, Trace, charted, rounded
from benchpost.figures.types import Facts, Fragment
from benchpost.serving.allocation import PARTS, SCHEMES, Shares, shares, token_share
from benchpost.serving.crosscheck import PAPER, PAPER_DATE, WASTE, Row, kept_shares, waste
from benchpost.serving.lengths import lengths
from benchpost.serving.pairs import OPT_SLOTS, OUTPUT, PROMPT

REQUESTS = 400
"""Requests of a simulation in a figure; more change the shares by a hundredth at most."""
_NAMES = {
    "max": "One piece, longest length",
    "pow2": "One piece, next power of two",
    "oracle": "One piece, length known",
    "paged": "Paged",
}
_SAID = {
    "token": "holds a token",
    "reserved": "reserved for its output",
    "internal": "internal fragmentation",
    "external": "external, free",
}
_LARGEST_BLOCK = 512


def chart_kv_waste(
    facts: Facts,
    *,
    by: Literal["scheme", "block"] = "scheme",
    prompt: str = PROMPT,
    output: str = OUTPUT,
    slots: int = OPT_SLOTS,
    reserve: int = 2048,
    block: int = 16,
    name: str = "",
    caption: str = "",
) -> Fragment:
    """How the slots of a KV cache are used, `by` scheme of allocation; or waste `by` block size.

    `slots` tokens fit into the cache, `reserve` is the longest sequence. The defaults are the
    setting of the PagedAttention paper: OPT-13B on an A100 with 40 GB, lengths of ShareGPT.
    """
    head = "chart kv-waste"
    sizes = {"reserve": (reserve, 2048), "block": (block, 16)}
    options = changed(
        by=(by, "scheme"),
        prompt=(prompt, PROMPT),
        output=(output, OUTPUT),
        slots=(slots, OPT_SLOTS),
        **sizes,
    )
    stem = file_stem(head, name, *options)
    if by == "block":
        return _by_block(facts, stem, prompt, output, reserve, caption)
    made = [_shares(scheme, prompt, output, slots, reserve, block) for scheme in SCHEMES]
    data = {
        "legend": [{"words": _SAID[part], "style": i} for i, part in enumerate(PARTS)],
        "rows": [_row(one, block) for one in made],
        "title": "How the slots of a KV cache are used, by allocation",
        "description": "; ".join(_said(one, block) for one in made),
    }
    note = _note(caption, prompt, output, slots, reserve)
    return shown(facts, stem, "portions", data, note, _csv(made))


def table_kv_waste(
    facts: Facts,
    *,
    prompt: str = PROMPT,
    output: str = OUTPUT,
    slots: int = OPT_SLOTS,
    reserve: int = 2048,
    block: int = 16,
    caption: str = "",
) -> Fragment:
    """How the slots of a KV cache are used under four schemes, beside what the paper published.

    Published shares stand only where the setting is the paper's.
    """
    made = [_shares(scheme, prompt, output, slots, reserve, block) for scheme in SCHEMES]
    theirs = _is_papers(prompt, output, slots, reserve, block)
    head = ["Allocation", "Holds a token", "Reserved", "Internal", "External", "At once"]
    rows = [_cells(one, block) for one in made]
    if theirs:
        head.insert(2, "published")
        for row, one in zip(rows, made, strict=True):
            row.insert(2, _percent(WASTE[one.scheme][0]))
    table = markup.table(head, rows, "l" + "r" * (len(head) - 1))
    note = _note(caption, prompt, output, slots, reserve)
    if theirs:
        note += f" {_off()} Published: {citations([(PAPER, PAPER_DATE)])}."
    return Fragment(markup.captioned(table, note))


def _off() -> str:
    """How far the simulated shares are from the published ones, the worst of them named."""
    rows = [row for row in waste() if row.theirs]
    tokens = [row for row in rows if row.what == "slots: token"]
    worst, held = (max(some, key=lambda row: abs(row.error)) for some in (rows, tokens))
    part = worst.what.removeprefix("slots: ")
    return f"Furthest from the paper: {part}, {_beside(worst)}; with a token, {_beside(held)}."


def _beside(row: Row) -> str:
    scheme = row.setting.rpartition(", ")[2]
    return f"“{_NAMES[scheme]}” {_percent(row.ours)} for its {_percent(row.theirs)}"


def _shares(scheme: str, prompt: str, output: str, slots: int, reserve: int, block: int) -> Shares:
    if _is_papers(prompt, output, slots, reserve, block):
        return kept_shares(scheme)
    return shares(
        scheme=scheme,
        prompt=prompt,
        output=output,
        slots=slots,
        reserve=reserve,
        block=block,
        requests=REQUESTS,
    )


def _is_papers(prompt: str, output: str, slots: int, reserve: int, block: int) -> bool:
    asked = (prompt, output, slots, reserve, block)
    return asked == (PROMPT, OUTPUT, OPT_SLOTS, 2048, 16)


def _name(scheme: str, block: int) -> str:
    return f"{_NAMES[scheme]}, blocks of {block}" if scheme == "paged" else _NAMES[scheme]


def _row(one: Shares, block: int) -> dict[str, object]:
    return {
        "name": _name(one.scheme, block),
        "words": f"{one.running:.0f} requests at once",
        "parts": [
            {"share": rounded(share), "words": _percent(share), "style": style}
            for style, share in enumerate(one.parts())
        ],
    }


def _said(one: Shares, block: int) -> str:
    parts = zip(PARTS, one.parts(), strict=True)
    said = ", ".join(f"{_SAID[part]} {_percent(share)}" for part, share in parts if share >= 0.0005)
    return f"{_name(one.scheme, block)}: {said}; {one.running:.0f} requests at once"


def _cells(one: Shares, block: int) -> list[str]:
    parts = [_percent(share) for share in one.parts()]
    return [_name(one.scheme, block), *parts, f"{one.running:.0f}"]


def _csv(made: list[Shares]) -> bytes:
    head = ["scheme", *(f"{_SAID[part]}, share of slots" for part in PARTS), "requests at once"]
    rows: list[list[str | float]] = [
        [one.scheme, *map(rounded, one.parts()), rounded(one.running)] for one in made
    ]
    return csv(head, rows)


def _by_block(
    facts: Facts, stem: str, prompt: str, output: str, reserve: int, caption: str
) -> Fragment:
    blocks = [int(x) for x in powers(1, _LARGEST_BLOCK)]
    if reserve < 2:
        raise UsageError(f"option 'reserve' of 'chart kv-waste' must be at least 2, not {reserve}")
    wasted = tuple(
        (
            float(block),
            100
            - 100
            * token_share(
                scheme="paged", prompt=prompt, output=output, reserve=reserve, block=block
            ),
        )
        for block in blocks
    )
    chart = Chart(
        "Waste of a paged KV cache against the size of a block",
        logarithmic("tokens of a block", 1, _LARGEST_BLOCK, base=2.0),
        linear("slots of a request's blocks without a token, %", [y for _, y in wasted]),
        (Trace("paged", wasted, 0, marks=True),),
        lambda x: f"blocks of {x:.0f}",
        lambda y: f"{y:.2g} %",
    )
    own = caption or (
        "Only the last block of a request has empty slots: on average half a block, less half a "
        f"token. Lengths: {_lengths(prompt, output)}."
    )
    note = f"{markup.escaped(own)} Closed form, not measured."
    return charted(facts, stem, chart, note, "tokens of a block", "%")


def _lengths(prompt: str, output: str) -> str:
    into, out = lengths(prompt), lengths(output)
    same = (prompt, output) == (PROMPT, OUTPUT)
    paper = PAPER.partition(", figure")[0]
    from_paper = f"; means of ShareGPT: {paper}, figure 11; that they are geometric is assumed"
    return (
        f"{into.name} tokens in (mean {into.mean:.0f}) and {out.name} out (mean {out.mean:.0f})"
        + (from_paper if same else "")
    )


def _note(caption: str, prompt: str, output: str, slots: int, reserve: int) -> str:
    own = f"{caption} " if caption else ""
    setting = (
        f"{own}{slots:,} slots of one token each, always a queue, {reserve:,} tokens at most. "
        f"Lengths: {_lengths(prompt, output)}."
    )
    return f"{markup.escaped(setting)} Simulated, seed 0: average over the steps."


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
