"""Every equation of the performance model, each held once.

The LaTeX of a page, the number in a sentence, the curve in a chart and the JavaScript of a
calculator are all made from these functions; `terms` says what each parameter is and in which
unit. A multiply-add is two FLOPs.
"""

from __future__ import annotations

from benchpost.roofline.language import Constant, ceil, equation, floor
from benchpost.roofline.layer_equations import LAYER_EQUATIONS
from benchpost.roofline.serving_equations import SERVING_EQUATIONS
from benchpost.roofline.terms import (
    Blocks,
    Bytes,
    BytesPerSecond,
    BytesPerToken,
    Flops,
    FlopsPerByte,
    FlopsPerSecond,
    Number,
    Seconds,
    Tokens,
    TokensPerSecond,
)
from benchpost.roofline.types import Equation

MULTIPLY_ADD = Constant(2, "flop", "a multiplication and an addition")
SCORE_AND_VALUE = Constant(4, "flop", "one multiply-add for the score, one for the value")
KEY_AND_VALUE = Constant(2, "1", "a key and a value")
QUERY_AND_OUTPUT = Constant(2, "1", "a query and an output")
GATE_UP_DOWN = Constant(3, "1", "gate, up and down projection")

ROOFLINE = "Williams, Waterman & Patterson 2009, doi:10.1145/1498765.1498785"
COUNTED = "counted from the shapes"
STREAMED = "a decode step reads every weight once; scaling-book, jax-ml.github.io/scaling-book"


@equation(source=STREAMED)
def decode_rate(bandwidth: BytesPerSecond, weight_bytes: Bytes) -> TokensPerSecond:
    """Each decoded token reads all weights once, so memory bandwidth bounds the rate."""
    return bandwidth / weight_bytes


@equation(source=COUNTED)
def weight_bytes(parameters: Number, parameter_bytes: Bytes) -> Bytes:
    """Two bytes a parameter in BF16, one in FP8 or INT8, a half in INT4."""
    return parameters * parameter_bytes


@equation(source=ROOFLINE)
def compute_time(flops: Flops, peak: FlopsPerSecond) -> Seconds:
    """How long the arithmetic takes if nothing else holds it up."""
    return flops / peak


@equation(source=ROOFLINE)
def memory_time(moved: Bytes, bandwidth: BytesPerSecond) -> Seconds:
    """How long the traffic takes if nothing else holds it up."""
    return moved / bandwidth


@equation(source=ROOFLINE)
def op_time(flops: Flops, moved: Bytes, peak: FlopsPerSecond, bandwidth: BytesPerSecond) -> Seconds:
    """An operation takes as long as the slower of its arithmetic and its traffic."""
    return max(flops / peak, moved / bandwidth)


@equation(source=ROOFLINE)
def arithmetic_intensity(flops: Flops, moved: Bytes) -> FlopsPerByte:
    """FLOPs done for each byte moved."""
    return flops / moved


@equation(source=ROOFLINE)
def ridge_point(peak: FlopsPerSecond, bandwidth: BytesPerSecond) -> FlopsPerByte:
    """Below this intensity an operation is memory-bound, above it compute-bound."""
    return peak / bandwidth


@equation(source=ROOFLINE)
def attainable(
    peak: FlopsPerSecond, bandwidth: BytesPerSecond, arithmetic_intensity: FlopsPerByte
) -> FlopsPerSecond:
    """The roofline: the slope is the bandwidth, the ceiling the peak."""
    return min(peak, bandwidth * arithmetic_intensity)


@equation(source=COUNTED)
def matmul_flops(m: Number, n: Number, k: Number) -> Flops:
    """Each of the M × N outputs is a dot product of K multiply-adds."""
    return MULTIPLY_ADD * m * n * k


@equation(source=COUNTED)
def matmul_bytes(m: Number, k: Number, n: Number, element_bytes: Bytes) -> Bytes:
    """At least both inputs are read once and the output is written once."""
    return element_bytes * (m * k + k * n + m * n)


@equation(source=COUNTED)
def linear_bytes(
    m: Number, k: Number, n: Number, element_bytes: Bytes, parameter_bytes: Bytes
) -> Bytes:
    """The same where the weight has a format of its own, as in a quantised layer."""
    return element_bytes * (m * k + m * n) + parameter_bytes * k * n


