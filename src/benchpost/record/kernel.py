"""What runs snippets: the one thing to replace when kernels are to be started in another way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from benchpost.config import Project
from benchpost.post.document import Snippet


@dataclass(frozen=True)
class Shown:
    """Something that a snippet printed or displayed, before it has a place on disk."""

    kind: str
    """`stdout`, `stderr`, `text`, `svg` or `png`."""
    content: str | bytes
    """Text, or the bytes of a picture."""


@dataclass(frozen=True)
class Ran:
    """A snippet that came to its end."""

    shown: tuple[Shown, ...]
    """In the order in which it appeared."""
    values: Mapping[str, float | tuple[float, ...]]
    """Kept variables as the snippet left them, not yet in SI base units."""
    uses: tuple[tuple[str, str], ...]
    """Absolute path and how, of all that this and earlier snippets used inside the project."""
    python: str
    """Version of the kernel's Python."""
    versions: Mapping[str, str]
    """Distributions that were imported, with versions."""
    elapsed: float
    """Seconds it took."""


@dataclass(frozen=True)
class Failed:
    """A snippet that did not; its kernel is good for nothing but to be shut down."""

    message: str
    """What happened, a clause, e.g. `ZeroDivisionError: division by zero`."""
    trace: str = ""
    """Traceback in which the code of a snippet is called `File "<id>", line N`."""
    missing: str = ""
    """The name that was not defined, when that was the failure."""


class Kernel(Protocol):
    """Runs the snippets of one post, one after the other, in one state."""

    async def start(self) -> None:
        """Be ready for the first snippet. Raises BenchpostError when that cannot be."""

    async def execute(self, snippet: Snippet, timeout: float) -> Ran | Failed:
        """Run one snippet to its end, or for `timeout` seconds."""

    async def shutdown(self) -> None:
        """End it and every process that it started. May be called at any time, and twice."""


StartKernel = Callable[[Path, Project], Kernel]
"""Makes a kernel that will run in a folder of a project."""
