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
from functools import cache
from pathlib import Path
from typing import Any, Protocol, TypeVar

from benchpost.errors import BenchpostError, Place, UsageError, near
from benchpost.roofline.formats import FORMAT_BYTES as FORMAT_BYTES
from benchpost.roofline.formats import format_bytes as format_bytes
from benchpost.roofline.formats import weight_format
from benchpost.roofline.models import Model as Model
from benchpost.roofline.models import Repository as Repository
from benchpost.roofline.models import RepositoryFile as RepositoryFile
from benchpost.roofline.types import Known
from benchpost.roofline.units import Quantity, parse_quantity

PLATFORMS = {
    "server": "a data-centre card: a slower host, high-latency memory",
    "desktop": "a desktop or workstation card that clocks below 2 GHz",
    "fast desktop": "a desktop or workstation card that clocks above 2 GHz",
    "soc": "a GPU on the chip of a laptop or module: Apple, Jetson",
}
"""What hands a chip its work; the time that a layer costs beside its bytes depends on it."""

BEYOND = {
    "fp16": ("fp16-acc16",),
    "ggml": ("bf16", "fp16", "fp16-acc16", "int8"),
    "fp8": ("fp8-acc16",),
    "fp4": ("fp8", "fp8-acc16"),
}
"""Other peaks that engines use for matmuls of a format, where they are higher."""

GIB_PER_GB = 2**30 / 1e9
"""What a GB of a datasheet's memory is where it means GiB, as memory is sold: 7.4 % more."""

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
    platform: str = "desktop"
    """What hands it its work: a key of `PLATFORMS`."""
    cache: Known[float] | None = None
    """Last-level cache in bytes: what fits in it can be read faster than from memory."""
    link: Known[float] | None = None
    """Bandwidth to other GPUs in byte/second, both ways together."""
    aliases: tuple[str, ...] = ()
    """Other names, among them what drivers report."""

    def __hash__(self) -> int:
        return hash(self.name)

    @property
    def most_memory(self) -> float:
        """The most bytes that a device may report: the datasheet's GB read as GiB.

        An H100 of 80 GB reports 81,559 MiB, which is 85.5 GB and a little less than 80 GiB.
        """
        return GIB_PER_GB * self.memory.value

    def peak(self, dtype: str = "bf16") -> Known[float]:
        """The dense peak for `dtype`. Raises UsageError that lists what there is."""
        return _of(self.peaks, dtype, f"{self.name} has no peak for")

    def compute_peak(self, dtype: str = "bf16") -> Known[float]:
        """The peak that holds for weights of `dtype`.

        Weights of a format that the chip does not multiply in are widened to 16 bits first.
        """
        ways = (dtype, weight_format(dtype).compute, "bf16", "fp16")
        return self.peak(next((way for way in ways if way in self.peaks), dtype))

    def bound_peak(self, dtype: str = "bf16") -> float:
        """The highest rate that an engine may reach with weights of `dtype`, in flop/second.

        Above `compute_peak` where engines accumulate in FP16, multiply quantised weights in INT8,
        or where a card was measured above its rated clock.
        """
        ways = {weight_format(dtype).compute, *BEYOND.get(weight_format(dtype).compute, ())}
        rates = [
            made[way].value
            for made in (self.peaks, self.measured_peaks)
            for way in ways
            if way in made
        ]
        return max([self.compute_peak(dtype).value, *rates])

    def measured_peak(self, dtype: str = "bf16") -> Known[float]:
        """The highest rate measured for `dtype`. Raises UsageError where none is known."""
        return _of(self.measured_peaks, dtype, f"no measured peak is known of {self.name} for")


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
    own = re.sub(r"^[\w.-]+/(?=\w)", "", name.lower())  # without the owner of a repository
    words = re.sub(r"\b(nvidia|geforce|amd|instinct|tesla)\b", "", own)
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
            platform=self._platform(entry.get("platform", "desktop"), name),
            cache=self.known(entry, "cache", "byte", name) if "cache" in entry else None,
            link=self.known(entry, "link", "byte/second", name) if "link" in entry else None,
        )

    def _platform(self, platform: Any, name: str) -> str:
        if platform not in PLATFORMS:
            known = ", ".join(PLATFORMS)
            raise self.refuse(f"the platform of {name} is {platform!r}; known are {known}")
        return str(platform)

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
