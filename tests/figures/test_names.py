"""Names of figure files."""

from __future__ import annotations

import pytest

from benchpost.errors import UsageError
from benchpost.figures.names import clashes, file_stem
from benchpost.figures.types import Drawing, Fragment


@pytest.mark.parametrize(
    ("head", "parts", "stem"),
    [
        ("chart roofline", ("RTX PRO 6000",), "chart-roofline-rtx-pro-6000"),
        ("diagram matmul", (), "diagram-matmul"),
        ("diagram matmul", ("m512", "k2560", "n4096"), "diagram-matmul-m512-k2560-n4096"),
        ("chart decode", ("../../etc/passwd",), "chart-decode-etc-passwd"),
        ("chart decode", ("µ",), "chart-decode"),
    ],
)
def test_names_say_what_is_shown(head: str, parts: tuple[str, ...], stem: str) -> None:
    """A name is made of head and options, and is safe as a file name everywhere."""
    assert file_stem(head, "", *parts) == stem


def test_long_names_are_cut_and_stay_apart() -> None:
    """A name has at most 60 characters, and two long ones are not cut to the same."""
    one, two = (file_stem("chart decode", "", "Qwen " * 20 + end) for end in "ab")
    assert len(one) <= 60
    assert len(two) <= 60
    assert one != two


def test_the_author_may_name_the_file() -> None:
    """`name=` is taken as it is."""
    assert file_stem("chart decode", "my-chart_2.v1") == "my-chart_2.v1"


@pytest.mark.parametrize("name", ["../up", "a/b", "Upper", "sp ace", ".hidden", "a..b", "-x"])
def test_an_unsafe_name_is_refused(name: str) -> None:
    """A name that leaves the folder, or differs by case alone, is refused with one that is fine."""
    with pytest.raises(UsageError, match=r"^option 'name' of 'chart decode' must be letters a-z"):
        file_stem("chart decode", name)


def test_clashes_are_named_once_and_sameness_is_none() -> None:
    """The same picture twice is one file; two pictures of one name are a clash."""
    one = Fragment("", (Drawing("x.svg", "{1}", bytes),), {"x.csv": b"1"})
    two = Fragment("", (Drawing("x.svg", "{2}", bytes),), {"x.csv": b"1"})
    assert clashes([one, one]) == []
    assert clashes([one, two]) == [
        "two figures are both called 'x.svg'; give one of them name=\"…\""
    ]
