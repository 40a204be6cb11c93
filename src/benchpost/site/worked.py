"""The subjects of the model's reference, and a worked example for every equation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from benchpost import roofline
from benchpost.figures.options import Option, written_option
from benchpost.figures.quoted import citations
from benchpost.figures.values import Values, terms_behind
from benchpost.roofline.equations import EQUATIONS
from benchpost.roofline.types import Equation, Estimate

QWEN, LLAMA, EXPERTS = "Qwen3-4B-Instruct-2507", "Llama-3.1-8B", "Qwen3-30B-A3B"
LATENT, STATE, WINDOW = "DeepSeek-V3", "Qwen3-Next-80B-A3B", "Gemma-3-27B"


@dataclass(frozen=True)
class Subject:
    """Equations that are read together."""

    title: str
    """Heading."""
    about: str
    """One sentence."""
    equations: tuple[str, ...]
    """Names, in the order in which they are read."""


SUBJECTS = (
    Subject(
        "The roofline",
        "Two bounds on any operation, and the intensity at which they meet.",
        (
            "compute_time",
            "memory_time",
            "op_time",
            "arithmetic_intensity",
            "ridge_point",
            "attainable",
            "saturation_batch",
        ),
    ),
    Subject(
        "Matmuls",
        "Nearly all the work of a layer, counted from shapes.",
        (
            "matmul_flops",
            "matmul_bytes",
            "linear_bytes",
            "matmul_intensity",
            "matmul_time",
        ),
    ),
    Subject(
        "Attention and state",
        "What a layer does with the tokens before: all of them, a window, a latent, a state.",
        (
            "attention_pairs",
            "window_pairs",
            "attention_flops",
            "attention_bytes",
            "latent_decode_flops",
            "state_flops",
        ),
    ),
    Subject(
        "Parameters and formats",
        "What a layer holds, what a token goes through, and how many bytes that is.",
        (
            "attention_parameters",
            "latent_parameters",
            "state_parameters",
            "mlp_parameters",
            "expert_parameters",
            "active_expert_parameters",
            "distinct_experts",
            "layer_parameters",
            "head_parameters",
            "weight_bytes",
            "bits_with_scales",
            "quantised_bytes",
        ),
    ),
    Subject(
        "Memory",
        "What a sequence keeps, and how many sequences fit beside the weights.",
        (
            "kv_bytes_per_token",
            "kv_bytes",
            "latent_bytes_per_token",
            "window_tokens",
            "state_bytes",
            "sequence_blocks",
            "kv_blocks",
            "max_concurrency",
        ),
    ),
    Subject(
        "Time of a decode step",
        "The napkin, the bound, and what an engine takes.",
        (
            "decode_rate",
            "decode_rate_at_context",
            "decode_flops",
            "decode_step_time",
            "engine_step_time",
        ),
    ),
    Subject(
        "Time of a prefill",
        "The time to the first token, with nobody queueing.",
        ("prefill_flops", "prefill_time", "engine_prefill_time"),
    ),
    Subject(
        "Several GPUs",
        "What each holds, and what they must send each other.",
        (
            "kv_heads_per_gpu",
            "all_reduce_bytes",
            "all_to_all_bytes",
            "exchange_time",
            "pipeline_time",
        ),
    ),
    Subject(
        "Serving",
        "Continuous batching in its steady state, and what a published rate implies.",
        (
            "prompts_per_step",
            "mean_context",
            "serving_step_time",
            "queue_time",
            "answer_time",
            "end_to_end_time",
            "requests_in_flight",
            "queued_tokens",
            "chunk_steps",
            "static_share",
            "graph_padding",
            "async_gain",
            "itl_slope",
            "tokens_per_request_bound",
        ),
    ),
    Subject(
        "Slots of the KV cache",
        "How many of those that are set aside hold a token, and moving them about.",
        (
            "future_tokens",
            "held_tokens",
            "contiguous_share",
            "paged_share",
            "kv_replication",
            "kv_transfer_time",
            "break_even_link",
        ),
    ),
    Subject(
        "Speculation",
        "Drafted tokens, those that are accepted, and what verifying them costs.",
        ("accepted_tokens", "speculation_speedup", "break_even_batch"),
    ),
    Subject(
        "Prefix reuse",
        "What a hit in the prefix cache saves.",
        ("cached_tokens", "hit_rate", "time_saved"),
    ),
)
"""Every equation once; a test minds it."""


@dataclass(frozen=True)
class Example:
    """Where the numbers of a worked example come from."""

    gpu: str = ""
    """A chip, where the equation needs one."""
    model: str = ""
    """A model, where the equation needs one."""
    given: Mapping[str, Option] = field(default_factory=dict)
    """Terms that are chosen freely."""
    dtype: str = "bf16"
    """Format of the weights."""
    estimate: Callable[[], Estimate] | None = None
    """A prediction that the terms are taken from, instead."""
    asked: str = ""
    """What was predicted, in words."""


def _of(model: str = QWEN, gpu: str = "RTX 4090", dtype: str = "bf16", **given: Option) -> Example:
    return Example(gpu, model, given, dtype)


_MATMUL: dict[str, Option] = {"m": 512, "k": 2560, "n": 9728}
_SERVED = Example(
    estimate=lambda: roofline.serving(
        gpu="H100 SXM", model=LLAMA, concurrency=32, prompt=1024, output=256
    ),
    asked=f"{LLAMA} in BF16 on H100 SXM, 32 requests of 1,024 tokens in and 256 out",
)
_ANSWERED = Example(
    estimate=lambda: roofline.serving(
        gpu="H100 SXM",
        model="Llama-3.1-70B",
        weights="fp8",
        tp=2,
        concurrency=128,
        prompt=2048,
        output=512,
        metric="ttft",
    ),
    asked="Llama-3.1-70B in FP8 on two H100 SXM, 128 requests of 2,048 tokens in and 512 out",
)
_SPECULATED = Example(
    estimate=lambda: roofline.speculate(
        gpu="H100 SXM", model="Qwen3-32B", weights="fp8", acceptance=0.8, drafted=3
    ),
    asked="Qwen3-32B in FP8 on H100 SXM, three tokens drafted by a head of the model",
)
_SHARED = Example(
    estimate=lambda: roofline.prefix(gpu="H100 SXM", model=LLAMA, prompt=600, prefix=500),
    asked=f"{LLAMA} in BF16 on H100 SXM, prompts of 600 tokens that share their first 500",
)

EXAMPLES: Mapping[str, Example] = {
    "compute_time": _of(model="", flops="25.5 GFLOP"),
    "memory_time": _of(model="", moved="62.4 MB"),
    "op_time": _of(model="", flops="25.5 GFLOP", moved="62.4 MB"),
    "arithmetic_intensity": _of("", "", flops="25.5 GFLOP", moved="62.4 MB"),
    "attainable": _of(model="", arithmetic_intensity=10),
    "matmul_flops": Example(given=_MATMUL),
    "matmul_bytes": Example(given=_MATMUL),
    "linear_bytes": Example(given={**_MATMUL, "parameter_bytes": "4.25 bit"}),
    "matmul_intensity": Example(given=_MATMUL),
    "matmul_time": Example("RTX 4090", given=_MATMUL),
    "attention_pairs": _of("", "", tokens=512, context=4096),
    "window_pairs": _of(WINDOW, tokens=2048, context=4096),
    "attention_flops": _of(tokens=1, context=4096),
    "attention_bytes": _of(tokens=1, context=4096),
    "latent_decode_flops": _of(LATENT, context=4096),
    "state_flops": _of(STATE, tokens=1),
    "latent_parameters": _of(LATENT),
    "state_parameters": _of(STATE, state_gates=2),
    "expert_parameters": _of(EXPERTS),
    "active_expert_parameters": _of(EXPERTS),
    "distinct_experts": _of(EXPERTS, rows=32),
    "weight_bytes": _of(dtype="fp8"),
    "bits_with_scales": _of("", "", weight_bits=4, scale_bits=20, group_size=128),
    "quantised_bytes": _of(weight_bits=4),
    "kv_bytes": _of(context=4096),
    "latent_bytes_per_token": _of(LATENT),
    "window_tokens": _of(WINDOW, context=131072, extra_tokens=512),
    "state_bytes": _of(STATE, layers=36, state_element_bytes=4),
    "sequence_blocks": _of("", "", context=4100),
    "max_concurrency": _of(context=4096),
    "decode_rate_at_context": _of(context=4096),
    "decode_flops": _of(context=4096),
    "decode_step_time": _of(context=4096),
    "engine_step_time": _of(context=4096),
    "prefill_flops": _of(tokens=2048, context=2048),
    "prefill_time": _of(tokens=2048, context=2048),
    "engine_prefill_time": _of(tokens=2048, context=2048),
    "kv_heads_per_gpu": _of(LLAMA, tensor_parallel=16),
    "all_reduce_bytes": _of(LLAMA, rows=32, tensor_parallel=2),
    "all_to_all_bytes": _of(EXPERTS, rows=32, expert_parallel=8),
    "exchange_time": _of(
        "", "", exchanges=64, exchange_latency="12 µs", exchange_bytes="262 kB", link="450 GB/s"
    ),
    "pipeline_time": _of("", "", stage_time="10 ms", pipeline_stages=4, microbatches=8),
    "prompts_per_step": _SERVED,
    "mean_context": _SERVED,
    "serving_step_time": _SERVED,
    "queue_time": _ANSWERED,
    "answer_time": _ANSWERED,
    "tokens_per_request_bound": _of(
        "", "H100 SXM", token_flops="16.1 GFLOP/token", request_rate=10
    ),
    "end_to_end_time": _of("", "", first_token_time="200 ms", token_time="10 ms/tok", output=256),
    "requests_in_flight": _of("", "", request_rate=10, request_time="3.2 s"),
    "queued_tokens": _of("", "", first_token_time="1 s", prefill_rate=20000),
    "chunk_steps": _of("", "", prompt=20000, budget_tokens=8192, decoding=256),
    "static_share": _of("", "", output=256, longest_output=1024),
    "graph_padding": _of("", "", graph_batch=40, batch=33),
    "async_gain": _of("", "", host_time="2 ms", device_time="4 ms"),
    "itl_slope": _of(LLAMA, "H100 SXM"),
    "future_tokens": _of("", "", output=256, output_spread=1),
    "held_tokens": _of("", "", prompt=1024, output=256, output_spread=1),
    "contiguous_share": _of("", "", held_tokens=1280, reserve_tokens=8192),
    "paged_share": _of("", "", held_tokens=1280),
    "kv_replication": _of(LLAMA, "", tensor_parallel=16),
    "kv_transfer_time": _of(LLAMA, "", context=8192, link="50 GB/s"),
    "break_even_link": _of(LLAMA, "H100 SXM", token_flops="16.1 GFLOP/token"),
    "accepted_tokens": _SPECULATED,
    "break_even_batch": _of("", "", saturation_batch=295, drafted=3),
    "hit_rate": _of("", "", cached_tokens=496, prompt=600),
    "speculation_speedup": _SPECULATED,
    "cached_tokens": _of("", "", prefix=500),
    "time_saved": _SHARED,
}
"""Worked examples; an equation without one here is worked for a desktop card and a small model."""

_BY_MODEL = {"parameters", "layers", "hidden", "heads", "kv_heads", "head_dim", "vocab"}
_BY_FORMAT = {
    "parameter_bytes",
    "element_bytes",
    "kv_element_bytes",
    "weight_bytes",
    "held_bytes",
    "peak",
}
_BY_GPU = {"bandwidth", "peak", "memory", "efficiency", "layer_time"}


@dataclass(frozen=True)
class Worked:
    """An equation with numbers."""

    words: str
    """Of what, e.g. `For Qwen3-4B in BF16 on RTX 4090`; empty where only numbers are given."""
    numbers: Mapping[str, float]
    """A value for each term; empty for an equation that has no example yet."""
    sources: str
    """Where the numbers of chip and model come from, as finished text."""
    slot: str
    """The slot that gives the same, without its braces."""


def worked(equation: Equation) -> Worked:
    """The example of an equation, computed."""
    if equation.name not in _named():
        return Worked("", {}, "", f"fill equation {equation.name}")
    example = EXAMPLES.get(equation.name, _of())
    if example.estimate:
        terms = example.estimate().terms
        numbers = {term.name: float(terms[term.name]) for term in equation.terms}
        return Worked(f"For {example.asked}", numbers, "", f"fill equation {equation.name}")
    values = Values(example.gpu, example.model, example.dtype, given=example.given)
    about = _about(equation, example)
    options: dict[str, Option] = {**about, **example.given}
    if example.dtype != "bf16":
        options["dtype"] = example.dtype
    slot = " ".join(
        [
            f"fill equation {equation.name}",
            *(f"{k}={written_option(v)}" for k, v in options.items()),
        ]
    )
    sources = values.sources(equation)
    cited = "; ".join(f"{name}: {citations(sources[name])}" for name in about.values())
    formats = _BY_FORMAT & {*terms_behind(equation), equation.name}
    words = _words(about, example.dtype if formats else "")
    return Worked(words, values.of(equation), cited, slot)


def _about(equation: Equation, example: Example) -> dict[str, str]:
    """The chip and the model, where the equation takes something of them that was not given."""
    behind = set(terms_behind(equation)) - set(example.given)
    of_model = _BY_MODEL & behind or example.model not in ("", QWEN)
    known = {
        "model": example.model if of_model else "",
        "gpu": example.gpu if _BY_GPU & behind else "",
    }
    return {option: name for option, name in known.items() if name}


def _words(about: Mapping[str, str], dtype: str) -> str:
    parts = {"For": about.get("model", ""), "in": dtype.upper(), "on": about.get("gpu", "")}
    if "model" not in about:
        parts["in"] = ""
    return " ".join(f"{word} {name}" for word, name in parts.items() if name)


def _named() -> set[str]:
    return {name for subject in SUBJECTS for name in subject.equations}


def subjects() -> list[Subject]:
    """All subjects, and what no subject names yet."""
    rest = tuple(name for name in EQUATIONS if name not in _named())
    more = [Subject("Others", "Equations that no subject names yet.", rest)] if rest else []
    return [*SUBJECTS, *more]
