"""A small project of posts, the real site built once, a server and a browser to look at it."""

from __future__ import annotations

import functools
import shutil
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from conftest import missing
from playwright.sync_api import Browser, sync_playwright
from site_project import mkdocs, write_sample, write_skills

from benchpost.config import Project, find_project

ROOT = Path(__file__).parent.parent.parent
CHROMIUM = "/usr/bin/chromium"
# no GPU, no sandbox in containers, and nothing of the browser's own goes out
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty project with a home page and the settings of the real site, without its pages."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.md").write_text("# Home\n", encoding="utf-8")
    (tmp_path / "benchpost.toml").write_text("", encoding="utf-8")
    settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    head = settings[: settings.index("\nnav:")]
    nav = "\nnav:\n  - Home: index.md\n  - Posts: posts/index.md\n"
    (tmp_path / "mkdocs.yml").write_text(head + nav, encoding="utf-8")
    return find_project(tmp_path)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real site with samples among its posts and skills, built strictly in a copy."""
    root = tmp_path_factory.mktemp("project")
    for name in ("mkdocs.yml", "pyproject.toml"):
        shutil.copy(ROOT / name, root / name)
    ours = shutil.ignore_patterns("posts", "reference", "catalogue")
    shutil.copytree(ROOT / "docs", root / "docs", ignore=ours)
    shutil.copytree(ROOT / "posts", root / "posts")
    write_sample(root)
    write_skills(root)
    built = mkdocs(root, "build", "--strict", "--quiet")
    # the sample's refused formula is a warning of the post, not of the build
    assert built.returncode == 0, built.stderr
    return root / "site"


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where the built site is served."""
    handler = functools.partial(_Quiet, directory=str(site))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()
    thread.join()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


# not for the session: while Playwright is open, nothing else in the process can use asyncio.run
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    if not Path(CHROMIUM).is_file():
        missing(f"Chromium is not installed ({CHROMIUM})")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()
