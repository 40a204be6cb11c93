"""How fast benchpost is, as ratios against a peer that does comparable work in the same run.

    python scripts/bench.py             every comparison
    python scripts/bench.py parse run   some of them

The model's peers are not installed with us: BENCHPOST_PEERS names a folder with clones of
hahnyuan/LLM-Viewer and cli99/llm-analysis. Without it our own time is printed alone.

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
SKILLS = 900
SNIPPETS = [f"x{i} = sum(range({i} * 100_000))\nprint(x{i})" for i in range(1, 5)]


@dataclass(frozen=True)
class Comparison:
    """Two pieces of work that answer the same question."""

    what: str
    """What is measured."""
    ours: Callable[[], object]
    """Our work."""
    peer: Callable[[], object] | None
    """The peer's; None where it is not at hand."""
    peer_name: str
    """Who the peer is."""
    rounds: int = 5
    """How often each is done."""
    size: int = 0
    """Characters that ours reads; 0 where a rate says nothing."""
    questions: tuple[int, int] = (1, 1)
    """How many questions one call answers, ours and the peer's; times and ratio are of one."""


TICK = 1 / os.sysconf("SC_CLK_TCK")
"""The least CPU time that the system tells apart from none."""


def cpu_seconds(work: Callable[[], object]) -> float:
    """CPU time of one call, its child processes included."""
    before = os.times()
    work()
    after = os.times()
    return max(TICK, sum(after[:4]) - sum(before[:4]))


def compare(comparison: Comparison) -> str:
    """One line: our median, the peer's, and ours over the peer's, of one question."""
    our_size, peer_size = comparison.questions
    peer = comparison.peer or (lambda: None)
    rounds = [
        (cpu_seconds(comparison.ours) / our_size, cpu_seconds(peer) / peer_size)
        for _ in range(comparison.rounds)
    ]
    ours = statistics.median(own for own, _ in rounds)
    rate = f", {comparison.size / ours / 1e6:.1f} MB/s" if comparison.size else ""
    told = f"{comparison.what}: {shown(ours)} CPU{rate}; {comparison.peer_name}: "
    if comparison.peer is None:
        return f"{told}not in the folder that BENCHPOST_PEERS names"
    other = statistics.median(other for _, other in rounds)
    ratio = statistics.median(own / other for own, other in rounds)
    return f"{told}{shown(other)}; ratio {ratio:.2g}"


def shown(seconds: float) -> str:
    """Seconds as people write them."""
    return f"{seconds:.2f} s" if seconds >= 0.01 else f"{seconds * 1e6:.3g} µs"


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


PEERS = Path(os.environ.get("BENCHPOST_PEERS", os.devnull))
"""Folder of the model's peers."""
STAND_INS = """
import sys, types
# the peers import these for their command lines and to fetch configurations, not to compute
WANTED = {'transformers': 'AutoTokenizer AutoConfig AutoModelForCausalLM', 'fire': 'Fire'}
for name, words in WANTED.items():
    sys.modules[name] = types.ModuleType(name)
    for word in words.split():
        setattr(sys.modules[name], word, None)
"""
"""Modules in place of what the peers do not need for the questions asked."""
GPU, MODEL = "A100 SXM 80GB", "Llama-2-7B"


def modelling(_: Path) -> list[Comparison]:
    """Estimating: a decode step and a prefill of one model, then many, then from a cold start."""
    from benchpost import roofline

    def estimates() -> None:
        for context in range(1024, 1024 + 4000):
            roofline.decode(gpu=GPU, model=MODEL, context=context)
            roofline.prefill(gpu=GPU, model=MODEL, prompt=context)

    def sweep() -> None:
        import numpy as np

        roofline.decode(gpu=GPU, model=MODEL, context=np.linspace(1, 1e5, 1_000_000))

    made = []
    for name, peer, size in (viewer(), analysis()):
        both = "a decode step and a prefill"
        made.append(Comparison(both, estimates, peer, name, 3, questions=(4000, size)))
        made.append(
            Comparison("a point of a million", sweep, peer, name, 3, questions=(10**6, size))
        )
    return [*made, *cold()]


Peer = tuple[str, Callable[[], object] | None, int]
"""Name, work, and how many questions it answers."""


