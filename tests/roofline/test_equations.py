"""Each equation once, in four outputs: number, LaTeX, NumPy sweep and JavaScript agree."""

from __future__ import annotations

import keyword
import math
import random
import re
from collections.abc import Callable
from typing import Any, get_args, get_type_hints

import numpy as np
import pytest
from latex2mathml.converter import convert as to_mathml
from roofline.typeset_value import Formula

from benchpost.roofline import emit, equations
from benchpost.roofline.equations import EQUATIONS
from benchpost.roofline.expression import references, unit_of
from benchpost.roofline.read import expression
from benchpost.roofline.terms import TERMS
from benchpost.roofline.types import Equation, Term
from benchpost.roofline.units import without_counts

EACH = pytest.mark.parametrize("equation", EQUATIONS.values(), ids=EQUATIONS)
SAMPLES = 10_000


def samples(equation: Equation, count: int = SAMPLES) -> list[list[float]]:
    """Valid values for the terms of `equation`, up to 1e15, the same at every run."""
    chance = random.Random(equation.name)
    return [list(valid(equation, chance).values()) for _ in range(count)]


def valid(equation: Equation, chance: random.Random) -> dict[str, float]:
    """Values within each term's range that also make sense together."""
    terms = {term.name: drawn(term, chance) for term in equation.terms}
    for small, large in WITHIN:
        if {small, large} <= set(terms):
            terms[small] = min(terms[small], terms[large])
    return terms


def drawn(term: Term, chance: random.Random) -> float:
    if term.most <= 64:
        return chance.uniform(max(term.least, 0.0), term.most)
    highest = min(15, math.log10(term.most))
    return 10 ** chance.uniform(math.log10(max(term.least, 1e-3)), highest)


WITHIN = [
    ("experts_per_token", "experts"),
    ("tokens", "context"),
    ("decoding", "budget_tokens"),
]
"""Terms of which the first is never above the second."""


@EACH
def test_every_equation_gives_the_unit_it_says(equation: Equation) -> None:
    """One unit of each term is fed through the expression; both sides of each choice agree."""
    units = {term.name: term.unit for term in equation.terms}
    assert unit_of(expression(equation), units) == without_counts(equation.result.unit)


@EACH
def test_annotations_say_the_units_of_the_terms(equation: Equation) -> None:
    """`bandwidth: BytesPerSecond` and the term's `byte/second` cannot drift apart."""
    hints = get_type_hints(equation.function, include_extras=True)
    said = {name: get_args(hint)[1] for name, hint in hints.items()}
    expected = {term.name: term.unit for term in equation.terms} | {"return": equation.result.unit}
    assert said == expected


@EACH
def test_no_two_terms_of_an_equation_share_a_symbol(equation: Equation) -> None:
    """A reader can tell them apart; the symbols of called equations count too."""
    called = [node.equation.result for node in references(expression(equation))]
    symbols = [term.symbol for term in (equation.result, *equation.terms, *called)]
    assert len(set(symbols)) == len(symbols)


def test_every_term_is_used() -> None:
    """No term stands in the table for nothing."""
    used = {t.name for e in EQUATIONS.values() for t in (e.result, *e.terms)}
    assert set(TERMS) == used


def test_every_name_is_an_identifier_in_both_languages() -> None:
    """A term called `lambda` or `function` could not be written in one of them."""
    names = {*TERMS, *EQUATIONS}
    assert all(name.isidentifier() for name in names)
    assert not names & {*keyword.kwlist, *keyword.softkwlist, *JAVASCRIPT_WORDS}


JAVASCRIPT_WORDS = re.findall(
    r"\w+",
    """
    abstract arguments await boolean break byte case catch char class const continue debugger
    default delete do double else enum eval export extends false final finally float for function
    goto if implements import in instanceof int interface let long native new null package private
    protected public return short static super switch synchronized this throw throws transient
    true try typeof undefined var void volatile while with yield NaN Infinity Math
    """,
)


@EACH
def test_every_equation_explains_itself(equation: Equation) -> None:
    """A sentence of meaning and a source."""
    assert equation.meaning.endswith(".")
    assert equation.source


