"""Predictions: what the hardware allows, what engines typically reach, and how far off that is.

Every prediction is an `Estimate`: the bound from the datasheet, the typical value from the
constants of `engines`, and a band from measured errors (`bands`). Sizes may be NumPy arrays and
broadcast.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from benchpost.errors import UsageError
from benchpost.roofline import bands, catalog, equations, layer_equations, notes
from benchpost.roofline.bands import Band
from benchpost.roofline.calibration import Calibration
from benchpost.roofline.catalog import Chip
from benchpost.roofline.compute import at as at
from benchpost.roofline.compute import larger, smaller
from benchpost.roofline.engines import EFFICIENCY as EFFICIENCY
from benchpost.roofline.engines import Engine, engine_for, layer_time
from benchpost.roofline.formats import weight_format
from benchpost.roofline.models import Model
from benchpost.roofline.sizes import at_least, share
from benchpost.roofline.types import Estimate
from benchpost.roofline.work import Work, work

LAYER_TIME = 53e-6
"""Seconds per layer of a fast desktop card; other platforms are in `engines.LAYER_TIMES`."""
DECODE_ERROR = 0.25
"""90 % of the fit's relative errors are smaller, for GPUs left out of the fit."""
DECODE_FIT = (
    "562 published batch-1 decode rates of optimised engines on 24 GPUs, fitted as 0.86 of the "
    "bandwidth and a time per layer by platform; for GPUs left out of the fit the median error is "
    "7.4 %, the mean 12.0 %, and 90 % of the errors are below 25 %"
)

COMPUTE_SHARES = (0.16, 0.37, 0.73)
"""10 %, 50 % and 90 % quantile of the achieved share of the peak in prefill, over all rows."""
PREFILL_FIT = (
    "uncalibrated: the share of the peak that prefill reaches falls as the peak grows; of "
    "published batch-1 prefill rates, most of them of llama.cpp, 80 % lie within the band"
)
MOST_SHARE, SHARE_AT_100, SHARE_POWER = 0.6, 0.36, 0.4
"""Of llama.cpp's prefill: the largest share, that at 100 TFLOPS, and how fast it falls; fitted."""
SERVING_SHARE = 0.6
"""Share of the peak that compiled and captured engines are taken to reach in prefill.

A judgement, for which were looked at: 0.65, which explains the prompts of servers
(`batching.COMPUTE_SHARE`), and published prefills of 0.63 (LMDeploy, A100, FP16) and 0.72 to 0.81
(MLX, M4 Max). Those prefills are no independent test of it.
"""

UTILISATION = 0.92
"""Share of the memory that vLLM takes by default since 0.20.0."""
BLOCK_TOKENS = 16
"""Tokens of a KV-cache block in vLLM unless a backend chooses another size."""
EXCHANGE_LATENCY = 12e-6
"""Seconds of an all-reduce of nothing among the GPUs of one machine; set by hand."""
SLOWEST_LINK = 64e9
"""byte/second, both ways, of PCIe 4 x16: where a chip's link is not in the catalogue."""


@dataclass(frozen=True)
class Fit:
    """What fits into the memory of one accelerator."""

    memory: float
    """Bytes of memory, as on the datasheet."""
    weight_bytes: float
    """Bytes of the weights on each GPU."""
    kv_bytes_per_token: float
    """Bytes of the KV cache for one token on each GPU, before any window cuts it off."""
    kv_blocks: int
    """KV-cache blocks beside the weights; 0 when not even the weights fit."""
    tokens: int
    """Tokens that these blocks hold."""
    max_concurrency: float
    """Sequences of the asked length that fit at once."""
    source: str
    """How it was counted."""
    utilisation: float = UTILISATION
    """Share of the memory that is used."""
    context: float = 0.0
    """Tokens of each of these sequences."""
    notes: tuple[str, ...] = ()
    """What must be said beside it, a sentence each."""


