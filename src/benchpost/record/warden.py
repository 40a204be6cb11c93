"""Ends a kernel with everything it started, also when our own process is killed.

A shell waits on a pipe that only we hold. When the pipe closes, because we close it or because we
are gone, it kills the kernel's process group, then every process that still carries the kernel's
name in its environment (it may have left the group), and removes the kernel's folder.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

SCRIPT = """
read -r _
kill -s KILL -- "-$1" 2>/dev/null
for round in 1 2 3; do
  found=$(grep -alF -- "$2" /proc/[0-9]*/environ 2>/dev/null)
  [ -n "$found" ] || break
  for file in $found; do
    process=${file#/proc/}
    kill -s KILL "${process%/environ}" 2>/dev/null
  done
done
rm -rf -- "$3"
"""

PATIENCE = 60.0
"""Seconds the shell may take; it needs a few hundredths."""


class Warden:
    """Keeps watch over one kernel."""

    def __init__(self, group: int, name: str, folder: Path) -> None:
        words = ["/bin/sh", "-c", SCRIPT, "benchpost-warden", str(group), name, str(folder)]
        self.shell = subprocess.Popen(
            words,
            cwd="/",
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C must not reach it
        )

    def dismiss(self) -> None:
        """End the kernel now and wait until it is done."""
        self.shell.communicate(timeout=PATIENCE)
