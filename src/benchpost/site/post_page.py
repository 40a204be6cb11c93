"""One post as a page of the site: its slots filled in memory, converted, with what it needs."""

from __future__ import annotations

import datetime
import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from benchpost.config import POST_SUFFIXES
from benchpost.errors import Place
from benchpost.fill.filled import Filled, fill_text
from benchpost.fill.material import Material
from benchpost.findings import Finding
from benchpost.post.document import Lines, Post
from benchpost.post.frontmatter import date_of, tags_of
from benchpost.post.inline import parse_inlines
from benchpost.post.nodes import Heading, Leaf
from benchpost.post.read import parse_post
from benchpost.post.walk import nodes
from benchpost.site import escape
from benchpost.site.convert import to_markdown
from benchpost.site.drawn import Drawn, draw, figure, local_path
from benchpost.site.provenance import colophon
from benchpost.site.scope import words

MARKS = re.compile(r"\{/\*.*?\*/\}|<!--.*?-->|!\[[^\]]*\]", re.DOTALL)
"""What nobody reads: markers, and the words for those who do not see a picture."""
WORDS_A_MINUTE = 220
"""Reading speed behind the minutes of a post."""

# the names that `strftime` gives depend on the locale
MONTHS = "January February March April May June July August September October November December"

Elsewhere = Callable[[Post, str], str | None]
"""Where a link of a post to another post leads; None when it is none."""


@dataclass(frozen=True)
class PostPage:
    """A page, ready to be written."""

    slug: str
    """Its folder."""
    title: str
    """From the front matter, or the first heading."""
    description: str
    """One sentence, or empty."""
    date: datetime.date | None
    """Day of publication."""
    tags: tuple[str, ...]
    """As in the front matter."""
    minutes: int
    """Reading time."""
    draft: bool
    """Shown while writing only."""
    files: Mapping[str, bytes]
    """Everything to write, by path relative to the folder of all pages."""
    findings: tuple[Finding, ...]
    """What could not be filled, drawn or shown, with places in the post as it stands."""


def post_page(material: Material, pages: Path, elsewhere: Elsewhere) -> PostPage:
    """The page of a post; `pages` is the folder of all pages, where earlier drawings may lie."""
    post = material.post
    filled = fill_text(post, material.facts, material.own, is_damaged=material.is_damaged)
    full = parse_post(filled.text, post.path, post.file, post.dialect)
    drawn = draw(post, filled.pieces, pages / post.slug)
    page = converted(full, drawn, elsewhere)
    about = _about(full)
    back = colophon(full, material.facts.results)
    text = "\n\n".join(filter(None, (_front(about), _headed(page.text, about), back.text)))
    files = {**page.files, **back.files, "index.md": f"{text.rstrip()}\n".encode()}
    found = [*material.findings, *filled.findings, *drawn.findings]
    return replace(
        about,
        files={f"{post.slug}/{name}": data for name, data in files.items()},
        findings=(*found, *(_in_source(post, filled, finding) for finding in page.findings)),
    )


@dataclass(frozen=True)
class Converted:
    """A post as Markdown for the site."""

    text: str
    """The page without front matter."""
    files: Mapping[str, bytes]
    """Pictures and downloads it counts on, by path relative to the page."""
    findings: tuple[Finding, ...]
    """What could not be shown as its author meant it."""


def converted(post: Post, drawn: Drawn, elsewhere: Elsewhere) -> Converted:
    """A filled post with its pictures inline; files that it shows or links to are taken along."""
    files = dict(drawn.files)
    shown = count(1)

    def file_of(url: str) -> str | None:
        path = local_path(url)
        if path is None:
            return None
        beside = post.file.parent / path
        if path not in files and beside.is_file() and _may_be_copied(beside, post):
            files[path] = beside.read_bytes()
        return path if path in files else None

    page = to_markdown(
        post,
        figure=lambda url: figure(drawn, url, shown),
        image=file_of,
        page=lambda url: elsewhere(post, url) or file_of(url),
    )
    return Converted(page.text, files, page.findings)


def _may_be_copied(beside: Path, post: Post) -> bool:
    """Whether a file beside a post may be published as it is.

    A link to somewhere else on the machine would publish that file; Markdown would become a page.
    """
    inside = beside.resolve().is_relative_to(post.file.parent.resolve())
    return inside and beside.suffix not in POST_SUFFIXES


def _about(post: Post) -> PostPage:
    """The page of a post without its files."""
    leaves = nodes(post.tree, Leaf)
    length = sum(len(MARKS.sub("", leaf.prose.source).split()) for leaf in leaves)
    return PostPage(
        slug=post.slug,
        title=str(post.front.get("title") or "").strip() or _first_heading(post) or post.slug,
        description=" ".join(str(post.front.get("description") or "").split()),
        date=date_of(post.front),
        tags=tags_of(post.front),
        minutes=max(1, math.ceil(length / WORDS_A_MINUTE)),
        draft=post.is_draft,
        files={},
        findings=(),
    )


def _first_heading(post: Post) -> str:
    for heading in nodes(post.tree, Heading):
        if heading.depth == 1:
            return words(parse_inlines(heading, post.text, post.dialect)).strip()
    return ""


def _front(about: PostPage) -> str:
    """Front matter for MkDocs; JSON is YAML."""
    front = {
        "title": about.title,
        "description": about.description,
        "date": about.date.isoformat() if about.date else "",
        "tags": list(about.tags),
    }
    lines = (f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in front.items())
    return "\n".join(["---", *(line for line in lines if not line.endswith(('""', "[]"))), "---"])


def _headed(body: str, about: PostPage) -> str:
    """The body with its title, and under that its date, length and whether it is a draft."""
    if body.startswith("# "):
        heading, _, rest = body.partition("\n")
    else:
        heading, rest = f"# {escape.text(about.title)}", body
    draft = DRAFT if about.draft else ""
    return "\n\n".join(filter(None, (heading, byline(about), draft, rest.strip("\n"))))


DRAFT = (
    '!!! warning "Draft"\n\n'
    "    Shown while you write; a built site leaves it out. Take `draft: true` from the front\n"
    "    matter to publish it."
)


def byline(about: PostPage) -> str:
    """Date and reading time, as a line of HTML."""
    parts = [f"{about.minutes} min read"]
    if about.date:
        day = f"{about.date.day} {MONTHS.split()[about.date.month - 1]} {about.date.year}"
        parts.insert(0, f'<time datetime="{about.date.isoformat()}">{day}</time>')
    return f'<p class="byline" data-search-exclude>{" · ".join(parts)}</p>'


def _in_source(post: Post, filled: Filled, finding: Finding) -> Finding:
    """The finding with its place in the post as it stands, whose slots may hold less."""
    if filled.text == post.text or finding.place.path != post.path:
        return finding
    starts = Lines(filled.text).starts
    offset = starts[finding.place.line - 1] + finding.place.column - 1
    return replace(finding, place=_source_place(post, filled, offset))


def _source_place(post: Post, filled: Filled, offset: int) -> Place:
    grown = 0
    for piece in filled.pieces:
        body = piece.of.body
        if offset < body.start + grown:
            break
        if offset < body.start + grown + len(piece.text):
            return post.place(piece.of.span.start)
        grown += len(piece.text) - (body.end - body.start)
    return post.place(offset - grown)
