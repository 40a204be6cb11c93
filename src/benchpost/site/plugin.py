"""The MkDocs plugin: writes the pages before a build, and lets `mkdocs serve` watch the posts."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mkdocs.config.base import Config
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority, get_plugin_logger

from benchpost.config import Project, find_project
from benchpost.errors import BenchpostError
from benchpost.findings import Finding, Severity
from benchpost.site.pages import Site, make_site, write_site

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.livereload import LiveReloadServer
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

THEME = Path(__file__).parent / "theme"
"""Templates, style sheet, script and font of ours; Material's own come after them."""

LEVELS = {Severity.ERROR: logging.WARNING, Severity.WARNING: logging.INFO}
"""`--strict` fails on what is logged as a warning."""

log = get_plugin_logger("benchpost")


class NoOptions(Config):  # type: ignore[no-untyped-call]  # of mkdocs
    """All settings stand in `[tool.benchpost]`, where the other verbs find them too."""


class BenchpostPlugin(BasePlugin[NoOptions]):  # type: ignore[no-untyped-call]  # of mkdocs
    """Hands over to `pages`; nothing is decided here."""

    serving = False

    def on_startup(self, *, command: str, dirty: bool) -> None:
        """Drafts are shown while one writes only."""
        self.serving = command == "serve"

    # before `tags` and `search` look at the settings
    @event_priority(50)
    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Write the pages, put the posts into the navigation, add our theme to Material's."""
        try:
            site = self._written(project_of(config))
        except BenchpostError as error:
            raise PluginError(f"benchpost: {error}") from error
        if config.nav:
            slugs = (page.slug for page in site.pages)
            config.nav = with_posts(config.nav, f"{_pages(config)}/index.md", slugs)
        if str(THEME) not in config.theme.dirs:
            config.theme.dirs.insert(1 if config.theme.custom_dir else 0, str(THEME))
        return config

    def _written(self, project: Project) -> Site:
        site = make_site(project, drafts=self.serving)
        write_site(site, project)
        report(site.findings)
        return site

    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """A refused formula of a hand-written page; those of posts are findings already."""
        source = page.file.src_uri
        if 'class="math-refused"' in html and not source.startswith(f"{_pages(config)}/"):
            log.warning("%s: a formula cannot be rendered and is shown as its source", source)
        return html

    def on_serve(
        self, server: LiveReloadServer, *, config: MkDocsConfig, builder: Any
    ) -> LiveReloadServer:
        """Posts and what lies beside them lead to a new build; the pages we write do not."""
        project = project_of(config)
        server.watch(str(project.root / project.config.posts))
        ours = {project.root / project.config.pages, project.root / project.config.reference}
        server.unwatch(config.docs_dir)
        server.watch(config.docs_dir, recursive=False)
        for folder in sorted(Path(config.docs_dir).iterdir()):
            if folder.is_dir() and folder not in ours:
                server.watch(str(folder))
        return server


def project_of(config: MkDocsConfig) -> Project:
    """The project around a `mkdocs.yml`."""
    return find_project(Path(config.config_file_path or "mkdocs.yml").parent)


def report(findings: Iterable[Finding]) -> None:
    """Log every finding with its place."""
    for finding in findings:
        log.log(LEVELS[finding.severity], "%s: %s", finding.place, _sentence(finding))


def _sentence(finding: Finding) -> str:
    mend = f"; mend: {finding.mend}" if finding.mend else ""
    return f"{finding.check.name} {finding.message}{mend}"


def _pages(config: MkDocsConfig) -> str:
    project = project_of(config)
    folder, docs = (project.root / project.config.pages).resolve(), Path(config.docs_dir).resolve()
    if not folder.is_relative_to(docs):
        where = f"{project.config.pages!r} of [tool.benchpost] must lie inside {config.docs_dir}"
        raise PluginError(f"benchpost: the setting pages = {where}")
    return folder.relative_to(docs).as_posix()


def with_posts(nav: list[Any], index: str, slugs: Iterable[str]) -> list[Any]:
    """The navigation with the posts beside their list, newest first."""
    folder = index.removesuffix("index.md")
    pages = [{"All posts": index}, *(f"{folder}{slug}/index.md" for slug in slugs)]
    return [_replaced(item, index, pages) for item in nav]


def _replaced(item: Any, index: str, pages: list[Any]) -> Any:
    if item == index:
        return {"Posts": pages}
    if isinstance(item, dict):
        return {
            title: pages if value == index else _inside(value, index, pages)
            for title, value in item.items()
        }
    return item


def _inside(value: Any, index: str, pages: list[Any]) -> Any:
    if isinstance(value, list):
        return [_replaced(item, index, pages) for item in value]
    return value
