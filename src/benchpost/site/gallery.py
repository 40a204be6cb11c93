"""The page that shows every figure with the slot that makes it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from benchpost.figures import FIGURES
from benchpost.figures.options import described, parameters, written_option
from benchpost.figures.types import Facts
from benchpost.fill.filled import fill_text
from benchpost.post.document import Dialect
from benchpost.post.read import parse_post
from benchpost.site import escape
from benchpost.site.drawn import draw
from benchpost.site.post_page import converted

EXAMPLES = {
    "equation": ['equation decode_rate gpu="RTX 4090" model="Qwen3-4B-Instruct-2507"'],
    "chart roofline": ['chart roofline gpu="RTX PRO 6000" model="Qwen3-4B-Instruct-2507"'],
    "chart decode": ['chart decode gpu="RTX 4090" model="Qwen3-4B-Instruct-2507"'],
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
    "diagram matmul": ["diagram matmul m=512 k=2560 n=9728"],
    "diagram transformer": ['diagram transformer model="Qwen3-4B-Instruct-2507"'],
    "diagram memory": [
        'diagram memory gpu="RTX 4090" model="Qwen3-4B-Instruct-2507" context=8192 batch=4',
        'diagram memory kind="paging" model="Qwen3-4B-Instruct-2507"',
    ],
    "table operations": ['table operations model="Qwen3-4B-Instruct-2507" tokens=512'],
    "table model": ['table model model="Qwen3-4B-Instruct-2507"'],
    "table kv-waste": ["table kv-waste"],
    "table batching": ['table batching gpu="H100 SXM" model="Llama-3.1-8B"'],
    "table crosscheck": [
        'table crosscheck of="itl"',
        'table crosscheck of="waste"',
        'table crosscheck of="closed forms"',
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
    # the page's own file is not on disk: its pictures come from `earlier` or are drawn
    post = parse_post(text, "figures.md", earlier / "source" / "index.md", Dialect.MARKDOWN)
    filled = fill_text(post, Facts(Dialect.MARKDOWN), {})
    full = parse_post(filled.text, post.path, post.file, post.dialect)
    drawn = draw(post, filled.pieces, earlier)
    page = converted(full, drawn, lambda _, url: url if url.endswith((".md", "-figures")) else None)
    files = {**page.files, "index.md": f"{FRONT}{page.text.rstrip()}\n".encode()}
    return {f"figures/{name}": data for name, data in files.items()}


def _section(head: str) -> Iterator[str]:
    figure = FIGURES[head]
    yield f"## {head}"
    yield " ".join((inspect.getdoc(figure) or "").split())
    yield "\n".join(option_table(figure))
    if head in RECORDED:
        yield _fence(RECORDED[head])
        yield "It needs a recorded result, so it is not shown here."
    for slot in EXAMPLES.get(head, ()):
        yield _fence(slot)
        yield f"<!-- fill {slot} -->\n<!-- /fill -->"


def _fence(slot: str) -> str:
    return f"```jsx\n{{/* fill {slot} */}}\n{{/* /fill */}}\n```"


def option_table(figure: Callable[..., object]) -> Iterator[str]:
    """Lines of a table of the options of a figure or a function."""
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
