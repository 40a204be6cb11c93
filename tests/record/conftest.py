"""A project in an empty folder, and a kernel without a process for tests that need no more."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from benchpost.config import Config, Project
from benchpost.post.document import Post, Snippet
from benchpost.post.read import read_post
from benchpost.record.kernel import Failed, Ran, Shown
from benchpost.record.machine import Accelerator, Equipment
from benchpost.record.run import Order, Outcome
from benchpost.record.types import Machine

MACHINE = Machine("box", "Test CPU", 4, 8 * 10**9, "Linux 6")


@dataclass
class House:
    """A project under construction."""

    root: Path
    config: Config = field(default_factory=Config)

    @property
    def project(self) -> Project:
        return Project(self.root, self.config)

    def write(self, path: str, text: str) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def post(self, text: str, path: str = "posts/a/index.mdx") -> Post:
        return read_post(self.write(path, text), self.project)

    def order(self, *gpus: Accelerator, **settings: Any) -> Order:
        machine = Machine(**{**vars(MACHINE), "devices": tuple(gpu.name for gpu in gpus)})
        return Order(self.project, Equipment(machine, gpus), **settings)


@pytest.fixture
def house(tmp_path: Path) -> House:
    """An empty project."""
    (tmp_path / "benchpost.toml").write_text("timeout = 30\n")
    return House(tmp_path.resolve())


@dataclass
class HereKernel:
    """Executes snippets in this process; `open_files` are reported as what they used."""

    uses: Sequence[tuple[str, str]] = ()
    names: dict[str, Any] = field(default_factory=dict)
    alive: bool = False

    async def start(self) -> None:
        self.alive = True

    async def execute(self, snippet: Snippet, timeout: float) -> Ran | Failed:
        printed = io.StringIO()
        try:
            with contextlib.redirect_stdout(printed):
                exec(compile(snippet.code, f"<{snippet.id}>", "exec"), self.names)
        except Exception as error:
            return Failed(f"{type(error).__name__}: {error}", f'File "<{snippet.id}>", line 1')
        shown = [Shown("stdout", printed.getvalue())] if printed.getvalue() else []
        pictures = [Shown("svg", each.encode()) for each in self.names.pop("drawn", ())]
        found = {keep.name: self.names[keep.name] for keep in snippet.keep}
        values = {name: tuple(v) if isinstance(v, list) else float(v) for name, v in found.items()}
        return Ran((*shown, *pictures), values, tuple(self.uses), "3.11.0", {"numpy": "2.0"}, 0.25)

    async def shutdown(self) -> None:
        self.alive = False


@pytest.fixture
def here() -> Callable[[Path, Project], HereKernel]:
    """Makes kernels of this process."""
    return lambda folder, project: HereKernel()


@dataclass
class Told:
    """Progress as a list."""

    steps: list[str] = field(default_factory=list)

    def began(self, post: Post, snippet: Snippet, number: int, of: int) -> None:
        self.steps.append(f"{post.slug} {number}/{of} {snippet.id}")

    def tick(self) -> None:
        """Time is not told."""

    def ended(self, outcome: Outcome) -> None:
        self.steps.append(f"{outcome.path} {'failed' if outcome.failure else 'done'}")


@pytest.fixture
def told() -> Told:
    """Progress that remembers."""
    return Told()


@pytest.fixture
def gpu() -> Accelerator:
    """A device."""
    return Accelerator("cuda", "NVIDIA H200", 141 * 10**9, "570")
