"""An equation in a post: the formula, the same with numbers, and what its symbols mean."""

from __future__ import annotations

from collections.abc import Mapping

from benchpost.errors import UsageError, near
from benchpost.figures import markup
from benchpost.figures.options import Option
from benchpost.figures.quoted import citations
from benchpost.figures.types import Facts, Fragment
from benchpost.figures.values import Values, check_terms, terms_behind
from benchpost.roofline.emit import latex, latex_with_numbers
from benchpost.roofline.equations import EQUATIONS
from benchpost.roofline.expression import references
from benchpost.roofline.read import expression
from benchpost.roofline.types import Equation, Term
from benchpost.roofline.units import show

_OPTIONS = ("gpu", "model", "dtype", "kv", "prompt", "legend", "inline", "caption")


def equation(
    facts: Facts,
    *,
    equation: str,
    gpu: str = "",
    model: str = "",
    dtype: str = "bf16",
    kv: str = "bf16",
    prompt: int = 0,
    legend: bool = True,
    inline: bool = False,
    caption: str = "",
    **terms: Option,
) -> Fragment:
    """The formula; with `gpu`, `model` or terms of its own, also the numbers and the result.

    A term is given as a number in its SI base unit (`m=512`) or as a quantity
    (`bandwidth="900 GB/s"`); where `prompt` is no term it stands for `tokens` and `context`.
    `inline=true` gives one line, for a slot inside a sentence.
    """
    if equation not in EQUATIONS:
        known = ", ".join(EQUATIONS)
        hint = near(equation, EQUATIONS)
        raise UsageError(f"no equation {equation!r}{hint}; equations are {known}")
    chosen = EQUATIONS[equation]
    check_terms(chosen, terms, _OPTIONS)
    given = {**_prompt(chosen, prompt), **terms}
    values = Values(gpu, model, dtype, kv, given)
    numbers = None if values.is_empty else values.of(chosen)
    if inline:
        return Fragment(_one_line(chosen, numbers))
    parts = [markup.display_maths(latex(chosen))]
    if numbers is not None:
        parts.append(markup.display_maths(_with_numbers(chosen, numbers)))
    if legend:
        parts.append(_legend(chosen, numbers))
    return Fragment("\n\n".join([*parts, f"_{_note(chosen, values, caption)}_"]))


def _prompt(chosen: Equation, prompt: int) -> dict[str, Option]:
    """The terms that a prompt gives: its own, or those of a pass over it."""
    if not prompt:
        return {}
    names = ("prompt",) if "prompt" in terms_behind(chosen) else ("tokens", "context")
    return dict.fromkeys(names, prompt)


def _with_numbers(chosen: Equation, numbers: Mapping[str, float]) -> str:
    return f"{chosen.result.symbol} = {latex_with_numbers(chosen, numbers)}"


def _one_line(chosen: Equation, numbers: Mapping[str, float] | None) -> str:
    formula = latex(chosen)
    if numbers is not None:
        formula += f" = {latex_with_numbers(chosen, numbers)}"
    return markup.inline_maths(formula)


def _legend(chosen: Equation, numbers: Mapping[str, float] | None) -> str:
    if numbers is None:
        rows = [[*_meaning(term), _unit(term)] for term in terms_of(chosen)]
        return markup.table(["Symbol", "Meaning", "Unit"], rows)
    known = {**numbers, chosen.result.name: chosen(**numbers)}
    for each in called(chosen):
        known[each.result.name] = each(**{t.name: numbers[t.name] for t in each.terms})
    rows = [[*_meaning(term), amount(known[term.name], term)] for term in terms_of(chosen)]
    return markup.table(["Symbol", "Meaning", "Here"], rows, "llr")


def terms_of(chosen: Equation) -> list[Term]:
    """The result, the terms, and the results of other equations that stand in it."""
    named = [chosen.result, *chosen.terms, *(each.result for each in called(chosen))]
    return list({term.name: term for term in named}.values())


def called(chosen: Equation) -> list[Equation]:
    """Equations that stand in another one."""
    return [reference.equation for reference in references(expression(chosen))]


def _meaning(term: Term) -> list[str]:
    return [markup.inline_maths(term.symbol), markup.escaped(term.meaning)]


def _unit(term: Term) -> str:
    return markup.escaped("number" if term.unit == "1" else term.unit)


def amount(value: float, term: Term) -> str:
    """A value of a term as a cell: whole numbers in full, others with the unit that suits."""
    if term.unit == "1" and float(value).is_integer() and value < 1e15:
        return f"{int(value):,}"
    return markup.escaped(show(value, term.unit))


def _note(chosen: Equation, values: Values, caption: str) -> str:
    said = markup.escaped(caption or chosen.meaning)
    sources = [
        f"{markup.escaped(name)}: {citations(known)}."
        for name, known in values.sources(chosen).items()
    ]
    return " ".join([f"{said.rstrip('.')}.", f"Formula: {markup.linked(chosen.source)}.", *sources])
