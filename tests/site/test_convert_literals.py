"""JavaScript literals say what they say; everything that needs JavaScript is left alone."""

from __future__ import annotations

import pytest

from benchpost.site.literals import Literal, NotLiteral, evaluate, evaluated, is_comment

VALUES: list[tuple[str, Literal]] = [
    ("' '", " "),
    ('"a\\n\\"b\\""', 'a\n"b"'),
    ("`back\ntick`", "back\ntick"),
    ("'\\u{1F600} \\x41 \\u0042'", "😀 A B"),
    ("12", 12),
    ("-0.5e2", -50.0),
    ("0x1F", 31),
    ("007", 7.0),
    ("true", True),
    ("null", None),
    ("['npm', 'yarn',]", ["npm", "yarn"]),
    ("[]", []),
    ("[{ label: 'A', 'b-c': 1, disabled: false }, 'x']", [
        {"label": "A", "b-c": 1, "disabled": False}, "x",
    ]),
    ("'a' + 'b' /* c */ + `d`", "abd"),
    ("('x')", "x"),
    ("{ color: 'red' } // why", {"color": "red"}),
]  # fmt: skip

OTHERS = [
    *("", "name", "frontMatter.title", "`${x}`", "[x]", "{ ...a }", "1 + 2", "'a' + 1", "f('x')"),
    *("'open", "[1", "{a: 1", "a => b", "<b />", "x && 'y'", "'a' 'b'", "{a}", "/re/", "1 2"),
]


@pytest.mark.parametrize(("source", "value"), VALUES)
def test_literals_have_a_value(source: str, value: Literal) -> None:
    """Strings, numbers, arrays and objects, with comments and trailing commas."""
    assert evaluate(source) == value


@pytest.mark.parametrize("source", OTHERS)
def test_other_expressions_are_refused(source: str) -> None:
    """Names, calls, arithmetic and what is not JavaScript at all."""
    with pytest.raises(NotLiteral):
        evaluate(source)
    assert evaluated(source, "default") == "default"


@pytest.mark.parametrize(
    ("source", "expected"),
    [("/* a */", True), (" /* a */ // b", True), ("", True), ("'/* a */'", False), ("a", False)],
)
def test_comments_show_nothing(source: str, expected: bool) -> None:
    """An expression of comments alone is a comment."""
    assert is_comment(source) is expected
