"""The site's navigation with the pages that we write: beside their list, wherever that stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchpost.site.front import title as named
from benchpost.skills.pages import Kind, Page, Plan

MOST = 150
"""Pages of a catalogue that stand in the navigation, which is part of every page; with more, only
its categories do."""


def with_pages(nav: list[Any], index: str, title: str, pages: Sequence[Any]) -> list[Any]:
    """The navigation with `pages` in the place of `index`; `title` is for an index without one."""
    return [_replaced(item, index, title, list(pages)) for item in nav]


def _replaced(item: Any, index: str, title: str, pages: list[Any]) -> Any:
    if item == index:
        return {title: pages}
    if isinstance(item, dict):
        return {
            key: pages if value == index else _inside(value, index, title, pages)
            for key, value in item.items()
        }
    return item


def _inside(value: Any, index: str, title: str, pages: list[Any]) -> Any:
    if isinstance(value, list):
        return [_replaced(item, index, title, pages) for item in value]
    return value


def with_skills(nav: list[Any], folder: str, plan: Plan) -> list[Any]:
    """The navigation with the catalogue in `folder` in the place of its index."""
    index = f"{folder}/index.md"
    pages = [{"All skills": index}, *_branch(folder, plan, "")]
    return with_pages(nav, index, "Skills", pages)


def _branch(folder: str, plan: Plan, above: str) -> list[Any]:
    """The categories right below one, each with its skills."""
    is_small = sum(page.kind is not Kind.CODE for page in plan.pages) <= MOST
    below = [each for each in plan.categories if each.rpartition("/")[0] == above]
    return [_category(folder, plan, each, is_small) for each in below]


def _category(folder: str, plan: Plan, category: str, is_small: bool) -> Any:
    page = plan.categories[category]
    title = named(category.rpartition("/")[2])
    inner = _branch(folder, plan, category)
    if is_small:
        inner += _skills(folder, plan, category)
    here = f"{folder}/{page.url}index.md"
    return {title: [{f"About {title}": here}, *inner] if inner else here}


def _skills(folder: str, plan: Plan, category: str) -> list[Any]:
    """Each skill, with its other texts below it."""
    found: dict[str, list[Page]] = {}
    for page in plan.pages:
        if page.skill and page.skill.category == category and page.kind is not Kind.CODE:
            found.setdefault(page.skill.path, []).append(page)
    return [_skill(folder, pages) for pages in found.values()]


def _skill(folder: str, pages: Sequence[Page]) -> Mapping[str, Any]:
    paths = [f"{folder}/{page.url}index.md" for page in pages]
    title = named(pages[0].title)
    return {title: [{f"About {title}": paths[0]}, *paths[1:]] if len(paths) > 1 else paths[0]}
