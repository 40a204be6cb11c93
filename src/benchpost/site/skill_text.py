"""A text of a catalogue as Markdown for the site: filled, converted, its first heading apart."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count

from benchpost.fill.filled import fill_text
from benchpost.findings import Finding
from benchpost.post.document import Post
from benchpost.post.inline import parse_inlines
from benchpost.post.nodes import Heading, Yaml
from benchpost.post.read import parse_post
from benchpost.post.walk import nodes
from benchpost.site import scope
from benchpost.site.convert import to_markdown
from benchpost.site.drawn import Drawn, draw, figure, local_path
from benchpost.site.front import plain
from benchpost.site.headings import without_name
from benchpost.site.shelf import Shelf
from benchpost.site.skill_links import copy, link, names_of
from benchpost.skills.pages import Page

_HEADLINE = re.compile(r"#+ (?P<line>.*?)(?: \{ #(?P<name>\S+) \})?")


@dataclass(frozen=True)
class Written:
    """A text as it stands on its page."""

    body: str
    """Markdown without front matter and without the heading that it begins with."""
    heading: str = ""
    """That heading, as Markdown; empty where it begins with none."""
    anchor: str = ""
    """The name that links know the heading by."""
    names: frozenset[str] = frozenset()
    """What `#name` may lead to."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """Pictures that were drawn for it, by path relative to its page."""
    findings: tuple[Finding, ...] = ()
    """What could not be filled or shown as its author meant it."""


def written(shelf: Shelf, source: str, page: Page) -> Written:
    """The text of a file as it stands on `page`."""
    material = shelf.material(source)
    post = material.post
    filled = fill_text(post, material.facts, material.own, is_damaged=material.is_damaged)
    full = post
    if filled.text != post.text:
        full = parse_post(filled.text, post.path, post.file, post.dialect)
    drawn = draw(post, filled.pieces, shelf.folder / page.url)
    numbers = count(1)
    first = opening(full)
    further = [node for node in nodes(full.tree, Heading) if node.depth == 1 and node is not first]
    made = to_markdown(
        full,
        figure=lambda url: figure(drawn, url, numbers),
        image=lambda url: _picture(drawn, url) or copy(shelf, source, page, url),
        page=lambda url: link(shelf, source, page, url),
        # a page has one title
        deeper=1 if further else 0,
    )
    findings = (*material.findings, *filled.findings, *drawn.findings, *made.findings)
    head, body = _parted(made.text) if first else ("", made.text)
    match = _HEADLINE.fullmatch(head)
    heading, anchor = (match["line"], match["name"] or "") if match else ("", "")
    return Written(body, heading, anchor, names_of(full), drawn.files, findings)


def opening(post: Post) -> Heading | None:
    """The heading of the first level that a text begins with."""
    blocks = (node for node in post.tree.children if not isinstance(node, Yaml))
    first = next(blocks, None)
    return first if isinstance(first, Heading) and first.depth == 1 else None


def opening_words(shelf: Shelf, source: str) -> str:
    """The words of that heading; empty when there is none."""
    post = shelf.post(source)
    first = opening(post)
    if first is None:
        return ""
    return plain(scope.words(without_name(parse_inlines(first, post.text, post.dialect))[0]))


def _parted(text: str) -> tuple[str, str]:
    head, _, rest = text.partition("\n")
    return head, rest.strip("\n")


def _picture(drawn: Drawn, url: str) -> str | None:
    path = local_path(url)
    return path if path in drawn.files else None
