"""Names and commands that releases no longer have, with what to write instead: facts with sources.

`scripts/removed.py` holds each against the two releases that it speaks of.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from importlib.resources import files


class Kind(Enum):
    """What was removed."""

    PYTHON = "python"
    """A module or a name of one."""
    COMMAND = "command"
    """A program that a package installed."""


@dataclass(frozen=True)
class Fact:
    """One thing that is gone."""

    name: str
    """E.g. `dspy.Claude`, `huggingface-cli`"""
    kind: Kind
    """Name of Python, or command."""
    package: str
    """The distribution that had it, normalised."""
    last: str
    """Newest release that has it."""
    gone: str
    """Oldest release after that, which does not."""
    date: str
    """Day on which that one was uploaded."""
    instead: str
    """What to write, as a clause."""
    source: str
    """Where this is known from."""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds the name in code, and not as a part of a longer one."""
        return re.compile(rf"(?<![\w./-]){re.escape(self.name)}(?![\w-])")

    @property
    def sentence(self) -> str:
        """What a person is told."""
        return f"{self.name} is gone since {self.package} {self.gone} ({self.date}); {self.instead}"


def _facts() -> Iterator[Fact]:
    text = files(__package__).joinpath("removed.toml").read_text(encoding="utf-8")
    for row in tomllib.loads(text)["removed"]:
        yield Fact(**{**row, "kind": Kind(row["kind"])})


FACTS = tuple(_facts())
"""All, as the file has them."""
