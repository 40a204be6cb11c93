"""What is known of a tool: its commands, flags, JSON settings, variables and metrics by release.

A tool is a pair of data files; `load` reads them once. A further tool is a further pair.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any, TypeAlias

from benchpost.commands.versions import Life, Stretch, lives, order
from benchpost.errors import UsageError, near

SCHEMA = 1
Limit: TypeAlias = tuple[str, float]
"""`gt`, `ge`, `lt` or `le`, and the number."""


@dataclass(frozen=True)
class Flag:
    """One flag, alike in every command that has it."""

    names: tuple[str, ...]
    """Its spellings, the full one first. E.g. `("--tensor-parallel-size", "-tp")`"""
    kind: str
    """bool, int, size (`8k`), size-or-auto, float, str, json, json-or-word, `json:` with an
    object's name, or other where only the tool can tell."""
    lives: Mapping[str, tuple[Life, ...]]
    """When it is there, by command."""
    nargs: str = ""
    """As argparse has it: `?`, `*`, `+`, a number; empty for exactly one value (none for bool)."""
    choices: tuple[str, ...] = ()
    """The values that the parser takes; empty for any."""
    known: tuple[str, ...] = ()
    """Values that are known where the parser takes others too."""
    range: tuple[Limit, ...] = ()
    """What the tool's settings hold a number against. E.g. `(("gt", 0), ("le", 1))`"""
    negatable: bool = False
    """`--no-x` is there too."""
    history: tuple[tuple[str, Any], ...] = ()
    """(release, default) at each change of the default; a default of None is resolved later."""

    @property
    def name(self) -> str:
        """The full spelling."""
        return self.names[0]


@dataclass(frozen=True)
class Key:
    """One key of a JSON setting."""

    kind: str
    """The type as the tool declares it. E.g. `CUDAGraphMode`"""
    lives: tuple[Life, ...]
    """When it is there."""
    choices: tuple[str, ...] = ()
    """The values allowed; empty for any."""
    range: tuple[Limit, ...] = ()
    """What a number is held against."""


@dataclass(frozen=True)
class Metric:
    """One metric that the tool exposes."""

    name: str
    """As it is scraped. E.g. `vllm:prefix_cache_hits_total`"""
    kind: str
    """counter, gauge, histogram, info or unknown."""
    lives: tuple[Life, ...]
    """When it is there."""


@dataclass(frozen=True)
class Grammar:
    """How the tool reads its words."""

    underscores: bool = False
    """`--max_num_seqs` is `--max-num-seqs`."""
    abbreviations: bool = False
    """A beginning that fits one flag only is that flag."""
    dotted: bool = False
    """`--config.key value` sets one key of a JSON setting."""
    equals: bool = True
    """`--flag=value` is read."""
    pairs: str = ""
    """Release since which `--enable-x` has `--disable-x` and the reverse; empty for never."""
    numbered: str = ""
    """What `-O3` stands for. E.g. `--optimization-level`"""
    greedy: bool = False
    """The word after a flag is its value, even where it begins with a dash."""


@dataclass(frozen=True)
class Program:
    """How the tool is started."""

    names: tuple[str, ...]
    """Executables. E.g. `("vllm",)`"""
    modules: Mapping[str, str] = field(default_factory=dict)
    """Python modules and the command each is; empty for one that is the tool itself."""
    images: Mapping[str, str] = field(default_factory=dict)
    """Container images and the command each runs."""
    binaries: Mapping[str, str] = field(default_factory=dict)
    """Executables that are one command each. E.g. `{"llama-server": "server"}`"""
    others: tuple[str, ...] = ()
    """Commands that exist and whose flags are not known here."""
    positionals: Mapping[str, int] = field(default_factory=dict)
    """How many words without a flag each command takes."""


