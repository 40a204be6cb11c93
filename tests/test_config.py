"""Settings: where they are looked for and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchpost.config import Config, Project, find_project
from benchpost.errors import BenchpostError


def test_a_folder_without_settings_is_a_project_with_the_defaults(tmp_path: Path) -> None:
    """Nothing has to be configured."""
    assert find_project(tmp_path) == Project(tmp_path.resolve(), Config())


def test_settings_are_found_above(tmp_path: Path) -> None:
    """The nearest folder above with settings is the root; a pyproject without ours is not."""
    (tmp_path / "pyproject.toml").write_text('[tool.benchpost]\nposts = "articles"\n')
    below = tmp_path / "articles" / "a"
    below.mkdir(parents=True)
    (tmp_path / "articles" / "pyproject.toml").write_text("[tool.other]\nx = 1\n")
    project = find_project(below)
    assert (project.root, project.config.posts) == (tmp_path.resolve(), "articles")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('post = "x"', "unknown setting 'post'; did you mean 'posts'?"),
        ("posts = 3", "setting 'posts' must be a str, not 3"),
        ("components = 'A'", "setting 'components' must be a list of strings, not 'A'"),
        ("timeout = true", "setting 'timeout' must be a float, not True"),
        ("posts =", "not TOML: "),
    ],
)
def test_wrong_settings_are_refused(tmp_path: Path, text: str, said: str) -> None:
    """Unknown keys, wrong types and broken TOML name the file and what would be right."""
    (tmp_path / "benchpost.toml").write_text(text + "\n")
    with pytest.raises(BenchpostError) as caught:
        find_project(tmp_path)
    assert f"{tmp_path.as_posix()}/benchpost.toml:1:1: {said}" in str(caught.value)


def test_numbers_and_lists_are_taken(tmp_path: Path) -> None:
    """A whole number is a good number of seconds, and a list becomes a tuple."""
    (tmp_path / "benchpost.toml").write_text('timeout = 30\ncomponents = ["Demo"]\n')
    config = find_project(tmp_path).config
    assert (config.timeout, config.components) == (30.0, ("Demo",))


def test_posts_are_listed_in_order(tmp_path: Path) -> None:
    """Posts are index files one folder down, MDX and Markdown alike, sorted."""
    for name in ("b/index.md", "a/index.mdx", "a/notes.mdx", "c/d/index.mdx"):
        file = tmp_path / "posts" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("# x\n")
    listed = [file.relative_to(tmp_path).as_posix() for file in Project(tmp_path).posts()]
    assert listed == ["posts/a/index.mdx", "posts/b/index.md"]


@pytest.mark.parametrize("mark", ["mkdocs.yml", ".git"])
def test_a_site_or_a_repository_marks_the_root(tmp_path: Path, mark: str) -> None:
    """Without settings the folder with `mkdocs.yml` or `.git` is the root, from anywhere below."""
    (tmp_path / mark).mkdir()
    below = tmp_path / "posts" / "a"
    below.mkdir(parents=True)
    assert find_project(below) == Project(tmp_path.resolve())


def test_the_folder_around_posts_is_the_root(tmp_path: Path) -> None:
    """With nothing else to go by, a post in `posts/` belongs to the folder that holds it."""
    below = tmp_path / "mine" / "posts" / "a"
    below.mkdir(parents=True)
    assert find_project(below) == Project((tmp_path / "mine").resolve())


DOCUMENTS = {
    "a/slot.md": "# x\n\n<!-- fill table model -->\n<!-- /fill -->\n",
    "a/deep/value.md": "It is <!-- = 1 + 1 -->2<!-- /= -->.\n",
    "a/snippet.md": "- x\n\n  ```python bench\n  1\n  ```\n",
    "a/declared.md": "---\nname: x\nnumbers: computed\n---\n",
    "a/declared-crlf.md": "---\r\nnumbers: computed\r\n---\r\n",
}
OTHERS = {
    "a/SKILL.md": "---\nname: x\n---\n\nnumbers: computed\n\nTODO: a diagram\n",
    "a/comment.md": "<!-- nothing of ours = 3 -->\n",
    "a/.hidden/slot.md": "<!-- fill table model -->\n<!-- /fill -->\n",
    "a/node_modules/slot.md": "<!-- fill table model -->\n<!-- /fill -->\n",
    "b/slot.md": "<!-- fill table model -->\n<!-- /fill -->\n",
    "a/slot.txt": "<!-- fill table model -->\n<!-- /fill -->\n",
}


def test_documents_are_files_with_something_of_ours(tmp_path: Path) -> None:
    """Markdown below the named folders with a slot, value, snippet or declaration, sorted."""
    for name, text in {**DOCUMENTS, **OTHERS}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(text.encode())
    project = Project(tmp_path, Config(documents=("a", "a/deep", "missing")))
    assert project.documents() == sorted(tmp_path / name for name in DOCUMENTS)
    assert project.post_files([]) == project.documents()
    assert project.post_files([str(tmp_path / "a/deep")]) == [tmp_path / "a/deep/value.md"]
    assert project.post_files([str(tmp_path / "a/SKILL.md")]) == [tmp_path / "a/SKILL.md"]
    (tmp_path / "a/deep/value.md").unlink()
    (tmp_path / "a/deep/x.md").write_text("nothing\n")
    with pytest.raises(BenchpostError, match=r"no .mdx or .md file with a slot, value or snippet"):
        project.post_files([str(tmp_path / "a/deep")])


def test_a_link_is_named_by_its_own_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And not by that of a file elsewhere on the machine; a root behind a link is the root."""
    root = tmp_path / "root"
    (root / "posts").mkdir(parents=True)
    (root / "posts/secret.md").symlink_to("/etc/hostname")
    (tmp_path / "other").symlink_to("root")
    project = Project(root.resolve())
    monkeypatch.chdir(root)
    assert project.relative(root / "posts/secret.md") == "posts/secret.md"
    assert project.relative(Path("posts/../posts/a.md")) == "posts/a.md"
    assert project.relative(tmp_path / "other/posts/a.md") == "posts/a.md"
    assert project.relative(tmp_path / "x.md") == (tmp_path / "x.md").as_posix()
