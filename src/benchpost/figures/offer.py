"""The table of all figures by the words that a slot begins with."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from benchpost.errors import UsageError, near
from benchpost.figures.architecture import diagram_transformer
from benchpost.figures.blocks import diagram_blocks
from benchpost.figures.capacity import chart_capacity
from benchpost.figures.checked import chart_itl, chart_kv_load, table_crosscheck
from benchpost.figures.chunks import diagram_chunks
from benchpost.figures.decode import chart_decode
from benchpost.figures.drafts import chart_graph_padding, chart_speculation
from benchpost.figures.footprint import diagram_memory
from benchpost.figures.formula import equation
from benchpost.figures.graphs import table_graphs
from benchpost.figures.hosting import chart_overhead, diagram_step
from benchpost.figures.knobs import table_knobs
from benchpost.figures.ladder import chart_ladder
from benchpost.figures.options import Option, check_options
from benchpost.figures.paging import table_blocks
from benchpost.figures.passes import diagram_speculation
from benchpost.figures.peaks import chart_peaks
from benchpost.figures.planning import table_fits, table_kv
from benchpost.figures.products import diagram_matmul
from benchpost.figures.ranks import diagram_parallel
from benchpost.figures.recorded import drawing, output, table_results
from benchpost.figures.repository import repo_card, table_model
from benchpost.figures.request import diagram_request
from benchpost.figures.reuse import chart_hit_rate, chart_prefix
from benchpost.figures.roofs import chart_roofline
from benchpost.figures.scatter import chart_scatter
from benchpost.figures.schedules import diagram_batching
from benchpost.figures.scored import table_errors, table_published
from benchpost.figures.served import (
    chart_batching,
    chart_occupancy,
    chart_token_budget,
    table_batching,
)
from benchpost.figures.shared_blocks import diagram_prefix
from benchpost.figures.sharing import chart_parallel, table_parallel
from benchpost.figures.slots import chart_kv_waste, table_kv_waste
from benchpost.figures.steps import table_operations
from benchpost.figures.ttft import chart_ttft
from benchpost.figures.types import Facts, Figure, Fragment
from benchpost.figures.verdict import verdict
from benchpost.figures.weights import chart_formats, table_formats
from benchpost.roofline.equations import EQUATIONS

FIGURES: dict[str, Figure] = {
    "equation": equation,
    "chart roofline": chart_roofline,
    "chart decode": chart_decode,
    "chart ttft": chart_ttft,
    "chart peaks": chart_peaks,
    "chart kv-waste": chart_kv_waste,
    "chart batching": chart_batching,
    "chart occupancy": chart_occupancy,
    "chart token-budget": chart_token_budget,
    "chart prefix": chart_prefix,
    "chart hit-rate": chart_hit_rate,
    "chart speculation": chart_speculation,
    "chart graph-padding": chart_graph_padding,
    "chart itl": chart_itl,
    "chart kv-load": chart_kv_load,
    "chart ladder": chart_ladder,
    "chart scatter": chart_scatter,
    "diagram matmul": diagram_matmul,
    "diagram transformer": diagram_transformer,
    "diagram memory": diagram_memory,
    "diagram batching": diagram_batching,
    "diagram chunks": diagram_chunks,
    "diagram prefix": diagram_prefix,
    "diagram speculation": diagram_speculation,
    "diagram request": diagram_request,
    "diagram blocks": diagram_blocks,
    "diagram parallel": diagram_parallel,
    "diagram step": diagram_step,
    "chart capacity": chart_capacity,
    "chart formats": chart_formats,
    "chart parallel": chart_parallel,
    "chart overhead": chart_overhead,
    "table kv": table_kv,
    "table blocks": table_blocks,
    "table graphs": table_graphs,
    "table fits": table_fits,
    "table formats": table_formats,
    "table parallel": table_parallel,
    "table operations": table_operations,
    "table knobs": table_knobs,
    "table model": table_model,
    "table kv-waste": table_kv_waste,
    "table batching": table_batching,
    "table crosscheck": table_crosscheck,
    "table results": table_results,
    "table errors": table_errors,
    "table published": table_published,
    "repo-card": repo_card,
    "verdict": verdict,
    "output": output,
    "drawing": drawing,
}
"""Every figure of ours: `equation` is followed by the name of one."""


def find(head: str) -> Figure:
    """The figure of a slot's head; a kind alone will do where only one family has it.

    Raises UsageError with near misses.
    """
    words = head.split()
    if words[:1] == ["equation"]:
        return _equation(words[1:])
    if head in FIGURES:
        return FIGURES[head]
    of_kind = [known for known in FIGURES if known.split()[-1:] == words]
    if len(of_kind) == 1:
        return FIGURES[of_kind[0]]
    known = ", ".join(FIGURES)
    raise UsageError(f"no figure {head!r}{near(head, _spellings())}; figures are {known}")


def _equation(words: list[str]) -> Figure:
    if len(words) == 1:
        return partial(equation, equation=words[0])
    known = ", ".join(EQUATIONS)
    raise UsageError(f"say which equation, e.g. `equation decode_rate`; equations are {known}")


def _spellings() -> list[str]:
    return [*FIGURES, *(head.split()[-1] for head in FIGURES)]


def call(
    head: str, options: Mapping[str, Option], facts: Facts, own: Mapping[str, Figure] | None = None
) -> Fragment:
    """What a slot shows: the author's own figure of that name, else ours, its options checked."""
    figure = own[head] if own and head in own else find(head)
    check_options(head, figure, options)
    return figure(facts, **options)
