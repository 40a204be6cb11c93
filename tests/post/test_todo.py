"""Placeholders of a post: where they stand and what stands around them."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchpost.post.document import Dialect, Todo
from benchpost.post.read import parse_post


def todos(text: str, dialect: Dialect = Dialect.MDX) -> list[tuple[str, Todo]]:
    """The placeholders with their source."""
    found = parse_post(text, "a.mdx", Path("a.mdx"), dialect).todos
    return [(text[todo.span.start : todo.span.end], todo) for todo in found]


POST = """---
title: TODO
---

# A model

## Napkin *maths*

The speed is `bandwidth / size`, **125 tok/s**.

TODO: show the equation

It is close.

$$
TODO
$$

TODO: screenshot of HF

## Rest

- one
- two

TODO: plot latency <5ms

```python
# TODO: image of code
```

- TODO: set {no one/a team}
- done. TODO: a table. And on.

| a | b |
|---|---|
| TBD | see [TODO: a chart] |

## TODO
"""


def test_placeholders_of_a_post() -> None:
    """Each placeholder knows its source, wish, heading and the text before it."""
    assert [
        (source, todo.text, todo.wants, todo.heading, todo.before, todo.inline)
        for source, todo in todos(POST)
    ] == [
        (
            "TODO: show the equation",
            "show the equation",
            "equation",
            "Napkin maths",
            "The speed is bandwidth / size, 125 tok/s.",
            False,
        ),
        (
            "TODO: screenshot of HF",
            "screenshot of HF",
            "screenshot",
            "Napkin maths",
            "It is close.",
            False,
        ),
        ("TODO: plot latency <5ms", "plot latency <5ms", "chart", "Rest", "one two", False),
        ("TODO: set {no one/a team}", "set {no one/a team}", "", "Rest", "one two", False),
        ("TODO: a table.", "a table.", "table", "Rest", "done.", True),
        ("TBD", "", "", "Rest", "TODO: set done. TODO: a table. And on.", True),
        (
            "[TODO: a chart]",
            "a chart",
            "chart",
            "Rest",
            "TODO: set done. TODO: a table. And on.",
            True,
        ),
        ("## TODO", "", "", "Rest", "", False),
    ]


SPANS = [
    ("> TODO: a graph\n", ["TODO: a graph"]),
    ("> one\n>\n> TODO: a graph\n", ["TODO: a graph"]),
    ("> [!TODO]\n> a graph\n", ["> [!TODO]\n> a graph"]),
    ("> [!NOTE]\n> TODO: a graph\n", ["> [!NOTE]\n> TODO: a graph"]),
    ("<Callout>\n  > TODO: a graph\n</Callout>\n", ["TODO: a graph"]),
    ("- see: TODO show a table\n", ["TODO show a table"]),
    ("mark it, see every `TODO: a graph` and `TODO`\n", []),
    ("a `list: TODO plot it` b\n", []),
    ("https://example.com/?q=. TODO_LIST: 1\n", []),
    ("one\ntodo: a graph\ntwo\n", ["todo: a graph\ntwo"]),
    ("<Callout>\n  TODO: a graph\n</Callout>\n", ["<Callout>\n  TODO: a graph\n</Callout>"]),
    ("<Callout>TODO: a graph</Callout>\n", ["<Callout>TODO: a graph</Callout>"]),
    ("<Steps>\n  TODO: a graph\n</Steps>\n", ["TODO: a graph"]),
    ("- a\n\n  > TODO: a graph\n", ["TODO: a graph"]),
    ("{/* TODO: a\n\n graph */}\n", ["{/* TODO: a\n\n graph */}"]),
    ("text {/* todo: x */} text\n", ["{/* todo: x */}"]),
    ("`TODO: a graph`\n", ["`TODO: a graph`"]),
    ("See `TODO: a graph` there\n", []),
    ("See. $TODO: a graph$ there\n", []),
    ("a **b. TODO: c** d\n", ["TODO: c"]),
    ("{/* fill chart x */}\n\nTODO: inside\n\n{/* /fill */}\n", []),
    ("<A b={f('TODO: x')} c='TODO: y'>z</A>\n", []),
    ("{f('TODO: x')}\n", []),
    ("export const a = 'TODO: x'\n", []),
    ("<!-- TODO: image of CMS -->\n", ["<!-- TODO: image of CMS -->"]),
    ("> a\n> TODO: b\nlazy\n", ["TODO: b\nlazy"]),
]


@pytest.mark.parametrize(("text", "sources"), SPANS)
def test_what_a_slot_would_replace(text: str, sources: list[str]) -> None:
    """The wrapper goes too, code and maths stay, and a neighbour's text is never touched."""
    assert [source for source, _ in todos(text)] == sources


MARKDOWN = [
    ("<!-- TODO: image of CMS -->\n", ["<!-- TODO: image of CMS -->"]),
    ("a <!-- todo: x --> b\n", ["<!-- todo: x -->"]),
    ("<div>\n<!-- TODO: x -->\n</div>\n", ["<!-- TODO: x -->"]),
    ("    TODO: in indented code\n", []),
    ("TODO: an image\n", ["TODO: an image"]),
]


@pytest.mark.parametrize(("text", "sources"), MARKDOWN)
def test_placeholders_in_markdown(text: str, sources: list[str]) -> None:
    """HTML comments are comments in Markdown, and indented code is code."""
    assert [source for source, _ in todos(text, Dialect.MARKDOWN)] == sources
