"""`todo --apply` puts slots where placeholders stood, and the result can be filled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import MdxCompile
from fill_figures import fill, read

from benchpost.fill.apply import apply_suggestions
from benchpost.post.document import Dialect

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "applied.yml").read_text(encoding="utf-8")
)


def dialect_of(case: dict[str, Any]) -> Dialect:
    return Dialect(case.get("dialect", "mdx"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_placeholders_become_slots(case: dict[str, Any], newline: str) -> None:
    """Each slot stands where its placeholder stood or after its block; line ends stay."""
    post = read(case["post"].replace("\n", newline), dialect_of(case))
    assert apply_suggestions(post).text == case["applied"].replace("\n", newline)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_what_was_applied_can_be_filled(case: dict[str, Any]) -> None:
    """No slot that was written is refused, and none breaks the post."""
    filled = fill(case["applied"], dialect_of(case))
    assert filled.findings == ()


@pytest.mark.node
def test_the_real_compiler_takes_what_was_applied(mdx_compile: MdxCompile) -> None:
    """Applied and filled posts compile, that which did not compile before too."""
    texts = [case["applied"] for case in CASES if dialect_of(case) is Dialect.MDX]
    texts += [fill(text).text for text in texts]
    assert [verdict.message for verdict in mdx_compile(texts) if not verdict.ok] == []
