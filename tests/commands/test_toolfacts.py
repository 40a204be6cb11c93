"""How the facts are had: a source is read, a parser is walked, and the two are compared."""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
from pathlib import Path
from typing import Any

import facts as script
import pytest
from toolfacts import installed, llama_source, vllm_source
from toolfacts.compare import Commands, commands, differences
from toolfacts.encode import encoded
from toolfacts.interpret import Interpreter
from toolfacts.merge import merged
from toolfacts.snapshot import flags, positionals
from toolfacts.sources import Ref, Sources
from toolfacts.table import current
from toolfacts.things import Parser

# a package in the ways that such packages are written in
PACKAGE = {
    "mill/__init__.py": "",
    "mill/types.py": 'from typing import Literal\n\nGrain = Literal["fine", "coarse"]\n',
    "mill/lists.py": "from .types import *\n",
    "mill/args.py": """\
import argparse
import json
import sys
from typing import get_args

from mill.lists import Grain
from mill.more import add_more, NAMES

MODES = ["slow", "fast"]


class Base:
    @classmethod
    def add_cli_args(cls, parser):
        parser.add_argument("--base", type=int, default=2 * 8)
        return cls.customise(parser)

    @classmethod
    def customise(cls, parser):
        return parser


class Args(Base):
    size = 7

    @classmethod
    def customise(cls, parser):
        parser = super().customise(parser)
        parser.add_argument("--size", "-s", type=int, default=Args.size)
        return parser

    @staticmethod
    def add_all(parser: argparse.ArgumentParser):
        Args.add_cli_args(parser)
        group = parser.add_argument_group("others")
        if "x" in sys.argv:
            group.add_argument("--either", action="store_true")
        else:
            group.add_argument("--or", action="store_false", default=True)
        kwargs = {"a": {"type": str, "nargs": "+"}, "b": {"type": float}}
        kwargs["b"]["default"] = 0.5
        del kwargs["a"]["nargs"]
        for name, words in kwargs.items():
            parser.add_argument(f"--{name}-flag", **words)
        for name in NAMES:
            parser.add_argument("--" + name, **{**kwargs["a"], "default": name})
        parser.add_argument("--grain", choices=get_args(Grain), default="fine")
        parser.add_argument("--mode", choices=sorted(MODES), type=str.lower)
        parser.add_argument("--json", type=json.loads, default={})
        parser.add_argument("--flag", action=argparse.BooleanOptionalAction)
        parser.add_argument("file")
        parser.set_defaults(size=9)
        add_more(parser)
""",
    "mill/more.py": """\
NAMES = ("one", "two")


def add_more(parser):
    sub = parser.add_subparsers()
    inner = sub.add_parser("inner", help="x")
    inner.add_argument("--deep", type=int, nargs="*")
""",
}


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    """The package on disk."""
    for name, text in PACKAGE.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    return Sources(tmp_path)


def followed(sources: Sources) -> Interpreter:
    run = Interpreter(sources)
    module = sources.module("mill.args")
    assert module is not None
    method = run.member(Ref(module, module.names["Args"]), "add_all")
    assert isinstance(method, Ref)
    run.call(method, [Parser("grind")], {})
    return run


def test_a_source_is_followed_through_classes_loops_and_imports(sources: Sources) -> None:
    """Every flag with its kind, choices and default, both branches of an `if`; no import."""
    run = followed(sources)
    found = flags(run.added)["grind"]
    told = {name: {k: v for k, v in each.items() if k != "names"} for name, each in found.items()}
    assert told == {
        "--base": {"kind": "int", "default": 16},
        "--size": {"kind": "int", "default": 7},
        "--either": {"kind": "bool", "default": False},
        "--or": {"kind": "bool", "default": True},
        "--a-flag": {"kind": "str", "default": None},
        "--b-flag": {"kind": "float", "default": 0.5},
        "--one": {"kind": "str", "default": "one"},
        "--two": {"kind": "str", "default": "two"},
        "--grain": {"kind": "str", "choices": ["fine", "coarse"], "default": "fine"},
        "--mode": {"kind": "other", "choices": ["fast", "slow"], "default": None},
        "--json": {"kind": "json", "default": None},
        "--flag": {"kind": "bool", "no": True, "default": None},
    }
    assert found["--size"]["names"] == ["--size", "-s"]
    assert run.commands == ["grind inner"]
    assert positionals(run.added) == {"grind": 1, "grind inner": 0}


