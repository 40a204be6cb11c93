"""What is remembered of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Machine:
    """Where snippets ran."""

    name: str
    """Name of the results file, e.g. `h200` or `ci-cpu`; letters, digits, `-`, `_`, `.`."""
    cpu: str
    """Model name of the processor."""
    cores: int
    """Logical processors that the process may use."""
    memory: int
    """Bytes of main memory."""
    system: str
    """Operating system and release."""
    devices: tuple[str, ...] = ()
    """Accelerators as their driver names them, e.g. `NVIDIA H200`."""
    driver: str = ""
    """Accelerator driver version; empty without one."""


@dataclass(frozen=True)
class Measured:
    """A kept variable."""

    value: float
    """Median of the samples, or the number itself; in the unit's SI base."""
    unit: str
    """Unit of `value`, e.g. `FLOP/s`."""
    samples: tuple[float, ...] = ()
    """All samples when the variable was a list of numbers; empty otherwise."""


@dataclass(frozen=True)
class Used:
    """A project file that a snippet used."""

    path: str
    """Relative to the project root, forward slashes."""
    digest: str
    """SHA-256 of its bytes; of its sorted listing for a folder; empty when it did not exist."""
    how: str
    """`import`, `open`, `list` or `run`."""


@dataclass(frozen=True)
class Output:
    """Something a snippet printed or displayed."""

    kind: str
    """`stdout`, `stderr`, `text`, `svg` or `png`."""
    text: str
    """The text itself; for `svg` and `png` the file's path from the post's folder, e.g.
    `results/h200/copy-1.svg`."""
    digest: str = ""
    """SHA-256 of the file's bytes; empty for text."""


@dataclass(frozen=True)
class Provenance:
    """How a result came to be: recorded, never hashed."""

    when: str
    """UTC time at which the snippet started, ISO 8601."""
    commit: str
    """Commit of the project; empty outside version control."""
    clean: bool
    """No uncommitted change in the project but in results and figures."""
    machine: Machine
    """Where."""
    python: str
    """Version of the kernel's Python."""
    versions: Mapping[str, str]
    """Distributions that the snippet had imported, with versions."""
    load: float
    """One-minute load average before the run."""
    elapsed: float
    """Seconds the snippet took."""


@dataclass(frozen=True)
class Result:
    """What one snippet gave on one machine."""

    snippet: str
    """The snippet's id."""
    digest: str
    """SHA-256 over the snippet's code and settings and those of every snippet before it."""
    uses: tuple[Used, ...]
    """Project files it and the snippets before it used."""
    values: Mapping[str, Measured]
    """Kept variables by name."""
    outputs: tuple[Output, ...]
    """In the order in which they appeared."""
    provenance: Provenance
    """How it came to be."""


@dataclass(frozen=True)
class Results:
    """One results file: everything recorded for a post on one machine."""

    machine: str
    """The file's stem."""
    path: str
    """Relative to the project root."""
    results: Mapping[str, Result]
    """By snippet id; only what can be trusted."""
    broken: tuple[str, ...] = ()
    """Snippets whose entry was edited by hand: they have no result until they are run again."""
