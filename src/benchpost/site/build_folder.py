"""A folder that we write into and others may have files in: only what is ours is ever replaced."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from benchpost.files import write_if_changed

MANIFEST = ".benchpost.json"
"""Names of the files that we wrote into a folder, so that only these are ever touched."""


def write_folder(folder: Path, files: Mapping[str, bytes]) -> list[str]:
    """Make a folder hold these files beside those of others; the names that others are in the way
    of, which are left as they are. Only what changed is written.
    """
    before = set(_written(folder))
    if not files and not (folder / MANIFEST).is_file():
        return []
    # a file may become a folder, and the other way round
    _remove(folder, sorted(before - set(files)))
    kept = {name: at for name in files if (at := _in_the_way(folder, name, files[name], before))}
    ours = set(files) - set(kept)
    if not ours <= before:
        # before the files: were we stopped in between, they would not be known as ours
        _note(folder, ours | before)
    for name in files:
        if name in ours:
            write_if_changed(folder / name, files[name])
    _note(folder, ours)
    return sorted(set(kept.values()))


def _note(folder: Path, names: Iterable[str]) -> None:
    manifest = json.dumps(sorted(names), indent=1, ensure_ascii=False) + "\n"
    write_if_changed(folder / MANIFEST, manifest.encode("utf-8", "surrogateescape"))


def _in_the_way(folder: Path, name: str, data: bytes, ours: set[str]) -> str:
    """What of others a file of ours would take the place of; empty when nothing is."""
    if (folder / name).is_file() and (folder / name).read_bytes() == data:
        return ""
    for part in (*reversed(PurePosixPath(name).parents), PurePosixPath(name)):
        path = folder / part
        is_last = str(part) == name
        if is_last and name in ours and not path.is_dir():
            return ""
        if os.path.lexists(path) and (is_last or not path.is_dir()):
            return str(part)
    return ""


def _written(folder: Path) -> Iterator[str]:
    """What we wrote last time; nothing outside the folder, whatever the manifest says."""
    manifest = folder / MANIFEST
    if not manifest.is_file():
        return
    try:
        names = json.loads(manifest.read_text(encoding="utf-8"))
    except ValueError:
        return
    for name in names if isinstance(names, list) else ():
        if isinstance(name, str) and (folder / name).resolve().is_relative_to(folder.resolve()):
            yield name


def _remove(folder: Path, names: Iterable[str]) -> None:
    for name in names:
        file = folder / name
        if not file.is_dir():
            file.unlink(missing_ok=True)
        for above in file.relative_to(folder).parents:
            inner = folder / above
            if above != Path() and inner.is_dir() and not any(inner.iterdir()):
                inner.rmdir()
