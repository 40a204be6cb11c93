"""What the interpreter works with: parsers, what is added to them, and the names of a function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from toolfacts.sources import Ref


@dataclass(frozen=True)
class Parser:
    """A parser, or a group of one: what is added to either is the command's."""

    command: str
    """E.g. `bench serve`"""


@dataclass(frozen=True)
class Subparsers:
    """What `add_subparsers` gives."""

    command: str
    """The command whose subcommands these are."""


@dataclass(frozen=True)
class Added:
    """One `add_argument`."""

    command: str
    """The command it is for."""
    names: tuple[str, ...]
    """Flags, or the name of a word without one."""
    words: Mapping[str, object]
    """The keywords it was given, as far as they are known."""


@dataclass
class Scope:
    """The names of a function at work."""

    ref: Ref
    """The function."""
    names: dict[str, object] = field(default_factory=dict)
    """What they are."""


class Returned(Exception):
    """Leaves a function with a value."""

    def __init__(self, value: object) -> None:
        super().__init__()
        self.value = value


Special = Callable[[list[object], dict[str, object]], object]
"""A function of the tool that is not followed but known."""
