"""Which files of a skill a site may offer as they are: those that run nothing in its origin.

A browser that is led to a file of a site runs whatever scripts its type allows, with the rights of
the site's own pages. So only types that allow none are offered; of pictures in SVG those that hold
nothing but a drawing. All others are in the archive of the skill, and texts are shown as code.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

PICTURE = ".svg"
SUFFIXES = frozenset(
    """
    png jpg jpeg gif webp avif bmp ico tif tiff
    md mdx markdown txt csv tsv json jsonl yaml yml toml ini cfg conf env lock log diff patch
    bib tex sql proto graphql tf css scss ipynb jinja j2 tmpl template example
    py pyi pyx sh bash zsh fish ps1 bat js mjs cjs jsx ts tsx rb rs go c h cc cpp hpp cu cuh
    java kt swift lua r jl pl php cs scala ex exs hs ml vim el dart zig
    pdf doc docx xls xlsx ppt pptx odt ods odp epub
    zip gz tgz bz2 xz zst 7z tar whl ttf otf woff woff2 mp3 wav ogg flac mp4 webm mov
    npy npz parquet safetensors onnx pt bin wasm db sqlite
    """.split()  # noqa: SIM905 - a table of words, read by people
)
"""Types in which no browser runs a script. What has no suffix may be taken for HTML."""

_SVG = "http://www.w3.org/2000/svg"
_NOTES = (
    "http://creativecommons.org/ns",
    "http://purl.org/dc/",
    "http://sodipodi.sourceforge.net/",
    "http://web.resource.org/cc/",
    "http://www.inkscape.org/",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns",
)
"""Namespaces of what editors note about a drawing."""
_ACTIVE = frozenset({"script", "foreignObject", "handler", "listener", "iframe", "set"})
"""Elements that run something, or change others."""
_INNER = re.compile(r"#|data:image/(?:png|jpeg|gif|webp);", re.IGNORECASE)
_OUTSIDE = re.compile(r"@import|javascript:|url\(\s*['\"]?(?!#|data:)|\\", re.IGNORECASE)
_UNUSUAL = re.compile(
    r"<!DOCTYPE[^>]*\[|<!(?!--|DOCTYPE|\[CDATA\[)|<\?(?!xml\s)|encoding=(?!['\"]utf-8['\"])",
    re.IGNORECASE,
)
"""Declarations by which a text may hold more than it shows, or be read otherwise."""


def is_inert(path: str, data: bytes) -> bool:
    """Whether a file of a path and content runs nothing where it is shown by itself."""
    name = path.rpartition("/")[2].lower()
    suffix = name.rpartition(".")[2] if "." in name else ""
    return is_drawing(data) if name.endswith(PICTURE) else suffix in SUFFIXES


def is_drawing(data: bytes) -> bool:
    """Whether an SVG holds a drawing alone: no script, nothing of other places."""
    try:
        text = data.decode("utf-8-sig")
        if _UNUSUAL.search(text):
            return False
        root = ElementTree.fromstring(text)
    except (ValueError, ElementTree.ParseError, RecursionError):
        return False
    return root.tag == f"{{{_SVG}}}svg" and all(map(_is_still, root.iter()))


def _is_still(element: ElementTree.Element) -> bool:
    """Whether an element draws, and no more."""
    space, _, name = element.tag[1:].partition("}")
    if space != _SVG:
        return space.startswith(_NOTES)
    if name in _ACTIVE or _OUTSIDE.search(f"{element.text} {element.tail}"):
        return False
    attributes = {key.rpartition("}")[2].lower(): value for key, value in element.items()}
    if attributes.get("attributename", "").lower().endswith(("href", "src")):
        return False
    return all(_is_fine(key, value) for key, value in attributes.items())


def _is_fine(key: str, value: str) -> bool:
    if key in ("href", "src"):
        return bool(_INNER.match(value.strip()))
    return not key.startswith("on") and not _OUTSIDE.search(value)
