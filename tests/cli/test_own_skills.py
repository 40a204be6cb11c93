"""What our own skills tell an agent to do works as they say."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from benchpost.cli import main
from benchpost.cli.predict import KINDS as PREDICTED
from benchpost.cli.simulated import KINDS as SIMULATED
from benchpost.skills.checks import check
from benchpost.skills.library import Library
from benchpost.skills.profiles import PROFILES
from benchpost.skills.scan import scan

TREE = Path(__file__).parents[2] / "docs/skills"
POSTS = (TREE / "mlops/performance/benchpost-posts/SKILL.md").read_text(encoding="utf-8")
ESTIMATES = (TREE / "mlops/performance/roofline-estimates/SKILL.md").read_text(encoding="utf-8")


def commands(text: str) -> list[list[str]]:
    """The commands of ours in fences and inline code."""
    found = re.findall(r"^ *(benchpost [^\n]+)$|`(benchpost [^`]+)`", text, re.M)
    return [shlex.split(fenced or inline)[1:] for fenced, inline in found]


PAGES = sorted(TREE.glob("**/*.md"))
READY = ("predict", "simulate", "commands")
"""Verbs that need nothing but their words; those of posts are followed step by step below."""


def printed() -> list[Any]:
    """Every whole command of a reader's on any page, its lines joined, with where it stands."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8").replace("\\\n", " ")
        for words in commands(text):
            if words[0] in READY and any(word.startswith("--") for word in words):
                found.append(pytest.param(words, id=f"{page.stem}: {' '.join(words)}"))
    return found


@pytest.mark.parametrize("words", printed())
def test_every_command_that_a_page_prints_runs(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """As it is printed, with something to show for it and nothing to complain of."""
    assert main(words) == 0
    out, err = capsys.readouterr()
    assert len(out.splitlines()) > 2
    assert err == ""
    # a page shows what a steady server does
    assert "note:" not in out


def test_commands_are_found_on_the_pages() -> None:
    """In fences over several lines and in tables, of each verb that the pages name whole."""
    found = {param.values[0][0] for param in printed()}
    assert found == {"predict", "simulate"}
    assert len(printed()) >= 9


def test_every_verb_that_a_page_names_exists(capsys: pytest.CaptureFixture[str]) -> None:
    """And each kind of an estimate or a simulation that it names."""
    texts = [page.read_text(encoding="utf-8").replace("\\\n", " ") for page in PAGES]
    named = {tuple(words[:2]) for text in texts for words in commands(text)}
    for verb, kinds in {"predict": set(PREDICTED), "simulate": set(SIMULATED)}.items():
        assert {words[1] for words in named if words[0] == verb and words[1:]} <= kinds
    for verb in {words[0] for words in named}:
        with pytest.raises(SystemExit) as left:
            main([verb, "--help"])
        assert left.value.code == 0


def test_our_tree_is_portable() -> None:
    """Nothing is wrong under the strictest profile but that the tree is nested, as it is meant."""
    found = check(Library(scan(TREE)), PROFILES["portable"])
    assert [f"{each.place} {each.check.name}" for each in found if each.check.name != "K017"] == []


@pytest.mark.parametrize("words", commands(ESTIMATES), ids=" ".join)
def test_commands_of_roofline_estimates(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Each estimate is printed with what the skill says of it."""
    if words in (["predict"], ["fill"], ["check"]):
        return
    assert main(words) == 0
    said = capsys.readouterr().out
    lines = "memory .*^weights " if "memory" in words else "bound .*^typical .*^band "
    assert re.search(f"^{lines}", said, re.M | re.DOTALL)


def test_formats_of_roofline_estimates() -> None:
    """The formats of weights and cache that it names exist, and a misspelt name is near others."""
    words = ["predict", "decode", "--gpu", "RTX 4090", "--model", "Llama-3.1-8B"]
    assert re.findall(r"`(--weights \w+|--kv \w+|--format json)`", ESTIMATES) == [
        "--weights fp8",
        "--weights q4_k_m",
        "--kv fp8",
        "--format json",
    ]
    for option in ("--weights fp8", "--weights q4_k_m", "--kv fp8", "--format json"):
        assert main([*words, *option.split()]) == 0


def test_a_misspelt_gpu_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """With the names that it may have meant, as the skill says."""
    assert main(["predict", "decode", "--gpu", "RTX 4091", "--model", "Llama-3.1-8B"]) == 2
    assert "did you mean" in capsys.readouterr().err


@pytest.mark.kernel
def test_the_steps_of_benchpost_posts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """From a draft with a placeholder, a snippet and every marker to a post without findings."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "benchpost.toml").write_text("", encoding="utf-8")
    post = tmp_path / "posts/copy/index.md"
    post.parent.mkdir(parents=True)
    todo = re.search(r"`(TODO: chart [^`]+)`", POSTS)
    snippet = re.search(r"^````md\n(.*?)^````$", POSTS, re.M | re.DOTALL)
    assert todo
    assert snippet
    head = "---\ntitle: Copy\ndate: 2026-11-26\ndraft: true\n---\n"
    text = "\n\n".join([head, todo[1], snippet[1], markers()])
    post.write_text(text, encoding="utf-8")
    steps = [words for words in commands(POSTS.split("## Markers")[0]) if "<slug>" in words[-1]]
    assert [words[0] for words in steps] == ["todo", "todo", "run", "run", "fill", "check"]
    for words in steps:
        code = main([*words[:-1], words[-1].replace("<slug>", "copy")])
        said = capsys.readouterr()
        assert code == 0, (words, said)
    assert said.out == ""
    text = post.read_text(encoding="utf-8")
    assert "TODO" not in text
    assert re.search(r"--> *[\d.]+ GB/s<!-- /= -->|-->[\d.]+<!-- /= -->", text)
    assert list((post.parent / "results").glob("*.json"))


def markers() -> str:
    """The markers of the table, each as a paragraph."""
    rows = re.findall(r"^\| an? [\w ]+ \| `(<!-- [^`]+)`", POSTS, re.M)
    assert len(rows) == 4
    closed = (row if "/=" in row else f"{row}\n<!-- /fill -->" for row in rows)
    return "\n\n".join(closed) + "\n"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TREE)))
def test_no_column_of_numbers_holds_a_sentence(page: Path) -> None:
    """What a figure cannot compute is a finding, never a text that pushes numbers aside."""
    text = re.sub(r"<!--.*?-->", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    tables = re.findall(r"^(\|[ :|-]+\|)\n((?:\|.*\n)+)", text, re.M)
    rows = [
        (align.split("|"), row.split("|")) for align, body in tables for row in body.split("\n")
    ]
    cells = [
        cell.strip()
        for align, row in rows
        for ends, cell in zip(align, row, strict=False)
        if ends.strip().endswith("-:")
    ]
    assert [cell for cell in cells if len(cell) > 20] == []
