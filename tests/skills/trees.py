"""Catalogues for tests: small ones written here, and other people's, which are not ours to keep."""

from __future__ import annotations

import csv
import os
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Link:
    """A symbolic link in a tree to be written."""

    to: str


def skill(name: str, description: str = "Does a thing. Use when it is to be done.") -> str:
    """The text of a sound SKILL.md."""
    return f"---\nname: {name}\ndescription: {description}\n---\n# {name}\n"


def write(root: Path, files: Mapping[str, str | bytes | Link]) -> Path:
    """Write a tree below `root` and return it."""
    for path, content in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Link):
            file.symlink_to(content.to)
        else:
            file.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def data() -> Path:
    """The folder that `BENCHPOST_SKILLS_DATA` names; skips the test without it."""
    folder = os.environ.get("BENCHPOST_SKILLS_DATA")
    if not folder:
        pytest.skip("BENCHPOST_SKILLS_DATA does not name a folder with other people's skills")
    return Path(folder)


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one of its tables."""
    with (data() / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def _unpacked(archive: Path, into: Path) -> Path:
    with tarfile.open(archive) as tar:
        tar.extractall(into, filter="data")
    return into


def unpacked(factory: pytest.TempPathFactory) -> Path:
    """The real trees, unpacked once in a run; not to be written to."""
    return _unpacked(data() / "trees.tar.gz", factory.getbasetemp() / "real-trees")
