"""Which pages a site has for a catalogue, and where: pure, at addresses that no move changes.

A skill's address has its name alone: `vllm/`. Its Markdown files and its code stand below it:
`vllm/references/paging/`. Categories stand below `c/`: `c/mlops/inference/`. Whatever a skill was
called or wherever it lay, that address leads to it too: `mlops/inference/vllm/`.
"""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from benchpost.findings import Finding
from benchpost.skills.address import SKILL_FILE, lineage
from benchpost.skills.aliases import Aliases
from benchpost.skills.exports import names
from benchpost.skills.library import MARKDOWN, Library, above
from benchpost.skills.published import may_be_copied, not_published, publishable
from benchpost.skills.types import File, Skill

LONGEST = 80
"""Characters of one part of an address."""
PAGES = ("index.html", "index.md", "readme.md")
"""What the page of a folder is called, in a site and for MkDocs."""
LONGEST_CODE = 1 << 16
"""Bytes of a file that has a page as code; a larger one is offered as a file only."""
FIGURES = (".svg", ".csv")
"""Text that is shown in a figure, or drawn there."""


class Kind(Enum):
    """What a page shows."""

    INDEX = "index"
    """The whole catalogue."""
    CATEGORY = "category"
    """A category and what is in it."""
    SKILL = "skill"
    """A SKILL.md."""
    TEXT = "text"
    """Another Markdown file of a skill."""
    CODE = "code"
    """A script, template or other file of a skill."""
    CHOICE = "choice"
    """The skills of one name."""


@dataclass(frozen=True)
class Page:
    """One page."""

    kind: Kind
    """What it shows."""
    title: str
    """Name of the skill, the category, or the file's path in its skill."""
    url: str
    """Relative to the catalogue, with a slash at the end; empty for the catalogue itself. E.g.
    `vllm/`"""
    source: str = ""
    """File relative to the tree's root, or the category."""
    skill: Skill | None = None
    """The skill that it is of."""


@dataclass(frozen=True)
class Plan:
    """All pages of a catalogue."""

    pages: tuple[Page, ...]
    """The index, categories, skills with their files, and choices."""
    redirects: Mapping[str, str]
    """Address to the one that it leads to; both end with a slash."""
    copies: Mapping[str, str]
    """Files that are offered as they are, texts too: path relative to the root, and address."""
    archives: Mapping[str, str]
    """Address of the archive of all files of a skill, by its SKILL.md, where it has several."""
    by_source: Mapping[str, Page] = field(repr=False)
    """The page of a file, by its path relative to the root."""
    categories: Mapping[str, Page] = field(repr=False)
    """The page of a category."""
    names: Mapping[str, str] = field(repr=False)
    """The name of each skill's folder on the site, by its SKILL.md."""
    findings: tuple[Finding, ...] = ()
    """Files that are not published."""


@dataclass
class _Claims:
    """Addresses that are taken."""

    folders: set[str] = field(default_factory=set)
    """Pages, without the slash at the end."""
    around: set[str] = field(default_factory=set)
    """These, and the folders that they lie in."""
    files: set[str] = field(default_factory=set)
    """Copies."""

    def page(self, wanted: Iterable[str]) -> str:
        """The first free address of those wanted, or the last of them with a number."""
        last = ""
        for last in wanted:
            if self.is_free(last):
                break
        found, number = last, 2
        while not self.is_free(found):
            found, number = f"{last}-{number}", number + 1
        self.take(found)
        return f"{found}/"

    def take(self, folder: str) -> None:
        """Take the address of a page."""
        self.folders.add(folder)
        self.around.update((folder, *above(folder)))

    def is_free(self, folder: str) -> bool:
        """Whether a page may stand in `folder`: no file is in its way, and no other page."""
        return folder not in self.folders and not {folder, *above(folder)} & self.files

    def copy(self, file: str) -> bool:
        """Take the address of a file; False when a page is in its way."""
        parts = file.split("/")
        # where the page of the folder stands there can be no folder
        if any(each.lower() in PAGES for each in parts[:-1]):
            return False
        # MkDocs passes hidden files over
        if any(each.startswith(".") for each in parts):
            return False
        # no address can be made of bytes that are not UTF-8, nor a file of its name everywhere
        if not file.isprintable():
            return False
        if file in self.files or file in self.around:
            return False
        self.files.add(file)
        return True


def plan(library: Library, aliases: Aliases) -> Plan:
    """The pages of a catalogue. Aliases are those of `aliases.json`."""
    claims = _Claims()
    folders = names(library)
    pages = [Page(Kind.INDEX, "Skills", "")]
    categories = {each: _category(each, claims) for each in every_category(library)}
    pages += categories.values()
    skills = [_skill(skill, folders, claims) for skill in library.tree.skills]
    pages += skills
    pages += _choices(library, claims)
    kept = {skill.path: tuple(publishable(library, skill)) for skill in library.tree.skills}
    archives = dict(_archives(kept, folders, claims))
    copies = dict(_copies(library, kept, folders, claims))
    for skill in library.tree.skills:
        code = [file for file in kept[skill.path] if _is_code(library, file, copies)]
        pages += _files(skill, kept[skill.path], code, folders[skill.path], claims)
    by_source = {page.source: page for page in pages if page.skill and page.source}
    redirects = dict(_redirects(library, aliases, by_source, categories, claims))
    findings = tuple(not_published(library, kept))
    return Plan(tuple(pages), redirects, copies, archives, by_source, categories, folders, findings)


