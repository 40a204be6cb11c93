"""Posts and projects in an empty folder, with figures that need no catalogue."""

from __future__ import annotations

from pathlib import Path

import pytest
from house import House


@pytest.fixture
def house(tmp_path: Path) -> House:
    """An empty project."""
    return House(tmp_path.resolve())
