"""Options of figures, held against their signatures."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from benchpost.errors import UsageError
from benchpost.figures.options import Option, check_options
from benchpost.figures.types import Facts, Fragment


def show(
    facts: Facts,
    *,
    gpu: str,
    context: int = 1024,
    share: float | None = None,
    legend: bool = True,
    kind: Literal["contiguous", "paged"] = "paged",
) -> Fragment:
    return Fragment(f"{facts.slug}{gpu}{context}{share}{legend}{kind}")


def anything(facts: Facts, **options: Any) -> Fragment:
    return Fragment(f"{facts.slug}{options}")


def bare(facts: Facts) -> Fragment:
    return Fragment(facts.slug)


@pytest.mark.parametrize(
    "options",
    [
        {"gpu": "H200"},
        {"gpu": "H200", "context": 8, "share": 0.5, "legend": False, "kind": "contiguous"},
        {"gpu": "H200", "share": 1},
    ],
)
def test_fitting_options_pass(options: dict[str, Option]) -> None:
    """Options of the declared names and types are accepted; a whole number is a number."""
    check_options("show", show, options)
    check_options("anything", anything, options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"gpu": "H200", "contxt": 8},
            "'show' has no option 'contxt'; did you mean 'context'?; "
            "its options are gpu, context, share, legend, kind",
        ),
        ({}, "'show' needs the option 'gpu': a text in quotes, e.g. \"H200\""),
        (
            {"gpu": 4090},
            "option 'gpu' of 'show' must be a text in quotes, e.g. \"H200\", not 4090",
        ),
        (
            {"gpu": "H200", "context": 8.5},
            "option 'context' of 'show' must be a whole number, not 8.5",
        ),
        (
            {"gpu": "H200", "context": True},
            "option 'context' of 'show' must be a whole number, not true",
        ),
        (
            {"gpu": "H200", "share": "half"},
            "option 'share' of 'show' must be a number, not \"half\"",
        ),
        (
            {"gpu": "H200", "legend": 1},
            "option 'legend' of 'show' must be true or false, not 1",
        ),
        (
            {"gpu": "H200", "kind": "pages"},
            'option \'kind\' of \'show\' must be "contiguous" or "paged", not "pages"',
        ),
    ],
)
def test_wrong_options_say_what_is_right(options: dict[str, Option], message: str) -> None:
    """An option that is unknown, missing or of another type is refused in one sentence."""
    with pytest.raises(UsageError) as raised:
        check_options("show", show, options)
    assert str(raised.value) == message


def test_a_figure_without_options_takes_none() -> None:
    """A figure that declares nothing refuses everything."""
    with pytest.raises(UsageError, match=r"^'bare' has no option 'm'; it takes none$"):
        check_options("bare", bare, {"m": 1})
