"""Posts become the pages that the case files show, and report what those list.

A case is a title, a post, and its page with its findings, each ended by a line with one dot. After
a change that is meant, `python tests/site/test_convert.py` writes the pages anew: read the diff.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from benchpost.post.document import Dialect
from benchpost.post.read import parse_post
from benchpost.site.convert import to_markdown

CASES = Path(__file__).parent / "cases" / "convert"
DIALECTS = {"mdx": Dialect.MDX, "markdown": Dialect.MARKDOWN}


@dataclass(frozen=True)
class Case:
    """One post and what becomes of it."""

    file: Path
    title: str
    post: str
    expected: str
    """The page, and after a line `findings` what was reported."""

    @property
    def actual(self) -> str:
        dialect = DIALECTS[self.file.parent.name]
        post = parse_post(self.post, "post", Path("post"), dialect)
        page = to_markdown(post, image=lambda url: url, page=page_address)
        findings = "".join(
            f"{found.place.line}:{found.place.column} {found.check.name} {found.message}\n"
            for found in page.findings
        )
        return page.text + (f"findings\n{findings}" if findings else "")


def page_address(url: str) -> str | None:
    return url.replace(".mdx", ".md") if url.startswith("./") else None


def cases() -> list[Case]:
    return [case for file in sorted(CASES.glob("*/*.md")) for case in read(file)]


def read(file: Path) -> list[Case]:
    fields = [""]
    for line in file.read_text(encoding="utf-8").splitlines(keepends=True):
        if line == ".\n":
            fields.append("")
        else:
            fields[-1] += line
    triples = zip(fields[::3], fields[1::3], fields[2::3], strict=False)
    return [Case(file, title.strip("\n"), post, expected) for title, post, expected in triples]


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.file.stem}: {case.title}")
def test_posts_become_these_pages(case: Case) -> None:
    """Page and findings are as the case file says."""
    assert case.actual == case.expected


def rewrite(file: Path) -> None:
    """Writes the pages that the posts of a case file become now."""
    file.write_text(
        "\n".join(f"{c.title}\n.\n{c.post}.\n{c.actual}.\n" for c in read(file)), encoding="utf-8"
    )


if __name__ == "__main__":
    for case_file in sorted(CASES.glob("*/*.md")):
        rewrite(case_file)
