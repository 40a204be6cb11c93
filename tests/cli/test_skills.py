"""`benchpost skills` on the command line."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from benchpost.cli import main

SOUND = "---\nname: x\ndescription: Draws. Use when asked\n---\n"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A catalogue of two skills in the current folder."""
    monkeypatch.chdir(tmp_path)
    for path, text in (
        ("skills/a/DESCRIPTION.md", "---\ndescription: Letters\n---\n"),
        ("skills/a/b/x/SKILL.md", SOUND),
        (
            "skills/y/SKILL.md",
            "---\nname: y\ndescription: Walks. Use when asked\nversion: 1\n---\n",
        ),
    ):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path / "skills"


def test_list_by_category(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Skills stand below their category, with inherited descriptions; a prefix includes all."""
    assert main(["skills", "list", "skills", "--category", "a"]) == 0
    assert capsys.readouterr().out == "a/b (1): Letters\n  x: Draws. Use when asked\n"


def test_list_as_json(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """JSON gives the address of each skill."""
    assert main(["skills", "list", "skills", "--format", "json", "--flat", "{name}"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(each["identity"], each["category"]) for each in found] == [
        ("a/b/x", "a/b"),
        ("y", "y"),
    ]


def test_check_and_fix(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A finding is named from the current folder, and `--fix` mends it."""
    assert main(["skills", "check", "skills", "--select", "K01"]) == 1
    assert capsys.readouterr().out == (
        "skills/y/SKILL.md:4:1: K013 the profile spec does not know the field 'version'; move it"
        " under `metadata`\n"
    )
    assert main(["skills", "check", "skills", "--fix"]) == 0
    assert capsys.readouterr().err == "mended skills/y/SKILL.md\n"
    assert "metadata:\n  version: 1\n" in (tree / "y/SKILL.md").read_text(encoding="utf-8")


def test_a_folder_that_is_not_there(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Wrong use is exit code 2 and one sentence."""
    assert main(["skills", "check", "gone"]) == 2
    assert capsys.readouterr().err == "benchpost: no folder gone\n"
    assert main(["skills", "check", "skills", "--select", "K02,X9"]) == 2
    assert capsys.readouterr().err == (
        "benchpost: no check 'X9'; codes begin with C, F, K, M, N, P, Q, R, S or T\n"
    )


def test_plan_apply_undo_and_migrate(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A plan from rules is shown, applied with a record, undone; an installed copy follows."""
    copy = tree.parent / "installed"
    shutil.copytree(tree, copy)
    words = ["git", "-c", "user.name=a", "-c", "user.email=a@b.c"]
    for step in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "all"]):
        subprocess.run([*words, *step], check=True)
    Path("rules.txt").write_text("- a/b/x -> c\n", encoding="utf-8")
    assert main(["skills", "plan", "--tree", "skills", "--rules", "rules.txt"]) == 0
    Path("plan.json").write_text(capsys.readouterr().out, encoding="utf-8")
    assert main(["skills", "apply", "plan.json", "--tree", "skills", "--dry-run"]) == 0
    assert "move skills/a/b/x -> skills/c/x\n" in capsys.readouterr().out
    assert (tree / "a/b/x").is_dir()
    assert main(["skills", "apply", "plan.json", "--tree", "skills"]) == 0
    assert capsys.readouterr().err == (
        "undo with: benchpost skills undo plan.undo.json --tree skills\n"
    )
    assert (tree / "c/x/SKILL.md").is_file()
    assert main(["skills", "migrate", "installed", "--tree", "skills"]) == 0
    assert capsys.readouterr().out == (
        "move a/b/x -> c/x\nadd c/DESCRIPTION.md\n"
        "a/DESCRIPTION.md: no skill lies below it any more; remove it if you did not write it\n"
    )
    assert (copy / "c/x/SKILL.md").is_file()
    assert main(["skills", "undo", "plan.undo.json", "--tree", "skills"]) == 0
    assert (tree / "a/b/x/SKILL.md").is_file()
    capsys.readouterr()
    assert main(["skills", "undo", "plan.undo.json", "--tree", "skills"]) == 0
    assert capsys.readouterr().out == "plan.undo.json: already undone\n"


