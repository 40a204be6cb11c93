"""The work of a model: operation by operation, and the same in closed form."""

from __future__ import annotations

from typing import Any

import pytest

from benchpost.errors import UsageError
from benchpost.roofline import catalog, equations
from benchpost.roofline.catalog import Model
from benchpost.roofline.layers import Operation, operations, total_flops, total_moved
from benchpost.roofline.work import work

EACH_MODEL = pytest.mark.parametrize("model", catalog.models(), ids=lambda model: model.name)
DENSE = pytest.mark.parametrize(
    "model",
    [each for each in catalog.models() if not (each.window or each.experts)],
    ids=lambda model: model.name,
)
CASES = [(1, 1), (1, 8192), (4, 1024), (64, 100)]


def dimensions(model: Model) -> dict[str, float]:
    return {
        "layers": model.layers,
        "layer_parameters": model.layer_parameters,
        "head_parameters": model.head_parameters,
        "heads": model.heads,
        "head_dim": model.head_dim,
    }


@DENSE
@pytest.mark.parametrize(("batch", "context"), CASES)
def test_a_decode_step_adds_up(model: Model, batch: int, context: int) -> None:
    """FLOPs of all operations are those of the closed form."""
    done = operations(model, tokens=1, context=context, batch=batch)
    closed = equations.decode_flops(batch=batch, context=context, **dimensions(model))
    assert total_flops(done) == closed


@DENSE
@pytest.mark.parametrize(("batch", "tokens"), CASES)
def test_a_prefill_adds_up(model: Model, batch: int, tokens: int) -> None:
    """The same for a prompt, with causal attention and the LM head for the last token."""
    done = operations(model, tokens=tokens, batch=batch)
    closed = equations.prefill_flops(
        batch=batch, tokens=tokens, context=tokens, **dimensions(model)
    )
    assert total_flops(done) == pytest.approx(closed, rel=1e-14)


@DENSE
def test_the_weights_of_all_matmuls_are_the_streamed_parameters(model: Model) -> None:
    """But for norms and biases, which are below a thousandth."""
    weights = sum(op.count * op.k * op.n for op in operations(model) if op.kind == "matmul")
    assert weights == model.layers * model.layer_parameters + model.head_parameters
    assert 0 < model.streamed_parameters - weights < 1e-3 * model.streamed_parameters


@EACH_MODEL
@pytest.mark.parametrize(("batch", "context"), CASES)
def test_the_work_of_a_step_is_that_of_its_operations(
    model: Model, batch: int, context: int
) -> None:
    """FLOPs and bytes in closed form, for every kind of layer; activations move besides."""
    done, closed = operations(model, context=context, batch=batch), work(model)
    assert total_flops(done) == pytest.approx(closed.decode_flops(context, batch), rel=1e-12)
    read = closed.weight_bytes(batch) + closed.kv_bytes(context, batch)
    assert total_moved(done) >= 0.999 * read
    assert total_moved(operations(model, context=context, activations="int4", batch=batch)) < (
        total_moved(done)
    )


@EACH_MODEL
@pytest.mark.parametrize(("batch", "tokens"), CASES)
def test_the_work_of_a_prompt_is_that_of_its_operations(
    model: Model, batch: int, tokens: int
) -> None:
    """The same for a prompt: causal, and cut off at each window."""
    closed = work(model)
    done = total_flops(operations(model, tokens=tokens, batch=batch))
    if tokens > 1 or not model.latent_rank:
        assert done == pytest.approx(closed.prefill_flops(tokens, tokens, batch), rel=1e-12)


@EACH_MODEL
def test_one_sequence_reads_the_streamed_parameters(model: Model) -> None:
    """At batch 1 the experts read are those of one token; many sequences read all of them."""
    closed = work(model)
    assert closed.weight_bytes(1) == pytest.approx(model.streamed_bytes(), rel=1e-12)
    unread = 0 if model.tied_embeddings else 2 * model.head_parameters
    everything = model.weight_bytes() - unread
    assert closed.weight_bytes(10_000) == pytest.approx(everything, rel=2e-3)


@EACH_MODEL
def test_parts_on_two_gpus_are_half_of_the_whole(model: Model) -> None:
    """But for norms, and for what heads too few to share is held twice."""
    whole, part = work(model), work(model, gpus=2)
    assert 0.5 <= part.weight_bytes(1) / whole.weight_bytes(1) < 0.56
    assert 0.5 <= part.kv_bytes(4096) / whole.kv_bytes(4096) <= 1


def named(model: str, name: str, **sizes: Any) -> Operation:
    done = operations(catalog.model(model), **sizes)
    return next(op for op in done if op.name == name)


SHAPES = [
    ("query", 4096, 2560, 4096),
    ("key", 4096, 2560, 1024),
    ("value", 4096, 2560, 1024),
    ("attention", 1024, 128, 1024),
    ("output", 4096, 4096, 2560),
    ("gate", 4096, 2560, 9728),
    ("up", 4096, 2560, 9728),
    ("down", 4096, 9728, 2560),
    ("LM head", 4, 2560, 151936),
]


