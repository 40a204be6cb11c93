"""Results files beside a post: read with what is wrong with them, and written."""

from __future__ import annotations

import json
import shlex
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from benchpost.config import Project
from benchpost.errors import BenchpostError, Place
from benchpost.files import sha256, sweep, write_atomic, write_if_changed
from benchpost.findings import Check, Finding
from benchpost.record import encoding
from benchpost.record.encoding import Entry
from benchpost.record.provenance import is_restorable
from benchpost.record.types import Result, Results

PICTURES = (".svg", ".png")


def folder_of(post_file: Path) -> Path:
    """Where the results of a post lie: `results` beside it, `results/<name>` for a loose file."""
    folder = post_file.parent / "results"
    return folder if post_file.stem == "index" else folder / post_file.stem


def load(post_file: Path, project: Project) -> tuple[Mapping[str, Results], list[Finding]]:
    """What is recorded of a post, by machine, and R004 and R005: entries that cannot be trusted."""
    found: dict[str, Results] = {}
    findings: list[Finding] = []
    for file in sorted(folder_of(post_file).glob("*.json")):
        path = project.relative(file)
        try:
            whole = _text(file, path)
            entries = _entries(whole, file.stem, path)
        except BenchpostError as error:
            place = error.place or Place(path)
            findings.append(Finding(Check.R005, place, error.message, _restore(path, project)))
            continue
        broken = dict(_broken(entries, file.stem, post_file.parent))
        findings += _edited(broken, file, whole, post_file, project)
        good = {
            name: encoding.result(name, entries[name]) for name in entries if name not in broken
        }
        found[file.stem] = Results(file.stem, path, good, tuple(broken))
    return found, findings


def _mend(machine: str, post: str) -> str:
    return f"benchpost run --machine {machine} {post}"


def _restore(path: str, project: Project) -> str:
    """The command that brings a file back as it was committed; empty where git has no such."""
    return f"git checkout -- {shlex.quote(path)}" if is_restorable(path, project) else ""


def _text(file: Path, path: str) -> str:
    try:
        return file.read_text("utf-8", "replace")
    except OSError as error:
        raise _unreadable(f"cannot be read: {error.strerror}", path) from error


def _entries(whole: str, machine: str, path: str) -> dict[str, Any]:
    """Entries by snippet. Raises BenchpostError with the place in `path` and the reason."""
    try:
        found = json.loads(whole)
    except json.JSONDecodeError as error:
        raise _unreadable(f"not JSON: {error.msg}", path, error.lineno) from error
    if not isinstance(found, dict) or not isinstance(found.get("results"), dict):
        raise _unreadable("this is not a results file", path)
    layout, name, entries = found.get("format"), found.get("machine"), found["results"]
    if layout != encoding.FORMAT:
        raise _unreadable(f"layout {layout!r} is not known, only {encoding.FORMAT}", path)
    if name != machine:
        raise _unreadable(f"it holds results of machine {name!r}, not of {machine!r}", path)
    return dict(entries)


def _unreadable(why: str, path: str, line: int = 1) -> BenchpostError:
    said = f"{why}; restore it from version control, or delete it to record anew"
    return BenchpostError(said, Place(path, line))


def _broken(entries: Mapping[str, Any], machine: str, folder: Path) -> Iterator[tuple[str, str]]:
    """Snippets whose entry or picture is not as it was written, with what is wrong."""
    for snippet, found in entries.items():
        if not encoding.is_sealed(machine, snippet, found):
            yield snippet, f"the entry of {snippet!r} was edited by hand"
            continue
        for output in found["outputs"]:
            if "file" in output and _differs(folder / output["file"], output["digest"]):
                yield snippet, f"`{output['file']}` is not the picture that {snippet!r} drew"
                break


def _differs(file: Path, digest: str) -> bool:
    return not file.is_file() or sha256(file.read_bytes()) != digest


def _edited(
    broken: Mapping[str, str], file: Path, whole: str, post_file: Path, project: Project
) -> Iterator[Finding]:
    mend = _mend(file.stem, project.relative(post_file))
    for snippet, what in broken.items():
        place = Place(project.relative(file), encoding.line_of(whole, snippet))
        said = f"{what}; run it again on {file.stem}, or restore it from version control"
        yield Finding(Check.R004, place, said, mend)


def save(
    post_file: Path, machine: str, new: Iterable[Result], pictures: Mapping[str, bytes]
) -> None:
    """Put results into a machine's file; entries of other snippets stay as they are.

    `pictures` by path from the post's folder. They are written first, so that whoever reads the
    file finds them; those that only the entries before named are removed last. Raises
    BenchpostError, with nothing written, when the file is there and cannot be read.
    """
    file = folder_of(post_file) / f"{machine}.json"
    before = _standing(file)
    for path, data in pictures.items():
        write_if_changed(post_file.parent / path, data)
    added = {result.snippet: encoding.entry(machine, result) for result in new}
    _replace(file, post_file.parent, before, {**before, **added})


def prune(post_file: Path, snippets: Collection[str]) -> list[tuple[str, str]]:
    """Remove entries that belong to none of `snippets`; what was removed, by file and snippet.

    Raises BenchpostError, with nothing removed, when one of the files cannot be read.
    """
    removed = []
    standing = {file: _standing(file) for file in sorted(folder_of(post_file).glob("*.json"))}
    for file, before in standing.items():
        kept = {name: found for name, found in before.items() if name in snippets}
        if kept != before:
            _replace(file, post_file.parent, before, kept)
        removed += [(file.name, name) for name in before if name not in snippets]
    return removed


def _standing(file: Path) -> dict[str, Entry]:
    """Entries as they stand, broken ones too; none when there is no file.

    Raises BenchpostError when it cannot be read: what it held would be lost by writing.
    """
    if not file.exists():
        return {}
    path = file.as_posix()
    return _entries(_text(file, path), file.stem, path)


def _replace(
    file: Path, folder: Path, before: Mapping[str, Entry], after: Mapping[str, Entry]
) -> None:
    if after:
        write_atomic(file, encoding.text(file.stem, after).encode())
    else:
        file.unlink(missing_ok=True)
    pictures = file.with_suffix("")
    # an edited entry may name any file: only what lies where pictures are drawn is ours
    for path in _pictures(before, folder) - _pictures(after, folder):
        if path.parent == pictures and path.suffix in PICTURES:
            path.unlink(missing_ok=True)
    sweep(pictures)
    if pictures.is_dir() and not any(pictures.iterdir()):
        pictures.rmdir()


def _pictures(entries: Mapping[str, Entry], folder: Path) -> set[Path]:
    return {folder / path for found in entries.values() for path in _files(found)}


def _files(found: object) -> Iterator[str]:
    outputs = found.get("outputs", ()) if isinstance(found, dict) else ()
    for output in outputs if isinstance(outputs, list) else ():
        if isinstance(output, dict) and isinstance(output.get("file"), str):
            yield output["file"]
