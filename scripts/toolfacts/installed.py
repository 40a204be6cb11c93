"""An installed tool's own parser, walked: the other way to the same facts.

Needs the tool to be importable; nothing is started. vLLM refuses to build its parser on a machine
without an accelerator unless `VLLM_TARGET_DEVICE=cpu` is set before it is imported.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import sys
from collections.abc import Iterator
from typing import Any


def walk(
    parser: argparse.ArgumentParser, command: str = ""
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every command below a parser with its flags by full spelling."""
    subcommands = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    for action in subcommands:
        for name, inner in action.choices.items():
            yield from walk(inner, f"{command} {name}".strip())
    if not subcommands:
        yield command, dict(_flags(parser))


def _flags(parser: argparse.ArgumentParser) -> Iterator[tuple[str, dict[str, Any]]]:
    registered: dict[int, list[str]] = {}
    for name, action in parser._option_string_actions.items():
        registered.setdefault(id(action), []).append(name)
    for action in parser._actions:
        if action.option_strings and not isinstance(action, argparse._HelpAction):
            # what help hides is registered all the same
            record = _record(action, registered[id(action)])
            yield record["names"][0], record


def _record(action: argparse.Action, spellings: list[str]) -> dict[str, Any]:
    negatable = isinstance(action, argparse.BooleanOptionalAction)
    names = [name for name in spellings if not (negatable and _is_opposite(name, spellings))]
    names.sort(key=lambda name: not name.startswith("--"))
    switch = negatable or action.nargs == 0
    record: dict[str, Any] = {"names": names, "kind": "bool" if switch else "value"}
    if negatable:
        record["no"] = True
    if action.choices and not switch:
        record["choices"] = [str(each) for each in action.choices if each is not None]
    return record


def _is_opposite(name: str, spellings: list[str]) -> bool:
    """Whether a spelling of a switch turns it off: it is a `--no-` or has none of its own."""
    is_no = name.startswith("--no-") and f"--{name[5:]}" in spellings
    return is_no or (name.startswith("--") and f"--no-{name[2:]}" not in spellings)


def vllm() -> dict[str, dict[str, Any]]:
    """The commands of the vLLM that is installed; ImportError where none is."""
    os.environ.setdefault("VLLM_TARGET_DEVICE", "cpu")
    words = sys.argv
    found: dict[str, dict[str, Any]] = {}
    try:
        for asked in (["bench", "serve"], ["launch", "render"], ["snapshot", "create"]):
            # some commands are registered only where the words ask for them
            sys.argv = ["vllm", *asked]
            found.update(walk(vllm_parser()))
    finally:
        sys.argv = words
    return found


MODULES = (
    "benchmark.main",
    "collect_env",
    "download_kernels",
    "launch",
    "openai",
    "preload",
    "run_batch",
    "serve",
    "snapshot",
)
"""Where vLLM's commands lie; older releases have fewer."""


def vllm_parser() -> argparse.ArgumentParser:
    """vLLM's whole parser, as its `main` builds it."""
    from vllm.utils.argparse_utils import (  # type: ignore[import-not-found]  # not a dependency
        FlexibleArgumentParser,
    )

    parser: argparse.ArgumentParser = FlexibleArgumentParser(prog="vllm")
    subparsers = parser.add_subparsers(dest="subparser")
    for name in MODULES:
        if importlib.util.find_spec(f"vllm.entrypoints.cli.{name}") is None:
            continue
        module = importlib.import_module(f"vllm.entrypoints.cli.{name}")
        asked = {"create_requested": sys.argv[1:3] == ["snapshot", "create"]}
        for command in module.cmd_init(**(asked if name == "snapshot" else {})):
            command.subparser_init(subparsers)
    return parser
