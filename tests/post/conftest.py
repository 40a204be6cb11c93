"""Fixtures of this room: the real compiler's tree of a text."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from conftest import NODE, missing

from benchpost.post.document import Dialect

Tree = list[dict[str, Any]] | None
"""The nodes of a text in source order; None when the compiler refuses it."""
Mdast = Callable[[Sequence[tuple[str, Dialect]]], list[Tree]]


@pytest.fixture
def mdast(tmp_path: Path) -> Mdast:
    """Trees by the parser of @mdx-js/mdx with GFM, maths and front matter: one process for all."""
    node = shutil.which("node")
    if node is None or not (NODE / "node_modules" / "@mdx-js").is_dir():
        missing("the MDX compiler is not installed (npm ci --prefix tests/node)")

    def trees(texts: Sequence[tuple[str, Dialect]]) -> list[Tree]:
        file = tmp_path / "texts.json"
        file.write_text(json.dumps([(text, dialect.value) for text, dialect in texts]))
        command = [str(node), str(NODE / "tree.mjs"), str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return [item["nodes"] if item["ok"] else None for item in json.loads(done.stdout)]

    return trees
