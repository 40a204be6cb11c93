"""The page of the whole catalogue, of a category, and of a name that two skills have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from posixpath import dirname

from benchpost.site import escape, layout
from benchpost.site.front import front, words
from benchpost.site.front import title as named
from benchpost.site.shelf import Shelf, to
from benchpost.site.skill_page import Made, breadcrumbs, faults, joined, lined
from benchpost.site.skill_text import Written, written
from benchpost.skills.pages import Page
from benchpost.skills.types import Skill
from benchpost.skills.walk import DESCRIPTION_FILE

FILTER = '<div class="catalogue-filter" data-search-exclude hidden></div>'
"""Where the script of the site puts a field that filters the list below it."""


def index_page(page: Page, shelf: Shelf) -> Made:
    """All categories with their skills."""
    tree = shelf.library.tree
    about = tree.descriptions.get("", "")
    text = _body("", page, shelf)
    said = f"{_count(len(tree.skills), 'skill')} in {_categories(len(tree.categories))}."
    settings = {
        "title": "Skills",
        "description": words(about or f"{said[:-1]}, for agents and people."),
        "search": {"exclude": True},
    }
    parts = [
        front(settings),
        layout.headline(1, "Skills", ""),
        lined(escape.text(about), "lead"),
        text.body,
        said,
        layout.Markup(FILTER),
        *_sections(page, shelf),
    ]
    return Made(joined(parts), text.files, text.findings)


def category_page(page: Page, shelf: Shelf) -> Made:
    """What a category is for, the categories below it, and its skills."""
    tree, category = shelf.library.tree, page.source
    text = _body(category, page, shelf)
    about = tree.description(category)
    settings = {
        "title": named(category),
        "description": words(about or f"Skills of {category}"),
    }
    below = [each for each in shelf.plan.categories if dirname(each) == category]
    parts = [
        front(settings),
        breadcrumbs(page, shelf),
        layout.headline(1, escape.text(category), ""),
        lined(escape.text(about), "lead"),
        text.body,
        layout.listed([_below(each, page, shelf) for each in below]),
        skill_list(tree.categories.get(category, ()), page, shelf),
    ]
    return Made(joined(parts), text.files, text.findings)


def choice_page(page: Page, shelf: Shelf) -> Made:
    """The skills that have one name."""
    same = [skill for skill in shelf.library.tree.skills if skill.name == page.source]
    settings = {"title": named(page.title), "search": {"exclude": True}}
    said = (
        f"{_count(len(same), 'skill')} of this catalogue have the name {escape.code(page.title)}."
    )
    items = [f"{_entry(each, page, shelf)} (in {escape.text(each.category)})" for each in same]
    parts = [
        front(settings),
        breadcrumbs(page, shelf),
        layout.headline(1, escape.text(page.title), ""),
        said,
        layout.listed(items),
    ]
    return Made(joined(parts))


def skill_list(skills: Sequence[Skill], page: Page, shelf: Shelf) -> str:
    """Skills with their descriptions."""
    return layout.listed([_entry(skill, page, shelf) for skill in skills])


def _entry(skill: Skill, page: Page, shelf: Shelf) -> str:
    link = f"[{escape.text(skill.name)}]({to(shelf.plan.by_source[skill.path], page)})"
    mark = " _(has faults)_" if faults(skill, shelf) else ""
    said = f": {escape.text(skill.description)}" if skill.description else ""
    return f"{link}{mark}{said}"


def _sections(page: Page, shelf: Shelf) -> Iterator[str]:
    """A heading for each category, below that of the category around it."""
    tree = shelf.library.tree
    for category, target in shelf.plan.categories.items():
        depth = min(category.count("/") + 2, 6)
        link = f"[{escape.text(category)}]({to(target, page)})"
        name = target.url.removeprefix("c/").strip("/").replace("/", "-").replace(".", "-")
        yield layout.headline(depth, link, f"category-{name}")
        yield escape.line_start(escape.text(tree.descriptions.get(category, "")))
        yield skill_list(tree.categories.get(category, ()), page, shelf)


def _below(category: str, page: Page, shelf: Shelf) -> str:
    link = f"[{escape.text(category)}]({to(shelf.plan.categories[category], page)})"
    count = _count(len(shelf.library.tree.below(category)), "skill")
    about = shelf.library.tree.descriptions.get(category, "")
    return f"{link} ({count}): {escape.text(about)}" if about else f"{link} ({count})"


def _body(category: str, page: Page, shelf: Shelf) -> Written:
    """What a DESCRIPTION.md says below its front matter."""
    source = f"{category}/{DESCRIPTION_FILE}".lstrip("/")
    is_there = category in shelf.library.tree.descriptions
    return written(shelf, source, page) if is_there else Written("")


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _categories(number: int) -> str:
    return "1 category" if number == 1 else f"{number:,} categories"
