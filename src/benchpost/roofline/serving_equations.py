"""Equations of serving: continuous batching, speculation, prefix reuse, and of a claim's bounds."""

from __future__ import annotations

from benchpost.roofline.language import ceil, equation, floor, power
from benchpost.roofline.terms import (
    Bytes,
    BytesPerSecond,
    BytesPerToken,
    Flops,
    FlopsPerSecond,
    FlopsPerToken,
    Number,
    PerToken,
    Requests,
    RequestsPerSecond,
    Seconds,
    SecondsPerToken,
    Steps,
    Tokens,
    TokensPerRequest,
    TokensPerSecond,
)

BATCHING = "steady state of continuous batching: each request brings its prompt once per output"
RENEWAL = "renewal reward: each request counts for as many steps as its output has tokens"
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


@equation(source="Little 1961, doi:10.1287/opre.9.3.383")
def requests_in_flight(request_rate: RequestsPerSecond, request_time: Seconds) -> Requests:
    """Little's law: what is in a server is what arrives in the time that each stays."""
    return request_rate * request_time


@equation(source="the definition of time per output token: the first is not counted")
def end_to_end_time(
    first_token_time: Seconds, token_time: SecondsPerToken, output: Tokens
) -> Seconds:
    """The first token, and one time per output token for each of the others."""
    return first_token_time + token_time * (output - 1)


@equation(source="Little's law, of tokens that wait for their prefill")
def queued_tokens(first_token_time: Seconds, prefill_rate: TokensPerSecond) -> Tokens:
    """Prompt tokens that may wait at most, if the first token shall come in time."""
    return first_token_time * prefill_rate


@equation(source="vLLM: decoding takes its tokens of a step first, prompts get the rest")
def chunk_steps(prompt: Tokens, budget_tokens: Tokens, decoding: Tokens) -> Steps:
    """Steps that the prefill of a prompt is spread over."""
    return ceil(prompt / max(1, budget_tokens - decoding))


@equation(source=RENEWAL)
def future_tokens(output: Tokens, output_spread: Number) -> Tokens:
    """Half an output, and more where outputs differ: long ones run for longer."""
    return output * (1 + output_spread * output_spread) / 2


@equation(source=RENEWAL)
def held_tokens(prompt: Tokens, output: Tokens, output_spread: Number) -> Tokens:
    """The prompt and, on average over the steps of its life, as much output as is still to come."""
    return prompt + future_tokens(output, output_spread)


@equation(source="Kwon et al. 2023, arXiv:2309.06180, section 3.1: one piece for each request")
def contiguous_share(held_tokens: Tokens, reserve_tokens: Tokens) -> Number:
    """Share of the reserved slots that hold a token."""
    return held_tokens / reserve_tokens


@equation(source="Kwon et al. 2023, arXiv:2309.06180: only the last block of a request has holes")
def paged_share(held_tokens: Tokens, block_tokens: Tokens) -> Number:
    """Share of the slots of its blocks that hold a token; the last one is half empty."""
    return held_tokens / (held_tokens + (block_tokens - 1) / 2)


@equation(source="a static batch runs until its longest output is done")
def static_share(output: Tokens, longest_output: Tokens) -> Number:
    """Share of the rows of a static batch that still have something to decode."""
    return output / longest_output


@equation(source="a captured graph has one size: a batch is padded to the next")
def graph_padding(graph_batch: Number, batch: Number) -> Number:
    """Rows that are computed for nothing, over those that are not."""
    return (graph_batch - batch) / batch


@equation(source="verifying a draft turns one row of a matmul into one more than was drafted")
def break_even_batch(saturation_batch: Number, drafted: Number) -> Number:
    """Above this batch the rows that are verified make the step compute-bound."""
    return saturation_batch / (drafted + 1)


@equation(source="arithmetic")
def kv_transfer_time(
    context: Tokens, kv_bytes_per_token: BytesPerToken, link: BytesPerSecond
) -> Seconds:
    """From prefill to decode over a network, or from host memory over PCIe."""
    return context * kv_bytes_per_token / link


@equation(source="the time to load a token's keys and values is that to compute them again")
def break_even_link(
    kv_bytes_per_token: BytesPerToken,
    token_flops: FlopsPerToken,
    compute_share: Number,
    peak: FlopsPerSecond,
) -> BytesPerSecond:
    """Above this bandwidth, loading a token's keys and values is faster than computing them."""
    return kv_bytes_per_token * compute_share * peak / token_flops


@equation(source="more GPUs than heads hold each head several times")
def kv_replication(tensor_parallel: Number, kv_heads: Number) -> Number:
    """Copies of the KV cache under tensor parallelism."""
    return max(1, tensor_parallel / kv_heads)


@equation(source="a decode step reads the KV cache once, at a share of the bandwidth")
def itl_slope(
    kv_bytes_per_token: BytesPerToken, efficiency: Number, bandwidth: BytesPerSecond
) -> SecondsPerToken:
    """What a token of context adds to the time between two tokens of one sequence."""
    return kv_bytes_per_token / (efficiency * bandwidth)


@equation(source="the host prepares a step while the GPU runs the one before")
def async_gain(host_time: Seconds, device_time: Seconds) -> Number:
    """What asynchronous scheduling gives at most."""
    return (host_time + device_time) / max(host_time, device_time)


@equation(source="vLLM counts hits in tokens")
def hit_rate(cached_tokens: Tokens, prompt: Tokens) -> Number:
    """Share of the prompt that is not computed."""
    return cached_tokens / prompt


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
    requests_in_flight,
    end_to_end_time,
    queued_tokens,
    chunk_steps,
    future_tokens,
    held_tokens,
    contiguous_share,
    paged_share,
    static_share,
    graph_padding,
    break_even_batch,
    kv_transfer_time,
    break_even_link,
    kv_replication,
    itl_slope,
    async_gain,
    hit_rate,
)
"""In the order in which they are read."""
