"""`mkdocs build` and `mkdocs serve` do by themselves what `benchpost pages` does."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from mkdocs.config import load_config
from mkdocs.livereload import LiveReloadServer
from site_project import mkdocs, write_post, write_sample, write_skills

from benchpost.config import Project
from benchpost.site.navigation import with_pages

DEADLINE = 120.0
"""Seconds after which a server that shows nothing is broken; a busy machine needs a few."""


@pytest.mark.parametrize(
    ("nav", "expected"),
    [
        (["index.md"], ["index.md"]),
        (["posts/index.md"], [{"Posts": [{"All posts": "posts/index.md"}, "posts/a/index.md"]}]),
        (
            [{"Blog": "posts/index.md"}],
            [{"Blog": [{"All posts": "posts/index.md"}, "posts/a/index.md"]}],
        ),
        (
            [{"More": ["x.md", {"Blog": "posts/index.md"}]}],
            [{"More": ["x.md", {"Blog": [{"All posts": "posts/index.md"}, "posts/a/index.md"]}]}],
        ),
    ],
)
def test_posts_stand_beside_their_list_in_the_navigation(
    nav: list[object], expected: list[object]
) -> None:
    """Wherever the navigation names the list."""
    pages = [{"All posts": "posts/index.md"}, "posts/a/index.md"]
    assert with_pages(nav, "posts/index.md", "Posts", pages) == expected


def test_a_plain_build_writes_pages_and_site(project: Project) -> None:
    """The page is in the built site, with our theme, and findings are printed with their places."""
    write_sample(project.root)
    built = mkdocs(project.root, "build", "--strict")
    assert built.returncode == 0, built.stderr
    assert "posts/sample/index.mdx:42:1: P001 component `Unknown`" in built.stderr
    html = (project.root / "site/posts/sample/index.html").read_text(encoding="utf-8")
    assert "A number, 6, and a formula" in html
    assert 'as="font" type="font/woff2"' in html
    assert (project.root / "site/assets/benchpost/stix-two-math.woff2").is_file()
    home = (project.root / "site/index.html").read_text(encoding="utf-8")
    assert "woff2" not in home


def test_a_strict_build_fails_on_an_error(project: Project) -> None:
    """A slot that cannot be filled is one."""
    write_post(project.root, "bad", '{/* fill chart roofline gpu="H2000" */}\n{/* /fill */}\n')
    built = mkdocs(project.root, "build", "--strict")
    assert built.returncode == 1
    assert re.search(r"WARNING.*posts/bad/index\.mdx:1:\d+: S002 ", built.stderr)
    assert mkdocs(project.root, "build").returncode == 0


def test_a_refused_formula_of_a_page_of_ours_fails_a_strict_build(project: Project) -> None:
    """Pages in `docs` that are not made from posts have no other finding."""
    (project.root / "docs/index.md").write_text("# Home\n\n$\\SI{1}$\n", encoding="utf-8")
    built = mkdocs(project.root, "build", "--strict")
    assert built.returncode == 1
    assert "index.md: a formula cannot be rendered and is shown as its source" in built.stderr


def test_settings_that_cannot_be_are_said_in_a_line(project: Project) -> None:
    """Without a traceback."""
    (project.root / "benchpost.toml").write_text('pages = "elsewhere"\n', encoding="utf-8")
    built = mkdocs(project.root, "build")
    assert built.returncode == 1
    assert "benchpost: the setting pages = 'elsewhere' of [tool.benchpost] must" in built.stderr
    (project.root / "benchpost.toml").write_text("page = 3\n", encoding="utf-8")
    built = mkdocs(project.root, "build")
    assert "unknown setting 'page'; did you mean 'pages'" in built.stderr
    assert "Traceback" not in built.stderr


def test_two_builds_are_the_same(project: Project) -> None:
    """Every file byte for byte, whatever the hash seed, once the time of the build is fixed."""
    write_sample(project.root)
    sites = []
    for seed in ("0", "1"):
        environment = {"PYTHONHASHSEED": seed, "SOURCE_DATE_EPOCH": "1700000000"}
        out = project.root.parent / f"{project.root.name}-{seed}"
        command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(out)]
        subprocess.run(command, cwd=project.root, env={**os.environ, **environment}, check=True)
        sites.append({f.relative_to(out): f.read_bytes() for f in out.rglob("*") if f.is_file()})
    assert [name for name in sites[0] if sites[0][name] != sites[1].get(name)] == []


# `mkdocs serve`


class Server:
    """A running `mkdocs serve` and what it logged."""

    def __init__(self, project: Project, log: Path) -> None:
        self.log = log
        self.project = project

    def logged(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def builds(self) -> int:
        """Builds that began; the line that one ended is left out where two took as long."""
        return self.logged().count("Building documentation...")

    @property
    def address(self) -> str:
        found = re.search(r"Serving on (http://\S+)", self.logged())
        return found[1] if found else ""

    def shows(self, path: str, words: str) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}{path}", timeout=5) as answer:
                return words in answer.read().decode()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False


def wait(what: str, true: Callable[[], bool], server: Server) -> None:
    """Poll until something holds, or fail with the server's log."""
    end = time.monotonic() + DEADLINE
    while not true():
        if time.monotonic() > end:
            pytest.fail(f"{what}: not within {DEADLINE:.0f} s\n{server.logged()}")
        time.sleep(0.05)  # between two looks, not a wait for something to have happened


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@pytest.fixture
def server(project: Project) -> Iterator[Server]:
    """The sample and a draft, served."""
    write_sample(project.root)
    write_skills(project.root)
    write_post(project.root, "soon", "---\ntitle: Soon\ndraft: true\n---\n\nNot yet.\n")
    log = project.root.parent / f"{project.root.name}.log"
    place = f"127.0.0.1:{free_port()}"
    command = [sys.executable, "-u", "-m", "mkdocs", "serve", "--dev-addr", place]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    with log.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(
            command,
            cwd=project.root,
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            # tests in the background of a shell have inherited that Ctrl-C is ignored
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        running = Server(project, log)
        wait("serving", lambda: bool(running.address), running)
        yield running
        process.send_signal(signal.SIGINT)
        process.wait(DEADLINE)


def test_an_edit_under_serve_shows_filled_after_one_build(server: Server) -> None:
    """The value is computed, the draft is there, and what we write leads to no further build."""
    wait("the page", lambda: server.shows("posts/sample/", "A number, 6, and"), server)
    assert server.shows("posts/soon/", "Shown while you write")
    assert server.builds() == 1
    post = server.project.root / "posts/sample/index.mdx"
    text = post.read_text(encoding="utf-8").replace("= 2 * 3", "= 2 * 21")
    post.write_text(text, encoding="utf-8")
    wait("the edit", lambda: server.shows("posts/sample/", "A number, 42, and"), server)
    # an edit of a page of its own is the next event: were there more builds, they would come first
    home = server.project.root / "docs/index.md"
    home.write_text("# Home again\n", encoding="utf-8")
    wait("the other edit", lambda: server.shows("", "Home again"), server)
    assert server.builds() == 3
    skill = server.project.root / "docs/skills/mlops/aquarium/references/salts.md"
    skill.write_text("# Sea salts\n", encoding="utf-8")
    salts = "catalogue/quagga-tank/references/salts"
    wait("the edit of a skill", lambda: server.shows(f"{salts}/", "Sea salts"), server)
    assert server.shows(f"{salts}.md", "# Sea salts")
    home.write_text("# Home once more\n", encoding="utf-8")
    wait("the last edit", lambda: server.shows("", "Home once more"), server)
    assert server.builds() == 5


class Watcher:
    """A server that only notes what it is to watch."""

    def __init__(self) -> None:
        self.watched: set[str] = set()

    def watch(self, path: str, recursive: bool = True) -> None:
        self.watched.add(path)

    def unwatch(self, path: str) -> None:
        self.watched.discard(path)


@pytest.mark.parametrize("tree", ["docs/skills", "tree"])
def test_the_tree_is_watched_and_its_pages_are_not(project: Project, tree: str) -> None:
    """Wherever it lies; nothing that we write leads to another build."""
    root = project.root
    (root / "benchpost.toml").write_text(f'skills = "{tree}"\n', encoding="utf-8")
    for folder in (tree, "posts", "docs/catalogue", "docs/posts", "docs/guide"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    watcher = Watcher()
    config = load_config(str(root / "mkdocs.yml"))
    plugin: Any = config.plugins["benchpost"]
    plugin.on_serve(watcher, config=config, builder=None)
    wanted = {"posts", "docs", "docs/guide", tree}
    assert {Path(each).relative_to(root).as_posix() for each in watcher.watched} == wanted


def test_a_project_of_skills_alone_is_watched(project: Project) -> None:
    """As the guide shows it, without posts: the server watches nothing that is not there."""
    write_skills(project.root)
    config = load_config(str(project.root / "mkdocs.yml"))
    real = LiveReloadServer(lambda: None, "127.0.0.1", 0, str(project.root))
    real.watch(config.docs_dir)
    plugin: Any = config.plugins["benchpost"]
    plugin.on_serve(real, config=config, builder=None)
    watched = {Path(each).relative_to(project.root).as_posix() for each in real._watched_paths}
    assert watched == {"docs", "docs/skills"}
    # where the reading of folders begins, and with it complaints about those that are not there
    real.observer.start()
    real.observer.stop()
    real.observer.join()
    real.server_close()
