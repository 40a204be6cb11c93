"""The terms: every named quantity that an equation may use or give, with symbol, unit and meaning.

Two conventions hold throughout: a multiply-add is two FLOPs; GB is 1e9 bytes.
"""

from __future__ import annotations

import math
from typing import Annotated, TypeAlias

from benchpost.roofline.types import Term

Bytes: TypeAlias = Annotated[float, "byte"]
BytesPerSecond: TypeAlias = Annotated[float, "byte/second"]
BytesPerToken: TypeAlias = Annotated[float, "byte/token"]
Flops: TypeAlias = Annotated[float, "flop"]
FlopsPerSecond: TypeAlias = Annotated[float, "flop/second"]
FlopsPerByte: TypeAlias = Annotated[float, "flop/byte"]
Seconds: TypeAlias = Annotated[float, "second"]
SecondsPerToken: TypeAlias = Annotated[float, "second/token"]
Tokens: TypeAlias = Annotated[float, "token"]
TokensPerSecond: TypeAlias = Annotated[float, "token/second"]
Blocks: TypeAlias = Annotated[float, "block"]
Steps: TypeAlias = Annotated[float, "step"]
Requests: TypeAlias = Annotated[float, "request"]
FlopsPerToken: TypeAlias = Annotated[float, "flop/token"]
RequestsPerSecond: TypeAlias = Annotated[float, "request/second"]
PerToken: TypeAlias = Annotated[float, "1/token"]
TokensPerRequest: TypeAlias = Annotated[float, "token/request"]
Number: TypeAlias = Annotated[float, "1"]

_HARDWARE = (
    Term("bandwidth", "B", "byte/second", "memory bandwidth"),
    Term("peak", "F", "flop/second", "peak compute rate"),
    Term("memory", "C_{\\text{mem}}", "byte", "memory of the accelerator"),
    Term("ridge_point", "I^{*}", "flop/byte", "arithmetic intensity at which both bounds meet"),
    Term("attainable", "F_{\\text{max}}", "flop/second", "highest compute rate at an intensity"),
)
_WORK = (
    Term("flops", "\\text{FLOPs}", "flop", "floating-point operations, two per multiply-add"),
    Term("moved", "\\text{bytes}", "byte", "bytes read from and written to memory"),
    Term("op_time", "t_{\\text{op}}", "second", "time of an operation at its bound"),
    Term("compute_time", "t_{\\text{compute}}", "second", "time of the arithmetic alone"),
    Term("memory_time", "t_{\\text{memory}}", "second", "time of the traffic alone"),
    Term("arithmetic_intensity", "I", "flop/byte", "FLOPs done for each byte moved"),
)
_MATMUL = (
    Term("m", "M", "1", "rows of the input and the output"),
    Term("k", "K", "1", "columns of the input, rows of the weight"),
    Term("n", "N", "1", "columns of the weight and the output"),
    Term("element_bytes", "b", "byte", "bytes of one element"),
    Term("matmul_flops", "\\text{FLOPs}_{\\text{matmul}}", "flop", "FLOPs of a matmul"),
    Term("matmul_bytes", "\\text{bytes}_{\\text{matmul}}", "byte", "bytes that a matmul moves"),
    Term("linear_bytes", "\\text{bytes}_{\\text{linear}}", "byte", "bytes that a layer moves"),
    Term("matmul_intensity", "I_{\\text{matmul}}", "flop/byte", "intensity of a matmul"),
    Term("matmul_time", "t_{\\text{matmul}}", "second", "time of a matmul at its bound"),
)
_MODEL = (
    Term("layers", "L", "1", "hidden layers"),
    Term("hidden", "d", "1", "hidden size"),
    Term("heads", "H", "1", "query heads"),
    Term("kv_heads", "H_{\\text{kv}}", "1", "key-value heads"),
    Term("head_dim", "d_{\\text{head}}", "1", "size of a head"),
    Term("intermediate", "d_{\\text{ff}}", "1", "intermediate size of the MLP"),
    Term("vocab", "V", "1", "vocabulary size"),
    Term("layer_parameters", "P_{\\text{layer}}", "1", "parameters in the matrices of a layer"),
    Term("head_parameters", "P_{\\text{head}}", "1", "parameters of the LM head"),
    Term("parameters", "P", "1", "parameters of the model"),
    Term("parameter_bytes", "b_{\\text{w}}", "byte", "bytes of one parameter"),
    Term("weight_bytes", "W", "byte", "bytes of the weights that a step reads"),
    Term("held_bytes", "W_{\\text{held}}", "byte", "bytes of all weights that a GPU holds"),
)
_SEQUENCE = (
    Term("batch", "N_{\\text{seq}}", "1", "sequences in the batch"),
    Term("tokens", "T", "token", "new tokens of each sequence"),
    Term("context", "S", "token", "tokens attended to, the new ones included"),
    Term("kv_element_bytes", "b_{\\text{kv}}", "byte", "bytes of one element of the KV cache"),
    Term("attention_pairs", "A", "1", "query-key pairs that the causal mask leaves"),
    Term("attention_flops", "\\text{FLOPs}_{\\text{attn}}", "flop", "FLOPs of one attention"),
    Term("attention_bytes", "\\text{bytes}_{\\text{attn}}", "byte", "bytes one attention moves"),
    Term("kv_bytes_per_token", "\\kappa", "byte/token", "KV cache of one token in all layers"),
    Term("kv_bytes", "\\text{KV}", "byte", "KV cache of the batch"),
)
_SPEED = (
    Term("decode_rate", "R_{\\text{decode}}", "token/second", "tokens decoded per second"),
    Term(
        "decode_rate_at_context",
        "R_{\\text{decode}}",
        "token/second",
        "tokens per second, all sequences",
    ),
    Term("decode_flops", "\\text{FLOPs}_{\\text{step}}", "flop", "FLOPs of a decode step"),
    Term("decode_step_time", "t_{\\text{step}}", "second", "time of a decode step at its bound"),
    Term("prefill_flops", "\\text{FLOPs}_{\\text{prefill}}", "flop", "FLOPs of a prefill"),
    Term("prefill_time", "\\text{TTFT}", "second", "time to first token at its bound"),
    Term("efficiency", "\\eta", "1", "achieved share of the memory bandwidth", 0, 1),
    Term("compute_share", "\\mu", "1", "achieved share of the peak compute rate", 0, 1),
    Term("engine_prefill_time", "\\text{TTFT}_{\\text{engine}}", "second", "TTFT in an engine"),
    Term("layer_time", "\\tau", "second", "time per layer that is neither weights nor KV cache"),
    Term("engine_step_time", "t_{\\text{engine}}", "second", "time of a decode step in an engine"),
    Term("saturation_batch", "N_{\\text{sat}}", "1", "tokens at which a matmul meets the ridge"),
)
_MEMORY = (
    Term("utilisation", "u", "1", "share of the memory that the engine may use", 0, 1),
    Term("reserved_bytes", "W_{\\text{other}}", "byte", "activations, graphs and other reserves"),
    Term("block_tokens", "s", "token", "tokens of a KV-cache block", 1),
    Term("kv_blocks", "N_{\\text{block}}", "block", "KV-cache blocks that fit"),
    Term("max_concurrency", "c", "1", "sequences of a length that fit at once"),
)

