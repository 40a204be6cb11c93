"""Is a published number possible? Held against bandwidth, arithmetic, memory, and tokens a request.

A verdict says which bound a claim breaks and by how much. It never says that a claim is true: only
what the hardware forbids, and what the claim's own numbers contradict.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from benchpost.errors import UsageError, near
from benchpost.roofline import catalog
from benchpost.roofline.catalog import Chip
from benchpost.roofline.claimed import Breach as Breach
from benchpost.roofline.claimed import Claim as Claim
from benchpost.roofline.claimed import Verdict as Verdict
from benchpost.roofline.models import Model
from benchpost.roofline.rates import RATES, ROUNDING

LOSSLESS = "exact rejection sampling keeps the distribution of the target: Leviathan et al. 2023"
ENGINE_SHARE = 0.9
"""Share of the memory that a serving engine reserves unless told otherwise."""


def possible(claim: Claim | None = None, **said: Any) -> Verdict:
    """Hold a claim against every bound that its numbers touch.

    It is a `Claim`, or the fields of one by name. Raises UsageError for an unknown name, or a claim
    without any number to judge.
    """
    claim = _claimed(said) if claim is None else claim
    model = catalog.model(claim.model)
    chip = catalog.chip(claim.gpu) if claim.gpu else None
    if chip is None and _needs_chip(claim):
        raise UsageError(f"a claim of a rate or a time of {claim.model} needs its gpu")
    found = [check(claim, model, chip) for check in (_kv, _draft, _lossless)]
    if chip is not None:
        found += [check(claim, model, chip) for check in CHECKS]
    if not any(_given(claim)):
        raise UsageError(f"the claim of {claim.model} has no number to judge")
    return Verdict(tuple(breach for breach in found if breach), _unsaid(claim, model, chip))


def _claimed(said: Mapping[str, Any]) -> Claim:
    known = [each.name for each in fields(Claim)]
    for name in said:
        if name not in known:
            hint = near(name, known) or f"; its fields are {', '.join(known)}"
            raise UsageError(f"a claim has no {name!r}{hint}")
    if "model" not in said:
        raise UsageError("a claim needs its model")
    return Claim(**said)


def _given(claim: Claim) -> tuple[bool, ...]:
    stated = (claim.kv_memory, claim.memory, claim.draft, claim.accuracy_loss)
    return (*(value is not None for value in (*_rates(claim), *stated)), claim.out_of_memory)


def _needs_chip(claim: Claim) -> bool:
    return claim.out_of_memory or any(value is not None for value in _rates(claim))


def _rates(claim: Claim) -> tuple[float | None, ...]:
    return (
        claim.tokens_per_second,
        claim.tokens_per_second_of_one,
        claim.tokens_per_second_at_any_batch,
        claim.tpot,
        claim.slope,
        claim.prefill_per_second,
        claim.requests_per_second,
        claim.ttft,
    )


def _memory(claim: Claim, model: Model, chip: Chip) -> Breach | None:
    """What is said to be used in all must hold the weights and the KV cache."""
    if claim.memory is None or claim.out_of_memory:
        return None
    least = model.weight_bytes(claim.weights) + claim.batch * model.kv_bytes(
        claim.context, claim.kv
    )
    all_there_is = claim.gpus * chip.most_memory
    if claim.memory > all_there_is * ROUNDING:
        why = f"{claim.memory / 1e9:.4g} GB is more than {_there(claim, chip)}"
        return Breach("memory", claim.memory, all_there_is, "byte", why)
    if claim.memory * ROUNDING >= least + _served(claim):
        return None
    weights = model.weight_bytes(claim.weights)
    held = f"{weights / 1e9:.4g} GB of weights"
    if claim.memory < weights:
        why = f"{held} do not fit into {claim.memory / 1e9:.4g} GB"
    else:
        beside = max(0.0, claim.memory - least) / 1e9
        why = f"{claim.memory / 1e9:.4g} GB holds {held} and no more than {beside:.2g} GB beside"
    return Breach("memory", claim.memory, least + _served(claim), "byte", why)


def _there(claim: Claim, chip: Chip) -> str:
    """All memory of the claim, in words: a datasheet's GB may be GiB."""
    most = claim.gpus * chip.most_memory / 1e9
    each = f"{chip.memory.value / 1e9:.4g}"
    return (
        f"the {most:.3g} GB that {claim.gpus} × {chip.name} may report ({each} GB read as {each} "
        "GiB)"
    )


FEWEST_BITS = "int4"
"""The smallest format that weights are taken to have where a claim names none."""


