"""The same bytes everywhere, and no heavy import where nothing is drawn."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parent.parent

DRAW = """
import hashlib, sys
sys.path.insert(0, sys.argv[1])
from figures.drawn import drawings, svg
for name in sorted(drawings()):
    print(name, hashlib.sha256(svg(name).encode()).hexdigest())
"""

PLAN = """
import sys
sys.path.insert(0, sys.argv[1])
from figures.drawn import drawings
from benchpost.figures.seal import judge
assert {judge(b"<svg>", drawing) for drawing in drawings().values()} == {"tampered"}
print(sorted({"matplotlib", "numpy", "importlib.metadata"} & set(sys.modules)))
"""


def run(code: str, folder: Path, **environment: str) -> str:
    command = [sys.executable, "-c", code, str(TESTS)]
    inherited = {key: os.environ[key] for key in ("PATH", "PYTHONPATH") if key in os.environ}
    done = subprocess.run(
        command, cwd=folder, env={**inherited, **environment}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_figure_is_the_same_bytes_everywhere(tmp_path: Path) -> None:
    """Folder, home, locale, time zone, hash seed and stray rc files change no byte of a figure."""
    plain, odd = tmp_path / "plain", tmp_path / "an ödd folder"
    plain.mkdir()
    odd.mkdir()
    settings = "svg.fonttype: path\naxes.facecolor: red\nfont.size: 30\nlines.linewidth: 9\n"
    (odd / "matplotlibrc").write_text(settings, encoding="utf-8")
    one = run(DRAW, plain, HOME=str(plain), LANG="C.UTF-8", TZ="UTC", PYTHONHASHSEED="1")
    other = run(
        DRAW,
        odd,
        HOME=str(odd),
        LC_ALL="de_DE.UTF-8",
        TZ="Asia/Tokyo",
        PYTHONHASHSEED="2",
        MPLCONFIGDIR=str(odd),
        SOURCE_DATE_EPOCH="1",
        PYTHONUTF8="1",
    )
    assert one == other
    assert len(one.splitlines()) > 15


def test_checking_draws_nothing(tmp_path: Path) -> None:
    """Making every fragment and judging every file imports neither matplotlib nor NumPy."""
    assert run(PLAN, tmp_path, PYTHONUTF8="1") == "[]\n"
