"""Figures and numbers that do not depend on a post's results: made once, however many show them."""

from __future__ import annotations

from functools import lru_cache, partial

from benchpost import figures
from benchpost.errors import BenchpostError
from benchpost.figures.options import Option
from benchpost.figures.types import Facts, Fragment
from benchpost.fill.expression import Functions, evaluate
from benchpost.fill.measured import measured
from benchpost.fill.touched import Touched
from benchpost.post.document import Dialect
from benchpost.roofline import calls as roofline
from benchpost.roofline.quotes import quoted
from benchpost.roofline.units import Quantity
from benchpost.serving import calls as serving

Given = tuple[tuple[str, Option, type], ...]
"""Options with their types: `m=1` and `m=true` are equal in Python, but not the same."""


def fragment(head: str, options: dict[str, Option], facts: Facts) -> Fragment:
    """What a figure of ours gives. Raises what the figure does."""
    given = tuple((key, value, type(value)) for key, value in options.items())
    made = _general_fragment(head, given, facts.dialect)
    return figures.call(head, options, facts) if made is None else made


@lru_cache(maxsize=2048)
def _general_fragment(head: str, given: Given, dialect: Dialect) -> Fragment | None:
    """The figure; None when it asks for results, which every post has of its own."""
    results = Touched({})
    options = {key: value for key, value, _ in given}
    try:
        made = figures.call(head, options, Facts(dialect, results))
    except BenchpostError:
        if not results.was_read:
            raise
    return None if results.was_read else made


def quantity(expression: str, facts: Facts) -> Quantity:
    """What an expression gives. Raises `Refusal`."""
    if "measured" in expression:
        return evaluate(expression, functions(facts))
    return _general_quantity(expression)


@lru_cache(maxsize=4096)
def _general_quantity(expression: str) -> Quantity:
    return evaluate(expression, functions(Facts()))


def functions(facts: Facts) -> Functions:
    """What an expression may call, by name."""
    known: Functions = {**roofline.FUNCTIONS, **serving.FUNCTIONS}
    return {**known, "measured": partial(measured, facts.results), "quoted": quoted}
