"""What every post shows alike is made once, and what depends on results never is shared."""

from __future__ import annotations

import pytest

from benchpost.errors import UsageError
from benchpost.figures.options import Option
from benchpost.figures.types import Facts
from benchpost.fill import general
from benchpost.post.document import Dialect
from benchpost.record.types import Results


def test_a_figure_of_the_catalogue_is_made_once() -> None:
    """Two posts that show the same get the same fragment; another dialect gets its own."""
    made = [
        general.fragment("chart roofline", {"gpu": "L4"}, Facts(dialect, slug=slug))
        for dialect, slug in ((Dialect.MDX, "a"), (Dialect.MDX, "b"), (Dialect.MARKDOWN, "a"))
    ]
    assert made[0] is made[1]
    assert made[0].text != made[2].text


def test_options_of_equal_value_and_other_type_are_not_the_same() -> None:
    """`m=1` is right, `m=true` is refused though Python calls them equal."""
    sides = {"k": 1, "n": 1}
    assert general.fragment("diagram matmul", {"m": 1, **sides}, Facts()).text
    with pytest.raises(UsageError, match="must be a whole number"):
        general.fragment("diagram matmul", {"m": True, **sides}, Facts())


def test_what_reads_results_is_made_for_each_post() -> None:
    """A post without results is refused a machine; the next one, which has it, is not."""
    options: dict[str, Option] = {"snippet": "one", "machine": "box"}
    with pytest.raises(UsageError, match="no results of a machine 'box'"):
        general.fragment("table results", options, Facts(snippets=("one",)))
    results = {"box": Results("box", "", {})}
    said = general.fragment("table results", options, Facts(results=results, snippets=("one",)))
    assert said.text.startswith("_Not measured")
    with pytest.raises(UsageError, match="no snippet 'one' in this post"):
        general.fragment("table results", options, Facts(results=results, snippets=("two",)))
