"""The vocabulary of the performance model. Every number inside is SI base: byte, FLOP, second."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Term:
    """A named quantity of the model; the name is the parameter's name in every equation."""

    name: str
    """Python and JavaScript identifier, e.g. `bandwidth`."""
    symbol: str
    """LaTeX, e.g. `B`."""
    unit: str
    """SI base unit, e.g. `byte/second`; `1` for a pure number."""
    meaning: str
    """One line for a legend, e.g. `memory bandwidth`."""
    least: float = 0.0
    """The smallest value that makes sense."""
    most: float = math.inf
    """The largest value that makes sense, e.g. 1 for a share."""


@dataclass(frozen=True)
class Equation:
    """One formula, held once: LaTeX, number, sweep and JavaScript are made from `function`."""

    name: str
    """Name of the function, e.g. `decode_rate`."""
    result: Term
    """What it gives."""
    terms: tuple[Term, ...]
    """Its parameters in order."""
    function: Callable[..., float]
    """The plain Python function."""
    meaning: str
    """First line of its docstring."""
    source: str
    """Where the formula comes from."""

    def __hash__(self) -> int:
        return hash(self.name)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of its terms, in order."""
        return tuple(term.name for term in self.terms)

    def __call__(self, *args: float, **named: float) -> float:
        """The number, from terms in SI base units; always a float, as in JavaScript."""
        floats = {name: float(value) for name, value in named.items()}
        return self.function(*map(float, args), **floats)


@dataclass(frozen=True)
class Known(Generic[T]):
    """A value taken from outside."""

    value: T
    """In SI base units."""
    unit: str
    """Unit of `value`, e.g. `byte/second`; `1` for a pure number."""
    source: str
    """Who says so: document, section, or address."""
    date: str
    """When it was read or published, ISO 8601 (a year or a month will do)."""
    kind: str = "datasheet"
    """`datasheet`, `measured`, `config` (a model's own configuration) or `derived`."""
    note: str = ""
    """A caveat that must stand beside the value; empty for none."""


@dataclass(frozen=True)
class Estimate:
    """A prediction, never a bare number."""

    value: float
    """What an engine typically reaches."""
    low: float
    """Lower end of the measured error band."""
    high: float
    """Upper end of the measured error band."""
    bound: float
    """What the hardware's datasheet allows: no rate is above it, no time below it."""
    unit: str
    """Unit of all four."""
    terms: Mapping[str, float] = field(default_factory=dict)
    """What it was made from, by term name."""
    source: str = ""
    """Equation and known values behind it."""
    notes: tuple[str, ...] = ()
    """What must be said beside it, e.g. that the model does not fit; a sentence each."""