def every_category(library: Library) -> list[str]:
    """Categories that hold skills, and those above them, sorted."""
    direct = library.tree.categories
    return sorted({each for category in direct for each in lineage(category)})


def part(text: str) -> str:
    """A folder's or file's name as it stands in an address."""
    kept = re.sub(r"[^\w.-]+", "-", text)
    short = re.sub(r"-*\.[.-]*", ".", kept).strip("._-")[:LONGEST]
    # a file system counts bytes
    found = short.encode()[: 3 * LONGEST].decode("utf-8", "ignore") or "file"
    # a folder cannot stand where the page of the folder around it does
    return found.replace(".", "-") if found.lower() in PAGES else found


def _parts(path: str) -> str:
    return "/".join(part(each) for each in path.split("/"))


def _category(category: str, claims: _Claims) -> Page:
    return Page(Kind.CATEGORY, category, claims.page([f"c/{_parts(category)}"]), category)


def _skill(skill: Skill, folders: Mapping[str, str], claims: _Claims) -> Page:
    url = claims.page([folders[skill.path]])
    return Page(Kind.SKILL, skill.name, url, skill.path, skill)


def _choices(library: Library, claims: _Claims) -> Iterator[Page]:
    """For each name that two skills have, the page that leads to both."""
    same: dict[str, list[Skill]] = defaultdict(list)
    for skill in library.tree.skills:
        same[part(skill.name).lower()].append(skill)
    for name, skills in same.items():
        if len(skills) > 1 and claims.is_free(name):
            yield Page(Kind.CHOICE, skills[0].name, claims.page([name]), skills[0].name)


def _archives(
    kept: Mapping[str, tuple[File, ...]], folders: Mapping[str, str], claims: _Claims
) -> Iterator[tuple[str, str]]:
    for path, name in folders.items():
        url = f"{name}/{name}.tar.gz"
        if kept[path] and claims.copy(url):
            yield path, url


def _copies(
    library: Library,
    kept: Mapping[str, tuple[File, ...]],
    folders: Mapping[str, str],
    claims: _Claims,
) -> Iterator[tuple[str, str]]:
    for skill in library.tree.skills:
        urls = {skill.path: SKILL_FILE, **{f.path: inner(f.path, skill) for f in kept[skill.path]}}
        for path, inside in urls.items():
            url = f"{folders[skill.path]}/{inside}"
            if may_be_copied(library, path) and claims.copy(url):
                yield path, url


def inner(path: str, skill: Skill) -> str:
    """The path of a file inside its skill."""
    return path.removeprefix(f"{skill.folder}/") if skill.folder else path


def _files(
    skill: Skill, files: Iterable[File], code: Sequence[File], name: str, claims: _Claims
) -> Iterator[Page]:
    for file in files:
        path = inner(file.path, skill)
        stem, ending = posixpath.splitext(path)
        is_text = ending.lower() in MARKDOWN
        if not is_text and file not in code:
            continue
        full = f"{name}/{_parts(path).replace('.', '-')}"
        wanted = (f"{name}/{_parts(stem)}", full) if is_text else (full,)
        kind = Kind.TEXT if is_text else Kind.CODE
        yield Page(kind, path, claims.page(wanted), file.path, skill)


def _is_code(library: Library, file: File, copies: Mapping[str, str]) -> bool:
    """Whether a file is text that one can read on a page."""
    is_figure = file.path.lower().endswith(FIGURES) and file.path in copies
    if not 0 < file.size <= LONGEST_CODE or is_figure:
        return False
    text = library.text(file.path)
    return bool(text.strip()) and not {"\0", "\ufffd"} & set(text)


def _redirects(
    library: Library,
    aliases: Aliases,
    by_source: Mapping[str, Page],
    categories: Mapping[str, Page],
    claims: _Claims,
) -> Iterator[tuple[str, str]]:
    """Free addresses that lead to a page: the paths of skills, now and before their moves."""
    for category, page in categories.items():
        yield from _redirect(_parts(category), page.url, claims)
    before = defaultdict(list)
    for old, now in sorted(aliases.paths.items()):
        before[now].append(old)
    pages = defaultdict(list)
    for page in by_source.values():
        if page.skill:
            pages[page.skill.path].append(page.url)
    for skill in library.tree.skills:
        home, *others = pages[skill.path]
        for base in _bases(skill, before[skill.folder]):
            for url in (home, *others):
                inside = url.removeprefix(home).rstrip("/")
                yield from _redirect(f"{base}/{inside}".rstrip("/"), url, claims)


def _bases(skill: Skill, before: Iterable[str]) -> Iterator[str]:
    """Where a skill's pages might be looked for: its path, and for each old one its name then."""
    if skill.folder:
        yield _parts(skill.folder)
    for old in before:
        *above, name = old.strip("/").split("/")
        yield _parts(old)
        yield part(name)
        if above:
            yield part(f"{above[-1]}-{name}")


def _redirect(old: str, url: str, claims: _Claims) -> Iterator[tuple[str, str]]:
    if f"{old}/" != url and claims.is_free(old):
        claims.take(old)
        yield f"{old}/", url
