"""Walking a folder that may hold anything: each file once, each obstacle a finding."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchpost.errors import Place
from benchpost.findings import Check, Finding, Severity
from benchpost.skills.address import SKILL_FILE
from benchpost.skills.types import File

DESCRIPTION_FILE = "DESCRIPTION.md"
SUPPORT = frozenset({"references", "templates", "assets", "scripts"})
"""Folders of a skill in which a SKILL.md is a sample, not a skill."""
PRUNED = frozenset(
    {".git", ".github", ".hub", ".archive", ".venv", "venv", "node_modules", "site-packages"}
    | {"__pycache__", ".tox", ".nox", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".moves"}
)
"""Folders that hold no skills and no support files."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
MOST = 100_000
"""Folders that are read: a link out of the tree may lead to a whole disc."""


@dataclass
class Walked:
    """What lies below a root."""

    skills: dict[str, File] = field(default_factory=dict)
    """SKILL.md of each skill, by the skill's folder."""
    support: dict[str, list[File]] = field(default_factory=dict)
    """Other files of each skill, by the skill's folder."""
    descriptions: dict[str, File] = field(default_factory=dict)
    """DESCRIPTION.md by folder, outside of skills."""
    nested: dict[str, str] = field(default_factory=dict)
    """Skills inside a skill, and which."""
    findings: list[Finding] = field(default_factory=list)
    """Obstacles."""


@dataclass(frozen=True)
class _Folder:
    path: str
    """Relative to the root, empty for the root."""
    owner: str | None
    """The skill it belongs to, if any."""
    sample: bool = False
    """It lies in a support folder, where no skill begins."""


def walk(root: Path) -> Walked:
    """Everything below `root`; symbolic links are followed only out of it, and once."""
    found = Walked()
    base = os.path.realpath(root)
    links: list[_Folder] = []
    visited: set[tuple[int, int]] = set()
    waiting = [_Folder("", None)]
    while waiting or links:
        if len(visited) > MOST:
            message = f"more than {MOST} folders; the rest is not read"
            found.findings.append(Finding(Check.K001, Place("."), message))
            break
        if not waiting:
            waiting = [link for link in [links.pop(0)] if _leads_out(base, link, visited, found)]
            continue
        folder = waiting.pop()
        inner, linked = _read(base, folder, visited, found)
        waiting.extend(reversed(inner))
        links.extend(linked)
    return found


def shown(path: str) -> str:
    """A path as one line of text: bytes that are not UTF-8, and control characters, as `\\xNN`."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return text if text.isprintable() else _CONTROL.sub(lambda m: f"\\x{ord(m[0]):02x}", text)


def _read(
    base: str, folder: _Folder, visited: set[tuple[int, int]], found: Walked
) -> tuple[list[_Folder], list[_Folder]]:
    """The folders below one folder: real ones, and those behind symbolic links."""
    full = os.path.join(base, folder.path)  # noqa: PTH118 - pathlib costs a third of a warm scan
    try:
        entries = sorted(os.scandir(full), key=lambda entry: entry.name)
        status = os.stat(full)  # noqa: PTH116 - as above
    except OSError as error:
        found.findings.append(_obstacle(folder.path or ".", error))
        return [], []
    if (status.st_dev, status.st_ino) in visited:
        # only a link can lead here twice
        return [], []
    visited.add((status.st_dev, status.st_ino))
    skill_file = None if folder.sample else _skill_file(entries, folder.path, found)
    owner = folder.path if skill_file else folder.owner
    if skill_file and folder.owner is not None:
        found.nested[folder.path] = folder.owner
    inner: list[_Folder] = []
    linked: list[_Folder] = []
    for entry in entries:
        path = f"{folder.path}/{entry.name}" if folder.path else entry.name
        if entry.is_dir(follow_symlinks=False) and entry.name != skill_file:
            if entry.name not in PRUNED:
                sample = folder.sample or (skill_file is not None and entry.name in SUPPORT)
                inner.append(_Folder(path, owner, sample))
        elif entry.is_symlink() and os.path.isdir(entry):  # noqa: PTH112 - as above
            linked.append(_Folder(path, owner, folder.sample))
        else:
            _take(entry, path, owner, skill_file, folder, found)
    return inner, linked


def _skill_file(entries: list[os.DirEntry[str]], folder: str, found: Walked) -> str | None:
    names = [entry.name for entry in entries if entry.name.lower() == SKILL_FILE.lower()]
    if not names:
        return None
    if SKILL_FILE in names:
        return SKILL_FILE
    place = Place(shown(f"{folder}/{names[0]}" if folder else names[0]))
    message = f"a skill's file is called {SKILL_FILE}; most clients do not see {names[0]!r}"
    found.findings.append(Finding(Check.K016, place, message))
    return names[0]


def _take(
    entry: os.DirEntry[str],
    path: str,
    owner: str | None,
    skill_file: str | None,
    folder: _Folder,
    found: Walked,
) -> None:
    is_skill = entry.name == skill_file
    if owner is None and not is_skill and entry.is_symlink() and not Path(entry).exists():
        message = "symbolic link that leads nowhere"
        place = Place(shown(path))
        found.findings.append(Finding(Check.K001, place, message, severity=Severity.WARNING))
    if not is_skill and owner is None and entry.name != DESCRIPTION_FILE:
        return
    try:
        status = entry.stat()
    except OSError as error:
        found.findings.append(_obstacle(path, error))
        status = None
    size = -1 if status is None or not stat.S_ISREG(status.st_mode) else status.st_size
    file = File(path, status.st_mtime_ns if status else 0, size)
    if is_skill:
        found.skills[folder.path] = file
    elif owner is not None:
        found.support.setdefault(owner, []).append(file)
    else:
        found.descriptions[folder.path] = file


def _leads_out(base: str, link: _Folder, visited: set[tuple[int, int]], found: Walked) -> bool:
    """Whether a symbolic link leads to a folder that is not listed yet; if not, a finding."""
    target = os.path.realpath(os.path.join(base, link.path))  # noqa: PTH118 - as above
    try:
        status = os.stat(target)  # noqa: PTH116 - as above
    except OSError as error:
        found.findings.append(_obstacle(link.path, error))
        return False
    inside, above = _lies_in(target, base), _lies_in(base, target)
    if not inside and not above and (status.st_dev, status.st_ino) not in visited:
        return True
    if above and not inside:
        message = f"symbolic link to {target}, a folder around the tree; it is not followed"
    else:
        where = shown(os.path.relpath(target, base)) if inside else "what another link leads to"
        message = f"symbolic link to {where}, which is listed once, under its own path"
    place = Place(shown(link.path))
    found.findings.append(Finding(Check.K006, place, message, severity=Severity.WARNING))
    return False


def _lies_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _obstacle(path: str, error: OSError) -> Finding:
    return Finding(Check.K001, Place(shown(path)), f"cannot be read: {error.strerror or error}")


def support_of(found: Walked, folder: str) -> Iterator[File]:
    """The other files of a skill, sorted by path."""
    yield from sorted(found.support.get(folder, ()), key=lambda file: file.path)
