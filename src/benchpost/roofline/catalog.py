"""The catalogue: accelerators and models as known values, each with its source and date.

`data/chips.toml` and `data/models.toml` ship with the package; a file of the user's own, of the
same shape, is read over them by `read`. Names are matched without case, spaces and vendor, so
what a driver reports (`NVIDIA H100 80GB HBM3`) finds its entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Protocol, TypeVar

from benchpost.errors import UsageError, near
from benchpost.roofline.catalog_text import DIMENSIONS as DIMENSIONS
from benchpost.roofline.catalog_text import entries
from benchpost.roofline.chips import GIB_PER_GB as GIB_PER_GB
from benchpost.roofline.chips import PLATFORMS as PLATFORMS
from benchpost.roofline.chips import Chip as Chip
from benchpost.roofline.formats import FORMAT_BYTES as FORMAT_BYTES
from benchpost.roofline.formats import format_bytes as format_bytes
from benchpost.roofline.models import Model as Model
from benchpost.roofline.models import Repository as Repository
from benchpost.roofline.models import RepositoryFile as RepositoryFile


class _Named(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def aliases(self) -> tuple[str, ...]: ...


N = TypeVar("N", bound=_Named)


@dataclass(frozen=True)
class Catalog:
    """Chips and models by name."""

    chips: tuple[Chip, ...] = ()
    """In the order of the file."""
    models: tuple[Model, ...] = ()
    """In the order of the file."""
    unsupported: Mapping[str, str] = field(default_factory=dict)
    """Models that the equations do not hold for, and what they have that is not covered."""

    def chip(self, name: str) -> Chip:
        """The chip of that name or alias. Raises UsageError with near misses."""
        return _find(name, self.chips, "GPU")

    def model(self, name: str) -> Model:
        """The model of that name or alias. Raises UsageError with near misses, or why not."""
        reasons = {_folded(known): why for known, why in self.unsupported.items()}
        if _folded(name) in reasons:
            why = reasons[_folded(name)]
            raise UsageError(f"{name} has {why}, which the equations do not cover")
        return _find(name, self.models, "model")


def _find(name: str, entries: Iterable[N], kind: str) -> N:
    named = {known: entry for entry in entries for known in (*entry.aliases, entry.name)}
    folded = {_folded(known): entry for known, entry in named.items()}
    if _folded(name) in folded:
        return folded[_folded(name)]
    begun = sorted({e.name for f, e in folded.items() if f.startswith(_folded(name)) and name})
    hint = "; did you mean " + " or ".join(map(repr, begun)) + "?" if begun else near(name, named)
    listed = f"; known are {', '.join(dict.fromkeys(e.name for e in named.values()))}"
    raise UsageError(f"unknown {kind} {name!r}{hint or listed}")


@cache
def _folded(name: str) -> str:
    """`NVIDIA GeForce RTX 4090`, `rtx-4090` and `RTX 4090` are the same."""
    own = re.sub(r"^[\w.-]+/(?=\w)", "", name.lower())  # without the owner of a repository
    words = re.sub(r"\b(nvidia|geforce|amd|instinct|tesla)\b", "", own)
    return re.sub(r"[\s_-]+", "", words)


def differ(asked: str, name: str) -> bool:
    """Whether two names are more than two ways to write one."""
    return _folded(asked) != _folded(name)


@cache
def chip(name: str) -> Chip:
    """The shipped chip of that name or alias. Raises UsageError with near misses."""
    return _shipped("chips.toml").chip(name)


@cache
def model(name: str) -> Model:
    """The shipped model of that name or alias. Raises UsageError with near misses, or why not."""
    return _shipped("models.toml").model(name)


def chips() -> tuple[Chip, ...]:
    """All shipped chips."""
    return _shipped("chips.toml").chips


def models() -> tuple[Model, ...]:
    """All shipped models."""
    return _shipped("models.toml").models


@cache
def shipped() -> Catalog:
    """What ships with the package."""
    return Catalog(
        chips=_shipped("chips.toml").chips,
        models=_shipped("models.toml").models,
        unsupported=_shipped("models.toml").unsupported,
    )


@cache
def _shipped(name: str) -> Catalog:
    # beside this module, not through importlib.resources, which takes longer to import than to read
    file = Path(__file__).parent / "data" / name
    return parse(file.read_text(encoding="utf-8"), f"benchpost/roofline/data/{name}")


def read(file: Path) -> Catalog:
    """The shipped catalogue with the chips and models of `file` in place of or before its own."""
    if not file.is_file():
        raise UsageError(f"no file {file}")
    from benchpost.files import read_text  # what ships is read without its imports

    own, known = parse(read_text(file), file.as_posix()), shipped()
    return Catalog(
        chips=_over(own.chips, known.chips),
        models=_over(own.models, known.models),
        unsupported={**known.unsupported, **own.unsupported},
    )


def _over(own: tuple[N, ...], known: tuple[N, ...]) -> tuple[N, ...]:
    taken = {_folded(name) for entry in own for name in (entry.name, *entry.aliases)}
    return own + tuple(entry for entry in known if _folded(entry.name) not in taken)


def parse(text: str, path: str) -> Catalog:
    """The catalogue that TOML `text` holds. Raises UsageError with all that is wrong, each with
    its line."""
    return Catalog(*entries(text, path))
