"""How people write placeholders, and what merely looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchpost.post.wording import placeholders, wants

WHOLE = [
    ("TODO: show the equation", "show the equation", "equation"),
    ("TODO: screenshot of HF", "screenshot of HF", "screenshot"),
    ("TODO: image of transformer arch", "image of transformer arch", "image"),
    ("TODO: show a diagram", "show a diagram", "diagram"),
    ("TODO: Image of PR comments", "Image of PR comments", "image"),
    ("TODO: equation", "equation", "equation"),
    ("TODO: add plots and other examples.", "add plots and other examples.", "chart"),
    ("TODO: plot latency <5ms", "plot latency <5ms", "chart"),
    ("TODO: set {no one/a team}", "set {no one/a team}", ""),
    ("TODO: table of a\nfew numbers", "table of a few numbers", "table"),
    ("TODO", "", ""),
    ("TBD", "", ""),
    ("TODO:", "", ""),
    ("TODO - a graph", "a graph", "chart"),
    ("TODO – trace of a step", "trace of a step", "image"),
    ("TODO add a flowchart", "add a flowchart", "diagram"),
    ("TODO(van): roofline", "roofline", "chart"),
    ("TODO (@van): roofline", "roofline", "chart"),
    ("@TODO: Image of that here?", "Image of that here?", "image"),
    ("`TODO: image of different blocks`", "image of different blocks", "image"),
    ("*TODO: FIGURE OF DIFFERENT SEEDS -ER*", "FIGURE OF DIFFERENT SEEDS -ER", "image"),
    ("**TODO**: a picture", "a picture", "image"),
    ("**TODO:** a picture", "a picture", "image"),
    ("**TODO: a picture**", "a picture", "image"),
    ("_TODO: a picture_", "a picture", "image"),
    ("~~TODO: a picture~~", "a picture", "image"),
    ('"TODO: a picture"', "a picture", "image"),
    ("“TODO: a picture”", "a picture", "image"),
    ("[todo: insert graph]", "insert graph", "chart"),
    ("[Todo: insert graph]", "insert graph", "chart"),
    ("(TODO: insert graph)", "insert graph", "chart"),
    ("[TODO: Insert picture of summary layout]", "Insert picture of summary layout", "image"),
    ("*[TODO: Add diagram of this]*", "Add diagram of this", "diagram"),
    ("[TODO]", "", ""),
    ("!!!TODO: Add diagram!!!", "Add diagram", "diagram"),
    ("<!-- TODO: image of CMS -->", "image of CMS", "image"),
    ("<!-- todo image of CMS -->", "image of CMS", "image"),
    ("{/* TODO: use it\n\ninstead */}", "use it instead", ""),
    ("{/* TODO examples */}", "examples", ""),
    ("{ /* TODO: Details on the result */ }", "Details on the result", ""),
    ("{/* <!-- TODO: Add example of pairing. --> */}", "Add example of pairing.", ""),
    ("{/* @todo: x */}", "x", ""),
    ('<Callout type="warning">TODO: @van to include her Mermaid diagram</Callout>',
     "@van to include her Mermaid diagram", "diagram"),
    ("<mark>TODO: a table</mark>", "a table", "table"),
    ("[!TODO]\ndraw the layout", "draw the layout", "image"),
    ("[!NOTE]\nTODO: draw the layout", "draw the layout", "image"),
    ("TODO - draw the roofline of the H100", "draw the roofline of the H100", "chart"),
    ("TODO plot latency over context", "plot latency over context", "chart"),
    ("XXX: add the diagram of memory", "add the diagram of memory", "diagram"),
    ("[XXX: add a plot]", "add a plot", "chart"),
    ("FIXME: add chart", "add chart", "chart"),
    ("FIXME:", "", ""),
    ("TBD: a table", "a table", "table"),
    ("todo: a table of prices", "a table of prices", "table"),
    ("todo: add admin namespace description", "add admin namespace description", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "asked", "kind"), WHOLE)
def test_blocks_that_are_nothing_but_a_placeholder(text: str, asked: str, kind: str) -> None:
    """The placeholder covers the whole text, wrapper included, and says what it wants."""
    (found,) = placeholders(text)
    assert (found.start, found.end) == (0, len(text))
    assert (found.text, wants(found.text)) == (asked, kind)


PARTS = [
    (
        "… more than 30. TODO: Figure of different color differences for reference.",
        ["TODO: Figure of different color differences for reference."],
    ),
    ("Fine. TODO: a plot. Then we go on.", ["TODO: a plot."]),
    ("Fine. **TODO: a plot** and on", ["**TODO: a plot**"]),
    ("TODO: show the equation\nThis estimate is good.", ["TODO: show the equation"]),
    ("TODO: show the equation. This estimate is good.", ["TODO: show the equation."]),
    ("The rate:\nTODO: a chart of\nthe rate\nIt is high.", ["TODO: a chart of\nthe rate"]),
    ("FLOPS` [todo: insert graph]", ["[todo: insert graph]"]),
    ("we saw (TODO: cite [this] one) that", ["(TODO: cite [this] one)"]),
    ("MDX Components [!TODO]", ["[!TODO]"]),
    ("a [TODO] and b [TBD: c] d", ["[TODO]", "[TBD: c]"]),
    ("See ![TODO: image of x](x.png) there", ["![TODO: image of x](x.png)"]),
    ("Works. {/* TODO: Confirm it */}", ["{/* TODO: Confirm it */}"]),
    ("Works. <!-- todo: confirm --> Yes.", ["<!-- todo: confirm -->"]),
    ("Good — TODO: add a table", ["TODO: add a table"]),
    ("Results TODO: add a table", ["TODO: add a table"]),
    ("in a list: TODO show a table of it", ["TODO show a table of it"]),
    ("Here TODO: insert a picture of matmul", ["TODO: insert a picture of matmul"]),
    ("Text then TODO: the numbers of today", ["TODO: the numbers of today"]),
    ("TODO plot latency over context. It grows.", ["TODO plot latency over context."]),
    ("It grows. TODO plot latency", ["TODO plot latency"]),
    ("It grows:\nTODO plot latency", ["TODO plot latency"]),
    ("Memory. XXX: add the diagram", ["XXX: add the diagram"]),
    ("Throughput: TBD", ["TBD"]),
    ("Throughput: **TODO**", ["**TODO**"]),
    ("TODO: show a\nTODO: show b", ["TODO: show a", "TODO: show b"]),
    ("TODO: show a\ntodo: show b", ["TODO: show a", "todo: show b"]),
    ("TODO: show a\ntodo: b", ["TODO: show a"]),
    ("Some text\ntodo: a table", ["todo: a table"]),
    ("TODO: an equation, and TODO: a chart of it", ["TODO: an equation", "TODO: a chart of it"]),
    ("TODO: show a; TODO: show b", ["TODO: show a", "TODO: show b"]),
]


@pytest.mark.parametrize(("text", "parts"), PARTS)
def test_placeholders_beside_other_text(text: str, parts: list[str]) -> None:
    """A placeholder in a sentence covers itself and its wrapper, never a neighbour's words."""
    assert [text[found.start : found.end] for found in placeholders(text)] == parts


