"""A published number held against what the hardware allows, as a list of what it breaks."""

from __future__ import annotations

from benchpost.errors import UsageError
from benchpost.figures import markup
from benchpost.figures.types import Facts, Fragment
from benchpost.roofline.claims import Claim, Verdict, possible
from benchpost.roofline.units import convertible, parse_quantity

_HEAD = "verdict"


def verdict(
    facts: Facts,
    *,
    model: str,
    gpu: str = "",
    gpus: int = 1,
    dtype: str = "",
    batch: int = 0,
    tokens_per_second: float = 0.0,
    requests_per_second: float = 0.0,
    memory: str = "",
    kv_memory: str = "",
    out_of_memory: bool = False,
    draft: str = "",
    accuracy_loss: float = 0.0,
) -> Fragment:
    """What a claim of a number breaks: bandwidth, arithmetic, memory, or its own other numbers.

    Say what the claim says and leave the rest out: without `batch`, output tokens are of whatever
    batch. A claim that breaks nothing is not thereby true.
    """
    claim = Claim(
        model=model,
        gpu=gpu or None,
        gpus=gpus,
        dtype=dtype,
        batch=batch or 1,
        tokens_per_second=(tokens_per_second or None) if batch else None,
        tokens_per_second_at_any_batch=(tokens_per_second or None) if not batch else None,
        requests_per_second=requests_per_second or None,
        memory=_bytes("memory", memory),
        kv_memory=_bytes("kv_memory", kv_memory),
        out_of_memory=out_of_memory,
        draft=draft or None,
        accuracy_loss=accuracy_loss or None,
    )
    return _said(possible(claim))


def _said(found: Verdict) -> Fragment:
    if not found.told:
        return Fragment("- Nothing that we know of the hardware forbids it.")
    lines = [f"- {markup.escaped(why)}." for why in found.told]
    return Fragment("\n".join(lines))


def _bytes(option: str, written: str) -> float | None:
    if not written:
        return None
    found = parse_quantity(written)
    if not convertible(found.unit, "byte"):
        raise UsageError(f'option {option!r} of {_HEAD!r} is like "16 GB", not "{written}"')
    return found.value