_FORMATS = (
    Term("weight_bits", "q", "1", "bits of one weight", 1, 32),
    Term("scale_bits", "q_{\\text{scale}}", "1", "bits of scale and zero of a group", 0, 64),
    Term("group_size", "g", "1", "weights that share a scale", 1),
    Term("bits_with_scales", "q_{\\text{eff}}", "1", "bits of one weight, scale included"),
    Term("quantised_bytes", "W", "byte", "bytes of quantised weights"),
)
_LAYERS = (
    Term("attention_parameters", "P_{\\text{attn}}", "1", "parameters of one attention"),
    Term(
        "mlp_matrices", "n_{\\text{mlp}}", "1", "matrices of an MLP: 3 with a gate, 2 without", 2, 3
    ),
    Term("mlp_parameters", "P_{\\text{mlp}}", "1", "parameters of one MLP"),
    Term("experts", "E", "1", "experts of a layer", 1, 1e4),
    Term("experts_per_token", "E_{\\text{tok}}", "1", "experts that a token goes to", 1),
    Term("expert_intermediate", "d_{\\text{exp}}", "1", "intermediate size of an expert"),
    Term("shared_intermediate", "d_{\\text{shared}}", "1", "intermediate size of shared experts"),
    Term("expert_parameters", "P_{\\text{moe}}", "1", "parameters of a mixture of experts"),
    Term("active_expert_parameters", "P_{\\text{act}}", "1", "parameters that a token uses of it"),
    Term("rows", "R", "token", "tokens of a step, of all sequences", 1, 1e6),
    Term("distinct_experts", "E_{\\text{read}}", "1", "experts that a step reads"),
    Term("query_rank", "r_{\\text{q}}", "1", "size of the latent query; 0 for none"),
    Term("latent_rank", "r_{\\text{kv}}", "1", "size of the latent key and value"),
    Term("nope_dim", "d_{\\text{nope}}", "1", "part of a head without rotary embedding"),
    Term("rope_dim", "d_{\\text{rope}}", "1", "part of a head with rotary embedding"),
    Term("value_dim", "d_{\\text{v}}", "1", "size of the value of a head"),
    Term("latent_parameters", "P_{\\text{mla}}", "1", "parameters of one latent attention"),
    Term(
        "latent_bytes_per_token", "\\kappa_{\\text{mla}}", "byte/token", "latent cache of one token"
    ),
    Term("latent_decode_flops", "\\text{FLOPs}_{\\text{mla}}", "flop", "FLOPs of latent attention"),
    Term("window", "w", "token", "tokens that a sliding window sees", 1),
    Term("extra_tokens", "w_{\\text{extra}}", "token", "tokens held beyond the window"),
    Term("window_tokens", "S_{\\text{w}}", "token", "tokens that a windowed layer holds"),
    Term("window_pairs", "A_{\\text{w}}", "1", "query-key pairs within the window"),
    Term("state_heads", "H_{\\text{s}}", "1", "heads of a recurrent layer"),
    Term("state_key_dim", "d_{\\text{k}}", "1", "rows of the state of a head"),
    Term("state_value_dim", "d_{\\text{s}}", "1", "columns of the state of a head"),
    Term("state_key_width", "D_{\\text{k}}", "1", "width of all keys of a recurrent layer"),
    Term("state_gates", "n_{\\text{gate}}", "1", "gates of a head of a recurrent layer"),
    Term("state_element_bytes", "b_{\\text{s}}", "byte", "bytes of one element of the state"),
    Term("state_parameters", "P_{\\text{s}}", "1", "parameters of one recurrent layer"),
    Term("state_bytes", "\\text{state}", "byte", "recurrent state of one sequence"),
    Term("state_flops", "\\text{FLOPs}_{\\text{s}}", "flop", "FLOPs of one recurrent layer"),
    Term("sequence_blocks", "n_{\\text{block}}", "block", "KV-cache blocks of one sequence"),
)
_PARALLEL = (
    Term("tensor_parallel", "n_{\\text{tp}}", "1", "GPUs that share each matrix", 1),
    Term("kv_heads_per_gpu", "h_{\\text{kv}}", "1", "key-value heads on each GPU"),
    Term("all_reduce_bytes", "\\text{bytes}_{\\text{ar}}", "byte", "bytes of an all-reduce"),
    Term("expert_parallel", "n_{\\text{ep}}", "1", "GPUs that share the experts", 1),
    Term("all_to_all_bytes", "\\text{bytes}_{\\text{a2a}}", "byte", "bytes of an all-to-all"),
    Term("stage_time", "t_{\\text{stage}}", "second", "time of one micro-batch in one stage"),
    Term("pipeline_stages", "n_{\\text{pp}}", "1", "stages of the pipeline", 1),
    Term("microbatches", "n_{\\text{mb}}", "1", "micro-batches", 1),
    Term("pipeline_time", "t_{\\text{pipe}}", "second", "time of all micro-batches"),
    Term("exchanges", "n_{\\text{x}}", "1", "exchanges between GPUs in a step"),
    Term("exchange_latency", "t_{\\text{x}}", "second", "time of an exchange of nothing"),
    Term("exchange_bytes", "\\text{bytes}_{\\text{x}}", "byte", "bytes of one exchange"),
    Term("link", "B_{\\text{link}}", "byte/second", "bandwidth between GPUs, one way"),
    Term("exchange_time", "t_{\\text{comm}}", "second", "time of the exchanges of a step"),
)
_SERVING = (
    Term("concurrency", "c_{\\text{run}}", "1", "sequences that run at once", 1),
    Term("prompt", "S_{\\text{in}}", "token", "tokens of a prompt", 1),
    Term("output", "S_{\\text{out}}", "token", "tokens of an output", 1),
    Term("prompts_per_step", "n_{\\text{in}}", "1/token", "prompts that a step takes on"),
    Term("prompt_time", "t_{\\text{in}}", "second", "time of the arithmetic of one prompt"),
    Term("mean_context", "\\bar{S}", "token", "mean context of a running sequence"),
    Term("overlap_loss", "\\lambda", "1", "part of the shorter that is not hidden", 0, 1),
    Term("host_time", "t_{\\text{host}}", "second", "time of the host in a step"),
    Term("serving_step_time", "\\text{TPOT}", "second", "time of a step of continuous batching"),
    Term("requested", "c", "1", "requests at once", 1),
    Term("queue_time", "t_{\\text{queue}}", "second", "wait of a request for its place"),
    Term("alone_time", "t_{\\text{alone}}", "second", "time of a prompt with nobody else"),
    Term("prompt_steps", "n_{\\text{chunk}}", "1", "steps until a prompt is read", 1),
    Term("waiting_share", "w", "1", "share of the other prompts that are read before", 0, 1),
    Term("answer_time", "t_{\\text{answer}}", "second", "wait for an answer to begin under load"),
    Term("acceptance", "\\alpha", "1", "chance that a drafted token is accepted", 0, 1),
    Term("drafted", "\\gamma", "1", "tokens drafted for a pass", 0, 64),
    Term("accepted_tokens", "n_{\\text{acc}}", "1", "tokens that a pass yields"),
    Term("draft_cost", "c_{\\text{d}}", "1", "cost of drafting a token, in passes of the target"),
    Term("verify_cost", "c_{\\text{v}}", "1", "cost of verifying one more token, in passes"),
    Term("speculation_speedup", "s_{\\text{spec}}", "1", "speed-up of speculation"),
    Term("prefix", "S_{\\text{prefix}}", "token", "tokens of a shared prefix"),
    Term("cached_tokens", "S_{\\text{hit}}", "token", "tokens that a hit skips"),
    Term("cold_time", "t_{\\text{cold}}", "second", "time to first token without a hit"),
    Term("warm_time", "t_{\\text{warm}}", "second", "time to first token with a hit"),
    Term("time_saved", "\\sigma", "1", "share of the time that a hit saves", -math.inf, 1),
    Term("token_flops", "f", "flop/token", "FLOPs of one token"),
    Term("request_rate", "r", "request/second", "requests finished per second"),
    Term(
        "tokens_per_request_bound",
        "S_{\\text{max}}",
        "token/request",
        "most tokens of a request, in and out",
    ),
    Term("request_time", "t_{\\text{req}}", "second", "time of a request, queue included"),
    Term("requests_in_flight", "N_{\\text{req}}", "request", "requests in the server"),
    Term("first_token_time", "\\text{TTFT}", "second", "time to the first token"),
    Term("token_time", "\\text{TPOT}", "second/token", "time per output token after the first"),
    Term("end_to_end_time", "t_{\\text{e2e}}", "second", "time from a request to its last token"),
    Term("prefill_rate", "R_{\\text{prefill}}", "token/second", "prompt tokens done per second"),
    Term("queued_tokens", "S_{\\text{queue}}", "token", "prompt tokens that may wait"),
    Term("budget_tokens", "S_{\\text{budget}}", "token", "most tokens of a step", 1),
    Term("decoding", "N_{\\text{dec}}", "token", "tokens of a step that decode"),
    Term("chunk_steps", "n_{\\text{chunk}}", "step", "steps that a prompt is spread over"),
    Term("output_spread", "v", "1", "standard deviation of the outputs over their mean", 0, 10),
    Term(
        "held_tokens", "\\bar{S}_{\\text{held}}", "token", "mean tokens held by a running request"
    ),
    Term("future_tokens", "\\bar{S}_{\\text{future}}", "token", "mean tokens still to come of it"),
    Term("reserve_tokens", "S_{\\text{res}}", "token", "tokens set aside for each request", 1),
    Term("contiguous_share", "h_{\\text{piece}}", "1", "share of reserved slots that hold a token"),
    Term("paged_share", "h_{\\text{page}}", "1", "share of paged slots that hold a token"),
    Term("longest_output", "S_{\\text{max}}", "token", "longest output of a batch", 1),
    Term("static_share", "h_{\\text{static}}", "1", "share of a static batch that still decodes"),
    Term("graph_batch", "N_{\\text{graph}}", "1", "captured size that a batch is padded to", 1),
    Term("graph_padding", "w_{\\text{graph}}", "1", "padding over the batch", -1),
    Term("break_even_batch", "N_{\\text{even}}", "1", "batch at which verifying stops being free"),
    Term("kv_transfer_time", "t_{\\text{kv}}", "second", "time to move a KV cache over a link"),
    Term("break_even_link", "B_{\\text{even}}", "byte/second", "link as fast as computing anew"),
    Term("kv_replication", "r_{\\text{kv}}", "1", "copies of each key-value head"),
    Term(
        "itl_slope", "b_{\\text{ITL}}", "second/token", "inter-token latency per token of context"
    ),
    Term("device_time", "t_{\\text{GPU}}", "second", "time of a step on the GPU"),
    Term("async_gain", "s_{\\text{async}}", "1", "speed-up of hiding the host behind the GPU"),
    Term("hit_rate", "q_{\\text{hit}}", "1", "share of prompt tokens found in the cache"),
)

TERMS: dict[str, Term] = {
    term.name: term
    for term in (
        *_HARDWARE,
        *_WORK,
        *_MATMUL,
        *_MODEL,
        *_SEQUENCE,
        *_SPEED,
        *_MEMORY,
        *_FORMATS,
        *_LAYERS,
        *_PARALLEL,
        *_SERVING,
    )
}
