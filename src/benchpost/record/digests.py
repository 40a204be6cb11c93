"""What makes a result stale: digests of snippets, and of the files that they used."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from benchpost.errors import BenchpostError
from benchpost.files import sha256
from benchpost.post.document import Snippet
from benchpost.record.types import Used

EXCLUDED = ("__pycache__", "node_modules", "site-packages")
"""Caches and installed packages: versions of packages are recorded, not hashed."""

OWN_FOLDERS = ("results", "figures")
"""Folders beside a post that benchpost writes."""


def snippet_digests(snippets: Iterable[Snippet]) -> dict[str, str]:
    """For each snippet by id: SHA-256 over its code and `keep` and the code of all before it."""
    before = ""
    found = {}
    for snippet in snippets:
        before = _digest([before, snippet.code])
        found[snippet.id] = _digest([before, [[keep.name, keep.unit] for keep in snippet.keep]])
    return found


def _digest(value: object) -> str:
    return sha256(json.dumps(value, ensure_ascii=True).encode())


def is_input(path: str, post: str) -> bool:
    """Whether a project file counts as used. Both paths are relative to the root.

    Not: what lies below a hidden folder (`.git`, `.venv`), caches and installed packages, and the
    `results` and `figures` beside the post, which are made from it.
    """
    parts = PurePosixPath(path).parts
    if any(part.startswith(".") for part in parts[:-1]) or path.endswith((".pyc", ".pyo")):
        return False
    if any(part in EXCLUDED or part.endswith((".egg-info", ".dist-info")) for part in parts):
        return False
    return not any(_within(path, str(PurePosixPath(post).parent / own)) for own in OWN_FOLDERS)


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")


def file_digest(root: Path, path: str, how: str, post: str) -> str:
    """SHA-256 of a file, or of a folder's listing when it was listed; empty where nothing is."""
    full = root / path
    if how == "list":
        return _listing(full, path, post) if full.is_dir() else ""
    if not full.is_file():
        return ""
    with full.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _listing(folder: Path, path: str, post: str) -> str:
    names = sorted(each.name for each in folder.iterdir())
    return _digest([name for name in names if _counts(str(PurePosixPath(path) / name), post)])


def _counts(path: str, post: str) -> bool:
    return is_input(path, post) and not PurePosixPath(path).name.startswith(".")


def used(root: Path, post: str, uses: Iterable[tuple[str, str]]) -> tuple[Used, ...]:
    """The files of a kernel's report as they are now, sorted by path; `post` is its path."""
    relative = {Path(path).relative_to(root).as_posix(): how for path, how in uses}
    for path in relative:
        if not _is_text(path):
            raise BenchpostError(f"{path!r} is used and its name is not UTF-8; rename it")
    return tuple(
        Used(path, file_digest(root, path, how, post), how)
        for path, how in sorted(relative.items())
        if is_input(path, post)
    )


def _is_text(path: str) -> bool:
    return path.encode("utf-8", "replace").decode() == path
