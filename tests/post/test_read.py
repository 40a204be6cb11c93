"""Reading a post: nothing in a text can make it fail, and slots come and go without a trace."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from post.slots_in_files import places, survives

from benchpost.config import Project
from benchpost.errors import BenchpostError
from benchpost.post.document import Dialect
from benchpost.post.read import parse_post, read_post

CASES = sorted(
    file for file in (Path(__file__).parent / "cases").rglob("*") if file.suffix in (".mdx", ".md")
)

POST = """---
title: A post
draft: true
---

```python bench id="a" keep="x"
x = 1
```

{/* fill output snippet="a" */}

1

{/* /fill */}

It took {/* = decode_time(gpu="H200") : .1f ms */}3.0 ms{/* /= */}.

TODO: show the equation
"""


def test_a_post_and_all_that_is_in_it(tmp_path: Path) -> None:
    """One reading gives front matter, snippets, slots, values and placeholders."""
    file = tmp_path / "posts" / "first" / "index.mdx"
    file.parent.mkdir(parents=True)
    file.write_bytes(POST.encode())
    post = read_post(file, Project(tmp_path.resolve()))
    assert (post.path, post.slug, post.dialect) == ("posts/first/index.mdx", "first", Dialect.MDX)
    assert (post.front["title"], post.is_draft) == ("A post", True)
    assert [snippet.id for snippet in post.snippets] == ["a"]
    assert [slot.head for slot in post.slots] == ["output"]
    assert [value.format for value in post.values] == [".1f ms"]
    assert [todo.text for todo in post.todos] == ["show the equation"]
    assert str(post.place(post.todos[0].span.start)) == "posts/first/index.mdx:18:1"


def test_the_suffix_says_how_a_file_is_written() -> None:
    """`.mdx` is MDX, all else is Markdown, and the caller may say otherwise."""
    assert parse_post("", "a.mdx", Path("a.mdx")).dialect is Dialect.MDX
    assert parse_post("", "a.md", Path("a.md")).dialect is Dialect.MARKDOWN
    assert parse_post("", "a.md", Path("a.md"), Dialect.MDX).dialect is Dialect.MDX


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 are refused with their line."""
    file = tmp_path / "index.mdx"
    file.write_bytes(b"a\n\xff\n")
    with pytest.raises(BenchpostError, match=r"index\.mdx:2:1: byte 2 is not UTF-8"):
        read_post(file, Project(tmp_path))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_slots_in_case_files(case: Path) -> None:
    """A slot after any block is found with its container's prefix, and removed without a trace."""
    text = case.read_bytes().decode()
    generator = random.Random(7)
    for _ in places(parse_post(text, case.name, case)):
        assert survives(case, text, generator) == ""


PIECES = ["---\n", "a: b\n", "```python bench\n", "```", "{/* fill x */}", "{/* /fill */}", "{/* =",
          " x */}", "TODO: ", "<Callout>", "</Callout>", "<", "{", "}", "$$\n", "> ", "- ", "1. ",
          "  ", "\t", "\n", "\n\n", "\r\n", "|", "`", "*", "\\", "[", "](", "a", "\ufeff", "\0",
          "é", "import ", "export ", "<!-- ", " -->", "#"]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join) | st.text(max_size=80))
def test_any_text_can_be_read(text: str) -> None:
    """Whatever the text, reading it gives a post whose parts lie in it."""
    for dialect in Dialect:
        post = parse_post(text, "a.mdx", Path("a.mdx"), dialect)
        spans = [snippet.span for snippet in post.snippets]
        spans += [slot.span for slot in post.slots] + [value.span for value in post.values]
        spans += [todo.span for todo in post.todos]
        assert all(0 <= span.start < span.end <= len(text) for span in spans)
