"""Memory planning: KV cache of a token by model and format, and what fits beside the weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from benchpost.errors import UsageError
from benchpost.figures import markup
from benchpost.figures.quoted import AS_SOLD, citations, cited, some
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
    columns = [f"Token, {form.upper()}" for form in formats]
    rows = [
        [
            markup.escaped(of.name),
            _kept(of),
            *(show(of.kv_bytes_per_token(form), "byte") for form in formats),
            f"{int(1e9 / of.kv_bytes_per_token(formats[0])):,}",
            show(of.kv_bytes(context, formats[0]), "byte"),
        ]
        for of in models
    ]
    head_row = ["Model", "Kept of a token", *columns, "Tokens a GB", f"{context:,} tokens"]
    table = markup.table(head_row, rows, "ll" + "r" * 6)
    own = f"{markup.escaped(caption)} " if caption else ""
    note = f"{own}{_kept_note(models, formats)}"
    sources = citations((of.source, of.date) for of in models)
    return Fragment(markup.captioned(table, f"{note} Models: {sources}."))


def _kept(of: Model) -> str:
    """Numbers that a layer keeps of a token, times the layers that keep any."""
    if of.latent_rank:
        return f"({of.latent_rank} + {of.rope_dim}) × {of.layers}"
    layers = of.full_layers if of.state_heads else of.layers
    return f"2 × {of.kv_heads} × {of.head_dim} × {layers}"


def _kept_note(models: Sequence[Model], formats: Sequence[str]) -> str:
    parts = ["Kept: key and value × KV heads × size of a head × layers"]
    if any(of.latent_rank for of in models):
        parts.append("of latent attention (latent + rotary part) × layers")
    parts += [
        f"{of.name}: {of.layers - of.full_layers} of these layers keep the last {of.window:,} "
        "tokens only"
        for of in models
        if of.window and not of.state_heads
    ]
    last = f"the last two columns are of a KV cache in {formats[0].upper()}"
    return markup.escaped("; ".join([*parts, last])) + "."


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
    columns = ["Model", "GPU", "Budget", "Weights", "KV cache", "Blocks", "Tokens"]
    rows = [_row(plan, context, tp, utilisation, block) for plan in plans]
    table = markup.table([*columns, f"× {context:,}"], rows, "ll" + "r" * 6)
    each = f"Budget, weights and KV cache of each of {tp} GPUs. " if tp > 1 else ""
    fits = f"“× {context:,}” is how many sequences of that length fit. "
    said = each + fits + _note(plans, dtype, kv, utilisation, reserved, memory)
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
        else "nothing set aside for activations and CUDA graphs",
    ]
    if any(plan.model.window for plan in plans):
        parts.append("vLLM keeps a step's tokens more than each window, which is not counted")
    sources = f"Models: {citations((plan.model.source, plan.model.date) for plan in plans)}."
    if memory:
        return f"{'; '.join(parts)}. Memory of a GPU as given: {markup.escaped(memory)}. {sources}"
    parts.append(AS_SOLD)
    return f"{'; '.join(parts)}. Memory: {cited(plan.chip.memory for plan in plans)}. {sources}"
