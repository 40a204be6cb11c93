"""The reference of the model is whole, and its examples are what their slots give."""

from __future__ import annotations

import re
from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest

from benchpost.figures.types import Facts
from benchpost.fill.filled import fill_text
from benchpost.post.document import Dialect
from benchpost.post.read import parse_post
from benchpost.roofline.emit import latex, latex_with_numbers
from benchpost.roofline.equations import EQUATIONS
from benchpost.roofline.terms import TERMS
from benchpost.site.model_page import model_page
from benchpost.site.worked import EXAMPLES, SUBJECTS, worked


@pytest.fixture(scope="module")
def page() -> str:
    return "\n\n".join(model_page())


def test_every_equation_has_its_subject() -> None:
    """Exactly one; whoever adds an equation says which in `site/worked.py`."""
    named = Counter(name for subject in SUBJECTS for name in subject.equations)
    assert set(named) == set(EQUATIONS)
    assert set(named.values()) == {1}


def test_every_example_is_of_an_equation() -> None:
    """No example is left of an equation that is gone."""
    assert set(EXAMPLES) <= set(EQUATIONS)


@pytest.mark.parametrize("name", EQUATIONS)
def test_an_equation_stands_with_its_formula_numbers_and_source(page: str, name: str) -> None:
    """Symbols, a value for each term, where it comes from, and the slot that shows it."""
    section = page.partition(f"### `{name}` ")[2].partition("\n### ")[0]
    equation = EQUATIONS[name]
    assert latex(equation) in section
    assert latex_with_numbers(equation, worked(equation).numbers) in section
    for term in (equation.result, *equation.terms):
        assert f"| ${term.symbol}$ | [`{term.name}`](#" in section
    assert "Source: " in section
    assert f"As a slot: `{{/* fill equation {name}" in section
    found = re.search(r"In Python: `from ([\w.]+) import (\w+)`", section)
    assert found
    assert found[2] == name
    assert getattr(import_module(found[1]), name) is equation


@pytest.mark.parametrize("name", [n for n in EQUATIONS if "=" in worked(EQUATIONS[n]).slot])
def test_the_slot_of_an_example_gives_its_numbers(name: str) -> None:
    """Filled in a post, it shows the same line of numbers."""
    example = worked(EQUATIONS[name])
    text = f"{{/* {example.slot} */}}\n{{/* /fill */}}\n"
    post = parse_post(text, "a.mdx", Path("a.mdx"), Dialect.MDX)
    filled = fill_text(post, Facts(), {})
    assert filled.findings == ()
    assert latex_with_numbers(EQUATIONS[name], example.numbers) in filled.text


def test_links_lead_to_what_is_there(page: str) -> None:
    """Equations, terms and subjects, each anchor once."""
    anchors = re.findall(r"\{ #([\w-]+) \}", page)
    headings = re.findall(r"^## ([^`\n]+)$", page, re.M)
    anchors += [heading.lower().replace(" ", "-") for heading in headings]
    assert [anchor for anchor, n in Counter(anchors).items() if n > 1] == []
    assert set(re.findall(r"\]\(#([\w-]+)\)", page)) <= set(anchors)


def test_the_index_has_every_term(page: str) -> None:
    """With its symbol, unit and meaning; each is used or given by some equation."""
    index = page.partition("## All terms")[2]
    for name, term in TERMS.items():
        assert f"`{name}`" in index
        assert f"${term.symbol}$" in index
    assert len(re.findall(r"#term-[\w-]+ \}", index)) == len(TERMS)
