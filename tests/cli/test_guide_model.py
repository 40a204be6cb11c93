"""What the guides on Python and on one's own catalogue show is what happens."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from benchpost import roofline
from benchpost.cli import main
from benchpost.roofline.catalog_text import TITLES

GUIDE = Path(__file__).parent.parent.parent / "docs" / "guide"
BLOCKS = re.compile(r"^```python\n(.*?)^```\n\n```text\n(.*?)^```", re.M | re.DOTALL)
FILES = re.compile(r'^```toml title="(.*?)"\n(.*?)^```', re.M | re.DOTALL)
SESSIONS = re.compile(r"^```console\n\$ benchpost (.*?)\n(.*?)^```", re.M | re.DOTALL)


def test_every_block_of_python_prints_what_stands_below_it() -> None:
    """One after the other, in one namespace."""
    text = (GUIDE / "python.md").read_text(encoding="utf-8")
    found = BLOCKS.findall(text)
    assert len(found) == text.count("```python") == 6
    names: dict[str, Any] = {}
    for code, expected in found:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(code, names)
        assert printed.getvalue() == expected, code


def test_every_public_name_is_told_and_listed() -> None:
    """`dir` lists them, each is there, and the guide speaks of each but the types of results."""
    assert dir(roofline) == sorted(roofline.__all__)
    assert all(getattr(roofline, name) is not None for name in roofline.__all__)
    text = (GUIDE / "python.md").read_text(encoding="utf-8")
    assert [name for name in roofline.__all__ if name not in text and name != "Claim"] == []


def test_a_catalogue_of_ones_own_is_as_the_guide_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its files, its commands, what they print."""
    text = (GUIDE / "own.md").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name, body in FILES.findall(text):
        Path(name).write_text(body, encoding="utf-8")
    sessions = SESSIONS.findall(text)
    assert len(sessions) == 2
    for words, expected in sessions:
        main(shlex.split(words))
        out, err = capsys.readouterr()
        assert out + err == expected


def test_the_guide_has_every_platform_in_both_words() -> None:
    """Those of the file and those of the catalogue's page."""
    text = (GUIDE / "own.md").read_text(encoding="utf-8")
    for title, key in TITLES.items():
        assert f"| `{key}` | {title[0].upper()}{title[1:]} | " in text
