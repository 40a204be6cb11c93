"""The words of placeholders and figures, brought to one form so that they can be compared."""

from __future__ import annotations

import re
from collections.abc import Mapping

PHRASES: tuple[tuple[str, str], ...] = (
    (r"time[- ]to[- ]first[- ]token", "ttft"),
    (r"(?:kv|key[- ]value)[- ]?cache sizes?", "kvcache bytes"),
    (r"(?:sizes?|bytes) of (?:the |its |a )?(?:kv|key[- ]value)[- ]?caches?", "kvcache bytes"),
    (r"(?:kv|key[- ]value)[- ]?caches?", "kvcache"),
    (r"batch[- ]sizes?", "batch"),
    (r"(?:grouped|multi)[- ](?:query|head) attention|self-attention", "attention"),
    (r"paged[- ]?attention", "paging"),
    (r"matrix[- ]multipl\w+|matrix products?|gemms?|mat-?muls?", "matmul"),
    (r"(?:tok(?:ens?)?(?:/| per |/ )s(?:ec(?:onds?)?)?)\b", "token rate"),
    (r"(?:t?flop/s|tflops?|flops per second|ops per second)\b", "compute rate"),
    (r"time[- ]per[- ]output[- ]token|tpot|inter[- ]token latency|itl", "decode step time"),
    (r"hugging ?face|\bhf\b", "huggingface"),
    (r"\brepos?\b", "repository"),
    (r"\barch\b", "architecture"),
    (r"(?:arithmetic|operational) intensit(?:y|ies)", "intensity"),
    (r"roof[- ]line", "roofline"),
    (r"spec(?:ification)?[- ]?sheets?|data ?sheets?|\bspecs?\b", "datasheet"),
    (r"\bvram\b|gpu memory|\bhbm\b", "memory"),
    (r"\b(?:speed|throughput)\b", "rate"),
    (r"\b(?:latency|duration|runtime)\b", "time"),
    (r"(?:model|weights?|checkpoint) sizes?", "weight bytes"),
    (r"sizes? of (?:the |its |all )?(?:model|weights?|checkpoint)s?", "weight bytes"),
    (r"\bops\b", "operations"),
    (r"\bparams?\b", "parameters"),
    (r"first[- ]token", "ttft"),
)
"""What people write, and the words that figures and equations use for it."""


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


STOPWORDS = _listed(
    """a an the this that these those it its of for in on at to from with and or as by be is are
    was were how what which where when we our your so not no do does can could will would should
    here there below above next again into than then one two three some any all each every vs
    versus per via about using use used based but if also only very more most just simple nice
    good better final real actual same such later soon please maybe etc eg ie gpu gpus card her
    his their my over against"""
)
"""Words that say nothing of what a figure is about."""

ASKING = _listed(
    """todo tbd fixme add insert include show showing showcase listing draw plot put place embed
    attach make create generate render replace update fill finish need needs missing illustrate
    visualise visualize compare image images figure figures diagram diagrams graph graphs plot
    plots chart charts picture pictures screenshot screenshots screen shot capture equation
    equations formula formulas formulae table tables photo photos illustration drawing sketch
    schematic curve curves overview version example examples result"""
)
"""Words that ask for a figure or name its kind."""

PROSE = _listed(
    """explain describe discuss rewrite mention cite ask check confirm fix proofread remove delete
    link translate shorten expand verify write reword clarify elaborate summarise summarize talk
    introduce move merge split define decide"""
)
"""First words of a placeholder that wants text, not a figure."""