@dataclass(frozen=True)
class Setting:
    """What a prediction is asked for: found by name, and what follows from it."""

    chip: Chip
    model: Model
    engine: Engine
    named: bool
    dtype: str
    kv: str
    tp: int
    work: Work

    @cached_property
    def layer_time(self) -> float:
        """Seconds of a layer beside its bytes."""
        return layer_time(self.chip.platform, self.engine)

    @cached_property
    def held_bytes(self) -> float:
        """Bytes of the weights that each GPU holds."""
        return self.model.weight_bytes(self.dtype) / self.tp

    @cached_property
    def peak(self) -> float:
        """The dense peak for the weights' format, in flop/second."""
        return self.chip.compute_peak(self.dtype).value

    @cached_property
    def bound_peak(self) -> float:
        """The highest rate that an engine may reach, in flop/second."""
        return self.chip.bound_peak(self.dtype)

    @cached_property
    def constants(self) -> dict[str, float]:
        """Terms that do not depend on sizes."""
        return {
            **_dimensions(self.model),
            "kv_bytes_per_token": self.model.kv_bytes_per_token(self.kv),
            "peak": self.peak,
            "bandwidth": self.chip.bandwidth.value,
        }

    @cached_property
    def band(self) -> Band:
        """Of decode at batch 1."""
        band = bands.DECODE[self.chip.platform]
        if not self.named or self.engine.kind == "captured":
            band = band.wider(bands.UNSEEN_ENGINE, "few rows of current engines were at hand")
        if self.model.experts:
            band = band.wider(bands.EXPERTS, "few rows of mixtures of experts were at hand")
        if self.tp > 1:
            band = band.wider(bands.SEVERAL, "the fit saw one GPU only")
        return band

    @cached_property
    def band_of_batches(self) -> Band:
        """Of decode of several sequences at once."""
        return self.band.wider(bands.UNSEEN_BATCH, "the fit saw batch 1 only")

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What must be said beside every prediction of it."""
        shared = notes.about_sharing(self.model, self.tp)
        return (*shared, *notes.about_platform(self.chip))

    @cached_property
    def named_sources(self) -> str:
        """Where bound, model and engine constants come from."""
        return f"{self.data_sources}; engine: {self.engine.name} ({self.engine.note})"

    @cached_property
    def data_sources(self) -> str:
        """Where bound and model come from."""
        return f"bound: {self.chip.bandwidth.source}; {_dims(self.model)}"


@cache
def setting_of(
    gpu: str | Chip, model: str | Model, engine: str | None, dtype: str, kv: str, tp: int
) -> Setting:
    chip, net = _chip(gpu), _model(model)
    if tp < 1:
        raise UsageError(f"tp must be at least 1, not {tp}")
    asked = engine or weight_format(dtype).engine or None
    chosen = engine_for(chip.platform, asked)
    held = chosen.format_of(dtype)
    return Setting(chip, net, chosen, asked is not None, held, kv, tp, work(net, held, kv, tp))


def decode(
    *,
    gpu: str | Chip,
    model: str | Model,
    context: Any = 0,
    batch: Any = 1,
    dtype: str = "bf16",
    kv: str = "bf16",
    weights: str | None = None,
    engine: str | None = None,
    tp: int = 1,
    calibration: Calibration | None = None,
) -> Estimate:
    """Tokens per second of a decode step over `batch` sequences of `context` tokens each.

    `weights` is another word for `dtype`; `tp` GPUs share the model. The rate is of all sequences
    together: a sequence has its `batch`-th part, and batch / rate is the time per output token.
    """
    setting = setting_of(gpu, model, engine, weights or dtype, kv, tp)
    terms = _decode_terms(setting, context, batch, calibration)
    bound = batch / _least_step(setting, terms)
    step = at(equations.engine_step_time, terms) + terms["exchange_time"]
    several = hasattr(batch, "shape") or batch > 1
    band = setting.band_of_batches if several else setting.band
    band = (calibration and calibration.band) or band
    typical = smaller(batch / step, bound)
    return Estimate(
        value=typical,
        low=typical * band.low,
        high=smaller(bound, typical * band.high),
        bound=bound,
        unit="token/second",
        terms=terms,
        source=_source(setting, band, DECODE_FIT),
        notes=notes_on(setting, terms["kv_bytes"], context),
    )


def notes_on(setting: Setting, kv_bytes: Any, tokens: Any) -> tuple[str, ...]:
    """What must be said of the setting, and that it does not fit or is too long, where it is."""
    room = notes.about_room(setting.chip, setting.tp, setting.held_bytes, kv_bytes)
    return (*room, *notes.about_length(setting.model, tokens), *setting.notes)


def decode_terms(
    chip: Chip, net: Model, *, context: Any, batch: Any, dtype: str, kv: str
) -> dict[str, Any]:
    """The terms of a decode step by name, for `decode_step_time` and `engine_step_time`."""
    return _decode_terms(setting_of(chip, net, None, dtype, kv, 1), context, batch, None)


def _decode_terms(
    setting: Setting, context: Any, batch: Any, calibration: Calibration | None
) -> dict[str, Any]:
    at_least(0, context=context)
    at_least(1, batch=batch)
    faster, slowed = (
        (calibration.efficiency_factor, calibration.layer_factor) if calibration else (1.0, 1.0)
    )
    done = setting.work
    return {
        **setting.constants,
        "batch": batch,
        "context": context,
        "weight_bytes": done.weight_bytes(batch),
        "kv_bytes": done.kv_bytes(context, batch),
        "decode_flops": done.decode_flops(context, batch),
        "efficiency": smaller(1.0, EFFICIENCY * faster),
        "layer_time": setting.layer_time * slowed,
        "exchange_time": exchange_time(setting, batch),
    }


def _least_step(setting: Setting, terms: Mapping[str, Any]) -> Any:
    """Seconds that no engine undercuts: one token's experts, the highest peak, all bandwidth."""
    peak = setting.bound_peak
    least = {**terms, "weight_bytes": setting.work.least_weight_bytes, "peak": peak}
    return at(equations.decode_step_time, least)


