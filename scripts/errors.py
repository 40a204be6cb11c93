"""Fit the performance model, print how wrong it is, and write its bands and scores.

All come from the measurements kept in the package; charts and pages read what is written.
"""

import subprocess
import sys
from pathlib import Path

from benchpost.files import write_if_changed
from benchpost.roofline import banding, bands, scores, scoring
from benchpost.roofline.errors_report import tables

HERE = Path(scores.__file__).parent


def main() -> int:
    """Bands and scores into the package, tables to the terminal."""
    made = scoring.made()
    if write_if_changed(HERE / bands.FILE, banding.text(made).encode()):
        # bands are read once, so that scores by the new ones are another process's
        return subprocess.run([sys.executable, __file__], check=False).returncode
    for name, kept in made.items():
        write_if_changed(HERE / name, scoring.text(kept).encode())
    print(tables(made[scores.FILES["decode"]]), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
