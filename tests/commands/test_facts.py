"""What must hold of the shipped facts, whatever release they are of."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest
from toolfacts.encode import encoded
from toolfacts.table import collapse, expand

from benchpost.commands.check import check_text
from benchpost.commands.context import Context
from benchpost.commands.facts import Flag, Tool, decode, load, tools
from benchpost.commands.limits import beyond
from benchpost.commands.metrics import base
from benchpost.commands.versions import Life, Stretch, lives, near, order, stretch
from benchpost.errors import UsageError

DATA = files("benchpost.commands").joinpath("data")
KINDS = {"bool", "bool-word", "int", "size", "size-or-auto", "float", "str", "json", "json-or-word"}


def text(tool: str) -> str:
    return DATA.joinpath(f"{tool}.json").read_text(encoding="utf-8")


def newest(tool: Tool) -> Context:
    return Context(tool, Stretch(tool.version, tool.version))


@pytest.mark.parametrize("name", tools())
def test_the_file_is_small_and_as_the_script_writes_it(name: str) -> None:
    """Below 250 kB, one record a line, and writing it again changes no byte."""
    facts = json.loads(text(name))
    assert len(text(name)) < 250_000
    assert encoded(facts) == text(name)
    assert encoded({**facts, "flags": collapse(expand(facts["flags"]))}) == text(name)


def strings(value: Any) -> Iterator[str]:
    """Every string in a JSON value, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)
    elif isinstance(value, dict):
        yield from strings([*value.keys(), *value.values()])


@pytest.mark.parametrize("name", tools())
def test_facts_are_facts(name: str) -> None:
    """No sentence of anybody's: nothing in the file has more than a few words."""
    types = re.compile(r"[\w\[\]|., ='\"/-]*")
    long = [each for each in strings(json.loads(text(name))) if each.count(" ") > 4]
    assert [each for each in long if not types.fullmatch(each) or "[" not in each] == []


@pytest.mark.parametrize("name", tools())
def test_lives_are_in_order_and_of_examined_releases(name: str) -> None:
    """Each begins before it ends, at releases that were examined, in a command that exists."""
    facts = json.loads(text(name))
    versions = [version for version, _ in facts["versions"]]
    assert versions == sorted(versions, key=order)
    assert facts["version"] == versions[-1]
    assert [facts["versions"][-1][1]] == [facts["date"]]
    found = [life for record in facts["flags"] for life in record["in"].values()]
    found += [*facts["commands"].values(), *facts["env"].values()]
    found += [life for _, *life in facts["metrics"].values()]
    found += [key["life"] for keys in facts["objects"].values() for key in keys.values()]
    for life in found:
        known = [mark for mark in life if mark]
        assert life
        assert set(known) <= set(versions), life
        assert known == sorted(set(known), key=order), life
        assert "" not in life[1:], life
    assert {command for r in facts["flags"] for command in r["in"]} <= set(facts["commands"])


@pytest.mark.parametrize("name", tools())
def test_a_spelling_means_one_thing_at_a_time(name: str) -> None:
    """In no release does a command have two flags of the same spelling."""
    tool = load(name)
    for command, names in tool.by_command.items():
        for spelling, meanings in names.items():
            for version, _ in tool.versions:
                asked = Stretch(version, version)
                there = {flag.name for flag, life in meanings if life.covers(asked)}
                assert len(there) <= 1, (command, spelling, version)


@pytest.mark.parametrize("name", tools())
def test_kinds_and_choices_are_known(name: str) -> None:
    """A flag is of a kind that is judged; its objects are there; its defaults are among choices."""
    tool = load(name)
    for flag in tool.flags:
        object_name = flag.kind.partition(":")[2]
        assert flag.kind in KINDS | {"other"} or object_name, flag
        assert len(set(flag.choices)) == len(flag.choices)
        assert all(each.startswith("-") for each in flag.names)
        assert flag.kind == "bool" or not flag.negatable


# what is kept by hand

_SINCE = re.compile(r"`(?P<name>[^`]+)`(?: of `(?P<of>[^`]+)`)? \(since (?P<since>[\d.]+)\)")
_FLAG = re.compile(r"`(--[a-z-]+)")


