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
from benchpost.roofline.predict import decode
from benchpost.roofline.rates import RATES, ROUNDING, SHORTEST_OUTPUT, outputs

LOSSLESS = "exact rejection sampling keeps the distribution of the target: Leviathan et al. 2023"


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
    found = [check(claim, model, chip) for check in (_kv, _draft, _lossless, _improved)]
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
    stated = (
        claim.kv_memory,
        claim.memory,
        claim.draft,
        claim.accuracy_loss,
        claim.improvement,
    )
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
    least += _served(claim, model, chip)
    if claim.memory * ROUNDING >= least:
        return None
    weights = model.weight_bytes(claim.weights)
    held, cache = f"{weights / 1e9:.4g} GB of weights", f"{(least - weights) / 1e9:.2g} GB"
    if claim.memory < weights:
        why = f"{held} and at least {cache} of KV cache do not fit into {claim.memory / 1e9:.4g} GB"
    else:
        why = (
            f"{claim.memory / 1e9:.4g} GB holds {held} and no more than "
            f"{_beside(claim, model) / 1e9:.2g} GB beside, of the {cache} that its KV cache takes"
        )
    return Breach("memory", claim.memory, least, "byte", why)


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
    asked = (
        _tokens_unsaid(claim, model),
        _outputs_unsaid(claim),
        _latency_unsaid(claim, model),
        chip and _format_unsaid(claim, model, chip),
    )
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


def _outputs_unsaid(claim: Claim) -> str:
    """So few tokens out of each request are of no ordinary run, such as a classification."""
    each = outputs(claim)
    if each is None or claim.tokens_per_request or not 1 <= each < SHORTEST_OUTPUT:
        return ""
    return (
        f"{each:.3g} output tokens a request, by its requests and tokens a second, are unusual: "
        "either the two numbers are not of one run, or its outputs were that short; say tokens"
    )


def _latency_unsaid(claim: Claim, model: Model) -> str:
    """Memory of nothing but weights serves only requests that are gone at once."""
    if claim.memory is None or claim.requests_per_second is None or claim.latency:
        return ""
    left = _beside(claim, model)
    if not left:
        return (
            f"{claim.memory / 1e9:.4g} GB are the weights alone: nothing is left for the KV cache "
            f"of {claim.requests_per_second:.4g} requests a second"
        )
    longest = left / (claim.requests_per_second * _block_bytes(claim, model))
    if longest > SHORTEST_LATENCY:
        return ""
    return (
        f"{claim.memory / 1e9:.4g} GB leave {left / 1e9:.2g} GB beside the weights: a block of KV "
        f"cache for each of {claim.requests_per_second:.4g} requests a second, if none stays for "
        f"more than {longest * 1e3:.3g} ms"
    )


SHORTEST_LATENCY = 0.1
"""Seconds below which hardly a request is answered in full."""
BLOCK_TOKENS = 16
"""Tokens of the smallest piece of a KV cache."""


def _beside(claim: Claim, model: Model) -> float:
    return max(0.0, (claim.memory or 0.0) - model.weight_bytes(claim.weights))


def _block_bytes(claim: Claim, model: Model) -> float:
    return float(model.kv_bytes(BLOCK_TOKENS, claim.kv))


def _served(claim: Claim, model: Model, chip: Chip) -> float:
    """The least KV cache of what is served: one block for each request that is there at once.

    By Little's law these are requests a second times the seconds that each stays: those that the
    claim says, at least those of one step that reads one token's weights.
    """
    if claim.requests_per_second is None:
        return 0.0
    step = 1 / decode(gpu=chip, model=model, dtype=claim.weights, kv=claim.kv).bound / claim.gpus
    at_once = claim.requests_per_second * max(step, claim.latency or 0.0)
    return at_once * _block_bytes(claim, model)


def _fits(claim: Claim, model: Model, chip: Chip) -> Breach | None:
    """What is said to be out of memory may fit after all."""
    if not claim.out_of_memory:
        return None
    cache = max(claim.kv_memory or 0.0, claim.batch * model.kv_bytes(claim.context, claim.kv))
    needed = model.weight_bytes(claim.weights) + cache
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
    # of so many sequences of equal length: windows cut each off
    due = claim.batch * model.kv_bytes(claim.kv_tokens / claim.batch, claim.kv)
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


def _improved(claim: Claim, model: Model, chip: Chip | None) -> Breach | None:
    """A stated factor must follow from the two numbers that it is said to come from."""
    if claim.improvement is None:
        return None
    if not claim.before or not claim.after:
        raise UsageError("an improvement needs what is before and after it")
    due = claim.after / claim.before
    if abs(claim.improvement / due - 1) <= FACTOR_ROUNDING:
        return None
    why = f"{claim.before:g} to {claim.after:g} is a factor of {due:.2g}, not {claim.improvement:g}"
    return Breach("consistency", claim.improvement, due, "1", why)


FACTOR_ROUNDING = 0.1
"""How far a stated factor may be from its two numbers: factors are rounded freely."""

CHECKS = (*RATES, _weights, _memory, _fits)
"""Checks that need the chip."""
