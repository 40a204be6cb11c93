"""Predictions: bounds hold, bands contain what was measured, arrows point the right way."""

from __future__ import annotations

import itertools
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from benchpost import roofline
from benchpost.errors import UsageError
from benchpost.roofline import catalog, predict
from benchpost.roofline.terms import TERMS

CHIPS = ("RTX 3090", "RTX 4090", "RTX PRO 6000", "A100 SXM 80GB", "H200", "B200", "MI300X")
MODELS = ("Qwen3-4B-Instruct-2507", "Llama-3.1-8B", "Llama-3.1-70B")
PAIRS = pytest.mark.parametrize(("gpu", "model"), list(itertools.product(CHIPS, MODELS)))


@PAIRS
def test_no_decode_rate_beats_its_bound(gpu: str, model: str) -> None:
    """Low, typical, high, bound: in that order, at every batch and context."""
    for batch, context in itertools.product((1, 32, 1024), (0, 1024, 65536)):
        made = predict.decode(gpu=gpu, model=model, batch=batch, context=context)
        assert 0 < made.low < made.value < made.high <= made.bound
        assert made.unit == "token/second"


@PAIRS
def test_no_prefill_is_faster_than_its_bound(gpu: str, model: str) -> None:
    """Bound, low, typical, high: in that order; the band is wide and says so."""
    for prompt in (1, 100, 10_000):
        made = predict.prefill(gpu=gpu, model=model, prompt=prompt)
        assert 0 < made.bound <= made.low <= made.value <= made.high
        assert "uncalibrated" in made.source


MEASURED = [
    # batch 1: GPU, model, context, tokens a second, who published it
    ("H100 SXM", "Llama-3.1-8B", 0, 1 / 6.44e-3, "vLLM blog 2026-04-22, intercept of the ITL"),
    ("B200", "Llama-3.1-8B", 0, 1 / 3.93e-3, "vLLM blog 2026-04-22, intercept of the ITL"),
    ("A100 SXM 80GB", "Llama-2-7B", 105, 104.9, "pytorch-labs/gpt-fast README, bf16"),
    ("RTX 4090", "Llama-3-8B", 256, 54.84, "XiongjieDai/GPU-Benchmarks, llama.cpp F16"),
    ("RTX 4090", "Llama-3-8B", 4096, 50.88, "XiongjieDai/GPU-Benchmarks, llama.cpp F16"),
]


@pytest.mark.parametrize(("gpu", "model", "context", "rate", "who"), MEASURED)
def test_published_rates_lie_in_the_band(
    gpu: str, model: str, context: int, rate: float, who: str
) -> None:
    """And below the bound."""
    made = predict.decode(gpu=gpu, model=model, context=context)
    assert made.low < rate < made.high <= made.bound, who


ITL_SLOPES = [
    # seconds a token of context adds to a step, vLLM blog 2026-04-22, Llama-3.1-8B
    ("H100 SXM", "bf16", 4.37e-8),
    ("H100 SXM", "fp8", 2.37e-8),
    ("B200", "bf16", 1.80e-8),
    ("B200", "fp8", 9.7e-9),
]


@pytest.mark.parametrize(("gpu", "kv", "slope"), ITL_SLOPES)
def test_the_cost_of_context_is_bounded_from_first_principles(
    gpu: str, kv: str, slope: float
) -> None:
    """The measured slope is 10 % to 20 % above KV bytes over bandwidth, never below."""
    short, long = (
        1 / predict.decode(gpu=gpu, model="Llama-3.1-8B", context=context, kv=kv).bound
        for context in (1000, 2000)
    )
    assert 0.8 < (long - short) / 1000 / slope < 1


def test_more_context_is_never_faster_and_more_batch_never_slower() -> None:
    """Neither the bound nor the typical rate."""
    for gpu in CHIPS:
        contexts = [decode(gpu, context=context) for context in (0, 1, 1000, 100_000)]
        assert contexts == sorted(contexts, reverse=True)
        batches = [decode(gpu, batch=batch) for batch in (1, 2, 64, 4096)]
        assert batches == sorted(batches)


