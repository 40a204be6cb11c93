"""The terms: every named quantity that an equation may use or give, with symbol, unit and meaning.

Two conventions hold throughout: a multiply-add is two FLOPs; GB is 1e9 bytes.
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

from benchpost.roofline.types import Term

Bytes: TypeAlias = Annotated[float, "byte"]
BytesPerSecond: TypeAlias = Annotated[float, "byte/second"]
BytesPerToken: TypeAlias = Annotated[float, "byte/token"]
Flops: TypeAlias = Annotated[float, "flop"]
FlopsPerSecond: TypeAlias = Annotated[float, "flop/second"]
FlopsPerByte: TypeAlias = Annotated[float, "flop/byte"]
Seconds: TypeAlias = Annotated[float, "second"]
Tokens: TypeAlias = Annotated[float, "token"]
TokensPerSecond: TypeAlias = Annotated[float, "token/second"]
Blocks: TypeAlias = Annotated[float, "block"]
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
    Term("weight_bytes", "W", "byte", "bytes of the weights"),
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
    Term("efficiency", "\\eta", "1", "achieved share of the memory bandwidth"),
    Term("compute_share", "\\mu", "1", "achieved share of the peak compute rate"),
    Term("engine_prefill_time", "\\text{TTFT}_{\\text{engine}}", "second", "TTFT in an engine"),
    Term("layer_time", "\\tau", "second", "time per layer that is neither weights nor KV cache"),
    Term("engine_step_time", "t_{\\text{engine}}", "second", "time of a decode step in an engine"),
    Term("saturation_batch", "N_{\\text{sat}}", "1", "tokens at which a matmul meets the ridge"),
)
_MEMORY = (
    Term("utilisation", "u", "1", "share of the memory that the engine may use"),
    Term("reserved_bytes", "W_{\\text{other}}", "byte", "activations, graphs and other reserves"),
    Term("block_tokens", "s", "token", "tokens of a KV-cache block"),
    Term("kv_blocks", "N_{\\text{block}}", "block", "KV-cache blocks that fit"),
    Term("max_concurrency", "c", "1", "sequences of a length that fit at once"),
)

TERMS: dict[str, Term] = {
    term.name: term
    for term in (*_HARDWARE, *_WORK, *_MATMUL, *_MODEL, *_SEQUENCE, *_SPEED, *_MEMORY)
}
