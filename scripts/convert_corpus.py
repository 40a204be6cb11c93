"""Converts a folder of MDX files to a MkDocs site, builds it strictly, holds page against tree.

    python scripts/convert_corpus.py FOLDER [--out OUT] [--sample N] [--seed S] [--batch N]

FOLDER holds `.mdx` and `.md` files anywhere, or the corpus's `corpus.tar.gz`. Files that the MDX
compiler refuses are left out and counted. In each built page there must be as many code blocks and
headings as in the file's tree, and every word of the tree in its order. Exit code 1 when a page
differs or a build fails; findings are counted and fail nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from itertools import groupby
from pathlib import Path
from posixpath import join, normpath, relpath

from benchpost.config import Project
from benchpost.files import read_text
from benchpost.findings import Finding
from benchpost.post.document import Post
from benchpost.post.inline import parse_inlines
from benchpost.post.lint import lint
from benchpost.post.nodes import (
    Blockquote,
    Code,
    Delete,
    Emphasis,
    FlowExpression,
    FootnoteDefinition,
    FootnoteReference,
    Heading,
    InlineCode,
    InlineMath,
    Leaf,
    Link,
    Math,
    Node,
    Paragraph,
    Parent,
    Strong,
    Table,
    Text,
    TextExpression,
)
from benchpost.post.read import parse_post
from benchpost.post.walk import nodes
from benchpost.site import anchors
from benchpost.site.convert import to_markdown
from benchpost.site.headings import element_names, heading_names
from benchpost.site.literals import evaluated
from benchpost.site.markup import paired
from benchpost.site.names import names

ROOT = Path(__file__).parent.parent
FORMULA = "∑"  # stands for a formula on both sides
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
HIDDEN = frozenset({"svg", "script", "style", "math"})
FORMULAS = frozenset({"arithmatex", "math-refused"})
HIDDEN_CLASSES = FORMULAS | names("headerlink linenos filename footnote-ref footnote-backref")
SKIPPED = names("script style svg video audio iframe")
FENCES = frozenset({"pre", "Mermaid"})  # elements that become code blocks
PHRASES = names(
    "a abbr b bdi bdo cite code data del dfn em i ins kbd label Link mark q rp rt ruby s"
    " samp small span strike strong sub sup time tt u var wbr"
)
INLINE = (Delete, Emphasis, FootnoteReference, InlineCode, Link, Strong, Text, TextExpression)
ALERT = re.compile(r"^\[!(?:note|tip|important|warning|caution)\][ \t]*(?:\n|$)", re.IGNORECASE)
NAME = re.compile(r"\s*\[#[^\]\s]+\]\s*$")
TEMPLATE = """{% extends "base.html" %}
{% block content %}<article id="converted">{{ page.content }}</article>{% endblock %}
"""


@dataclass
class Tally:
    """What a page shows."""

    fences: int = 0
    headings: int = 0
    words: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Source:
    """A file of the folder."""

    path: str
    """Relative to the folder, with forward slashes."""
    post: Post
    """As read."""

    @property
    def page(self) -> str:
        """Where its page lies in `docs`; MkDocs passes over folders that begin with a dot."""
        return re.sub(r"(^|/)[._]+", r"\1", re.sub(r"\.mdx$", ".md", self.path))


def main(arguments: Sequence[str]) -> int:
    options = read_options(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        folder = unpacked(Path(options.folder), Path(scratch))
        out = Path(options.out).resolve() if options.out else Path(scratch) / "out"
        sources, refused = read_folder(folder, options.sample, options.seed)
        print(f"{len(sources)} files compile, {refused} do not", flush=True)
        findings: list[Finding] = []
        failures: list[str] = []
        for number, batch in enumerate(batches(sources, options.batch), 1):
            project = out / f"batch-{number}"
            findings += convert(batch, project / "docs")
            failures += build(batch, project, options.config)
            failures += compare(batch, project / "site")
            print(f"batch {number}: {len(batch)} pages, {len(failures)} failures", flush=True)
    report(findings, failures)
    return 1 if failures else 0


def read_options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", help="MDX files, or corpus.tar.gz")
    parser.add_argument("--out", help="keep the MkDocs project here")
    parser.add_argument("--sample", type=int, default=0, help="so many files, chosen at random")
    parser.add_argument("--seed", type=int, default=0, help="of the choice")
    parser.add_argument("--batch", type=int, default=200, help="pages in one build, about")
    parser.add_argument("--config", default=str(ROOT / "mkdocs.yml"), help="the site's settings")
    return parser.parse_args(arguments)


def unpacked(folder: Path, scratch: Path) -> Path:
    packed = folder / "corpus.tar.gz"
    if not packed.is_file():
        return folder
    with tarfile.open(packed) as archive:
        archive.extractall(scratch / "corpus", filter="data")
    return scratch / "corpus"


def read_folder(folder: Path, sample: int, seed: int) -> tuple[list[Source], int]:
    """The files that compile, and how many others there are."""
    files = sorted(f for f in folder.rglob("*") if f.suffix in (".mdx", ".md") and f.is_file())
    random.Random(seed).shuffle(files)
    sources, refused = [], 0
    for file in files:
        post = parse_post(read_text(file), file.relative_to(folder).as_posix(), file)
        if any(found.check.name.startswith("M") for found in lint(post, Project(folder))):
            refused += 1
        else:
            sources.append(Source(post.path, post))
        if sample and len(sources) == sample:
            break
    return sorted(sources, key=lambda source: source.path), refused


def convert(sources: Sequence[Source], docs: Path) -> list[Finding]:
    """Writes every page; links between the files are kept, images that are not there are noted."""
    known = {source.path: source for source in sources}
    anchors_of: dict[str, frozenset[str]] = {}
    findings: list[Finding] = []
    for source in sources:
        page = to_markdown(
            source.post,
            image=lambda url: None,
            page=lambda url, source=source: linked_page(url, source, known, anchors_of),  # type: ignore[misc]  # mypy does not take defaults in lambdas
        )
        findings += page.findings
        file = docs / source.page
        file.parent.mkdir(parents=True, exist_ok=True)
        front = json.dumps(str(source.post.front.get("title") or source.path), ensure_ascii=False)
        file.write_text(f"---\ntitle: {front}\n---\n\n{page.text}", encoding="utf-8")
    return findings


def linked_page(
    url: str, source: Source, known: dict[str, Source], anchors_of: dict[str, frozenset[str]]
) -> str | None:
    """A relative link from `source`, when it leads to another file of the folder."""
    path, _, anchor = url.partition("#")
    base = normpath(join(source.path, "..", path))
    for candidate in (base, f"{base}.mdx", f"{base}/index.mdx", f"{base}.md"):
        if candidate in known and not path.startswith("/"):
            target = known[candidate]
            if candidate not in anchors_of:
                post = target.post
                found = (*heading_names(post).values(), *element_names(post))
                anchors_of[candidate] = frozenset(found)
            address = relpath(target.page, join(source.page, ".."))
            name = anchors.known(anchor, anchors_of[candidate])
            return f"{address}#{name}" if name else address
    return None


def batches(sources: Sequence[Source], size: int) -> Iterator[list[Source]]:
    """Portions of about `size`; a folder stays whole, because links lead from file to file."""
    batch: list[Source] = []
    for _, group in groupby(sources, lambda source: source.path.split("/")[0]):
        batch += group
        if len(batch) >= size:
            yield batch
            batch = []
    if batch:
        yield batch


def build(sources: Sequence[Source], project: Path, config: str) -> Iterator[str]:
    """Builds with the site's own extensions and theme, every page's content in an `<article>`."""
    settings = {
        "INHERIT": relpath(Path(config).resolve().as_posix(), project.as_posix()),
        "docs_dir": "docs",
        "site_dir": "site",
        "use_directory_urls": False,
        "nav": [sources[0].page],
        "plugins": [],
        "theme": {"name": "material", "custom_dir": "theme"},
        "validation": {"links": {"anchors": "warn", "absolute_links": "warn"}},
    }
    (project / "theme").mkdir(exist_ok=True)
    (project / "theme/main.html").write_text(TEMPLATE, encoding="utf-8")
    (project / "mkdocs.yml").write_text(json.dumps(settings), encoding="utf-8")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    run = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True)
    if run.returncode:
        yield f"mkdocs build: {run.stderr.strip()[-4000:]}"


def compare(sources: Sequence[Source], site: Path) -> Iterator[str]:
    """What differs between each page and the tree it was made from."""
    for source in sources:
        file = site / re.sub(r"(^|/)(README|index)\.md$", r"\1index.md", source.page)
        html = file.with_suffix(".html")
        if not html.is_file():
            yield f"{source.path}: no page"
            continue
        yield from differences(source.path, tree_tally(source.post), page_tally(html))


def differences(path: str, tree: Tally, page: Tally) -> Iterator[str]:
    if tree.fences != page.fences:
        yield f"{path}: {tree.fences} code blocks in the file, {page.fences} on the page"
    if tree.headings != page.headings:
        yield f"{path}: {tree.headings} headings in the file, {page.headings} on the page"
    lost = first_lost(tree.words, page.words)
    if lost is not None:
        before, after = tree.words[max(0, lost - 8) : lost], tree.words[lost + 1 : lost + 8]
        yield f"{path}: lost: … {' '.join(before)} »{tree.words[lost]}« {' '.join(after)} …"


def first_lost(tree: Sequence[str], page: Sequence[str]) -> int | None:
    """Index of the first word of the tree that the page does not have in its place."""
    position = 0
    for index, word in enumerate(tree):
        try:
            position = page.index(word, position) + 1
        except ValueError:
            return index
    return None


def page_tally(file: Path) -> Tally:
    reader = PageReader()
    reader.feed(file.read_text(encoding="utf-8"))
    reader.tally.words = split("".join(reader.text))
    return reader.tally


class PageReader(HTMLParser):
    """Counts what stands in the `<article>` of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tally = Tally()
        self.text: list[str] = []
        self.inside = False
        self.hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = (dict(attrs).get("class") or "").split()
        if tag == "article":
            self.inside = dict(attrs).get("id") == "converted"
        if not self.inside:
            return
        self.tally.headings += tag in HEADINGS
        self.tally.fences += tag == "div" and "highlight" in classes
        if self.hidden:
            self.hidden += [tag] if tag == self.hidden[0] else []
        elif tag in HIDDEN or HIDDEN_CLASSES & set(classes):
            self.hidden = [tag]
            self.text.append(f" {FORMULA} " if tag == "math" or FORMULAS & set(classes) else " ")
        if tag not in PHRASES:
            self.text.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if self.hidden and tag == self.hidden[0]:
            self.hidden.pop()
        if tag == "article":
            self.inside = False
        if tag not in PHRASES:
            self.text.append(" ")

    def handle_data(self, data: str) -> None:
        if self.inside and not self.hidden:
            self.text.append(data)


