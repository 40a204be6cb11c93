"""Numbers of a sentence that were recorded: `measured("snippet.variable")`."""

from __future__ import annotations

from collections.abc import Mapping

from benchpost.errors import BenchpostError, UsageError, near
from benchpost.record.types import Measured, Results
from benchpost.roofline.units import Quantity, base_unit


def measured(results: Mapping[str, Results], name: str, machine: str = "") -> Quantity:
    """The recorded value of a kept variable; raises an error where there is none."""
    found = _value(results, name, _machine(results, name, machine))
    return Quantity(found.value, base_unit(found.unit or "1"))


def _machine(results: Mapping[str, Results], name: str, machine: str) -> str:
    """The machine asked for, or the only one that recorded the snippet."""
    if not results:
        raise BenchpostError("no result of this post is recorded; `benchpost run` records it")
    if machine:
        if machine not in results:
            hint = near(machine, results) or f"; recorded are: {', '.join(results)}"
            raise UsageError(f"no results of machine {machine!r}{hint}")
        return machine
    snippet = name.rpartition(".")[0]
    having = [each for each, found in results.items() if snippet in found.results]
    if len(having) > 1:
        said = ", ".join(having)
        raise UsageError(f"{name!r} was measured on {said}; say which with `machine=`")
    return having[0] if having else next(iter(results))


def _value(results: Mapping[str, Results], name: str, machine: str) -> Measured:
    snippet, dot, variable = name.rpartition(".")
    if not dot:
        raise UsageError(f'{name!r} names no variable; write `measured("snippet.variable")`')
    recorded = results[machine].results
    if snippet not in recorded:
        hint = near(snippet, recorded)
        raise BenchpostError(f"no result of snippet {snippet!r} is recorded on {machine}{hint}")
    values = recorded[snippet].values
    if variable not in values:
        hint = near(variable, values) or f"; kept are: {', '.join(values) or 'none'}"
        raise UsageError(f"snippet {snippet!r} kept no {variable!r} on {machine}{hint}")
    return values[variable]
