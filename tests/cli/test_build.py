"""`benchpost build` does one step after the other and stops at the first that fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchpost.cli import main

MKDOCS = "site_name: A site\ntheme: mkdocs\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one post to fill and a site of one page."""
    for path, text in {
        "benchpost.toml": "",
        "mkdocs.yml": MKDOCS,
        "docs/index.md": "# Hello\n",
        "posts/a/index.mdx": "# A\n\nHalf is {/* = 10 / 2 */}{/* /= */}.\n",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_posts_are_filled_and_the_site_is_built(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """From anywhere inside the project; the steps say what they did."""
    assert main(["build", "--project", str(project / "posts")]) == 0
    out = capsys.readouterr().out
    assert out == "posts/a/index.mdx: fresh\nposts/a/index.mdx: filled 1 value\n"
    assert "}5{" in (project / "posts/a/index.mdx").read_text()
    assert (project / "site/index.html").is_file()


def test_drafts_that_are_left_out_are_named(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who misses a post on the site reads why."""
    for name in ("b", "c"):
        (project / "posts" / name).mkdir()
        (project / "posts" / name / "index.md").write_text("---\ndraft: true\n---\n# B\n")
    assert main(["build", "--no-run"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == (
        "left out of the site as drafts: posts/b/index.md, posts/c/index.md"
    )


def test_what_cannot_be_filled_is_not_published(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The site is not built on a post that is not in order."""
    (project / "posts/a/index.mdx").write_text("{/* = 1 / 0 */}{/* /= */}\n")
    assert main(["build", "--no-run"]) == 1
    assert "cannot divide 1 by zero" in capsys.readouterr().out
    assert not (project / "site").exists()


def test_a_warning_of_mkdocs_fails_the_build(project: Path) -> None:
    """A page that links to nothing is no finished site."""
    (project / "docs/index.md").write_text("# Hello\n\n[away](nowhere.md)\n")
    assert main(["build", "--no-run"]) == 1


def test_a_project_without_a_site_is_told_so(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """There is nothing to build without `mkdocs.yml`."""
    (project / "mkdocs.yml").unlink()
    assert main(["build"]) == 2
    assert capsys.readouterr().err == (
        f"benchpost: no mkdocs.yml in {project}; the site is described there\n"
    )
