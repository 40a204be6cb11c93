"""Sets of names, such as the elements of HTML that are phrases, written as lines of words."""

from __future__ import annotations


def names(words: str) -> frozenset[str]:
    """`names("b em i")` is a set of three."""
    return frozenset(words.split())
