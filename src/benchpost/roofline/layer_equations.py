"""Equations of single layers beyond dense attention with a gated MLP.

Windows, latent attention, recurrent state, experts, formats with scales, and what several GPUs
must exchange. They are part of the table `equations.EQUATIONS`.
"""

from __future__ import annotations

from benchpost.roofline.language import Constant, ceil, equation, power
from benchpost.roofline.terms import (
    Blocks,
    Bytes,
    BytesPerSecond,
    BytesPerToken,
    Flops,
    Number,
    Seconds,
    Tokens,
)

BITS = Constant(8, "1/byte", "bits of a byte")
TWO_WAYS = Constant(2, "1", "there and back")
PER_STATE = Constant(6, "flop", "decay, update and read: three multiply-adds")
TWICE = Constant(2, "flop", "a multiplication and an addition")
KEY_AND_VALUE = Constant(2, "1", "a key and a value")
QUERY_AND_OUTPUT = Constant(2, "1", "a query and an output")
STATE_INPUTS = Constant(2, "1", "value and gate, or query and key")

SHAPES = "counted from the shapes"
LATENT = "DeepSeek-V2, arXiv:2405.04434, section 2.1: keys and values come from one latent vector"
STATE = "Yang et al. 2024, arXiv:2412.06464; Dao & Gu 2024, arXiv:2405.21060"
RING = "ring algorithms: each GPU sends and receives (n - 1) / n of the bytes once or twice"


@equation(source="every group of weights shares one scale (and zero)")
def bits_with_scales(weight_bits: Number, scale_bits: Number, group_size: Number) -> Number:
    """Bits of one quantised weight with its part of the scale of its group."""
    return weight_bits + scale_bits / group_size


@equation(source=SHAPES)
def quantised_bytes(parameters: Number, weight_bits: Number) -> Bytes:
    """Bytes of weights in a format of so many bits each."""
    return parameters * weight_bits / BITS


@equation(source=SHAPES)
def attention_parameters(
    hidden: Number, heads: Number, kv_heads: Number, head_dim: Number
) -> Number:
    """Projections of query, key, value and output of one layer."""
    return hidden * (QUERY_AND_OUTPUT * heads * head_dim + KEY_AND_VALUE * kv_heads * head_dim)


@equation(source=SHAPES)
def mlp_parameters(hidden: Number, intermediate: Number, mlp_matrices: Number) -> Number:
    """Three matrices of a gated MLP, two of one without a gate."""
    return mlp_matrices * hidden * intermediate


@equation(source=SHAPES)
def expert_parameters(
    hidden: Number,
    experts: Number,
    expert_intermediate: Number,
    shared_intermediate: Number,
    mlp_matrices: Number,
) -> Number:
    """All experts, the shared one and the router of one layer."""
    return hidden * (experts + mlp_matrices * (experts * expert_intermediate + shared_intermediate))


@equation(source=SHAPES)
def active_expert_parameters(
    hidden: Number,
    experts: Number,
    experts_per_token: Number,
    expert_intermediate: Number,
    shared_intermediate: Number,
    mlp_matrices: Number,
) -> Number:
    """What one token goes through: its experts, the shared one and the router."""
    return hidden * (
        experts + mlp_matrices * (experts_per_token * expert_intermediate + shared_intermediate)
    )


@equation(source="tokens choose evenly and independently; real routers are more uneven")
def distinct_experts(experts: Number, experts_per_token: Number, rows: Tokens) -> Number:
    """Experts that at least one of so many tokens chooses: these are read from memory."""
    return experts * (1 - power(1 - experts_per_token / experts, rows))


@equation(source=LATENT)
def latent_parameters(
    hidden: Number,
    heads: Number,
    query_rank: Number,
    latent_rank: Number,
    nope_dim: Number,
    rope_dim: Number,
    value_dim: Number,
) -> Number:
    """Projections of latent attention down and up; without a query rank the query is one matrix."""
    return (
        (
            hidden * query_rank + query_rank * heads * (nope_dim + rope_dim)
            if query_rank > 0
            else hidden * heads * (nope_dim + rope_dim)
        )
        + hidden * (latent_rank + rope_dim)
        + latent_rank * heads * (nope_dim + value_dim)
        + heads * value_dim * hidden
    )


@equation(source=LATENT)
def latent_bytes_per_token(
    layers: Number, latent_rank: Number, rope_dim: Number, kv_element_bytes: Bytes
) -> BytesPerToken:
    """One latent vector and one rotary key for all heads of a layer."""
    return layers * (latent_rank + rope_dim) * kv_element_bytes


@equation(source=LATENT)
def latent_decode_flops(
    batch: Number, heads: Number, latent_rank: Number, rope_dim: Number, context: Tokens
) -> Flops:
    """Attention of one layer in the latent space, of the one new token of each sequence."""
    return TWICE * batch * heads * (2 * latent_rank + rope_dim) * context