def _weights(claim: Claim, model: Model, chip: Chip) -> Breach | None:
    """Weights that are read at each step must fit: in the format said, else in four bits each."""
    if claim.out_of_memory or claim.memory is not None:
        return None
    held, there = model.weight_bytes(claim.dtype or FEWEST_BITS), claim.gpus * chip.most_memory
    if held <= there * ROUNDING:
        return None
    form = claim.dtype or "even four bits each"
    why = f"{held / 1e9:.3g} GB of weights in {form} do not fit into {_there(claim, chip)}"
    return Breach("memory", held, there, "byte", why)


def _unsaid(claim: Claim, model: Model, chip: Chip | None) -> tuple[str, ...]:
    """What would have to be said before the claim can be judged."""
    asked = (_tokens_unsaid(claim, model), chip and _format_unsaid(claim, model, chip))
    return tuple(sentence for sentence in asked if sentence)


def _tokens_unsaid(claim: Claim, model: Model) -> str:
    """A size of KV cache means nothing without its tokens."""
    if claim.kv_memory is None or claim.kv_tokens is not None:
        return ""
    each = model.kv_bytes_per_token(claim.kv)
    return (
        f"{claim.kv_memory / 1e9:.4g} GB of KV cache would be {claim.kv_memory / each:,.0f} tokens "
        f"at {each / 1024:.4g} KiB each; the size can be judged once its tokens are said"
    )


def _format_unsaid(claim: Claim, model: Model, chip: Chip) -> str:
    """Weights that do not fit in bf16 are in another format, or on more GPUs."""
    if claim.dtype or claim.out_of_memory or claim.memory is not None:
        return ""
    held, least = model.weight_bytes(claim.weights), model.weight_bytes(FEWEST_BITS)
    there = claim.gpus * chip.most_memory * ROUNDING
    if not least <= there < held:
        return ""
    return (
        f"{held / 1e9:.3g} GB of weights in bf16 do not fit into {_there(claim, chip)}, and no "
        "other format is said; say dtype or gpus"
    )


def _served(claim: Claim) -> float:
    """The least KV cache of what is served: one block of 16 tokens for each request a second."""
    if claim.requests_per_second is None:
        return 0.0
    return claim.requests_per_second * 16 * catalog.model(claim.model).kv_bytes_per_token(claim.kv)


def _fits(claim: Claim, model: Model, chip: Chip) -> Breach | None:
    """What is said to be out of memory may fit after all."""
    if not claim.out_of_memory:
        return None
    needed = model.weight_bytes(claim.weights) + (claim.kv_memory or 0.0)
    there = claim.gpus * chip.memory.value
    if needed > there:
        return None
    why = (
        f"{needed / 1e9:.4g} GB of weights and KV cache fit into {claim.gpus} × "
        f"{chip.memory.value / 1e9:.4g} GB: not out of memory"
    )
    return Breach("memory", needed, there, "byte", why)


def _kv(claim: Claim, model: Model, chip: Chip | None) -> Breach | None:
    """A size of KV cache must be the bytes of its tokens."""
    if claim.kv_memory is None or claim.kv_tokens is None:
        return None
    due = claim.kv_tokens * model.kv_bytes(1e6, claim.kv) / 1e6
    if abs(claim.kv_memory / due - 1) < 0.02:
        return None
    why = f"{claim.kv_tokens:,.0f} tokens take {due / 1e9:.4g} GB, not {claim.kv_memory / 1e9:.4g}"
    return Breach("consistency", claim.kv_memory, due, "byte", why)


def _draft(claim: Claim, model: Model, chip: Chip | None) -> Breach | None:
    """A draft must speak the tokens of its target."""
    if claim.draft is None:
        return None
    small = catalog.model(claim.draft)
    # vocabularies of one family are padded to different sizes
    if abs(small.vocab - model.vocab) <= 0.01 * model.vocab:
        return None
    why = (
        f"{small.name} has {small.vocab:,} tokens and {model.name} {model.vocab:,}: what one "
        "drafts the other cannot read"
    )
    return Breach("vocabulary", small.vocab, model.vocab, "1", why)


def _lossless(claim: Claim, model: Model, chip: Chip | None) -> Breach | None:
    """Speculation with exact sampling costs no accuracy."""
    if not claim.accuracy_loss:
        return None
    why = f"a loss of {claim.accuracy_loss:.1%} is not of speculation: {LOSSLESS}"
    return Breach("consistency", claim.accuracy_loss, 0.0, "1", why)


CHECKS = (*RATES, _weights, _memory, _fits)
"""Checks that need the chip."""


def ratio_of(before: float, after: float, said: float, tolerance: float = 0.1) -> Breach | None:
    """Whether a stated factor follows from the two numbers it is said to come from."""
    due = after / before
    if abs(said / due - 1) <= tolerance:
        return None
    why = f"{before:g} to {after:g} is a factor of {due:.2g}, not {said:g}"
    return Breach("consistency", said, due, "1", why)