def viewer() -> Peer:
    """LLM-Viewer on the same questions, its configuration given and not fetched."""
    name, folder = "LLM-Viewer", PEERS / "LLM-Viewer"
    if not (folder / "model_analyzer.py").is_file():
        return name, None, 1
    exec(STAND_INS)
    sys.path.insert(0, str(folder))
    from types import SimpleNamespace

    from model_analyzer import ModelAnalyzer  # type: ignore[import-not-found]  # a peer's

    analyzer = ModelAnalyzer.__new__(ModelAnalyzer)
    vars(analyzer).update(model_id=MODEL, hardware="nvidia_A100_80G", results=None)
    analyzer.config = __import__("configs.Llama", fromlist=["Llama"])
    sizes = {"num_attention_heads": 32, "num_key_value_heads": 32, "hidden_size": 4096}
    sizes |= {"num_hidden_layers": 32, "intermediate_size": 11008, "vocab_size": 32000}
    analyzer.model_params = SimpleNamespace(**sizes)
    return name, lambda: [analyzer.analyze(n, 1) for n in range(1024, 3024)], 2000


def analysis() -> Peer:
    """llm-analysis on the same questions."""
    name, folder = "llm-analysis", PEERS / "llm-analysis"
    if not (folder / "llm_analysis").is_dir():
        return name, None, 1
    exec(STAND_INS)
    sys.path.insert(0, str(folder))
    from llm_analysis import analysis as peer  # type: ignore[import-not-found]  # a peer's

    peer.logger.setLevel("ERROR")
    known = peer.LLMAnalysis(
        peer.get_model_config_by_name("decapoda-research_llama-7b-hf"),
        peer.get_gpu_config_by_name("a100-sxm-80gb"),
        peer.get_dtype_config_by_name("w16a16e16"),
        peer.ParallelismConfig(),
    )
    return name, lambda: [known.inference(1, n, 1) for n in range(1024, 1224)], 200


def cold() -> list[Comparison]:
    """From nothing: importing, and one prediction of a process of its own."""
    load = "import benchpost.roofline; benchpost.roofline.decode"
    asked = ("predict", "decode", "--gpu", GPU, "--model", MODEL, "--context", "1024")
    folder = PEERS / "llm-analysis"
    peer = f"{STAND_INS}\nsys.path.insert(0, {str(folder)!r})\nimport llm_analysis.analysis as a"
    infer = "a.infer('decapoda-research_llama-7b-hf', 'a100-sxm-80gb', seq_len=1024)"
    known = (folder / "llm_analysis").is_dir()
    return [
        Comparison(
            "import of the model",
            lambda: command("python", "-c", load),
            (lambda: command("python", "-c", peer)) if known else None,
            "import of llm-analysis, without transformers and fire",
        ),
        Comparison(
            "cold `benchpost predict`",
            lambda: command("benchpost", *asked),
            (lambda: command("python", "-c", f"{peer}\n{infer}")) if known else None,
            "llm-analysis, its infer",
        ),
    ]


def catalogue(root: Path) -> None:
    """A catalogue whose descriptions have few words in common."""
    words = [f"{a}{b}" for a in ("tra", "ser", "plo", "dra", "que") for b in ("ins", "ves", "ts")]
    for i in range(SKILLS):
        folder = root / f"c{i % 30}" / f"skill-{i}"
        folder.mkdir(parents=True)
        said = " ".join(words[(i * k + k) % len(words)] + str(i // k) for k in range(1, 20))
        head = f"---\nname: skill-{i}\ndescription: {said}. Use when asked\n---\n"
        (folder / "SKILL.md").write_text(head + "# Body\n" * 40, encoding="utf-8")


def cataloguing(scratch: Path) -> list[Comparison]:
    """Skills: scanning, and the index of a prompt, against reading every head and no more."""
    import yaml

    from benchpost.skills.index import build
    from benchpost.skills.scan import scan

    root, cache = scratch / "skills", scratch / "cache.json"
    catalogue(root)
    tree = scan(root, cache=cache)

    def heads() -> None:
        for file in sorted(root.rglob("SKILL.md")):
            yaml.load(file.read_text(encoding="utf-8").split("---")[1], yaml.CSafeLoader)

    peer = "rglob and PyYAML's C loader over every head"
    return [
        Comparison(f"scan of {SKILLS} skills, cold", lambda: scan(root), heads, peer),
        Comparison(
            f"scan of {SKILLS} unchanged skills", lambda: scan(root, cache=cache), heads, peer
        ),
        Comparison(
            f"index of {SKILLS} skills in 20 tokens each",
            lambda: build(tree, budget=20 * SKILLS),
            heads,
            peer,
        ),
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


COMPARISONS = {
    "parse": parsing,
    "check": checking,
    "run": running,
    "model": modelling,
    "skills": cataloguing,
    "simulate": simulating,
}


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
