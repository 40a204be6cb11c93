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
    "chart decode": ['chart decode gpu="RTX 4090" model="Qwen3-4B-Instruct-2507"'],
    "chart ttft": ['chart ttft gpu="RTX 4090" model="Qwen3-4B-Instruct-2507"'],
    "chart peaks": ['chart peaks gpu="H200, MI300X"'],
    "chart ladder": ["chart ladder"],
    "chart scatter": ["chart scatter"],
    "diagram matmul": ["diagram matmul m=512 k=2560 n=9728"],
    "diagram transformer": ['diagram transformer model="Qwen3-4B-Instruct-2507"'],
    "diagram memory": [
        'diagram memory gpu="RTX 4090" model="Qwen3-4B-Instruct-2507" context=8192 batch=4',
        'diagram memory kind="paging" model="Qwen3-4B-Instruct-2507"',
    ],
    "table operations": ['table operations model="Qwen3-4B-Instruct-2507" tokens=512'],
    "table model": ['table model model="Qwen3-4B-Instruct-2507"'],
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
