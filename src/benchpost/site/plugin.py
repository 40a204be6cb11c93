"""The MkDocs plugin: writes the pages before a build, and lets `mkdocs serve` watch the posts."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mkdocs.config.base import Config
from mkdocs.config.config_options import PathSpec
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority, get_plugin_logger

from benchpost.config import Project, find_project
from benchpost.errors import BenchpostError
from benchpost.files import write_if_changed
from benchpost.findings import Finding, Severity
from benchpost.site.fences import RAW
from benchpost.site.navigation import with_pages, with_skills
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


_BUILT_IN = "markdown.extensions."

EXTENSIONS = (
    "admonition",
    "attr_list",
    "footnotes",
    "md_in_html",
    "sane_lists",
    "tables",
    "toc",
    "pymdownx.arithmatex",
    "pymdownx.details",
    "pymdownx.highlight",
    "pymdownx.superfences",
    "pymdownx.tabbed",
    "pymdownx.tasklist",
    "pymdownx.tilde",
    "benchpost.site.maths_extension",
    "benchpost.site.finish_extension",
)
"""Markdown extensions that our pages count on."""


class NoOptions(Config):  # type: ignore[no-untyped-call]  # of mkdocs
    """All settings stand in `[tool.benchpost]`, where the other verbs find them too."""


class BenchpostPlugin(BasePlugin[NoOptions]):  # type: ignore[no-untyped-call]  # of mkdocs
    """Hands over to `pages`; nothing is decided here."""

    serving = False
    site: Site | None = None

    def on_startup(self, *, command: str, dirty: bool) -> None:
        """Drafts are shown while one writes only."""
        self.serving = command == "serve"

    # before `tags` and `search` look at the settings
    @event_priority(50)
    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Write the pages, put them into the navigation, add our theme to Material's."""
        try:
            project = project_of(config)
            self.site = self._written(project, config)
        except BenchpostError as error:
            raise PluginError(f"benchpost: {error}") from error
        if config.nav:
            config.nav = self._navigation(config, self.site)
        if self.site.catalogue:
            _hide(config, project)
        if missing := [f"`{each}`" for each in lacking(config)]:
            said = "the markdown_extensions lack %s, which the pages of benchpost need"
            log.warning(f"%s: {said}", config.config_file_path, ", ".join(missing))
        if str(THEME) not in config.theme.dirs:
            config.theme.dirs.insert(1 if config.theme.custom_dir else 0, str(THEME))
        return config

    def _written(self, project: Project, config: MkDocsConfig) -> Site:
        prefix = f"{_address(config, 'catalogue')}/" if _has_skills(project) else ""
        known = config.site_url or ""
        site = make_site(project, drafts=self.serving, prefix=prefix, site=known)
        report([*site.findings, *write_site(site, project)])
        return site

    def _navigation(self, config: MkDocsConfig, site: Site) -> list[Any]:
        posts = _address(config, "pages")
        slugs = [f"{posts}/{page.slug}/index.md" for page in site.pages]
        nav = with_pages(
            config.nav or [],
            f"{posts}/index.md",
            "Posts",
            [{"All posts": f"{posts}/index.md"}, *slugs],
        )
        if site.catalogue is None:
            return nav
        return with_skills(nav, _address(config, "catalogue"), site.catalogue.plan)

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """What programs read of the catalogue, unless the site has a file of that name."""
        beside = self.site.catalogue.beside if self.site and self.site.catalogue else {}
        for path, data in beside.items():
            if not (Path(config.docs_dir) / path).exists():
                write_if_changed(Path(config.site_dir) / path, data)

    def _written_folders(self) -> Iterator[str]:
        """Settings that name the folders whose pages have findings of their own."""
        yield "pages"
        if self.site and self.site.catalogue:
            yield "catalogue"

    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """A refused formula of a hand-written page; those of posts are findings already."""
        source = page.file.src_uri
        written = tuple(f"{_address(config, each)}/" for each in self._written_folders())
        if 'class="math-refused"' in html and not source.startswith(written):
            log.warning("%s: a formula cannot be rendered and is shown as its source", source)
        return html

    def on_serve(
        self, server: LiveReloadServer, *, config: MkDocsConfig, builder: Any
    ) -> LiveReloadServer:
        """Posts and what lies beside them lead to a new build; the pages we write do not."""
        project = project_of(config)
        posts = project.root / project.config.posts
        # a project of skills alone has none, and a folder that is not there cannot be watched
        if posts.is_dir():
            server.watch(str(posts))
        tree = project.root / project.config.skills
        if _has_skills(project) and not tree.is_relative_to(config.docs_dir):
            server.watch(str(tree))
        settings = project.config
        written = (settings.pages, settings.reference, settings.catalogue)
        ours = {project.root / folder for folder in written}
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


def _has_skills(project: Project) -> bool:
    return (project.root / project.config.skills).is_dir()


def _address(config: MkDocsConfig, setting: str) -> str:
    """The folder of a setting as seen from that of the documents, in which it must lie."""
    project = project_of(config)
    wanted: str = getattr(project.config, setting)
    folder, docs = (project.root / wanted).resolve(), Path(config.docs_dir).resolve()
    if not folder.is_relative_to(docs):
        where = f"{wanted!r} of [tool.benchpost] must lie inside {config.docs_dir}"
        raise PluginError(f"benchpost: the setting {setting} = {where}")
    return str(folder.relative_to(docs).as_posix())


def _hide(config: MkDocsConfig, project: Project) -> None:
    """Keep MkDocs from rendering the skills as they are, and from listing each of their pages."""
    tree, docs = (project.root / project.config.skills).resolve(), Path(config.docs_dir).resolve()
    if tree.is_relative_to(docs):
        config.exclude_docs = _and(config.exclude_docs, tree.relative_to(docs).as_posix())
    config.not_in_nav = _and(config.not_in_nav, _address(config, "catalogue"))


def _and(patterns: Any, folder: str) -> Any:
    """Patterns of `.gitignore`, and a folder."""
    more = PathSpec().run_validation(f"/{folder}/")
    return patterns + more if patterns else more


def lacking(config: MkDocsConfig) -> Iterator[str]:
    """What our pages count on and `mkdocs.yml` does not set."""
    loaded = {name.removeprefix(_BUILT_IN) for name in config.markdown_extensions}
    yield from (name for name in EXTENSIONS if name not in loaded)
    fences = config.mdx_configs.get("pymdownx.superfences", {}).get("custom_fences", [])
    if not any(fence.get("name") == RAW for fence in fences):
        yield f"pymdownx.superfences, custom_fences, name: {RAW}"
    if not config.mdx_configs.get("pymdownx.arithmatex", {}).get("generic"):
        yield "pymdownx.arithmatex, generic: true"
