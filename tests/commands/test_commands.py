"""Commands and pages held against the facts: case files with every message."""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import io
import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from benchpost.commands.check import check_declared, check_post, check_text
from benchpost.commands.declared import declared
from benchpost.commands.facts import tools
from benchpost.errors import UsageError
from benchpost.fill.token_counts import vocabulary
from benchpost.findings import Check, Finding, Severity
from benchpost.post.document import Dialect
from benchpost.post.read import parse_post

HERE = Path(__file__).parent
COMMANDS = yaml.safe_load((HERE / "commands.yml").read_text(encoding="utf-8"))
PAGES = yaml.safe_load((HERE / "pages.yml").read_text(encoding="utf-8"))
NEWEST = {"vllm": "0.33.0"}


def said(finding: Finding, *, line: bool = True) -> str:
    """A finding as the case files write it."""
    place, level = finding.place, finding.severity
    where = f"{place.line}:{place.column}" if line else f"{place.column}"
    warning = "warning: " if level is Severity.WARNING else ""
    return f"{where}: {warning}{finding.check.name} {finding.message}"


def fenced(command: str) -> str:
    return f"```bash\n{command}\n```\n"


@pytest.mark.parametrize("case", COMMANDS, ids=lambda case: case["run"])
def test_a_command_gets_these_findings(case: Mapping[str, Any]) -> None:
    """Every message of one command, and nothing else."""
    found = check_text(fenced(case["run"]), "page.md", NEWEST)
    assert [said(each, line=False) for each in found] == case.get("says", [])


@pytest.mark.parametrize("case", COMMANDS, ids=lambda case: case["run"])
def test_errors_are_what_the_tool_itself_refuses(case: Mapping[str, Any]) -> None:
    """A command has an error exactly where vLLM's parser refused it, or its settings at start."""
    found = check_text(fenced(case["run"]), "page.md", NEWEST)
    refused = any(each.severity is Severity.ERROR for each in found)
    assert refused == ((case["parser"] == "refuses") ^ case.get("differs", False))


def test_the_cases_are_as_the_installed_parser_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where vLLM is installed, its parser is asked again about every case."""
    if importlib.util.find_spec("vllm") is None:
        pytest.skip("vLLM is not installed here; its verdicts in commands.yml are of 2026-11-26")
    from toolfacts.installed import vllm_parser

    # the benchmarks are registered only where the words ask for one
    monkeypatch.setattr("sys.argv", ["vllm", "bench", "serve"])
    parser = vllm_parser()
    verdicts = {case["run"]: verdict(parser, case["run"]) for case in COMMANDS}
    assert verdicts == {case["run"]: case["parser"] for case in COMMANDS}


def verdict(parser: argparse.ArgumentParser, command: str) -> str:
    """Whether a parser takes a command; some values make vLLM's raise what it does not catch."""
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        try:
            parser.parse_args(shlex.split(command)[1:])
        except SystemExit as left:
            return "refuses" if left.code else "takes"
        except (KeyError, ValueError, AttributeError):
            return "refuses"
    return "takes"


@pytest.mark.parametrize("case", PAGES, ids=lambda case: case["title"])
def test_a_page_gets_these_findings(case: Mapping[str, Any]) -> None:
    """Every message of a page with its place, and nothing else."""
    post = parse_post(case["page"], "page.md", Path("page.md"))
    found = check_post(post, {case["tool"]: case["version"]}, (), vocabulary)
    assert [said(each) for each in found] == case["says"]


def test_every_check_has_a_case() -> None:
    """No code of this room is without a text where it fires."""
    told = [line for case in (*COMMANDS, *PAGES) for line in case.get("says", [])]
    fired = {check for check in Check for line in told if f" {check.name} " in line}
    assert {check.name for check in Check if check.name[0] == "C"} == {c.name for c in fired}


def test_line_ends_of_windows_change_nothing() -> None:
    """A page with CR LF has the same findings at the same lines and columns."""
    page = PAGES[0]["page"]
    one, other = (
        check_text(text, "page.md", NEWEST) for text in (page, page.replace("\n", "\r\n"))
    )
    assert [said(each) for each in one] == [said(each) for each in other]


