"""Chips and models from the TOML of a catalogue; everything that is wrong with it, line by line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from benchpost.errors import BenchpostError, Place, UsageError, near
from benchpost.roofline.chips import PEAK_FORMATS, PLATFORMS, Chip
from benchpost.roofline.models import Model, Repository, RepositoryFile
from benchpost.roofline.types import Known
from benchpost.roofline.units import parse_quantity

DIMENSIONS = ("layers", "hidden", "heads", "kv_heads", "head_dim", "intermediate", "vocab")
"""What a model must say of itself."""

TITLES = {
    "data-centre": "server",
    "desktop, above 2 GHz": "fast desktop",
    "desktop, below 2 GHz": "desktop",
    "Apple, Jetson": "soc",
}
"""Platforms as the catalogue's page calls them; any case will do."""

NO_VALUE: Known[float] = Known(1.0, "1", "", "")
"""Stands where a value is at fault; the whole text is then refused."""


@dataclass(frozen=True)
class _Entry:
    """A chip, a model or a source of the text."""

    kind: str
    """`chip`, `model` or `sources`."""
    nth: int
    """Its number among those of its kind, from 0; -1 for the text itself."""
    table: Mapping[str, Any]
    """What it holds."""
    name: str
    """As it is called in a message."""


def entries(text: str, path: str) -> tuple[tuple[Chip, ...], tuple[Model, ...], Mapping[str, str]]:
    """Chips, models and reasons of unsupported models. Raises UsageError with all faults."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BenchpostError(f"not TOML: {error}", Place(path)) from error
    reader = _Reader(text, path, table.get("sources", {}))
    whole = _Entry("", -1, table, "the file")
    reader.known_keys(whole, table, ("sources", "chip", "model", "unsupported"), "the file")
    chips = tuple(reader.chip(entry) for entry in reader.listed(whole, "chip"))
    models = tuple(made for entry in reader.listed(whole, "model") if (made := reader.model(entry)))
    reader.tell()
    return chips, models, table.get("unsupported", {})


@dataclass(frozen=True)
class _Reader:
    """Turns the tables of one text into chips and models, and keeps what is wrong with them."""

    text: str
    path: str
    sources: Mapping[str, Mapping[str, str]]
    faults: list[UsageError] = field(default_factory=list)

    def fault(self, message: str, entry: _Entry, key: str = "") -> None:
        line = line_of(self.text, entry.kind, entry.nth, key)
        self.faults.append(UsageError(message, Place(self.path, line)))

    def tell(self) -> None:
        """Raise what is wrong, if anything is."""
        if not self.faults:
            return
        if len(self.faults) == 1:
            raise self.faults[0]
        ordered = sorted(self.faults, key=lambda fault: fault.place or Place(self.path))
        lines = "\n".join(f"  {fault}" for fault in ordered)
        raise UsageError(f"{self.path} has {len(self.faults)} faults:\n{lines}")

    def listed(self, whole: _Entry, kind: str) -> Iterable[_Entry]:
        found = whole.table.get(kind, [])
        if isinstance(found, list) and all(isinstance(each, dict) for each in found):
            for nth, each in enumerate(found):
                yield _Entry(kind, nth, each, str(each.get("name", f"a {kind} without a name")))
            return
        named = next(iter(found), "") if isinstance(found, dict) else ""
        example = f'`[[{kind}]]` and below it `name = "{named or "…"}"`'
        here = f"`[{kind}.{named}]`" if named else f"`{kind} = …`"
        self.fault(f"a {kind} is written as {example}, not {here}", whole, kind)

    def known_keys(
        self, entry: _Entry, table: Mapping[str, Any], known: Iterable[str], where: str
    ) -> None:
        names = tuple(known)
        for key in table:
            if key not in names:
                hint = near(key, names)
                said = f"unknown key {key!r} in {where}{hint}; keys are {', '.join(names)}"
                self.fault(said, entry, key)

    def chip(self, entry: _Entry) -> Chip:
        table, name = entry.table, self._name(entry)
        keys = (each.name for each in fields(Chip) if each.name != "platform_stated")
        self.known_keys(entry, table, keys, name)
        return Chip(
            name=name,
            aliases=tuple(table.get("aliases", ())),
            memory=self.needed(entry, "memory", "byte"),
            bandwidth=self.needed(entry, "bandwidth", "byte/second"),
            peaks=self._peaks(entry, "peaks"),
            measured_bandwidth=self.optional(entry, "measured_bandwidth", "byte/second"),
            measured_peaks=self._peaks(entry, "measured_peaks"),
            platform=self._platform(entry),
            platform_stated="platform" in table,
            cache=self.optional(entry, "cache", "byte"),
            link=self.optional(entry, "link", "byte/second"),
        )

    def _name(self, entry: _Entry) -> str:
        if not isinstance(entry.table.get("name"), str):
            self.fault(f"a {entry.kind} without a name", entry, "name")
        return entry.name

    def _platform(self, entry: _Entry) -> str:
        written = entry.table.get("platform", "desktop")
        named = {title.lower(): key for title, key in TITLES.items()}
        platform = named.get(str(written).lower(), written)
        if platform in PLATFORMS:
            return str(platform)
        hint = near(str(written), [*PLATFORMS, *TITLES]) or f"; known are {', '.join(PLATFORMS)}"
        self.fault(f"the platform of {entry.name} is {written!r}{hint}", entry, "platform")
        return "desktop"

    def _peaks(self, entry: _Entry, key: str) -> dict[str, Known[float]]:
        table = entry.table.get(key, {})
        if not isinstance(table, dict):
            said = f"the {key} of {entry.name} are a value for each format, like {key}.bf16 = …"
            self.fault(said, entry, key)
            return {}
        self.known_keys(entry, table, PEAK_FORMATS, f"the {key} of {entry.name}")
        known = [dtype for dtype in table if dtype in PEAK_FORMATS]
        return {
            dtype: self.quantity(entry, table[dtype], "flop/second", f"{key}.{dtype}")
            for dtype in known
        }

    def needed(self, entry: _Entry, key: str, unit: str) -> Known[float]:
        if key not in entry.table:
            self.fault(f"{entry.name} has no {key}", entry)
            return NO_VALUE
        return self.quantity(entry, entry.table[key], unit, key)

    def optional(self, entry: _Entry, key: str, unit: str) -> Known[float] | None:
        written = entry.table.get(key)
        return self.quantity(entry, written, unit, key) if written is not None else None

    def quantity(self, entry: _Entry, written: Any, unit: str, key: str) -> Known[float]:
        """The value of a key, with its source; `NO_VALUE` and a fault where it is none."""
        of = f"{key} of {entry.name}"
        if not isinstance(written, dict) or not {"is", "by"} <= set(written):
            self.fault(f"{of} must be a value with its source, {self._like(written)}", entry, key)
            return NO_VALUE
        self.known_keys(entry, written, ("is", "by", "note"), of)
        source = self.source(entry, written["by"], of, key)
        try:
            value = parse_quantity(str(written["is"]))
        except UsageError as error:
            self.fault(f"{of}: {error.message}", entry, key)
            return NO_VALUE
        if value.unit != unit:
            self.fault(f"{of} is {written['is']!r}, which is not in {unit}", entry, key)
        note = str(written.get("note", ""))
        return Known(value.value, unit, source.title, source.date, source.kind, note)

    def _like(self, written: Any) -> str:
        """How a value is written, on what was written and a source that there is."""
        known = next(iter(self.sources), "datasheet")
        value = written if isinstance(written, str) else "1008 GB/s"
        return f'like {{ is = "{value}", by = "{known}" }}'

    def source(self, entry: _Entry, key: Any, of: str, at: str) -> _Source:
        """The source `key`; a fault where it is not known or lacks a title or a date."""
        found = self.sources.get(str(key))
        if not isinstance(found, dict):
            hint = near(str(key), self.sources)
            self.fault(f"{of} names the unknown source {key!r}{hint}", entry, at)
            return _Source("", "")
        nth = list(self.sources).index(str(key))
        for needed in ("title", "date"):
            if needed not in found:
                said = f"source {key!r} has no {needed}"
                if all(fault.message != said for fault in self.faults):
                    self.fault(said, _Entry("sources", nth, found, str(key)))
        kind = str(found.get("kind", "datasheet"))
        return _Source(str(found.get("title", "")), str(found.get("date", "")), kind)

    def model(self, entry: _Entry) -> Model | None:
        name, before = self._name(entry), len(self.faults)
        own = dict(entry.table)
        stated = own.pop("parameters", None)
        source = self.source(entry, own.pop("by", ""), name, "by")
        repository = own.pop("repository", None)
        expected = {f.name for f in fields(Model)} - {"source", "date", "repository"}
        self.known_keys(entry, own, sorted(expected), name)
        self._complete(entry)
        if len(self.faults) > before or "name" not in own:
            return None
        made = Model(
            **{**own, "aliases": tuple(own.get("aliases", ()))},
            source=source.title,
            date=source.date,
            repository=_repository(repository) if repository else None,
        )
        if stated is not None and stated != made.parameters.value:
            said = f"{name} is said to have {stated} parameters but counts {made.parameters.value}"
            self.fault(said, entry, "parameters")
        return made

    def _complete(self, entry: _Entry) -> None:
        own, name = entry.table, entry.name
        for dimension in DIMENSIONS:
            if not isinstance(own.get(dimension), int) or own[dimension] <= 0:
                said = f"{name} needs {dimension} as a positive whole number"
                self.fault(said, entry, dimension)
        if not isinstance(own.get("tied_embeddings"), bool):
            said = f"{name} needs tied_embeddings as true or false"
            self.fault(said, entry, "tied_embeddings")


@dataclass(frozen=True)
class _Source:
    """Who says so, when, and what kind of source it is."""

    title: str
    date: str
    kind: str = "datasheet"


def _repository(table: Mapping[str, Any]) -> Repository:
    listed = tuple(RepositoryFile(**file) for file in table["files"])
    return Repository(**{**table, "files": listed})


def line_of(text: str, kind: str, nth: int, key: str = "") -> int:
    """The line, from 1, of a key in the `nth` entry of a kind; of its head where it has no line.

    With `nth` -1, the first line of the whole text that begins with the key, else 1.
    """
    lines = text.splitlines()
    if nth < 0:
        head, first, last = 0, 0, len(lines)
    else:
        heads = [at for at, line in enumerate(lines) if re.match(rf"\s*\[+{kind}\b", line)]
        # subtables of an entry, `[chip.peaks]`, are no heads of their own
        whole = [at for at in heads if kind == "sources" or lines[at].lstrip().startswith("[[")]
        if nth >= len(whole):
            return 1
        head = first = whole[nth]
        last = whole[nth + 1] if nth + 1 < len(whole) else len(lines)
    written = re.compile(rf"\s*\[*(?:[\w-]+\.)*{re.escape(key)}\b")
    found = (at for at in range(first, last) if key and written.match(lines[at]))
    return next(found, head) + 1
