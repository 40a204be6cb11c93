"""Filling changes the bodies of slots and values and nothing else."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import MdxCompile
from fill_figures import OWN, fill, read
from hypothesis import given, settings
from hypothesis import strategies as st

from benchpost.figures.types import Drawing, Facts, Fragment
from benchpost.fill.filled import fill_text, marks_of
from benchpost.findings import Finding
from benchpost.post.document import Dialect, Post

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "filled.yml").read_text(encoding="utf-8")
)


def said(finding: Finding) -> str:
    return f"{finding.place}: {finding.check.name} {finding.message}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_post_is_filled(case: dict[str, Any]) -> None:
    """The text and the findings are those of the case file."""
    filled = fill(case["post"], Dialect(case.get("dialect", "mdx")))
    assert filled.text == case["filled"]
    assert list(map(said, filled.findings)) == case.get("findings", [])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_filling_twice_changes_nothing_more(case: dict[str, Any]) -> None:
    """A filled post is its own filling."""
    dialect = Dialect(case.get("dialect", "mdx"))
    assert fill(case["filled"], dialect).text == case["filled"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_line_ends_stay_as_they_are(case: dict[str, Any]) -> None:
    """A post with CRLF gets CRLF in its slots too."""
    dialect = Dialect(case.get("dialect", "mdx"))
    filled = fill(case["post"].replace("\n", "\r\n"), dialect)
    assert filled.text == case["filled"].replace("\n", "\r\n")


@pytest.mark.node
def test_the_real_compiler_takes_every_filled_post(mdx_compile: MdxCompile) -> None:
    """What compiled before compiles when it is filled."""
    chosen = [case for case in CASES if case.get("dialect") != "md"]
    before = mdx_compile([case["post"] for case in chosen])
    after = mdx_compile([case["filled"] for case in chosen])
    assert [
        case["name"] for case, verdict in zip(chosen, before, strict=True) if not verdict.ok
    ] == ["A text that does not compile yet"]
    assert [verdict.message for verdict in after if not verdict.ok] == [
        verdict.message for verdict in before if not verdict.ok
    ]


def outside(post: Post) -> list[str]:
    """The text around the bodies."""
    marks = marks_of(post)
    starts = [0, *(mark.body.end for mark in marks)]
    ends = [*(mark.body.start for mark in marks), len(post.text)]
    return [post.text[start:end] for start, end in zip(starts, ends, strict=True)]


SCRAPS = [
    "{/* fill say */}",
    "{/* fill maths */}",
    "{/* fill table */}",
    "{/* fill lacking */}",
    "{/* /fill */}",
    "{/* = 1 + 1 : .0f */}",
    "{/* /= */}",
    "\n",
    "\n\n",
    "\r\n",
    "> ",
    "- ",
    "  ",
    "1. ",
    "text",
    " ",
    "```",
    "$$",
    "| a | b |\n| - | - |\n",
    "<Box>",
    "</Box>",
    "{",
    "}",
    "`",
    "# ",
    "---",
    "*",
    "µ🙂",
]


@settings(max_examples=150)
@given(st.lists(st.sampled_from(SCRAPS), max_size=30).map("".join))
def test_no_text_makes_filling_touch_what_is_outside(text: str) -> None:
    """Whatever is written, bytes outside the bodies stay and a second filling changes nothing."""
    post = read(text)
    filled = fill(text)
    again = read(filled.text)
    assert outside(again) == outside(post)
    assert fill(filled.text).text == filled.text


@settings(max_examples=150)
@given(st.text(alphabet=st.sampled_from("ab \n\r`$|{}<>*/-_#=:!fil~\t&"), max_size=40))
def test_no_figure_makes_filling_touch_what_is_outside(words: str) -> None:
    """Whatever a figure gives, it fits its slot or is refused."""
    text = "Before.\n\n{/* fill odd */}\n{/* /fill */}\n\nIn {/* fill odd */}x{/* /fill */} line.\n"
    own = {"odd": lambda facts: Fragment(words)}
    post = read(text)
    filled = fill_text(post, Facts(), own)
    assert outside(read(filled.text)) == outside(post)
    assert fill_text(read(filled.text), Facts(), own).text == filled.text


def test_figures_that_break_a_post_only_together_are_refused() -> None:
    """A lone backtick is harmless and two make a pair: the second is a finding, the first stays."""
    post = read("In {/* fill odd */}x{/* /fill */} and {/* fill odd */}y{/* /fill */} line.\n")
    own = {"odd": lambda facts: Fragment("{`}\r")}
    filled = fill_text(post, Facts(), own)
    assert outside(read(filled.text)) == outside(post)
    assert len(filled.findings) >= 1


ODD = [
    (lambda facts: "text", "gave a str, not a Fragment"),
    (
        lambda facts: Fragment("", (Drawing("../x.svg", "", bytes),)),
        "names a file '../x.svg'; a name is letters, digits, `-`, `_` and `.`, ending in svg",
    ),
    (
        lambda facts: Fragment("", data={"x.py": b""}),
        "names a file 'x.py'; a name is letters, digits, `-`, `_` and `.`, "
        "ending in csv, json or txt",
    ),
]


@pytest.mark.parametrize(("figure", "message"), ODD)
def test_what_is_no_fragment_is_refused(figure: Any, message: str) -> None:
    """A figure gives a Fragment, and files of it stay in the post's folder."""
    filled = fill_text(read("{/* fill odd */}{/* /fill */}"), Facts(), {"odd": figure})
    assert [finding.message for finding in filled.findings] == [f"odd {message}"]


IMPOSSIBLE = [
    (
        '{/* fill equation ridge_point gpu="H200" bandwidth=0 */}\n{/* /fill */}\n',
        "posts/a/index.mdx:1:10: S006 cannot be computed: float division by zero",
    ),
    (
        "Up {/* fill vast */}{/* /fill */}\n",
        "posts/a/index.mdx:1:13: S006 cannot be computed: math range error",
    ),
    (
        'So {/* = ridge_point(gpu="H200") / 0 */}{/* /= */}\n',
        "posts/a/index.mdx:1:10: S006 cannot divide 206 FLOP/byte by zero",
    ),
]


@pytest.mark.parametrize(("text", "message"), IMPOSSIBLE)
def test_numbers_that_cannot_be_computed_with_are_told(text: str, message: str) -> None:
    """A division by zero or an overflow is a finding at its slot or value, which stays."""
    own = {"vast": lambda facts: Fragment(str(math.exp(1e9)))}
    filled = fill_text(read(text), Facts(), own)
    assert list(map(said, filled.findings)) == [message]
    assert filled.text == text


def test_fragments_of_a_filled_post() -> None:
    """Figures are handed on with what they draw; values have none."""
    filled = fill("{/* fill picture */}{/* /fill */}\n\n{/* = 1 */}{/* /= */}")
    assert [fragment.data for fragment in filled.fragments] == [{"dot.csv": b"colour\nred\n"}]
    assert set(OWN) >= {"picture"}