@EACH
def test_javascript_gives_the_same_bits(
    equation: Equation, node: Callable[[str, Any], Any]
) -> None:
    """Python and JavaScript agree to the last bit on every sample."""
    script = emit.javascript(equation)
    rows = samples(equation)
    asked = f"{script}console.log(JSON.stringify(input.map(row => {equation.name}(...row))));"
    assert node(asked, rows) == [equation(*row) for row in rows]


@EACH
def test_the_sweep_gives_the_same_bits(equation: Equation) -> None:
    """NumPy over all samples at once gives what Python gives one by one."""
    rows = np.array(samples(equation))
    swept = emit.vectorised(equation)(*rows.T)
    assert swept.tolist() == [equation(*row) for row in rows.tolist()]


@EACH
def test_the_latex_says_what_is_computed(equation: Equation) -> None:
    """An independent reader of the LaTeX finds the same values."""
    left, _, right = emit.latex(equation).partition(" = ")
    assert left == equation.result.symbol
    rows = samples(equation)
    values = dict(zip((term.name for term in equation.terms), np.array(rows).T, strict=True))
    symbols = {term.symbol: values[term.name] for term in equation.terms}
    for other in (node.equation for node in references(expression(equation))):
        own = [values[term.name].tolist() for term in other.terms]
        symbols[other.result.symbol] = np.array([other(*row) for row in zip(*own, strict=True)])
    # repeated multiplication and `**` round differently
    error = 1e-9 if "power" in emit.javascript(equation) else 1e-12
    expected = [equation(*row) for row in rows]
    assert np.allclose(Formula(right, symbols).value(), expected, rtol=error, atol=0)


def sensible(equation: Equation) -> dict[str, float]:
    return {term.name: 3.0 * 10 ** (12 if "second" in term.unit else 1) for term in equation.terms}


@EACH
def test_both_renderers_take_the_latex(equation: Equation, node: Callable[[str, Any], Any]) -> None:
    """KaTeX raises nothing and warns of nothing; latex2mathml leaves no command unread."""
    formulas = [emit.latex(equation), emit.latex_with_numbers(equation, sensible(equation))]
    script = """
        let katex; try { katex = require('katex'); } catch { katex = null; }
        const strict = code => { throw new Error(code); };
        console.log(JSON.stringify(input.map(f =>
            katex ? katex.renderToString(f, {displayMode: true, strict}).length : -1)));"""
    assert 0 not in node(script, formulas)
    for formula in formulas:
        mathml = to_mathml(formula)
        assert "\\" not in mathml
        assert mathml.count("<mfrac>") == formula.count("\\frac{")


