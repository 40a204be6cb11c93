"""Front matter: read as a mapping, or refused with its line."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchpost.post.frontmatter import Loaded, date_of, load, tags_of

READ: list[tuple[str, dict[str, Any]]] = [
    ("", {}),
    ("# nothing\n", {}),
    ("title: A\ntags: [a, b]\n", {"title": "A", "tags": ["a", "b"]}),
    ("date: 2025-09-25", {"date": datetime.date(2025, 9, 25)}),
    ("date: 2025-02-30", {"date": "2025-02-30"}),
    ("tags:\nogImage:", {"tags": None, "ogImage": None}),
    ("1: a", {"1": "a"}),
    ("a: !x 1\nb: !y [1]\nc: !z {d: 2}", {"a": "1", "b": [1], "c": {"d": 2}}),
    ("base: &b {a: 1}\nmore: {<<: *b, c: 2}", {"base": {"a": 1}, "more": {"a": 1, "c": 2}}),
]


@pytest.mark.parametrize(("source", "values"), READ)
def test_front_matter_that_is_read(source: str, values: dict[str, Any]) -> None:
    """A YAML mapping gives its values; nothing gives an empty mapping."""
    loaded = load(source)
    assert (loaded.problem, dict(loaded.values)) == ("", values)


REFUSED = [
    (
        "title: a: b",
        Loaded({}, "mapping values are not allowed in this context; put the value in quotes", 0, 8),
    ),
    (
        "a: 1\ntitle: @x",
        Loaded({}, "found character that cannot start any token; put the value in quotes", 1, 7),
    ),
    ("a: 1\nb: 2\na: 3", Loaded({}, "key 'a' is given twice; keep one", 2, 0)),
    ("- a\n- b", Loaded({}, "not a mapping; write one `key: value` a line")),
    ("just text", Loaded({}, "not a mapping; write one `key: value` a line")),
    ("a: " + "[" * 60_000, Loaded({}, "nested more than 100 levels deep")),
    ("a: *b", Loaded({}, "found undefined alias; put the value in quotes", 0, 3)),
]


@pytest.mark.parametrize(("source", "loaded"), REFUSED)
def test_front_matter_that_is_refused(source: str, loaded: Loaded) -> None:
    """What is not a YAML mapping gives no values but the reason and its place."""
    assert load(source) == loaded


@given(
    st.text(alphabet=st.sampled_from("ab:-?[]{}&*!|>'\"%@`#,.0x \t\n\r"), max_size=40) | st.text()
)
def test_any_front_matter_can_be_read(source: str) -> None:
    """Whatever stands between the lines of dashes, nothing is raised."""
    loaded = load(source)
    assert not (loaded.problem and loaded.values)


DATES = [
    ({"date": datetime.date(2025, 9, 25)}, datetime.date(2025, 9, 25)),
    ({"date": datetime.datetime(2025, 9, 25, 10, 0)}, datetime.date(2025, 9, 25)),
    ({"date": "2025-09-25"}, datetime.date(2025, 9, 25)),
    ({"date": " September 25, 2025"}, datetime.date(2025, 9, 25)),
    ({"date": "2025-09-25T10:00:00Z"}, datetime.date(2025, 9, 25)),
    ({"date": "soon"}, None),
    ({"date": 20250925}, None),
    ({}, None),
]


@pytest.mark.parametrize(("front", "date"), DATES)
def test_dates(front: dict[str, Any], date: datetime.date | None) -> None:
    """Dates are read as YAML gives them and as people write them."""
    assert date_of(front) == date


TAGS: list[tuple[Any, tuple[str, ...]]] = [
    (["a", "b", "a"], ("a", "b")),
    ("vllm, gpu ,", ("vllm", "gpu")),
    (["2025", 7, None], ("2025", "7")),
    (None, ()),
    (3, ()),
]


@pytest.mark.parametrize(("value", "tags"), TAGS)
def test_tags(value: Any, tags: tuple[str, ...]) -> None:
    """Tags come from a list or a comma string, each once, in order."""
    assert tags_of({"tags": value}) == tags
