"""A model from a Hugging Face configuration counts the parameters that others count."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from benchpost.errors import BenchpostError, UsageError
from benchpost.roofline import catalog
from benchpost.roofline.configs import from_config, model_from_config

LLAMA = {
    "model_type": "llama",
    "hidden_size": 4096,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "intermediate_size": 14336,
    "vocab_size": 128256,
    "tie_word_embeddings": False,
    "max_position_embeddings": 131072,
}
QWEN3_MOE = {
    "model_type": "qwen3_moe",
    "hidden_size": 2048,
    "num_hidden_layers": 48,
    "num_attention_heads": 32,
    "num_key_value_heads": 4,
    "head_dim": 128,
    "intermediate_size": 6144,
    "moe_intermediate_size": 768,
    "num_experts": 128,
    "num_experts_per_tok": 8,
    "vocab_size": 151936,
    "sliding_window": None,
}
GEMMA3 = {
    "model_type": "gemma3",
    "text_config": {
        "hidden_size": 5376,
        "num_hidden_layers": 62,
        "num_attention_heads": 32,
        "num_key_value_heads": 16,
        "head_dim": 128,
        "intermediate_size": 21504,
        "sliding_window": 1024,
        "sliding_window_pattern": 6,
        "vocab_size": 262208,
    },
}
GPT_OSS = {
    "model_type": "gpt_oss",
    "hidden_size": 2880,
    "num_hidden_layers": 24,
    "num_attention_heads": 64,
    "num_key_value_heads": 8,
    "head_dim": 64,
    "intermediate_size": 2880,
    "num_local_experts": 32,
    "num_experts_per_tok": 4,
    "sliding_window": 128,
    "layer_types": ["sliding_attention", "full_attention"] * 12,
    "vocab_size": 201088,
}
DEEPSEEK = {
    "model_type": "deepseek_v3",
    "hidden_size": 7168,
    "num_hidden_layers": 61,
    "num_attention_heads": 128,
    "num_key_value_heads": 128,
    "head_dim": 128,
    "intermediate_size": 18432,
    "moe_intermediate_size": 2048,
    "n_routed_experts": 256,
    "num_experts_per_tok": 8,
    "n_shared_experts": 1,
    "first_k_dense_replace": 3,
    "q_lora_rank": 1536,
    "kv_lora_rank": 512,
    "qk_nope_head_dim": 128,
    "qk_rope_head_dim": 64,
    "v_head_dim": 128,
    "vocab_size": 129280,
}
QWEN3_NEXT = {
    "model_type": "qwen3_next",
    "hidden_size": 2048,
    "num_hidden_layers": 48,
    "num_attention_heads": 16,
    "num_key_value_heads": 2,
    "head_dim": 256,
    "intermediate_size": 5120,
    "moe_intermediate_size": 512,
    "shared_expert_intermediate_size": 512,
    "num_experts": 512,
    "num_experts_per_tok": 10,
    "full_attention_interval": 4,
    "linear_num_value_heads": 32,
    "linear_num_key_heads": 16,
    "linear_key_head_dim": 128,
    "linear_value_head_dim": 128,
    "vocab_size": 151936,
}

KNOWN = [
    (LLAMA, "Llama-3.1-8B"),
    (QWEN3_MOE, "Qwen3-30B-A3B"),
    (GEMMA3, "Gemma-3-27B"),
    (GPT_OSS, "gpt-oss-20b"),
    (DEEPSEEK, "DeepSeek-V3"),
    (QWEN3_NEXT, "Qwen3-Next-80B-A3B"),
]


@pytest.mark.parametrize(("config", "name"), KNOWN, ids=lambda value: str(value)[:24])
def test_a_configuration_gives_the_model_of_the_catalogue(
    config: dict[str, Any], name: str, tmp_path: Path
) -> None:
    """Parameters, what a token reads, and what is kept of a long sequence."""
    file = tmp_path / "config.json"
    file.write_text(json.dumps(config))
    made, known = model_from_config(file), catalog.model(name)
    assert made.parameters.value == known.parameters.value
    assert made.streamed_parameters == known.streamed_parameters
    assert made.kv_bytes(100_000) == known.kv_bytes(100_000)
    assert made.name == tmp_path.name


def test_a_sliding_window_that_is_switched_off_is_none() -> None:
    """Qwen2 writes one and does not use it."""
    config = {**LLAMA, "sliding_window": 4096, "use_sliding_window": False}
    assert from_config(config, "X", "s", "2026").window is None


WRONG: list[tuple[dict[str, Any], str]] = [
    ({**LLAMA, "model_type": "lama"}, "X is of the architecture 'lama', which is not known; did"),
    ({**LLAMA, "model_type": ""}, "X is of the architecture '', which is not known; known are "),
    (
        {key: value for key, value in LLAMA.items() if key != "vocab_size"},
        "the configuration of X has no vocab_size",
    ),
]


@pytest.mark.parametrize(("config", "said"), WRONG)
def test_what_is_not_known_is_refused(config: dict[str, Any], said: str) -> None:
    """Rather than counted wrong."""
    with pytest.raises(UsageError, match=re.escape(said)):
        from_config(config, "X", "s", "2026")


@pytest.mark.parametrize(("text", "said"), [("{", "not JSON"), ("[]", "no JSON object")])
def test_a_broken_file_is_named(text: str, said: str, tmp_path: Path) -> None:
    """With its path."""
    file = tmp_path / "config.json"
    file.write_text(text)
    with pytest.raises(BenchpostError, match=said):
        model_from_config(file)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The path as given."""
    with pytest.raises(UsageError, match=r"no file .*none\.json"):
        model_from_config(tmp_path / "none.json")
