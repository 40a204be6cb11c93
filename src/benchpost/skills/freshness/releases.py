"""The modules of a wheel or sdist: listed from its names and read as text, never imported.

A release is one file, as an index offers it. Of a package the newest file in a folder counts.
"""

from __future__ import annotations

import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import Version

from benchpost.skills.scan import LARGEST

NATIVE = (".so", ".pyd", ".dylib")
"""Suffixes of compiled modules."""
COMPILED = (".pyx", ".pxd", ".c", ".cc", ".cpp", ".cu", ".rs")
"""Suffixes in an sdist of what becomes compiled modules."""

BROKEN = (OSError, EOFError, ValueError, zipfile.BadZipFile, tarfile.TarError, zlib.error)
"""What reading an archive that is empty, cut short or none gives."""
UNREADABLE = "\0"
"""The text of a member that cannot be unpacked: no Python, so that nothing is said of its names."""

_DATA = re.compile(r"[^/]+\.data/(?:purelib|platlib)/(.+)")


@dataclass(frozen=True)
class Release:
    """One release of a package, as its file has it."""

    package: str
    """Name of the distribution, normalised. E.g. `qdrant-client`"""
    version: Version
    """Its version."""
    file: Path
    """The wheel or sdist."""

    def __str__(self) -> str:
        return f"{self.package} {self.version}"

    @cached_property
    def members(self) -> dict[str, str]:
        """Member of the archive by path below what a Python would search."""
        return dict(_searched(self.file))

    @cached_property
    def modules(self) -> dict[str, list[str]]:
        """Files of each module: `.py`, `.pyi` and compiled ones; none for a bare folder."""
        found: dict[str, list[str]] = {}
        for path in self.members:
            parts = PurePosixPath(path).parts
            stem, dot, suffix = parts[-1].partition(".")
            folders = list(parts[:-1])
            if not all(part.isidentifier() for part in (*folders, stem)) or not dot:
                continue
            if suffix not in ("py", "pyi") and not path.endswith(NATIVE):
                continue
            name = ".".join(folders if stem == "__init__" else [*folders, stem])
            found.setdefault(name, []).append(path)
            for length in range(1, len(folders) + 1):
                found.setdefault(".".join(folders[:length]), [])
        return found

    @property
    def tops(self) -> frozenset[str]:
        """Names that `import` takes first."""
        return frozenset(name for name in self.modules if name and "." not in name)

    @cached_property
    def hidden(self) -> bool:
        """It has parts that its files do not show: start-up hooks, or code to be compiled."""
        suffixes = (".pth",) if self.file.suffix == ".whl" else (".pth", *COMPILED)
        return any(path.endswith(suffixes) for path in self.members)

    @cached_property
    def _texts(self) -> dict[str, str]:
        return {}

    @cached_property
    def _archive(self) -> zipfile.ZipFile | tarfile.TarFile:
        is_zip = zipfile.is_zipfile(self.file)
        return zipfile.ZipFile(self.file) if is_zip else tarfile.open(self.file)

    def close(self) -> None:
        """Close the archive; what was read stays."""
        if "_archive" in self.__dict__:
            self._archive.close()
            del self.__dict__["_archive"]

    def text(self, path: str) -> str:
        """The text of a member, as far as a source may be long."""
        if path not in self._texts:
            try:
                data = _read(self._archive, self.members[path])
            except (*BROKEN, NotImplementedError, RuntimeError):
                # a method of packing that is not known, or a password
                data = UNREADABLE.encode()
            self._texts[path] = data.decode("utf-8", "replace")
        return self._texts[path]


def release(file: Path) -> Release | None:
    """The release that a file's name says it is; None for a file that is none."""
    try:
        if file.suffix == ".whl":
            name, version, _, _ = parse_wheel_filename(file.name)
        else:
            name, version = parse_sdist_filename(file.name)
    except (InvalidWheelFilename, InvalidSdistFilename):
        return None
    return Release(canonicalize_name(name), version, file)


def newest(folder: Path) -> dict[str, Release]:
    """The newest release of each package in a folder, wheels before sdists of one version."""
    found: dict[str, Release] = {}
    for each in _releases(folder):
        if _can_be_read(each) and (
            each.package not in found or each.version >= found[each.package].version
        ):
            found[each.package] = each
    return found


def unreadable(folder: Path) -> list[str]:
    """Names of the files of a folder that are releases by name and cannot be read."""
    return sorted(each.file.name for each in _releases(folder) if not _can_be_read(each))


def _releases(folder: Path) -> Iterator[Release]:
    files = folder.iterdir() if folder.is_dir() else ()
    ordered = sorted(files, key=lambda file: (file.suffix == ".whl", file.name))
    return (each for each in map(release, ordered) if each)


def _can_be_read(found: Release) -> bool:
    """Whether a file is the archive that its name says; its list of members is read."""
    try:
        return found.members is not None
    except BROKEN:
        return False


def _searched(file: Path) -> Iterator[tuple[str, str]]:
    names = _names(file)
    if file.suffix == ".whl":
        for name in names:
            data = _DATA.fullmatch(name)
            if data or not name.partition("/")[0].endswith((".data", ".dist-info")):
                yield (data[1] if data else name), name
        return
    inner = {name.partition("/")[2]: name for name in names}
    below = {name.removeprefix("src/") for name in inner if name.startswith("src/")}
    src = "src/" if any(name.endswith("__init__.py") for name in below) else ""
    yield from ((n.removeprefix(src), full) for n, full in inner.items() if n.startswith(src))


def _names(file: Path) -> list[str]:
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            return [name for name in archive.namelist() if not name.endswith("/")]
    with tarfile.open(file) as tar:
        return [member.name for member in tar if member.isfile()]


def _read(archive: zipfile.ZipFile | tarfile.TarFile, member: str) -> bytes:
    if isinstance(archive, zipfile.ZipFile):
        with archive.open(member) as opened:
            return opened.read(LARGEST)
    inner = archive.extractfile(member)
    return inner.read(LARGEST) if inner else b""
