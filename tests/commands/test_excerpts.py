"""Code of a page, and the way back to the page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchpost.commands import prose
from benchpost.commands.excerpts import Excerpt, excerpts
from benchpost.commands.prose import TELLS
from benchpost.post.read import parse_post


def found(text: str, name: str = "p.md") -> list[Excerpt]:
    return list(excerpts(parse_post(text, name, Path(name)), ["vllm"]))


KINDS = [
    ("```bash\na\n```", [("shell", "bash", "a")]),
    ("```sh\n$ a\nout\n$ b \\\n> c\n```", [("shell", "sh", "  a\n   \n  b \\\n  c")]),
    ("```console\n$ a\nout\n```", [("shell", "console", "  a\n   ")]),
    ("```console\n(env) $ a\n```", [("shell", "console", "        a")]),
    ("```text\nvllm serve M \\\n  -x\nout\n```", [("shell", "text", "vllm serve M \\\n  -x\n   ")]),
    ("```\nvllm is good\n```", [("shell", "", "vllm is good")]),
    ("```text\nno command\n```", [("other", "text", "no command")]),
    ("```python\nx = 1\n```", [("other", "python", "x = 1")]),
    ("a `b c` d", [("inline", "", "b c")]),
    ("    vllm serve M", [("shell", "", "vllm serve M")]),
    ("=== x\n\n    ```bash\n    a\n    ```\n    text", [("shell", "bash", "a")]),
    ("=== x\n\n    ```bash\n    a\n\n    b\n    ```", [("shell", "bash", "a\n\nb")]),
]


@pytest.mark.parametrize(("text", "expected"), KINDS)
def test_what_is_a_command_and_what_is_not(text: str, expected: list[tuple[str, str, str]]) -> None:
    """Fences by language and prompt, inline code, fences that MkDocs nests in indents."""
    assert [(each.kind, each.lang, each.text) for each in found(text)] == expected


WRAPS = ["{}", "> {}", "- {}", "1. > {}", "> - {}", "=== x\n\n    {}"]


@given(st.sampled_from(WRAPS), st.lists(st.text(alphabet="ab$ -\\'#", max_size=8), max_size=5))
def test_offsets_lead_back_to_the_page(wrap: str, lines: list[str]) -> None:
    """Wherever a fence stands, each character of its code is found again in the page."""
    code = "\n".join(f"x{line}y" for line in lines)
    first, *rest = f"```sh\n{code}\n```".split("\n")
    head, _, _ = wrap.rpartition("\n")
    last = wrap.rpartition("\n")[2]
    indent = "".join(char if char == ">" else " " for char in last.format(""))
    body = "\n".join([last.format(first), *(indent + line for line in rest)])
    page = f"{head}\n{body}\n" if head else f"{body}\n"
    for excerpt in found(page):
        for at, char in enumerate(excerpt.raw):
            if char != "\n":
                assert page[excerpt.offset(at)] == char


def test_prose_around_inline_code_is_known() -> None:
    """What stands before and after, and the heading or paragraph above."""
    (code,) = found("## Old flags\n\nThese are gone:\n\n- use `--x` (default 3)\n")
    assert (code.before, code.after) == ("use ", " (default 3)")
    assert code.prose is not None
    assert [each.source for each in code.prose.over] == ["## Old flags", "These are gone:"]


def test_prose_is_searched_once_for_all_code_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand names in a paragraph share it: each of its sentences is searched one time."""
    searched: list[str] = []

    class Counted:
        def search(self, text: str, start: int = 0, end: int = 0) -> re.Match[str] | None:
            searched.append(text[start:end])
            return TELLS.search(text, start, end)

    monkeypatch.setattr(prose, "TELLS", Counted())
    codes = found("`--x` is one. " * 999 + "`--x` was one in 0.4.3.\n")
    told = [each.tells_history for each in codes]
    assert told == [False] * 999 + [True]
    assert len({id(each.prose) for each in codes}) == 1
    # one more for the rest of a row, which a paragraph lacks
    assert len(searched) == 1000 + 1
    assert max(len(each.before) + len(each.after) for each in codes) <= 2 * prose.WINDOW
