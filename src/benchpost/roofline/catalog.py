"""The catalogue: accelerators and models as known values, each with its source and date.

`data/chips.toml` and `data/models.toml` ship with the package; a file of the user's own, of the
same shape, is read over them by `read`. Names are matched without case, spaces and vendor, so
what a driver reports (`NVIDIA H100 80GB HBM3`) finds its entry.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Protocol, TypeVar

from benchpost.errors import BenchpostError, Place, UsageError, near
from benchpost.roofline import equations
from benchpost.roofline.types import Known
from benchpost.roofline.units import Quantity, parse_quantity

FORMAT_BYTES: dict[str, float] = {
    "fp32": 4.0,
    "bf16": 2.0,
    "fp16": 2.0,
    "fp8": 1.0,
    "int8": 1.0,
    "fp4": 0.5,
    "int4": 0.5,
}
"""Bytes of an element by format; four-bit formats without the scales of their groups."""

PEAK_FORMATS = ("bf16", "fp16", "fp16-acc16", "fp8", "fp8-acc16", "int8", "fp4")
"""Formats a peak may be given for; they accumulate in FP32 unless they say otherwise."""


@dataclass(frozen=True)
class Chip:
    """An accelerator as its datasheet has it, and what others measured on it."""

    name: str
    """As written in posts, e.g. `RTX 4090`."""
    memory: Known[float]
    """Memory in bytes, GB read as 1e9."""
    bandwidth: Known[float]
    """Peak memory bandwidth in byte/second."""
    peaks: Mapping[str, Known[float]]
    """Dense peak compute rates in flop/second by format, e.g. `bf16`."""
    measured_bandwidth: Known[float] | None = None
    """What somebody reached, in byte/second, or None where no source is known."""
    measured_peaks: Mapping[str, Known[float]] = field(default_factory=dict)
    """What somebody reached with large matmuls, in flop/second by format."""
    aliases: tuple[str, ...] = ()
    """Other names, among them what drivers report."""

    def peak(self, dtype: str = "bf16") -> Known[float]:
        """The dense peak for `dtype`. Raises UsageError that lists what there is."""
        return _of(self.peaks, dtype, f"{self.name} has no peak for")

    def compute_peak(self, dtype: str = "bf16") -> Known[float]:
        """The peak that holds for weights of `dtype`.

        Weights of a format that the chip does not multiply in are widened to 16 bits first.
        """
        format_bytes(dtype)
        ways = (dtype, "bf16", "fp16")
        return self.peak(next((way for way in ways if way in self.peaks), dtype))

    def measured_peak(self, dtype: str = "bf16") -> Known[float]:
        """The highest rate measured for `dtype`. Raises UsageError where none is known."""
        return _of(self.measured_peaks, dtype, f"no measured peak is known of {self.name} for")


@dataclass(frozen=True)
class RepositoryFile:
    """A file of a model repository."""

    name: str
    """Path in the repository."""
    size: int
    """Bytes."""


@dataclass(frozen=True)
class Repository:
    """What a model's repository holds, as recorded on a day."""

    name: str
    """Organisation and name, e.g. `Qwen/Qwen3-4B-Instruct-2507`."""
    revision: str
    """The commit that was looked at."""
    modified: str
    """When it was last changed, ISO 8601."""
    files: tuple[RepositoryFile, ...]
    """Every file with its size."""
    source: str
    """Who recorded it."""
    date: str
    """When it was recorded, ISO 8601."""
    note: str = ""
    """A caveat that must stand beside the numbers."""

    @property
    def total(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


@dataclass(frozen=True)
class Model:
    """A dense decoder with grouped-query attention and a gated MLP, as its config.json has it."""

    name: str
    """As written in posts, e.g. `Qwen3-4B-Instruct-2507`."""
    layers: int
    """Hidden layers."""
    hidden: int
    """Hidden size."""
    heads: int
    """Query heads."""
    kv_heads: int
    """Key-value heads."""
    head_dim: int
    """Size of a head; not always hidden / heads."""
    intermediate: int
    """Intermediate size of the MLP."""
    vocab: int
    """Vocabulary size."""
    tied_embeddings: bool
    """Whether the LM head is the input embedding."""
    source: str
    """Where the dimensions were read."""
    date: str
    """When they were read, ISO 8601."""
    query_key_norm: bool = False
    """Whether query and key heads have an RMS norm."""
    qkv_bias: bool = False
    """Whether the query, key and value projections have a bias."""
    max_context: int | None = None
    """Longest context, or None where it is not recorded."""
    repository: Repository | None = None
    """Its files, where they are recorded."""
    aliases: tuple[str, ...] = ()
    """Other names."""

    @cached_property
    def layer_parameters(self) -> int:
        """Parameters in the matrices of one layer."""
        return round(
            equations.layer_parameters(
                hidden=self.hidden,
                heads=self.heads,
                kv_heads=self.kv_heads,
                head_dim=self.head_dim,
                intermediate=self.intermediate,
            )
        )

    @cached_property
    def head_parameters(self) -> int:
        """Parameters of the LM head, which are those of the embedding when tied."""
        return round(equations.head_parameters(hidden=self.hidden, vocab=self.vocab))

    @cached_property
    def parameters(self) -> Known[int]:
        """All parameters: matrices, embeddings, norms and biases."""
        embeddings = self.head_parameters * (1 if self.tied_embeddings else 2)
        count = self.layers * (self.layer_parameters + self._small_parameters) + self.hidden
        return Known(count + embeddings, "1", f"counted from {self.source}", self.date, "derived")

    @property
    def _small_parameters(self) -> int:
        norms = 2 * self.hidden + (2 * self.head_dim if self.query_key_norm else 0)
        width = (self.heads + 2 * self.kv_heads) * self.head_dim
        return norms + (width if self.qkv_bias else 0)

    @property
    def streamed_parameters(self) -> int:
        """Parameters that a decode step reads: an untied input embedding is only looked up."""
        unread = 0 if self.tied_embeddings else self.head_parameters
        return self.parameters.value - unread

    def weight_bytes(self, dtype: str = "bf16") -> float:
        """Bytes of all weights in `dtype`."""
        return equations.weight_bytes(
            parameters=self.parameters.value, parameter_bytes=format_bytes(dtype)
        )

    def streamed_bytes(self, dtype: str = "bf16") -> float:
        """Bytes of the weights that a decode step reads in `dtype`."""
        return equations.weight_bytes(
            parameters=self.streamed_parameters, parameter_bytes=format_bytes(dtype)
        )

    def kv_bytes_per_token(self, kv: str = "bf16") -> float:
        """Bytes of the KV cache for one token in all layers."""
        return equations.kv_bytes_per_token(
            layers=self.layers,
            kv_heads=self.kv_heads,
            head_dim=self.head_dim,
            kv_element_bytes=format_bytes(kv),
        )


def format_bytes(dtype: str) -> float:
    """Bytes of an element of `dtype`. Raises UsageError with near misses."""
    if dtype not in FORMAT_BYTES:
        known = ", ".join(FORMAT_BYTES)
        raise UsageError(f"unknown format {dtype!r}{near(dtype, FORMAT_BYTES)}; known are {known}")
    return FORMAT_BYTES[dtype]


def _of(known: Mapping[str, Known[float]], dtype: str, lacking: str) -> Known[float]:
    if dtype in known:
        return known[dtype]
    having = f"it has {', '.join(known)}" if known else "it has none"
    raise UsageError(f"{lacking} {dtype!r}{near(dtype, known)}; {having}")


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
    words = re.sub(r"\b(nvidia|geforce|amd|instinct|tesla)\b", "", name.lower().rpartition("/")[2])
    return re.sub(r"[\s_-]+", "", words)


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
    """The catalogue that TOML `text` holds. Raises BenchpostError naming the entry at fault."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BenchpostError(f"not TOML: {error}", Place(path)) from error
    reader = _Reader(path, table.get("sources", {}))
    _known_keys(table, ("sources", "chip", "model", "unsupported"), "the file", path)
    return Catalog(
        chips=tuple(reader.chip(entry) for entry in table.get("chip", ())),
        models=tuple(reader.model(entry) for entry in table.get("model", ())),
        unsupported=table.get("unsupported", {}),
    )


def _known_keys(table: Mapping[str, Any], known: Iterable[str], where: str, path: str) -> None:
    names = tuple(known)
    for key in table:
        if key not in names:
            hint = near(key, names)
            message = f"unknown key {key!r} in {where}{hint}; keys are {', '.join(names)}"
            raise UsageError(message, Place(path))


@dataclass(frozen=True)
class _Reader:
    """Turns the tables of one file into chips and models."""

    path: str
    sources: Mapping[str, Mapping[str, str]]

    def refuse(self, message: str) -> UsageError:
        return UsageError(message, Place(self.path))

    def chip(self, entry: Mapping[str, Any]) -> Chip:
        name = self._name(entry, "chip")
        _known_keys(entry, (item.name for item in fields(Chip)), name, self.path)
        reached = entry.get("measured_bandwidth")
        return Chip(
            name=name,
            aliases=tuple(entry.get("aliases", ())),
            memory=self.known(entry, "memory", "byte", name),
            bandwidth=self.known(entry, "bandwidth", "byte/second", name),
            peaks=self._peaks(entry.get("peaks", {}), name),
            measured_bandwidth=self.quantity(reached, "byte/second", name) if reached else None,
            measured_peaks=self._peaks(entry.get("measured_peaks", {}), name),
        )

    def _name(self, entry: Mapping[str, Any], kind: str) -> str:
        if not isinstance(entry.get("name"), str):
            raise self.refuse(f"a {kind} without a name")
        return str(entry["name"])

    def _peaks(self, table: Mapping[str, Any], name: str) -> dict[str, Known[float]]:
        _known_keys(table, PEAK_FORMATS, f"the peaks of {name}", self.path)
        return {dtype: self.known(table, dtype, "flop/second", name) for dtype in table}

    def known(self, table: Mapping[str, Any], key: str, unit: str, of: str) -> Known[float]:
        if key not in table:
            raise self.refuse(f"{of} has no {key}")
        return self.quantity(table[key], unit, f"{key} of {of}")

    def quantity(self, entry: Any, unit: str, of: str) -> Known[float]:
        if not isinstance(entry, dict) or not {"is", "by"} <= set(entry):
            example = '{ is = "1008 GB/s", by = "datasheet" }'
            raise self.refuse(f"{of} must be a value with its source, like {example}")
        _known_keys(entry, ("is", "by", "note"), of, self.path)
        value: Quantity = parse_quantity(str(entry["is"]))
        if value.unit != unit:
            raise self.refuse(f"{of} is {entry['is']!r}, which is not in {unit}")
        source = self.source(entry["by"], of)
        return Known(value.value, unit, **source, note=str(entry.get("note", "")))

    def source(self, key: str, of: str) -> dict[str, str]:
        """Title, date and kind of the source `key`."""
        if key not in self.sources:
            raise self.refuse(f"{of} names the unknown source {key!r}{near(key, self.sources)}")
        source = self.sources[key]
        for needed in ("title", "date"):
            if needed not in source:
                raise self.refuse(f"source {key!r} has no {needed}")
        kind = source.get("kind", "datasheet")
        return {"source": source["title"], "date": source["date"], "kind": kind}

    def model(self, entry: Mapping[str, Any]) -> Model:
        name = self._name(entry, "model")
        own = dict(entry)
        stated = own.pop("parameters", None)
        source = self.source(own.pop("by", ""), name)
        repository = own.pop("repository", None)
        expected = {f.name for f in fields(Model)} - {"source", "date", "repository"}
        _known_keys(own, sorted(expected), name, self.path)
        self._complete(own, name)
        made = Model(
            **{**own, "aliases": tuple(own.get("aliases", ()))},
            source=source["source"],
            date=source["date"],
            repository=_repository(repository) if repository else None,
        )
        if stated is not None and stated != made.parameters.value:
            counted = made.parameters.value
            raise self.refuse(f"{name} is said to have {stated} parameters but counts {counted}")
        return made

    def _complete(self, own: Mapping[str, Any], name: str) -> None:
        for dimension in DIMENSIONS:
            if not isinstance(own.get(dimension), int) or own[dimension] <= 0:
                raise self.refuse(f"{name} needs {dimension} as a positive whole number")
        if not isinstance(own.get("tied_embeddings"), bool):
            raise self.refuse(f"{name} needs tied_embeddings as true or false")


DIMENSIONS = ("layers", "hidden", "heads", "kv_heads", "head_dim", "intermediate", "vocab")
"""What a model must say of itself."""


def _repository(table: Mapping[str, Any]) -> Repository:
    listed = tuple(RepositoryFile(**file) for file in table["files"])
    return Repository(**{**table, "files": listed})
