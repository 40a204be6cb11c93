"""What every page of a catalogue is made from, and how its texts become Markdown for the site."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import count
from pathlib import Path
from posixpath import normpath, relpath
from urllib.parse import quote, unquote

from benchpost.config import Project
from benchpost.errors import BenchpostError
from benchpost.figures.types import Facts
from benchpost.fill.filled import fill_text
from benchpost.fill.material import Material, gather, unreadable
from benchpost.findings import Finding
from benchpost.post.document import Post
from benchpost.post.read import parse_post
from benchpost.site.anchors import known
from benchpost.site.convert import to_markdown
from benchpost.site.drawn import Drawn, draw, figure, local_path
from benchpost.site.headings import element_names, heading_names
from benchpost.skills.frontmatter import head
from benchpost.skills.library import Library, resolve
from benchpost.skills.pages import Page, Plan
from benchpost.skills.walk import DESCRIPTION_FILE, shown


@dataclass(frozen=True)
class Written:
    """A text of the tree as Markdown for the site."""

    text: str
    """Without front matter."""
    names: frozenset[str] = frozenset()
    """What `#name` may lead to."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """Pictures that were drawn for it, by path relative to its page."""
    findings: tuple[Finding, ...] = ()
    """What could not be filled or shown as its author meant it."""


@dataclass(frozen=True)
class Shelf:
    """A catalogue whose pages are being written."""

    library: Library
    """The tree and its texts."""
    plan: Plan
    """Which pages there are, and where."""
    folder: Path
    """Where the pages are written to, and earlier drawings may lie."""
    project: Project
    """The project around it, by which places are named."""
    posts: dict[str, Post] = field(default_factory=dict, repr=False)
    """Texts that were read already."""

    @cached_property
    def by_folder(self) -> dict[str, Page]:
        """The page of each folder that is a skill or a category."""
        tree = self.library.tree
        pages = {skill.folder: self.plan.by_source[skill.path] for skill in tree.skills}
        return {**self.plan.categories, **pages}

    def path(self, source: str) -> str:
        """How a file of the tree is named to people."""
        return self.project.relative(self.library.tree.root / shown(source))

    def post(self, source: str) -> Post:
        """A Markdown file of the tree; blank lines stand for its front matter."""
        if source not in self.posts:
            text = self.library.text(source)
            body = head(text, source).body
            blank = "\n" * text.count("\n", 0, body)
            file = self.library.tree.root / source
            self.posts[source] = parse_post(blank + text[body:], self.path(source), file)
        return self.posts[source]

    def material(self, source: str) -> Material:
        """What a text is filled from: its results and own figures where it is a document of the
        project, and only the performance model where it is somebody else's.
        """
        post = self.post(source)
        if post.file.resolve() in self.documents and "\ufffd" not in post.text:
            try:
                return gather(post.file, self.project)
            except BenchpostError as error:
                return Material(
                    post, Facts(post.dialect), {}, (unreadable(error, post.file, self.project),)
                )
        facts = Facts(post.dialect, {}, post.slug, tuple(post.snippet_ids()))
        return Material(post, facts, {}, ())

    @cached_property
    def documents(self) -> frozenset[Path]:
        """The files that `benchpost fill` fills where they stand."""
        return frozenset(file.resolve() for file in self.project.documents())

    def written(self, source: str, page: Page) -> Written:
        """The text of a file as it stands on `page`."""
        material = self.material(source)
        post = material.post
        filled = fill_text(post, material.facts, material.own, is_damaged=material.is_damaged)
        full = post
        if filled.text != post.text:
            full = parse_post(filled.text, post.path, post.file, post.dialect)
        drawn = draw(post, filled.pieces, self.folder / page.url)
        numbers = count(1)
        made = to_markdown(
            full,
            figure=lambda url: figure(drawn, url, numbers),
            image=lambda url: _picture(drawn, url) or self.copy(source, page, url),
            page=lambda url: self.link(source, page, url),
        )
        findings = (*material.findings, *filled.findings, *drawn.findings, *made.findings)
        return Written(made.text, names_of(full), drawn.files, findings)

    def copy(self, source: str, page: Page, url: str) -> str | None:
        """The address of a file that is offered as it is, as seen from a page."""
        for target in self._targets(source, page, re.split(r"[?#]", url, maxsplit=1)[0]):
            if target in self.plan.copies:
                return quoted(relpath(self.plan.copies[target], page.url or "."))
        return None

    def link(self, source: str, page: Page, url: str) -> str | None:
        """Where a link of a file leads to on the site, as seen from the file's page."""
        path, _, anchor = url.partition("#")
        if path.startswith("skill:"):
            return self._named(page, path.removeprefix("skill:").strip("/"))
        if path.startswith("/"):
            return None
        for target in self._targets(source, page, path.partition("?")[0]):
            found = self.plan.by_source.get(target) or self._of_folder(target)
            if found:
                return to(found, page) + self._anchor(found, unquote(anchor))
        return self.copy(source, page, url)

    def _targets(self, source: str, page: Page, path: str) -> list[str]:
        """What a path may name: seen from its file, or else from the skill's folder."""
        around = [source, page.skill.path] if page.skill else [source]
        return list(dict.fromkeys(resolve(each, unquote(path)) for each in around))

    def _of_folder(self, target: str) -> Page | None:
        """The page of a folder or of its DESCRIPTION.md."""
        folder = target.removesuffix(DESCRIPTION_FILE).rstrip("/")
        if not folder:
            return self.plan.pages[0] if target == DESCRIPTION_FILE else None
        if folder in self.by_folder:
            return self.by_folder[folder]
        skill = next(
            (s for s in self.library.tree.skills if s.folder and folder.startswith(f"{s.folder}/")),
            None,
        )
        inside = skill is not None and folder in self.library.folders
        return self.by_folder[skill.folder] if skill and inside else None

    def _named(self, page: Page, name: str) -> str | None:
        """The page of a skill that is referred to by its name or path."""
        for skill in self.library.tree.skills:
            if name in (skill.name, skill.folder, skill.address.name):
                return to(self.plan.by_source[skill.path], page)
        return None

    def _anchor(self, page: Page, anchor: str) -> str:
        if not anchor or not page.source.lower().endswith((".md", ".mdx", ".markdown")):
            return ""
        name = known(anchor, names_of(self.post(page.source)))
        return f"#{name}" if name else ""


def names_of(post: Post) -> frozenset[str]:
    """What `#name` may lead to on the page of a text."""
    return frozenset(heading_names(post).values()) | frozenset(element_names(post))


def _picture(drawn: Drawn, url: str) -> str | None:
    path = local_path(url)
    return path if path in drawn.files else None


def to(target: Page, page: Page) -> str:
    """The Markdown file of a page as seen from that of another."""
    return relpath(f"{target.url}index.md", page.url or ".")


def quoted(path: str) -> str:
    """A path as an address."""
    return quote(normpath(path), errors="surrogateescape")


def in_project(finding: Finding, shelf: Shelf) -> Finding:
    """A finding of the tree with its place named from the project."""
    root = shelf.library.tree.root
    path = shelf.project.relative(root / finding.place.path)
    return replace(finding, place=replace(finding.place, path=path))
