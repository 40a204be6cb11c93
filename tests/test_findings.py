"""How findings are chosen and shown."""

from __future__ import annotations

import json

import pytest

from benchpost.errors import Place, near
from benchpost.findings import Check, Finding, Severity, as_github, as_json, as_text, selected

STALE = Finding(
    Check.S003,
    Place("posts/a/index.mdx", 7, 3),
    "the slot does not hold what `chart roofline` gives",
    mend="benchpost fill posts/a/index.mdx",
    diff="-old\n+new",
)
DRAFT = Finding(
    Check.T001, Place("posts/b,c/index.mdx", 2, 1), "100% open: fill it", severity=Severity.WARNING
)


def test_text_shows_place_code_diff_and_mending_command() -> None:
    """Text: one paragraph a finding, warnings say that they are."""
    assert as_text([STALE, DRAFT]) == (
        "posts/a/index.mdx:7:3: S003 the slot does not hold what `chart roofline` gives\n"
        "    -old\n"
        "    +new\n"
        "    mend: benchpost fill posts/a/index.mdx\n"
        "posts/b,c/index.mdx:2:1: warning: T001 100% open: fill it\n"
    )


def test_json_holds_every_field() -> None:
    """JSON: what a program needs, places taken apart."""
    assert json.loads(as_json([STALE])) == [
        {
            "code": "S003",
            "check": Check.S003.value,
            "path": "posts/a/index.mdx",
            "line": 7,
            "column": 3,
            "message": "the slot does not hold what `chart roofline` gives",
            "mend": "benchpost fill posts/a/index.mdx",
            "severity": "error",
            "diff": "-old\n+new",
        }
    ]


def test_github_annotations_escape_their_own_syntax() -> None:
    """GitHub: percent, comma, colon and line ends cannot break a workflow command."""
    assert as_github([DRAFT]) == (
        "::warning file=posts/b%2Cc/index.mdx,line=2,col=1,title=T001::100%25 open: fill it\n"
    )
    assert "%0Amend: benchpost fill" in as_github([STALE])


@pytest.mark.parametrize(
    ("select", "ignore", "codes"),
    [
        ([], [], ["S003", "T001"]),
        (["S"], [], ["S003"]),
        (["S", "T001"], ["T"], ["S003"]),
        ([], ["S003", "T001"], []),
    ],
)
def test_selection_by_code_or_prefix(
    select: list[str], ignore: list[str], codes: list[str]
) -> None:
    """`--select` and `--ignore` take whole codes or their beginnings; ignoring wins."""
    chosen = selected([STALE, DRAFT], select, ignore)
    assert [finding.check.name for finding in chosen] == codes


@pytest.mark.parametrize(
    ("word", "known", "said"),
    [
        ("rooflin", ["roofline", "matmul"], "; did you mean 'roofline'?"),
        ("RTX 4909", ["RTX 4090", "H100"], "; did you mean 'RTX 4090'?"),
        ("zzz", ["roofline"], ""),
    ],
)
def test_near_misses_are_named(word: str, known: list[str], said: str) -> None:
    """Unknown names come with the known ones closest to them, and with none when none is close."""
    assert near(word, known) == said
