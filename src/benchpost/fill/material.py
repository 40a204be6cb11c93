"""What filling a post needs, read from the disk: the post, its results, its own figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchpost.config import Project
from benchpost.errors import BenchpostError, Place
from benchpost.figures.types import Facts, Figure
from benchpost.fill.bugs import told
from benchpost.fill.own import load_own
from benchpost.findings import Check, Finding
from benchpost.post.document import Post
from benchpost.post.read import read_post
from benchpost.record import results

DAMAGE = (Check.R004, Check.R005)


@dataclass(frozen=True)
class Material:
    """Everything that a filled post is made from."""

    post: Post
    """The post as it stands."""
    facts: Facts
    """What figures may draw on."""
    own: Mapping[str, Figure]
    """The author's own figures."""
    findings: tuple[Finding, ...]
    """What is wrong with the results and with the own figures."""

    @property
    def is_damaged(self) -> bool:
        """Some results cannot be trusted or read."""
        return any(finding.check in DAMAGE for finding in self.findings)


def gather(file: Path, project: Project) -> Material:
    """The material of one post. Raises BenchpostError when the post cannot be read."""
    post = read(file, project)
    recorded, findings = results.load(post.file, project)
    own = load_own(post.file.parent, project)
    facts = Facts(post.dialect, recorded, post.slug, tuple(post.snippet_ids()))
    return Material(post, facts, own.figures, (*findings, *own.findings))


def read(file: Path, project: Project) -> Post:
    """The post in a file. Raises BenchpostError when it cannot be read, whatever the reason."""
    try:
        return read_post(file.resolve(), project)
    except OSError as error:
        raise BenchpostError(f"cannot be read: {error.strerror}") from error


def unreadable(error: BenchpostError, file: Path, project: Project) -> Finding:
    """The finding for a post that cannot be read."""
    line = error.place.line if error.place else 1
    return Finding(Check.P004, Place(project.relative(file), line), error.message)


def bug(error: Exception, doing: str, file: Path, project: Project) -> Finding:
    """The finding for a post that an error of ours stands in the way of."""
    return Finding(Check.S006, Place(project.relative(file)), told(error, doing))
