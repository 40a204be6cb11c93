"""The few things that moves ask of git."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path

from benchpost.errors import BenchpostError


def run(folder: Path, *words: str) -> bytes:
    """What `git` prints in a folder; a BenchpostError with its words when it fails."""
    done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, check=False)
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip() or f"exit code {done.returncode}"
        raise BenchpostError(f"git {words[0]}: {said}")
    return done.stdout


def top(folder: Path) -> Path:
    """The root of the repository that a folder lies in."""
    return Path(run(folder, "rev-parse", "--show-toplevel").decode().rstrip("\n"))


def tracked(repository: Path) -> list[str]:
    """Every tracked path, relative to the repository, sorted."""
    names = run(repository, "ls-files", "-z").decode("utf-8", "surrogateescape")
    return sorted(name for name in names.split("\0") if name)


def dirty(repository: Path, below: str) -> list[str]:
    """Lines of `git status`: changes anywhere, and files below a folder that git does not know."""
    changed = run(repository, "status", "--porcelain", "-z", "--untracked-files=no")
    unknown = run(repository, "status", "--porcelain", "-z", "-uall", "--", below or ".")
    lines = (changed + unknown).decode("utf-8", "surrogateescape").split("\0")
    return sorted({line for line in lines if line})


def move(repository: Path, old: str, new: str) -> None:
    """`git mv` of a folder, with the folders above the new place."""
    target = repository / new
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_dir():
        # git would move into it; what a skill left there are empty folders, or rmdir refuses
        for folder in (*sorted(target.rglob("*"), reverse=True), target):
            folder.rmdir()
    run(repository, "mv", "--", old, new)


def stage(repository: Path, paths: Iterable[str]) -> None:
    """Tell git of files that changed, came or went."""
    known = list(paths)
    if known:
        run(repository, "add", "-A", "--", *known)
