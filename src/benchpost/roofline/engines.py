"""Engines: the share of the bandwidth that they reach, and what a layer costs beside its bytes.

Decode takes the bytes over a share of the bandwidth, and a little time for each layer that is
neither weights nor KV cache: launches, synchronisation, small kernels. That time depends on what
hands the GPU its work (`LAYER_TIMES`, by platform) and on how the engine does it (`layer_factor`).
Four times, one share and one factor are fitted to published rows by `fitting.fit`;
scripts/errors.py prints them anew with their errors.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from benchpost.errors import UsageError, near

EFFICIENCY = 0.86
"""Share of the datasheet bandwidth that decode reaches; fitted."""

LAYER_TIMES = {"server": 146e-6, "desktop": 83e-6, "fast desktop": 53e-6, "soc": 257e-6}
"""Seconds of a layer beside its bytes, by platform, where kernels are launched one by one."""

COMPILED = 0.75
"""Factor on these times of engines with fused or compiled kernels; fitted."""
CAPTURED = 0.3
"""Factor of current serving engines that replay a captured step.

From the intercepts of inter-token latency of vLLM on H100 and B200 (vLLM blog, 2026-04-22):
37 and 54 µs a layer, a quarter and a third of the fitted server time.
"""
EAGER = 6.2
"""Factor of Transformers without compilation: 0.9 ms a layer, bound by the host."""


@dataclass(frozen=True)
class Engine:
    """An inference engine, as far as decode depends on it."""

    name: str
    """As an author writes it."""
    layer_factor: float
    """Factor on the layer time of the platform."""
    kind: str
    """`launched`, `compiled`, `captured` or `eager`."""
    note: str
    """What the factor rests on."""

    @property
    def fitted(self) -> bool:
        """Whether published rows of it were among those that the constants were fitted to."""
        return self.note.startswith("fitted")

    def format_of(self, dtype: str) -> str:
        """The format that weights said to be in `dtype` have in the files of this engine."""
        return _GGUF.get(dtype.lower(), dtype) if self.name == "llama.cpp" else dtype


_GGUF = {"mxfp4": "mxfp4-gguf"}
"""Formats that ggml's files hold otherwise than others under the same name."""


_FITTED = "fitted with its kind of engine to published batch-1 rows"
_ASSUMED = "taken to be like others of its kind; no row of it was used"

ENGINES = (
    Engine("llama.cpp", 1.0, "launched", _FITTED),
    Engine("vllm 0.6", 1.0, "launched", "fitted; vLLM before its V1 engine (0.8)"),
    Engine("autoawq", 1.0, "launched", _FITTED),
    Engine("exllama", COMPILED, "compiled", _FITTED),
    Engine("exllamav2", COMPILED, "compiled", _FITTED),
    Engine("gpt-fast", COMPILED, "compiled", _FITTED),
    Engine("mlc-llm", COMPILED, "compiled", _FITTED),
    Engine("tinychat", COMPILED, "compiled", _FITTED),
    Engine("tensorrt-llm 0", COMPILED, "compiled", "fitted; TensorRT-LLM before 1.0"),
    Engine("lmdeploy", COMPILED, "compiled", _ASSUMED),
    Engine("mlx", CAPTURED, "captured", _ASSUMED),
    Engine("vllm", CAPTURED, "captured", "inter-token latency of vLLM on H100 and B200"),
    Engine("sglang", CAPTURED, "captured", _ASSUMED),
    Engine("tensorrt-llm", CAPTURED, "captured", _ASSUMED),
    Engine("hf transformers", EAGER, "eager", "0.9 ms a layer on an A100; the error is large"),
)
"""Every engine known."""

ALIASES = {
    "trtllm": "tensorrt-llm",
    "trt-llm": "tensorrt-llm",
    "nvidia tensorrt-llm": "tensorrt-llm 0",
    "transformers": "hf transformers",
    "hf": "hf transformers",
    "llamacpp": "llama.cpp",
    "ollama": "llama.cpp",
    "lm studio": "llama.cpp",
    "mlc": "mlc-llm",
    "awq": "autoawq",
    "turbomind": "lmdeploy",
    "mlx-lm": "mlx",
}
"""Other names."""

DEFAULTS = {
    "server": "vllm",
    "desktop": "llama.cpp",
    "fast desktop": "llama.cpp",
    "soc": "llama.cpp",
}
"""The engine that is meant on a platform when none is named."""

_VERSION = re.compile(r"(.*?)[\s=]+v?(\d+)(?:\.(\d+))?.*")
_OLD = {"vllm": (0, 8, "vllm 0.6"), "tensorrt-llm": (1, 0, "tensorrt-llm 0")}
"""Versions below which another entry holds."""


@cache
def engine(name: str) -> Engine:
    """The engine of that name, with or without a version or build: `vLLM 0.6.3`, `llama.cpp b4426`.

    Raises UsageError with near misses.
    """
    known = {each.name: each for each in ENGINES}
    folded = " ".join(name.lower().split())
    if folded in known:
        return known[folded]
    found = _VERSION.fullmatch(folded)
    bare = found[1].strip() if found else folded.partition(" ")[0]
    bare = ALIASES.get(folded, ALIASES.get(bare, bare))
    if bare in known:
        return known[_dated(bare, found)]
    raise UsageError(f"unknown engine {name!r}{near(bare, known)}; known are {', '.join(known)}")


def _dated(bare: str, found: re.Match[str] | None) -> str:
    if bare not in _OLD or not found:
        return bare
    major, minor, older = _OLD[bare]
    return older if (int(found[2]), int(found[3] or 0)) < (major, minor) else bare


def engine_for(platform: str, name: str | None) -> Engine:
    """The engine called `name`, or what is usual on `platform`."""
    return engine(name or DEFAULTS[platform])


def layer_time(platform: str, chosen: Engine) -> float:
    """Seconds of a layer beside its bytes."""
    return LAYER_TIMES[platform] * chosen.layer_factor
