"""A model straight from a Hugging Face `config.json` on disk."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchpost.errors import BenchpostError, Place, UsageError, near
from benchpost.roofline.models import Model

PLAIN: dict[str, dict[str, Any]] = {
    "llama": {},
    "mistral": {},
    "mixtral": {},
    "phi3": {},
    "qwen2": {"qkv_bias": True},
    "qwen2_moe": {"qkv_bias": True, "shared_gate": True},
    "qwen3": {"query_key_norm": True},
    "qwen3_moe": {"query_key_norm": True},
    "qwen3_next": {"query_key_norm": True, "output_gate": True, "shared_gate": True},
    "olmo2": {"query_key_norm": True},
    "smollm3": {},
    "granite": {},
    "gemma": {"tied_embeddings": True},
    "gemma2": {"layer_norms": 4, "tied_embeddings": True},
    "gemma3": {"layer_norms": 4, "query_key_norm": True, "tied_embeddings": True},
    "gemma3_text": {"layer_norms": 4, "query_key_norm": True, "tied_embeddings": True},
    "gpt_oss": {"qkv_bias": True, "output_bias": True, "sinks": True, "mlp_bias": True},
    "deepseek_v2": {},
    "deepseek_v3": {"router_bias": True},
    "kimi_k2": {"router_bias": True},
}
"""Architectures that are known, by `model_type`, and what their configuration does not say."""

EVERY_OTHER = ("gemma2", "gpt_oss")
"""Architectures whose layers have a window every other time."""
GEMMA3_PATTERN = 6
"""Of six layers of Gemma 3, five have a window."""


def model_from_config(path: str | Path, name: str | None = None) -> Model:
    """The model that a `config.json` describes; `path` is the file or its folder.

    Raises UsageError for an architecture that is not known, and where a number is missing.
    """
    file = Path(path)
    file = file / "config.json" if file.is_dir() else file
    if not file.is_file():
        raise UsageError(f"no file {file}")
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BenchpostError(f"not JSON: {error}", Place(file.as_posix())) from error
    if not isinstance(found, dict):
        raise BenchpostError("not a configuration: no JSON object", Place(file.as_posix()))
    changed = datetime.fromtimestamp(file.stat().st_mtime, UTC).date().isoformat()
    name = name or _name(found, file)
    return from_config(found, name, f"{file.name} of {name}", changed)


def _name(config: Mapping[str, Any], file: Path) -> str:
    """As the configuration says, else as the file is called, or its folder for a `config.json`."""
    own = file.stem if file.name != "config.json" else file.resolve().parent.name
    return str(config.get("_name_or_path") or own)


def from_config(config: Mapping[str, Any], name: str, source: str, date: str) -> Model:
    """The model that a configuration, read already, describes."""
    kind = str(config.get("model_type", ""))
    text = {**config, **config.get("text_config", {})}
    if kind not in PLAIN:
        known = near(kind, PLAIN) or f"; known are {', '.join(PLAIN)}"
        raise UsageError(f"{name} is of the architecture {kind!r}, which is not known{known}")
    given = _Config(text, name)
    return Model(
        **{
            "name": name,
            "source": source,
            "date": date,
            **given.dimensions(),
            **given.experts(),
            **given.windows(kind),
            **given.latent(),
            **given.states(),
            **given.biases(),
            **PLAIN[kind],
        }
    )


class _Config(dict[str, Any]):
    """The text part of a configuration."""

    def __init__(self, values: Mapping[str, Any], name: str) -> None:
        super().__init__(values)
        self.name = name

    def number(self, *keys: str) -> int:
        """The first of `keys` that is there. Raises UsageError where none is."""
        for key in keys:
            if isinstance(self.get(key), int) and not isinstance(self[key], bool):
                return int(self[key])
        raise UsageError(f"the configuration of {self.name} has no {' or '.join(keys)}")

    def optional(self, *keys: str) -> int:
        return next((int(self[key]) for key in keys if self.get(key)), 0)

    def dimensions(self) -> dict[str, Any]:
        heads, hidden = self.number("num_attention_heads"), self.number("hidden_size")
        return {
            "layers": self.number("num_hidden_layers"),
            "hidden": hidden,
            "heads": heads,
            "kv_heads": self.optional("num_key_value_heads") or heads,
            "head_dim": self.optional("head_dim") or hidden // heads,
            "intermediate": self.number("intermediate_size"),
            "vocab": self.number("vocab_size"),
            "tied_embeddings": bool(self.get("tie_word_embeddings", False)),
            "max_context": self.optional("max_position_embeddings") or None,
        }

    def experts(self) -> dict[str, Any]:
        experts = self.optional("num_local_experts", "n_routed_experts", "num_experts")
        if not experts:
            return {}
        wide = self.optional("moe_intermediate_size") or self.number("intermediate_size")
        shared = self.optional("shared_expert_intermediate_size")
        return {
            "experts": experts,
            "experts_per_token": self.number("num_experts_per_tok", "experts_per_token"),
            "expert_intermediate": wide,
            "shared_intermediate": shared or self.optional("n_shared_experts") * wide,
            "dense_layers": self.optional("first_k_dense_replace"),
        }

    def windows(self, kind: str) -> dict[str, Any]:
        window = self.optional("sliding_window")
        if not window or self.get("use_sliding_window") is False:
            return {}
        return {"window": window, "full_layers": self.full_layers(kind)}

    def full_layers(self, kind: str) -> int:
        """Layers that see all tokens, among others that do not."""
        layers = self.number("num_hidden_layers")
        if isinstance(self.get("layer_types"), list):
            return sum(each == "full_attention" for each in self["layer_types"])
        if kind.startswith("gemma3"):
            return layers // (self.optional("sliding_window_pattern") or GEMMA3_PATTERN)
        return layers // 2 if kind in EVERY_OTHER else 0

    def latent(self) -> dict[str, Any]:
        if not self.optional("kv_lora_rank"):
            return {}
        return {
            "latent_rank": self.number("kv_lora_rank"),
            "query_rank": self.optional("q_lora_rank"),
            "nope_dim": self.number("qk_nope_head_dim"),
            "rope_dim": self.number("qk_rope_head_dim"),
            "value_dim": self.number("v_head_dim"),
        }

    def states(self) -> dict[str, Any]:
        if not self.optional("linear_num_value_heads"):
            return {}
        layers, keys = self.number("num_hidden_layers"), self.number("linear_key_head_dim")
        types = self.get("layer_types") or []
        interval = self.optional("full_attention_interval") or 4
        full = sum(each == "full_attention" for each in types) or layers // interval
        return {
            "state_heads": self.number("linear_num_value_heads"),
            "state_key_dim": keys,
            "state_value_dim": self.number("linear_value_head_dim"),
            "state_key_width": self.number("linear_num_key_heads") * keys,
            "full_layers": full,
        }

    def biases(self) -> dict[str, Any]:
        biased = bool(self.get("attention_bias", False))
        return {
            "qkv_bias": biased,
            "output_bias": biased,
            "mlp_bias": bool(self.get("mlp_bias", False)),
        }
