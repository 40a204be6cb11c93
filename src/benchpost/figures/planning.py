"""Memory planning: KV cache of a token by model and format, and what fits beside the weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from benchpost.errors import UsageError
from benchpost.figures import markup
from benchpost.figures.quoted import citations, cited, some
from benchpost.figures.types import Facts, Fragment
from benchpost.roofline import predict
from benchpost.roofline.catalog import Chip, Model, chip
from benchpost.roofline.catalog import model as known_model
from benchpost.roofline.predict import Fit
from benchpost.roofline.types import Known
from benchpost.roofline.units import base_unit, convertible, parse_quantity, show

_MOST = 8
"""Names of one option in a table."""


class Plan(NamedTuple):
    """A model on a GPU, or on several that share it."""

    chip: Chip
    model: Model
    fit: Fit


def table_kv(
    facts: Facts,
    *,
    model: str,
    kv: str = "bf16, fp8",
    context: int = 8192,
    caption: str = "",
) -> Fragment:
    """Bytes of the KV cache of a token by model and format, tokens per GB, bytes of a sequence.

    The sequence has `context` tokens and its KV cache the first of the formats; windows are cut.
    """
    head = "table kv"
    models = [known_model(name) for name in some(model, "model", head, _MOST)]
    formats = some(kv, "kv", head)
    if context < 1:
        raise UsageError(f"option 'context' of {head!r} must be at least 1, not {context}")
    columns = [f"{each.upper()}{what}" for each in formats for what in (", a token", ", in 1 GB")]
    last = f"{context:,} tokens in {formats[0].upper()}"
    rows = [
        [
            markup.escaped(of.name),
            _kept(of),
            *(cell for form in formats for cell in _per_token(of, form)),
            show(of.kv_bytes(context, formats[0]), "byte"),
        ]
        for of in models
    ]
    table = markup.table(["Model", "What is kept", *columns, last], rows, "ll" + "r" * 9)
    own = f"{markup.escaped(caption)} " if caption else ""
    note = f"{own}Models: {citations((of.source, of.date) for of in models)}."
    return Fragment(markup.captioned(table, note))


def _kept(of: Model) -> str:
    """What a layer keeps of a token, and in how many layers."""
    if of.latent_rank:
        return f"{of.latent_rank} + {of.rope_dim} latent × {of.layers} layers"
    layers = of.full_layers if of.state_heads else of.layers
    kept = f"2 × {of.kv_heads} × {of.head_dim} × {layers} layers"
    if of.window and not of.state_heads:
        return f"{kept}, {of.layers - of.full_layers} of them the last {of.window:,} tokens"
    return kept


def _per_token(of: Model, form: str) -> list[str]:
    each = of.kv_bytes_per_token(form)
    return [show(each, "byte"), f"{int(1e9 / each):,}"]


def table_fits(
    facts: Facts,
    *,
    gpu: str,
    model: str,
    context: int = 8192,
    dtype: str = "bf16",
    kv: str = "bf16",
    tp: int = 1,
    utilisation: float = predict.UTILISATION,
    reserved: str = "0 GB",
    memory: str = "",
    block: int = predict.BLOCK_TOKENS,
    caption: str = "",
) -> Fragment:
    """What is left for the KV cache beside the weights, and how many sequences that is.

    Every `gpu` with every `model`, `tp` of the GPUs sharing it. Tokens and concurrency are those
    that vLLM logs at start for a longest sequence of `context`. `reserved` is what activations and
    CUDA graphs take on each GPU, `memory` what the driver reports of it; both as on your machine.
    """
    head = "table fits"
    plans = [
        _plan(on, of, memory, context=context, dtype=dtype, kv=kv, tp=tp, utilisation=utilisation,
              reserved=_bytes(head, "reserved", reserved), block=block)
        for of in (known_model(name) for name in some(model, "model", head, _MOST))
        for on in (chip(name) for name in some(gpu, "gpu", head, _MOST))
    ]  # fmt: skip
    each = " of each GPU" if tp > 1 else ""
    columns = [f"Budget{each}", f"Weights{each}", f"KV cache{each}", "Blocks", "Tokens"]
    rows = [_row(plan, context, tp, utilisation, block) for plan in plans]
    table = markup.table(
        ["Model", "GPU", *columns, f"Sequences of {context:,}"], rows, "ll" + "r" * 6
    )
    said = _note(plans, dtype, kv, utilisation, reserved, memory)
    own = f"{markup.escaped(caption)} " if caption else ""
    return Fragment(markup.captioned(table, own + said))


def _plan(
    on: Chip,
    of: Model,
    memory: str,
    *,
    context: int,
    dtype: str,
    kv: str,
    tp: int,
    utilisation: float,
    reserved: float,
    block: int,
) -> Plan:
    if memory:
        reported = _bytes("table fits", "memory", memory)
        on = replace(on, memory=Known(reported, "byte", "as given", "", "quoted"))
    fit = predict.memory(
        gpu=on,
        model=of,
        context=context,
        dtype=dtype,
        kv=kv,
        utilisation=utilisation,
        reserved=reserved,
        block=block,
        tp=tp,
    )
    return Plan(on, of, fit)


def _bytes(head: str, option: str, written: str) -> float:
    found = parse_quantity(written)
    if not convertible(found.unit, "byte"):
        raise UsageError(
            f'option {option!r} of {head!r} must be bytes, e.g. "3 GB", not {written!r} '
            f"({base_unit(found.unit)})"
        )
    return found.value


def _row(plan: Plan, context: int, tp: int, utilisation: float, block: int) -> list[str]:
    fit = plan.fit
    on = f"{tp} × {plan.chip.name}" if tp > 1 else plan.chip.name
    cells = [markup.escaped(plan.model.name), markup.escaped(on)]
    cells += [show(utilisation * fit.memory, "byte"), show(fit.weight_bytes, "byte")]
    if fit.kv_blocks < 1:
        return [*cells, "does not fit", "", "", ""]
    held = fit.kv_blocks * block * fit.kv_bytes_per_token
    logged = int(fit.max_concurrency * context)
    return [
        *cells,
        show(held, "byte"),
        f"{fit.kv_blocks:,}",
        f"{logged:,}",
        f"{fit.max_concurrency:.2f}",
    ]


def _note(
    plans: Sequence[Plan], dtype: str, kv: str, utilisation: float, reserved: str, memory: str
) -> str:
    set_aside = parse_quantity(reserved).value
    parts = [
        f"Weights in {dtype.upper()}, KV cache in {kv.upper()}, "
        f"{utilisation:.0%} of the memory".replace("%", " %"),
        f"{show(set_aside, 'byte')} set aside for activations and CUDA graphs"
        if set_aside
        else "nothing set aside for activations and CUDA graphs, so an upper bound",
    ]
    if any(plan.model.window for plan in plans):
        parts.append("vLLM keeps a step's tokens more than each window, which is not counted")
    sources = f"Models: {citations((plan.model.source, plan.model.date) for plan in plans)}."
    if memory:
        return f"{'; '.join(parts)}. Memory of a GPU as given: {markup.escaped(memory)}. {sources}"
    return f"{'; '.join(parts)}. Memory: {cited(plan.chip.memory for plan in plans)}. {sources}"
