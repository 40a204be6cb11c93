"""How a run came to be: version control, clock and load."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime

from benchpost.config import Project
from benchpost.record.digests import OWN_FOLDERS


@dataclass(frozen=True)
class Circumstances:
    """What is the same for all snippets of a run, taken before its first."""

    commit: str
    """Commit of the project; empty outside version control."""
    clean: bool
    """No uncommitted change but in results and figures."""
    load: float
    """One-minute load average."""


def circumstances(project: Project) -> Circumstances:
    """Where the project stands now."""
    beside = [f"{project.config.posts}/*", *(f"{name}/**" for name in project.config.documents)]
    ours = [f":(exclude,glob){where}/{folder}/**" for where in beside for folder in OWN_FOLDERS]
    commit = _git(project, "rev-parse", "HEAD")
    changes = _git(project, "status", "--porcelain", "--", ".", *ours) if commit else None
    return Circumstances((commit or "").strip(), changes == "", round(os.getloadavg()[0], 2))


def is_restorable(path: str, project: Project) -> bool:
    """Whether git can bring a file back: it differs from what was added, and is in no conflict."""
    changes = _git(project, "diff", "--name-status", "--", f":(literal){path}") or ""
    return changes.startswith(("M", "T"))


def _git(project: Project, *words: str) -> str | None:
    """What git prints; None where there is no git, no repository or no commit."""
    try:
        done = subprocess.run(
            ["git", "-C", str(project.root), *words], capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        return None
    return done.stdout if done.returncode == 0 else None


def now() -> str:
    """UTC, ISO 8601, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
