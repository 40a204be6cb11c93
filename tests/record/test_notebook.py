"""Posts as notebooks and notebooks as posts."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import nbformat
import pytest

from benchpost.errors import BenchpostError
from benchpost.post.read import parse_post
from benchpost.record import results
from benchpost.record.notebook import markdown_of_notebook, notebook
from benchpost.record.run import run_posts

V4: Any = nbformat.v4
"""Makes cells; `Any` because its functions carry no types."""

POST = """\
---
title: A
---

import { Callout } from 'nextra/components'

# Copying

{/* fill diagram memory */}

![memory](./figures/memory.svg)

{/* /fill */}

It takes {/* = 1 / 8 : .3f */}0.125{/* /= */} s.

- in a list

  ```python filename="copy.py" bench id="copy.fast" keep="x"
  x = 1
  drawn = ['<svg/>']
  print('hi')
  ```

The end.

```python
shown()
```
"""


def cells(text: str) -> list[tuple[str, str, str]]:
    made = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]  # nbformat's own
    return [(cell.id, cell.cell_type, cell.source) for cell in made.cells]


def test_a_post_becomes_a_notebook(house: Any) -> None:
    """Prose without markers and imports, snippets as cells, other code as prose."""
    assert cells(notebook(house.post(POST), None)) == [
        (
            "prose-1",
            "markdown",
            "# Copying\n\n\n\n![memory](./figures/memory.svg)\n\n\n\n"
            "It takes 0.125 s.\n\n- in a list",
        ),
        ("code-copy-fast", "code", "x = 1\ndrawn = ['<svg/>']\nprint('hi')"),
        ("prose-2", "markdown", "The end.\n\n```python\nshown()\n```"),
    ]


def test_recorded_outputs_stand_in_the_cells(house: Any, told: Any, here: Any) -> None:
    """What was printed and drawn, as it is recorded; the same bytes each time."""
    post = house.post(POST)
    run_posts([post.file], house.order(start=here), told)
    recorded = results.load(post.file, house.project)[0]["box"]
    text = notebook(post, recorded)
    cell = json.loads(text)["cells"][1]
    assert cell["outputs"] == [
        {"name": "stdout", "output_type": "stream", "text": ["hi\n"]},
        {
            "data": {"image/svg+xml": ["<svg/>"]},
            "metadata": {},
            "output_type": "display_data",
        },
    ]
    assert notebook(post, recorded) == text


def test_a_post_without_snippets_is_a_notebook_too() -> None:
    """Of prose, or of nothing at all."""
    for text, expected in (("# A\n", [("prose-1", "markdown", "# A")]), ("", [])):
        post = parse_post(text, "a.md", Path("a.md"))
        assert cells(notebook(post, None)) == expected


def made(*parts: Any) -> str:
    book = V4.new_notebook(cells=list(parts))
    book.metadata["language_info"] = {"name": "python"}
    return str(nbformat.writes(book))  # type: ignore[no-untyped-call]  # nbformat's own


def test_a_notebook_becomes_a_post() -> None:
    """Cells that say so become snippets; the others keep their outputs, pictures in the text."""
    prose = V4.new_markdown_cell("# A\n\n![p](attachment:p.png)")
    prose["attachments"] = {"p.png": {"image/png": "cA=="}}
    snippet = V4.new_code_cell('x = """\n```\n"""', metadata={"benchpost": 'id="one" keep="x"'})
    snippet.outputs = [V4.new_output("stream", text="stale")]
    drawing = V4.new_code_cell("draw()")
    drawing.outputs = [V4.new_output("display_data", {"image/svg+xml": "<svg/>"})]
    drawing.outputs.append(V4.new_output("stream", text="said\n"))
    text = markdown_of_notebook(made(prose, snippet, drawing))
    coded = base64.b64encode(b"<svg/>").decode()
    assert [line for line in text.splitlines() if line.strip()] == [
        "# A",
        "![p](data:image/png;base64,cA==)",
        '````python bench id="one" keep="x"',
        'x = """',
        "```",
        '"""',
        "````",
        "```python",
        "draw()",
        "```",
        f"![figure](data:image/svg+xml;base64,{coded})",
        "    said",
    ]
    post = parse_post(text, "index.ipynb", Path("index.ipynb"))
    assert [(s.id, s.code) for s in post.snippets] == [("one", 'x = """\n```\n"""')]


def test_there_and_back_again(house: Any) -> None:
    """A post's snippets survive being a notebook: their code and order are the same."""
    before = house.post(POST)
    book = json.loads(notebook(before, None))
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            cell["metadata"]["benchpost"] = f'id="{cell["metadata"]["benchpost"]["snippet"]}"'
    book["metadata"]["language_info"] = {"name": "python"}
    after = parse_post(markdown_of_notebook(json.dumps(book)), "a.md", Path("a.md"))
    assert [(s.id, s.code) for s in after.snippets] == [(s.id, s.code) for s in before.snippets]


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "# A\n", '{"nbformat": 9, "nbformat_minor": 5, "metadata": {}, "cells": []}'],
)
def test_what_is_no_notebook_is_refused(text: str) -> None:
    """With the reason, as an error of ours."""
    with pytest.raises(BenchpostError, match=r"^this is not a notebook: "):
        markdown_of_notebook(text)
