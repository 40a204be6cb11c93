"""Values for the terms of an equation: given, known of a chip or model, or derived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from benchpost.errors import UsageError, near
from benchpost.figures.options import Option
from benchpost.roofline import predict
from benchpost.roofline.catalog import DIMENSIONS, Model, chip, format_bytes
from benchpost.roofline.catalog import model as known_model
from benchpost.roofline.engines import engine_for, layer_time
from benchpost.roofline.equations import EQUATIONS
from benchpost.roofline.terms import TERMS
from benchpost.roofline.types import Equation
from benchpost.roofline.units import parse_quantity

_STATED = {each.name for each in fields(Model)} - {"layers", "parameters"}
"""What a model says of itself; the terms among it have the same names."""


@dataclass(frozen=True)
class Values:
    """Where the numbers of an equation may come from."""

    gpu: str = ""
    """Name of a chip, or empty."""
    model: str = ""
    """Name of a model, or empty."""
    dtype: str = "bf16"
    """Format of weights and of the elements of a matmul."""
    kv: str = "bf16"
    """Format of the KV cache."""
    given: Mapping[str, Option] = field(default_factory=dict)
    """Terms that the author gave a value, as written."""

    @property
    def is_empty(self) -> bool:
        """Nothing was said, so that the formula stands alone."""
        return not (self.gpu or self.model or self.given)

    def of(self, equation: Equation) -> dict[str, float]:
        """A value for every term, in SI base units; UsageError that names what is missing."""
        known = {**_usual(), **self._formats(), **self._known(equation), **self._given()}
        found = {term.name: _derived(term.name, known, ()) for term in equation.terms}
        missing = [name for name, value in found.items() if value is None]
        if missing:
            raise UsageError(self._lacking(equation, missing))
        return {name: value for name, value in found.items() if value is not None}

    def sources(self, equation: Equation) -> dict[str, list[tuple[str, str]]]:
        """(source, date) of what the chip and the model give to the equation, by their names."""
        found = {}
        behind = terms_behind(equation)
        if self.gpu:
            on = chip(self.gpu)
            known = {"bandwidth": on.bandwidth, "peak": on.compute_peak(self.dtype)}
            known["memory"] = on.memory
            found[on.name] = [(v.source, v.date) for name, v in known.items() if name in behind]
        if self.model:
            of = known_model(self.model)
            found[of.name] = [(of.source, of.date)]
        return {name: sources for name, sources in found.items() if sources}

    def _lacking(self, equation: Equation, missing: list[str]) -> str:
        wanted = ", ".join(f"{name}=" for name in missing)
        behind = {term for name in missing for term in (name, *_behind(name))}
        instead = "".join(
            f" or {key}="
            for key, value, gives in (
                ("gpu", self.gpu, {"bandwidth", "peak", "memory", "efficiency"}),
                ("model", self.model, {*DIMENSIONS, "parameters", "weight_bytes"}),
            )
            if not value and behind & gives
        )
        return f"'equation {equation.name}' needs {wanted}{instead}, or no values at all"

    def _formats(self) -> dict[str, float]:
        return {
            "element_bytes": format_bytes(self.dtype),
            "parameter_bytes": format_bytes(self.dtype),
            "kv_element_bytes": format_bytes(self.kv),
        }

    def _known(self, equation: Equation) -> dict[str, float]:
        return {**(self._chip() if self.gpu else {}), **self._model(equation)}

    def _chip(self) -> dict[str, float]:
        on = chip(self.gpu)
        return {
            "bandwidth": on.bandwidth.value,
            "peak": on.compute_peak(self.dtype).value,
            "memory": on.memory.value,
            "efficiency": predict.efficiency(on),
            "layer_time": layer_time(on.platform, engine_for(on.platform, None)),
        }

    def _model(self, equation: Equation) -> dict[str, float]:
        if not self.model:
            return {}
        of = known_model(self.model)
        return {
            **_fields(of),
            "parameters": float(of.parameters.value),
            "layer_parameters": float(of.layer_parameters),
            "head_parameters": float(of.head_parameters),
            "weight_bytes": of.streamed_bytes(self.dtype),
            "held_bytes": of.weight_bytes(self.dtype),
        }

    def _given(self) -> dict[str, float]:
        return {name: _in_base_unit(name, value) for name, value in self.given.items()}


def _fields(of: Model) -> dict[str, float]:
    """Terms that a model's own description says: dimensions, experts, ranks, states, window."""
    known = {name: float(getattr(of, name)) for name in DIMENSIONS}
    stated = {name: getattr(of, name) for name in TERMS if name in _STATED}
    known |= {name: float(value) for name, value in stated.items() if value}
    matrices = {"mlp_matrices": 3.0 if of.gated else 2.0}
    shared = {"shared_intermediate": float(of.shared_intermediate)} if of.experts else {}
    return {**known, **matrices, **shared}


def _usual() -> dict[str, float]:
    """What holds where nothing is said."""
    return {
        "batch": 1.0,
        "utilisation": predict.UTILISATION,
        "reserved_bytes": 0.0,
        "block_tokens": float(predict.BLOCK_TOKENS),
        "layer_time": predict.LAYER_TIME,
        "compute_share": predict.COMPUTE_SHARES[1],
    }


def _derived(name: str, known: Mapping[str, float], above: tuple[str, ...]) -> float | None:
    """The value of a term; where it is not known, what the equation of that name gives."""
    if name in known:
        return known[name]
    equation = EQUATIONS.get(name)
    if equation is None or name in above:
        return None
    parts = {term.name: _derived(term.name, known, (*above, name)) for term in equation.terms}
    floats = {term: value for term, value in parts.items() if value is not None}
    return equation(**floats) if len(floats) == len(parts) else None


def terms_behind(equation: Equation) -> list[str]:
    """Every term that the equation, or one that derives a term of it, takes."""
    found: dict[str, None] = {}
    waiting = [equation]
    while waiting:
        for term in waiting.pop().terms:
            if term.name not in found:
                found[term.name] = None
                waiting += [EQUATIONS[term.name]] if term.name in EQUATIONS else []
    return list(found)


def _behind(name: str) -> list[str]:
    return terms_behind(EQUATIONS[name]) if name in EQUATIONS else []


def check_terms(equation: Equation, given: Mapping[str, Option], options: tuple[str, ...]) -> None:
    """Raise UsageError for an option that is neither one of `options` nor a term behind."""
    behind = terms_behind(equation)
    for key in given:
        if key not in behind:
            hint = near(key, [*options, *behind])
            raise UsageError(
                f"'equation {equation.name}' has no option {key!r}{hint}; its options are "
                f"{', '.join(options)} and the terms {', '.join(behind)}"
            )


def _in_base_unit(name: str, value: Option) -> float:
    unit = TERMS[name].unit
    if isinstance(value, bool):
        raise UsageError(f"option {name!r} must be a number or a quantity, not {value}")
    return parse_quantity(value).to(unit) if isinstance(value, str) else float(value)