def exchange_time(setting: Setting, rows: Any) -> Any:
    if setting.tp == 1:
        return 0.0
    link = setting.chip.link.value if setting.chip.link else SLOWEST_LINK
    sizes = {"hidden": setting.model.hidden, "element_bytes": 2.0, "tensor_parallel": setting.tp}
    moved = at(layer_equations.all_reduce_bytes, {"rows": rows, **sizes})
    return at(
        layer_equations.exchange_time,
        {
            "exchanges": 2.0 * setting.model.layers,
            "exchange_latency": EXCHANGE_LATENCY,
            "exchange_bytes": moved,
            "link": link / 2,
        },
    )


def prefill(
    *,
    gpu: str | Chip,
    model: str | Model,
    prompt: Any,
    batch: Any = 1,
    dtype: str = "bf16",
    kv: str = "bf16",
    weights: str | None = None,
    engine: str | None = None,
    tp: int = 1,
    cached: Any = 0,
    calibration: Calibration | None = None,
) -> Estimate:
    """Seconds to the first token of `batch` prompts, with nobody queueing.

    `cached` tokens of each prompt are in the KV cache already: attended to, but not computed.
    """
    setting = setting_of(gpu, model, engine, weights or dtype, kv, tp)
    return prefill_of(setting, prompt, batch, cached, calibration)


def prefill_of(
    setting: Setting,
    prompt: Any,
    batch: Any = 1,
    cached: Any = 0,
    calibration: Calibration | None = None,
) -> Estimate:
    """`prefill` of what is known already."""
    terms = _prefill_terms(setting, prompt, batch, cached, calibration)
    bound = at(
        equations.prefill_time,
        {
            **terms,
            "peak": setting.bound_peak,
            "weight_bytes": setting.work.least_weight_bytes,
        },
    )
    typical = larger(bound, at(equations.engine_prefill_time, terms) + terms["exchange_time"])
    band = (calibration and calibration.prefill_band) or _prefill_band(setting)
    return Estimate(
        value=typical,
        low=larger(bound, typical / band.high),
        high=typical / band.low,
        bound=bound,
        unit="second",
        terms=terms,
        source=_source(setting, band, PREFILL_FIT),
        notes=notes_on(setting, setting.work.kv_bytes(prompt, batch), prompt),
    )


def _prefill_terms(
    setting: Setting, prompt: Any, batch: Any, cached: Any, calibration: Calibration | None
) -> dict[str, Any]:
    at_least(1, prompt=prompt, batch=batch)
    at_least(0, cached=cached)
    at_least(1, **{"tokens that are not cached": prompt - cached})
    tokens = prompt - cached
    reached = compute_share(setting.chip, setting.engine, setting.dtype)
    return {
        **setting.constants,
        "peak": prefill_peak(setting.chip, setting.engine, setting.dtype),
        "batch": batch,
        "tokens": tokens,
        "context": prompt,
        "weight_bytes": setting.work.weight_bytes(batch * tokens),
        "prefill_flops": setting.work.prefill_flops(tokens, prompt, batch),
        "efficiency": EFFICIENCY,
        "compute_share": min(1.0, reached * (calibration.compute_factor if calibration else 1.0)),
        "exchange_time": exchange_time(setting, batch * tokens),
    }


def _prefill_band(setting: Setting) -> Band:
    if setting.engine.kind == "launched":
        band = bands.PREFILL[setting.chip.platform]
    else:
        band = bands.PREFILL_OTHER
    return (
        band.wider(bands.PREFILL_EXPERTS, "no row is of experts") if setting.model.experts else band
    )


def prefill_peak(chip: Chip, chosen: Engine, dtype: str) -> float:
    """The peak that an engine's prefill is a share of, in flop/second.

    llama.cpp accumulates in FP16 or multiplies in INT8, where GeForce cards are twice as fast as
    with FP32: by that peak a GeForce card and the workstation card of the same chip agree.
    """
    plain = chip.compute_peak(dtype).value
    if chosen.name != "llama.cpp" or "fp16-acc16" not in chip.peaks:
        return plain
    return max(plain, chip.peaks["fp16-acc16"].value)


