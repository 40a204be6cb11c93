"""A published number held against what the hardware allows, as a list of what it breaks."""

from __future__ import annotations

from benchpost.errors import UsageError
from benchpost.figures import markup
from benchpost.figures.types import Facts, Fragment
from benchpost.roofline.claims import Claim, possible
from benchpost.roofline.units import convertible, parse_quantity

_HEAD = "verdict"


def verdict(
    facts: Facts,
    *,
    model: str,
    gpu: str = "",
    gpus: int = 1,
    dtype: str = "bf16",
    batch: int = 1,
    context: int = 0,
    prompt: int = 1,
    tokens_per_second: float = 0.0,
    requests_per_second: float = 0.0,
    tokens_per_request: float = 0.0,
    ttft: str = "",
    memory: str = "",
    kv_memory: str = "",
    kv_tokens: int = 0,
    out_of_memory: bool = False,
    draft: str = "",
    accuracy_loss: float = 0.0,
) -> Fragment:
    """What a claim of a number breaks: bandwidth, arithmetic, memory, or its own other numbers.

    Say what the claim says and leave the rest out. A claim that breaks nothing is not thereby true.
    """
    found = possible(
        Claim(
            model=model,
            gpu=gpu or None,
            gpus=gpus,
            dtype=dtype,
            batch=batch,
            context=context,
            prompt=prompt,
            tokens_per_second=tokens_per_second or None,
            requests_per_second=requests_per_second or None,
            tokens_per_request=tokens_per_request or None,
            ttft=_amount("ttft", ttft, "second"),
            memory=_amount("memory", memory, "byte"),
            kv_memory=_amount("kv_memory", kv_memory, "byte"),
            kv_tokens=kv_tokens or None,
            out_of_memory=out_of_memory,
            draft=draft or None,
            accuracy_loss=accuracy_loss or None,
        )
    )
    if found.possible:
        return Fragment("- Nothing that we know of the hardware forbids it.")
    lines = [f"- {markup.escaped(breach.why)}." for breach in found.breaches]
    return Fragment("\n".join(lines))


def _amount(option: str, written: str, unit: str) -> float | None:
    if not written:
        return None
    found = parse_quantity(written)
    if not convertible(found.unit, unit):
        example = {"second": "120 ms", "byte": "16 GB"}[unit]
        raise UsageError(f'option {option!r} of {_HEAD!r} is like "{example}", not "{written}"')
    return found.value
