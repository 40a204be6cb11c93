"""The words of a slot: read, refused with their place, and written back."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchpost.post.options import Option, options_text, parse_words

UNDERSTOOD: list[tuple[str, str, dict[str, Option]]] = [
    ("equation decode_rate", "equation decode_rate", {}),
    (
        ' chart roofline gpu="RTX PRO 6000" m=512 ',
        "chart roofline",
        {"gpu": "RTX PRO 6000", "m": 512},
    ),
    ("diagram matmul m=-1 k=2.5 n=1e3", "diagram matmul", {"m": -1, "k": 2.5, "n": 1000.0}),
    ("repo-card links=true dark=false", "repo-card", {"links": True, "dark": False}),
    (r'output s="a \"b\" \\ \n | */ -->"', "output", {"s": 'a "b" \\ \n | */ -->'}),
    ('table\n  model="x"\n', "table", {"model": "x"}),
]


@pytest.mark.parametrize(("text", "head", "options"), UNDERSTOOD)
def test_words_that_are_understood(text: str, head: str, options: dict[str, Option]) -> None:
    """A head of bare words and typed options are read as written."""
    words = parse_words(text)
    assert (words.problem, words.head, dict(words.options)) == ("", head, options)


REFUSED = [
    ("", 0, "no figure is named; write e.g. `fill equation NAME`"),
    (
        "in the numbers here",
        0,
        "'in the numbers here' is more than a figure's family and kind; "
        "write options as `key=value`",
    ),
    (
        "chart roofline gpu=H200",
        19,
        "option 'gpu': 'H200' is not a value; write a number, true, false or text in quotes, "
        '`gpu="H200"`',
    ),
    (
        "chart roofline gpu=",
        19,
        "option 'gpu': the value is missing; write a number, true, false or text in quotes, "
        '`gpu="text"`',
    ),
    ('chart gpu="H200', 10, "the text of option 'gpu' is not closed; end it with `\"`"),
    (
        'chart gpu="H200"m=1',
        10,
        "option 'gpu': '\"H200\"m=1' is not a value; write a number, true, false or text in "
        'quotes, `gpu="H200"m=1"`',
    ),
    ("chart m=1 m=2", 10, "option 'm' is given twice; keep one"),
    ("chart m=1 ,", 10, "',' is not an option; write `key=512`, `key=true` or `key=\"text\"`"),
    (
        "chart m=1e999",
        8,
        "option 'm': '1e999' is not a value; write a number, true, false or text in quotes, "
        '`m="1e999"`',
    ),
]


@pytest.mark.parametrize(("text", "at", "problem"), REFUSED)
def test_words_that_are_not_understood(text: str, at: int, problem: str) -> None:
    """The first word that is not understood is named with its place and what would be right."""
    words = parse_words(text)
    assert (words.problem, words.at) == (problem, at)


names = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True)
values = st.one_of(
    st.text(max_size=20),
    st.booleans(),
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False, allow_infinity=False),
)


@given(st.dictionaries(names, values, max_size=5))
def test_options_survive_being_written_and_read(options: dict[str, Option]) -> None:
    """What `options_text` writes, `parse_words` reads back, and it never ends a comment or cell."""
    text = options_text(options)
    words = parse_words(f"chart {text}")
    assert (words.problem, dict(words.options)) == ("", options)
    assert [type(value) for value in words.options.values()] == [
        type(value) for value in options.values()
    ]
    assert "*/" not in text
    assert "-->" not in text
    assert "--!>" not in text
    assert "\n" not in text


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
def test_numbers_without_a_literal_cannot_be_written(number: float) -> None:
    """Infinity and NaN are refused rather than written as something else."""
    with pytest.raises(ValueError, match="an option cannot be"):
        options_text({"m": number})


@given(st.text(max_size=60))
def test_any_words_can_be_read(text: str) -> None:
    """Whatever stands in a marker, reading it gives words or one problem within the text."""
    words = parse_words(text)
    assert 0 <= words.at <= len(text)
