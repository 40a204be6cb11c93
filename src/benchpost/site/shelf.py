"""A catalogue whose pages are being written: its tree, the plan of its pages, its texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from posixpath import normpath, relpath
from urllib.parse import quote

from benchpost.config import Project
from benchpost.errors import BenchpostError
from benchpost.figures.types import Facts
from benchpost.fill.material import Material, gather, unreadable
from benchpost.findings import Finding
from benchpost.post.document import Post
from benchpost.post.read import parse_post
from benchpost.skills.frontmatter import Head, head
from benchpost.skills.library import Library
from benchpost.skills.pages import Page, Plan
from benchpost.skills.types import Skill
from benchpost.skills.walk import shown


@dataclass(frozen=True)
class Shelf:
    """What every page of a catalogue is made from."""

    library: Library
    """The tree and its texts."""
    plan: Plan
    """Which pages there are, and where."""
    folder: Path
    """Where the pages are written to, and earlier drawings may lie."""
    project: Project
    """The project around it, by which places are named."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """How a tag is spelt on the site, by its letters in lower case."""
    posts: dict[str, Post] = field(default_factory=dict, repr=False)
    """Texts that were read already."""

    @cached_property
    def by_folder(self) -> Mapping[str, Page]:
        """The page of each folder that is a skill or a category."""
        skills = {skill.folder: self.plan.by_source[skill.path] for skill in self.skills}
        return {**self.plan.categories, **skills}

    @property
    def skills(self) -> tuple[Skill, ...]:
        """All skills."""
        return self.library.tree.skills

    @cached_property
    def documents(self) -> frozenset[Path]:
        """The files that `benchpost fill` fills where they stand."""
        return frozenset(file.resolve() for file in self.project.documents())

    def head(self, source: str) -> Head:
        """The front matter of a file."""
        return head(self.text(source), source)

    def text(self, source: str) -> str:
        """The text of a file; empty where a link takes it from outside of the tree."""
        skill = self.library.files.get(source)
        file = self.library.tree.root / source
        is_own = self.library.is_own(source, skill) if skill else not file.is_symlink()
        return self.library.text(source) if is_own else ""

    def post(self, source: str) -> Post:
        """A Markdown file of the tree; blank lines stand for its front matter."""
        if source not in self.posts:
            text = self.text(source)
            body = head(text, source).body
            blank = "\n" * text.count("\n", 0, body)
            file = self.library.tree.root / source
            path = self.project.relative(self.library.tree.root / shown(source))
            self.posts[source] = parse_post(blank + text[body:], path, file)
        return self.posts[source]

    def material(self, source: str) -> Material:
        """What a text is filled from: its results and own figures where it is a document of the
        project, and only the performance model where it is somebody else's.
        """
        post = self.post(source)
        facts = Facts(post.dialect, {}, post.slug, tuple(post.snippet_ids()))
        if post.file.resolve() not in self.documents:
            return Material(post, facts, {}, ())
        try:
            return gather(post.file, self.project)
        except BenchpostError as error:
            return Material(post, facts, {}, (unreadable(error, post.file, self.project),))

    def in_project(self, finding: Finding) -> Finding:
        """A finding of the tree with its place named from the project."""
        path = self.project.relative(self.library.tree.root / finding.place.path)
        return replace(finding, place=replace(finding.place, path=path))


def to(target: Page, page: Page) -> str:
    """The Markdown file of a page as seen from that of another."""
    return relpath(f"{target.url}index.md", page.url or ".")


def address(url: str, page: Page) -> str:
    """The address of a file of the catalogue as seen from a page."""
    return quote(normpath(relpath(url, page.url or ".")), errors="surrogateescape")
