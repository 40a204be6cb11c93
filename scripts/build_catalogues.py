"""Builds the site of each skill tree in a folder, strictly, and counts what came out.

    python scripts/build_catalogues.py FOLDER [--only NAME …] [--out OUT]

FOLDER holds trees, one a folder, or is their `trees.tar.gz`. Of each tree every SKILL.md must have
a page, every page, redirect and file of the plan must be in the built site, and every link between
pages must lead to one of them. Exit code 1 when something is missing or a build fails.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path
from posixpath import normpath
from urllib.parse import unquote

from benchpost.config import Config, Project
from benchpost.skills.aliases import read_aliases
from benchpost.skills.library import Library
from benchpost.skills.pages import Kind, Plan, plan
from benchpost.skills.scan import scan
from benchpost.skills.walk import PRUNED

ROOT = Path(__file__).parent.parent


def main(arguments: Sequence[str]) -> int:
    options = read_options(arguments)
    failures: list[str] = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = unpacked(Path(options.folder), Path(scratch))
        out = Path(options.out).resolve() if options.out else Path(scratch) / "out"
        total: Counter[Kind] = Counter()
        for tree in trees(folder, options.only):
            failures += built(tree.resolve(), out / tree.name, total)
    print(f"all: {counted(total)}")
    for failure in failures:
        print(f"FAILED {failure}")
    print(f"{len(failures)} failures")
    return 1 if failures else 0


def read_options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", help="skill trees, or trees.tar.gz")
    parser.add_argument("--only", action="append", default=[], help="this tree; may be repeated")
    parser.add_argument("--out", help="keep the MkDocs projects here")
    return parser.parse_args(arguments)


def unpacked(folder: Path, scratch: Path) -> Path:
    archive = folder if folder.is_file() else folder / "trees.tar.gz"
    if not archive.is_file():
        return folder
    with tarfile.open(archive) as tar:
        tar.extractall(scratch / "trees", filter="data")
    return scratch / "trees"


def trees(folder: Path, only: Sequence[str]) -> list[Path]:
    found = sorted(each for each in folder.iterdir() if each.is_dir() and each.name[0] != "_")
    return [each for each in found if not only or each.name in only]


def built(tree: Path, project: Path, total: Counter[Kind]) -> Iterator[str]:
    """Build the site of a tree, print a line about it, and say what is wrong."""
    write_project(tree, project)
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True)
    if done.returncode:
        yield f"{tree.name}: mkdocs build --strict\n{done.stderr}"
        return
    library = Library(scan(tree))
    planned = plan(library, read_aliases(tree))
    kinds = Counter(page.kind for page in planned.pages)
    total += kinds
    print(f"{tree.name}: {counted(kinds)}, {len(planned.redirects)} redirects", flush=True)
    yield from (f"{tree.name}: {each}" for each in missing(tree, planned, project / "site"))


def counted(kinds: Counter[Kind]) -> str:
    return ", ".join(f"{kinds[kind]} {kind.value}" for kind in Kind if kinds[kind])


def write_project(tree: Path, project: Path) -> None:
    """A project with nothing but a home page and the tree, under the settings of our site."""
    (project / "docs").mkdir(parents=True, exist_ok=True)
    (project / "docs/index.md").write_text("# Home\n", encoding="utf-8")
    settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    nav = "\nnav:\n  - Home: index.md\n  - Skills: catalogue/index.md\n"
    head = settings[: settings.index("\nnav:")]
    (project / "mkdocs.yml").write_text(head + nav, encoding="utf-8")
    (project / "benchpost.toml").write_text(f'skills = "{tree}"\n', encoding="utf-8")


def missing(tree: Path, planned: Plan, site: Path) -> Iterator[str]:
    """What the tree has and the site has not."""
    catalogue = site / Project(site, Config()).config.catalogue.partition("/")[2]
    own = {page.source for page in planned.pages if page.kind is Kind.SKILL}
    for file in tree.rglob("SKILL.md"):
        path = file.relative_to(tree).as_posix()
        if path not in own and not PRUNED & set(file.parts):
            yield f"{path} has no page"
    urls = [page.url for page in planned.pages]
    wanted = [*(f"{url}index.html" for url in (*urls, *planned.redirects))]
    wanted += planned.copies.values()
    yield from (f"{path} is not in the site" for path in wanted if not (catalogue / path).is_file())
    for url in (*urls, *planned.redirects):
        yield from dead(catalogue / url / "index.html", site)


def dead(page: Path, site: Path) -> Iterator[str]:
    """Links of a page to places of the site that are not there."""
    if not page.is_file():
        return
    reader = Links()
    reader.feed(page.read_text(encoding="utf-8"))
    here = page.parent.relative_to(site).as_posix()
    for link in reader.found:
        path = unquote(link.partition("#")[0].partition("?")[0])
        target = site / normpath(f"{here}/{path}")
        if path and not (target.is_file() or (target / "index.html").is_file()):
            yield f"{here}: the link {link} leads nowhere"


class Links(HTMLParser):
    """The relative links of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        link = given.get("href" if tag == "a" else "src" if tag == "img" else "") or ""
        if link and ":" not in link.partition("/")[0] and not link.startswith(("//", "#")):
            self.found.append(link)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
