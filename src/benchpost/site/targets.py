"""Where links and images of a post lead to on the site; what leads nowhere is a finding."""

from __future__ import annotations

import re

from benchpost.errors import near
from benchpost.findings import Check
from benchpost.post.nodes import Node
from benchpost.site.anchors import known
from benchpost.site.scope import Scope

_INLINE = re.compile(r"data:image/(?:png|jpeg|gif|webp|avif|svg\+xml)[;,]", re.IGNORECASE)
"""A picture that stands in its address; a browser runs no script of it."""
_ELSEWHERE = re.compile(r"(?:https?|mailto|tel|ftp|news|irc):|//", re.IGNORECASE)
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")


def is_elsewhere(url: str) -> bool:
    """An address outside of the site."""
    return bool(_ELSEWHERE.match(url))


def link_target(url: str, node: Node, scope: Scope) -> str | None:
    """The address that a link of the post has on its page; None when there is none."""
    url = url.strip()
    if is_elsewhere(url):
        return url
    if not url or _SCHEME.match(url):
        scope.report(Check.P003, node, f"link to `{url}` leads nowhere; its text is kept")
        return None
    if url.startswith("#"):
        return _anchor(url, node, scope)
    page = scope.sheet.page(url)
    if page is None:
        scope.report(Check.P003, node, f"no page `{url}` on the site; the link's text is kept")
    return page


def _anchor(url: str, node: Node, scope: Scope) -> str | None:
    names = scope.sheet.names
    name = known(url[1:], names) if len(url) > 1 else ""
    if name is not None:
        return f"#{name}"
    hint = near(url[1:], names)
    scope.report(
        Check.P003, node, f"no heading `{url}` in this post{hint}; the link's text is kept"
    )
    return None


def image_target(url: str, node: Node, scope: Scope) -> str | None:
    """The address that an image of the post has on its page; None when it is missing."""
    if _INLINE.match(url):
        return url
    found = scope.sheet.image(url) if url else None
    if found is None:
        scope.report(Check.P003, node, f"image `{url}` is missing; its description is shown")
        return None
    scope.sheet.assets[url] = found
    return found