MONOTONE = [
    # equation, term, what becomes of the result when the term grows: 1 never less, -1 never more
    ("decode_rate", "bandwidth", 1),
    ("decode_rate", "weight_bytes", -1),
    ("decode_rate_at_context", "bandwidth", 1),
    ("decode_rate_at_context", "context", -1),
    ("decode_rate_at_context", "weight_bytes", -1),
    ("decode_rate_at_context", "kv_bytes_per_token", -1),
    ("decode_rate_at_context", "batch", 1),
    ("decode_step_time", "bandwidth", -1),
    ("decode_step_time", "peak", -1),
    ("decode_step_time", "weight_bytes", 1),
    ("decode_step_time", "kv_bytes", 1),
    ("decode_step_time", "decode_flops", 1),
    ("engine_step_time", "efficiency", -1),
    ("engine_step_time", "layer_time", 1),
    ("engine_step_time", "bandwidth", -1),
    ("op_time", "flops", 1),
    ("op_time", "moved", 1),
    ("op_time", "peak", -1),
    ("op_time", "bandwidth", -1),
    ("attainable", "bandwidth", 1),
    ("attainable", "peak", 1),
    ("attainable", "arithmetic_intensity", 1),
    ("matmul_intensity", "m", 1),
    ("matmul_intensity", "element_bytes", -1),
    ("matmul_time", "element_bytes", 1),
    ("kv_bytes", "context", 1),
    ("attention_flops", "context", 1),
    ("attention_bytes", "context", 1),
    ("attention_bytes", "kv_heads", 1),
    ("prefill_time", "peak", -1),
    ("prefill_time", "prefill_flops", 1),
    ("engine_prefill_time", "compute_share", -1),
    ("prefill_flops", "layers", 1),
    ("kv_blocks", "memory", 1),
    ("kv_blocks", "kv_bytes_per_token", -1),
    ("max_concurrency", "context", -1),
    ("max_concurrency", "kv_blocks", 1),
    ("distinct_experts", "rows", 1),
    ("window_tokens", "context", 1),
    ("window_tokens", "window", 1),
    ("bits_with_scales", "group_size", -1),
    ("quantised_bytes", "weight_bits", 1),
    ("kv_heads_per_gpu", "tensor_parallel", -1),
    ("all_reduce_bytes", "tensor_parallel", 1),
    ("all_to_all_bytes", "expert_parallel", 1),
    ("pipeline_time", "microbatches", 1),
    ("exchange_time", "link", -1),
    ("serving_step_time", "kv_bytes", 1),
    ("serving_step_time", "bandwidth", -1),
    ("serving_step_time", "efficiency", -1),
    ("accepted_tokens", "acceptance", 1),
    ("accepted_tokens", "drafted", 1),
    ("speculation_speedup", "verify_cost", -1),
    ("speculation_speedup", "draft_cost", -1),
    ("cached_tokens", "prefix", 1),
    ("tokens_per_request_bound", "request_rate", -1),
    ("requests_in_flight", "request_time", 1),
    ("end_to_end_time", "token_time", 1),
    ("queued_tokens", "prefill_rate", 1),
    ("chunk_steps", "budget_tokens", -1),
    ("chunk_steps", "prompt", 1),
    ("future_tokens", "output_spread", 1),
    ("held_tokens", "prompt", 1),
    ("contiguous_share", "reserve_tokens", -1),
    ("paged_share", "block_tokens", -1),
    ("paged_share", "held_tokens", 1),
    ("static_share", "longest_output", -1),
    ("graph_padding", "graph_batch", 1),
    ("break_even_batch", "drafted", -1),
    ("kv_transfer_time", "link", -1),
    ("break_even_link", "kv_bytes_per_token", 1),
    ("break_even_link", "token_flops", -1),
    ("kv_replication", "tensor_parallel", 1),
    ("itl_slope", "efficiency", -1),
    ("itl_slope", "kv_bytes_per_token", 1),
    ("hit_rate", "cached_tokens", 1),
    ("prompts_per_step", "concurrency", 1),
    ("prompts_per_step", "output", -1),
    ("serving_step_time", "prompt_time", 1),
    ("queue_time", "requested", 1),
    ("queue_time", "concurrency", -1),
    ("answer_time", "concurrency", 1),
    ("answer_time", "waiting_share", 1),
    ("serving_step_time", "layer_time", 1),
    ("serving_step_time", "overlap_loss", 1),
]


@pytest.mark.parametrize(("name", "term", "direction"), MONOTONE)
def test_arrows_point_the_right_way(name: str, term: str, direction: int) -> None:
    """More context is never faster, more bandwidth never slower, fewer bytes never slower."""
    equation = EQUATIONS[name]
    for row in samples(equation, 200):
        terms = dict(zip((t.name for t in equation.terms), row, strict=True))
        terms |= {key: value(terms) for key, value in SENSE.items() if key in terms}
        before, after = equation(**terms), equation(**{**terms, term: grown(equation, term, terms)})
        assert direction * (after - before) >= -1e-12 * abs(before)


def grown(equation: Equation, name: str, terms: dict[str, float]) -> float:
    most = next(term.most for term in equation.terms if term.name == name)
    return min(terms[name] * 3, most)


