"""The reference of the performance model: every equation with an example, and every term."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from benchpost.figures.formula import amount, called, terms_of
from benchpost.roofline.emit import latex, latex_with_numbers
from benchpost.roofline.equations import EQUATIONS
from benchpost.roofline.terms import TERMS
from benchpost.roofline.types import Equation, Term
from benchpost.site import escape
from benchpost.site.worked import Subject, Worked, subjects, worked

INTRO = """Each equation is one plain Python function of floats in SI units; its section names the
module, and `benchpost.roofline.EQUATIONS` has all of them by name. The predictions that are made of
them take chips, models and arrays: [From Python](../guide/python.md). An equation's LaTeX, the
number in a sentence, the curve of a chart and the JavaScript come from that function alone. A
multiply-add is two FLOPs; GB is $10^9$ bytes, GiB is written GiB. Numbers are bounds of the
hardware unless the name says `engine` or `serving`; [how wrong the model is](errors/index.md) is
measured. Chips and models in the examples are those of [the catalogue](catalog.md)."""


def model_page() -> Iterator[str]:
    """The parts of the page."""
    yield INTRO
    yield "\n".join(_entry(subject) for subject in subjects()) + "\n- [All terms](#all-terms)"
    for subject in subjects():
        yield f"## {escape.text(subject.title)}"
        yield escape.text(subject.about)
        for name in subject.equations:
            yield from _equation(EQUATIONS[name])
    yield from _all_terms()


def _entry(subject: Subject) -> str:
    anchor = subject.title.lower().replace(" ", "-")
    names = ", ".join(_to_equation(EQUATIONS[name]) for name in subject.equations)
    return f"- [{escape.text(subject.title)}](#{anchor}): {names}"


def _equation(equation: Equation) -> Iterator[str]:
    example = worked(equation)
    yield f"### {escape.code(equation.name)} {{ #{_anchor(equation.name)} }}"
    yield escape.text(equation.meaning)
    yield f"$$\n{latex(equation)}\n$$"
    if example.numbers:
        with_numbers = latex_with_numbers(equation, example.numbers)
        of = example.words or "with numbers"
        yield f"{escape.text(of[0].upper() + of[1:])}:"
        yield f"$$\n{equation.result.symbol} = {with_numbers}\n$$"
    yield _terms(equation, example)
    yield f"_{' '.join(_notes(equation, example))}_"


def _terms(equation: Equation, example: Worked) -> str:
    numbers = dict(example.numbers)
    for each in (*called(equation), equation) if numbers else ():
        numbers[each.result.name] = each(**{t.name: example.numbers[t.name] for t in each.terms})
    here = {name: amount(value, TERMS[name]) for name, value in numbers.items()}
    rows = (
        f"| ${term.symbol}$ | {_to_term(term, equation)} | {escape.text(term.meaning)} "
        f"| {_unit(term)} | {here.get(term.name, '')} |"
        for term in terms_of(equation)
    )
    head = "| Symbol | Term | Meaning | Unit | Here |\n| --- | --- | --- | --- | ---: |"
    return "\n".join([head, *rows])


def _notes(equation: Equation, example: Worked) -> Iterator[str]:
    yield f"Source: {escape.text(equation.source)}."
    if example.sources:
        yield f"Numbers: {example.sources}."
    if used := _used_in(equation.result, equation):
        yield f"Used in {', '.join(map(_to_equation, used))}."
    module = equation.function.__module__
    yield f"In Python: {escape.code(f'from {module} import {equation.name}')}."
    yield f"As a slot: {escape.code(f'{{/* {example.slot} */}}')}"


def _used_in(term: Term, apart: Equation | None = None) -> list[Equation]:
    """Equations that take a term, or call the one that gives it."""
    return [
        each
        for each in EQUATIONS.values()
        if each is not apart
        and term.name in {t.name for t in (*each.terms, *(c.result for c in called(each)))}
    ]


def _all_terms() -> Iterator[str]:
    yield "## All terms"
    yield (
        f"{len(TERMS)} terms, by name. Inside, every number is in the unit named here. A term that "
        "an equation gives leads to it."
    )
    rows = [_listed(term, _GIVERS.get(term.name)) for _, term in sorted(TERMS.items())]
    yield "\n".join(
        ["| Term | Symbol | Meaning | Unit | Used in |", "| --- | --- | --- | --- | --- |", *rows]
    )


def _listed(term: Term, giver: Equation | None) -> str:
    name = f"{escape.code(term.name)}{{ #{_term_anchor(term.name)} }}"
    if giver:
        name = f"[{escape.code(term.name)}](#{_anchor(giver.name)}){{ #{_term_anchor(term.name)} }}"
    used = ", ".join(map(_to_equation_briefly, _used_in(term)))
    meaning = f"{escape.text(term.meaning)}{escape.text(_range(term))}"
    return f"| {name} | ${term.symbol}$ | {meaning} | {_unit(term)} | {used} |"


def _range(term: Term) -> str:
    """What values make sense, where they are bounded above."""
    if term.most == float("inf"):
        return ""
    least = "any" if term.least == float("-inf") else f"{term.least:g}"
    return f" ({least} to {term.most:g})"


def _to_term(term: Term, inside: Equation) -> str:
    """A link to the equation that gives a term, else to its entry in the index."""
    to = _term_anchor(term.name)
    if term.name in _GIVERS and _GIVERS[term.name] is not inside:
        to = _anchor(_GIVERS[term.name].name)
    return f"[{escape.code(term.name)}](#{to})"


_GIVERS: Mapping[str, Equation] = {each.result.name: each for each in EQUATIONS.values()}


def _to_equation(equation: Equation) -> str:
    return f"[{escape.code(equation.name)}](#{_anchor(equation.name)})"


def _to_equation_briefly(equation: Equation) -> str:
    """A link whose words may break at each underscore, for a narrow cell."""
    words = "<wbr>".join(f"{escape.text(part)}_" for part in equation.name.split("_"))
    return f"[{words.removesuffix('_')}](#{_anchor(equation.name)})"


def _anchor(name: str) -> str:
    return name.replace("_", "-")


def _term_anchor(name: str) -> str:
    return f"term-{_anchor(name)}"


def _unit(term: Term) -> str:
    return "" if term.unit == "1" else escape.text(term.unit)
