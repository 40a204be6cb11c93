"""The scripts that make the facts, importable by the tests of this folder."""

from __future__ import annotations

import sys
from pathlib import Path

# at the end: `scripts/fill.py` must not hide the tests' own `fill`
sys.path.append(str(Path(__file__).parents[2] / "scripts"))
