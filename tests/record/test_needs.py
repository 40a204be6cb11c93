"""What a snippet needs, and what a machine that lacks it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchpost.record.machine import Accelerator, Equipment
from benchpost.record.needs import lacking
from benchpost.record.types import Machine

CPU = Equipment(Machine("box", "Test CPU", 4, 8 * 10**9, "Linux 6"))
GPU = Equipment(CPU.machine, (Accelerator("cuda", "NVIDIA H200", 141 * 10**9, "570"),))
SHARED = Equipment(CPU.machine, (Accelerator("mps", "Apple M3", 0, "macOS 15"),))


@pytest.mark.parametrize(
    ("needs", "here", "said"),
    [
        ([], CPU, ""),
        (["cuda"], CPU, "needs `cuda`: no NVIDIA GPU that a process may use"),
        (["cuda"], GPU, ""),
        (["rocm"], GPU, "needs `rocm`: no AMD GPU"),
        (["mps"], SHARED, ""),
        (["memory:8GB"], CPU, ""),
        (["memory:8GiB"], CPU, "needs `memory:8GiB`: 8.0 GB are here"),
        (["cuda", "memory:24GB"], GPU, ""),
        (["memory:24GB"], GPU, "needs `memory:24GB`: 8.0 GB are here"),
        (["memory:200GB", "cuda"], GPU, "needs `memory:200GB`: 141.0 GB are here"),
        (["mps", "memory:4GB"], SHARED, ""),
        (
            ["memory:lots"],
            CPU,
            "needs `memory:lots`: write it like `memory:24GB` or `memory:16GiB`",
        ),
        (["cpu:4"], CPU, ""),
        (["cpu:8"], CPU, "needs `cpu:8`: 4 cores are here"),
        (["cpu:many"], CPU, "needs `cpu:many`: write it like `cpu:8`"),
        (["json", "sys"], CPU, ""),
        (["nomodule"], CPU, "needs `nomodule`: no module of that name"),
        (["cudda"], CPU, "needs `cudda`: no module of that name; did you mean 'cuda'?"),
        (["python>=3"], CPU, "needs `python>=3`: no module of that name"),
    ],
)
def test_needs_are_met_or_said(needs: list[str], here: Equipment, said: str) -> None:
    """The first need that is not met is named with what is there instead."""
    assert lacking(needs, here, ()) == said


def test_modules_of_the_project_count(tmp_path: Path) -> None:
    """A module beside the post or in the project root is there for a snippet."""
    (tmp_path / "mine.py").write_text("")
    assert lacking(["mine"], CPU, ()) != ""
    assert lacking(["mine"], CPU, (str(tmp_path),)) == ""
