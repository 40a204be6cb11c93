"""Published rates and times held against bandwidth and arithmetic: what no chip can undercut."""

from __future__ import annotations

from collections.abc import Mapping

from benchpost.roofline import catalog, serving_equations
from benchpost.roofline.catalog import Chip
from benchpost.roofline.claimed import Breach, Claim
from benchpost.roofline.models import Model
from benchpost.roofline.predict import decode, prefill
from benchpost.roofline.types import Estimate
from benchpost.roofline.units import show
from benchpost.roofline.work import work

ROUNDING = 1.005
"""A claim is not broken by its own rounding."""
SHORTEST_REQUEST = 100.0
"""Tokens, in and out, below which a request is no ordinary one: stated where it decides."""
SHORTEST_OUTPUT = 10.0
"""Tokens out below which a request is unusual, and its length must be said."""


def _decode(claim: Claim, model: Model, chip: Chip) -> Breach | None:
    """Output tokens of `batch` sequences against bytes and FLOPs of their steps."""
    one = claim.tokens_per_second_of_one
    stated = claim.tokens_per_second if one is None else one * claim.batch
    if stated is None:
        return None
    made = _step_of(claim, model, chip)
    limit = made.bound * claim.gpus
    if stated <= limit * ROUNDING:
        return None
    why = (
        f"{stated:.4g} tok/s is {times(stated, limit)} times the bound of {limit:.4g} tok/s: "
        f"{_costs(claim, chip, made)}"
    )
    return Breach(_kind(_least(claim, chip, made)), stated, limit, "token/second", why)


def _step_of(claim: Claim, model: Model, chip: Chip) -> Estimate:
    return decode(
        gpu=chip,
        model=model,
        batch=claim.batch,
        context=claim.context,
        dtype=claim.weights,
        kv=claim.kv,
    )


def _costs(claim: Claim, chip: Chip, made: Estimate) -> str:
    """What a step takes at least, in words: the terms of its bound."""
    terms, cards = _least(claim, chip, made), f"{claim.gpus} × "
    if _kind(terms) == "compute":
        peak, flops = terms["peak"] / 1e12, terms["decode_flops"] / 1e12
        return f"a step of {claim.batch} takes {flops:.3g} TFLOP at {cards}{peak:.4g} TFLOPS"
    read = (terms["weight_bytes"] + terms["kv_bytes"]) / 1e9
    bandwidth = chip.bandwidth.value / 1e9
    least = "at least " if terms["weight_bytes"] < made.terms["weight_bytes"] else ""
    return f"a step of {claim.batch} reads {least}{read:.3g} GB at {cards}{bandwidth:.4g} GB/s"


def _least(claim: Claim, chip: Chip, made: Estimate) -> dict[str, float]:
    """The terms of a step that its bound is made of: one token's experts, the highest peak."""
    done = work(catalog.model(claim.model), claim.weights, claim.kv)
    peak = chip.bound_peak(claim.weights)
    return {**made.terms, "weight_bytes": float(done.least_weight_bytes), "peak": peak}


def _kind(terms: Mapping[str, float]) -> str:
    moving = (terms["weight_bytes"] + terms["kv_bytes"]) / terms["bandwidth"]
    return "bandwidth" if moving >= terms["decode_flops"] / terms["peak"] else "compute"


def _between(claim: Claim, model: Model, chip: Chip) -> Breach | None:
    """Seconds between two tokens against bytes and FLOPs of a step."""
    if claim.tpot is None:
        return None
    made = _step_of(claim, model, chip)
    limit = claim.batch / made.bound / claim.gpus
    if claim.tpot * ROUNDING >= limit:
        return None
    why = (
        f"{show(claim.tpot, 'second')} between tokens is below the bound of "
        f"{show(limit, 'second')}: {_costs(claim, chip, made)}"
    )
    return Breach(_kind(_least(claim, chip, made)), claim.tpot, limit, "second", why)


def _slope(claim: Claim, model: Model, chip: Chip) -> Breach | None:
    """Seconds that a token of context adds to a step against the bytes of its KV cache."""
    if claim.slope is None:
        return None
    # far beyond any window, where only layers that see everything still read more
    far = 1 << 20
    read = claim.batch * (model.kv_bytes(far + 1, claim.kv) - model.kv_bytes(far, claim.kv))
    limit = read / (claim.gpus * chip.bandwidth.value)
    if claim.slope * ROUNDING >= limit:
        return None
    why = (
        f"{show(claim.slope, 'second')} for each token of context is below the bound of "
        f"{show(limit, 'second')}: its KV cache is {read / 1024:.4g} KiB at {claim.gpus} × "
        f"{chip.bandwidth.value / 1e9:.4g} GB/s"
    )
    return Breach("bandwidth", claim.slope, limit, "second", why)


def _served(claim: Claim, model: Model, chip: Chip) -> Breach | None:
    """Output tokens a second at whatever batch against the FLOPs of a token."""
    stated = claim.tokens_per_second_at_any_batch
    if stated is None:
        return None
    done = work(model, claim.weights)
    flops = float(done.token_flops + done.head_flops)
    limit = claim.gpus * chip.bound_peak(claim.weights) / flops
    if stated <= limit * ROUNDING:
        return None
    why = (
        f"{stated:.4g} tok/s is {times(stated, limit)} times the bound of {limit:.4g} tok/s at any "
        f"batch: {flops / 1e9:.3g} GFLOP a token"
    )
    return Breach("compute", stated, limit, "token/second", why)