def test_the_shapes_of_qwen3_4b() -> None:
    """Four prompts of 1024 tokens: rows are all tokens, but the LM head sees four."""
    done = operations(catalog.model("Qwen3-4B"), tokens=1024, batch=4)
    assert [(op.name, op.m, op.k, op.n) for op in done] == SHAPES
    assert [op.count for op in done] == [36] * 8 + [1]


def test_grouped_queries_read_the_keys_of_eight_heads() -> None:
    """Llama-3.1-70B at 8192 tokens reads 2.7 GB of KV cache in a step, not 21.5 GB."""
    attention = named("Llama-3.1-70B", "attention", tokens=1, context=8192)
    queries = 80 * 2 * 64 * 128 * 2
    assert attention.count * attention.moved - queries == 8192 * 327_680


def test_the_output_of_attention_has_heads_of_head_size() -> None:
    """Its size does not grow with the context."""
    short, long = (
        named("Llama-3.1-8B", "attention", tokens=1, context=context) for context in (1000, 2000)
    )
    assert long.moved - short.moved == 1000 * 2 * 8 * 128 * 2


def test_the_lm_head_counts_multiply_and_add() -> None:
    """Two FLOPs for each of its parameters, and its weights are read."""
    head = named("Llama-3.1-8B", "LM head")
    assert head.flops == 2 * 4096 * 128_256
    assert head.moved == 2 * (4096 * 128_256 + 4096 + 128_256)


def test_prefill_attention_is_causal() -> None:
    """Half the square and half the diagonal; the last token alone attends to all."""
    whole = named("Llama-3.1-8B", "attention", tokens=1000)
    assert whole.flops == 4 * 32 * 128 * (1000 * 1001 / 2)
    parts = [
        named("Llama-3.1-8B", "attention", tokens=500, context=context) for context in (500, 1000)
    ]
    assert sum(part.flops for part in parts) == whole.flops


def test_quantised_weights_move_fewer_bytes_and_compute_as_much() -> None:
    """And activations stay as they are."""
    model = catalog.model("Llama-3.1-8B")
    wide, narrow = (operations(model, dtype=dtype) for dtype in ("bf16", "int4"))
    assert total_flops(wide) == total_flops(narrow)
    saved = total_moved(wide) - total_moved(narrow)
    assert saved == 1.5 * (model.layers * model.layer_parameters + model.head_parameters)


def test_a_quantised_kv_cache_moves_half() -> None:
    """Only keys and values shrink."""
    full, half = (named_with("Llama-3.1-8B", "attention", kv) for kv in ("bf16", "fp8"))
    assert full.moved - half.moved == 4096 * 2 * 8 * 128


def named_with(model: str, name: str, kv: str) -> Operation:
    done = operations(catalog.model(model), tokens=1, context=4096, kv=kv)
    return next(op for op in done if op.name == name)


BOUNDS = [
    ("gate", 1, "memory"),
    ("gate", 256, "memory"),
    ("gate", 512, "compute"),
    ("attention", 512, "memory"),
    ("attention", 1024, "compute"),
]


@pytest.mark.parametrize(("name", "tokens", "bound"), BOUNDS)
def test_what_bounds_an_operation_on_an_rtx_pro_6000(name: str, tokens: int, bound: str) -> None:
    """Below the ridge of 281 FLOP/byte memory, above it compute; the time is that of the bound."""
    chip = catalog.chip("RTX PRO 6000")
    operation = named("Qwen3-4B", name, tokens=tokens)
    assert operation.bound_on(chip) == bound
    limits = {"compute": operation.flops / 503.8e12, "memory": operation.moved / 1.792e12}
    assert operation.time_on(chip) == max(limits.values()) == limits[bound]


def test_one_format_for_weights_and_activations_is_a_plain_matmul() -> None:
    """`linear_bytes` with equal formats is `matmul_bytes`."""
    sides = {"m": 512.0, "k": 2560.0, "n": 9728.0, "element_bytes": 2.0}
    assert equations.linear_bytes(**sides, parameter_bytes=2) == equations.matmul_bytes(**sides)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"tokens": 0}, "tokens must be at least 1, not 0"),
    ({"batch": -1}, "batch must be at least 1, not -1"),
    ({"tokens": 8, "context": 4}, "a context of 4 tokens cannot hold 8 new ones"),
    ({"context": 0}, "context must be at least 1, not 0"),
]


@pytest.mark.parametrize(("sizes", "said"), WRONG)
def test_sizes_that_make_no_sense_are_refused(sizes: dict[str, Any], said: str) -> None:
    """With the size and what it must be."""
    with pytest.raises(UsageError) as caught:
        operations(catalog.model("Qwen3-4B"), **sizes)
    assert caught.value.message == said