def test_a_file_that_cannot_be_written_is_one_sentence(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder where a file is to be is named with what the system says of it."""
    assert main(["skills", "list", "skills", "--cache", str(tree)]) == 1
    assert capsys.readouterr().err == f"benchpost: {tree}: Is a directory\n"
    Path("file").write_text("", encoding="utf-8")
    words = ["skills", "freshness", "skills", "--fetch", "--wheels", "file/wheels"]
    assert main(words) == 1
    assert capsys.readouterr().err == "benchpost: file/wheels: Not a directory\n"


def test_rules_in_doubt_make_no_plan(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What could be applied without what is in doubt is not printed."""
    Path("rules.txt").write_text("- a/b/x -> c\n- gone -> c\n", encoding="utf-8")
    assert main(["skills", "plan", "--tree", "skills", "--rules", "rules.txt"]) == 1
    assert capsys.readouterr() == (
        "",
        "rules.txt:2:3: K040 no skill and no category 'gone'\nno plan was made\n",
    )


def test_a_plan_by_description(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without anything that fits better the plan is empty, and still a plan."""
    assert main(["skills", "plan", "--tree", "skills", "--by-description"]) == 0
    assert json.loads(capsys.readouterr().out)["moves"] == []


def test_a_plan_in_doubt_changes_nothing(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Doubts are findings of the plan's file, and the exit code is 1."""
    subprocess.run(["git", "init", "-q"], check=True)
    Path("plan.json").write_text(
        '{"version": 1, "moves": [{"old": "q", "new": "r"}]}', encoding="utf-8"
    )
    assert main(["skills", "apply", "plan.json", "--tree", "skills"]) == 1
    assert "plan.json:1:1: K040 q is not a skill of the tree\n" in capsys.readouterr().err


def test_index_says_what_it_cut(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The block goes to the output, what it costs and lacks beside it."""
    assert main(["skills", "index", "skills", "--budget", "1", "--form", "markdown"]) == 1
    shown = capsys.readouterr()
    assert shown.out == "## a/b\n\n- **x**\n\n## general\n\n- **y**\n"
    assert "2 skills stand with their name alone\n" in shown.err


def test_export_into_an_empty_folder_only(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An export is written once and never over something."""
    assert main(["skills", "export", "claude", "skills", "--out", "out"]) == 0
    assert capsys.readouterr().out == "2 files in out\n"
    assert (tree.parent / "out/.claude/skills/x/SKILL.md").is_file()
    assert main(["skills", "export", "claude", "skills", "--out", "out"]) == 2
    assert capsys.readouterr().err == (
        "benchpost: out is not an empty folder; an export never mixes with another\n"
    )


def test_fix_leaves_symbolic_links(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A link is not replaced by a mended copy of what it leads to."""
    wrong = (tree / "y/SKILL.md").read_text(encoding="utf-8").replace("name: y", "name: z")
    (tree.parent / "shared.md").write_text(wrong, encoding="utf-8")
    (tree / "z").mkdir()
    (tree / "z/SKILL.md").symlink_to("../../shared.md")
    main(["skills", "check", "skills", "--fix"])
    assert "mended skills/z" not in capsys.readouterr().err
    assert (tree / "z/SKILL.md").is_symlink()
    assert (tree.parent / "shared.md").read_text(encoding="utf-8") == wrong


def test_apply_that_fails_can_be_tried_again(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The record of what was not done does not stay in the way."""
    (tree.parent / "rules.txt").write_text("- y -> a/z\n", encoding="utf-8")
    assert main(["skills", "plan", "--rules", "rules.txt", "--tree", "skills"]) == 0
    (tree.parent / "plan.json").write_text(capsys.readouterr().out, encoding="utf-8")
    name = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
    for words in (["init", "-q"], ["add", "-A"], [*name, "commit", "-qm", "all"]):
        subprocess.run(["git", *words], cwd=tree.parent, check=True)

    def refuse(path: Path, data: bytes) -> None:
        raise OSError("disc full")

    words = ["skills", "apply", "plan.json", "--tree", "skills"]
    with monkeypatch.context() as patch:
        patch.setattr("benchpost.skills.git.stage", refuse)
        with pytest.raises(OSError, match="disc full"):
            main(words)
    assert not (tree.parent / "plan.undo.json").exists()
    assert main(words) == 0
    assert (tree.parent / "plan.undo.json").is_file()
