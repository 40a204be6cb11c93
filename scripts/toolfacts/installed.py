"""An installed tool's own parser, walked: the other way to the same facts.

Needs the tool to be importable; nothing is started. vLLM refuses to build its parser on a machine
without an accelerator unless `VLLM_TARGET_DEVICE=cpu` is set before it is imported.
"""

from __future__ import annotations

import argparse
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
    for action in parser._actions:
        if action.option_strings and not isinstance(action, argparse._HelpAction):
            record = _record(action)
            yield record["names"][0], record


def _record(action: argparse.Action) -> dict[str, Any]:
    negatable = isinstance(action, argparse.BooleanOptionalAction)
    spellings = sorted(set(action.option_strings), key=lambda name: not name.startswith("--"))
    names = [name for name in spellings if not (negatable and _is_opposite(name, spellings))]
    names.sort(key=action.option_strings.index)
    names.sort(key=lambda name: not name.startswith("--"))
    switch = negatable or action.nargs == 0
    record: dict[str, Any] = {"names": names, "kind": "bool" if switch else "value"}
    if negatable:
        record["no"] = True
    if action.choices and not switch:
        record["choices"] = [str(each) for each in action.choices if each is not None]
    return record


def _is_opposite(name: str, spellings: list[str]) -> bool:
    """Whether a spelling of a switch is what turns it off."""
    if name.startswith("--no-") and f"--{name[5:]}" in spellings:
        return True
    if name.startswith("--disable-"):
        # of a pair the one with its own `--no-` is the flag
        other = f"--enable-{name.removeprefix('--disable-')}"
        return other in spellings and f"--no-{name[2:]}" not in spellings
    if name.startswith("--enable-"):
        other = f"--disable-{name.removeprefix('--enable-')}"
        return other in spellings and f"--no-{name[2:]}" not in spellings
    return False


def vllm() -> dict[str, dict[str, Any]]:
    """The commands of the vLLM that is installed; ImportError where none is."""
    import os
    import sys

    os.environ.setdefault("VLLM_TARGET_DEVICE", "cpu")
    # the subcommands of `bench` are registered only where the words ask for one
    sys.argv = ["vllm", "bench", "serve"]
    parser = vllm_parser()
    return dict(walk(parser))


def vllm_parser() -> argparse.ArgumentParser:
    """vLLM's whole parser, as its `main` builds it."""
    import importlib

    from vllm.utils.argparse_utils import (  # type: ignore[import-not-found]  # not a dependency
        FlexibleArgumentParser,
    )

    parser: argparse.ArgumentParser = FlexibleArgumentParser(prog="vllm")
    subparsers = parser.add_subparsers(dest="subparser")
    for name in ("serve", "benchmark.main"):
        module = importlib.import_module(f"vllm.entrypoints.cli.{name}")
        for command in module.cmd_init():
            command.subparser_init(subparsers)
    return parser
