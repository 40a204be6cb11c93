"""The language of equations: what it has, and how what it lacks is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from roofline.conftest import HEADER, load
from roofline.typeset_value import Formula

from benchpost.errors import BenchpostError
from benchpost.roofline import emit
from benchpost.roofline.expression import unit_of
from benchpost.roofline.language import ceil, floor
from benchpost.roofline.read import expression
from benchpost.roofline.types import Equation

Write = Callable[[str], Equation]

NAMES = ["flops", "moved", "peak", "bandwidth"]
ROWS = [[7.0, 3.0, 2.0, 5.0], [1.5, 40.0, 0.25, 3.0], [3.0, 3.0, 3.0, 3.0], [0.1, 0.2, 0.3, 0.7]]

EXACT = [
    ("flops - (moved - peak)", r"\text{FLOPs} - (\text{bytes} - F)"),
    ("flops - moved - peak", r"\text{FLOPs} - \text{bytes} - F"),
    ("flops + (moved + peak)", r"\text{FLOPs} + \text{bytes} + F"),
    ("flops / moved / peak", r"\frac{\frac{\text{FLOPs}}{\text{bytes}}}{F}"),
    ("flops / (moved / peak)", r"\frac{\text{FLOPs}}{\frac{\text{bytes}}{F}}"),
    ("peak * (moved * bandwidth)", r"F \cdot \text{bytes} \cdot B"),
    ("peak * (moved - bandwidth) / 3", r"\frac{F\,(\text{bytes} - B)}{3}"),
    ("(peak / bandwidth + 1) * 2", r"\left(\frac{F}{B} + 1\right) \cdot 2"),
    ("-peak * bandwidth", r"(-F)\,B"),
    ("peak - -bandwidth", r"F - (-B)"),
    ("-(peak + bandwidth)", r"-(F + B)"),
    ("sqrt(peak * bandwidth)", r"\sqrt{F\,B}"),
    ("ceil(peak / bandwidth)", r"\left\lceil \frac{F}{B} \right\rceil"),
    ("floor(peak)", r"\lfloor F \rfloor"),
    ("max(peak, bandwidth, 2)", r"\max(F,\; B,\; 2)"),
    ("min(peak, bandwidth)", r"\min(F,\; B)"),
    (
        "peak if flops < moved else bandwidth",
        r"\begin{cases} F & \text{if } \text{FLOPs} < \text{bytes} \\ B & \text{otherwise} "
        r"\end{cases}",
    ),
    (
        "1 / (peak - bandwidth) if peak != bandwidth else 0",
        r"\begin{cases} \frac{1}{F - B} & \text{if } F \ne B \\ 0 & \text{otherwise} \end{cases}",
    ),
    (
        "peak / moved if flops >= moved * 2 else (1 if flops == moved else 1.5)",
        r"\begin{cases} \frac{F}{\text{bytes}} & \text{if } \text{FLOPs} \ge \text{bytes} \cdot 2 "
        r"\\ \begin{cases} 1 & \text{if } \text{FLOPs} = \text{bytes} \\ 1.5 & \text{otherwise} "
        r"\end{cases} & \text{otherwise} \end{cases}",
    ),
]
NEARLY = [
    ("peak ** 2", r"F^{2}"),
    ("(peak + bandwidth) ** 0.5", r"(F + B)^{0.5}"),
    ("peak ** bandwidth ** 2", r"F^{B^{2}}"),
    ("(-peak) ** 2", r"(-F)^{2}"),
    ("log(peak) + log2(bandwidth)", r"\ln(F) + \log_{2}(B)"),
    ("exp(peak / 3)", r"\exp\left(\frac{F}{3}\right)"),
]


@pytest.mark.parametrize(("body", "latex"), [*EXACT, *NEARLY])
def test_latex_has_the_brackets_it_needs(body: str, latex: str, written: Write) -> None:
    """And no others, in the author's order."""
    assert emit.latex(written(f"    return {body}")) == rf"t_{{\text{{op}}}} = {latex}"


