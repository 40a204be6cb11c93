"""Filling a post on disk: its figure files first, then the post, then what no slot wants."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchpost.config import Project
from benchpost.errors import BenchpostError
from benchpost.files import sweep, write_atomic, write_if_changed
from benchpost.fill.filled import Filled, Piece, fill_text, spliced
from benchpost.fill.material import gather
from benchpost.fill.pictures import FOLDER, Picture, State, pictures
from benchpost.fill.refusal import Refusal
from benchpost.fill.siblings import unwanted, without_clashes
from benchpost.findings import Check, Finding
from benchpost.post.document import Lines, Post
from benchpost.post.lint import declarations


@dataclass(frozen=True)
class Outcome:
    """What filling did to one post."""

    path: str
    """The post, relative to the project root."""
    before: str
    """Its text as it was."""
    after: str
    """Its text now."""
    drawn: tuple[str, ...] = ()
    """Figure files written, relative to the post's folder."""
    removed: tuple[str, ...] = ()
    """Figure files removed, because no slot wants them any more."""
    pieces: tuple[Piece, ...] = ()
    """Slots and values whose bodies changed."""
    findings: tuple[Finding, ...] = ()
    """What could not be filled."""
    open: int = 0
    """Placeholders that no slot was written for yet."""


@dataclass(frozen=True)
class _Drawn:
    """Pieces whose pictures could be made, and the bytes of those that must be written."""

    pieces: tuple[Piece, ...]
    files: tuple[tuple[Picture, bytes], ...]
    findings: tuple[Finding, ...]


def fill_post(file: Path, project: Project, *, redraw: bool = False) -> Outcome:
    """Fill one post. Draws what is not fresh, or everything when `redraw` is set.

    A killed run leaves every file either as it was or as it should be. Raises BenchpostError when
    the post cannot be read or is written by somebody else meanwhile.
    """
    material = gather(file, project)
    post = material.post
    filled = fill_text(post, material.facts, material.own, is_damaged=material.is_damaged)
    filled = without_clashes(post, filled, project)
    drawn = _draw(post, filled, redraw)
    text = spliced(post.text, drawn.pieces)
    # a slot that is not closed is no slot: without a word it would seem to be filled
    misread = [each for each in declarations(post) if each.check is not Check.S007]
    findings = (*material.findings, *misread, *filled.findings, *drawn.findings)
    try:
        written = [picture for picture, data in drawn.files if write_if_changed(picture.path, data)]
        _write_text(post, text)
        # a slot that failed cannot say which files are its own
        gone = () if findings else _remove_orphans(post, text, drawn.pieces, project)
    except OSError as error:
        raise BenchpostError(f"cannot be filled: {_cause(error)}", post.place(0)) from error
    return Outcome(
        post.path,
        post.text,
        text,
        tuple(_named(picture.path) for picture in written),
        tuple(_named(path) for path in gone),
        tuple(p for p in drawn.pieces if p.text != post.text[p.of.body.start : p.of.body.end]),
        tuple(_moved(finding, post, text, drawn.pieces) for finding in findings),
        len(post.todos),
    )


def _cause(error: OSError) -> str:
    """What the system says, and of which file."""
    name = Path(error.filename2 or error.filename or "").name
    return f"{name}: {error.strerror}" if name else str(error)


def _moved(finding: Finding, post: Post, text: str, pieces: Sequence[Piece]) -> Finding:
    """The finding with its place in the new text, where longer bodies pushed it on."""
    if finding.place.path != post.path:
        return finding
    offset = post.lines.starts[finding.place.line - 1] + finding.place.column - 1
    bodies = [(piece.of.body, piece.text) for piece in pieces if piece.of.body.end <= offset]
    pushed = sum(len(new) - (body.end - body.start) for body, new in bodies)
    return replace(finding, place=Lines(text).place(post.path, offset + pushed))


def _named(path: Path) -> str:
    return f"{FOLDER}/{path.name}"


def _draw(post: Post, filled: Filled, redraw: bool) -> _Drawn:
    """Draw in memory, so that a figure whose drawing fails leaves its slot as it is."""
    files: list[tuple[Picture, bytes]] = []
    failed: list[tuple[Piece, Finding]] = []
    for picture in pictures(filled.pieces, post.file):
        if redraw or picture.state() is not State.FRESH:
            try:
                files.append((picture, picture.make()))
            except (Refusal, BenchpostError) as error:
                failed.append((picture.piece, _finding(post, picture, error)))
    broken = [piece for piece, _ in failed]
    return _Drawn(
        tuple(piece for piece in filled.pieces if piece not in broken),
        tuple((picture, data) for picture, data in files if picture.piece not in broken),
        tuple(finding for _, finding in failed),
    )


def _finding(post: Post, picture: Picture, error: Refusal | BenchpostError) -> Finding:
    place = error.place or post.place(picture.piece.of.span.start)
    return Finding(Check.S006, place, f"{_named(picture.path)}: {error.message}")


def _write_text(post: Post, text: str) -> None:
    sweep(post.file.parent, f".{post.file.name}.")
    if text == post.text:
        return
    if post.file.read_bytes() != post.text.encode():
        raise BenchpostError(
            "changed while it was being filled, and is left as it is; fill it again",
            post.place(0),
        )
    write_atomic(post.file, text.encode())


def _remove_orphans(
    post: Post, text: str, pieces: Sequence[Piece], project: Project
) -> Iterator[Path]:
    folder = post.file.parent / FOLDER
    wanted = {picture.path for picture in pictures(pieces, post.file)}
    gone, _ = unwanted(post.file, text, wanted, project)
    for path in gone:
        path.unlink()
    if folder.is_dir():
        sweep(folder)
        if not any(folder.iterdir()):
            folder.rmdir()
    return iter(gone)
