"""Pages of the site's reference that hold figures: filled by the same code as a post."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from benchpost.errors import BenchpostError
from benchpost.figures.types import Facts
from benchpost.fill.filled import fill_text
from benchpost.post.document import Dialect
from benchpost.post.read import parse_post
from benchpost.site.drawn import draw
from benchpost.site.post_page import converted


def filled_page(name: str, front: str, text: str, earlier: Path) -> Mapping[str, bytes]:
    """The page `<name>/index.md` and its pictures, by path; `front` is its front matter.

    `earlier` is the folder where the page was written last time: pictures that are fresh there are
    not drawn again. Raises BenchpostError where a slot of ours cannot be filled.
    """
    # the page's own file is not on disk: its pictures come from `earlier` or are drawn
    post = parse_post(text, f"{name}.md", earlier / "source" / "index.md", Dialect.MARKDOWN)
    filled = fill_text(post, Facts(Dialect.MARKDOWN), {})
    for finding in filled.findings:
        raise BenchpostError(finding.message, finding.place)
    full = parse_post(filled.text, post.path, post.file, post.dialect)
    drawn = draw(post, filled.pieces, earlier)
    page = converted(full, drawn, lambda _, url: url if _is_page(url) else None)
    files = {**page.files, "index.md": f"{front}{page.text.rstrip()}\n".encode()}
    return {f"{name}/{path}": data for path, data in files.items()}


def _is_page(url: str) -> bool:
    return url.partition("#")[0].endswith((".md", "-figures"))