@equation(source=ROOFLINE)
def matmul_intensity(m: Number, k: Number, n: Number, element_bytes: Bytes) -> FlopsPerByte:
    """Arithmetic intensity of a matmul; near M for the thin matmuls of decode in BF16."""
    return matmul_flops(m, n, k) / matmul_bytes(m, k, n, element_bytes)


@equation(source=ROOFLINE)
def matmul_time(
    m: Number,
    k: Number,
    n: Number,
    element_bytes: Bytes,
    peak: FlopsPerSecond,
    bandwidth: BytesPerSecond,
) -> Seconds:
    """A matmul takes as long as the slower of its arithmetic and its traffic."""
    return max(matmul_flops(m, n, k) / peak, matmul_bytes(m, k, n, element_bytes) / bandwidth)


@equation(source=COUNTED)
def attention_pairs(tokens: Tokens, context: Tokens) -> Number:
    """Each new token attends to itself and to all before it: S pairs for the last of T tokens."""
    return tokens * context - tokens * (tokens - 1) / 2


@equation(source="two matmuls, query by key and score by value; softmax is left out")
def attention_flops(
    batch: Number, heads: Number, head_dim: Number, tokens: Tokens, context: Tokens
) -> Flops:
    """Causal attention of one layer; T = 1 is a decode step, T = S a whole prompt."""
    return SCORE_AND_VALUE * batch * heads * head_dim * attention_pairs(tokens, context)


@equation(source="Dao et al. 2022, arXiv:2205.14135: scores never leave the chip")
def attention_bytes(
    batch: Number,
    heads: Number,
    kv_heads: Number,
    head_dim: Number,
    tokens: Tokens,
    context: Tokens,
    element_bytes: Bytes,
    kv_element_bytes: Bytes,
) -> Bytes:
    """Queries and outputs of the new tokens, keys and values of the context, in one layer."""
    return (
        batch
        * head_dim
        * (
            QUERY_AND_OUTPUT * tokens * heads * element_bytes
            + KEY_AND_VALUE * context * kv_heads * kv_element_bytes
        )
    )


@equation(source=COUNTED)
def kv_bytes_per_token(
    layers: Number, kv_heads: Number, head_dim: Number, kv_element_bytes: Bytes
) -> BytesPerToken:
    """A key and a value for each key-value head of each layer."""
    return KEY_AND_VALUE * layers * kv_heads * head_dim * kv_element_bytes


@equation(source=COUNTED)
def kv_bytes(batch: Number, context: Tokens, kv_bytes_per_token: BytesPerToken) -> Bytes:
    """The KV cache that a decode step reads."""
    return batch * context * kv_bytes_per_token


@equation(source=STREAMED)
def decode_rate_at_context(
    bandwidth: BytesPerSecond,
    weight_bytes: Bytes,
    batch: Number,
    context: Tokens,
    kv_bytes_per_token: BytesPerToken,
) -> TokensPerSecond:
    """A decode step reads the weights once and the KV cache of every sequence."""
    return batch * bandwidth / (weight_bytes + batch * context * kv_bytes_per_token)


@equation(source=COUNTED)
def decode_flops(
    batch: Number,
    layers: Number,
    layer_parameters: Number,
    head_parameters: Number,
    heads: Number,
    head_dim: Number,
    context: Tokens,
) -> Flops:
    """Two FLOPs for each parameter of a matmul and four for each element of the keys read."""
    return batch * (
        MULTIPLY_ADD * (layers * layer_parameters + head_parameters)
        + SCORE_AND_VALUE * layers * heads * head_dim * context
    )


@equation(source=ROOFLINE)
def decode_step_time(
    decode_flops: Flops,
    weight_bytes: Bytes,
    kv_bytes: Bytes,
    peak: FlopsPerSecond,
    bandwidth: BytesPerSecond,
) -> Seconds:
    """Compute-bound for large batches, else the time to read weights and KV cache."""
    return max(decode_flops / peak, (weight_bytes + kv_bytes) / bandwidth)


@equation(source="fixed time per layer and a share of the bandwidth, fitted to measured rates")
def engine_step_time(
    decode_flops: Flops,
    weight_bytes: Bytes,
    kv_bytes: Bytes,
    peak: FlopsPerSecond,
    bandwidth: BytesPerSecond,
    efficiency: Number,
    layers: Number,
    layer_time: Seconds,
) -> Seconds:
    """What an engine typically takes: not all of the bandwidth, and a little time per layer."""
    return (
        max(decode_flops / peak, (weight_bytes + kv_bytes) / (efficiency * bandwidth))
        + layers * layer_time
    )


