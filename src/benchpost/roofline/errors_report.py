"""The tables of `scripts/errors.py` as Markdown: how wrong the model is, regenerated from rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from benchpost.roofline import bands, errors_serving, fitting_prefill, scoring
from benchpost.roofline.bands import Measured
from benchpost.roofline.errors_table import (
    Errors,
    beaten,
    by,
    decode_cases,
    errors,
    ladder,
    prefill_ratios,
)
from benchpost.roofline.fitting import Constants, fit, ratios_left_out
from benchpost.roofline.scores import FILES, Kept


def tables(kept: Kept | None = None) -> str:
    """Everything as Markdown; scores that are not `kept` are made now."""
    cases = decode_cases()
    left_out = ratios_left_out(cases)
    groups = (
        ("Ladder, batch-1 decode", ladder(kept or scoring.made()[FILES["decode"]])),
        ("By engine, GPU left out", by(left_out, lambda row: row.engine)),
        ("By GPU, left out", by(left_out, lambda row: row.gpu)),
        ("By format, GPU left out", by(left_out, lambda row: row.format)),
        ("Prefill of llama.cpp", _prefill_errors()),
    )
    under_load = errors_serving.judged(errors_serving.usable())
    parts = [f"Constants: {_constants(fit(cases))}", *(_errors(*group) for group in groups)]
    parts.append(f"Constants of servers: {_server_constants()}")
    parts += [_errors(*group) for group in errors_serving.groups(under_load)]
    parts.append(_bands(bands.MEASURED))
    parts.append(
        f"Bounds beaten by rows that are not flagged: {len(beaten(cases))} of {len(cases)}"
    )
    return "\n\n".join(parts) + "\n"


def _prefill_errors() -> list[Errors]:
    left_out = fitting_prefill.ratios_left_out(fitting_prefill.prefills())
    return [
        errors("all", (ratio for *_, ratio in prefill_ratios())),
        errors("the same, GPU left out", (ratio for _, ratio in left_out)),
    ]


def _constants(found: Constants) -> str:
    times = ", ".join(
        f"{key} {value * 1e6:.0f} µs" for key, value in sorted(found.layer_times.items())
    )
    return (
        f"{found.efficiency:.2f} of the bandwidth; a layer: {times}; "
        f"{found.compiled:.2f} of that for compiled engines"
    )


def _server_constants() -> str:
    rows = [row for row in errors_serving.usable() if row.gpu == errors_serving.FITTED]
    found = errors_serving.fit(rows)
    return (
        f"{found['compute_share']:.2f} of the peak; a layer {found['layer_time'] * 1e6:.0f} µs; "
        f"{found['overlap_loss']:.1f} of the shorter not hidden; waiting for "
        f"{errors_serving.fit_waiting(rows):.2f} of the other prompts"
    )


def _errors(title: str, found: Iterable[Errors]) -> str:
    lines = [
        f"| {title} | rows | mean | median | bias | 90 % below |",
        "|---|---:|---:|---:|---:|---:|",
        *(
            f"| {each.name} | {each.rows} | {each.mean:.1%} | {each.median:.1%} | {each.bias:+.1%} "
            f"| {each.ninety:.0%} |"
            for each in found
        ),
    ]
    return "\n".join(lines)


def _bands(found: Mapping[str, Measured]) -> str:
    lines = [
        "| Band, measured over predicted | rows | low | high | inside | without the GPU | worst |",
        "|---|---:|---:|---:|---:|---:|---|",
        *(
            f"| {name} | {each.rows} | {each.low:.2f} | {each.high:.2f} | {each.inside:.0%} "
            f"| {each.nested:.0%} | {each.worst:.0%}, {each.worst_gpu} |"
            for name, each in found.items()
        ),
    ]
    return "\n".join(lines)
