"""Agreement with the real compiler on thousands of files that nobody here wrote."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

pytestmark = pytest.mark.corpus
SCRIPT = Path(__file__).parents[2] / "scripts" / "agreement.py"
OVERLAPPING = ["unionlabs+union/docs/src/content/docs/connect/new-chain.mdx"]
"""Files where the compiler lets a list item end within the next one."""


@pytest.fixture(scope="module")
def agreement() -> ModuleType:
    """The script that measures the agreement."""
    spec = importlib.util.spec_from_file_location("agreement", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_every_block_and_inline_is_the_compilers(agreement: ModuleType) -> None:
    """In every file that compiles, types, places and fields are as the compiler has them; files
    that do not compile are read, too."""
    folder = os.environ.get(agreement.FOLDER)
    if not folder:
        pytest.skip(f"{agreement.FOLDER} does not name a folder with the MDX corpus")
    by_block, by_inline, count = [], [], 0
    for case in agreement.cases(Path(folder)):
        post = agreement.read(case.text)
        if not case.compiles:
            continue
        count += 1
        by_block += [found] if (found := agreement.block_difference(case, post)) else []
        by_inline += [found] if (found := agreement.inline_difference(case, post)) else []
    assert count > 2000
    assert [found.path for found in by_block] == OVERLAPPING
    assert by_inline == []
