"""The guide's page on commands shows what happens."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

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


def test_how_often_the_verdict_is_that_of_the_parser() -> None:
    """The counts of commands in the last paragraph are those of the case file."""
    file = Path(__file__).parent / "commands.yml"
    cases = yaml.safe_load(file.read_text(encoding="utf-8"))
    differ = [case for case in cases if case.get("differs")]
    told = re.search(
        r"Of (\d+) commands in the tests, .* parser for (\d+); the other (\d+),", GUIDE
    )
    assert told
    numbers = [len(cases), len(cases) - len(differ), len(differ)]
    assert list(map(int, told.groups())) == numbers
    assert {case["parser"] for case in differ} == {"takes"}


def test_the_commands_of_how_many_the_facts_are() -> None:
    """As many commands of vLLM are compared as the last paragraph says."""
    tool = load("vllm")
    asked = Stretch(tool.version, tool.version)
    there = [name for name, met in tool.commands.items() if any(x.covers(asked) for x in met)]
    told = re.search(r"the same for all (\d+)\s+commands", GUIDE)
    assert told
    assert int(told[1]) == len(there)


def test_what_is_left_alone_is() -> None:
    """Commands within the words of another, and in other languages, are not read."""
    gone = "vllm serve M --swap-space 4"
    wrapped = [f'bash -c "{gone}"', f'ssh host "{gone}"', f'eval "{gone}"', f"X=$({gone})"]
    page = "```bash\n" + "\n".join(wrapped) + "\n```\n"
    page += f"```Dockerfile\nCMD {gone}\n```\n```yaml\nargs: [serve, M, --swap-space]\n```\n"
    page += "```python\nLLM('M', swap_space=4)\n```\n"
    assert check_text(page, "p.md", {"vllm": "0.33.0"}) == []
