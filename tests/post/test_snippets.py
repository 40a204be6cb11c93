"""Snippets: found wherever their fence stands, refused with the place of the word."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchpost.post.document import Dialect, Keep, Lines, Snippet
from benchpost.post.parse import parse
from benchpost.post.read import parse_post
from benchpost.post.snippets import Snippets, find_snippets


def found(text: str) -> Snippets:
    return find_snippets(text, parse(text, Dialect.MDX))


def fence(meta: str, lang: str = "python") -> str:
    return f"```{lang} {meta}\nx = 1\n```\n"


def test_every_word_of_a_snippet() -> None:
    """The words of `bench` are read; the rest of the meta is the site's and changes nothing."""
    text = "# A\n\n" + fence(
        'filename="x.py" {1,3} bench id="peak-flops" needs="cuda,memory:24GB" /x/ copy '
        'keep="max_flops:FLOP/s, latency:s,n" timeout=1.5 showLineNumbers'
    )
    (snippet,) = found(text).snippets
    assert snippet == Snippet(
        id="peak-flops",
        lang="python",
        code="x = 1",
        span=snippet.span,
        line=4,
        needs=("cuda", "memory:24GB"),
        keep=(Keep("max_flops", "FLOP/s"), Keep("latency", "s"), Keep("n", "")),
        timeout=1.5,
    )
    assert text[snippet.span.start : snippet.span.end] == text[5:-1]
    assert found(text).problems == ()


PLACES = [
    "<Callout>\n{fence}\n</Callout>\n",
    "- item\n\n  {fence}",
    "> {fence}",
    "<Tabs>\n<Tabs.Tab>\n    {fence}\n</Tabs.Tab>\n</Tabs>\n",
    "1. a\n   - b\n\n     {fence}",
]


@pytest.mark.parametrize("around", PLACES)
def test_snippets_inside_containers(around: str) -> None:
    """A snippet in a tag, list or quote has its code without the container's prefix."""
    prefix = around[: around.index("{")].rpartition("\n")[2]
    text = around.replace("{fence}", fence("bench").rstrip("\n").replace("\n", "\n" + prefix))
    (snippet,) = found(text).snippets
    assert snippet.code == "x = 1"
    assert text.split("\n")[snippet.line - 1].strip("> ") == "x = 1"


def test_snippets_without_an_id_are_numbered() -> None:
    """The number counts snippets, not fences."""
    text = fence("") + fence("bench") + fence('bench id="a"') + fence("bench")
    assert [snippet.id for snippet in found(text).snippets] == ["snippet-1", "a", "snippet-3"]


NOT_SNIPPETS = [
    "",
    'filename="bench"',
    '"bench"',
    "/bench/",
    "{bench}",
    'title="a bench b"',
    "benchmark",
]


@pytest.mark.parametrize("meta", NOT_SNIPPETS)
def test_fences_that_are_not_snippets(meta: str) -> None:
    """Only the bare word makes a snippet."""
    assert found(fence(meta)) == Snippets()


UNKNOWN_WORDS = 'letters, digits, `-`, `_` and `.`, e.g. `id="peak-flops"`'
PROBLEMS = [
    ("Bench", 10, "unknown word 'Bench'; did you mean 'bench'?", 0),
    ("bench=true", 10, "write the bare word `bench`, not 'bench' with a value", 0),
    ('bech keep="a"', 10, "unknown word 'bech'; did you mean 'bench'?", 0),
    ('bench keeps="a"', 16, "unknown word 'keeps'; did you mean 'keep' or 'needs'?", 1),
    ("bench gpus=2", 16, "unknown word 'gpus'; a snippet has id, needs, keep, timeout", 1),
    ("bench keep", 16, "'keep' has no value; write `keep=\"…\"`", 1),
    ("bench id=a id=b", 21, "'id' is given twice; keep one", 1),
    ('bench id="a b"', 20, f"id: 'a b' is not understood; write {UNKNOWN_WORDS}", 1),
    (
        'bench needs="cuda,,x"',
        28,
        "needs: an empty entry is not understood; write names with commas between, e.g. "
        '`needs="cuda,memory:24GB"`',
        1,
    ),
    (
        'bench keep="a, 2b:s"',
        25,
        "keep: '2b:s' is not understood; write `variable` or `variable:unit`, e.g. "
        '`keep="max_flops:FLOP/s, latency:s"`',
        1,
    ),
    ("bench timeout=0", 24, "timeout: '0' is not understood; write seconds, e.g. `timeout=120`", 1),
]


@pytest.mark.parametrize(("meta", "column", "message", "snippets"), PROBLEMS)
def test_words_that_are_not_understood(meta: str, column: int, message: str, snippets: int) -> None:
    """A word that is not understood is told with its place and the near miss."""
    result = found(fence(meta))
    (problem,) = result.problems
    assert (problem.check.name, problem.message) == ("S007", message)
    assert Lines(fence(meta)).place("x", problem.offset).column == column + 1
    assert len(result.snippets) == snippets


def test_languages_other_than_python() -> None:
    """Only Python is run."""
    problems = [problem.message for problem in found(fence("bench", "bash")).problems]
    assert problems == ["a 'bash' fence cannot be a snippet; only `python` is run"]


def test_ids_given_twice() -> None:
    """The second snippet of a name is refused, since results are kept by name."""
    result = found(fence("bench id=a") + fence("bench id=a"))
    assert [snippet.id for snippet in result.snippets] == ["a"]
    assert [problem.message for problem in result.problems] == [
        "snippet id 'a' is given twice; ids name results, give each its own"
    ]


def test_line_ends_of_code_are_kept() -> None:
    """A snippet runs exactly as printed, CRLF included."""
    (snippet,) = found("```python bench\r\na = 1\r\nb = 2\r\n```\r\n").snippets
    assert snippet.code == "a = 1\r\nb = 2"


@given(st.text(alphabet="bench id=\"'={}/,: \\keptimou09", max_size=40))
def test_any_meta_can_be_read(meta: str) -> None:
    """Problems lie within the text whatever the meta."""
    text = fence("bench " + meta)
    post = parse_post(text, "a.mdx", Path("a.mdx"))
    assert all(
        0 <= problem.offset <= len(text) for problem in find_snippets(text, post.tree).problems
    )
