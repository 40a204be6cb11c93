"""What in a simple command runs the tool: past `sudo`, `uv run`, `docker run … image` and so on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from benchpost.commands.facts import Program
from benchpost.commands.script import Command, Word

_KEYWORDS = "do then else elif if while until ! { time"
KEYWORDS = frozenset(_KEYWORDS.split())
"""Words of the shell itself that may stand before a command."""
_WRAPPERS = """
    sudo env nohup time exec command nice taskset numactl nsys ncu rocprof rocprofv3 timeout srun
    mpirun mpiexec torchrun accelerate uv uvx pipx poetry pdm hatch conda mamba micromamba xargs
    watch setsid screen strace perf stdbuf kubectl docker podman nerdctl ray pixi
"""
WRAPPERS = frozenset(_WRAPPERS.split())
"""Programs that run another one, which follows among their words."""
PYTHON = re.compile(r"(?:.*/)?python[0-9.]*")


@dataclass(frozen=True)
class Invocation:
    """The tool as one command runs it."""

    command: str
    """Its subcommand, e.g. `bench serve`; empty when the words do not say one."""
    name: Word
    """The word that names the tool."""
    rest: tuple[Word, ...]
    """The words after the subcommand, or after the tool where there is none."""
    by_name: bool = True
    """Run by its own name, not as a module or an image."""


def invocation(
    command: Command, program: Program, commands: Mapping[str, object]
) -> Invocation | None:
    """How a simple command runs the tool; None when it does not."""
    words = command.words
    while words and words[0].text in KEYWORDS:
        words = words[1:]
    if not words:
        return None
    found = _at(words, 0, program, commands)
    if found or _base(words[0].text) not in WRAPPERS:
        return found
    for at in range(1, len(words)):
        found = _at(words, at, program, commands)
        if found and (found.command or not found.by_name):
            return found
    return None


def _at(
    words: tuple[Word, ...], at: int, program: Program, commands: Mapping[str, object]
) -> Invocation | None:
    """The tool where it is the word at `at`."""
    word, rest = words[at], words[at + 1 :]
    base = _base(word.text)
    if base in program.binaries:
        return Invocation(program.binaries[base], word, rest)
    if base in program.names:
        groups = {name.rpartition(" ")[0] for name in commands if " " in name}
        count = _subcommand(rest, {*commands, *program.others, *groups})
        name = " ".join(each.text for each in rest[:count])
        return Invocation(name, word, rest[count:])
    if PYTHON.fullmatch(word.text):
        return _module(words[at:], program)
    image = word.text.partition(":")[0].partition("@")[0]
    if image in program.images and _runs_image(words[:at]):
        return Invocation(program.images[image], word, rest, by_name=False)
    return None


def _runs_image(before: tuple[Word, ...]) -> bool:
    """`docker run … image`, with the entry point that the image has."""
    texts = [word.text for word in before]
    return "run" in texts and not any(text.startswith("--entrypoint") for text in texts)


def _module(words: tuple[Word, ...], program: Program) -> Invocation | None:
    """`python -m the.module …`."""
    for at in range(1, len(words) - 1):
        if words[at].text == "-m":
            command = program.modules.get(words[at + 1].text)
            if command is None:
                return None
            return Invocation(command, words[at + 1], words[at + 2 :], by_name=False)
        if not words[at].text.startswith("-"):
            return None
    return None


def _subcommand(words: tuple[Word, ...], known: set[str]) -> int:
    """How many of the words name a subcommand: the most that fit."""
    most = max((name.count(" ") + 1 for name in known), default=0)
    for count in range(min(most, len(words)), 0, -1):
        if " ".join(word.text for word in words[:count]) in known:
            return count
    return 0


def _base(text: str) -> str:
    return text.rpartition("/")[2]