def test_a_parser_is_walked_to_the_same(sources: Sources, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real parser of the package, built and walked, has what reading its source gave."""
    monkeypatch.syspath_prepend(str(sources.root))
    args = importlib.import_module("mill.args")
    parser = argparse.ArgumentParser()
    args.Args.add_cli_args(parser)
    real = dict(installed.walk(parser))
    read = flags(followed(sources).added)["grind"]
    assert list(differences({"": {n: read[n] for n in ("--base", "--size")}}, real)) == []


def test_what_only_one_of_two_has_is_told() -> None:
    """A line for each flag, spelling, negation, kind and command that differs."""
    flag = {"names": ["--a"], "kind": "int"}
    one: Commands = {
        "x": {"--a": flag, "--b": {"names": ["--b", "-b"], "kind": "bool", "no": True}},
        "y": {},
    }
    other: Commands = {"x": {"--c": flag, "--b": {"names": ["--b"], "kind": "str"}}}
    assert list(differences(one, other)) == [
        "x: --a only in the first",
        "x: --c only in the second",
        "x: --b is spelled ['--b', '-b'] and ['--b']",
        "x: --b has `--no-` in one only",
        "x: --b is bool and str",
    ]
    assert list(commands(one, other)) == ["y: a command only in the first"]


def test_pairs_of_switches_are_walked_by_the_spelling_that_has_a_no() -> None:
    """Of `--enable-x` and `--disable-x` for one switch, that with its own `--no-` is the flag."""

    class Pair(argparse.BooleanOptionalAction):
        def __init__(self, option_strings: list[str], dest: str, **words: Any) -> None:
            super().__init__(option_strings, dest, **words)
            self.option_strings = [*self.option_strings, "--disable-x"]

    parser = argparse.ArgumentParser()
    parser.add_argument("--enable-x", action=Pair)
    parser.add_argument("--no-y", action="store_true")
    assert dict(installed.walk(parser))[""] == {
        "--enable-x": {"names": ["--enable-x"], "kind": "bool", "no": True},
        "--no-y": {"names": ["--no-y"], "kind": "bool"},
    }


# releases over each other


def snapshot(version: str, **found: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {"commands": {}, "objects": {}, "enums": {}, "env": [], "metrics": {}}
    return {"tool": "mill", "version": version, "method": "by hand", **empty, **found}


def flag(*names: str, **more: Any) -> dict[str, Any]:
    return {"names": list(names), "kind": "int", **more}


def test_releases_over_each_other_make_a_history() -> None:
    """What is new begins, what is missing ends, what comes back begins again, defaults change."""
    one = snapshot(
        "1.0",
        commands={"grind": {"--a": flag("--a", default=1), "--b": flag("--b")}},
        env=["M_X"],
        metrics={"m:c_total": "counter"},
        objects={"O": {"k": {"kind": "int"}}},
    )
    two = snapshot(
        "2.0",
        commands={"grind": {"--long-a": flag("--long-a", "--a", default=2)}, "new": {}},
        objects={"O": {"l": {"kind": "int"}}},
        metrics={"m:c": "unknown"},
    )
    three = snapshot(
        "3.0",
        commands={"grind": {"--long-a": flag("--long-a", "--a", default=2), "--b": flag("--b")}},
        env=["M_X"],
        metrics={"m:c": "unknown"},
    )
    facts = None
    for each in (one, two, three):
        facts = merged(facts, each, f"2026-01-0{each['version'][0]}")
    assert facts is not None
    assert facts["versions"] == [
        ["1.0", "2026-01-01"],
        ["2.0", "2026-01-02"],
        ["3.0", "2026-01-03"],
    ]
    assert facts["flags"] == [
        {"names": ["--b"], "kind": "int", "in": {"grind": ["", "2.0", "3.0"]}},
        {
            "names": ["--long-a", "--a"],
            "kind": "int",
            "default": [["", 1], ["2.0", 2]],
            "in": {"grind": [""]},
        },
    ]
    assert facts["commands"] == {"grind": [""], "new": ["2.0", "3.0"]}
    assert facts["env"] == {"M_X": ["", "2.0", "3.0"]}
    assert facts["metrics"] == {"m:c_total": ["counter", ""]}
    assert facts["objects"]["O"]["k"]["life"] == ["", "2.0"]
    assert facts["objects"]["O"]["l"]["life"] == ["2.0", "3.0"]


def test_the_same_release_again_changes_nothing() -> None:
    """Laying a release over facts that have it is idempotent."""
    facts = merged(
        None, snapshot("1.0", commands={"g": {"--a": flag("--a", default=1)}}), "2026-01-01"
    )
    again = merged(
        facts, snapshot("1.0", commands={"g": {"--a": flag("--a", default=1)}}), "2026-01-01"
    )
    assert again == facts


def test_an_older_release_is_refused() -> None:
    """A release between examined ones would cut every life anew."""
    facts = merged(None, snapshot("2.0"), "2026-01-01")
    with pytest.raises(ValueError, match=r"older than 2\.0, the newest"):
        merged(facts, snapshot("1.9"), "2026-01-01")


# the shipped facts of vLLM against its source and its parser

SOURCE = os.environ.get("BENCHPOST_VLLM_SOURCE")


def shipped() -> dict[str, Any]:
    facts: dict[str, Any] = json.loads((script.DATA / "vllm.json").read_text(encoding="utf-8"))
    return facts


@pytest.mark.skipif(not SOURCE, reason="BENCHPOST_VLLM_SOURCE names no source tree of vLLM 0.33.0")
def test_the_source_gives_what_is_shipped() -> None:
    """No flag of any command missing, none extra; merging the release again changes no byte."""
    found = vllm_source.snapshot(Path(SOURCE or ""))
    facts = shipped()
    assert found["version"] == facts["version"]
    assert list(differences(current(facts), found["commands"])) == []
    assert set(found["commands"]) == set(current(facts))
    assert encoded(merged(facts, found, facts["date"])) == encoded(facts)


def test_the_installed_parser_gives_what_is_shipped() -> None:
    """No flag missing, none extra, against the parser that vLLM itself builds."""
    if importlib.util.find_spec("vllm") is None:
        pytest.skip("vLLM is not installed here: its parser cannot be held against the facts")
    from importlib.metadata import version

    if version("vllm") != shipped()["version"]:
        pytest.skip(f"vLLM {version('vllm')} is installed; the facts are of {shipped()['version']}")
    assert list(differences(current(shipped()), installed.vllm())) == []


def test_the_script_says_what_is_not_installed(capsys: pytest.CaptureFixture[str]) -> None:
    """`facts.py installed` never passes silently where the tool is missing."""
    if importlib.util.find_spec("vllm") is not None:
        pytest.skip("vLLM is installed here")
    assert script.main(["installed", "vllm"]) == 2
    assert capsys.readouterr().err == "vllm is not installed here: No module named 'vllm'\n"


def test_the_script_compares_with_what_is_shipped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`facts.py compare` ends with 1 and a line for what differs, with 0 where nothing does."""
    file = tmp_path / "parsed.json"
    mine = {"serve": current(shipped())["serve"]}
    file.write_text(json.dumps({"commands": mine}))
    assert script.main(["compare", "vllm", str(file)]) == 0
    assert capsys.readouterr().out.endswith("0 differences in 1 commands: serve\n")
    del mine["serve"]["--max-num-seqs"]
    file.write_text(json.dumps({"commands": mine}))
    assert script.main(["compare", "vllm", str(file)]) == 1
    assert "serve: --max-num-seqs only in the first\n" in capsys.readouterr().out


OPTIONS = """\
    auto add_opt = [&](common_arg arg) { keep(arg); };
    add_opt(common_arg(
        {"-c", "--ctx-size"}, "N",
        string_format("size {\\"x\\"} (default: %d)", params.n_ctx),
        [](common_params & params, int value) {
            params.n_ctx = value;
        }
    ).set_env("LLAMA_ARG_CTX_SIZE"));
    add_opt(common_arg(
        {"--warm"},
        {"--no-warm", "-nw"},
        "warm up",
        [](common_params & params, bool value) { params.warm = value; }
    ).set_examples({LLAMA_EXAMPLE_SERVER, LLAMA_EXAMPLE_CLI}).set_excludes({LLAMA_EXAMPLE_CLI}));
    add_opt(common_arg(
        {"--range"}, "START", "END",
        "two",
        [](common_params & params, const std::string & start, const std::string & end) {
        }
    ).set_examples({LLAMA_EXAMPLE_COMMON}).set_excludes({LLAMA_EXAMPLE_SERVER}));
    add_opt(common_arg(
        {"--help"},
        "say this",
        [](common_params & params) {
        }
    ));
    add_opt(common_arg(
        {"--of-presets"},
        "in files",
        [](common_params & params, const std::string & value) {
        }
    ).set_preset_only());
"""


def test_the_options_of_llama_cpp_are_read_from_its_table(tmp_path: Path) -> None:
    """Spellings of both senses, kinds by the handler, programs by examples and exclusions."""
    for name in ("common", "tools/server"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "common/arg.cpp").write_text(OPTIONS)
    (tmp_path / "CMakeLists.txt").write_text(
        "set(LLAMA_VERSION_MAJOR 1)\nset(LLAMA_VERSION_MINOR 2)\nset(LLAMA_VERSION_PATCH 3)\n"
    )
    (tmp_path / "tools/server/server-task.cpp").write_text(
        'counters { "tokens_total", "Tokens" }; gauges { "busy", "Busy" };'
    )
    found = llama_source.snapshot(tmp_path)
    size = {"names": ["--ctx-size", "-c"], "kind": "int"}
    warm = {"names": ["--warm", "--no-warm", "-nw"], "kind": "bool"}
    pair = {"names": ["--range"], "kind": "str", "nargs": 2}
    said = {"names": ["--help"], "kind": "bool"}
    assert found["version"] == "1.2.3"
    assert found["commands"]["server"] == {"--ctx-size": size, "--warm": warm, "--help": said}
    assert found["commands"]["cli"] == {"--ctx-size": size, "--range": pair, "--help": said}
    assert found["env"] == ["LLAMA_ARG_CTX_SIZE"]
    assert found["metrics"] == {"llamacpp:tokens_total": "counter", "llamacpp:busy": "gauge"}
