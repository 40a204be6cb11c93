"""The page that shows every figure with the slot that makes it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchpost.figures import FIGURES
from benchpost.figures.options import described, parameters, written_option
from benchpost.figures.types import Figure
from benchpost.site import escape
from benchpost.site.own_page import filled_page

EXAMPLES = {
    "equation": ['equation decode_rate gpu="RTX 4090" model="Qwen3-4B-Instruct-2507"'],
    "chart roofline": ['chart roofline gpu="RTX PRO 6000" model="Qwen3-4B-Instruct-2507"'],
    "chart decode": [
        'chart decode gpu="RTX 4090" model="Qwen3-4B-Instruct-2507"',
        'chart decode gpu="H100 SXM" model="Llama-3.1-8B" over="batch"',
    ],
    "chart ttft": ['chart ttft gpu="RTX 4090" model="Qwen3-4B-Instruct-2507"'],
    "chart peaks": ['chart peaks gpu="H200, MI300X"'],
    "chart kv-waste": ["chart kv-waste", 'chart kv-waste by="block"'],
    "chart batching": [
        'chart batching gpu="H100 SXM" model="Llama-3.1-8B"',
        'chart batching gpu="H100 SXM" model="Llama-3.1-8B" metric="ttft_mean"',
    ],
    "chart occupancy": ['chart occupancy gpu="H100 SXM" model="Llama-3.1-8B"'],
    "chart token-budget": ['chart token-budget gpu="H100 SXM" model="Llama-3.1-8B"'],
    "chart prefix": ['chart prefix gpu="H100 SXM" model="Llama-3.1-8B"'],
    "chart hit-rate": ["chart hit-rate"],
    "chart speculation": ['chart speculation gpu="H100 SXM" model="Llama-3.1-8B"'],
    "chart graph-padding": ['chart graph-padding sizes="best 16"'],
    "chart itl": ["chart itl"],
    "chart kv-load": ['chart kv-load gpu="H100 SXM" model="Llama-3.1-8B"'],
    "chart ladder": ["chart ladder"],
    "chart scatter": ["chart scatter"],
    "diagram matmul": ["diagram matmul m=512 k=2560 n=9728"],
    "diagram transformer": ['diagram transformer model="Qwen3-4B-Instruct-2507"'],
    "diagram memory": [
        'diagram memory gpu="RTX 4090" model="Qwen3-4B-Instruct-2507" context=8192 batch=4',
        'diagram memory kind="paging" model="Qwen3-4B-Instruct-2507"',
    ],
    "diagram batching": ["diagram batching"],
    "diagram chunks": ['diagram chunks budget=2048 gpu="H100 SXM" model="Llama-3.1-8B"'],
    "diagram prefix": ["diagram prefix prefix=500 prompt=600 block=16"],
    "diagram speculation": ["diagram speculation drafted=5 accepted=3 acceptance=0.7"],
    "diagram request": ['diagram request queue=60 prefill=180 gaps="20, 20, 20, 80, 20, 20"'],
    "diagram blocks": ['diagram blocks model="Llama-3.1-8B"'],
    "diagram parallel": ['diagram parallel model="Qwen3-30B-A3B"'],
    "diagram step": ['diagram step gpu="H100 SXM" model="Llama-3.1-8B" host="2 ms"'],
    "chart capacity": ['chart capacity gpu="H100 SXM" model="Llama-3.1-8B" kv="bf16, fp8"'],
    "table blocks": ['table blocks model="Llama-3.1-8B"'],
    "table graphs": ["table graphs seqs=256"],
    "chart formats": ['chart formats gpu="H100 SXM" model="Llama-3.1-70B"'],
    "chart parallel": ['chart parallel gpu="H100 SXM" model="Llama-3.1-70B"'],
    "chart overhead": [
        'chart overhead gpu="H100 SXM, B200" model="Llama-3.1-8B" measured="6.44 ms, 3.93 ms" '
        'source="vLLM blog on FP8 KV caches" date="2026-04-22"'
    ],
    "table kv": ['table kv model="Llama-3.1-8B, Qwen3-30B-A3B, DeepSeek-V3"'],
    "table fits": ['table fits gpu="RTX 4090, H100 SXM" model="Llama-3.1-8B"'],
    "table formats": ['table formats gpu="H100 SXM" model="Llama-3.1-8B"'],
    "table parallel": ['table parallel gpu="H100 SXM" model="Llama-3.1-70B"'],
    "verdict": ['verdict model="Llama-2-70B" gpu="A100 SXM 80GB" gpus=4 requests_per_second=285'],
    "table operations": ['table operations model="Qwen3-4B-Instruct-2507" tokens=512'],
    "table knobs": ['table knobs gpu="H100 SXM" model="Llama-3.1-8B" rate=8'],
    "table model": ['table model model="Qwen3-4B-Instruct-2507"'],
    "table kv-waste": ["table kv-waste"],
    "table batching": ['table batching gpu="H100 SXM" model="Llama-3.1-8B"'],
    "table crosscheck": [
        'table crosscheck of="itl"',
        'table crosscheck of="waste"',
        'table crosscheck of="closed forms"',
    ],
    "table errors": ['table errors by="platform"'],
    "table published": [
        'table published gpu="RTX 4090, A100 PCIe 80GB, H100 PCIe" model="Llama-3.1-8B" '
        'format="q4_k_m" context=512'
    ],
    "repo-card": ['repo-card model="Qwen3-4B-Instruct-2507"'],
}
"""What the page shows of each figure; those that need a recorded result are only described."""

RECORDED = {
    "table results": 'table results snippet="peak-flops"',
    "output": 'output snippet="peak-flops"',
    "drawing": 'drawing snippet="sweep" alt="FLOP/s against matrix size"',
}
"""Slots of the figures that show what a snippet recorded."""

FRONT = (
    '---\ntitle: "Figures"\ndescription: "Every figure that a slot may show, with its options."'
    "\n---\n\n"
)
INTRO = """# Figures

Each figure below is what the slot above it gives: the page is filled by the same code as a post.
In Markdown a slot is written `<!-- fill … -->` and `<!-- /fill -->`. A figure of your own is a
function in `figures.py` beside the post; see [Write a post](../../guide/write.md#own-figures)."""


def gallery(earlier: Path) -> Mapping[str, bytes]:
    """The page and its pictures; `earlier` is where they were written last time."""
    text = "\n\n".join([INTRO, *(part for head in FIGURES for part in _section(head))])
    return filled_page("figures", FRONT, text, earlier)


def _section(head: str) -> Iterator[str]:
    figure = FIGURES[head]
    yield f"## {head}"
    yield " ".join((inspect.getdoc(figure) or "").split())
    yield "\n".join(_options(figure))
    if head in RECORDED:
        yield _fence(RECORDED[head])
        yield "It needs a recorded result, so it is not shown here."
    for slot in EXAMPLES.get(head, ()):
        yield _fence(slot)
        yield f"<!-- fill {slot} -->\n<!-- /fill -->"


def _fence(slot: str) -> str:
    return f"```jsx\n{{/* fill {slot} */}}\n{{/* /fill */}}\n```"


def _options(figure: Figure) -> Iterator[str]:
    yield "| Option | Type | Without it |\n| --- | --- | --- |"
    for name, parameter in parameters(figure).items():
        kind = escape.text(described(parameter.annotation))
        yield f"| `{name}` | {kind} | {_default(parameter.default)} |"


def _default(value: object) -> str:
    if value is inspect.Parameter.empty:
        return "needed"
    if not isinstance(value, str | int | float) or value == "":
        return ""
    return escape.code(written_option(value), cell=True)