@equation(source="a sliding window keeps its last tokens; llama.cpp also those of one micro-batch")
def window_tokens(context: Tokens, window: Tokens, extra_tokens: Tokens) -> Tokens:
    """Tokens that a layer with a sliding window holds."""
    return min(context, window + extra_tokens)


@equation(
    source="a causal mask cut off at the window, from the first of the new tokens to the last"
)
def window_pairs(tokens: Tokens, context: Tokens, window: Tokens) -> Number:
    """Query-key pairs of the last T of S tokens where each sees no further back than the window."""
    return (
        min(context, window) * (min(context, window) + 1) / 2
        + (context - min(context, window)) * window
        - min(context - tokens, window) * (min(context - tokens, window) + 1) / 2
        - (context - tokens - min(context - tokens, window)) * window
    )


@equation(source=STATE)
def state_parameters(
    hidden: Number,
    state_heads: Number,
    state_value_dim: Number,
    state_key_width: Number,
    state_gates: Number,
) -> Number:
    """Projections of a recurrent layer: value and gate, query and key, decay, output."""
    return hidden * (
        STATE_INPUTS * state_heads * state_value_dim
        + STATE_INPUTS * state_key_width
        + state_gates * state_heads
        + state_heads * state_value_dim
    )


@equation(source=STATE)
def state_bytes(
    layers: Number,
    state_heads: Number,
    state_key_dim: Number,
    state_value_dim: Number,
    state_element_bytes: Bytes,
) -> Bytes:
    """The recurrent state of one sequence: a matrix for each head, however long the context."""
    return layers * state_heads * state_key_dim * state_value_dim * state_element_bytes


@equation(source=STATE)
def state_flops(
    batch: Number,
    tokens: Tokens,
    state_heads: Number,
    state_key_dim: Number,
    state_value_dim: Number,
) -> Flops:
    """One recurrent layer: each new token decays, updates and reads every element of the state."""
    return PER_STATE * batch * tokens * state_heads * state_key_dim * state_value_dim


@equation(source="vLLM: a sequence fills whole blocks")
def sequence_blocks(context: Tokens, block_tokens: Tokens) -> Blocks:
    """Blocks that a sequence of this length takes."""
    return ceil(context / block_tokens)


@equation(
    source="vLLM and Megatron: with more GPUs than key-value heads each head is held twice or more"
)
def kv_heads_per_gpu(kv_heads: Number, tensor_parallel: Number) -> Number:
    """Key-value heads that each GPU of a tensor-parallel group holds."""
    return max(1, ceil(kv_heads / tensor_parallel))


@equation(source=RING)
def all_reduce_bytes(
    rows: Tokens, hidden: Number, element_bytes: Bytes, tensor_parallel: Number
) -> Bytes:
    """Bytes that each GPU sends to add up the hidden states of all rows; twice in a layer."""
    return TWO_WAYS * (tensor_parallel - 1) / tensor_parallel * rows * hidden * element_bytes


@equation(source=RING)
def all_to_all_bytes(
    rows: Tokens,
    experts_per_token: Number,
    hidden: Number,
    element_bytes: Bytes,
    expert_parallel: Number,
) -> Bytes:
    """Bytes that the GPUs exchange to bring each token to its experts and back; once in a layer."""
    return (
        TWO_WAYS
        * (expert_parallel - 1)
        / expert_parallel
        * rows
        * experts_per_token
        * hidden
        * element_bytes
    )


@equation(source="Huang et al. 2019, arXiv:1811.06965: stages wait while the pipeline fills")
def pipeline_time(stage_time: Seconds, pipeline_stages: Number, microbatches: Number) -> Seconds:
    """Time of all micro-batches through all stages; one alone takes as many steps as stages."""
    return stage_time * (pipeline_stages + microbatches - 1)


@equation(source="latency of the collective and its bytes over the link")
def exchange_time(
    exchanges: Number, exchange_latency: Seconds, exchange_bytes: Bytes, link: BytesPerSecond
) -> Seconds:
    """Time of so many exchanges between GPUs in a step."""
    return exchanges * (exchange_latency + exchange_bytes / link)


LAYER_EQUATIONS = (
    bits_with_scales,
    quantised_bytes,
    attention_parameters,
    mlp_parameters,
    expert_parameters,
    active_expert_parameters,
    distinct_experts,
    latent_parameters,
    latent_bytes_per_token,
    latent_decode_flops,
    window_tokens,
    window_pairs,
    state_parameters,
    state_bytes,
    state_flops,
    sequence_blocks,
    kv_heads_per_gpu,
    all_reduce_bytes,
    all_to_all_bytes,
    pipeline_time,
    exchange_time,
)
"""In the order in which they are read."""