def test_mdx_is_read_as_mdx() -> None:
    """Fences within components count too."""
    text = "<Tabs>\n<Tabs.Tab>\n```bash\nvllm serve M --task embed\n```\n</Tabs.Tab>\n</Tabs>\n"
    found = check_text(text, "page.mdx", NEWEST)
    assert [(each.place.line, each.check) for each in found] == [(4, Check.C003)]


def test_what_a_page_allows_is_no_mistake() -> None:
    """Flags, variables, metrics and keys that are allowed are left alone, however written."""
    text = fenced(
        "VLLM_MINE=1 vllm serve M --omni --deploy_config x --additional-config '{\"a\": 1}' \\\n"
        "  --compilation-config '{\"mine\": 1}'; curl x # vllm:my_metric"
    )
    allowed = ["--omni", "--deploy-config", "VLLM_MINE", "vllm:my_metric"]
    found = check_text(text, "page.md", NEWEST, [*allowed, "--compilation-config.mine"])
    assert found == []
    assert len(check_text(text, "page.md", NEWEST)) == 5


DECLARATIONS = [
    ('{vllm: "0.33.0"}', []),
    ('{vllm: ">=0.22", allow: ["--omni"]}', []),
    (
        "vllm",
        [
            "2:1: C022 `commands` is a table of tools and releases, "
            'e.g. `commands: {vllm: "0.33.0"}`'
        ],
    ),
    (
        '{vlm: "0.33.0"}',
        ["2:1: C022 `commands`: no facts on the tool 'vlm'; did you mean 'vllm'?"],
    ),
    (
        "{vllm: 0.33}",
        [
            "2:1: C022 `commands`: 0.33 is no release of vllm; write it in quotes, "
            'e.g. "0.33.0" or ">=0.22"'
        ],
    ),
    (
        '{vllm: "0.33.0", allow: --omni}',
        ['2:1: C022 `commands`: `allow` is a list of names, e.g. `allow: ["--omni"]`'],
    ),
]


@pytest.mark.parametrize(("value", "expected"), DECLARATIONS, ids=lambda v: str(v)[:30])
def test_a_page_declares_what_it_speaks_of(value: str, expected: list[str]) -> None:
    """The front matter names tools and releases; what is not understood is said, with its place."""
    post = parse_post(f"---\ncommands: {value}\n---\n\n`vllm serve M`\n", "p.md", Path("p.md"))
    declaration = declared(post.front)
    assert declaration is not None
    assert [said(each) for each in check_declared(post, declaration)] == expected


def test_a_page_without_a_declaration_declares_nothing() -> None:
    """No key, no declaration."""
    assert declared({}) is None


WRONG = [
    ("vlm", "0.33.0", "no facts on the tool 'vlm'; did you mean 'vllm'?"),
    ("vllm", "newest", "'newest' is no release of vllm; write e.g. 0.33.0"),
]


@pytest.mark.parametrize(("tool", "version", "message"), WRONG)
def test_unknown_tools_and_releases_are_wrong_use(tool: str, version: str, message: str) -> None:
    """Who calls with a tool or release that is none gets told what there is."""
    with pytest.raises(UsageError) as caught:
        check_text("", "p.md", {tool: version})
    assert caught.value.message == message


SHELL = [
    "'",
    '"',
    "\\",
    "\n",
    "\\\n",
    "\\ #x\n",
    "#",
    "$(",
    "`",
    "<<EOF",
    "|",
    "&&",
    "\r",
    "\t",
    "\0",
]
WORDS = ["vllm serve ", "vllm bench serve ", "--max-num-seqs", "-cc.", "-O", "--no-", "=", "{", "}"]
MARKUP = ["```bash\n", "```\n", "> ", "- ", "    ", '{"mode": ', "VLLM_", "vllm:", "…", "“", "é"]
PIECES = st.sampled_from([*SHELL, *WORDS, *MARKUP])


