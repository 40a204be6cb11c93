"""Documents of the settings: the verbs cover them beside the posts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchpost.cli import main

DOCUMENT = """\
---
name: memory
numbers: computed
---

# Memory

<!-- fill diagram matmul m=4 k=4 n=4 -->
<!-- /fill -->

Half of it is <!-- = 10 / 2 : .0f -->4<!-- /= -->, and 40 GB.

TODO: photo of us
"""
BARE = """\
docs/skills/a/b.md:16:56: S009 '40 GB' stands on its word alone; compute it in a value, quote it \
with `quoted("…", source="…", date="…")`, or end its sentence with a footnote that gives source \
and date
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project without posts, whose only document lies beside a text that is none."""
    (tmp_path / "benchpost.toml").write_text('documents = ["docs/skills"]\n')
    folder = tmp_path / "docs/skills/a"
    folder.mkdir(parents=True)
    (folder / "b.md").write_text(DOCUMENT)
    (folder / "SKILL.md").write_text("---\nname: a\n---\n\nTODO: a diagram\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_fill_check_and_todo_cover_documents(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Filled where they stand, then checked; a text without a marker or declaration is nobody's."""
    assert main(["fill"]) == 0
    assert capsys.readouterr().out == (
        "docs/skills/a/b.md: filled 1 slot; filled 1 value; "
        "drew figures/diagram-matmul-m4-k4-n4.svg; "
        "1 placeholder is open, see `benchpost todo`\n"
    )
    assert main(["fill"]) == 0
    assert capsys.readouterr().out == (
        "docs/skills/a/b.md: nothing to do; 1 placeholder is open, see `benchpost todo`\n"
    )
    assert main(["check", "--ignore", "T"]) == 1
    assert capsys.readouterr().out == BARE
    assert main(["todo"]) == 0
    assert capsys.readouterr().out.startswith("docs/skills/a/b.md:18: photo of us\n")


def test_an_orphan_of_several_documents_is_told_once(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each of them could remove it."""
    main(["fill"])
    for name in ("b", "c"):
        (project / f"docs/skills/a/{name}.md").write_text("It is <!-- = 1 + 1 -->2<!-- /= -->.\n")
    capsys.readouterr()
    assert main(["check", "--format", "json"]) == 1
    assert [each["path"] for each in json.loads(capsys.readouterr().out)] == [
        "docs/skills/a/figures/diagram-matmul-m4-k4-n4.svg"
    ]
    assert main(["fill"]) == 0
    assert not (project / "docs/skills/a/figures").exists()


def test_figures_of_a_folder_without_documents_are_told(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The last document may be gone, or have lost its markers: the project tells of its figures."""
    main(["fill"])
    capsys.readouterr()
    (project / "docs/skills/a/b.md").write_text("Plain words.\n")
    figure = "docs/skills/a/figures/diagram-matmul-m4-k4-n4.svg"
    said = (
        f"{figure}:1:1: F004 no post or document of docs/skills/a is left to show this figure; "
        "delete it\n"
    )
    assert main(["check"]) == 1
    assert capsys.readouterr().out == said
    # beside other documents too, which have folders of their own
    (project / "docs/skills/c").mkdir()
    (project / "docs/skills/c/d.md").write_text("It is <!-- = 1 + 1 : .0f -->2<!-- /= -->.\n")
    assert main(["check"]) == 1
    assert capsys.readouterr().out == said
    # a text of another folder may show it, and needs no marker for that
    (project / "docs/skills/c/e.md").write_text(
        "![A matmul](../a/" + figure.removeprefix("docs/skills/a/") + ")\n"
    )
    assert main(["check"]) == 0
    assert main(["check", "docs/skills/c"]) == 0


def test_a_project_without_any_document_says_what_it_looked_for(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not of posts alone, where the settings name folders of documents."""
    (project / "docs/skills/a/b.md").unlink()
    assert main(["check"]) == 2
    assert capsys.readouterr().err == (
        f"benchpost: no post in {project}/posts, where each is a folder with an index.mdx or "
        "index.md; and no .md file with a slot, value or snippet below docs/skills\n"
    )


def test_run_takes_documents_with_snippets_only(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Their results lie in a folder of their own each."""
    text = '```python bench id="one" keep="x:ms"\nx = 3\n```\n'
    (project / "docs/skills/a/c.md").write_text(text)
    assert main(["run", "--list"]) == 0
    assert capsys.readouterr().out == "docs/skills/a/c.md:1: 'one' would run: never recorded\n"


@pytest.mark.kernel
def test_results_of_neighbours_do_not_mix(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two documents of a folder may each have a snippet of the same name."""
    for name, value in (("b", 3), ("c", 4)):
        text = f'```python bench id="one" keep="x:ms"\nx = {value}\n```\n\n'
        (project / f"docs/skills/a/{name}.md").write_text(
            text + '<!-- = measured("one.x") -->?<!-- /= -->\n'
        )
    assert main(["run", "--machine", "box"]) == 0
    assert (project / "docs/skills/a/results/b/box.json").is_file()
    assert main(["fill"]) == 0
    assert main(["check"]) == 0
    assert "-->4 ms<!--" in (project / "docs/skills/a/c.md").read_text()
