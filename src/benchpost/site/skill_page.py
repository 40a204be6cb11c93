"""The page of a skill, of another text of it, and of a file of its code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from benchpost.findings import Finding, Severity
from benchpost.site import escape, fences, layout
from benchpost.site.front import front, plain, tag, words
from benchpost.site.front import title as named
from benchpost.site.shelf import Shelf, address, to
from benchpost.site.skill_facts import facts
from benchpost.site.skill_links import by_name
from benchpost.site.skill_text import opening_words, written
from benchpost.skills.address import lineage
from benchpost.skills.library import MARKDOWN
from benchpost.skills.links import related
from benchpost.skills.pages import Kind, Page, inner
from benchpost.skills.types import Skill, listed
from benchpost.skills.walk import shown
from benchpost.skills.yamltree import Plain

BOOST = 2
"""How much more a skill counts in the search than a page of text."""


@dataclass(frozen=True)
class Made:
    """A page, ready to be written."""

    text: str
    """Markdown with front matter."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """Files beside it, by path relative to it."""
    findings: tuple[Finding, ...] = ()
    """What could not be shown."""


def skill_page(page: Page, skill: Skill, shelf: Shelf) -> Made:
    """The page of a skill; what is wrong with its SKILL.md stands on it."""
    text = written(shelf, page.source, page)
    title = plain(page.title) or "skill"
    said = opening_words(shelf, page.source)
    parts = [
        front(
            {
                "title": named(title),
                "description": words(skill.description),
                "tags": _tags(skill.tags, shelf),
                "search": {"boost": BOOST},
            }
        ),
        breadcrumbs(page, shelf),
        layout.headline(1, escape.text(title), text.anchor),
        lined(text.heading, "subtitle") if _letters(said) != _letters(title) else "",
        lined(escape.text(skill.description), "lead"),
        problems(skill, shelf),
        facts(page, skill, skill.fields, shelf),
        text.body,
        *_related(page, skill, shelf),
        *_files(page, skill, shelf, text.names),
    ]
    return Made(joined(parts), text.files, text.findings)


def text_page(page: Page, skill: Skill, shelf: Shelf) -> Made:
    """The page of another Markdown file of a skill."""
    text = written(shelf, page.source, page)
    tree = shelf.head(page.source).tree.plain()
    fields = tree if isinstance(tree, dict) else {}
    title = opening_words(shelf, page.source) or plain(_said(fields, "title")) or page.title
    lead = _said(fields, "description")
    parts = [
        front(
            {
                "title": named(title),
                "description": words(lead or f"{page.title} of the skill {skill.name}"),
                "tags": _tags(listed(fields.get("tags")), shelf),
            }
        ),
        breadcrumbs(page, shelf),
        layout.headline(1, text.heading or escape.text(title), text.anchor),
        lined(escape.text(lead), "lead"),
        facts(page, skill, fields, shelf),
        text.body,
    ]
    return Made(joined(parts), text.files, text.findings)


def code_page(page: Page, skill: Skill, shelf: Shelf) -> Made:
    """The page of a file of code: as it is, and to be downloaded."""
    text = shelf.library.text(page.source)
    settings = {
        "title": named(page.title),
        "description": words(f"{page.title} of the skill {skill.name}"),
        "search": {"exclude": True},
    }
    parts = [
        front(settings),
        breadcrumbs(page, shelf),
        layout.headline(1, escape.code(plain(page.title)), ""),
        facts(page, skill, {}, shelf),
        fences.fenced(fences.language(page.source.rpartition(".")[2]), text.rstrip("\n")),
    ]
    return Made(joined(parts))


def joined(parts: Iterable[str]) -> str:
    """The parts of a page."""
    return layout.joined(filter(None, parts)).rstrip() + "\n"


def breadcrumbs(page: Page, shelf: Shelf) -> str:
    """Links to what a page is part of, outermost first."""
    above = [shelf.plan.pages[0]]
    category = page.skill.category if page.skill else page.source.rpartition("/")[0]
    above += [shelf.plan.categories[each] for each in reversed(lineage(category)) if each]
    if page.skill and page.kind is not Kind.SKILL:
        above.append(shelf.plan.by_source[page.skill.path])
    links = [f"[{escape.text(_short(each))}]({to(each, page)})" for each in above]
    return lined(" / ".join(links), "breadcrumbs data-search-exclude=''")


def _short(page: Page) -> str:
    return page.title.rpartition("/")[2] if page.kind is Kind.CATEGORY else page.title


def lined(line: str, name: str) -> str:
    """A paragraph of a class; nothing when it is empty."""
    return f"{escape.line_start(line)}\n{{: .{name} }}" if line.strip() else ""


def faults(skill: Skill, shelf: Shelf) -> list[Finding]:
    """The errors of a SKILL.md."""
    path = shown(skill.path)
    found = (each for each in shelf.library.tree.findings if each.place.path == path)
    return [each for each in found if each.severity is Severity.ERROR]


def problems(skill: Skill, shelf: Shelf) -> str:
    """What is wrong with a SKILL.md, as a box; empty when nothing is."""
    items = [_fault(each) for each in faults(skill, shelf)]
    if not items:
        return ""
    said = "A client may not find this skill, or show it otherwise, until this is mended:"
    return layout.admonition(
        "warning", "This skill has faults", layout.joined([said, layout.listed(items)])
    )


def _fault(finding: Finding) -> str:
    # messages mark code as Markdown does
    pieces = enumerate(finding.message.split("`"))
    said = "".join(
        escape.code(text) if number % 2 else escape.text(text) for number, text in pieces
    )
    return f"{escape.code(finding.check.name)}, line {finding.place.line}: {said}"


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))


def _tags(tags: Iterable[str], shelf: Shelf) -> list[str]:
    """Tags as the site spells them: it makes no difference between capitals and small letters."""
    found = (tag(each) for each in tags)
    return list(dict.fromkeys(shelf.tags.get(each.lower(), each) for each in found if each))


def _said(fields: Mapping[str, Plain], key: str) -> str:
    value = fields.get(key)
    return value if isinstance(value, str) else ""


def _related(page: Page, skill: Skill, shelf: Shelf) -> Iterator[str]:
    links = []
    for name in dict.fromkeys(related(skill)):
        target = by_name(shelf, page, name)
        links.append(f"[{escape.text(name)}]({target})" if target else escape.text(name))
    if links:
        yield f"Related skills: {', '.join(links)}."


def _files(page: Page, skill: Skill, shelf: Shelf, taken: frozenset[str]) -> Iterator[str]:
    """Links to the skill's texts and code; its pictures and other files in a box to be opened."""
    paths = [file.path for file in skill.support]
    shown_as = shelf.plan.by_source
    items = [
        _page_link(shown_as[path], page, skill, shelf)
        for path in _texts_first(paths)
        if path in shown_as
    ]
    others = [
        _copy_link(path, page, skill, shelf)
        for path in paths
        if path in shelf.plan.copies and path not in shown_as
    ]
    others += [
        f"{escape.code(shown(inner(path, skill)))} (in the archive)"
        for path in paths
        if path not in {*shelf.plan.copies, *shown_as} and shelf.library.is_own(path, skill)
    ]
    if not items and not others:
        return
    name = "files"
    while name in taken:
        name = f"skill-{name}"
    yield layout.headline(2, "Files", name)
    if items:
        yield layout.listed(items)
    if others:
        count = "1 other file" if len(others) == 1 else f"{len(others):,} other files"
        yield layout.fold(count, layout.listed(others))


def _texts_first(paths: Iterable[str]) -> list[str]:
    return sorted(paths, key=lambda path: (not path.lower().endswith(MARKDOWN), path))


def _page_link(target: Page, page: Page, skill: Skill, shelf: Shelf) -> str:
    words = escape.code(shown(inner(target.source, skill)))
    link = f"[{words}]({escape.destination(to(target, page))})"
    title = opening_words(shelf, target.source) if target.kind is Kind.TEXT else ""
    return f"{link}: {escape.text(title)}" if title else link


def _copy_link(path: str, page: Page, skill: Skill, shelf: Shelf) -> str:
    words = escape.code(shown(inner(path, skill)))
    return f"[{words}]({escape.destination(address(shelf.plan.copies[path], page))})"