ALSO: Mapping[str, str] = {
    "chart roofline": "compute-bound memory-bound ridge intensity peak attainable bound operations",
    "chart decode": "decode generation token rate context length long KV cache slower batch",
    "chart ttft": "TTFT prefill prompt length input first token",
    "chart peaks": "datasheet measured theoretical achieved achievable hardware peak bandwidth "
    "compute efficiency GPU",
    "chart ladder": "error accuracy model napkin step wrong MAPE median calibration",
    "chart scatter": "predicted measured error accuracy model scatter",
    "chart kv-waste": "KV cache fragmentation wasted reserved slots paging allocation blocks",
    "chart batching": "static dynamic continuous batching throughput concurrency requests",
    "chart occupancy": "running requests utilisation over time batching idle slots",
    "chart token-budget": "chunked prefill budget batched tokens TTFT inter-token latency",
    "chart prefix": "prefix caching reuse shared prompt hit TTFT saved",
    "chart hit-rate": "prefix cache hits capacity conversations turns eviction",
    "chart speculation": "speculative decoding draft acceptance speed-up batch break-even",
    "chart graph-padding": "CUDA graphs capture sizes padding batch",
    "chart itl": "inter-token latency context overhead measured predicted",
    "chart kv-load": "KV cache offload transfer recompute PCIe network disaggregated",
    "diagram matmul": "matrix matrices shape rows columns dot product A B C tile read written",
    "diagram transformer": "architecture layer block attention MLP GQA LLM decoder embedding head "
    "model structure module",
    "diagram memory": "layout weights KV cache activations paging blocks fragmentation fits",
    "diagram batching": "static continuous batching slots schedule idle",
    "diagram chunks": "chunked prefill token budget steps prompts",
    "diagram prefix": "prefix caching shared blocks hits reuse",
    "diagram speculation": "speculative draft drafted verify accepted rejected bonus EAGLE",
    "diagram request": "request queue timeline lifecycle arrival",
    "diagram blocks": "PagedAttention block table logical physical blocks waste",
    "diagram parallel": "tensor pipeline data expert parallelism ranks GPUs replicated",
    "diagram step": "host GPU timeline asynchronous scheduling overlap step",
    "chart capacity": "sequences concurrency fit at once length KV cache",
    "table blocks": "block size bytes waste",
    "table graphs": "CUDA graph capture sizes padding batch",
    "chart formats": "quantisation weights bytes format scales",
    "chart parallel": "tensor parallel step time all-reduce GPUs",
    "chart overhead": "measured step intercept overhead host kernels",
    "table kv": "KV cache bytes per token model format",
    "table fits": "memory plan fits blocks tokens concurrency GPU model",
    "table formats": "quantisation bits weights bytes decode ridge format",
    "table parallel": "tensor parallel GPUs weights KV heads exchange",
    "table knobs": "settings flags tuning server max_num_seqs",
    "table operations": "operation layer FLOPs bytes intensity bound matmul attention breakdown",
    "table model": "config dimensions heads layers hidden size parameters facts architecture",
    "table kv-waste": "KV cache fragmentation waste allocation published",
    "table batching": "static dynamic continuous batching throughput TTFT latency",
    "table crosscheck": "errors predicted measured simulated accuracy",
    "table results": "measured benchmark numbers machines results across",
    "table errors": "error accuracy MAPE median bias wrong engine GPU format",
    "table published": "published rate row benchmark measured predicted others",
    "repo-card": "huggingface repository page model card files sizes download hub",
    "output": "printed terminal console stdout output log",
    "drawing": "plotted drawn snippet output measured sweep",
}
"""What else a figure is called, beside the words of its name and its docstring."""

FAMILIES: Mapping[str, Mapping[str, float]] = {
    "equation": {"equation": 1.0},
    "diagram": {"diagram": 1.0},
    "chart": {"chart": 1.0, "drawing": 0.8},
    "table": {"table": 1.0, "repo-card": 0.5},
    "image": {"diagram": 1.0, "chart": 0.8, "repo-card": 0.6, "drawing": 0.6, "output": 0.3},
    "screenshot": {"repo-card": 1.0, "output": 0.9, "drawing": 0.4, "chart": 0.3},
    "": {
        "chart": 1.0,
        "diagram": 1.0,
        "table": 0.9,
        "equation": 0.9,
        "repo-card": 0.8,
        "output": 0.7,
        "drawing": 0.7,
    },
}
"""How well a family of figures answers each kind of wish; what is not named does not."""

MEANT: Mapping[str, Mapping[str, str]] = {
    "equation": {
        "decode": "equation decode_rate",
        "prefill": "equation prefill_time",
        "matmul": "equation matmul_flops",
        "attention": "equation attention_flops",
        "kvcache bytes": "equation kv_bytes",
    },
    "chart": dict.fromkeys(
        ("rate batch", "token rate batch", "decode rate batch", "decode token rate batch"),
        "chart decode",
    ),
    "": {
        "matmul": "diagram matmul",
        "decode": "chart decode",
        "prefill": "chart ttft",
        "kvcache bytes": "equation kv_bytes",
    },
}
"""What a word or two alone ask for, by the kind of figure: several bear them in their names."""

WORD = re.compile(r"[a-z][a-z0-9]*")
_PHRASES = tuple((re.compile(pattern, re.IGNORECASE), word) for pattern, word in PHRASES)


def content(text: str) -> list[str]:
    """The words that say what a text is about, in one form each."""
    for pattern, word in _PHRASES:
        text = pattern.sub(f" {word} ", text)
    found = WORD.findall(text.lower())
    return [stem(word) for word in found if word not in STOPWORDS and word not in ASKING]


def stem(word: str) -> str:
    """A word without its ending: decode, decodes, decoding and decoded are one."""
    for ending in ("ions", "ion", "ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            return word.removesuffix(ending)
    return word
