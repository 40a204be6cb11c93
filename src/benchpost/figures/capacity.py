"""The chart of how many sequences fit at once, against their length."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from benchpost.errors import UsageError
from benchpost.figures import markup
from benchpost.figures.axis import Axis, logarithmic
from benchpost.figures.curves import LONGEST, SHORTEST
from benchpost.figures.names import changed, file_stem
from benchpost.figures.quoted import AS_SOLD, MOST, citations, cited, some
from benchpost.figures.shown import shown
from benchpost.figures.sweep import Sweep, csv, powers
from benchpost.figures.types import Facts, Fragment
from benchpost.roofline import predict
from benchpost.roofline.catalog import Chip, Model, chip
from benchpost.roofline.catalog import model as known_model
from benchpost.roofline.units import show

_HEAD = "chart capacity"
_CHAIN = ("max_concurrency",)


class _Series(NamedTuple):
    chip: Chip
    model: Model
    kv: str
    fit: predict.Fit
    sweep: Sweep

    @property
    def name(self) -> str:
        return f"{self.chip.name}, {self.model.name}, KV cache in {self.kv.upper()}"


def chart_capacity(
    facts: Facts,
    *,
    gpu: str,
    model: str,
    kv: str = "bf16",
    dtype: str = "bf16",
    tp: int = 1,
    utilisation: float = predict.UTILISATION,
    to: int = 0,
    seqs: int = 0,
    name: str = "",
    caption: str = "",
) -> Fragment:
    """Sequences whose KV cache fits at once against their length, in whole blocks.

    Every `gpu` with every `model` and every format of `kv`, at most four curves in all. With
    `seqs`, a line at that many: what `--max-num-seqs` admits.
    """
    series = _series(gpu, model, kv, dtype=dtype, tp=tp, utilisation=utilisation)
    axis = _tokens(series, to)
    rows = [_curve(i, each, series) for i, each in enumerate(series)]
    if seqs:
        rows.append(_admitted(seqs))
    ends = [each.sweep.at(x) for each in series for x in (axis.lo, axis.hi)]
    data = {
        "x": axis.data(),
        "y": logarithmic("sequences at once", max(min(ends) / 2, 0.1), max(ends) * 2).data(),
        "series": rows,
        "title": f"Sequences that fit at once: {_named(series)}",
        "description": _said(series, axis),
    }
    options = changed(
        kv=(kv, "bf16"), dtype=(dtype, "bf16"), tp=(tp, 1), to=(to, 0), seqs=(seqs, 0)
    )
    options += changed(utilisation=(utilisation, predict.UTILISATION))
    stem = file_stem(_HEAD, name, gpu, model, *options)
    note = _note(series, caption, dtype, tp, utilisation)
    return shown(facts, stem, "lines", data, note, _table(series, axis))


def _series(
    gpu: str, model: str, kv: str, *, dtype: str, tp: int, utilisation: float
) -> list[_Series]:
    triples = [
        (chip(on), known_model(of), form)
        for of in some(model, "model", _HEAD)
        for on in some(gpu, "gpu", _HEAD)
        for form in some(kv, "kv", _HEAD)
    ]
    if len(triples) > MOST:
        raise UsageError(f"{_HEAD!r} shows at most {MOST} curves, not {len(triples)}")
    found = []
    for on, of, form in triples:
        _refuse_windows(of)
        fit = predict.memory(
            gpu=on, model=of, context=1, dtype=dtype, kv=form, tp=tp, utilisation=utilisation
        )
        if fit.tokens < 2 * SHORTEST:
            raise UsageError(_does_not_fit(on, of, fit, dtype))
        terms = {"kv_blocks": float(fit.kv_blocks), "block_tokens": float(predict.BLOCK_TOKENS)}
        found.append(_Series(on, of, form, fit, Sweep(_CHAIN, terms, ("context",))))
    return found


def _refuse_windows(of: Model) -> None:
    if of.window or of.state_heads:
        raise UsageError(
            f"{of.name} keeps windows or states, which are not in proportion to the length; "
            "`table fits` counts them"
        )


def _does_not_fit(on: Chip, of: Model, fit: predict.Fit, dtype: str) -> str:
    return (
        f"{of.name} in {dtype} ({show(fit.weight_bytes, 'byte')} of weights on each GPU) leaves no "
        f"room for a KV cache on {on.name}; choose another gpu, dtype or tp"
    )


def _tokens(series: Sequence[_Series], to: int) -> Axis:
    longest = [each.model.max_context or LONGEST for each in series]
    end = to or min(max(longest), LONGEST)
    if end < 2 * SHORTEST:
        raise UsageError(f"option 'to' of {_HEAD!r} must be at least {2 * SHORTEST}, not {to}")
    return logarithmic("tokens of each sequence", SHORTEST, end, base=2.0)


def _label(each: _Series, series: Sequence[_Series]) -> str:
    several = [
        (each.chip.name, len({s.chip.name for s in series}) > 1),
        (each.model.name, len({s.model.name for s in series}) > 1),
        (f"{each.kv.upper()} KV", len({s.kv for s in series}) > 1),
    ]
    return ", ".join(word for word, needed in several if needed) or each.model.name


def _curve(i: int, each: _Series, series: Sequence[_Series]) -> dict[str, Any]:
    label = _label(each, series)
    return {"sweep": each.sweep.data(), "style": i, "label": label, "dash": i, "until": None}


def _admitted(seqs: int) -> dict[str, Any]:
    """A level line: so many blocks, of which a sequence takes one."""
    terms = {"kv_blocks": float(seqs), "context": 1.0, "block_tokens": 1.0}
    return {
        "sweep": Sweep(_CHAIN, terms, ()).data(),
        "style": MOST - 1,
        "label": f"{seqs:,} admitted",
        "dash": 2,
        "thick": 1.5,
    }


def _named(series: Sequence[_Series]) -> str:
    models = ", ".join(dict.fromkeys(each.model.name for each in series))
    chips = ", ".join(dict.fromkeys(each.chip.name for each in series))
    return f"{models} on {chips}"


def _said(series: Sequence[_Series], axis: Axis) -> str:
    return "; ".join(
        f"{each.name}: {each.sweep.at(axis.lo):,.0f} of {int(axis.lo):,} tokens, "
        f"{each.sweep.at(axis.hi):,.1f} of {int(axis.hi):,}"
        for each in series
    )


def _note(series: Sequence[_Series], caption: str, dtype: str, tp: int, utilisation: float) -> str:
    shared = f" on {tp} GPUs" if tp > 1 else ""
    own = markup.escaped(caption) or (
        f"Weights in {dtype.upper()}{shared}, {utilisation:.0%} of the memory, nothing set aside "
        f"for activations and CUDA graphs; {AS_SOLD}."
    ).replace("%", " %")
    models = citations((each.model.source, each.model.date) for each in series)
    return f"{own} Memory: {cited(each.chip.memory for each in series)}. Models: {models}."


def _table(series: Sequence[_Series], axis: Axis) -> bytes:
    head = ["tokens", *(each.name for each in series)]
    rows = [[x, *(each.sweep.at(x) for each in series)] for x in powers(axis.lo, axis.hi)]
    return csv(head, rows)
