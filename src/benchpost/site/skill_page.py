"""The page of a skill, of another text of it, and of a file of its code."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from posixpath import relpath

from benchpost.findings import Finding, Severity
from benchpost.post.inline import parse_inlines
from benchpost.post.nodes import Heading
from benchpost.site import escape, fences, layout, scope
from benchpost.site.front import front, plain, tag, words
from benchpost.site.headings import without_name
from benchpost.site.shelf import Shelf, Written, in_project, quoted, to
from benchpost.skills.address import lineage
from benchpost.skills.links import related
from benchpost.skills.pages import Kind, Page, inner
from benchpost.skills.tokens import tokens
from benchpost.skills.types import Skill
from benchpost.skills.walk import shown
from benchpost.skills.yamltree import Plain

BOOST = 2
"""How much more a skill counts in the search than a page of text."""

LABELS = {
    "version": "Version",
    "verified": "Verified against",
    "author": "Author",
    "license": "Licence",
    "compatibility": "Compatibility",
    "platforms": "Platforms",
    "allowed-tools": "Allowed tools",
    "argument-hint": "Arguments",
}
"""Fields of the front matter that have a name of ours, in this order; others follow."""

ELSEWHERE = frozenset({"name", "description", "tags", "related_skills", "related-skills"})
"""Fields that stand at another place of the page."""


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
    written = shelf.written(page.source, page)
    title, subtitle, anchor, body = _parted(written, page, shelf)
    settings = {
        "title": words(title),
        "description": words(skill.description),
        "tags": list(filter(None, map(tag, skill.tags))),
        "search": {"boost": BOOST},
    }
    heading = layout.headline(1, escape.text(title), anchor)
    parts = [
        front(settings),
        breadcrumbs(page, shelf),
        heading,
        lined(subtitle, "subtitle"),
        lined(escape.text(skill.description), "lead"),
        problems(skill, shelf),
        layout.Markup(_facts(page, skill, shelf)),
        body,
        *_related(page, skill, shelf),
        *_files(page, skill, shelf, written.names),
    ]
    return Made(joined(parts), written.files, written.findings)


def text_page(page: Page, skill: Skill, shelf: Shelf) -> Made:
    """The page of another Markdown file of a skill."""
    written = shelf.written(page.source, page)
    own, body = _first_heading(written.text)
    title = _title(page, shelf) if own else page.title
    heading = own or layout.headline(1, escape.text(page.title), "")
    settings = {"title": words(title), "description": words(f"{page.title} of {skill.name}")}
    link = _raw_link(page, skill, shelf, page.source)
    parts = [front(settings), breadcrumbs(page, shelf), heading, _source(page, link), body]
    return Made(joined(parts), written.files, written.findings)


def code_page(page: Page, skill: Skill, shelf: Shelf) -> Made:
    """The page of a file of code: as it is, and to be downloaded."""
    text = shelf.library.text(page.source)
    settings = {
        "title": words(page.title),
        "description": words(f"{page.title} of {skill.name}"),
        "search": {"exclude": True},
    }
    ending = page.source.rpartition(".")[2]
    parts = [
        front(settings),
        breadcrumbs(page, shelf),
        layout.headline(1, escape.code(page.title), ""),
        _source(page, _raw_link(page, skill, shelf, page.source)),
        fences.fenced(fences.language(ending), text.rstrip("\n")),
    ]
    return Made(joined(parts))


def joined(parts: Iterable[str]) -> str:
    """The parts of a page."""
    return layout.joined(filter(None, parts)).rstrip() + "\n"


def breadcrumbs(page: Page, shelf: Shelf) -> str:
    """Links to what a page is part of, outermost first."""
    above = [shelf.plan.pages[0]]
    category = page.skill.category if page.skill else page.source.rpartition("/")[0]
    if category:
        above += [shelf.plan.categories[each] for each in reversed(lineage(category))]
    if page.skill and page.kind is not Kind.SKILL:
        above.append(shelf.plan.by_source[page.skill.path])
    links = [f"[{escape.text(_short(each))}]({to(each, page)})" for each in above]
    return lined(" / ".join(links), "breadcrumbs data-search-exclude=''")


def _short(page: Page) -> str:
    return page.title.rpartition("/")[2] if page.kind is Kind.CATEGORY else page.title


def lined(line: str, name: str) -> str:
    """A paragraph of a class; nothing when it is empty."""
    return f"{escape.line_start(line)}\n{{: .{name} }}" if line.strip() else ""


def problems(skill: Skill, shelf: Shelf) -> str:
    """What is wrong with a SKILL.md, as a box; empty when nothing is."""
    path = shown(skill.path)
    found = [each for each in shelf.library.tree.findings if each.place.path == path]
    faults = [each for each in found if each.severity is Severity.ERROR]
    if not faults:
        return ""
    items = [_fault(in_project(each, shelf)) for each in faults]
    said = "Clients may not find this skill, or show it otherwise, until this is mended:"
    body = layout.joined([said, layout.listed(items)])
    return layout.admonition("warning", "This skill has faults", body)


def _fault(finding: Finding) -> str:
    code, said = escape.code(finding.check.name), escape.text(finding.message)
    return f"{code} line {finding.place.line}: {said}"


def _parted(written: Written, page: Page, shelf: Shelf) -> tuple[str, str, str, str]:
    """Title, a heading that says more, its name for links, and the text without that heading."""
    own, body = _first_heading(written.text)
    title = plain(page.title) or "skill"
    if not own:
        return title, "", "", written.text
    line, anchor = re.fullmatch(r"# (.*?)(?: \{ #(\S+) \})?", own).groups()  # type: ignore[union-attr]  # every headline of ours is such
    same = _letters(_title(page, shelf)) == _letters(title)
    return title, "" if same else line, anchor or "", body


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))


def _first_heading(text: str) -> tuple[str, str]:
    """The heading that a text begins with, if any, and the rest."""
    if not text.startswith("# "):
        return "", text
    own, _, rest = text.partition("\n")
    return own, rest.strip("\n")


def _title(page: Page, shelf: Shelf) -> str:
    """The words of the first heading."""
    return first_words(shelf, page.source) or page.title


def _facts(page: Page, skill: Skill, shelf: Shelf) -> str:
    rows = [("Path", f"<code>{html.escape(shown(skill.path))}</code>")]
    rows.append(("Size", _size(skill, shelf)))
    rows += [(label, html.escape(said)) for label, said in _fields(skill.fields)]
    rows.append(("As a file", _raw_link(page, skill, shelf, skill.path)))
    inside = "\n".join(f"<div><dt>{html.escape(k)}</dt><dd>{v}</dd></div>" for k, v in rows)
    return f'<dl class="facts" data-search-exclude>\n{inside}\n</dl>'


def _size(skill: Skill, shelf: Shelf) -> str:
    own = tokens(shelf.library.text(skill.path))
    texts = [
        page
        for page in shelf.plan.by_source.values()
        if page.skill is skill and page.kind is Kind.TEXT
    ]
    said = f"about {own:,} tokens"
    if texts:
        whole = own + sum(tokens(shelf.library.text(each.source)) for each in texts)
        said += f"; about {whole:,} with its other texts"
    return said


def _fields(fields: Mapping[str, Plain]) -> Iterator[tuple[str, str]]:
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


def _raw_link(page: Page, skill: Skill, shelf: Shelf, source: str) -> str:
    name = shelf.plan.names[skill.path]
    path = "SKILL.md" if source == skill.path else inner(source, skill)
    address = quoted(relpath(f"{name}/{path}", page.url))
    words = html.escape(shown(path.rpartition("/")[2]))
    return f'<a href="{html.escape(address)}" download>{words}</a>'


def _source(page: Page, link: str) -> str:
    path = html.escape(shown(page.source))
    said = f'<p class="source" data-search-exclude><code>{path}</code> · {link}</p>'
    return layout.Markup(said)


def _related(page: Page, skill: Skill, shelf: Shelf) -> Iterator[str]:
    links = []
    for name in related(skill):
        target = shelf.link(page.source, page, f"skill:{name}")
        said = escape.text(name)
        links.append(f"[{said}]({target})" if target else said)
    if links:
        yield f"Related skills: {', '.join(links)}"


def _files(page: Page, skill: Skill, shelf: Shelf, taken: frozenset[str]) -> Iterator[str]:
    items = [_file(path, page, skill, shelf) for path in _listed(skill, shelf)]
    if items:
        name = "files"
        while name in taken:
            name = f"skill-{name}"
        yield layout.headline(2, "Files", name)
        yield layout.listed(items)


def _listed(skill: Skill, shelf: Shelf) -> list[str]:
    plan = shelf.plan
    shown_files = {**plan.copies, **plan.by_source}
    paths = [file.path for file in skill.support if file.path in shown_files]
    return sorted(paths, key=lambda path: (not path.lower().endswith(".md"), path))


def _file(path: str, page: Page, skill: Skill, shelf: Shelf) -> str:
    target = shelf.plan.by_source.get(path)
    address = to(target, page) if target else quoted(relpath(shelf.plan.copies[path], page.url))
    words = escape.code(shown(inner(path, skill)))
    title = first_words(shelf, path) if target and target.kind is Kind.TEXT else ""
    said = f": {escape.text(title)}" if title else ""
    return f"[{words}]({address}){said}"


def first_words(shelf: Shelf, source: str) -> str:
    """The words of the heading that a text begins with."""
    post = shelf.post(source)
    first = next(iter(post.tree.children), None)
    if not isinstance(first, Heading) or first.depth != 1:
        return ""
    return plain(scope.words(without_name(parse_inlines(first, post.text, post.dialect))[0]))
