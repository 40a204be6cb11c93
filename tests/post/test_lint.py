"""What is wrong with a post is told with its place and what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import MdxCompile
from hypothesis import given
from hypothesis import strategies as st

from benchpost.config import Config, Project
from benchpost.findings import as_text
from benchpost.post.document import Dialect
from benchpost.post.lint import lint
from benchpost.post.read import parse_post, read_post

CASES = Path(__file__).parent / "cases" / "lint"
POSTS = sorted([*CASES.glob("*.mdx"), *CASES.glob("*.md")])


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with one component of the site's own and one picture."""
    (tmp_path / "there.png").write_bytes(b"")
    return Project(tmp_path.resolve(), Config(components=("FromSite",)))


@pytest.mark.parametrize("case", POSTS, ids=lambda case: case.name)
def test_findings_of_a_post(case: Path, project: Project) -> None:
    """Every finding of a case file is the one written beside it, word for word."""
    file = project.root / case.name
    file.write_bytes(case.read_bytes())
    found = as_text(lint(read_post(file, project), project))
    assert found == case.with_suffix(case.suffix + ".txt").read_text(encoding="utf-8")


def refused(text: str) -> bool:
    """Whether the lint says that the compiler refuses a text; front matter is Nextra's affair."""
    post = parse_post(text, "a.mdx", Path("a.mdx"))
    codes = {finding.check.name for finding in lint(post, Project(Path.cwd()))}
    return any(code.startswith("M") and code != "M007" for code in codes)


@pytest.mark.node
def test_case_files_are_refused_exactly_when_the_compiler_refuses_them(
    mdx_compile: MdxCompile,
) -> None:
    """The real compiler gives the same verdict on every block of every case file."""
    files = sorted((Path(__file__).parent / "cases").glob("*/*.mdx"))
    texts = [file.read_text(encoding="utf-8") for file in files]
    texts += [part for text in texts for part in text.split("\n\n") if part.strip()]
    verdicts = mdx_compile(texts)
    wrong = [
        (verdict.message or "compiles", text)
        for text, verdict in zip(texts, verdicts, strict=True)
        if refused(text) == verdict.ok
    ]
    assert wrong == []


PIECES = ["<", "{", "}", ">", "<a>", "</a>", "<b/>", "<!--", "-->", "`", "$", "$$", "\\", "/",
          "*", "[", "](", ")", '"', "{/*", "*/}", "\n", "\n\n", "  ", "- ", "> ", "| ", "```\n",
          "a", "import ", "export ", "---\n", "1", "=", "\r\n", "\t", "é", "&lt;", "#"]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join) | st.text(max_size=60))
def test_any_text_can_be_linted(text: str) -> None:
    """Findings of any text lie within it, in order."""
    for dialect in Dialect:
        post = parse_post(text, "a.mdx", Path("a.mdx"), dialect)
        places = [finding.place for finding in lint(post, Project(Path.cwd()))]
        assert places == sorted(places)
        assert all(1 <= place.line <= text.count("\n") + 1 for place in places)
