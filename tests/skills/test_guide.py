"""The guide on keeping a catalogue shows what happens."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from skills.trees import write

from benchpost.cli import main

GUIDE = Path(__file__).parent.parent.parent / "docs" / "guide" / "catalogue.md"
SESSIONS = re.findall(r"^```console\n\$ benchpost (.*)\n((?:.*\n)*?)```$", GUIDE.read_text(), re.M)
RULES = re.findall(r'^```text title="moves.txt"\n((?:.*\n)*?)```$', GUIDE.read_text(), re.M)

FILES = {
    "README.md": "Run `python skills/ml/drawing/scripts/draw.py`.\n",
    "skills/ml/DESCRIPTION.md": "---\ndescription: Training and serving of models\n---\n",
    "skills/ml/adapters/SKILL.md": "---\nname: adapters\ndescription: Trains low-rank adapters."
    " Use when a model is to learn a style\nmetadata:\n  verified: plotlib 1.4\nversion: 1\n---\n"
    "# Adapters\n\nFirst do [setup](setup.md).\n\n"
    "Then see [how to draw the loss](../drawing/SKILL.md).\n",
    "skills/ml/adapters/references/setup.md": "# Setup\n",
    "skills/ml/drawing/SKILL.md": "---\nname: drawing\ndescription: Draws charts from tables."
    " Use when numbers are to be seen\n---\n\n```python\nfrom plotlib import Canvas\n```\n\n"
    "Run `scripts/draw.py`.\n",
    "skills/ml/drawing/scripts/draw.py": "",
}


def git(*words: str) -> None:
    name = ("-c", "user.name=a", "-c", "user.email=a@b.c")
    subprocess.run(["git", *name, *words], check=True, capture_output=True)


def commit() -> None:
    git("add", "-A")
    git("commit", "-q", "-m", "all")


def test_what_the_guide_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each command of the guide, one after the other on one catalogue, prints what stands there."""
    monkeypatch.chdir(write(tmp_path, FILES))
    monkeypatch.setenv("NO_COLOR", "1")
    git("init", "-q")
    commit()
    for words, expected in SESSIONS:
        before(words)
        capsys.readouterr()
        main(words.split())
        shown = capsys.readouterr()
        if " plan " in words:
            Path("plan.json").write_text(shown.out, encoding="utf-8")
            commit()
        text = shown.err if "--fix" in words else shown.out
        assert re.sub(r"[0-9a-f]{64}", "…", text) == expected, words
    assert len(SESSIONS) == 7


def before(words: str) -> None:
    """What the guide says happened before a command, or takes for granted."""
    if " plan " in words:
        commit()
        Path("moves.txt").write_text(RULES[0], encoding="utf-8")
    elif " migrate " in words:
        shutil.copytree("skills", "installed")
        (Path("installed") / "ml/drawing/mine.md").write_text("", encoding="utf-8")
        main(["skills", "apply", "plan.json", "--tree", "skills"])
    elif " freshness " in words:
        write(Path(), {"skills/charts/drawing/SKILL.md": drawing()})
        Path("wheels").mkdir()
        with zipfile.ZipFile("wheels/plotlib-2.0-py3-none-any.whl", "w") as archive:
            archive.writestr("plotlib/__init__.py", "")
            archive.writestr("plotlib/paper.py", "class Canvas: ...\n")


def drawing() -> str:
    text = Path("skills/charts/drawing/SKILL.md").read_text(encoding="utf-8")
    return text.replace("Run `", "`huggingface-cli login` first. Run `")
