"""The page that lists all posts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchpost.site import escape
from benchpost.site.post_page import PostPage, byline

FRONT = '---\ntitle: "Posts"\ndescription: "All posts, newest first."\nhide: [toc]\n---\n\n# Posts'


def post_list(pages: Sequence[PostPage]) -> str:
    """Title, date, description and tags of every post, newest first."""
    if not pages:
        return f"{FRONT}\n\nNo post is published yet.\n"
    return "\n\n".join([FRONT, *map(_entry, pages)]) + "\n"


def _entry(page: PostPage) -> str:
    title = escape.heading_end(escape.text(page.title))
    parts = [
        f"## [{title}]({page.slug}/index.md) {{ .post-title }}",
        _badged(page),
        escape.line_start(escape.text(page.description)),
        _tags(page.tags),
    ]
    return "\n\n".join(filter(None, parts))


def _badged(page: PostPage) -> str:
    line = byline(page)
    return (
        line.replace("</p>", ' · <strong class="draft">draft</strong></p>') if page.draft else line
    )


def _tags(tags: Iterable[str]) -> str:
    marks = " ".join(f'<span class="post-tag">{escape.attribute(tag)}</span>' for tag in tags)
    return f'<p class="post-tags">{marks}</p>' if marks else ""
