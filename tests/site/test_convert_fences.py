"""Fences keep what a reader sees of their meta, and their code to the last space."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rendered import render, visible

from benchpost.site import fences
from benchpost.site.fences import Shown

METAS = [
    ("", Shown()),
    ('filename="a.py"', Shown(title="a.py")),
    ("title='it is \"x\"'", Shown(title='it is "x"')),
    ('title="first" filename="second"', Shown(title="first")),
    ("[file.txt] {2}", Shown(title="file.txt", lines="2")),
    ("{1,3-5}", Shown(lines="1 3-5")),
    ("{ 1, 3 - 5 }", Shown()),
    ("{1, 3-5,}", Shown(lines="1 3-5")),
    ('{"a": 1}', Shown()),
    ('keep="{1}"', Shown()),
    ("timeout={30}", Shown()),
    ("showLineNumbers", Shown(first=1)),
    ("showLineNumbers{7}", Shown(first=7)),
    ("showLineNumbers=false", Shown()),
    ("copy=false", Shown(copy=False)),
    ("copy={false}", Shown(copy=False)),
    ("copy", Shown()),
    ("/word/ twoslash npm2yarn", Shown()),
    ('bench id="a" needs="cuda,memory:24GB" keep="x:FLOP/s" timeout=120', Shown()),
]


@pytest.mark.parametrize(("meta", "expected"), METAS)
def test_meta_is_read_as_nextra_reads_it(meta: str, expected: Shown) -> None:
    """Titles, lines, numbers and the copy button are kept; all else is for builders or for us."""
    assert fences.shown(meta) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("python", "python"),
        ("Bash", "bash"),
        ("c++", "c++"),
        ("mdx", "markdown"),
        ("jsonc", "json"),
        ("nonsense", "text"),
        ("a b", "text"),
        (fences.RAW, "text"),
        ("", "text"),
    ],
)
def test_languages_are_those_of_pygments(name: str, expected: str) -> None:
    """What Pygments does not know is text, and nobody's fence is taken for raw HTML."""
    assert fences.language(name) == expected


LINES = st.sampled_from(
    [
        *(
            "```",
            "````",
            "~~~",
            "",
            "  ",
            "    x",
            "\tx",
            "a",
            "# b",
            "- c",
            "> d",
            "<div>",
            "&lt;",
        ),
        *("$$", "{{ x }}", "{% y %}", "!!! note", '=== "t"', "[^1]: x", "*[a]: b", "</div>", "///"),
    ]
)


@settings(max_examples=150)
@given(
    st.lists(LINES, min_size=1, max_size=6).map("\n".join),
    st.sampled_from(["", "    ", "        ", "> ", "    > "]),
)
def test_code_comes_back_whole_at_any_depth(code: str, prefix: str) -> None:
    """In lists, quotes and both: every line, its spaces and tabs."""
    page = fences.fenced("text", code).replace("\n", "\n" + prefix)
    opening = {"": "", "    ": "- x\n\n", "        ": "- x\n    - y\n\n", "> ": ""}.get(
        prefix, "- x\n\n"
    )
    html = render(f"{opening}{prefix}{page}\n\nend")
    match = re.search(r"(?s)<code>(.*?)\n?</code></pre></div>", html)
    assert match is not None
    found = re.sub(r"<[^>]*>", "", match[1])
    assert html.endswith("<p>end</p>")
    assert unescaped(found).strip("\n") == code_without_outer_lines(code)


def unescaped(html: str) -> str:
    return (
        html.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
    )


def code_without_outer_lines(code: str) -> str:
    """Pygments drops empty lines before and after code."""
    return code.strip("\n")


def test_markup_passes_untouched_at_any_depth() -> None:
    """What stands in the raw fence is neither escaped nor read, blank lines and all."""
    markup = "<div>\n\n*a* `b` <b>\n\n</div>"
    for prefix, opening in (("", ""), ("    ", "- x\n\n"), ("> ", "")):
        html = render(opening + prefix + fences.as_is(markup).replace("\n", "\n" + prefix))
        assert "*a* `b` <b>" in html
        assert "<p><div>" not in html


@pytest.mark.parametrize("title", ["a.py", 'say "x"', "it's", "both \" and '", "{x}", "a=b c.d"])
def test_titles_are_shown(title: str) -> None:
    """A title with quotes keeps its words."""
    code = fences.fenced(fences.info("py", Shown(title=title)), "x")
    shown = visible(render(code))
    assert shown.replace("’", "'").startswith(title)
