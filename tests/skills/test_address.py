"""Category, name and identity from a path."""

from __future__ import annotations

import pytest

from benchpost.skills.address import GENERAL, OWN_NAME, Address, address, in_category, lineage


@pytest.mark.parametrize(
    ("path", "flat", "expected"),
    [
        (
            "mlops/training/axolotl/SKILL.md",
            GENERAL,
            Address("mlops/training", "axolotl", "mlops/training/axolotl"),
        ),
        ("mlops/dspy/SKILL.md", GENERAL, Address("mlops", "dspy", "mlops/dspy")),
        ("mlops/dspy", GENERAL, Address("mlops", "dspy", "mlops/dspy")),
        ("./mlops//dspy/", GENERAL, Address("mlops", "dspy", "mlops/dspy")),
        ("dogfood/SKILL.md", GENERAL, Address("general", "dogfood", "dogfood")),
        ("dogfood/SKILL.md", OWN_NAME, Address("dogfood", "dogfood", "dogfood")),
        ("dogfood/skill.md", "unsorted", Address("unsorted", "dogfood", "dogfood")),
        ("SKILL.md", GENERAL, Address("general", "only", ".")),
        ("a/b/c/d/e/SKILL.md", GENERAL, Address("a/b/c/d", "e", "a/b/c/d/e")),
    ],
)
def test_address_of_a_path(path: str, flat: str, expected: Address) -> None:
    """The last folder is the name, those above it the category; a flat skill follows the rule."""
    assert address(path, flat=flat, root="only") == expected


@pytest.mark.parametrize(
    ("category", "prefix", "inside"),
    [
        ("mlops/training", "mlops", True),
        ("mlops", "mlops", True),
        ("mlops", "mlops/", True),
        ("mlops", "", True),
        ("mlops-old", "mlops", False),
        ("mlops", "mlops/training", False),
    ],
)
def test_a_prefix_filter_includes_what_lies_below(category: str, prefix: str, inside: bool) -> None:
    """A category includes itself and those below it, never one that merely begins alike."""
    assert in_category(category, prefix) is inside


def test_lineage_is_nearest_first() -> None:
    """A category is followed by those above it."""
    assert lineage("a/b/c") == ["a/b/c", "a/b", "a"]