def tree_tally(post: Post) -> Tally:
    reader = TreeReader(post)
    text = [*reader.blocks(post.tree.children), *reader.footnotes()]
    reader.tally.words = split("".join(text))
    return reader.tally


class TreeReader:
    """Counts what stands in the tree of a post."""

    def __init__(self, post: Post) -> None:
        self.post = post
        self.tally = Tally()
        self.referred: dict[str, None] = {}

    def blocks(self, nodes: Sequence[Node]) -> Iterator[str]:
        for node in paired(nodes):
            yield from self.text(node)

    def footnotes(self) -> Iterator[str]:
        """Footnotes that are referred to, in the order in which they are."""
        found = reversed([*nodes(self.post.tree, FootnoteDefinition)])
        definitions = {note.label.lower(): note for note in found}
        done = 0
        while done < len(self.referred):
            label = list(self.referred)[done]
            done += 1
            yield from self.blocks(definitions[label].children)

    def text(self, node: Node) -> Iterator[str]:
        """The words of a node."""
        name = getattr(node, "name", None)
        if name in SKIPPED or isinstance(node, FootnoteDefinition):
            return
        if isinstance(node, FootnoteReference):
            self.referred.setdefault(node.label.lower())
        self.tally.headings += isinstance(node, Heading) or name in HEADINGS
        self.tally.fences += name in FENCES
        gap = "" if name in PHRASES or isinstance(node, INLINE) else " "
        yield gap + self.own_text(node)
        yield from self.blocks(self.children(node))
        yield gap

    def own_text(self, node: Node) -> str:
        if isinstance(node, Code):
            self.tally.fences += node.lang != "math"
            return f" {FORMULA} " if node.lang == "math" else node.value
        if isinstance(node, Math | InlineMath):
            return f" {FORMULA} " if node.value.strip() else ""
        if isinstance(node, TextExpression | FlowExpression):
            value = evaluated(node.value)
            return str(value) if isinstance(value, str | int) else ""
        if isinstance(node, InlineCode):
            return re.sub(r"\{:[\w#.+-]+\}$", "", node.value)
        return node.value if isinstance(node, Text) else ""

    def children(self, node: Node) -> Sequence[Node]:
        """Child blocks, or the inlines of a leaf; GFM drops cells without a column."""
        if isinstance(node, Table):
            width = len(node.align)
            return [cell for row in node.children for cell in getattr(row, "children", ())[:width]]
        if isinstance(node, Leaf):
            return self.inlines(node)
        if (
            isinstance(node, Blockquote)
            and node.children
            and isinstance(node.children[0], Paragraph)
        ):
            return [*without(ALERT, self.inlines(node.children[0]), 0), *node.children[1:]]
        return node.children if isinstance(node, Parent) else ()

    def inlines(self, leaf: Leaf) -> Sequence[Node]:
        found = parse_inlines(leaf, self.post.text, self.post.dialect)
        return without(NAME, found, -1) if isinstance(leaf, Heading) else found


def without(pattern: re.Pattern[str], nodes: Sequence[Node], at: int) -> Sequence[Node]:
    """The nodes, the text of the first or last of them without what the page does not show."""
    node = nodes[at] if nodes else None
    if not isinstance(node, Text):
        return nodes
    shorter = replace(node, value=pattern.sub("", node.value))
    return [shorter, *nodes[1:]] if at == 0 else [*nodes[:-1], shorter]


def split(text: str) -> list[str]:
    """Words and marks; a byte order mark is neither."""
    return re.findall(r"\w+|[^\w\s\ufeff]", text)


def report(findings: Sequence[Finding], failures: Sequence[str]) -> None:
    counts = Counter(f"{found.check.name} {found.check.value}" for found in findings)
    for check, count in sorted(counts.items()):
        print(f"{count:6} {check}")
    for failure in failures:
        print(f"FAILED {failure}")
    print(f"{len(failures)} failures")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
