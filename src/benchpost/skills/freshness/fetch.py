"""The newest wheels of packages, through pip and the index that it is set up for.

Wheels only: an sdist would have to run its own build to say what it is.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

PIP = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "download"]


def fetch(packages: Iterable[str], folder: Path, say: Callable[[str], None]) -> list[str]:
    """Download what is newer than what the folder has; the packages for which there is no wheel."""
    folder.mkdir(parents=True, exist_ok=True)
    names = sorted(packages)
    failed = []
    for number, name in enumerate(names, start=1):
        say(f"{number}/{len(names)} {name}")
        done = subprocess.run(
            [*PIP, "--no-deps", "--only-binary=:all:", "--dest", str(folder), "--", name],
            capture_output=True,
            check=False,
        )
        if done.returncode:
            failed.append(name)
    return failed