def decode(gpu: str, **sizes: Any) -> tuple[float, float]:
    made = predict.decode(gpu=gpu, model="Qwen3-4B-Instruct-2507", **sizes)
    return made.bound, made.value


def test_fewer_bits_are_never_slower() -> None:
    """Not even where the chip does not multiply in that format."""
    for gpu in CHIPS:
        rates = [
            predict.decode(gpu=gpu, model="Llama-3.1-8B", batch=64, dtype=dtype).bound
            for dtype in ("bf16", "fp8", "int4")
        ]
        assert rates == sorted(rates)


def test_a_large_batch_is_compute_bound() -> None:
    """The bound is then the FLOPs over the peak, not the bandwidth."""
    made = predict.decode(gpu="RTX 4090", model="Qwen3-4B", batch=100_000)
    assert made.bound == pytest.approx(100_000 * 165.2e12 / made.terms["decode_flops"])


def test_the_terms_are_those_of_the_equations() -> None:
    """Each name is a term, so that a figure can show symbol and unit."""
    made = predict.decode(gpu="H200", model="Llama-3.1-8B", context=8192, batch=4)
    assert set(made.terms) <= set(TERMS)
    assert made.terms["kv_bytes"] == 4 * 8192 * 131_072
    assert made.terms["weight_bytes"] == catalog.model("Llama-3.1-8B").streamed_bytes()


def test_the_engine_and_the_platform_make_the_layer_time() -> None:
    """A data-centre host is slower; a captured step costs less; the source names the engine."""
    server = predict.decode(gpu="A100 SXM 80GB", model="Llama-3.1-8B", engine="llama.cpp b2824")
    assert server.terms["layer_time"] == 146e-6
    captured = predict.decode(gpu="A100 SXM 80GB", model="Llama-3.1-8B", engine="vLLM 0.24.0")
    assert captured.terms["layer_time"] == pytest.approx(0.3 * 146e-6)
    assert "engine: vllm (" in captured.source
    older = predict.decode(gpu="A100 SXM 80GB", model="Llama-3.1-8B", engine="vLLM 0.6.3")
    assert older.terms["layer_time"] == 146e-6


def test_a_batch_says_that_the_fit_did_not_see_it() -> None:
    """The band is that of batch 1."""
    sources = [
        predict.decode(gpu="H200", model="Llama-3.1-8B", batch=batch).source for batch in (1, 8)
    ]
    assert ["the fit saw batch 1 only" in source for source in sources] == [False, True]


