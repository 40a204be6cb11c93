"""The project around the posts: where it begins and its few settings.

Settings stand in `[tool.benchpost]` of `pyproject.toml`, or at the top level of `benchpost.toml`.
A folder without either is a project with the defaults.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from benchpost.errors import BenchpostError, Place, UsageError, near

POST_SUFFIXES = (".mdx", ".md")
MARKS = ("mkdocs.yml", ".git")
"""What shows a project's root where no settings do."""
SNIPPET = rb"^[ \t>]*(?:```|~~~)[^\n]*\bbench\b"
DECLARATION = rb"\A\s*---\r?\n(?:(?!---)[^\n]*\n)*?numbers[ \t]*:"
DOCUMENTS: Mapping[str, re.Pattern[bytes]] = {
    suffix: re.compile(
        rb"|".join((comment + rb"\s*/?(?:fill\b|=\s)", SNIPPET, DECLARATION)), re.MULTILINE
    )
    for suffix, comment in ((".md", rb"<!--"), (".mdx", rb"\{\s*/\*"))
}
"""What makes a file one of ours, by its ending: a slot, value, snippet, or a declaration."""
SNIPPETS = re.compile(SNIPPET, re.MULTILINE)


@dataclass(frozen=True)
class Config:
    """What a project may set."""

    posts: str = "posts"
    """Folder of the posts, relative to the project root."""
    documents: tuple[str, ...] = ()
    """Folders whose Markdown files are filled and checked where they stand, like posts; a file
    there that has neither slot, value, snippet nor `numbers:` in its front matter is left alone."""
    pages: str = "docs/posts"
    """Folder that `benchpost pages` writes into; keep it out of version control."""
    reference: str = ""
    """Folder for pages on benchpost's own figures, equations, checks and words; empty for none."""
    skills: str = "docs/skills"
    """Folder of the skills, if there is one; MkDocs renders nothing in it."""
    catalogue: str = "docs/catalogue"
    """Folder that the pages of the skills are written into; keep it out of version control."""
    skills_flat: str = "general"
    """Category of skills that lie directly in `skills`; `{name}` stands for the skill's name."""
    components: tuple[str, ...] = ()
    """Components that the Nextra site provides without an import, beside Nextra's own."""
    timeout: float = 600.0
    """Seconds a snippet may take unless its fence says otherwise."""
    output_limit: int = 65536
    """Characters of a snippet's output that are recorded; more is a failure that says so."""


@dataclass(frozen=True)
class Project:
    """A project root and its settings."""

    root: Path
    """Absolute path; every `Place` is relative to it."""
    config: Config = field(default_factory=Config)
    """Its settings."""

    def relative(self, file: Path) -> str:
        """How a file is named to people: relative to the root where it lies inside.

        A link inside is named by its own path, wherever it leads.
        """
        for path in (Path(os.path.abspath(file)), file.resolve()):  # noqa: PTH100 - follows no link
            if path.is_relative_to(self.root):
                return path.relative_to(self.root).as_posix()
        return file.as_posix()

    def posts(self) -> list[Path]:
        """Every `posts/<slug>/index.{mdx,md}`, sorted by path."""
        folder = self.root / self.config.posts
        return sorted(file for suffix in POST_SUFFIXES for file in folder.glob(f"*/index{suffix}"))

    def documents(self) -> list[Path]:
        """Every Markdown file below the `documents` folders that is ours to fill, sorted."""
        posts = set(self.posts())
        found = {file for name in self.config.documents for file in _markdown(self.root / name)}
        return sorted(file for file in found - posts if is_document(file))

    def folders_with(self, name: str) -> list[Path]:
        """Folders of posts and below `documents` that hold a folder of this name, sorted."""
        return sorted({at for at, _ in self._folders() if (at / name).is_dir()})

    def texts(self) -> list[Path]:
        """Every MDX and Markdown file among the posts and below `documents`, ours or not."""
        found = {at / name for at, names in self._folders() for name in names}
        return sorted(file for file in found if file.suffix in POST_SUFFIXES)

    def _folders(self) -> Iterator[tuple[Path, list[str]]]:
        for name in (self.config.posts, *self.config.documents):
            yield from _walked(self.root / name)

    def post_files(self, arguments: list[str]) -> list[Path]:
        """The posts and documents that command-line arguments name, or all of the project."""
        if not arguments:
            return [*self.posts(), *self.documents()]
        return [file for argument in arguments for file in self._named(Path(argument))]

    def _named(self, path: Path) -> Iterator[Path]:
        if path.is_dir():
            files = sorted(f for f in path.rglob("*") if f.suffix in POST_SUFFIXES and f.is_file())
            found = [f for f in files if not self._is_below_documents(f) or is_document(f)]
            if not found:
                what = "with a slot, value or snippet " if files else ""
                raise UsageError(f"no .mdx or .md file {what}in {path}")
            yield from found
        elif path.is_file():
            yield path
        else:
            raise UsageError(f"no file {path}")

    def _is_below_documents(self, file: Path) -> bool:
        folders = (self.root / name for name in self.config.documents)
        return any(file.resolve().is_relative_to(folder) for folder in folders)


