"""Figure files beside a post: which its slots want, and in what state these are on disk."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from benchpost.config import POST_SUFFIXES
from benchpost.errors import BenchpostError
from benchpost.figures import seal
from benchpost.figures.types import Drawing
from benchpost.fill.bugs import BUGS, told
from benchpost.fill.filled import Piece
from benchpost.fill.refusal import Refusal
from benchpost.findings import Check

FOLDER = "figures"
SUFFIXES = (".svg", ".csv", ".json", ".txt")
"""Endings of drawings and of the data beside them."""


class State(Enum):
    """What is the matter with a figure file."""

    FRESH = "holds what its slot gives"
    MISSING = "is missing"
    STALE = "is stale: what it is drawn from changed"
    TAMPERED = "was edited by hand"


@dataclass(frozen=True)
class Picture:
    """A file that a slot shows or offers."""

    path: Path
    """Where it belongs."""
    piece: Piece
    """The slot that wants it."""
    make: Callable[[], bytes]
    """Gives its bytes; dear for a drawing."""
    judge: Callable[[bytes], State]
    """Says cheaply what state some bytes are in."""

    def state(self) -> State:
        """The state of the file on disk."""
        return self.judge(self.path.read_bytes()) if self.path.is_file() else State.MISSING


def pictures(pieces: Iterable[Piece], post: Path) -> list[Picture]:
    """Every file that the slots want, each once; data after its drawings."""
    found: dict[Path, Picture] = {}
    for piece in pieces:
        for picture in _of(piece, post.parent / FOLDER):
            found.setdefault(picture.path, picture)
    return list(found.values())


def _of(piece: Piece, folder: Path) -> Iterator[Picture]:
    if piece.fragment is None:
        return
    drawings = piece.fragment.drawings
    for drawing in drawings:
        yield Picture(folder / drawing.name, piece, _sealing(drawing), _judging(drawing))
    for name, data in piece.fragment.data.items():
        yield Picture(folder / name, piece, _holding(data), _comparing(data, drawings, folder))


def _sealing(drawing: Drawing) -> Callable[[], bytes]:
    def make() -> bytes:
        try:
            return seal.sealed(drawing)
        except (Refusal, BenchpostError):
            raise
        except BUGS as error:
            raise Refusal(Check.S006, told(error, f"drawing {drawing.name}")) from error

    return make


def _holding(data: bytes) -> Callable[[], bytes]:
    return lambda: data


def _judging(drawing: Drawing) -> Callable[[bytes], State]:
    return lambda found: State[seal.judge(found, drawing).upper()]


def _comparing(
    data: bytes, drawings: tuple[Drawing, ...], folder: Path
) -> Callable[[bytes], State]:
    """Data carries no seal: it is stale with its drawings, and edited where these are fresh."""

    def state(found: bytes) -> State:
        if found.replace(b"\r\n", b"\n") == data.replace(b"\r\n", b"\n"):
            return State.FRESH
        files = [(folder / drawing.name, drawing) for drawing in drawings]
        fresh = files and all(
            file.is_file() and seal.judge(file.read_bytes(), drawing) == "fresh"
            for file, drawing in files
        )
        return State.TAMPERED if fresh else State.STALE

    return state


def orphans(post: Path, text: str, wanted: Set[Path]) -> tuple[list[Path], list[Path]]:
    """Files that were drawn here for a slot that is gone, with their data; and edited drawings.

    The first bear an unbroken seal of ours, or are named after such a file, and stand in no text
    of the folder: `text` for the post itself, the files for its neighbours. A neighbour may want
    a file that it does not show yet: `wanted` holds these too. Data whose picture is gone bears
    no mark, and so may be the author's own: it is left alone. The second were edited since they
    were drawn: they may be somebody's work.
    """
    unshown = _unshown(post, text, _loose(post, wanted))
    gone = {file.stem for file in unshown if is_ours(file)}
    drawn = [file for file in unshown if file.stem in gone and file.suffix in SUFFIXES]
    return drawn, [file for file in unshown if is_edited(file)]


def _loose(post: Path, wanted: Set[Path]) -> list[Path]:
    """Files beside the post that no slot of it wants."""
    folder = post.parent / FOLDER
    if not folder.is_dir():
        return []
    return sorted(file for file in folder.iterdir() if file.is_file() and file not in wanted)


def _unshown(post: Path, text: str, files: Sequence[Path]) -> list[Path]:
    """Those that stand in no text of the folder, which is read only where there are any."""
    texts = [text, *map(_lenient, neighbours(post))] if files else []
    return [file for file in files if not any(shows(each, file) for each in texts)]


def shows(text: str, file: Path) -> bool:
    """Whether a text beside a figure file names it."""
    name = f"{FOLDER}/{file.name}"
    # most texts do not have it at all, which is found without making a pattern
    return name in text and bool(re.search(rf"{re.escape(name)}(?![\w-]|\.\w)", text))


def is_ours(file: Path) -> bool:
    """Whether a file was drawn by a figure and not touched since."""
    if file.suffix != ".svg":
        return False
    anything = Drawing(file.name, "", _nothing)
    return seal.judge(file.read_bytes(), anything) != "tampered"


def is_edited(file: Path) -> bool:
    """Whether a file was drawn by a figure and touched since."""
    return file.suffix == ".svg" and seal.is_marked(file.read_bytes()) and not is_ours(file)


def _nothing() -> bytes:
    raise BenchpostError("a file is judged here, not drawn")


def neighbours(post: Path) -> list[Path]:
    """The other posts and documents of its folder, which share `figures/` with it."""
    files = (file for file in post.parent.iterdir() if file.suffix in POST_SUFFIXES)
    return sorted(file for file in files if file != post and file.is_file())


def _lenient(file: Path) -> str:
    return file.read_bytes().decode("utf-8", errors="replace")
