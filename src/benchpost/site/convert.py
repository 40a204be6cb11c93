"""A post as a page that Python-Markdown and Material render as the same document.

Python-Markdown is not CommonMark, and JSX, `{}` and imports mean nothing to it. So a post is
never passed through: it is written anew from its tree. The extensions that the page counts on are
those of the project's `mkdocs.yml`; the page has no front matter, which the caller puts before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from benchpost.findings import Finding
from benchpost.post.document import Dialect, Post
from benchpost.post.nodes import Esm, FootnoteDefinition
from benchpost.post.walk import nodes
from benchpost.site import blocks, inlines, layout
from benchpost.site.headings import element_names, heading_names
from benchpost.site.scope import Lookup, Scope, Sheet

_IMPORTED = re.compile(
    r"""^import\s+([A-Za-z_$][\w$]*)\s+from\s+["']([^"'\n]+)["']""", re.MULTILINE
)


@dataclass(frozen=True)
class Page:
    """A converted post."""

    text: str
    """Markdown without front matter."""
    findings: tuple[Finding, ...]
    """What could not be shown as its author meant it; all are warnings."""
    assets: Mapping[str, str]
    """Images of the post as their author wrote them, and where the page looks for them."""


def to_markdown(
    post: Post,
    *,
    figure: Lookup | None = None,
    image: Lookup | None = None,
    page: Lookup | None = None,
    deeper: int = 0,
) -> Page:
    """The page of a post.

    `figure` gives the SVG that stands in the page for an image alone in its paragraph, `image`
    the address of an image as seen from the page, `page` that of a link; each gives None for what
    it does not have. Without them images and links stay as they are, `.mdx` becoming `.md`.
    """
    anchors = heading_names(post)
    sheet = Sheet(
        post=post,
        figure=figure or (lambda _: None),
        image=image or (lambda url: url),
        page=page or (lambda url: re.sub(r"\.mdx(?=#|$)", ".md", url)),
        imports=_imports(post),
        anchors=anchors,
        names=frozenset(anchors.values()) | frozenset(element_names(post)),
        deeper=deeper,
    )
    scope = Scope(sheet, blocks.write, inlines.write)
    text = layout.joined([*scope.parts(post.tree.children), *_footnotes(scope)])
    return Page(text + "\n" if text else "", tuple(sheet.findings), sheet.assets)


def _imports(post: Post) -> dict[str, str]:
    if post.dialect is not Dialect.MDX:
        return {}
    return {
        match[1]: match[2]
        for node in nodes(post.tree, Esm)
        for match in _IMPORTED.finditer(node.value)
    }


def _footnotes(scope: Scope) -> Iterator[str]:
    """The footnotes that the text refers to; one may refer to another."""
    found = nodes(scope.sheet.post.tree, FootnoteDefinition)
    definitions = {node.label.lower(): node for node in reversed(list(found))}
    written = 0
    while written < len(scope.sheet.footnotes):
        label = list(scope.sheet.footnotes)[written]
        written += 1
        if label in definitions:
            body = layout.item(scope.parts(definitions[label].children))
            yield f"[^{inlines.footnote_name(label)}]: {layout.inside(body).lstrip(' ')}"
