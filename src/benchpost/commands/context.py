"""What every judgement needs: the tool, the releases asked for, and what the page allows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchpost.commands.facts import Tool
from benchpost.commands.versions import Life, Stretch, near, order


@dataclass(frozen=True)
class Context:
    """What a page is held against."""

    tool: Tool
    """The facts."""
    asked: Stretch
    """The releases that the page speaks of, as far as there are facts."""
    allowed: frozenset[str] = frozenset()
    """Flags, variables and metrics that the page allows."""
    vocabulary: Callable[[str], int | None] | None = None
    """The size of a model's vocabulary by its name, where somebody can tell."""

    @property
    def is_newest(self) -> bool:
        """The page speaks of the newest release only: values are known for that one alone."""
        return order(self.asked.low) == order(self.tool.version)

    def release(self) -> str:
        """The tool and what is asked of it. E.g. `vllm 0.33.0`"""
        return f"{self.tool.name} {self.asked}"

    def table(self, *path: str) -> Mapping[str, Any]:
        """A table that is kept by hand; empty where there is none."""
        found: Mapping[str, Any] = self.tool.kept
        for name in path:
            found = found.get(name, {})
        return found

    @property
    def closed(self) -> frozenset[str]:
        """Flags that refuse other values than those known, though the parser takes any."""
        return frozenset(self.tool.kept.get("closed", ()))

    def members(self, flag: str) -> tuple[str, ...]:
        """The members of the type that a flag takes, by the table kept by hand; () without one."""
        row = self.table("members").get(flag)
        if row is None:
            return ()
        names = self.tool.enums[row["of"]]
        numbers = row.get("number", False)
        taken = (re.sub(r"\D", "", name) if numbers else name for name in names)
        return (*taken, *row.get("also", ()))

    def rows(self, name: str) -> list[Mapping[str, Any]]:
        """A list of tables that is kept by hand."""
        found: list[Mapping[str, Any]] = self.tool.kept.get(name, [])
        return found

    def life(self, stretches: Sequence[Life]) -> Life:
        """The stretch of a life that matters to the releases asked for."""
        return near(stretches, self.asked)

    def has(self, stretches: Sequence[Life]) -> bool:
        """Whether something is there in all releases asked for."""
        return self.life(stretches).covers(self.asked)

    def since(self, version: str) -> bool:
        """Whether all releases asked for are at least this one."""
        return order(version) <= order(self.asked.low)

    def ends(self, life: Life) -> str:
        """How the end of something reads. E.g. `gone since 0.8.3 (last in 0.8.2)`"""
        last = self.tool.before(life.gone)
        return f"gone since {life.gone}" + (f" (last in {last})" if last else "")

    def instead(self, name: str, *path: str) -> str:
        """What to write instead, as the end of a sentence; empty where nothing is known."""
        found = self.table(*path).get(name, "")
        return (
            f"; write {found}"
            if found and not found.startswith("nothing")
            else (f"; {found.replace('nothing: ', 'leave it out: ')}" if found else "")
        )

    def shown(self, command: str) -> str:
        """A command as one types it. E.g. `vllm serve`, `llama-server`"""
        program = self.tool.program
        own = next((name for name, each in program.binaries.items() if each == command), "")
        return own or f"{self.tool.name} {command}".strip()

    def prefix(self, of: str, default: str) -> str:
        """How the tool's names of one sort begin, where not with its own name."""
        return str(self.table("prefixes").get(of, default))

    def program_names(self) -> tuple[str, ...]:
        """The names that the tool is installed and started by."""
        return (self.tool.name, *self.tool.program.names, *self.tool.program.binaries)


def listed(names: Sequence[str], most: int = 10) -> str:
    """Some names, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
