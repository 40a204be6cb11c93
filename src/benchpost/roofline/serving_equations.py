"""Equations of serving: continuous batching, speculation, prefix reuse, and of a claim's bounds."""

from __future__ import annotations

from benchpost.roofline.language import equation, floor, power
from benchpost.roofline.terms import (
    Bytes,
    BytesPerSecond,
    Flops,
    FlopsPerSecond,
    FlopsPerToken,
    Number,
    RequestsPerSecond,
    Seconds,
    Tokens,
    TokensPerRequest,
)

BATCHING = "steady state of continuous batching: each request brings its prompt once per output"
LEVIATHAN = "Leviathan, Kalman & Matias 2023, arXiv:2211.17192"
VERIFY = "Leviathan et al. 2023, arXiv:2211.17192, with the cost of verifying more tokens at once"


@equation(source=BATCHING)
def step_tokens(concurrency: Number, prompt: Tokens, output: Tokens) -> Tokens:
    """One token of each running sequence, and their prompts spread over their outputs."""
    return concurrency + concurrency * prompt / output


@equation(source=BATCHING)
def mean_context(prompt: Tokens, output: Tokens) -> Tokens:
    """Tokens that a running sequence attends to, on average over its life."""
    return prompt + output / 2


@equation(source="what does not overlap is the smaller part's share; fitted shares named beside")
def serving_step_time(
    step_flops: Flops,
    weight_bytes: Bytes,
    kv_bytes: Bytes,
    peak: FlopsPerSecond,
    bandwidth: BytesPerSecond,
    compute_share: Number,
    efficiency: Number,
    overlap_loss: Number,
    layers: Number,
    layer_time: Seconds,
    exchange_time: Seconds,
    host_time: Seconds,
) -> Seconds:
    """The slower of arithmetic and traffic, a part of the other, and fixed costs."""
    return (
        max(
            step_flops / (compute_share * peak),
            (weight_bytes + kv_bytes) / (efficiency * bandwidth),
        )
        + overlap_loss
        * min(
            step_flops / (compute_share * peak),
            (weight_bytes + kv_bytes) / (efficiency * bandwidth),
        )
        + layers * layer_time
        + exchange_time
        + host_time
    )


@equation(source=LEVIATHAN)
def accepted_tokens(acceptance: Number, drafted: Number) -> Number:
    """Tokens that a pass of the target yields: the accepted ones and one of its own."""
    return (
        (1 - power(acceptance, drafted + 1)) / (1 - acceptance) if acceptance < 1 else drafted + 1
    )


@equation(source=VERIFY)
def speculation_speedup(
    accepted_tokens: Number, drafted: Number, draft_cost: Number, verify_cost: Number
) -> Number:
    """Against plain decoding; costs are of one drafted token, in passes of the target."""
    return accepted_tokens / (1 + drafted * (draft_cost + verify_cost))


@equation(source="vLLM: only whole blocks are shared")
def cached_tokens(prefix: Tokens, block_tokens: Tokens) -> Tokens:
    """Tokens of a shared prefix that a hit skips."""
    return floor(prefix / block_tokens) * block_tokens


@equation(source="arithmetic")
def time_saved(cold_time: Seconds, warm_time: Seconds) -> Number:
    """Share of the time to the first token that a hit saves."""
    return (cold_time - warm_time) / cold_time


@equation(source="each token of a request, in or out, costs at least its FLOPs")
def tokens_per_request_bound(
    peak: FlopsPerSecond, token_flops: FlopsPerToken, request_rate: RequestsPerSecond
) -> TokensPerRequest:
    """The most tokens, in and out, that a request can have at a rate of requests."""
    return peak / token_flops / request_rate


SERVING_EQUATIONS = (
    step_tokens,
    mean_context,
    serving_step_time,
    accepted_tokens,
    speculation_speedup,
    cached_tokens,
    time_saved,
    tokens_per_request_bound,
)
"""In the order in which they are read."""
