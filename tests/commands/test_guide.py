"""The guide's page on commands shows what happens."""

from __future__ import annotations

import re
from pathlib import Path

from benchpost.commands.check import check_text
from benchpost.commands.declared import declared
from benchpost.commands.facts import load, tools
from benchpost.commands.versions import Stretch
from benchpost.findings import as_text
from benchpost.post.read import parse_post

GUIDE = (Path(__file__).parents[2] / "docs/guide/commands.md").read_text(encoding="utf-8")


def between(first: str, last: str) -> str:
    """The text of the guide between two of its lines."""
    return GUIDE.split(f"{first}\n", 1)[1].split(f"\n{last}\n", 1)[0]


def test_the_example_is_what_is_printed() -> None:
    """The page and the output that stand in the guide belong together."""
    page = between('````md title="tuning.md"', "````")
    found = check_text(page, "tuning.md", {"vllm": "0.33.0"})
    shown = between("```console", "```").split("\n", 1)[1]
    assert as_text(found) == f"{shown}\n"


def test_the_declaration_is_understood() -> None:
    """What the guide writes into front matter names a release and allows a flag."""
    front = between("```yaml", "```")
    post = parse_post(f"---\n{front}\n---\n", "p.md", Path("p.md"))
    found = declared(post.front)
    assert found is not None
    assert found.versions == {"vllm": "0.33.0"}
    assert found.allowed == {"--omni"}
    assert found.problems == ()


def test_how_fast_flags_come_and_go() -> None:
    """The numbers of the first paragraph come from the facts."""
    tool = load("vllm")
    before, after = (
        {
            flag.name
            for flag in tool.flags
            if any(life.covers(Stretch(v, v)) for life in flag.lives.get("serve", ()))
        }
        for v in ("0.11.0", "0.33.0")
    )
    numbers = [len(before - after), len(before), len(after - before)]
    told = re.search(r"dropped (\d+) of the (\d+) flags that `vllm serve` had, added (\d+)", GUIDE)
    assert told
    assert list(map(int, told.groups())) == numbers


def test_how_far_the_facts_reach() -> None:
    """The table of tools has every tool, with the release and the count of the facts."""
    for name in tools():
        tool = load(name)
        row = f"{tool.version} ({tool.date}) | {len(tool.versions)} |"
        assert [line for line in GUIDE.splitlines() if name in line.lower() and row in line], row