def sentences(tool: Tool) -> list[tuple[str, str]]:
    """(what is replaced, by what) in the tables kept by hand."""
    tables = [("instead",), ("scrape", "instead"), ("environment", "instead")]
    context = newest(tool)
    return [pair for path in tables for pair in context.table(*path).items()]


@pytest.mark.parametrize("name", tools())
def test_what_is_to_be_written_instead_exists(name: str) -> None:
    """A flag or metric that a message recommends is one of the newest release."""
    tool = load(name)
    context = newest(tool)
    there = {
        spelling
        for names in tool.by_command.values()
        for spelling, meanings in names.items()
        if any(life.covers(context.asked) for _, life in meanings)
    }
    for _, said in sentences(tool):
        assert set(_FLAG.findall(said)) <= there, said
        for metric in re.findall(r"`(\w+:\w+)`", said):
            found = base(metric, context)
            assert found, said
            assert context.has(found.lives), said


def since(tool: Tool, name: str, of: str | None) -> str:
    """Since when a flag, a key or a metric is there, by the facts."""
    if name in tool.metrics:
        return tool.metrics[name].lives[0].since
    if of or not name.startswith("-"):
        holders = [f.kind.partition(":")[2] for f in tool.flags if f.name == of] if of else []
        keys = [k[name] for o, k in tool.objects.items() if name in k and (o in holders or not of)]
        return keys[0].lives[0].since
    return tool.by_command["serve"][name][-1][1].since


def test_since_when_is_what_the_facts_say() -> None:
    """Each `(since …)` that is kept by hand is the first release with it."""
    tool = load("vllm")
    checked = 0
    for _, said in sentences(tool):
        for match in _SINCE.finditer(said):
            assert since(tool, match["name"], match["of"]) == match["since"], said
            checked += 1
    assert checked > 20


def test_what_is_replaced_is_not_there() -> None:
    """Nothing that `vllm serve` has today is said to be replaced, but for what came back."""
    tool = load("vllm")
    context = newest(tool)
    names = tool.by_command["serve"]
    alive = [
        old
        for old, _ in sentences(tool)
        if any(life.covers(context.asked) for _, life in names.get(old, ()))
    ]
    assert alive == []


@pytest.mark.parametrize("name", tools())
def test_tables_kept_by_hand_name_flags_that_exist(name: str) -> None:
    """Resolved defaults, needs and positional flags are of flags and commands in the facts."""
    tool = load(name)
    context = newest(tool)
    known = {spelling for flag in tool.flags for spelling in flag.names}
    for row in (*context.rows("resolved"), *context.rows("needs")):
        assert row["flag"] in known
        assert {*row.get("commands", ())} <= set(tool.commands)
    for row in context.rows("lacks"):
        assert row["command"] in tool.commands
    assert {*context.table("positional")} <= set(tool.commands)
    # an empty one is the tool itself, whose first words say the command
    started = {*tool.program.modules.values(), *tool.program.images.values()} - {""}
    assert started <= set(tool.commands)
    for spelled, row in context.table("members").items():
        assert spelled in known
        assert row["of"] in tool.enums
        assert len(context.members(spelled)) >= len(tool.enums[row["of"]])


# reading them

LIVES = [
    ("0.9.0", True, False, False),
    ("0.8.9", False, False, True),
    ("0.10.1", True, False, False),
    ("0.10.2", False, True, False),
    (">=0.9", False, True, False),
    ("v0.10", True, False, False),
    ("==0.9.5.post1", True, False, False),
]


@pytest.mark.parametrize(("spec", "covers", "gone", "later"), LIVES)
def test_lives(spec: str, covers: bool, gone: bool, later: bool) -> None:
    """From the first release that has it to the first that has it no more."""
    life, asked = Life("0.9.0", "0.10.2"), stretch(spec, "0.33.0")
    assert asked is not None
    assert (life.covers(asked), life.is_gone(asked), life.is_later(asked)) == (covers, gone, later)


