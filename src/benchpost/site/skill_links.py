"""Where a link or picture in a text of a catalogue leads to on the site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from benchpost.post.document import Post
from benchpost.site.anchors import known
from benchpost.site.headings import element_names, heading_names
from benchpost.site.shelf import Shelf, address, to
from benchpost.skills.library import MARKDOWN, resolve
from benchpost.skills.pages import Page
from benchpost.skills.walk import DESCRIPTION_FILE


def link(shelf: Shelf, source: str, page: Page, url: str) -> str | None:
    """The address of a link as seen from `page`; None when no page or file is behind it."""
    path, _, anchor = url.partition("#")
    if path.startswith("skill:"):
        return by_name(shelf, page, path.removeprefix("skill:"))
    if path.startswith("/"):
        return None
    for target in _targets(source, page, path):
        found = _page(shelf, target)
        if found:
            return to(found, page) + _anchor(shelf, found, unquote(anchor))
    return copy(shelf, source, page, url)


def copy(shelf: Shelf, source: str, page: Page, url: str) -> str | None:
    """The address of a file that is offered as it is, as seen from `page`."""
    for target in _targets(source, page, url.partition("#")[0]):
        if target in shelf.plan.copies:
            return address(shelf.plan.copies[target], page)
    return None


def by_name(shelf: Shelf, page: Page, name: str) -> str | None:
    """The page of a skill that is called by its name or path."""
    wanted = name.strip("/")
    for skill in shelf.skills:
        if wanted in (skill.name, skill.folder, skill.address.name):
            return to(shelf.plan.by_source[skill.path], page)
    return None


def names_of(post: Post) -> frozenset[str]:
    """What `#name` may lead to on the page of a text."""
    return frozenset(heading_names(post).values()) | frozenset(element_names(post))


def _targets(source: str, page: Page, path: str) -> Iterator[str]:
    """What a path may name: seen from its file, or else from the skill's folder."""
    plain = unquote(re.split(r"[?#]", path, maxsplit=1)[0])
    yield resolve(source, plain)
    if page.skill and source != page.skill.path:
        yield resolve(page.skill.path, plain)


def _page(shelf: Shelf, target: str) -> Page | None:
    """The page of a file, of a folder, or of a category's DESCRIPTION.md."""
    if target in shelf.plan.by_source:
        return shelf.plan.by_source[target]
    folder = target.removesuffix(DESCRIPTION_FILE).rstrip("/")
    if not folder:
        return shelf.plan.pages[0]
    inside = (
        skill for skill in shelf.skills if skill.folder and folder.startswith(f"{skill.folder}/")
    )
    around = next(inside, None) if folder in shelf.library.folders else None
    return shelf.by_folder.get(around.folder if around else folder)


def _anchor(shelf: Shelf, page: Page, anchor: str) -> str:
    if not anchor or not page.source.lower().endswith(MARKDOWN):
        return ""
    name = known(anchor, names_of(shelf.post(page.source)))
    return f"#{name}" if name else ""
