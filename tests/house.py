"""A project under construction, for the tests that fill and check posts in one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchpost.config import Project


@dataclass(frozen=True)
class House:
    """A project under construction."""

    root: Path

    @property
    def project(self) -> Project:
        return Project(self.root)

    def write(self, path: str, text: str | bytes) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return file

    def read(self, path: str) -> str:
        return (self.root / path).read_bytes().decode()

    def files(self) -> dict[str, bytes]:
        found = (file for file in sorted(self.root.rglob("*")) if file.is_file())
        return {file.relative_to(self.root).as_posix(): file.read_bytes() for file in found}