@pytest.mark.parametrize("spec", ["", "newest", "<0.9", "0.9,", "~=1"])
def test_what_is_no_release(spec: str) -> None:
    """Anything else than a release or `>=` and one is nothing."""
    assert stretch(spec, "1") is None


BREAKS = [("0.1", "0.2"), ("0.2", "0.2"), ("0.3", "0.2"), ("0.4", "0.4"), ("0.9", "0.4")]


@pytest.mark.parametrize(("asked", "begins"), BREAKS)
def test_what_was_taken_back_has_two_stretches(asked: str, begins: str) -> None:
    """The stretch in force, else the one before, else the first."""
    stretches = lives(["0.2", "0.3", "0.4"])
    assert near(stretches, Stretch(asked, asked)).since == begins


def test_facts_of_another_schema_are_refused() -> None:
    """A file of a later benchpost is not misread."""
    with pytest.raises(UsageError, match="facts of schema 99; this benchpost reads 1"):
        decode({**json.loads(text("vllm")), "schema": 99}, {"program": {"names": ["vllm"]}})


def test_a_further_tool_is_a_further_pair_of_files() -> None:
    """Nothing of a tool is in the code: a made-up one works from its data alone."""
    made = {
        "schema": 1,
        "tool": "mill",
        "version": "2.0",
        "date": "2026-01-01",
        "method": "by hand",
        "versions": [["1.0", "2025-01-01"], ["2.0", "2026-01-01"]],
        "commands": {"grind": ["1.0"]},
        "positionals": {"grind": 0},
        "flags": [{"names": ["--size", "-s"], "kind": "int", "in": {"grind": ["1.0", "2.0"]}}],
        "objects": {},
        "enums": {},
        "env": {},
        "metrics": {},
    }
    tool = decode(made, {"program": {"names": ["mill"], "binaries": {"mill-grind": "grind"}}})
    assert tool.flags == (Flag(("--size", "-s"), "int", {"grind": (Life("1.0", "2.0"),)}),)
    assert tool.before("2.0") == "1.0"
    assert tool.span(Stretch("0.1", "9.0")) == Stretch("1.0", "2.0")


@pytest.mark.parametrize("name", tools())
def test_a_hint_names_flags_of_the_command_at_hand(name: str) -> None:
    """Whatever stands instead of a flag elsewhere, no command is sent to a flag that it lacks."""
    tool = load(name)
    for command, known in tool.by_command.items():
        there = {spelled for spelled, met in known.items() for _, life in met if not life.gone}
        for spelled in {*tool.kept.get("instead", {})} - there:
            if spelled.startswith("--"):
                page = f"```sh\n{newest(tool).shown(command)} {spelled} 5\n```\n"
                for found in check_text(page, "a.md", {name: tool.version}):
                    hint = found.message.partition("; write ")[2]
                    assert set(re.findall(r"`(--[a-z][\w-]*)", hint)) <= there, (command, spelled)


def test_a_hint_that_fits_no_flag_of_the_command_is_left_out() -> None:
    """`--input-len` came to `bench serve` later than the command itself."""
    page = "```sh\nvllm bench serve --input-tokens 5\n```\n"
    said = "`--input-tokens` is no flag of `vllm bench serve` in"
    never = ", nor of any release examined"
    for release, hint in (("0.10.0", ""), ("0.33.0", "; write `--input-len`")):
        (found,) = check_text(page, "a.md", {"vllm": release})
        assert found.message == f"{said} {release}{never}{hint}"


@pytest.mark.parametrize("name", tools())
def test_closed_flags_have_values_to_choose_from(name: str) -> None:
    """A flag that is said to refuse other values is there, and its values are known."""
    tool = load(name)
    known = {flag.name for flag in tool.flags if flag.known}
    assert {*tool.kept.get("closed", ())} <= known


@pytest.mark.parametrize("name", tools())
def test_ranges_hold_the_default(name: str) -> None:
    """Limits are known words, and a number that is the default keeps them."""
    for flag in load(name).flags:
        for release, default in flag.history[-1:]:
            if isinstance(default, int | float):
                assert not beyond(str(default), flag.range), (flag.name, release)
    assert name != "vllm" or any(flag.range for flag in load(name).flags)
