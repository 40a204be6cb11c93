"""The README tells the truth."""

from __future__ import annotations

import re
from pathlib import Path

from benchpost.cli import VERBS
from benchpost.config import Project
from benchpost.post.document import Dialect
from benchpost.post.lint import lint
from benchpost.post.read import parse_post

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_command_is_in_the_table() -> None:
    """The table of commands lists the verbs that exist, each once, and no other."""
    listed = re.findall(r"^\| `benchpost (\w+)` \|", README, re.M)
    assert sorted(listed) == sorted(VERBS)


def test_every_room_is_in_the_table() -> None:
    """The table of rooms lists the folders of the package, and no other."""
    listed = re.findall(r"^\| `(\w+)` \|", README, re.M)
    rooms = [path.name for path in (ROOT / "src" / "benchpost").iterdir() if path.is_dir()]
    assert sorted(listed) == sorted(room for room in rooms if not room.startswith("__"))


def test_its_example_is_read_without_findings() -> None:
    """The example post declares a snippet, a slot and a value, and nothing in it is wrong."""
    example = "\n".join(re.findall(r"^    (.*)$|^$", README.split("## What it does")[1], re.M))
    post = parse_post(example, "example.mdx", ROOT / "example.mdx", Dialect.MDX)
    assert (len(post.snippets), len(post.slots), len(post.values)) == (1, 1, 1)
    assert lint(post, Project(ROOT)) == []


def test_links_and_pictures_exist() -> None:
    """What it links to inside the project is there."""
    targets = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert [target for target in targets if not (ROOT / target).exists()] == []
