"""Values are worked out in a language small enough to be safe in a published text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchpost.errors import BenchpostError, UsageError
from benchpost.fill.expression import Functions, evaluate
from benchpost.fill.refusal import Refusal
from benchpost.roofline.quotes import quoted
from benchpost.roofline.units import Quantity


def rate(*, gpu: str, batch: int = 1, measured: bool = False) -> Quantity:
    if gpu != "A":
        raise UsageError(f"unknown GPU {gpu!r}; did you mean 'A'?")
    return Quantity(batch * (90.0 if measured else 100.0), "byte/second")


def size(*, of: float = 4.0) -> Quantity:
    return Quantity(of, "byte")


def broken() -> Quantity:
    raise BenchpostError("nothing is recorded")


def zero() -> Quantity:
    return Quantity(1 / int("0"), "1")


FUNCTIONS: Functions = {
    "rate": rate,
    "size": size,
    "broken": broken,
    "zero": zero,
    "quoted": quoted,
}

RESULTS = {
    "2 + 3 * 4": Quantity(14.0, "1"),
    "(2 + 3) * 4": Quantity(20.0, "1"),
    "-2 / 4": Quantity(-0.5, "1"),
    "+1e3": Quantity(1000.0, "1"),
    "1_000": Quantity(1000.0, "1"),
    'rate(gpu="A")': Quantity(100.0, "byte/second"),
    "rate(gpu='A', batch=3)": Quantity(300.0, "byte/second"),
    'rate(gpu="A", measured=true)': Quantity(90.0, "byte/second"),
    'rate(gpu="A") / size()': Quantity(25.0, "1/second"),
    "size(of=-2)": Quantity(-2.0, "byte"),
    "2 *\n size()": Quantity(8.0, "byte"),
    'quoted("5 ms") + quoted("1 s")': Quantity(1.005, "second"),
    'quoted("5 ms", source="a page")': Quantity(0.005, "second"),
}


@pytest.mark.parametrize("expression", RESULTS)
def test_an_expression_gives_a_quantity(expression: str) -> None:
    """Calls, numbers, the four operations and parentheses keep their units."""
    assert evaluate(expression, FUNCTIONS) == RESULTS[expression]


LANGUAGE = "is not in the language of values, which has calls, numbers, + - * / and parentheses"
BY_NAME = 'arguments are given by name, as `gpu="H200"`'
LITERAL = "an argument is a text in quotes, a number, true or false"
# expression: check, offset, message
REFUSED = {
    "": ("S006", 0, "not an expression: invalid syntax"),
    "1 +": ("S006", 3, "not an expression: invalid syntax"),
    "(1": ("S006", 0, "not an expression: '(' was never closed"),
    "2 ** 3": ("S006", 0, f"'2 ** 3' {LANGUAGE}"),
    "1 + size": ("S006", 4, f"'size' {LANGUAGE}"),
    "1 if 2 else 3": ("S006", 0, f"'1 if 2 else 3' {LANGUAGE}"),
    '"text"': ("S006", 0, f"'\"text\"' {LANGUAGE}"),
    "True": ("S006", 0, f"'True' {LANGUAGE}"),
    "size().value": ("S006", 0, f"'size().value' {LANGUAGE}"),
    "size.of()": ("S006", 0, f"'size.of' {LANGUAGE}"),
    "[1][0]": ("S006", 0, f"'[1][0]' {LANGUAGE}"),
    "1j": ("S006", 0, f"'1j' {LANGUAGE}"),
    "2 * siez()": ("S002", 4, "no function 'siez'; did you mean 'size'?"),
    "frobnicate()": (
        "S002",
        0,
        "no function 'frobnicate'; functions are: rate, size, broken, zero, quoted",
    ),
    "µ + 1": ("S006", 0, f"'µ' {LANGUAGE}"),
    '1 + "µ" + bad()': ("S006", 4, f"'\"µ\"' {LANGUAGE}"),
    'size() + rate(gpu="B")': ("S002", 18, "unknown GPU 'B'; did you mean 'A'?"),
    'rate(gpuu="A")': (
        "S002",
        10,
        "'rate' has no option 'gpuu'; did you mean 'gpu'?; its options are gpu, batch, measured",
    ),
    'rate(gpu="A", batch="x")': (
        "S002",
        20,
        "option 'batch' of 'rate' must be a whole number, not \"x\"",
    ),
    "1 + rate()": (
        "S002",
        4,
        "'rate' needs the option 'gpu': a text in quotes, e.g. \"H200\"",
    ),
    'rate("A")': ("S002", 5, BY_NAME),
    'quoted("5 ms", "a page")': ("S002", 15, BY_NAME),
    "rate(**1)": ("S002", 5, "arguments are given by name, each once"),
    "size(of=2 + 2)": ("S006", 8, LITERAL),
    "size(of=size())": ("S006", 8, LITERAL),
    'size() + rate(gpu="A")': ("S006", 0, "cannot add byte and byte/second"),
    "1 / 0": ("S006", 0, "cannot divide 1 by zero"),
    "1 + zero()": ("S006", 4, "cannot be computed: division by zero"),
    "broken()": ("S006", 0, "nothing is recorded"),
    "1e308 * 10": ("S006", 0, "the result is inf, which is no number to print"),
    "1" + "0" * 400: ("S006", 0, "the number is too large"),
    "-" * 60 + "1": ("S006", 41, "nested too deeply; give parts of it names in figures.py"),
    "1 + " * 600 + "1": ("S006", 0, "an expression is at most 2000 characters long"),
    'quoted("5 GBs")': ("S002", 7, "unknown unit 'GBs'; did you mean 'GB' or 'GiB'?"),
}


@pytest.mark.parametrize("expression", REFUSED, ids=lambda text: text[:20] or "empty")
def test_what_is_not_in_the_language_is_refused_where_it_stands(expression: str) -> None:
    """The refusal has a code, the offset of the part at fault, and a whole sentence."""
    with pytest.raises(Refusal) as caught:
        evaluate(expression, FUNCTIONS)
    refusal = caught.value
    assert (refusal.check.name, refusal.offset, refusal.message) == REFUSED[expression]


SCRAPS = ["rate(", "size(", "gpu=", '"A"', ")", "(", "+", "-", "/", "*", "1", "2.5", " ", "µ", "\n"]


@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(SCRAPS)).map("".join)))
def test_hostile_text_is_a_number_or_a_refusal(expression: str) -> None:
    """Whatever stands in a value, nothing else than a refusal is raised."""
    try:
        outcome: object = evaluate(expression, FUNCTIONS)
    except Refusal as refusal:
        outcome = refusal.offset
    assert isinstance(outcome, Quantity) or outcome in range(len(expression) + 1)
