"""Number formats by bits: what a weight, a scale and an element of the KV cache take in memory.

A checkpoint seldom has one format throughout: AWQ leaves embeddings and LM head in 16 bits, a
`Q4_K_M` file mixes four and six bits, `MXFP4` of gpt-oss holds the experts only. `Format` says so
part by part, scales included, so that bytes come out as files have them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from benchpost.errors import UsageError, near
from benchpost.roofline import layer_equations as equations


@dataclass(frozen=True)
class Format:
    """Bits of one parameter, by the part of the model that it belongs to."""

    name: str
    """As an author writes it, e.g. `awq`, `q4_k_m`."""
    bits: float
    """In the matrices of MLPs, and of attention unless `attention` says otherwise."""
    head: float
    """In the LM head, and in a tied embedding."""
    embedding: float
    """In an untied input embedding."""
    attention: float
    """In the matrices of attention."""
    small: float = 16.0
    """In norms, biases and routers."""
    compute: str = "bf16"
    """The format that the matmuls are done in: a key of a chip's peaks, or `ggml`."""
    note: str = ""
    """Where the bits come from."""
    engine: str = ""
    """The engine whose files are in it; empty for formats that many read."""

    @property
    def layer_bytes(self) -> float:
        """Bytes of one parameter in a matrix of an MLP."""
        return self.bits / 8


def _uniform(name: str, bits: float, note: str = "", compute: str | None = None) -> Format:
    small = max(16.0, bits) if bits >= 16 else bits
    return Format(name, bits, bits, bits, bits, small, compute or name, note)


def _layers_only(
    name: str, bits: float, note: str, compute: str = "fp16", engine: str = ""
) -> Format:
    return Format(name, bits, 16.0, 16.0, bits, 16.0, compute, note, engine)


def _grouped(name: str, bits: float, group: int, zero: float, note: str) -> Format:
    """Weights of `bits` with a 16-bit scale and a zero of `zero` bits for each group."""
    held = equations.bits_with_scales(
        weight_bits=bits, scale_bits=16.0 + zero, group_size=float(group)
    )
    return _layers_only(name, held, note)


def _gguf(name: str, bits: float, head: float, note: str) -> Format:
    return Format(name, bits, head, bits, bits, 32.0, "ggml", note, "llama.cpp")


_GROUP = "a 16-bit scale and a zero for each group; embeddings and LM head in 16 bits"
_KQUANT = "ggml k-quants: half of the value and down matrices in Q6_K, as is the LM head"
_LEGACY = "ggml: 32 weights share a 16-bit scale; the LM head is Q6_K"

_FORMATS = (
    _uniform("fp32", 32, compute="fp32"),
    _uniform("bf16", 16),
    _uniform("fp16", 16),
    _uniform("fp8", 8),
    _uniform("int8", 8),
    _uniform("fp4", 4, "without scales"),
    _uniform("int4", 4, "without scales", "bf16"),
    _layers_only("fp8-layers", 8, "FP8 with a scale per tensor; LM head in 16 bits", "fp8"),
    _layers_only("w8a8", 8, "INT8 with a scale per channel; LM head in 16 bits", "int8"),
    _grouped("awq", 4, 128, 4, _GROUP),
    _grouped("gptq-int4", 4, 128, 4, _GROUP),
    _grouped("gptq-int4-g32", 4, 32, 4, _GROUP),
    _grouped("gptq-int8", 8, 128, 8, _GROUP),
    _grouped("int4-g32", 4, 32, 16, "gpt-fast: a 16-bit scale and zero for 32 weights"),
    _layers_only("nvfp4", 4.5, "an FP8 scale for each 16 weights; LM head in 16 bits", "fp4"),
    Format(
        "mxfp4",
        4.25,
        16,
        16,
        16,
        16,
        "bf16",
        "experts only: an 8-bit scale for 32; rest in 16 bits",
    ),
    Format(
        "mxfp4-gguf",
        4.25,
        8.5,
        8.5,
        8.5,
        32,
        "ggml",
        "experts only; the rest is Q8_0 in ggml's files",
        "llama.cpp",
    ),
    _gguf("q4_0", 4.5, 6.5625, _LEGACY),
    _gguf("q4_1", 5.0, 6.5625, _LEGACY),
    _gguf("q5_0", 5.5, 6.5625, _LEGACY),
    _gguf("q5_1", 6.0, 6.5625, _LEGACY),
    _gguf("q8_0", 8.5, 8.5, "ggml: 32 weights share a 16-bit scale"),
    _gguf("q3_k_m", 3.85, 6.5625, "ggml k-quants: Q3_K with Q4_K and Q5_K parts"),
    _gguf("q4_k_s", 4.55, 6.5625, "ggml k-quants: Q4_K with a few Q5_K parts"),
    _gguf("q4_k_m", 4.81, 6.5625, _KQUANT),
    _gguf("q5_k_m", 5.65, 6.5625, _KQUANT),
    _gguf("q6_k", 6.5625, 6.5625, "ggml k-quants: 210 bytes for 256 weights"),
    _gguf("f16", 16, 16, "ggml: matrices in 16 bits, norms in 32"),
    _layers_only(
        "q4f16_1",
        4.5,
        "MLC: 32 weights share a 16-bit scale; the rest in 16 bits",
        engine="mlc-llm",
    ),
)

FORMATS: dict[str, Format] = {made.name: made for made in _FORMATS}
"""Formats of weights by name; `4.65bpw` stands for so many bits a weight."""

KV_BITS: dict[str, float] = {
    "fp32": 32.0,
    "bf16": 16.0,
    "fp16": 16.0,
    "fp8": 8.0,
    "int8": 8.0,
    "q8_0": 8.5,
    "q5_1": 6.0,
    "q5_0": 5.5,
    "q4_1": 5.0,
    "q4_0": 4.5,
    "nvfp4": 4.5,
    "fp4": 4.0,
    "int4": 4.0,
}
"""Bits of one element of the KV cache by format, scales included where a format has them."""

FORMAT_BYTES: dict[str, float] = {
    name: FORMATS[name].bits / 8 for name in ("fp32", "bf16", "fp16", "fp8", "int8", "fp4", "int4")
}
"""Bytes of an element by plain format; four-bit formats without the scales of their groups."""

_BITS = re.compile(r"(?:exl2-)?(\d+(?:\.\d+)?)bpw")


@cache
def weight_format(name: str) -> Format:
    """The format of weights called `name`, e.g. `awq`, `Q4_K_M`, `4.65bpw`.

    Raises UsageError with near misses.
    """
    folded = name.lower().replace("-", "_")
    for known, made in FORMATS.items():
        if folded == known.replace("-", "_"):
            return made
    if found := _BITS.fullmatch(name.lower()):
        bits = float(found[1])
        return Format(
            name, bits, max(bits, 6.0), bits, bits, 16.0, "bf16", "bits as named", "exllamav2"
        )
    raise UsageError(_unknown(name, FORMATS))


@cache
def kv_bytes_of(name: str) -> float:
    """Bytes of one element of a KV cache in format `name`. Raises UsageError with near misses."""
    if name.lower() not in KV_BITS:
        raise UsageError(_unknown(name, KV_BITS))
    return KV_BITS[name.lower()] / 8


@cache
def format_bytes(dtype: str) -> float:
    """Bytes of an element of `dtype` in the matrices of a layer. Raises UsageError."""
    return weight_format(dtype).layer_bytes


def _unknown(name: str, known: dict[str, Format] | dict[str, float]) -> str:
    return f"unknown format {name!r}{near(name, known)}; known are {', '.join(known)}"
