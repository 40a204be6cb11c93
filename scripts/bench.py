"""How fast benchpost is, as ratios against a peer that does comparable work in the same run.

    python scripts/bench.py             every comparison
    python scripts/bench.py parse run   some of them

CPU seconds (user and system, children included), the median of several rounds; ours and the peer
take turns, so that a machine that slows down slows both. Machines differ: quote the ratios.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
POST = ROOT / "posts" / "vllm-overhead" / "index.mdx"
COPIES = 200
SNIPPETS = [f"x{i} = sum(range({i} * 100_000))\nprint(x{i})" for i in range(1, 5)]


@dataclass(frozen=True)
class Comparison:
    """Two pieces of work that answer the same question."""

    what: str
    """What is measured."""
    ours: Callable[[], object]
    """Our work."""
    peer: Callable[[], object]
    """The peer's."""
    peer_name: str
    """Who the peer is."""
    rounds: int = 5
    """How often each is done."""
    size: int = 0
    """Characters that ours reads; 0 where a rate says nothing."""


def cpu_seconds(work: Callable[[], object]) -> float:
    """CPU time of one call, its child processes included."""
    before = os.times()
    work()
    after = os.times()
    return sum(after[:4]) - sum(before[:4])


def compare(comparison: Comparison) -> str:
    """One line: our median, the peer's, and ours over the peer's."""
    rounds = [
        (cpu_seconds(comparison.ours), cpu_seconds(comparison.peer))
        for _ in range(comparison.rounds)
    ]
    ours = statistics.median(own for own, _ in rounds)
    peer = statistics.median(other for _, other in rounds)
    ratio = statistics.median(own / other for own, other in rounds)
    rate = f", {comparison.size / ours / 1e6:.1f} MB/s" if comparison.size else ""
    return (
        f"{comparison.what}: {ours:.2f} s CPU{rate}; {comparison.peer_name}: {peer:.2f} s; "
        f"ratio {ratio:.2f}"
    )


def parsing(_: Path) -> list[Comparison]:
    """Reading: our tree and lint against parsers that know neither MDX nor offsets."""
    from markdown import Markdown
    from markdown_it import MarkdownIt

    from benchpost.config import Project
    from benchpost.post.document import Dialect
    from benchpost.post.lint import lint
    from benchpost.post.parse import parse
    from benchpost.post.read import parse_post

    text = POST.read_text(encoding="utf-8")
    texts = [text.replace("vLLM", f"vLLM {i}") for i in range(20)]
    plain = MarkdownIt("commonmark").enable("table")
    project = Project(ROOT)

    def checked() -> None:
        for each in texts:
            lint(parse_post(each, "bench.mdx", POST), project)

    size = sum(map(len, texts))
    blocks = Comparison(
        "blocks of a post",
        lambda: [parse(each, Dialect.MDX) for each in texts],
        lambda: [plain.parse(each) for each in texts],
        "markdown-it-py, CommonMark, inlines too",
        size=size,
    )
    whole = Comparison(
        "post with snippets, slots, values, placeholders and lint",
        checked,
        lambda: [Markdown(extensions=["tables"]).convert(each) for each in texts],
        "Python-Markdown, to HTML",
        size=size,
    )
    return [blocks, whole]


def command(*words: str, at: Path = ROOT) -> None:
    """Run one of the commands of this environment; its findings do not matter here."""
    program = Path(sys.executable).parent / words[0]
    done = subprocess.run([program, *words[1:]], cwd=at, capture_output=True, check=False)
    if done.returncode > 1:
        sys.exit(done.stderr.decode())


