"""What the guide shows is what benchpost does."""

from __future__ import annotations

import re
from pathlib import Path

from benchpost.cli import main
from benchpost.config import find_project
from benchpost.post.lint import lint
from benchpost.post.read import read_post

DOCS = Path(__file__).parent.parent.parent / "docs"
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


def test_the_picture_of_the_flow_is_the_same_everywhere() -> None:
    """The home page holds it inline, so that it follows the scheme; the README shows the file."""
    picture = (DOCS / "assets/flow.svg").read_text(encoding="utf-8").rstrip()
    assert picture in (DOCS / "index.md").read_text(encoding="utf-8")
