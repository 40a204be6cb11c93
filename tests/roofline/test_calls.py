"""What a value may call: the numbers of the first post, and what is refused."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from benchpost.errors import UsageError
from benchpost.roofline.calls import FUNCTIONS
from benchpost.roofline.units import Quantity

QWEN, LLAMA = "Qwen3-4B-Instruct-2507", "Llama-3.1-8B"
M3 = {"gpu": "Apple M3 Max 40-core", "format": "q4_k_m"}

VALUES = [
    ("decode_rate", {"gpu": "RTX 4090", "model": QWEN}, ".0f", "125"),
    ("decode_rate", {"gpu": "RTX 4090", "model": QWEN, "measured": True}, ".0f", "115"),
    ("decode_rate", {"gpu": "RTX 4090", "model": QWEN, "context": 8192}, ".0f", "109"),
    ("decode_rate", {"gpu": "H200", "model": "Llama-3.1-8B"}, ".0f tok/s", "320 tok/s"),
    ("decode_time", {"gpu": "RTX 4090", "model": QWEN}, ".2f ms", "7.98 ms"),
    ("typical_decode_rate", {"gpu": "RTX 4090", "model": QWEN, "context": 1024}, ".0f", "88"),
    ("prefill_time", {"gpu": "RTX 4090", "model": QWEN, "prompt": 8192}, ".0f ms", "480 ms"),
    ("prefill_flops", {"model": QWEN, "prompt": 1}, ".2f GFLOP", "8.05 GFLOP"),
    ("decode_flops", {"model": QWEN}, ".2f GFLOP", "8.05 GFLOP"),
    ("parameters", {"model": QWEN}, ",.0f", "4,022,468,096"),
    ("dimension", {"model": QWEN, "of": "layers"}, ".0f", "36"),
    ("weight_bytes", {"model": QWEN}, ".3f GB", "8.045 GB"),
    ("weight_bytes", {"model": QWEN, "dtype": "int4"}, ".2f GB", "2.01 GB"),
    # 58 layers, 256 experts, three matrices of 7168 × 2048, a byte each
    ("routed_bytes", {"model": "DeepSeek-V3", "dtype": "fp8"}, ".1f GB", "653.9 GB"),
    ("routed_bytes", {"model": "Llama-3.1-8B"}, ".0f GB", "0 GB"),
    ("streamed_bytes", {"model": "Llama-3.1-8B"}, ".2f GB", "15.01 GB"),
    ("repository_bytes", {"model": QWEN}, ".2f GB", "8.06 GB"),
    ("kv_bytes_per_token", {"model": QWEN}, ".0f", "147456"),
    ("kv_bytes_per_token", {"model": QWEN, "kv": "fp8"}, ".0f", "73728"),
    ("kv_bytes", {"model": QWEN, "context": 8192}, ".2f GB", "1.21 GB"),
    ("max_concurrency", {"gpu": "RTX 4090", "model": QWEN, "context": 8192}, ".1f", "11.6"),
    ("memory", {"gpu": "H200"}, ".0f GB", "141 GB"),
    ("bandwidth", {"gpu": "RTX 4090"}, ".0f GB/s", "1008 GB/s"),
    ("bandwidth", {"gpu": "H200", "measured": True}, ".2f TB/s", "4.02 TB/s"),
    ("peak", {"gpu": "RTX PRO 6000"}, ".1f TFLOPS", "503.8 TFLOPS"),
    ("peak", {"gpu": "RTX PRO 6000", "measured": True}, ".1f TFLOPS", "427.6 TFLOPS"),
    ("peak", {"gpu": "RTX 4090", "dtype": "fp16-acc16"}, ".1f TFLOPS", "330.3 TFLOPS"),
    ("ridge_point", {"gpu": "RTX PRO 6000"}, ".0f FLOP/byte", "281 FLOP/byte"),
    ("ridge_point", {"gpu": "H200", "measured": True}, ".0f", "190"),
    ("saturation_batch", {"gpu": "RTX PRO 6000"}, ".0f", "281"),
    ("matmul_flops", {"m": 512, "k": 2560, "n": 9728}, ".1f GFLOP", "25.5 GFLOP"),
    ("matmul_bytes", {"m": 512, "k": 2560, "n": 9728}, ".1f MB", "62.4 MB"),
    ("matmul_intensity", {"m": 512, "k": 2560, "n": 9728}, ".0f", "409"),
    ("matmul_time", {"gpu": "RTX PRO 6000", "m": 512, "k": 2560, "n": 9728}, ".1f µs", "50.6 µs"),
    ("attention_flops", {"model": QWEN, "tokens": 1, "context": 8192}, ".0f MFLOP", "134 MFLOP"),
    ("attention_bytes", {"model": QWEN, "context": 8192}, ".1f MB", "33.6 MB"),
    ("model_error", {"step": "file size", "of": "rows"}, ".0f", "562"),
    ("model_error", {"step": "file size"}, ".2f", "0.62"),
    ("model_error", {"kind": "serving", "unseen": True, "of": "rows"}, ",.0f", "1,416"),
    ("model_error", {"source": "premAI-io/benchmarks", "of": "rows"}, ".0f", "20"),
    ("set_aside", {}, ".0f", "5"),
    ("set_aside", {"metric": "prefill"}, ".0f", "1"),
    ("published_rate", {**M3, "model": "Llama-3.1-70B", "context": 512}, ".2f", "7.53"),
    ("calibrated_decode_rate", {**M3, "model": "Llama-3.1-70B", "run": LLAMA}, ".1f", "7.5"),
    ("efficiency", {"gpu": "H200"}, ".2f", "0.86"),
    ("layer_time", {"gpu": "RTX 4090"}, ".0f µs", "53 µs"),
    ("layer_time", {"gpu": "A100 SXM 80GB", "engine": "gpt-fast"}, ".0f µs", "110 µs"),
]


@pytest.mark.parametrize(("name", "options", "form", "text"), VALUES)
def test_the_numbers_of_a_post(name: str, options: dict[str, Any], form: str, text: str) -> None:
    """As a sentence would print them."""
    assert format(FUNCTIONS[name](**options), form) == text


def test_every_function_has_a_number_above() -> None:
    """A function that no sentence was tried with is not ready."""
    assert {name for name, *_ in VALUES} == set(FUNCTIONS)


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_every_function_takes_named_options_only(function: Callable[..., Quantity]) -> None:
    """Typed and explained, so that a wrong option can be named."""
    signature = inspect.signature(function)
    assert {parameter.kind for parameter in signature.parameters.values()} == {
        inspect.Parameter.KEYWORD_ONLY
    }
    assert all(parameter.annotation for parameter in signature.parameters.values())
    assert function.__doc__


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("bandwidth", {"gpu": "RTX 4900"}, "unknown GPU 'RTX 4900'; did you mean 'RTX 4090'"),
    (
        "weight_bytes",
        {"model": "Qwen3-5B"},
        "unknown model 'Qwen3-5B'; did you mean 'Qwen3-8B' or 'Qwen3-4B' or",
    ),
    ("set_aside", {"why": "impossibel"}, "no row is 'impossibel'; did you mean 'impossible'"),
    (
        "model_error",
        {"source": "premium"},
        "no published decode row that is kept is of source 'premium'",
    ),
    ("weight_bytes", {"model": QWEN, "dtype": "bf61"}, "unknown format 'bf61'; did you mean"),
    ("peak", {"gpu": "A100 SXM 80GB", "dtype": "fp8"}, "A100 SXM 80GB has no peak for 'fp8'"),
    (
        "peak",
        {"gpu": "RTX 3090", "measured": True},
        "no measured peak is known of RTX 3090 for 'bf16'; it has none",
    ),
    (
        "bandwidth",
        {"gpu": "RTX 3090", "measured": True},
        "no measured bandwidth is known of RTX 3090",
    ),
    (
        "dimension",
        {"model": QWEN, "of": "layer"},
        "a model has no dimension 'layer'; did you mean 'layers'",
    ),
    (
        "dimension",
        {"model": QWEN, "of": "x"},
        "a model has no dimension 'x'; dimensions are layers, hidden, heads, kv_heads, head_dim, ",
    ),
    ("repository_bytes", {"model": "Qwen3-4B"}, "the files of 'Qwen3-4B' are not recorded"),
    ("matmul_flops", {"m": 0, "k": 1, "n": 1}, "m must be at least 1, not 0"),
    ("kv_bytes", {"model": QWEN, "context": 0}, "context must be at least 1, not 0"),
    ("model_error", {"of": "medium"}, "an error has no 'medium'; did you mean 'median'"),
    (
        "model_error",
        {"step": "napkin"},
        "decode has no step 'napkin'; steps are file size, bytes read, constant, layer time, ",
    ),
    ("model_error", {"kind": "encode"}, "unknown kind 'encode'; did you mean 'decode'"),
    ("model_error", {"of": "inside", "step": "constant"}, "the step 'constant' states no band"),
    ("model_error", {"unseen": True}, "the constants of decode were not fitted to one GPU alone"),
    (
        "model_error",
        {"of": "nested", "gpu": "H200"},
        "the share 'nested' is of all rows of the steps",
    ),
    ("model_error", {"gpu": "H200"}, "no published decode row that is kept is of gpu 'H200'"),
    (
        "model_error",
        {"step": "one run", "gpu": "MI250X, one die"},
        "no row of these has a prediction of the step 'one run'",
    ),
    (
        "published_rate",
        {**M3, "model": LLAMA},
        "5 published rows are meant; say which: context=256 prompt=0, context=512 prompt=0, ",
    ),
    (
        "published_rate",
        {**M3, "model": LLAMA, "engine": "vllm"},
        "no such decode row of Llama-3.1-8B on Apple M3 Max 40-core is kept; there is "
        "f16 with llama.cpp, q4_k_m with llama.cpp",
    ),
    (
        "published_rate",
        {**M3, "model": LLAMA, "metric": "decoding"},
        "unknown metric 'decoding'; did you mean 'decode'",
    ),
]


@pytest.mark.parametrize(("name", "options", "said"), REFUSED)
def test_what_cannot_be_answered_is_refused(name: str, options: dict[str, Any], said: str) -> None:
    """With near misses, or with what is lacking."""
    with pytest.raises(UsageError) as caught:
        FUNCTIONS[name](**options)
    assert caught.value.message.startswith(said)


def test_a_value_needs_neither_numpy_nor_matplotlib() -> None:
    """`check` computes values in every post; importing NumPy would take longer than all of them."""
    code = (
        "import sys; from benchpost.roofline.calls import FUNCTIONS; "
        "FUNCTIONS['decode_rate'](gpu='H200', model='Qwen3-4B'); "
        "print({'numpy', 'matplotlib', 'ast', 'sympy'} & set(sys.modules) - {'ast'})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