def _prefill(claim: Claim, model: Model, chip: Chip) -> Breach | None:
    """Prompt tokens a second against the FLOPs of a token."""
    if claim.prefill_per_second is None:
        return None
    flops = _prompt_flops(claim, model)
    limit = claim.gpus * chip.bound_peak(claim.weights) / flops
    if claim.prefill_per_second <= limit * ROUNDING:
        return None
    stated = claim.prefill_per_second
    why = (
        f"{stated:.4g} prompt tokens a second is {times(stated, limit)} times the bound of "
        f"{limit:.4g}: {flops / 1e9:.3g} GFLOP a token"
    )
    return Breach("compute", stated, limit, "token/second", why)


def _prompt_flops(claim: Claim, model: Model) -> float:
    """FLOPs of a prompt's token; those of its layers alone where no length is said."""
    done = work(model, claim.weights)
    if not claim.prompt:
        return float(done.token_flops)
    return float(done.prefill_flops(claim.prompt, claim.prompt)) / claim.prompt


def _requests(claim: Claim, model: Model, chip: Chip) -> Breach | None:
    """Requests a second against the tokens that all arithmetic allows each."""
    rate = claim.requests_per_second
    if rate is None:
        return None
    flops = float(work(model, claim.weights).token_flops)
    most = serving_equations.tokens_per_request_bound(
        peak=claim.gpus * chip.bound_peak(claim.weights), token_flops=flops, request_rate=rate
    )
    if most * ROUNDING >= (claim.tokens_per_request or SHORTEST_REQUEST):
        return None
    needed = claim.tokens_per_request or SHORTEST_REQUEST
    shortest = "" if claim.tokens_per_request else " of an ordinary request"
    why = (
        f"{rate:.4g} requests a second leave {most:.3g} tokens each, in and out, at the whole peak "
        f"of {claim.gpus} × {chip.name}: fewer than the {needed:.4g}{shortest}"
    )
    return Breach("tokens per request", rate, rate * most / needed, "request/second", why)


def outputs(claim: Claim) -> float | None:
    """Output tokens of a request, by the tokens and requests a second of a claim that has both."""
    tokens = claim.tokens_per_second or claim.tokens_per_second_at_any_batch
    if not claim.requests_per_second or tokens is None:
        return None
    return tokens / claim.requests_per_second


def _outputs(claim: Claim, model: Model, chip: Chip) -> Breach | None:
    """A request has an output token, and no more of them than tokens in all."""
    each = outputs(claim)
    if each is None:
        return None
    most = claim.tokens_per_request
    if each * ROUNDING < 1:
        limit, said = 1.0, "fewer than the one that every request ends with"
    elif most and each > most * ROUNDING:
        limit, said = most, f"more than the {most:.4g} in and out that it is said to have"
    else:
        return None
    why = f"its tokens and requests a second are {each:.3g} output tokens a request, {said}"
    return Breach("consistency", each, limit, "token/request", why)


def _first_token(claim: Claim, model: Model, chip: Chip) -> Breach | None:
    """A time to first token against the arithmetic of the prompt that is not cached."""
    if claim.ttft is None:
        return None
    prompt = claim.prompt or 1
    made = prefill(gpu=chip, model=model, prompt=prompt, cached=claim.cached, dtype=claim.weights)
    limit = made.bound / claim.gpus
    if claim.ttft * ROUNDING >= limit:
        return None
    beyond = f" of which {claim.cached} are cached" if claim.cached else ", none of them cached,"
    why = (
        f"{claim.ttft * 1e3:.4g} ms is below the {limit * 1e3:.4g} ms that a prompt of "
        f"{prompt} tokens{beyond} takes at the whole peak"
    )
    return Breach("compute", claim.ttft, limit, "second", why)


def times(stated: float, limit: float) -> str:
    """How far beyond a limit, with two significant digits; three where it is hardly beyond."""
    factor = stated / limit
    return show(float(f"{factor:.2g}")) if factor >= 1.1 else f"{factor:.2f}"


RATES = (_decode, _between, _slope, _served, _prefill, _requests, _outputs, _first_token)
"""Checks of rates and times; each needs the chip."""


def beaten(chip: Chip, value: float, unit: str, gpus: int = 1, dtype: str = "") -> Breach | None:
    """Whether so many FLOP/s or bytes a second are beyond `gpus` of `chip`; other units never are.

    Without a `dtype`, the highest of all its peaks decides.
    """
    if unit == "byte/second":
        kind, each = "bandwidth", chip.bandwidth.value
    elif unit == "flop/second":
        kind, each = "compute", _highest(chip, dtype)
    else:
        return None
    limit = gpus * each
    if value <= limit * ROUNDING:
        return None
    named = f"{chip.name} in {dtype}" if dtype and kind == "compute" else chip.name
    why = (
        f"{show(value, unit, 4)} is {times(value, limit)} times the {show(limit, unit, 4)} "
        f"that the datasheet gives {gpus} × {named}"
    )
    return Breach(kind, value, limit, unit, why)


def _highest(chip: Chip, dtype: str) -> float:
    if dtype:
        return chip.bound_peak(dtype)
    return max(known.value for known in (*chip.peaks.values(), *chip.measured_peaks.values()))