@pytest.mark.parametrize("body", [body for body, _ in (*EXACT, *NEARLY)])
def test_the_four_outputs_agree(body: str, written: Write, node: Callable[[str, Any], Any]) -> None:
    """To the last bit, but for powers, logarithms and exponentials, which round as they please."""
    equation = written(f"    return {body}")
    numbers = [equation(*row) for row in ROWS]
    ulps = 4e-16 if body in dict(NEARLY) else 0.0
    near = pytest.approx(numbers, rel=ulps, abs=0)
    script = (
        f"{emit.javascript(equation)}console.log(JSON.stringify(input.map(r => op_time(...r))))"
    )
    assert node(script, ROWS) == near
    assert emit.vectorised(equation)(*zip(*ROWS, strict=True)).tolist() == near
    symbols = [term.symbol for term in equation.terms]
    typeset = emit.latex(equation).partition(" = ")[2]
    read = [Formula(typeset, dict(zip(symbols, row, strict=True))).value() for row in ROWS]
    assert read == pytest.approx(numbers, rel=1e-12)


REFUSED = [
    ("flops // moved", 12, "`//` rounds differently in JavaScript; write floor(a / b)"),
    ("flops % moved", 12, "`%` has another sign in JavaScript; write a - b * floor(a / b)"),
    ("flops @ moved", 12, "`@` is not in the language of equations; write the FLOPs out"),
    (
        "round(flops)",
        12,
        "'round' is neither a function of the language nor an equation; functions are max, min, "
        "ceil, floor, sqrt, log, log2, exp, power",
    ),
    (
        "cell(flops)",
        12,
        "'cell' is neither a function of the language nor an equation; did you mean 'ceil'?",
    ),
    ("flops.real", 12, "a dotted name is not in the language of equations; make it a parameter"),
    ("flops[0]", 12, "indexing is not in the language of equations; make it a parameter"),
    ("flops < moved", 12, "a comparison stands only in a conditional: `a if x < y else b`"),
    (
        "flops if 1 < peak < 2 else moved",
        21,
        "a conditional compares two values with one of < <= > >= == !=",
    ),
    (
        "flops if peak else moved",
        12,
        "this is not in the language of equations, which has numbers, terms, + - * / **, max, min, "
        "ceil, floor, sqrt, log, log2, exp, power, a if b < c else d",
    ),
    (
        "flops + 'x'",
        20,
        "this is not in the language of equations, which has numbers, terms, "
        "+ - * / **, max, min, ceil, floor, sqrt, log, log2, exp, power, a if b < c else d",
    ),
    (
        "flops + True",
        20,
        "this is not in the language of equations, which has numbers, terms, "
        "+ - * / **, max, min, ceil, floor, sqrt, log, log2, exp, power, a if b < c else d",
    ),
    (
        "flops + 9007199254740993",
        20,
        "9007199254740993 has more digits than a 64-bit float can hold",
    ),
    ("flops + 1e999", 20, "inf has more digits than a 64-bit float can hold"),
    ("flops + bandwith", 20, "'bandwith' is not a parameter; did you mean 'bandwidth'?"),
    ("flops + HEADER", 20, "'HEADER' is not a parameter"),
    ("flops + equation", 20, "'equation' is neither a parameter nor a Constant"),
    ("flops(peak)", 12, "'flops' is a parameter here and cannot be called"),
    ("max(flops)", 12, "max takes two or more arguments, by position"),
    ("ceil(flops, moved)", 12, "ceil takes one argument, by position"),
    (
        "max(*flops, moved)",
        16,
        "this is not in the language of equations, which has numbers, terms, "
        "+ - * / **, max, min, ceil, floor, sqrt, log, log2, exp, power, a if b < c else d",
    ),
    (
        "ridge_point(bandwidth, peak)",
        12,
        "call ridge_point on its own terms: ridge_point(peak, bandwidth)",
    ),
    ("ridge_point(peak)", 12, "call ridge_point on its own terms: ridge_point(peak, bandwidth)"),
    (
        "matmul_flops(m=flops, n=1, k=1)",
        12,
        "call matmul_flops on its own terms: matmul_flops(m, n, k)",
    ),
]


@pytest.mark.parametrize(("body", "column", "said"), REFUSED)
def test_what_the_language_lacks_is_refused_with_its_place(
    body: str, column: int, said: str, written: Write, tmp_path: Path
) -> None:
    """File, line and column of the word, and what would be right."""
    equation = written(f"    return {body}")
    with pytest.raises(BenchpostError) as caught:
        emit.latex(equation)
    assert str(caught.value) == f"{(tmp_path / 'own.py').as_posix()}:6:{column}: {said}"


BODIES = [
    ("    x = flops / peak\n    return x", 6, "an equation is one return expression"),
    ("    return None if flops else 1", 6, None),
    ('    """Only words."""', 5, "an equation is one return expression"),
    ("    return", 6, "an equation is one return expression"),
]


