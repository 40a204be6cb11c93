"""What the front matter of a skill or text says, how large it is and where to get it."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping

from benchpost.site.front import plain
from benchpost.site.layout import Markup
from benchpost.site.shelf import Shelf, address
from benchpost.skills.pages import Kind, Page
from benchpost.skills.tokens import tokens
from benchpost.skills.types import Skill
from benchpost.skills.walk import shown
from benchpost.skills.yamltree import Plain

LABELS = {
    "version": "Version",
    "verified": "Verified against",
    "checked": "Checked on",
    "author": "Author",
    "license": "Licence",
    "compatibility": "Compatibility",
    "platforms": "Platforms",
    "allowed-tools": "Allowed tools",
    "argument-hint": "Arguments",
}
"""Fields that have a name of ours, in this order; others follow under their own."""

ELSEWHERE = frozenset(
    {"name", "title", "description", "tags", "related_skills", "related-skills", "numbers"}
)
"""Fields that stand at another place of the page, or are for us."""


def facts(page: Page, skill: Skill, fields: Mapping[str, Plain], shelf: Shelf) -> Markup:
    """The list of facts about a file of a skill."""
    rows = [("Path", f"<code>{html.escape(shown(page.source))}</code>")]
    if page.kind is not Kind.CODE:
        rows.append(("Size", _size(page, skill, shelf)))
    rows += [(label, html.escape(said)) for label, said in _named(fields)]
    rows += [("Get it", each) for each in [", ".join(_downloads(page, skill, shelf))] if each]
    inside = "\n".join(f"<div><dt>{html.escape(k)}</dt><dd>{v}</dd></div>" for k, v in rows)
    return Markup(f'<dl class="facts" data-search-exclude>\n{inside}\n</dl>')


def _size(page: Page, skill: Skill, shelf: Shelf) -> str:
    own = tokens(shelf.library.text(page.source))
    said = f"about {own:,} tokens"
    texts = [
        each.source
        for each in shelf.plan.by_source.values()
        if each.skill is skill and each.kind is Kind.TEXT
    ]
    if page.kind is Kind.SKILL and texts:
        whole = own + sum(tokens(shelf.library.text(each)) for each in texts)
        said += f"; about {whole:,} with its other texts"
    return said


def _named(fields: Mapping[str, Plain]) -> Iterator[tuple[str, str]]:
    flat = dict(_flat(fields))
    for key in (*LABELS, *(key for key in flat if key not in LABELS)):
        if flat.get(key):
            yield LABELS.get(key, plain(key)), plain(flat[key])


def _flat(fields: Mapping[str, Plain]) -> Iterator[tuple[str, str]]:
    """Every field that says something, those of mappings among them."""
    for key, value in fields.items():
        if key in ELSEWHERE:
            continue
        if isinstance(value, dict):
            yield from _flat(value)
        elif isinstance(value, list):
            yield key, ", ".join(item for item in value if isinstance(item, str))
        elif value:
            yield key, value


def _downloads(page: Page, skill: Skill, shelf: Shelf) -> Iterator[str]:
    """Links to the file as an agent reads it, and to the whole skill."""
    if page.source in shelf.plan.copies:
        url = shelf.plan.copies[page.source]
        yield _download(address(url, page), url)
    if page.kind is Kind.SKILL and skill.path in shelf.plan.archives:
        archive = shelf.plan.archives[skill.path]
        yield f"{_download(address(archive, page), archive)} (all files)"


def _download(url: str, path: str) -> str:
    words = html.escape(shown(path.rpartition("/")[2]))
    return f'<a href="{html.escape(url)}" download>{words}</a>'
