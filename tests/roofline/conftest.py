"""What the tests of the performance model share: equations written to a file, and Node."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchpost.roofline.types import Equation

NODE = Path(__file__).parent.parent / "node"

HEADER = """\
from benchpost.roofline.language import *
from benchpost.roofline.equations import *
"""


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Equation]:
    """The equation `op_time(flops, moved, peak, bandwidth)` whose body is the given text."""

    def equation(body: str) -> Equation:
        file = tmp_path / "own.py"
        file.write_text(
            f'{HEADER}\n@equation(source="test")\n'
            f"def op_time(flops, moved, peak, bandwidth):\n{body}\n"
        )
        return load(file).op_time  # type: ignore[no-any-return]  # a module has any attribute

    return equation


def load(file: Path) -> Any:
    """The module that `file` holds."""
    specification = importlib.util.spec_from_file_location("own", file)
    assert specification
    assert specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Any], Any]:
    """Run JavaScript that turns `input` into a result; both cross as JSON."""
    binary = shutil.which("node")
    if binary is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Node is not installed, and CI=true")
        pytest.skip("Node is not installed")
    folder = tmp_path_factory.mktemp("node")

    def run(script: str, given: Any) -> Any:
        (folder / "input.json").write_text(json.dumps(given))
        reading = "const input = JSON.parse(require('fs').readFileSync('input.json', 'utf8'));\n"
        (folder / "script.js").write_text(reading + script)
        paths = {"NODE_PATH": str(NODE / "node_modules"), "PATH": os.environ["PATH"]}
        done = subprocess.run(
            [str(binary), "script.js"], cwd=folder, env=paths, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        # JavaScript writes whole doubles without a point
        return json.loads(done.stdout, parse_int=float)

    return run