@pytest.mark.parametrize(("body", "line", "said"), BODIES)
def test_an_equation_is_one_expression(
    body: str, line: int, said: str | None, written: Write
) -> None:
    """Statements, empty bodies and bare returns are refused."""
    with pytest.raises(BenchpostError) as caught:
        emit.javascript(written(body))
    assert caught.value.place
    assert caught.value.place.line == line
    assert said is None or caught.value.message == said


def test_defaults_and_stars_are_refused(tmp_path: Path) -> None:
    """A term that is left out would be a number nobody sees."""
    file = tmp_path / "own.py"
    file.write_text(
        f'{HEADER}\n@equation(source="t")\ndef op_time(flops, peak=1.0):\n    return flops / peak\n'
    )
    with pytest.raises(BenchpostError, match="parameters of an equation have no defaults"):
        emit.latex(load(file).op_time)


def test_a_parameter_that_is_no_term_is_refused_at_once(tmp_path: Path) -> None:
    """With the near misses, when the module is loaded."""
    file = tmp_path / "own.py"
    file.write_text(f'{HEADER}\n@equation(source="t")\ndef op_time(flop):\n    return flop\n')
    with pytest.raises(BenchpostError) as caught:
        load(file)
    assert str(caught.value) == (
        f"{file.as_posix()}:4:1: 'flop' is not a term; did you mean 'flops'?"
    )


def test_a_missing_parameter_of_a_called_equation_is_named(tmp_path: Path) -> None:
    """The caller has to have what the callee needs."""
    file = tmp_path / "own.py"
    file.write_text(
        f'{HEADER}\n@equation(source="t")\ndef op_time(peak):\n'
        "    return ridge_point(peak, bandwidth)\n"
    )
    with pytest.raises(BenchpostError, match="ridge_point needs the parameter 'bandwidth'; add it"):
        emit.latex(load(file).op_time)


def test_a_function_of_another_meaning_is_not_taken_for_ours(tmp_path: Path) -> None:
    """`floor` must be the language's, or JavaScript would compute something else."""
    file = tmp_path / "own.py"
    file.write_text(
        f'{HEADER}\nfrom operator import neg as floor\n@equation(source="t")\n'
        "def op_time(flops):\n    return floor(flops)\n"
    )
    with pytest.raises(BenchpostError, match="'floor' is neither a function of the language"):
        emit.latex(load(file).op_time)


def test_units_that_do_not_agree_are_found(written: Write) -> None:
    """The slip of a swapped divisor gives an error and not a time."""
    equation = written("    return max(flops / bandwidth, moved / bandwidth)")
    units = {term.name: term.unit for term in equation.terms}
    with pytest.raises(BenchpostError, match="cannot compare flop\\*second/byte and second"):
        unit_of(expression(equation), units)


UNITS = [
    ("sqrt(flops * flops)", "flop"),
    ("ceil(flops / flops)", "1"),
    ("exp(moved / moved) * log(2) / log2(4)", "1"),
    ("flops / peak if moved < 2 * moved else moved / bandwidth", "second"),
]


@pytest.mark.parametrize(("body", "unit"), UNITS)
def test_units_go_through_every_function(body: str, unit: str, written: Write) -> None:
    """Roots halve them; exponentials and roundings want pure numbers."""
    equation = written(f"    return {body}")
    assert unit_of(expression(equation), {term.name: term.unit for term in equation.terms}) == unit


@pytest.mark.parametrize("body", ["sqrt(flops)", "exp(flops)", "flops if moved < 1 else peak"])
def test_units_that_make_no_sense_are_refused(body: str, written: Write) -> None:
    """The root of a FLOP, its exponential, and a choice between a count and a rate."""
    equation = written(f"    return {body}")
    with pytest.raises(BenchpostError, match="cannot"):
        unit_of(expression(equation), {term.name: term.unit for term in equation.terms})


def test_dividing_by_zero_in_the_branch_not_taken_is_silent(written: Write) -> None:
    """NumPy works out both branches; only the one meant counts."""
    equation = written("    return flops / peak if peak > 0 else moved")
    swept = emit.vectorised(equation)(flops=[8.0, 8.0], moved=3.0, peak=[2.0, 0.0], bandwidth=1.0)
    assert swept.tolist() == [4.0, 3.0]


def test_rounding_functions_give_floats() -> None:
    """As in JavaScript, where there is nothing else."""
    assert (ceil(1.2), floor(-1.2)) == (2.0, -2.0)
    assert isinstance(ceil(1.2), float)