@settings(max_examples=100, deadline=None)
@given(
    st.lists(PIECES | st.text(max_size=6), max_size=40).map("".join),
    st.sampled_from(Dialect),
    st.sampled_from(["0.33.0", "0.4.3", ">=0.9", "99"]),
)
def test_nothing_in_a_page_makes_it_fail(text: str, dialect: Dialect, version: str) -> None:
    """Whatever the text: findings with places inside it, and no exception."""
    page = f"```sh\n{text}\n```\n`{text}`\n{text}"
    lines = page.split("\n")
    for tool in tools():
        for finding in check_text(page, "p.md", {tool: version}, (), dialect):
            assert finding.place.column <= len(lines[finding.place.line - 1]) + 1


OLD_PAGE = os.environ.get("BENCHPOST_VLLM_PAGE")
MISTAKES = """
    36 C016 --gpu-memory-utilization  61 C016 --max-num-seqs  87 C015 --enable-prefix-caching
    97 C014 9090  98 C013 vllm_cache_hit_rate
    120 C003 --speculative-model  120 C023 TinyLlama  121 C003 --num-speculative-tokens
    127 C002 --speculative-method  128 C003 --num-speculative-tokens
    164 C020 locust  169 C002 --input-tokens  170 C002 --output-tokens  173 C021 TTFT
    180 C016 --gpu-memory-utilization  189 C016 --max-num-seqs
    198 C010 continues  198 C015 --enable-prefix-caching
    199 C010 continues  199 C015 --enable-chunked-prefill
    200 C016 --gpu-memory-utilization  201 C016 --max-num-seqs
    215 C015 --enable-prefix-caching  219 C015 --enable-chunked-prefill  226 C018 --quantization
"""
"""Line, code and what the message names: every command of the page that is wrong or outdated."""


@pytest.mark.skipif(not OLD_PAGE, reason="BENCHPOST_VLLM_PAGE names no page with known mistakes")
def test_an_old_page_with_known_mistakes() -> None:
    """All of them are found, at their lines, and nothing besides."""
    file = Path(OLD_PAGE or "")
    post = parse_post(file.read_text(encoding="utf-8"), file.name, file)
    found = check_post(post, NEWEST, (), vocabulary)
    words = MISTAKES.split()
    expected = sorted(zip(words[::3], words[1::3], words[2::3], strict=True))
    told = sorted((str(each.place.line), each.check.name) for each in found)
    assert told == [(line, code) for line, code, _ in expected]
    for each in found:
        at = (str(each.place.line), each.check.name)
        names = [name for line, code, name in expected if (line, code) == at]
        assert any(name in each.message for name in names), said(each)


SOURCE = os.environ.get("BENCHPOST_VLLM_SOURCE")


BROKEN = [
    ("benchmarking/cli.md", [1174]),
    ("getting_started/installation/cpu.x86.inc.md", [227]),
    ("serving/expert_parallel_deployment.md", [78, 79]),
    ("serving/expert_parallel_deployment.md", range(101, 107)),
    ("serving/expert_parallel_deployment.md", range(112, 119)),
    ("serving/expert_parallel_deployment.md", range(199, 203)),
]
"""The six blocks with lines that a `\\` was meant to continue: blanks or a comment follow it."""


@pytest.mark.skipif(not SOURCE, reason="BENCHPOST_VLLM_SOURCE names no source tree of vLLM 0.33.0")
def test_the_documentation_of_vllm_itself() -> None:
    """Its blocks with broken continuations are found, each line, and no flag is called unknown."""
    docs = Path(SOURCE or "") / "docs"
    found = [
        finding
        for file in sorted(docs.rglob("*.md"))
        for finding in check_text(
            file.read_text("utf-8"), file.relative_to(docs).as_posix(), NEWEST
        )
    ]
    broken = [(each.place.path, each.place.line) for each in found if each.check is Check.C010]
    assert broken == [(file, line) for file, lines in BROKEN for line in lines]
    unknown = [said(each) for each in found if each.check in (Check.C001, Check.C002, Check.C003)]
    assert unknown == []