def compute_share(chip: Chip, chosen: Engine, dtype: str) -> float:
    """Share of `prefill_peak` that prefill is taken to reach.

    Engines that launch kernel by kernel (llama.cpp) do not scale with matrix cores: over chips from
    3 to 756 TFLOPS the share falls with the 0.4th power of the peak; every GPU counts once.
    """
    peak = prefill_peak(chip, chosen, dtype)
    if chosen.kind != "launched":
        return min(0.9, SERVING_SHARE * chip.bound_peak(dtype) / peak)
    return float(min(MOST_SHARE, SHARE_AT_100 * (100e12 / peak) ** SHARE_POWER))


def memory(
    *,
    gpu: str | Chip,
    model: str | Model,
    context: Any,
    dtype: str = "bf16",
    kv: str = "bf16",
    weights: str | None = None,
    engine: str | None = None,
    utilisation: Any = UTILISATION,
    block: Any = BLOCK_TOKENS,
    tp: int = 1,
    reserved: Any = 0.0,
) -> Fit:
    """How many KV-cache blocks, tokens and sequences fit beside the weights, as vLLM counts them.

    Activations and CUDA graphs, which vLLM also sets aside, are only counted as `reserved` bytes.
    With windows or recurrent layers, a sequence takes less than its tokens times the bytes of one.
    """
    setting = setting_of(gpu, model, engine, weights or dtype, kv, tp)
    at_least(1, context=context, block=block)
    at_least(0, reserved=reserved)
    share(utilisation=utilisation)
    terms = {
        "memory": setting.chip.memory.value,
        "utilisation": utilisation,
        "held_bytes": setting.held_bytes,
        "reserved_bytes": reserved,
        "block_tokens": block,
        "context": context,
        "kv_bytes_per_token": sum(mixing.kv_bytes for mixing in setting.work.mixings),
    }
    return _fit(setting, terms)


def _fit(setting: Setting, terms: dict[str, Any]) -> Fit:
    terms["kv_blocks"] = larger(0.0, at(equations.kv_blocks, terms))
    return Fit(
        memory=terms["memory"],
        weight_bytes=terms["held_bytes"],
        kv_bytes_per_token=terms["kv_bytes_per_token"],
        kv_blocks=_whole(terms["kv_blocks"]),
        tokens=_whole(terms["kv_blocks"] * terms["block_tokens"]),
        max_concurrency=_sequences(setting.work, terms),
        source=f"memory: {setting.chip.memory.source}; {_dims(setting.model)}; "
        "no activations or graphs counted",
        utilisation=terms["utilisation"],
        context=terms["context"],
        notes=(*notes.about_length(setting.model, terms["context"]), *setting.notes),
    )


def _whole(number: Any) -> Any:
    return number.astype(int) if hasattr(number, "astype") else int(number)


def _sequences(done: Work, terms: Mapping[str, Any]) -> Any:
    """Sequences that fit: whole blocks of each kind of layer, and the state of each sequence."""
    if not done.state_bytes and not any(each.window for each in done.mixings):
        return at(equations.max_concurrency, terms)
    room = terms["kv_blocks"] * terms["block_tokens"] * terms["kv_bytes_per_token"]
    return room / (_held(done, terms) + done.state_bytes)


def _held(done: Work, terms: Mapping[str, Any]) -> Any:
    held: Any = 0.0
    for each in done.mixings:
        kept = smaller(terms["context"], each.window) if each.window else terms["context"]
        sizes = {"context": kept, "block_tokens": terms["block_tokens"]}
        blocks = at(layer_equations.sequence_blocks, sizes)
        held = held + each.kv_bytes * blocks * terms["block_tokens"]
    return held


def efficiency(chip: Chip) -> float:
    """The share of the datasheet bandwidth that decode is taken to reach on `chip`."""
    return EFFICIENCY


def _dimensions(net: Model) -> dict[str, float]:
    return {
        "layers": float(net.layers),
        "heads": float(net.heads),
        "head_dim": float(net.head_dim),
        "layer_parameters": float(net.layer_parameters),
        "head_parameters": float(net.head_parameters),
    }


def _source(setting: Setting, band: Band, fit: str) -> str:
    unseen = "" if setting.engine.fitted else f"; none of these rows is of {setting.engine.name}"
    return f"{setting.named_sources}; {fit}{unseen}; band: {band.basis}"


def _dims(net: Model) -> str:
    return f"model: {net.source}"


def _chip(gpu: str | Chip) -> Chip:
    return gpu if isinstance(gpu, Chip) else catalog.chip(gpu)


def _model(model: str | Model) -> Model:
    return model if isinstance(model, Model) else catalog.model(model)
