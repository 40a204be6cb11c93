"""What makes a result stale: digests of snippets, and of the files that they used."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from benchpost.errors import BenchpostError
from benchpost.files import sha256
from benchpost.post.document import Snippet
from benchpost.record.types import Used

EXCLUDED = re.compile(
    r"__pycache__|node_modules|site-packages|.*\.(?:egg|dist)-info"
    r"|\.(?:git|hg|svn|jj|venv.*|virtualenv|tox|nox|conda|pixi|direnv|eggs|hypothesis|ipython|jupyter"
    r"|ipynb_checkpoints|.*cache)"
)
"""Folders of version control, environments and caches: packages are recorded with versions."""

OWN_FOLDERS = ("results", "figures")
"""Folders beside a post that benchpost writes."""

DRAWN = re.compile(rb'<svg\b[^>]* data-plan="[0-9a-f]{64}" data-seal="[0-9a-f]{64}"')
"""The marks of a picture that a slot drew."""

DATA = (".svg", ".csv", ".json", ".txt")
"""Endings of drawings and of the data beside them."""


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
    """Whether a project file counts as used, by its name. Both paths are relative to the root.

    Not: version control, environments, caches and installed packages, and the `results` beside the
    post, which are made from it.
    """
    if path.endswith((".pyc", ".pyo")) or any(map(EXCLUDED.fullmatch, PurePosixPath(path).parts)):
        return False
    return not _within(path, _own("results", post))


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")


def _own(folder: str, post: str) -> str:
    return str(PurePosixPath(post).parent / folder)


def _is_drawn(root: Path, path: str, post: str) -> bool:
    """Whether a file is a drawing of a slot of the post, or the data beside one: made, no input."""
    file = root / path
    if not _within(path, _own("figures", post)) or file.suffix not in DATA:
        return False
    drawing = file.with_suffix(".svg")
    return drawing.is_file() and bool(DRAWN.search(drawing.read_bytes()))


def file_digest(root: Path, path: str, how: str, post: str) -> str:
    """SHA-256 of a file, or of a folder's listing when it was listed; empty where nothing is."""
    full = root / path
    if how == "list":
        # slots may make this folder and empty it, which is no news
        there = full.is_dir() or path == _own("figures", post)
        return _listing(root, path, post) if there else ""
    if not full.is_file():
        return ""
    with full.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _listing(root: Path, path: str, post: str) -> str:
    names = sorted(each.name for each in (root / path).glob("[!.]*"))
    return _digest([name for name in names if _counts(root, str(PurePosixPath(path) / name), post)])


def _counts(root: Path, path: str, post: str) -> bool:
    own = path == _own("figures", post)
    return is_input(path, post) and not own and not _is_drawn(root, path, post)


def used(root: Path, post: str, uses: Iterable[tuple[str, str]]) -> tuple[Used, ...]:
    """The files of a kernel's report as they are now, sorted by path; `post` is its path."""
    relative = {Path(path).relative_to(root).as_posix(): how for path, how in uses}
    for path in relative:
        if not _is_text(path):
            raise BenchpostError(f"{path!r} is used and its name is not UTF-8; rename it")
    return tuple(
        Used(path, file_digest(root, path, how, post), how)
        for path, how in sorted(relative.items())
        if is_input(path, post) and not _is_drawn(root, path, post)
    )


def _is_text(path: str) -> bool:
    return path.encode("utf-8", "replace").decode() == path
