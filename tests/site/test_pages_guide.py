"""What the guide shows is what benchpost does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchpost.cli import main
from benchpost.config import find_project
from benchpost.post.lint import lint
from benchpost.post.read import read_post

DOCS = Path(__file__).parent.parent.parent / "docs"
START = (DOCS / "guide/start.md").read_text(encoding="utf-8")
GUIDE = (DOCS / "guide/write.md").read_text(encoding="utf-8")


def shown(title: str) -> str:
    """The code block with a title."""
    found = re.search(rf'^```\w+ title="{re.escape(title)}"\n(.*?)^```$', GUIDE, re.M | re.DOTALL)
    assert found, title
    return found[1]


def post_of_the_guide(root: Path) -> Path:
    folder = root / "posts/floor"
    folder.mkdir(parents=True)
    (root / "benchpost.toml").write_text("", encoding="utf-8")
    (folder / "index.mdx").write_text(shown("posts/floor/index.mdx"), encoding="utf-8")
    return folder / "index.mdx"


def test_the_worked_example_is_filled_as_the_guide_says(tmp_path: Path) -> None:
    """By the command that it names, without a finding, and a second time to the same."""
    post = post_of_the_guide(tmp_path)
    for _ in range(2):
        assert main(["fill", "--project", str(tmp_path)]) == 0
        assert post.read_text(encoding="utf-8") == shown("posts/floor/index.mdx, filled")
    project = find_project(tmp_path)
    assert lint(read_post(post, project), project) == []


def test_the_figure_of_the_guide_works(tmp_path: Path) -> None:
    """The function of `figures.py`, with the slot under it."""
    post = post_of_the_guide(tmp_path)
    (post.parent / "figures.py").write_text(shown("posts/floor/figures.py"), encoding="utf-8")
    post.write_text("{/* fill halves of=64 times=2 */}\n{/* /fill */}\n", encoding="utf-8")
    assert "{/* fill halves of=64 times=2 */}\n{/* /fill */}" in GUIDE
    assert main(["fill", "--project", str(tmp_path)]) == 0
    filled = post.read_text(encoding="utf-8")
    assert "| halves of 64 |\n| ---: |\n| 64 |\n| 32 |\n| 16 |" in filled


def project_of_the_guide(root: Path) -> Path:
    """The files that the guide to a first project prints, with the post of the other guide."""
    for name in ("mkdocs.yml", ".gitignore"):
        found = re.search(
            rf'^```\w+ title="{re.escape(name)}"\n(.*?)^```$', START, re.M | re.DOTALL
        )
        assert found, name
        (root / name).write_text(found[1], encoding="utf-8")
    (root / "docs").mkdir()
    (root / "docs/index.md").write_text("# Home\n", encoding="utf-8")
    return post_of_the_guide(root)


def test_the_project_of_the_guide_is_complete(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its `mkdocs.yml` as printed builds strictly; a draft is left out and said to be, until it is
    none; and what is made anew is what `.gitignore` names."""
    post = project_of_the_guide(tmp_path)
    assert main(["build", "--no-run", "--project", str(tmp_path)]) == 0
    said = "left out of the site as drafts: posts/floor/index.mdx\n"
    assert said in START
    assert capsys.readouterr().out.endswith(said)
    assert not (tmp_path / "site/posts/floor").exists()
    more = '\n<Callout type="warning">Mind it.</Callout>\n\n- [ ] to do~~ne~~[^a]\n\n[^a]: Note.\n'
    text = post.read_text(encoding="utf-8").replace("draft: true\n", "") + more
    post.write_text(text, encoding="utf-8")
    assert main(["build", "--no-run", "--project", str(tmp_path)]) == 0
    page = (tmp_path / "site/posts/floor/index.html").read_text(encoding="utf-8")
    assert "<math" in page
    assert 'class="admonition' in page
    ignored = (tmp_path / ".gitignore").read_text(encoding="utf-8").split()
    made = {"/site/", "/docs/posts/"}
    assert made <= {*ignored}
    assert all((tmp_path / name.strip("/")).is_dir() for name in made)


def test_the_picture_of_the_flow_is_the_same_everywhere() -> None:
    """The home page holds it inline, so that it follows the scheme; the README shows the file."""
    picture = (DOCS / "assets/flow.svg").read_text(encoding="utf-8").rstrip()
    assert picture in (DOCS / "index.md").read_text(encoding="utf-8")
