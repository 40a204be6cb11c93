"""Results files beside a post: read with what is wrong with them, and written."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from benchpost.config import Project
from benchpost.errors import Place
from benchpost.files import sha256, write_atomic, write_if_changed
from benchpost.findings import Check, Finding
from benchpost.record import encoding
from benchpost.record.encoding import Entry
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
        whole = file.read_text("utf-8", "replace")
        entries, why = _entries(whole, file.stem)
        if entries is None:
            mend = _mend(file.stem, project.relative(post_file))
            place = Place(project.relative(file), why[0])
            findings.append(Finding(Check.R005, place, f"{why[1]}; run it again or restore", mend))
            continue
        broken = dict(_broken(entries, file.stem, post_file.parent))
        findings += _edited(broken, file, whole, post_file, project)
        good = {
            name: encoding.result(name, entries[name]) for name in entries if name not in broken
        }
        found[file.stem] = Results(file.stem, project.relative(file), good, tuple(broken))
    return found, findings


def _mend(machine: str, post: str) -> str:
    return f"benchpost run --machine {machine} {post}"


def _entries(whole: str, machine: str) -> tuple[dict[str, Any] | None, tuple[int, str]]:
    """Entries by snippet, or None with the line and the reason."""
    try:
        found = json.loads(whole)
    except json.JSONDecodeError as error:
        return None, (error.lineno, f"not JSON: {error.msg}")
    if not isinstance(found, dict) or not isinstance(found.get("results"), dict):
        return None, (1, "this is not a results file")
    if found.get("format") != encoding.FORMAT:
        return None, (1, f"layout {found.get('format')!r} is not known, only {encoding.FORMAT}")
    if found.get("machine") != machine:
        said = f"it holds results of machine {found.get('machine')!r}, not of {machine!r}"
        return None, (1, said)
    return found["results"], (0, "")


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
    file finds them; what no entry names any more is removed last.
    """
    file = folder_of(post_file) / f"{machine}.json"
    for path, data in pictures.items():
        write_if_changed(post_file.parent / path, data)
    added = {result.snippet: encoding.entry(machine, result) for result in new}
    _write(file, machine, {**_standing(file), **added})
    _tidy(file, post_file.parent)


def prune(post_file: Path, snippets: Collection[str]) -> list[tuple[str, str]]:
    """Remove entries that belong to none of `snippets`; what was removed, by file and snippet."""
    removed = []
    for file in sorted(folder_of(post_file).glob("*.json")):
        standing = _standing(file)
        gone = [name for name in standing if name not in snippets]
        if gone:
            kept = {name: found for name, found in standing.items() if name in snippets}
            _write(file, file.stem, kept)
            _tidy(file, post_file.parent)
        removed += [(file.name, name) for name in gone]
    return removed


def _standing(file: Path) -> dict[str, Entry]:
    """Entries as they stand, broken ones too; none when the file is missing or unreadable."""
    if not file.is_file():
        return {}
    entries, _ = _entries(file.read_text("utf-8", "replace"), file.stem)
    return entries or {}


def _write(file: Path, machine: str, entries: Mapping[str, Entry]) -> None:
    if entries:
        write_atomic(file, encoding.text(machine, entries).encode())
    else:
        file.unlink(missing_ok=True)


def _tidy(file: Path, folder: Path) -> None:
    """Remove pictures that no entry names, and what a killed run left."""
    named = {folder / path for found in _standing(file).values() for path in _files(found)}
    pictures = file.with_suffix("")
    unnamed = [p for p in pictures.glob("*") if p.suffix in PICTURES and p not in named]
    for path in (*unnamed, *pictures.glob(".*.tmp"), *file.parent.glob(".*.tmp")):
        path.unlink(missing_ok=True)
    if pictures.is_dir() and not any(pictures.iterdir()):
        pictures.rmdir()


def _files(found: object) -> Iterator[str]:
    outputs = found.get("outputs", ()) if isinstance(found, dict) else ()
    for output in outputs if isinstance(outputs, list) else ():
        if isinstance(output, dict) and isinstance(output.get("file"), str):
            yield output["file"]