@equation(source=COUNTED)
def prefill_flops(
    batch: Number,
    layers: Number,
    layer_parameters: Number,
    head_parameters: Number,
    heads: Number,
    head_dim: Number,
    tokens: Tokens,
    context: Tokens,
) -> Flops:
    """All matmuls for every token, the LM head for the last one, and causal attention."""
    return MULTIPLY_ADD * batch * (
        tokens * layers * layer_parameters + head_parameters
    ) + layers * attention_flops(batch, heads, head_dim, tokens, context)


@equation(source=ROOFLINE)
def prefill_time(
    prefill_flops: Flops,
    weight_bytes: Bytes,
    peak: FlopsPerSecond,
    bandwidth: BytesPerSecond,
) -> Seconds:
    """A long prompt is compute-bound; a short one takes as long as reading the weights."""
    return max(prefill_flops / peak, weight_bytes / bandwidth)


@equation(source="shares of peak and bandwidth that engines were measured to reach")
def engine_prefill_time(
    prefill_flops: Flops,
    weight_bytes: Bytes,
    peak: FlopsPerSecond,
    bandwidth: BytesPerSecond,
    compute_share: Number,
    efficiency: Number,
) -> Seconds:
    """What an engine typically takes: only a share of the peak and of the bandwidth."""
    return max(prefill_flops / (compute_share * peak), weight_bytes / (efficiency * bandwidth))


@equation(source="projections of query, key, value and output, and a gated MLP; norms left out")
def layer_parameters(
    hidden: Number, heads: Number, kv_heads: Number, head_dim: Number, intermediate: Number
) -> Number:
    """Parameters in the matrices of one layer."""
    return hidden * (
        QUERY_AND_OUTPUT * heads * head_dim
        + KEY_AND_VALUE * kv_heads * head_dim
        + GATE_UP_DOWN * intermediate
    )


@equation(source="config.json: the LM head is a matrix of hidden by vocabulary")
def head_parameters(hidden: Number, vocab: Number) -> Number:
    """Parameters of the LM head; the same as of the input embedding."""
    return hidden * vocab


@equation(source=ROOFLINE)
def saturation_batch(
    peak: FlopsPerSecond, parameter_bytes: Bytes, bandwidth: BytesPerSecond
) -> Number:
    """Tokens that must share a weight read before a matmul becomes compute-bound."""
    return peak * parameter_bytes / (MULTIPLY_ADD * bandwidth)


@equation(source="vLLM: the engine's share of the memory, less weights and reserves, in blocks")
def kv_blocks(
    utilisation: Number,
    memory: Bytes,
    held_bytes: Bytes,
    reserved_bytes: Bytes,
    block_tokens: Tokens,
    kv_bytes_per_token: BytesPerToken,
) -> Blocks:
    """KV-cache blocks that fit beside the weights."""
    return floor(
        (utilisation * memory - held_bytes - reserved_bytes) / (block_tokens * kv_bytes_per_token)
    )


@equation(source="vLLM: a sequence fills whole blocks")
def max_concurrency(kv_blocks: Blocks, context: Tokens, block_tokens: Tokens) -> Number:
    """Sequences of one length whose KV cache fits at once."""
    return kv_blocks / ceil(context / block_tokens)


EQUATIONS: dict[str, Equation] = {
    made.name: made
    for made in (
        decode_rate,
        weight_bytes,
        compute_time,
        memory_time,
        op_time,
        arithmetic_intensity,
        ridge_point,
        attainable,
        matmul_flops,
        matmul_bytes,
        linear_bytes,
        matmul_intensity,
        matmul_time,
        attention_pairs,
        attention_flops,
        attention_bytes,
        kv_bytes_per_token,
        kv_bytes,
        decode_rate_at_context,
        decode_flops,
        decode_step_time,
        engine_step_time,
        prefill_flops,
        prefill_time,
        engine_prefill_time,
        layer_parameters,
        head_parameters,
        saturation_batch,
        kv_blocks,
        max_concurrency,
        *LAYER_EQUATIONS,
        *SERVING_EQUATIONS,
    )
}
