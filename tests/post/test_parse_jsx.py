"""Tags: what they hold, and why a `<` begins none."""

from __future__ import annotations

import pytest

from benchpost.post.jsx import NoTag, Tag, read_tag
from benchpost.post.nodes import Attribute


@pytest.mark.parametrize(
    ("text", "name", "attributes"),
    [
        ("<a>", "a", ()),
        ("<>", None, ()),
        ("</ a.b >", "a.b", ()),
        ("<$_é-x.y />", "$_é-x.y", ()),
        ("<a:b c:d='e'/>", "a:b", (Attribute("c:d", "string", "e"),)),
        ('<a b="c > d">', "a", (Attribute("b", "string", "c > d"),)),
        ('<a b = "c&lt;\n   d">', "a", (Attribute("b", "string", "c<\nd"),)),
        ("<a b c/>", "a", (Attribute("b", "boolean", None), Attribute("c", "boolean", None))),
        ('<a b={{c: "}"}}>', "a", (Attribute("b", "expression", '{c: "}"}'),)),
        (
            "<a {...b} c={d}/>",
            "a",
            (Attribute("", "spread", "...b"), Attribute("c", "expression", "d")),
        ),
        ("<a b={c +\n    d}>", "a", (Attribute("b", "expression", "c +\n  d"),)),
        ("<a b=\"c\"d='e'>", "a", (Attribute("b", "string", "c"), Attribute("d", "string", "e"))),
    ],
)
def test_tags(text: str, name: str | None, attributes: tuple[Attribute, ...]) -> None:
    """A tag is read to its end, with all attributes."""
    tag = read_tag(text + " tail", 0)
    assert isinstance(tag, Tag)
    assert (tag.end, tag.name, tag.attributes) == (len(text), name, attributes)
    assert (tag.closing, tag.self_closing) == (text[1] == "/", text[-2] == "/")


@pytest.mark.parametrize(
    ("text", "stop"),
    [
        ("< a>", 1),
        ("<5ms", 1),
        ("<!-- a -->", 1),
        ("<a@b.c>", 2),
        ("<a,>", 2),
        ("<a b=c>", 5),
        ("<a {b}>", 4),
        ("</a b>", 6),
        ("<a", 2),
        ("<a b='c", 7),
        ("<a b={c", 7),
        ("<a /b>", 3),
    ],
)
def test_no_tags(text: str, stop: int) -> None:
    """What is none says how far it was read: to the end where more might complete it."""
    found = read_tag(text, 0)
    assert isinstance(found, NoTag)
    assert found.stop == stop
