"""The pages that a site has for a catalogue: pure, at URLs that a move does not change."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from benchpost.skills.address import lineage
from benchpost.skills.aliases import Aliases
from benchpost.skills.exports import names
from benchpost.skills.frontmatter import head
from benchpost.skills.library import MARKDOWN, Library
from benchpost.skills.types import Skill


@dataclass(frozen=True)
class Page:
    """One page."""

    title: str
    """Name of the skill, the category, or the support file."""
    url: str
    """Relative to the site's root, with a slash at the end. E.g. `skills/axolotl/`"""
    body: str
    """Markdown, as written, without front matter."""
    source: str
    """File relative to the tree's root; empty for a category."""
    breadcrumbs: tuple[str, ...] = ()
    """URLs of the categories above, outermost first."""
    old_urls: tuple[str, ...] = ()
    """URLs that lead here: the skill's paths, now and before its moves."""
    problems: tuple[str, ...] = ()
    """What is wrong with it, to be shown on the page."""


def pages(library: Library, aliases: Aliases) -> Iterator[Page]:
    """A page per skill, per Markdown support file, and per category."""
    folders = names(library)
    for skill in library.tree.skills:
        name = folders[skill.path]
        text = library.text(skill.path)
        yield Page(
            skill.name,
            f"skills/{name}/",
            text[head(text, skill.path).body :],
            skill.path,
            _breadcrumbs(skill.category),
            _old(skill, name, aliases),
            tuple(f"{each.check.name} {each.message}" for each in skill.findings),
        )
        yield from _support(library, skill, name)
    yield from _categories(library, folders)


def category_url(category: str) -> str:
    """The URL of a category's page."""
    return f"skills/c/{category}/"


def _breadcrumbs(category: str) -> tuple[str, ...]:
    return tuple(category_url(each) for each in reversed(lineage(category)))


def _old(skill: Skill, name: str, aliases: Aliases) -> tuple[str, ...]:
    paths = [skill.folder, *(old for old, new in aliases.paths.items() if new == skill.folder)]
    urls = {f"skills/{path}/" for path in paths if path}
    return tuple(sorted(urls - {f"skills/{name}/"}))


def _support(library: Library, skill: Skill, name: str) -> Iterator[Page]:
    for path, text in library.markdown(skill):
        if path != skill.path:
            inner = posixpath.relpath(path, skill.folder or ".")
            stem = inner[: -len(next(e for e in MARKDOWN if inner.lower().endswith(e)))]
            url = f"skills/{name}/{stem}/"
            yield Page(inner, url, text, path, (*_breadcrumbs(skill.category), f"skills/{name}/"))


def _categories(library: Library, folders: dict[str, str]) -> Iterator[Page]:
    direct = library.tree.categories
    every = sorted({each for category in direct for each in lineage(category)})
    for category in every:
        below = [c for c in every if posixpath.dirname(c) == category]
        lines = [library.tree.description(category), ""]
        lines += [f"- [{each}](/{category_url(each)})" for each in below]
        lines += [
            f"- [{skill.name}](/skills/{folders[skill.path]}/): {skill.description}"
            for skill in direct.get(category, ())
        ]
        above = tuple(category_url(each) for each in reversed(lineage(category)[1:]))
        yield Page(category, category_url(category), "\n".join(lines).strip() + "\n", "", above)
