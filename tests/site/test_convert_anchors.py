"""Headings have the names that Nextra and GitHub give them."""

from __future__ import annotations

import pytest

from benchpost.site.anchors import distinct, explicit, slug


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Napkin math", "napkin-math"),
        ("Break down into ops: Matmul and Attention", "break-down-into-ops-matmul-and-attention"),
        ("a - b", "a---b"),
        ("`--async-scheduling` & more!", "--async-scheduling--more"),
        ("snake_case", "snake_case"),
        ("Über die Größe", "über-die-größe"),
        ("日本語 テスト", "日本語-テスト"),
        ("हिन्दी", "हिन्दी"),
        ("50% (5/10)", "50-510"),
        ("Code 🎉", "code-"),
        ("!!!", ""),
    ],
)
def test_slugs_are_those_of_github(words: str, expected: str) -> None:
    """Lower case, punctuation gone, each space a dash, marks of other scripts kept."""
    assert slug(words) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Title [#own]", ("Title", "own")),
        ("Title [#own] more", ("Title [#own] more", None)),
        ("Title [#a b]", ("Title [#a b]", None)),
        ("Title", ("Title", None)),
    ],
)
def test_an_author_may_choose_the_name(words: str, expected: tuple[str, str | None]) -> None:
    """`[#name]` at the end of a heading is its name and not shown."""
    assert explicit(words) == expected


def test_names_are_distinct() -> None:
    """A second heading of the same words gets `-1`, and never a name that another has already."""
    assert distinct(["a", "a", "a-1", "a", "b"]) == ["a", "a-1", "a-1-1", "a-2", "b"]
