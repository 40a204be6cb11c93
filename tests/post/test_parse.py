"""Blocks of the case files, as `benchpost parse` prints them.

To record a case anew, once `test_parse_compiler` agrees with it:
`benchpost parse FILE --format json` and `--inlines --format json`, records one a line, into FILE's
`.jsonl`.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchpost.post.document import Dialect
from benchpost.post.dump import blocks, inlines, outline
from benchpost.post.nodes import Code, Heading, Node, Table
from benchpost.post.parse import parse
from benchpost.post.read import parse_post
from benchpost.post.walk import nodes, walk

FOLDER = Path(__file__).parent / "cases" / "parse"
CASES = sorted(file for file in FOLDER.iterdir() if file.suffix in (".mdx", ".md"))


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_case_file_reads_as_recorded(file: Path) -> None:
    """Blocks and inlines are those in the `.jsonl` beside the case, one record a line."""
    post = parse_post(file.read_bytes().decode(), file.name, file)
    expected = [json.loads(line) for line in file.with_suffix(".jsonl").read_text().splitlines()]
    assert blocks(post) + inlines(post) == expected


def one(text: str, kind: type[Node], dialect: Dialect = Dialect.MDX) -> Node:
    """The only node of a kind."""
    (found,) = nodes(parse(text, dialect), kind)
    return found


def test_a_fence_knows_what_stands_before_it() -> None:
    """The prefix is container markers and indent; a close further out ends the container."""
    code = one("> - ```py\n>   x\n>   ```\n", Code)
    assert isinstance(code, Code)
    assert (code.prefix, code.value, code.fence, code.closed) == ("> - ", "x", "```", True)
    cut = one("- ```\n  x\n", Code)
    assert isinstance(cut, Code)
    assert not cut.closed


def test_definitions_reach_prose_before_them() -> None:
    """Every piece of prose knows the definitions of the whole post."""
    heading = one("# [a]\n\n[A]: /b\n", Heading)
    assert isinstance(heading, Heading)
    assert list(heading.prose.defined) == ["A"]


def test_offsets_are_code_points_of_the_untouched_text() -> None:
    """Line ends, a byte order mark and wide characters stay where they are."""
    text = "\ufeff🎉 *é*\r\n\r\n| a |\r\n|---|\r\n"
    table = one(text, Table)
    assert text[table.start : table.end] == "| a |\r\n|---|"
    assert (table.first, table.last) == (3, 4)


def test_faults_say_where_and_what_to_write() -> None:
    """A tag without partner is a fault of the tree; its children stay in the tree."""
    root = parse("<A>\n- <B>\n\n  x\n</A>\n", Dialect.MDX)
    assert [(fault.check.name, fault.at) for fault in root.faults] == [("M002", 6)]
    assert [node.type for node in walk(root)] == [
        "root",
        "mdxJsxFlowElement",
        "list",
        "listItem",
        "mdxJsxFlowElement",
        "paragraph",
    ]


def test_outline_has_a_line_for_each_block() -> None:
    """The text format shows lines, depth and the fields that say something."""
    post = parse_post("# A\n\n- [x] b\n  ```py\n  c\n  ```\n", "a.mdx", Path("a.mdx"))
    assert outline(blocks(post)) == (
        '        1  heading depth=1 text="A"\n'
        "      3-6  list items=1\n"
        "      3-6    listItem checked=true\n"
        "        3      paragraph\n"
        '      4-6      code lang="py" value="c" fence="```"\n'
    )