def checking(scratch: Path) -> list[Comparison]:
    """Checking: a cold process on our posts, and on many copies of one."""
    many = scratch / "many"
    for i in range(COPIES):
        shutil.copytree(POST.parent, many / "posts" / f"copy-{i:03}")
    (many / "benchpost.toml").write_text("")
    page = scratch / "page"
    (page / "docs").mkdir(parents=True)
    (page / "docs" / "index.md").write_text("# One page\n")
    (page / "mkdocs.yml").write_text("site_name: floor\ntheme: {name: material, font: false}\n")
    floor = Comparison(
        "cold `benchpost check` of our posts",
        lambda: command("benchpost", "check"),
        lambda: command("mkdocs", "build", "-q", at=page),
        "mkdocs build of one empty page",
    )
    copies = Comparison(
        f"`benchpost check` of {COPIES} copies of a post",
        lambda: command("benchpost", "check", at=many),
        lambda: command("mkdocs", "build", "-q", at=page),
        "mkdocs build of one empty page",
        rounds=3,
    )
    return [floor, copies]


def running(scratch: Path) -> list[Comparison]:
    """Running: four snippets watched and recorded, against nbclient alone."""
    import nbclient
    import nbformat

    folder = scratch / "run" / "posts" / "one"
    folder.mkdir(parents=True)
    fences = [f'```python bench id="s{i}"\n{code}\n```\n' for i, code in enumerate(SNIPPETS)]
    (folder / "index.md").write_text("# One\n\n" + "\n".join(fences))
    (scratch / "run" / "benchpost.toml").write_text("")
    cells = [{"cell_type": "code", "source": code, "metadata": {}} for code in SNIPPETS]
    written = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells}
    notebook = nbformat.from_dict(written)  # type: ignore[no-untyped-call]  # no types shipped
    return [
        Comparison(
            "`benchpost run` of four snippets, cold",
            lambda: command("benchpost", "run", "--force", at=scratch / "run"),
            lambda: nbclient.NotebookClient(notebook).execute(),
            "nbclient, the same four cells",
            rounds=3,
        )
    ]


def simulating(_: Path) -> list[Comparison]:
    """Simulating: a long run of a server, and a sweep; the peer is a scheduler without shortcuts.

    The first is the whole of 10,000 requests on one core. The peer takes every step of a tenth of
    them by itself, so that ten times its time would be the fair one.
    """
    sys.path.insert(0, str(ROOT / "tests"))
    from serving.naive import Naive

    from benchpost.roofline.predict import setting_of
    from benchpost.serving.cost import StepCost
    from benchpost.serving.load import load
    from benchpost.serving.server import Server
    from benchpost.serving.simulation import serve
    from benchpost.serving.sweeps import grid, sweep

    cost = StepCost(setting_of("H100 SXM", "Llama-3.1-8B", "vllm", "bf16", "bf16", 1))
    sizes = {"prompt": "lognormal 512 1", "output": "geometric 256", "concurrency": 256}
    whole = load(requests=10_000, **sizes)  # type: ignore[arg-type]  # a mixed table
    tenth = load(requests=1000, **sizes)  # type: ignore[arg-type]  # a mixed table
    server = Server(blocks=27_000, places=256, budget=8192)
    common = {"gpu": "H100 SXM", "model": "Llama-3.1-8B", "prompt": "512", "output": "256"}
    points = grid(
        {"concurrency": range(1, 251), "max_num_batched_tokens": [1024, 2048, 4096, 8192]}
    )
    long = Comparison(
        "10,000 requests at 256 at once, chunked, simulated",
        lambda: serve(whole, server, cost),
        lambda: Naive(tenth, server, cost).run(),
        "1,000 of them step by step",
        rounds=3,
    )
    wide = Comparison(
        f"sweep of {len(points):,} points of 200 requests, all cores",
        lambda: sweep({**common, "requests": 200}, points),
        lambda: sweep({**common, "requests": 200}, points, processes=1),
        "one core (CPU time: all cores together)",
        rounds=1,
    )
    return [long, wide]


COMPARISONS = {"parse": parsing, "check": checking, "run": running, "simulate": simulating}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in COMPARISONS]
    if unknown:
        print(f"no comparison {unknown[0]!r}; there are {', '.join(COMPARISONS)}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as scratch:
        for name in names or COMPARISONS:
            for comparison in COMPARISONS[name](Path(scratch)):
                print(compare(comparison), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
