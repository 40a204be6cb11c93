"""The corpus of other people's MDX files, which is not part of the project."""

from __future__ import annotations

import json
import os
import tarfile
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class CorpusFile:
    """One file and what the real compiler says of it."""

    path: str
    """Repository and path."""
    text: str
    """Its text, line ends untouched."""
    compiles: bool
    """The verdict of @mdx-js/mdx with GFM, maths and front matter."""


def corpus() -> list[CorpusFile]:
    """Every file of the corpus that `BENCHPOST_MDX_CORPUS` names; skips the test without it."""
    folder = os.environ.get("BENCHPOST_MDX_CORPUS")
    if not folder:
        pytest.skip("BENCHPOST_MDX_CORPUS does not name a folder with the MDX corpus")
    texts = _members(Path(folder) / "corpus.tar.gz", ".mdx")
    summary = json.loads(_members(Path(folder) / "truth.tar.gz", "/_summary.json")["_summary.json"])
    return [
        CorpusFile(item["file"], texts[item["file"]].decode(), item["compMath"])
        for item in summary
        if item["file"] in texts
    ]


def _members(archive: Path, suffix: str) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    with tarfile.open(archive) as tar:
        for member in tar:
            data = tar.extractfile(member) if member.name.endswith(suffix) else None
            if data:
                found[member.name.removeprefix("./")] = data.read()
    return found
