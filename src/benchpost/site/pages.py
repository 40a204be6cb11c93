"""Writing the pages of the site: finished Markdown and assets, only where something changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from posixpath import normpath

from benchpost.config import Config, Project
from benchpost.errors import BenchpostError, Place, UsageError
from benchpost.fill.material import Material, gather, unreadable
from benchpost.findings import Check, Finding
from benchpost.post.document import Post
from benchpost.site.build_folder import write_folder
from benchpost.site.catalogue import Catalogue, make_catalogue
from benchpost.site.post_list import post_list
from benchpost.site.post_page import PostPage, post_page
from benchpost.site.reference import reference_pages


@dataclass(frozen=True)
class Site:
    """The pages of all posts."""

    pages: tuple[PostPage, ...]
    """Newest first."""
    findings: tuple[Finding, ...]
    """Everything that was found wrong, in the order of places."""
    catalogue: Catalogue | None = None
    """The pages of the skills; None for a project without."""


def write_pages(project: Project, *, drafts: bool = False) -> list[Finding]:
    """Write the page of every post and skill, lists of them and the reference; remove the rest.

    Drafts are left out unless asked for. Only what changed is written.
    """
    site = make_site(project, drafts=drafts)
    kept = write_site(site, project)
    return sorted([*site.findings, *kept], key=lambda each: (each.place, each.check.name))


def make_site(project: Project, *, drafts: bool = False, prefix: str = "", site: str = "") -> Site:
    """All pages; nothing is written. `prefix` is the address of the catalogue on the site, `site`
    that of the site itself, where it is known.
    """
    materials, findings = _gathered(project)
    shown = [each for each in materials if drafts or not each.post.is_draft]
    slugs = {each.post.file: each.post.slug for each in shown}

    def elsewhere(post: Post, url: str) -> str | None:
        return _other_post(post, url, slugs, project)

    folder = project.root / project.config.pages
    pages = [post_page(material, folder, elsewhere) for material in shown]
    findings += [finding for page in pages for finding in page.findings]
    tags = [tag for page in pages for tag in page.tags]
    catalogue = _catalogue(project, prefix, site, tags)
    findings += catalogue.findings if catalogue else ()
    findings.sort(key=lambda each: (each.place, each.check.name))
    return Site(tuple(sorted(pages, key=_newest_first)), tuple(findings), catalogue)


def _catalogue(project: Project, prefix: str, site: str, tags: Iterable[str]) -> Catalogue | None:
    """The catalogue; None where no tree is, or nobody asked for the empty one that is there."""
    tree = project.root / project.config.skills
    is_asked_for = project.config.skills != Config.skills
    if is_asked_for and not tree.is_dir():
        message = f"the setting skills = {project.config.skills!r} names no folder"
        raise UsageError(message, Place(project.root.as_posix()))
    if not tree.is_dir():
        return None
    folder = project.root / project.config.catalogue
    found = make_catalogue(tree, folder, project, prefix=prefix, site=site, tags=tags)
    return found if is_asked_for or len(found.plan.pages) > 1 else None


def write_site(site: Site, project: Project) -> list[Finding]:
    """Write what changed, remove what is gone; what is in the way is left and reported."""
    has_posts = (project.root / project.config.posts).is_dir() or site.catalogue is None
    # a project of skills alone has no list of posts
    files = {"index.md": post_list(site.pages).encode()} if has_posts else {}
    for page in site.pages:
        files |= page.files
    folders: dict[str, Mapping[str, bytes]] = {
        project.config.pages: files,
        project.config.catalogue: site.catalogue.files if site.catalogue else {},
    }
    if project.config.reference:
        folders[project.config.reference] = _reference(project.root / project.config.reference)
    return [
        _kept(project.relative(project.root / folder / name))
        for folder, inside in folders.items()
        for name in write_folder(project.root / folder, inside)
    ]


def _kept(path: str) -> Finding:
    message = "benchpost did not write this file and leaves it, so its own page is missing; move it"
    return Finding(Check.P007, Place(path), message)


# they follow from our own code alone, which stays as it is while `mkdocs serve` builds again
@lru_cache(maxsize=1)
def _reference(folder: Path) -> Mapping[str, bytes]:
    return reference_pages(folder)


def _newest_first(page: PostPage) -> tuple[int, str]:
    return -(page.date.toordinal() if page.date else 0), page.slug


def _gathered(project: Project) -> tuple[list[Material], list[Finding]]:
    materials: list[Material] = []
    findings: list[Finding] = []
    for file in project.posts():
        try:
            materials.append(gather(file, project))
        except BenchpostError as error:
            findings.append(unreadable(error, file, project))
    return materials, findings


def _other_post(post: Post, url: str, slugs: Mapping[Path, str], project: Project) -> str | None:
    """A link to another post, written as a path or as Nextra's address, as a link to its page."""
    path, anchor = re.fullmatch(r"([^#?]*)[^#]*(#.*)?", url, re.DOTALL).groups()  # type: ignore[union-attr]  # matches every text
    if path.startswith("/"):
        found = (project.root / path.strip("/")).parent
        target = project.root / project.config.posts / PurePosixPath(path).name
        if found.name != Path(project.config.posts).name:
            return None
    else:
        target = Path(normpath(post.file.parent / path))
    for file in (target, *(target / f"index{suffix}" for suffix in (".mdx", ".md"))):
        if file in slugs:
            return f"../{slugs[file]}/index.md{anchor or ''}"
    return None
