"""One use of every figure, and results as two machines might have recorded them."""

from __future__ import annotations

from benchpost.figures.options import Option
from benchpost.figures.types import Facts
from benchpost.post.document import Dialect
from benchpost.record.types import Machine, Measured, Output, Provenance, Result, Results

QWEN = "Qwen3-4B-Instruct-2507"


def provenance(machine: Machine, when: str, *, clean: bool = True, load: float = 0.1) -> Provenance:
    versions = {"numpy": "2.4.6", "torch": "2.9.0"}
    return Provenance(when, "0123abcd", clean, machine, "3.11.7", versions, load, 2.5)


H200 = Machine("h200", "Xeon", 16, 2**37, "Linux 6.8", ("NVIDIA H200",), "575.51")
CPU = Machine("ci_cpu", "Xeon <Platinum> {8480}", 2, 2**34, "Linux 6.8")

PEAKS = {
    "max_flops": Measured(7.9e14, "FLOP/s", (7.8e14, 7.9e14, 7.95e14)),
    "max_mem_bw": Measured(4.1e12, "byte/s"),
    "lucky": Measured(7.0, "tries"),
}
ON_H200 = Result(
    "peaks",
    "d",
    (),
    PEAKS,
    (
        Output("stdout", "790.00 TFLOPS\n```\n{not} <jsx> $5\n"),
        Output("svg", "results/h200/peaks-1.svg", "e"),
    ),
    provenance(H200, "2026-11-20T10:00:00Z"),
)
ON_CPU = Result(
    "peaks",
    "d",
    (),
    {"max_flops": Measured(1.2e11, "FLOP/s")},
    (Output("stdout", "0.12 TFLOPS\n"),),
    provenance(CPU, "2026-11-19T10:00:00Z", clean=False, load=6.57),
)
SILENT = Result("silent", "d", (), {}, (), provenance(CPU, "2026-11-19T10:00:00Z"))

RESULTS = {
    "h200": Results("h200", "posts/x/results/h200.json", {"peaks": ON_H200}),
    "ci_cpu": Results("ci_cpu", "posts/x/results/ci_cpu.json", {"peaks": ON_CPU, "silent": SILENT}),
}
SNIPPETS = ("peaks", "silent", "later")


def facts(dialect: Dialect = Dialect.MDX) -> Facts:
    return Facts(dialect, RESULTS, "x", SNIPPETS)


OVERHEAD: dict[str, Option] = {
    "gpu": "H100 SXM, B200",
    "model": "Llama-3.1-8B",
    "measured": "6.44 ms, 3.93 ms",
    "source": "vLLM blog",
    "date": "2026-04-22",
}