@dataclass(frozen=True)
class Tool:
    """Everything known of one tool."""

    name: str
    """E.g. `vllm`"""
    version: str
    """The newest release examined."""
    date: str
    """When that release came out, ISO."""
    method: str
    """How the facts were had."""
    versions: tuple[tuple[str, str], ...]
    """(release, date) of all that were examined, oldest first."""
    commands: Mapping[str, tuple[Life, ...]]
    """When each command is there. E.g. `bench serve`"""
    flags: tuple[Flag, ...]
    """Every flag of every command."""
    objects: Mapping[str, Mapping[str, Key]]
    """Keys of each JSON setting."""
    enums: Mapping[str, tuple[str, ...]]
    """Members by the name of the type."""
    env: Mapping[str, tuple[Life, ...]]
    """Environment variables."""
    metrics: Mapping[str, Metric]
    """Metrics by the name that is scraped."""
    program: Program
    """How it is started."""
    grammar: Grammar
    """How it reads words."""
    kept: Mapping[str, Any]
    """The tables kept by hand: `instead`, `members`, `resolved`, `needs`, `lacks`, `scrape`."""

    def span(self, asked: Stretch) -> Stretch:
        """The releases asked for, as far as there are facts on them."""
        first = self.versions[0][0]
        low = max(asked.low, first, key=order)
        low = min(low, self.version, key=order)
        high = max(min(asked.high, self.version, key=order), low, key=order)
        return Stretch(low, high)

    @cached_property
    def by_command(self) -> Mapping[str, Mapping[str, tuple[tuple[Flag, Life], ...]]]:
        """For each command, what each spelling has meant, newest meaning last."""
        table: dict[str, dict[str, list[tuple[Flag, Life]]]] = {name: {} for name in self.commands}
        for flag in self.flags:
            for command, stretches in flag.lives.items():
                for name in flag.names:
                    found = table.setdefault(command, {}).setdefault(name, [])
                    found += [(flag, life) for life in stretches]
        return {
            command: {name: tuple(sorted(found, key=_newest)) for name, found in names.items()}
            for command, names in table.items()
        }

    @cached_property
    def joined(self) -> Mapping[str, tuple[tuple[Flag, Life], ...]]:
        """The same for all commands together, what it means for `serve` newest."""
        joined: dict[str, tuple[tuple[Flag, Life], ...]] = {}
        for name in sorted(self.by_command, key=lambda each: each != "serve"):
            for spelling, meanings in self.by_command[name].items():
                joined[spelling] = (*meanings, *joined.get(spelling, ()))
        return joined

    def before(self, version: str) -> str:
        """The last examined release before one; empty when it is the first."""
        earlier = [name for name, _ in self.versions if order(name) < order(version)]
        return earlier[-1] if earlier else ""


def _newest(pair: tuple[Flag, Life]) -> tuple[bool, tuple[int, ...]]:
    life = pair[1]
    return (not life.gone, order(life.gone or life.since or "0"))


def tools() -> list[str]:
    """The tools there are facts on."""
    folder = files("benchpost.commands").joinpath("data")
    return sorted(
        file.name.removesuffix(".json") for file in folder.iterdir() if file.name.endswith(".json")
    )


@lru_cache(maxsize=8)
def load(tool: str) -> Tool:
    """The facts on a tool; raises UsageError for one there are none on."""
    known = tools()
    if tool not in known:
        hint = near(tool, known) or f"; there are {', '.join(known)}"
        raise UsageError(f"no facts on the tool {tool!r}{hint}")
    folder = files("benchpost.commands").joinpath("data")
    made = json.loads(folder.joinpath(f"{tool}.json").read_text(encoding="utf-8"))
    kept = tomllib.loads(folder.joinpath(f"{tool}.toml").read_text(encoding="utf-8"))
    return decode(made, kept)


def decode(made: Mapping[str, Any], kept: Mapping[str, Any]) -> Tool:
    """A tool from its two files."""
    if made["schema"] != SCHEMA:
        raise UsageError(f"facts of schema {made['schema']}; this benchpost reads {SCHEMA}")
    return Tool(
        name=made["tool"],
        version=made["version"],
        date=made["date"],
        method=made["method"],
        versions=tuple((version, date) for version, date in made["versions"]),
        commands={name: lives(life) for name, life in made["commands"].items()},
        flags=tuple(_flag(record) for record in made["flags"]),
        objects={
            name: {key: _key(record) for key, record in keys.items()}
            for name, keys in made["objects"].items()
        },
        enums={name: tuple(members) for name, members in made["enums"].items()},
        env={name: lives(life) for name, life in made["env"].items()},
        metrics={
            name: Metric(name, kind, lives(life)) for name, (kind, *life) in made["metrics"].items()
        },
        program=_program(kept["program"], made.get("positionals", {})),
        grammar=Grammar(**kept.get("grammar", {})),
        kept=kept,
    )


def _flag(record: Mapping[str, Any]) -> Flag:
    return Flag(
        names=tuple(record["names"]),
        kind=record["kind"],
        lives={command: lives(marks) for command, marks in record["in"].items()},
        nargs=str(record.get("nargs", "")),
        choices=tuple(map(str, record.get("choices", ()))),
        known=tuple(map(str, record.get("known", ()))),
        range=_range(record),
        negatable=record.get("no", False),
        history=tuple((version, default) for version, default in record.get("default", ())),
    )


def _key(record: Mapping[str, Any]) -> Key:
    choices = tuple(map(str, record.get("choices", ())))
    return Key(record["kind"], lives(record["life"]), choices, _range(record))


def _range(record: Mapping[str, Any]) -> tuple[Limit, ...]:
    return tuple((name, limit) for name, limit in record.get("range", ()))


def _program(table: Mapping[str, Any], positionals: Mapping[str, int]) -> Program:
    return Program(
        names=tuple(table["names"]),
        modules=table.get("modules", {}),
        images=table.get("images", {}),
        binaries=table.get("binaries", {}),
        others=tuple(table.get("others", ())),
        positionals={**positionals, **table.get("positionals", {})},
    )