def _markdown(folder: Path) -> Iterator[Path]:
    """Markdown files below a folder."""
    for at, names in _walked(folder):
        yield from (at / name for name in names if name.endswith(".md") and name[0] != ".")


def _walked(folder: Path) -> Iterator[tuple[Path, list[str]]]:
    """Folders with the names of their files; not the hidden ones, nor installed packages."""
    for at, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name[0] != "." and name != "node_modules"]
        yield Path(at), names


def is_document(file: Path) -> bool:
    """Whether a file has a marker or a declaration of ours; only such a file is read as a post."""
    return _says(file, DOCUMENTS.get(file.suffix, DOCUMENTS[".md"]))


def may_run(file: Path) -> bool:
    """Whether a file seems to have a snippet; reading it as a post says for sure."""
    return _says(file, SNIPPETS)


def _says(file: Path, pattern: re.Pattern[bytes]) -> bool:
    try:
        return bool(pattern.search(file.read_bytes()))
    except OSError:
        # reading it as a post says what is the matter
        return True


def rival(file: Path) -> Path | None:
    """The other index file of a post's folder: both would own its results, figures and page."""
    names = [f"index{suffix}" for suffix in POST_SUFFIXES]
    others = [file.parent / name for name in names if name != file.name]
    return next((other for other in others if file.name in names and other.exists()), None)


def find_project(start: Path) -> Project:
    """The project that `start` lies in, or `start` as a project with the defaults."""
    return nearest_project(start) or Project(start.resolve())


def nearest_project(start: Path) -> Project | None:
    """The nearest folder above with settings; without any, with a site or a repository (`MARKS`);
    without these too, the folder that holds a folder `posts` around `start`.
    """
    start = start.resolve()
    folders = (start, *start.parents)
    for folder in folders:
        for name, reader in (("benchpost.toml", _whole), ("pyproject.toml", _tool_table)):
            settings = _settings(folder / name, reader)
            if settings is not None:
                return Project(folder, _config(settings, (folder / name).as_posix()))
    marked = (folder for folder in folders if any((folder / name).exists() for name in MARKS))
    above_posts = (folder.parent for folder in folders if folder.name == Config.posts)
    root = next(marked, None) or next(above_posts, None)
    return Project(root) if root else None


def _settings(file: Path, reader: Any) -> Mapping[str, Any] | None:
    if not file.is_file():
        return None
    try:
        found: Mapping[str, Any] | None = reader(tomllib.loads(file.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise BenchpostError(f"not TOML: {error}", Place(file.as_posix())) from error
    return found


def _whole(table: Mapping[str, Any]) -> Mapping[str, Any]:
    return table


def _tool_table(table: Mapping[str, Any]) -> Mapping[str, Any] | None:
    tool = table.get("tool", {})
    return tool.get("benchpost") if isinstance(tool, dict) else None


def _config(settings: Mapping[str, Any], file: str) -> Config:
    known = {item.name: item for item in fields(Config)}
    for key in settings:
        if key not in known:
            keys = ", ".join(sorted(known))
            hint = near(key, known)
            raise UsageError(f"unknown setting {key!r}{hint}; settings are {keys}", Place(file))
    return Config(**{key: _typed(key, value, file) for key, value in settings.items()})


def _typed(key: str, value: Any, file: str) -> Any:
    default = getattr(Config(), key)
    if isinstance(default, tuple) and isinstance(value, list):
        return tuple(str(item) for item in value)
    if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is type(default):
        return value
    wanted = type(default).__name__.replace("tuple", "list of strings")
    raise UsageError(f"setting {key!r} must be a {wanted}, not {value!r}", Place(file))