EXAMPLES: list[tuple[str, dict[str, Option]]] = [
    ("equation decode_rate", {}),
    ("equation decode_rate", {"gpu": "RTX 4090", "model": QWEN}),
    ("equation matmul_intensity", {"m": 512, "k": 2560, "n": 9728, "caption": "a < {b}"}),
    ("equation prefill_time", {"gpu": "RTX 4090", "model": QWEN, "prompt": 2048}),
    ("equation chunk_steps", {"prompt": 3000, "budget_tokens": 2048, "decoding": 128}),
    ("equation op_time", {"gpu": "H200", "flops": "10 GFLOP", "moved": "20 MB", "legend": False}),
    ("equation ridge_point", {"gpu": "H200", "inline": True}),
    ("chart roofline", {"gpu": "RTX 4090, H200, L4, A10"}),
    ("chart roofline", {"gpu": "H200", "model": "Llama-3.1-8B", "batch": 16, "prompt": 2048}),
    ("chart decode", {"gpu": "RTX 4090", "model": QWEN}),
    ("chart decode", {"gpu": "H100 SXM", "model": "Llama-3.1-8B", "over": "batch"}),
    (
        "chart decode",
        {"gpu": "H100 SXM, H200", "model": "Qwen3-30B-A3B", "over": "batch", "context": 4096},
    ),
    ("chart decode", {"gpu": "RTX 4090, H200", "model": "Qwen3-8B, Qwen2.5-7B", "batch": 4}),
    ("chart ttft", {"gpu": "RTX 4090", "model": QWEN}),
    ("chart ttft", {"gpu": "RTX 4090, H100 SXM", "model": "Qwen3-4B, Llama-3.1-8B"}),
    ("chart peaks", {}),
    ("chart peaks", {"gpu": "RTX 4090, A10", "dtype": "fp16", "caption": "5 < 6"}),
    ("chart kv-waste", {}),
    ("chart kv-waste", {"prompt": "512", "output": "uniform 1 1000", "block": 128, "slots": 9000}),
    ("chart kv-waste", {"by": "block", "caption": "1 < {2}"}),
    ("chart batching", {"gpu": "H100 SXM", "model": "Llama-3.1-8B"}),
    (
        "chart batching",
        {
            "gpu": "RTX 4090",
            "model": QWEN,
            "metric": "ttft_p99",
            "policies": "dynamic, chunked",
            "to": 64,
        },
    ),
    ("chart occupancy", {"gpu": "H100 SXM", "model": "Llama-3.1-8B"}),
    ("chart token-budget", {"gpu": "H100 SXM", "model": "Llama-3.1-8B"}),
    ("chart prefix", {"gpu": "H100 SXM", "model": "Llama-3.1-8B"}),
    ("chart prefix", {"gpu": "RTX 4090", "model": QWEN, "prompt": 600, "overhead": 0.01}),
    ("chart hit-rate", {}),
    ("chart hit-rate", {"groups": 20, "skew": 1.0, "turns": 1, "system": 2048}),
    ("chart speculation", {"gpu": "H100 SXM", "model": "Llama-3.1-8B"}),
    ("chart speculation", {"gpu": "H200", "model": "Qwen3-30B-A3B", "drafted": "4"}),
    ("chart graph-padding", {}),
    ("chart graph-padding", {"sizes": "best 16", "max_num_seqs": 128}),
    ("chart itl", {}),
    ("chart kv-load", {"gpu": "H100 SXM", "model": "Llama-3.1-8B"}),
    ("chart ladder", {}),
    ("chart ladder", {"kind": "prefill", "gpu": "RTX 4090", "caption": "<b> {c}"}),
    ("chart scatter", {}),
    ("chart scatter", {"step": "file size", "engine": "llama.cpp"}),
    ("chart scatter", {"kind": "prefill"}),
    ("chart scatter", {"kind": "serving"}),
    ("chart ladder", {"kind": "first token"}),
    ("diagram matmul", {}),
    ("diagram matmul", {"m": 512, "k": 2560, "n": 9728}),
    ("diagram matmul", {"m": 1, "k": 2560, "n": 151936, "dtype": "fp8"}),
    ("diagram matmul", {"m": 1, "k": 1, "n": 1}),
    ("diagram transformer", {}),
    ("diagram transformer", {"model": QWEN}),
    ("diagram transformer", {"model": "Llama-3.1-405B"}),
    ("diagram transformer", {"model": "Llama-2-7B"}),
    ("diagram memory", {"gpu": "RTX 4090", "model": QWEN, "context": 32768, "batch": 2}),
    ("diagram memory", {"gpu": "RTX 4090", "model": "Llama-3.1-8B", "context": 131072}),
    ("diagram memory", {"kind": "paging"}),
    ("diagram memory", {"kind": "paging", "model": QWEN, "lengths": "100, 2000", "block": 32}),
    ("diagram batching", {}),
    ("diagram batching", {"lengths": "1, 2, 30, 1, 9, 12, 3", "slots": 2}),
    ("diagram chunks", {}),
    ("diagram chunks", {"budget": 8192, "running": 1000, "prompts": "20000, 20000, 200"}),
    ("diagram chunks", {"gpu": "H100 SXM", "model": "Llama-3.1-8B", "context": 2048}),
    ("diagram chunks", {"budget": 256, "running": 0, "prompts": "700"}),
    ("diagram prefix", {}),
    ("diagram prefix", {"prefix": 4096, "prompt": 4096, "block": 32}),
    ("diagram speculation", {}),
    ("diagram speculation", {"drafted": 8, "accepted": 8, "acceptance": 0.9}),
    ("diagram speculation", {"drafted": 1, "accepted": 0, "acceptance": 1}),
    ("diagram request", {}),
    ("diagram request", {"queue": 0, "prefill": 12.5, "gaps": "7"}),
    ("diagram blocks", {}),
    ("diagram blocks", {"lengths": "100, 30, 7", "shared": 0, "model": "Llama-3.1-8B"}),
    ("diagram blocks", {"lengths": "128", "shared": 128, "block": 32, "kv": "fp8"}),
    ("diagram parallel", {"model": "Llama-3.1-70B"}),
    ("diagram parallel", {"model": "Qwen3-30B-A3B", "gpus": 2, "dtype": "fp8"}),
    ("diagram parallel", {"model": "DeepSeek-V3"}),
    ("diagram step", {"gpu": "H100 SXM", "model": "Llama-3.1-8B", "host": "2 ms"}),
    ("diagram step", {"gpu": "B200", "model": "Qwen3-0.6B", "host": "2 ms", "batch": 8}),
    ("chart capacity", {"gpu": "H100 SXM", "model": "Llama-3.1-8B", "kv": "bf16, fp8"}),
    ("chart capacity", {"gpu": "H100 SXM", "model": "Llama-3.1-70B", "tp": 4, "seqs": 256}),
    ("table blocks", {"model": "Llama-3.1-8B", "kv": "fp8"}),
    ("table graphs", {}),
    ("table graphs", {"seqs": 1024, "query": 4, "batch": "7, 4000"}),
    ("table graphs", {"sizes": "1, 2, 24", "batch": "9"}),
    ("chart formats", {"model": "Llama-3.1-70B", "gpu": "H100 SXM"}),
    ("chart formats", {"model": "gpt-oss-20b", "dtype": "bf16, mxfp4", "caption": "a < b"}),
    ("chart parallel", {"gpu": "H100 SXM", "model": "Llama-3.1-70B"}),
    ("chart parallel", {"gpu": "L40S", "model": "Qwen3-8B", "tp": "1, 2", "batch": 4}),
    ("chart overhead", OVERHEAD),
    ("table kv", {"model": f"{QWEN}, gpt-oss-20b, DeepSeek-V3, Qwen3-Next-80B-A3B"}),
    ("table fits", {"gpu": "RTX 4090, H100 SXM", "model": "Llama-3.1-8B, gpt-oss-20b"}),
    ("table fits", {"gpu": "H100 SXM", "model": "Llama-3.1-70B", "tp": 4, "reserved": "3 GB"}),
    ("table fits", {"gpu": "H100 SXM", "model": "Qwen3-8B", "memory": "79.1 GiB"}),
    ("table formats", {"gpu": "H100 SXM", "model": "Llama-3.1-70B"}),
    ("table parallel", {"gpu": "H100 SXM", "model": "Llama-3.1-70B"}),
    ("table parallel", {"gpu": "H200", "model": "DeepSeek-V3", "dtype": "fp8", "tp": "1, 8, 16"}),
    ("verdict", {"model": "Llama-2-70B", "gpu": "A100 SXM 80GB", "requests_per_second": 285.0}),
    ("verdict", {"model": "Llama-3.1-70B", "draft": "TinyLlama-1.1B"}),
    ("table operations", {"model": QWEN}),
    ("table operations", {"model": QWEN, "gpu": "RTX 4090", "tokens": 512, "batch": 2}),
    ("table knobs", {"gpu": "H100 SXM", "model": "Llama-3.1-8B", "requests": 50}),
    (
        "table knobs",
        {
            "gpu": "RTX 4090",
            "model": QWEN,
            "requests": 50,
            "rate": 0.5,
            "prompt": "uniform 128 4096",
            "output": "64",
            "dtype": "fp8",
            "kv": "fp8",
            "tp": 2,
            "budget": 1024,
            "seqs": 64,
            "caption": "a < b",
        },
    ),
    ("table model", {"model": "Llama-3.1-70B", "caption": "70 * 10 ** 9"}),
    ("table kv-waste", {}),
    ("table kv-waste", {"prompt": "512", "output": "256"}),
    ("table batching", {"gpu": "H100 SXM", "model": "Llama-3.1-8B"}),
    ("table crosscheck", {}),
    ("table crosscheck", {"of": "waste"}),
    ("table crosscheck", {"of": "closed forms", "caption": "5 < 6"}),
    ("table errors", {}),
    ("table errors", {"by": "gpu", "step": "one run", "caption": "<b> {c}"}),
    ("table errors", {"kind": "prefill", "by": "source"}),
    ("table errors", {"kind": "serving", "by": "kind"}),
    (
        "table published",
        {"gpu": "RTX 4090, H100 PCIe", "model": "Llama-3.1-8B", "format": "Q4_K_M", "context": 512},
    ),
    (
        "table published",
        {"gpu": "A100 SXM 80GB", "model": "Qwen2.5-7B", "format": "bf16", "engine": "vllm 0.6"},
    ),
    ("table published", {"gpu": "RTX 3070", "model": "Llama-3.1-8B", "kind": "prefill"}),
    ("table results", {"snippet": "peaks"}),
    ("table results", {"snippet": "later"}),
    ("repo-card", {"model": QWEN}),
    ("output", {"snippet": "peaks"}),
    ("output", {"snippet": "silent"}),
    ("drawing", {"snippet": "peaks", "machine": "h200", "alt": "Rate against size, <log> {log}"}),
]
"""(head, options): every head and every shape of it."""

NAMES = [" ".join([head, *(f"{k}={v}" for k, v in options.items())]) for head, options in EXAMPLES]