SENSE: dict[str, Callable[[dict[str, float]], float]] = {
    # the new tokens are part of the context; what does not fit is not shown as a negative count
    "context": lambda terms: terms["context"] + terms.get("tokens", 0.0),
    "held_bytes": lambda terms: 0.0,
    "reserved_bytes": lambda terms: 0.0,
}


KNOWN_LATEX = [
    ("decode_rate", r"R_{\text{decode}} = \frac{B}{W}"),
    (
        "op_time",
        r"t_{\text{op}} = \max\left(\frac{\text{FLOPs}}{F},\; \frac{\text{bytes}}{B}\right)",
    ),
    ("matmul_flops", r"\text{FLOPs}_{\text{matmul}} = 2\,M\,N\,K"),
    ("matmul_bytes", r"\text{bytes}_{\text{matmul}} = b\,(M\,K + K\,N + M\,N)"),
    ("attention_pairs", r"A = T\,S - \frac{T\,(T - 1)}{2}"),
    (
        "max_concurrency",
        r"c = \frac{N_{\text{block}}}{\left\lceil \frac{S}{s} \right\rceil}",
    ),
]


@pytest.mark.parametrize(("name", "latex"), KNOWN_LATEX)
def test_latex_keeps_the_authors_order(name: str, latex: str) -> None:
    """Factors stand as written; nothing is simplified."""
    assert emit.latex(EQUATIONS[name]) == latex


def test_numbers_are_put_in_with_their_units() -> None:
    """The napkin of the RTX 4090, as a reader would write it."""
    values = {"bandwidth": 1008e9, "weight_bytes": 8_044_936_192}
    assert emit.latex_with_numbers(equations.decode_rate, values) == (
        r"\frac{1.01\,\text{TB/s}}{8.04\,\text{GB}} = 125\,\text{tok/s}"
    )


def test_numbers_of_a_called_equation_are_its_value() -> None:
    """The reader sees the FLOPs and bytes of the matmul, not its sides again."""
    values = {"m": 512, "k": 2560, "n": 9728, "element_bytes": 2}
    assert emit.latex_with_numbers(equations.matmul_intensity, values) == (
        r"\frac{25.5\,\text{GFLOP}}{62.4\,\text{MB}} = 409\,\text{FLOP/byte}"
    )


def test_products_of_numbers_have_dots_between() -> None:
    """2 · 512, never 2 512."""
    values = {"m": 512, "n": 9728, "k": 2560}
    assert emit.latex_with_numbers(equations.matmul_flops, values) == (
        r"2 \cdot 512 \cdot 9728 \cdot 2560 = 25.5\,\text{GFLOP}"
    )


WRONG_VALUES = [
    ({"bandwidth": 1.0}, "decode_rate needs weight_bytes"),
    (
        {"bandwith": 1.0, "weight_bytes": 1.0},
        "decode_rate has no term 'bandwith'; did you mean 'bandwidth'?",
    ),
]


@pytest.mark.parametrize(("values", "said"), WRONG_VALUES)
def test_wrong_values_are_named(values: dict[str, float], said: str) -> None:
    """A term that is missing or misspelled is an error."""
    with pytest.raises(Exception, match=re.escape(said)):
        emit.latex_with_numbers(equations.decode_rate, values)


def test_the_sweep_broadcasts_and_takes_names() -> None:
    """A row of contexts against a column of batches gives a table."""
    rate = emit.vectorised(equations.decode_rate_at_context)
    table = rate(
        bandwidth=1e12,
        weight_bytes=8e9,
        batch=[[1], [8]],
        context=[0, 1024, 8192],
        kv_bytes_per_token=147456,
    )
    assert table.shape == (2, 3)
    assert table[0, 0] == 125.0
    with pytest.raises(Exception, match="decode_rate_at_context takes bandwidth, weight_bytes"):
        rate(1e12)


def test_an_equation_is_always_computed_in_floats() -> None:
    """Whole numbers beyond 2**53 round as in JavaScript instead of growing without bound."""
    assert equations.matmul_flops(m=2**30, n=2**30, k=3**10) == float(2**61 * 3**10)
    assert isinstance(equations.matmul_flops(m=1, n=1, k=1), float)
