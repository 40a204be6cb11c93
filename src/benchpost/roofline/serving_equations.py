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
    PerToken,
    RequestsPerSecond,
    Seconds,
    Tokens,
    TokensPerRequest,
)

BATCHING = "steady state of continuous batching: each request brings its prompt once per output"
LEVIATHAN = "Leviathan, Kalman & Matias 2023, arXiv:2211.17192"
VERIFY = "Leviathan et al. 2023, arXiv:2211.17192, with the cost of verifying more tokens at once"


@equation(source=BATCHING)
def prompts_per_step(concurrency: Number, output: Tokens) -> PerToken:
    """Prompts of the other requests that a step takes on; its own comes before its first token."""
    return max(concurrency - 1, 0) / output


@equation(source=BATCHING)
def mean_context(prompt: Tokens, output: Tokens) -> Tokens:
    """Tokens that a running sequence attends to, on average over its life."""
    return prompt + output / 2


@equation(source="decoding at its slower resource; prompts come in steps of their own")
def serving_step_time(
    decode_flops: Flops,
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
    prompts_per_step: PerToken,
    prompt_time: Seconds,
) -> Seconds:
    """The slower of arithmetic and traffic, a part of the other, fixed costs, others' prompts."""
    return (
        max(
            decode_flops / (compute_share * peak),
            (weight_bytes + kv_bytes) / (efficiency * bandwidth),
        )
        + overlap_loss
        * min(
            decode_flops / (compute_share * peak),
            (weight_bytes + kv_bytes) / (efficiency * bandwidth),
        )
        + layers * layer_time
        + exchange_time
        + host_time
        + prompts_per_step * prompt_time
    )


@equation(source="requests beyond what fits wait until those before them are done")
def queue_time(
    requested: Number, concurrency: Number, output: Tokens, serving_step_time: Seconds
) -> Seconds:
    """Whole generations before a request's own."""
    return max(requested / concurrency - 1, 0) * output * serving_step_time


@equation(source="prompts come in bursts: some of the others are read before; share fitted")
def answer_time(
    alone_time: Seconds,
    prompt_steps: Number,
    serving_step_time: Seconds,
    waiting_share: Number,
    concurrency: Number,
    queue_time: Seconds,
) -> Seconds:
    """Its own prompt in chunks beside the running sequences, and some of the others' before."""
    return (
        queue_time
        + alone_time
        + (prompt_steps + 1) * serving_step_time
        + waiting_share * max(concurrency - 1, 0) * alone_time
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
    prompts_per_step,
    mean_context,
    serving_step_time,
    queue_time,
    answer_time,
    accepted_tokens,
    speculation_speedup,
    cached_tokens,
    time_saved,
    tokens_per_request_bound,
)
"""In the order in which they are read."""
