"""The pictures of a post's slots, fresh whatever lies on disk, and how they stand in the page."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from posixpath import normpath
from urllib.parse import unquote

from benchpost.errors import BenchpostError
from benchpost.figures.theme import is_themable, themed
from benchpost.fill.filled import Piece
from benchpost.fill.pictures import FOLDER, Picture, State, pictures
from benchpost.fill.refusal import Refusal
from benchpost.findings import Check, Finding
from benchpost.post.document import Dialect, Post


@dataclass(frozen=True)
class Drawn:
    """What the slots of a post show and offer."""

    files: Mapping[str, bytes]
    """Pictures and their data by path relative to the post, e.g. `figures/roofline.svg`."""
    data: Mapping[str, tuple[str, ...]]
    """For each picture, the files with the numbers behind it."""
    findings: tuple[Finding, ...]
    """Pictures that could not be drawn."""


def draw(post: Post, pieces: Iterable[Piece], earlier: Path) -> Drawn:
    """Take every picture from beside the post or from its `earlier` page, or else draw it."""
    files: dict[str, bytes] = {}
    data: dict[str, tuple[str, ...]] = {}
    findings: list[Finding] = []
    for picture in pictures(pieces, post.file):
        name = f"{FOLDER}/{picture.path.name}"
        try:
            files[name] = _bytes(picture, earlier / name)
        except (Refusal, BenchpostError) as error:
            place = error.place or post.place(picture.piece.of.span.start)
            findings.append(Finding(Check.S006, place, f"./{name}: {error.message}"))
        else:
            # in Markdown the caption links to the data itself
            data[name] = () if post.dialect is Dialect.MARKDOWN else tuple(_data(picture.piece))
    return Drawn(files, data, tuple(findings))


def _bytes(picture: Picture, earlier: Path) -> bytes:
    for file in (picture.path, earlier):
        if file.is_file() and picture.judge(found := file.read_bytes()) is State.FRESH:
            return found
    return picture.make()


def _data(piece: Piece) -> Iterator[str]:
    if piece.fragment:
        yield from (f"{FOLDER}/{name}" for name in piece.fragment.data)


def local_path(url: str) -> str | None:
    """An address as a path relative to the post; None when it leads out of the post's folder."""
    path = normpath(unquote(re.split(r"[#?]", url)[0]))
    outside = path.startswith(("/", "..")) or path == "." or re.match(r"[a-zA-Z][\w+.-]*:", path)
    return None if outside else path


def figure(drawn: Drawn, url: str, numbers: Iterator[int]) -> str | None:
    """A picture of ours as an element of the page, or None for any other image.

    Each takes the next of `numbers`, which keeps the ids of the page apart.
    """
    path = local_path(url)
    if path is None or path not in drawn.files or not path.endswith(".svg"):
        return None
    svg = drawn.files[path].decode()
    if not is_themable(svg):
        return None
    links = [(name, "Data (CSV)") for name in drawn.data[path] if name.endswith(".csv")]
    links.append((path, "Picture (SVG)"))
    # Material's instant navigation would set `href` of every element that has one, which fails
    # on `<use>`; the older spelling means the same
    inner = themed(svg, f"fig-{next(numbers)}").strip().replace("<use href=", "<use xlink:href=")
    return (
        f'<figure class="figure" data-search-exclude>\n<div class="figure-frame">{inner}</div>\n'
        f'<span class="figure-links">{" ".join(_link(*link) for link in links)}</span></figure>'
    )


def _link(path: str, words: str) -> str:
    return f'<a href="{html.escape(path)}" download>{words}</a>'
