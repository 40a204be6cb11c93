"""The diagram of a transformer, with the shapes of a model from the catalogue or with symbols."""

from __future__ import annotations

from typing import Any

from benchpost.figures import markup
from benchpost.figures.names import file_stem
from benchpost.figures.quoted import citations
from benchpost.figures.shown import shown
from benchpost.figures.types import Facts, Fragment
from benchpost.roofline.catalog import Model
from benchpost.roofline.catalog import model as known_model

_SYMBOLS = (
    "d: hidden size; H and G: query and key-value heads; h: size of a head; "
    "f: intermediate size; V: vocabulary; N: layers."
)


def diagram_transformer(
    facts: Facts, *, model: str = "", name: str = "", caption: str = ""
) -> Fragment:
    """A decoder from tokens to logits: which operations are matmuls, which attention, and how big.

    With `model`, the shapes are that model's; without, they are symbols.
    """
    stem = file_stem("diagram transformer", name, model)
    if not model:
        note = markup.escaped(caption or _SYMBOLS)
        return shown(facts, stem, "transformer", _symbolic(), note)
    chosen = known_model(model)
    source = citations([(chosen.source, chosen.date)])
    note = markup.escaped(caption) if caption else f"{markup.escaped(chosen.name)}: {source}."
    return shown(facts, stem, "transformer", _data(chosen), note)


def _data(model: Model) -> dict[str, Any]:
    hidden, query = f"{model.hidden:,}", f"{model.heads * model.head_dim:,}"
    shared = f"{model.kv_heads * model.head_dim:,}"
    between, vocab = f"{model.intermediate:,}", f"{model.vocab:,}"
    heads = _sharing(model.heads, model.kv_heads)
    tied = "the same matrix as the embedding" if model.tied_embeddings else "a matrix of its own"
    return {
        "embedding": ["Input embedding", f"one row of {vocab} × {hidden} for each token"],
        "layer": f"Hidden layer, {model.layers} times",
        "attention": {
            "title": f"Attention module: {heads}",
            "projections": _projections(hidden, query, shared),
            "core": f"softmax(Q Kᵀ) V, heads of {model.head_dim}",
            "output": ["Output projection", f"{query} → {hidden}"],
        },
        "heads": [model.heads, model.kv_heads],
        "mlp": _mlp(hidden, between),
        "head": ["LM head", f"{hidden} → {vocab}, {tied}"],
        "title": f"{model.name} from tokens to logits",
        "description": f"An embedding of {vocab} × {hidden}; {model.layers} hidden layers, each of "
        f"an attention module ({heads}, heads of {model.head_dim}; matmuls for query, key, value "
        f"and output, and attention itself) and an MLP module (matmuls gate and up, {hidden} to "
        f"{between}, and down); then the LM head, a matmul of {hidden} × {vocab}.",
    }


def _sharing(heads: int, kv_heads: int) -> str:
    if heads == kv_heads:
        return f"{heads} heads, each with its own KV"
    return f"{heads} query heads share {kv_heads} KV head{'' if kv_heads == 1 else 's'}"


def _projections(hidden: str, query: str, shared: str) -> list[list[str]]:
    sizes = {"Q projection": query, "K projection": shared, "V projection": shared}
    return [[name, f"{hidden} → {size}"] for name, size in sizes.items()]


def _mlp(hidden: str, between: str) -> dict[str, Any]:
    return {
        "title": "MLP module",
        "into": [
            ["Gate projection", f"{hidden} → {between}"],
            ["Up projection", f"{hidden} → {between}"],
        ],
        "product": "SiLU(gate) · up",
        "output": ["Down projection", f"{between} → {hidden}"],
    }


def _symbolic() -> dict[str, Any]:
    return {
        "embedding": ["Input embedding", "one row of V × d for each token"],
        "layer": "Hidden layer, N times",
        "attention": {
            "title": "Attention module: H query heads share G KV heads",
            "projections": _projections("d", "H · h", "G · h"),
            "core": "softmax(Q Kᵀ) V",
            "output": ["Output projection", "H · h → d"],
        },
        "heads": [16, 4],
        "mlp": _mlp("d", "f"),
        "head": ["LM head", "d → V"],
        "title": "A decoder-only transformer from tokens to logits",
        "description": "An embedding; N hidden layers, each of an attention module (matmuls for "
        "query, key, value and output, and attention itself, where groups of query heads share a "
        "key-value head) and an MLP module (matmuls gate, up and down); then the LM head, a "
        "matmul.",
    }