def test_what_fits_beside_the_weights() -> None:
    """Whole blocks of 16 tokens in 92 % of the memory, less the weights."""
    fit = predict.memory(gpu="H100 SXM", model="Llama-3.1-8B", context=8192)
    blocks = int((0.92 * 80e9 - 16_060_522_496) // (16 * 131_072))
    assert (fit.kv_blocks, fit.tokens) == (blocks, blocks * 16)
    assert fit.max_concurrency == blocks / 512


def test_weights_that_do_not_fit_leave_no_room() -> None:
    """Zero blocks, not a negative count."""
    fit = predict.memory(gpu="RTX 4090", model="Llama-3.1-70B", context=1)
    assert (fit.kv_blocks, fit.tokens, fit.max_concurrency) == (0, 0, 0.0)


WRONG = [
    (
        lambda: predict.decode(gpu="H200", model="Qwen3-4B", context=-1),
        "context must be at least 0",
    ),
    (lambda: predict.decode(gpu="H200", model="Qwen3-4B", batch=0), "batch must be at least 1"),
    (lambda: predict.prefill(gpu="H200", model="Qwen3-4B", prompt=0), "prompt must be at least 1"),
    (
        lambda: predict.memory(gpu="H200", model="Qwen3-4B", context=1, utilisation=92),
        "utilisation must be at most 1, not 92",
    ),
    (lambda: predict.decode(gpu="H200", model="Qwen3-4B", dtype="bf61"), "unknown format 'bf61'"),
]


@pytest.mark.parametrize(("act", "said"), WRONG)
def test_wrong_options_are_refused(act: object, said: str) -> None:
    """With the option and what it must be."""
    assert callable(act)
    with pytest.raises(UsageError, match=said):
        act()


@pytest.mark.parametrize("model", ["Llama-3.1-8B", "gpt-oss-20b", "DeepSeek-V3"])
def test_arrays_give_what_numbers_give_one_by_one(model: str) -> None:
    """Contexts against batches, for decode and for prefill."""
    contexts, batches = np.array([0, 100, 5000]), np.array([[1], [32]])
    table = predict.decode(gpu="H200", model=model, context=contexts, batch=batches)
    assert list(np.shape(table.value)) == [2, 3]
    for row, batch in enumerate((1, 32)):
        for column, context in enumerate((0, 100, 5000)):
            one = predict.decode(gpu="H200", model=model, context=context, batch=batch)
            assert table.value[row, column] == one.value  # type: ignore[index]  # an array here
            assert table.bound[row, column] == one.bound  # type: ignore[index]  # an array here
    prompts = predict.prefill(gpu="H200", model=model, prompt=np.array([10, 5000]))
    assert list(np.shape(prompts.value)) == [2]


def test_a_batch_reads_more_experts_and_the_bound_the_fewest() -> None:
    """Tokens that all go to the same experts would be the fastest."""
    many = predict.decode(gpu="H200", model="Qwen3-30B-A3B", batch=64)
    one = predict.decode(gpu="H200", model="Qwen3-30B-A3B", batch=1)
    assert many.terms["weight_bytes"] > 5 * one.terms["weight_bytes"]
    assert many.bound == pytest.approx(64 * one.bound)


def test_a_window_bounds_what_a_step_reads() -> None:
    """Beyond it only the layers that see all tokens grow."""
    steps = [
        predict.decode(gpu="H200", model="gpt-oss-20b", context=context).terms["kv_bytes"]
        for context in (128, 1128, 2128)
    ]
    assert steps[2] - steps[1] == steps[1] - steps[0] == 1000 * 12 * 2 * 8 * 64 * 2


def test_windows_make_room_for_more_sequences() -> None:
    """A sequence of Gemma 3 takes less than its tokens times the bytes of one."""
    fit = predict.memory(gpu="H200", model="Gemma-3-27B", context=131_072)
    assert fit.max_concurrency > 4 * fit.tokens / 131_072


def test_parts_of_a_model_fit_where_the_whole_does_not() -> None:
    """405B in FP8 on eight H100; each holds one of its eight key-value heads."""
    asked: dict[str, Any] = {
        "gpu": "H100 SXM",
        "model": "Llama-3.1-405B",
        "context": 8192,
        "dtype": "fp8",
    }
    assert predict.memory(**asked).kv_blocks == 0
    eight = predict.memory(**asked, tp=8)
    assert eight.kv_blocks > 0
    assert eight.kv_bytes_per_token == 516_096 / 8


def test_the_package_imports_nothing_that_is_not_asked_for() -> None:
    """`from benchpost import roofline` and a scalar prediction need no NumPy."""
    code = (
        "import sys; from benchpost import roofline; "
        "roofline.decode(gpu='H200', model='gpt-oss-20b', batch=4); "
        "print({'numpy', 'matplotlib'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


EVERY: list[tuple[str, dict[str, Any], str]] = [
    ("decode", {"context": [[0], [100], [9000]], "batch": [1, 64]}, "value"),
    ("prefill", {"prompt": [[16], [100], [9000]], "batch": [1, 64]}, "value"),
    ("serving", {"concurrency": [[1], [16], [900]], "prompt": [100, 9000], "output": 512}, "value"),
    ("memory", {"context": [[16], [100], [9000]], "utilisation": [0.5, 0.9]}, "max_concurrency"),
    ("speculate", {"acceptance": [[0.1], [0.5], [1.0]], "drafted": [1, 4]}, "value"),
    ("prefix", {"prompt": [[600], [900], [9000]], "prefix": [16, 500]}, "value"),
]


@pytest.mark.parametrize(
    "model", ["Llama-3.1-8B", "gpt-oss-20b", "DeepSeek-V3", "Qwen3-Next-80B-A3B"]
)
@pytest.mark.parametrize(("what", "sizes", "field"), EVERY)
def test_arrays_broadcast_in_every_prediction(
    what: str, sizes: dict[str, Any], field: str, model: str
) -> None:
    """A column against a row is a table, and each cell is what numbers give."""
    predicted = getattr(roofline, what)
    asked: dict[str, Any] = {"gpu": "B200", "model": model, "dtype": "fp8", "tp": 8}
    arrays = {name: np.array(size) for name, size in sizes.items()}
    table = getattr(predicted(**asked, **arrays), field)
    assert table.shape == (3, 2)
    whole = np.broadcast_arrays(*arrays.values())
    for place in np.ndindex(3, 2):
        one = {name: each[place].item() for name, each in zip(arrays, whole, strict=True)}
        assert table[place] == getattr(predicted(**asked, **one), field)


def test_a_model_that_does_not_fit_says_so() -> None:
    """Beside the numbers, with both sizes; one that fits says nothing."""
    asked: dict[str, Any] = {"gpu": "RTX 4090", "model": "Llama-3.1-70B"}
    said = (
        "does not fit: 141 GB of weights and 0.328 GB of KV cache are more than the 24 GB of "
        "RTX 4090; the figures are of one that had room"
    )
    assert predict.decode(**asked, context=1000).notes == (said,)
    assert predict.prefill(**asked, prompt=1000).notes == (said,)
    assert predict.decode(**{**asked, "gpu": "H200"}, context=1).notes == (
        "does not fit: 141 GB of weights and 0.000328 GB of KV cache are more than the 141 GB of "
        "H200; the figures are of one that had room",
    )
    assert predict.decode(gpu="H200", model="Llama-3.1-8B", context=1000).notes == ()
    assert predict.decode(**{**asked, "gpu": "H200", "tp": 2}, context=1000).notes == ()
    (parts,) = predict.decode(**asked, tp=2).notes
    assert "70.6 GB of weights" in parts
    assert "each of 2 × RTX 4090" in parts


def test_a_kv_cache_that_does_not_fit_says_so() -> None:
    """Weights alone would; the largest of an array decides."""
    asked: dict[str, Any] = {"gpu": "RTX 4090", "model": "Llama-3.1-8B"}
    assert predict.decode(**asked, context=8192).notes == ()
    assert predict.decode(**asked, context=8192, batch=np.array([1, 64])).notes


def test_the_format_is_what_the_engine_makes_of_it() -> None:
    """MXFP4 in ggml's files has the rest in Q8_0; elsewhere it stays in 16 bits."""
    asked: dict[str, Any] = {"gpu": "GB10", "model": "gpt-oss-20b", "weights": "mxfp4"}
    ggml = predict.decode(**asked, engine="llama.cpp").terms["weight_bytes"]
    assert ggml < 0.75 * predict.decode(**asked, engine="vllm").terms["weight_bytes"]
    assert ggml == predict.decode(**{**asked, "weights": "mxfp4-gguf"}).terms["weight_bytes"]


def test_a_context_beyond_the_models_own_is_told() -> None:
    """By every prediction that has one; a shorter one is not."""
    asked: dict[str, Any] = {"gpu": "H100 SXM", "model": "Llama-2-7B"}
    said = "8,000 tokens are more than the 4,096 that Llama-2-7B takes"
    made: list[Any] = [
        roofline.decode(**asked, context=8000),
        roofline.prefill(**asked, prompt=8000),
        roofline.memory(**asked, context=8000),
        roofline.speculate(**asked, context=8000, acceptance=0.8, drafted=3),
        roofline.serving(**asked, concurrency=4, prompt=7000, output=1000),
        roofline.prefix(**asked, prompt=8000, prefix=4000),
    ]
    for each in made:
        assert any(note.startswith(said) for note in each.notes)
    assert roofline.decode(**asked, context=4096).notes == ()
