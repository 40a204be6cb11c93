"""What in a simple command runs the tool: past `sudo`, `uv run`, `docker run … image` and so on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
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
        return _run(word, rest, program, commands)
    if PYTHON.fullmatch(word.text):
        return _module(words[at:], program, commands)
    image = _image(word.text, program)
    if image and "run" in (each.text for each in words[:at]):
        entry = _entry_point(words[:at])
        if entry is not None:
            return _at((entry, *rest), 0, program, commands)
        return Invocation(program.images[image], word, rest, by_name=False)
    return None


def _run(
    word: Word, rest: tuple[Word, ...], program: Program, commands: Mapping[str, object]
) -> Invocation:
    """The tool by its own name: what follows may say a subcommand."""
    groups = {name.rpartition(" ")[0] for name in commands if " " in name}
    count = _subcommand(rest, {*commands, *program.others, *groups})
    name = " ".join(each.text for each in rest[:count])
    return Invocation(name, word, rest[count:])


def _image(text: str, program: Program) -> str:
    """The image of the tool that a word names, whatever registry, tag or digest; or nothing."""
    path, slash, last = text.rpartition("/")
    name = path + slash + re.split("[:@]", last, maxsplit=1)[0]
    first, _, rest = name.partition("/")
    bare = rest if re.search(r"[.:]|^localhost$", first) else name
    return bare if bare in program.images else ""


def _entry_point(before: Sequence[Word]) -> Word | None:
    """What a container runs instead of what its image says."""
    for at, word in enumerate(before):
        if word.text == "--entrypoint" and at + 1 < len(before):
            return before[at + 1]
        if word.text.startswith("--entrypoint="):
            return word.cut(len("--entrypoint="))
    return None


def _module(
    words: tuple[Word, ...], program: Program, commands: Mapping[str, object]
) -> Invocation | None:
    """`python -m the.module …`; a module that is no one command is the tool itself."""
    for at in range(1, len(words) - 1):
        if words[at].text == "-m":
            name, rest = words[at + 1], words[at + 2 :]
            command = program.modules.get(name.text)
            if command is None:
                return None
            if not command:
                return _run(name, rest, program, commands)
            return Invocation(command, name, rest, by_name=False)
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
