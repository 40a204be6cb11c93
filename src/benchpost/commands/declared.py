"""What a page says of the tools it speaks of, in its front matter.

commands:
  vllm: "0.33.0"        # the release, or `>=0.22` for all from there on
  allow: ["--omni"]     # flags, variables and metrics of plugins
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from benchpost.commands.facts import tools
from benchpost.commands.versions import stretch
from benchpost.errors import near

KEY = "commands"
ALLOW = "allow"


@dataclass(frozen=True)
class Declared:
    """What a page declares."""

    versions: Mapping[str, str]
    """Tool and release, e.g. `{"vllm": "0.33.0"}`."""
    allowed: frozenset[str] = frozenset()
    """What it allows beyond the facts."""
    problems: tuple[str, ...] = ()
    """What is not understood."""


def declared(front: Mapping[str, Any]) -> Declared | None:
    """The declaration in front matter; None where there is none. Loads no facts."""
    if KEY not in front:
        return None
    table = front[KEY]
    if not isinstance(table, Mapping):
        said = f'`{KEY}` is a table of tools and releases, e.g. `{KEY}: {{vllm: "0.33.0"}}`'
        return Declared({}, problems=(said,))
    known = tools()
    versions: dict[str, str] = {}
    problems = []
    for name, value in table.items():
        if name == ALLOW:
            continue
        if name not in known:
            hint = near(str(name), [*known, ALLOW]) or f"; there are {', '.join(known)}"
            problems.append(f"`{KEY}`: no facts on the tool {name!r}{hint}")
        elif not isinstance(value, str) or stretch(value, "0") is None:
            said = f"`{KEY}`: {value!r} is no release of {name}"
            problems.append(f'{said}; write it in quotes, e.g. "0.33.0" or ">=0.22"')
        else:
            versions[str(name)] = value
    allow = table.get(ALLOW, [])
    if not isinstance(allow, list) or not all(isinstance(each, str) for each in allow):
        problems.append(f'`{KEY}`: `{ALLOW}` is a list of names, e.g. `{ALLOW}: ["--omni"]`')
        allow = []
    return Declared(versions, frozenset(allow), tuple(problems))
