"""Documents that share a folder share its `figures/`: what the others want, and who clashes.

The others are filled in memory, and only where it matters: where they show a picture that this one
wants too, or where a drawn file is about to be called an orphan.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from benchpost.config import Project, is_document
from benchpost.errors import BenchpostError, Place
from benchpost.fill.filled import Filled, Piece, fill_text, spliced
from benchpost.fill.material import gather
from benchpost.fill.pictures import FOLDER, Picture, neighbours, orphans, pictures, shows
from benchpost.findings import Check, Finding
from benchpost.post.document import Post


def without_clashes(post: Post, filled: Filled, project: Project) -> Filled:
    """`filled` without the slots that want a picture under a name that a neighbour shows another
    picture by; each is a finding.
    """
    if not filled.fragments:
        return filled
    found = _clashes(post, pictures(filled.pieces, post.file), project)
    # once for a slot: the data beside a drawing clashes with it
    told = {(picture.piece.of.span, other): (picture, other) for picture, other in reversed(found)}
    if not told:
        return filled
    broken = [picture.piece for picture, _ in told.values()]
    kept = tuple(piece for piece in filled.pieces if piece not in broken)
    findings = [*filled.findings, *(_finding(post, *clash, project) for clash in told.values())]
    return Filled(
        spliced(post.text, kept), kept, tuple(sorted(findings, key=lambda each: each.place))
    )


def _finding(post: Post, picture: Picture, other: Path, project: Project) -> Finding:
    said = (
        f"{project.relative(other)} shows another picture called {picture.path.name!r}; give one "
        'of the two name="…"'
    )
    return Finding(Check.S006, post.place(picture.piece.of.span.start), said)


def _clashes(post: Post, wanted: Sequence[Picture], project: Project) -> list[tuple[Picture, Path]]:
    """Pictures that a neighbour shows under the same name and would draw otherwise."""
    found = []
    for other in neighbours(post.file):
        text = other.read_bytes().decode("utf-8", errors="replace")
        shared = [picture for picture in wanted if shows(text, picture.path)]
        theirs = _contents(other, project) if shared else {}
        for picture in shared:
            mine = _content(picture.piece, picture.path.name)
            if theirs.get(picture.path.name, mine) != mine:
                found.append((picture, other))
    return found


def _contents(file: Path, project: Project) -> dict[str, object]:
    """What a document would draw and write, by name; nothing of one that cannot be read."""
    found = _pictures(file, project)
    return {p.path.name: _content(p.piece, p.path.name) for p in found.pictures}


def _content(piece: Piece, name: str) -> object:
    """What decides a file's bytes: the plan of a drawing, the bytes of data."""
    drawings = piece.fragment.drawings if piece.fragment else ()
    data: Mapping[str, bytes] = piece.fragment.data if piece.fragment else {}
    return next((drawing.plan for drawing in drawings if drawing.name == name), data.get(name))


def unwanted(
    post: Path, text: str, wanted: Set[Path], project: Project
) -> tuple[list[Path], list[Path]]:
    """Drawn files that no document of the folder wants: those to remove, and those edited since.

    None at all where a neighbour cannot say what it wants: the files may be its own.
    """
    loose = orphans(post, text, wanted)
    if loose == ([], []):
        return loose
    others = [_pictures(file, project) for file in neighbours(post) if is_document(file)]
    if not all(other.complete for other in others):
        return [], []
    theirs = {picture.path for other in others for picture in other.pictures}
    return orphans(post, text, wanted | theirs)


def deserted(project: Project) -> Iterator[Finding]:
    """F004 of figures whose folder has no post or document left that would tell of them."""
    spoken_for = {file.parent for file in project.post_files([])}
    for folder in project.folders_with(FOLDER):
        if folder in spoken_for:
            continue
        loose, _ = unwanted(folder / FOLDER, "", set(), project)
        for path in _shown_nowhere(loose, project):
            said = f"no post or document of {project.relative(folder)} is left to show this figure"
            yield Finding(Check.F004, Place(project.relative(path)), f"{said}; delete it")


def _shown_nowhere(files: Sequence[Path], project: Project) -> Iterator[Path]:
    """Those that no text of another folder shows either."""
    texts = [file.read_bytes().decode(errors="replace") for file in project.texts() if files]
    yield from (file for file in files if not any(shows(text, file) for text in texts))


@dataclass(frozen=True)
class _Wanted:
    """What a document wants in `figures/`."""

    pictures: tuple[Picture, ...] = ()
    """The files of those of its slots that can be filled."""
    complete: bool = False
    """All of its slots can be."""


def _pictures(file: Path, project: Project) -> _Wanted:
    try:
        material = gather(file, project)
    except BenchpostError:
        # the document's own check says so
        return _Wanted()
    post, is_damaged = material.post, material.is_damaged
    filled = fill_text(post, material.facts, material.own, is_damaged=is_damaged)
    complete = not (filled.findings or material.findings)
    return _Wanted(tuple(pictures(filled.pieces, file)), complete)
