"""A tree of skills as pages of the site: everything to be written, nothing written."""

from __future__ import annotations

import html
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from posixpath import relpath
from urllib.parse import quote

from benchpost.config import Project
from benchpost.findings import Finding, Severity
from benchpost.site.category_page import category_page, choice_page, index_page
from benchpost.site.front import tag
from benchpost.site.shelf import Shelf
from benchpost.site.skill_page import Made, code_page, skill_page, text_page
from benchpost.skills.aliases import ALIASES_FILE, Aliases, sound_aliases
from benchpost.skills.exports import DISCOVERY, archive, web
from benchpost.skills.library import MARKDOWN, Library
from benchpost.skills.pages import Kind, Page, Plan, plan
from benchpost.skills.scan import scan

LISTS = ("skills.json", "llms.txt")
"""What a site has at its root for programs."""


@dataclass(frozen=True)
class Catalogue:
    """The pages of a tree."""

    plan: Plan
    """Which pages there are."""
    files: Mapping[str, bytes]
    """Pages, redirects and copies, by path relative to the folder of the catalogue."""
    beside: Mapping[str, bytes]
    """What a built site offers to programs, by path relative to the site: the skills as Markdown,
    lists of them, discovery. MkDocs would make pages of it, or pass it over."""
    findings: tuple[Finding, ...]
    """What is wrong with the tree and what could not be shown; none of it stops a build."""


def make_catalogue(
    tree: Path,
    folder: Path,
    project: Project,
    *,
    prefix: str = "",
    site: str = "",
    tags: Iterable[str] = (),
) -> Catalogue:
    """The pages of the tree at `tree`, to be written below `folder`.

    `prefix` is the address of that folder on the site, with a slash at the end; `site` is that of
    the site, where it is known; `tags` are those of the site's other pages, which decide how a tag
    is spelt.
    """
    library = Library(scan(tree, flat=project.config.skills_flat))
    aliases, faults = _aliases(tree, project)
    spelt = _spellings([*tags, *(each for skill in library.tree.skills for each in skill.tags)])
    shelf = Shelf(library, plan(library, aliases), folder, project, spelt)
    made = {page.url: page_of(page, shelf) for page in shelf.plan.pages}
    files: dict[str, bytes] = {}
    for url, page in made.items():
        files[f"{url}index.md"] = page.text.encode()
        files |= {f"{url}{name}": data for name, data in page.files.items()}
    exported = web(library, prefix, site).files
    copies = dict(_copied(shelf.plan, prefix, exported))
    files |= {url: data for url, data in copies.items() if not url.lower().endswith(MARKDOWN)}
    base = f"{site.rstrip('/')}/{prefix}" if site else ""
    redirects = shelf.plan.redirects.items()
    files |= {f"{old}index.html": redirect(old, new, base) for old, new in redirects}
    beside = {f"{prefix}{url}": data for url, data in copies.items() if url not in files}
    beside |= {path: exported[path] for path in exported if path.startswith((DISCOVERY, *LISTS))}
    found = [shelf.in_project(each) for each in (*library.tree.findings, *shelf.plan.findings)]
    found += [*faults, *(each for page in made.values() for each in page.findings)]
    findings = (replace(each, severity=Severity.WARNING) for each in found)
    return Catalogue(shelf.plan, files, beside, tuple(findings))


def _aliases(tree: Path, project: Project) -> tuple[Aliases, list[Finding]]:
    """The old paths of the skills; what is wrong with one costs its redirects only."""
    found, faults = sound_aliases(tree)
    path = project.relative(tree / ALIASES_FILE)
    return found, [replace(each, place=replace(each.place, path=path)) for each in faults]


def _spellings(tags: Iterable[str]) -> dict[str, str]:
    """The first spelling of each tag."""
    found: dict[str, str] = {}
    for each in map(tag, tags):
        found.setdefault(each.lower(), each)
    return found


def page_of(page: Page, shelf: Shelf) -> Made:
    """One page."""
    if page.kind is Kind.INDEX:
        return index_page(page, shelf)
    if page.kind is Kind.CATEGORY:
        return category_page(page, shelf)
    if page.skill is None:
        return choice_page(page, shelf)
    writer = {Kind.SKILL: skill_page, Kind.TEXT: text_page}.get(page.kind, code_page)
    return writer(page, page.skill, shelf)


def _copied(plan: Plan, prefix: str, exported: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Files that are offered as they are, and all files of a skill in one."""
    for url in plan.copies.values():
        if f"{prefix}{url}" in exported:
            yield url, exported[f"{prefix}{url}"]
    inside: dict[str, dict[str, bytes]] = defaultdict(dict)
    for path, data in exported.items():
        name, _, inner = path.removeprefix(prefix).partition("/")
        inside[name][inner] = data
    for skill, url in plan.archives.items():
        yield url, archive(inside[plan.names[skill]])


def redirect(old: str, new: str, base: str = "") -> bytes:
    """A page that leads to another one, with whatever `#anchor` it was asked for.

    `base` is the address of the catalogue; only an address with it can be named as the right one.
    """
    target = html.escape(f"{relpath(new, old)}/")
    script = json.dumps(f"{relpath(new, old)}/").replace("<", "\\u003c")
    right = html.escape(f"{base}{quote(new)}")
    canonical = f'<link rel="canonical" href="{right}">\n' if base else ""
    return REDIRECT.format(target=target, script=script, canonical=canonical).encode()


REDIRECT = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Moved</title>
{canonical}<meta name="robots" content="noindex">
<script>location.replace({script} + location.search + location.hash)</script>
<meta http-equiv="refresh" content="0; url={target}">
</head>
<body><p>This page has <a href="{target}">another address</a> now.</p></body>
</html>
"""
