"""Fixtures that more than one room uses."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# how fast a machine is decides no test; in CI the inputs are the same each time, so that a commit
# is judged by what it changed, while at a desk chance may find what nobody thought of
settings.register_profile(
    "benchpost",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=os.environ.get("CI") == "true",
)
settings.load_profile("benchpost")

NODE = Path(__file__).parent / "node"


@dataclass(frozen=True)
class Verdict:
    """What the real MDX compiler says of one text."""

    ok: bool
    message: str
    line: int
    column: int


MdxCompile = Callable[[Sequence[str]], list[Verdict]]


def missing(what: str) -> None:
    """Skip the test that lacks something; in CI, where nothing may be lacking, fail it."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what}, and CI=true")
    pytest.skip(what)


@pytest.fixture
def mdx_compile(tmp_path: Path) -> MdxCompile:
    """Compile texts by @mdx-js/mdx with GFM, maths and front matter: one process for all."""
    node = shutil.which("node")
    if node is None or not (NODE / "node_modules" / "@mdx-js").is_dir():
        missing("the MDX compiler is not installed (npm ci --prefix tests/node)")

    def compile_all(texts: Sequence[str]) -> list[Verdict]:
        folder = tmp_path / "mdx-compile"
        folder.mkdir(exist_ok=True)
        files = [folder / f"{number}.mdx" for number in range(len(texts))]
        for file, text in zip(files, texts, strict=True):
            file.write_bytes(text.encode())
        command = [str(node), str(NODE / "compile.mjs"), *map(str, files)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return [
            Verdict(item["ok"], item["message"], item["line"], item["column"])
            for item in json.loads(done.stdout)
        ]

    return compile_all