NONE = [
    "ver todo el historial de lanzamientos.",
    "Todo los componentes padre no",
    "todo: lo que necesitas",
    "Let’s add a new todo to the todo list",
    "TODO list",
    "TODO app with tRPC",
    "The TODOs are listed below: see there",
    "a TODO/DONE board: good",
    "`TODO: 0xc37` is where it lives",
    "METODO: como hacerlo",
    "[todo list](https://example.com/todo)",
    "[TODO: read this](https://example.com)",
    "[todo]",
    "(todo el mundo)",
    "See the TODO file for what is left to do.",
    "TODO_LIST: the variable",
    "#TODO-tags",
    "Notes (WIP)",
    "env = gym.make()  # TODO use the correct parameters",
    "at address 0x0000..TBD",
    "todo: see [the list](x)",
    "the word TODO: not a wish",
    'write "TODO: image" there',
    "mark it with a TODO comment: show what is missing",
    "each one starts with a TODO: and a name",
    "lines like `TODO: …` are found, and every `TODO: show it` too",
    "All of todo: mostrar la tabla",
    "A list: TODO table with rows",
    "we then TODO plot it",
    "we search for TODO: and FIXME: in all files",
    "key: XXX",
    "XXX",
    "[XXX]",
    "XXX-XXX: 12",
    "The price is TBD for now",
    "",
]


@pytest.mark.parametrize("text", NONE)
def test_what_only_looks_like_a_placeholder(text: str) -> None:
    """Spanish, todo lists, file names, links and addresses are left alone."""
    assert placeholders(text) == []


PIECES = ["TODO", "todo", ":", " ", "[", "]", "(", ")", "{", "}", "*", "_", "`", "<", ">", "!",
          "\n", "/*", "*/", "<!--", "-->", "a", "A", ".", '"', "-", "@", "|", "$"]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join) | st.text(max_size=40))
def test_any_text_can_be_searched(text: str) -> None:
    """Placeholders lie within the text, in order, and do not overlap."""
    at = 0
    for found in placeholders(text):
        assert at <= found.start < found.end <= len(text)
        at = found.end
