"""The table of knobs: what each setting of a server does to the same requests, simulated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from benchpost.errors import UsageError
from benchpost.figures import markup
from benchpost.figures.quoted import citations, cited
from benchpost.figures.types import Facts, Fragment
from benchpost.roofline import bands
from benchpost.roofline.batching import serving_kind
from benchpost.roofline.catalog import Chip, Model, chip
from benchpost.roofline.catalog import model as known_model
from benchpost.roofline.predict import setting_of
from benchpost.roofline.units import show
from benchpost.serving.lengths import lengths
from benchpost.serving.run import Run
from benchpost.serving.server import default_budget, default_places
from benchpost.serving.simulation import simulate

_HEAD = "table knobs"
_COLUMNS = ["Setting", "TTFT", "p99", "TPOT", "ITL p99", "Running", "KV"]
_GROWS = "grows"
_LONG = 10
"""Gaps between tokens, at their longest, that a queue is taken to be a queue from."""
_SHOWN = ("ttft_p50", "ttft_p99", "tpot_p50", "itl_p99")


@dataclass(frozen=True)
class Knob:
    """One setting that differs from the others' base."""

    words: str
    """As it stands in the table: the flag, or what a client changes."""
    asked: Mapping[str, Any] = field(default_factory=dict)
    """Options of `simulate` that it changes."""


def table_knobs(
    facts: Facts,
    *,
    gpu: str,
    model: str,
    rate: float = 4.0,
    prompt: str = "2048",
    output: str = "geometric 256",
    requests: int = 400,
    dtype: str = "bf16",
    kv: str = "bf16",
    tp: int = 1,
    budget: int = 0,
    seqs: int = 0,
    seed: int = 0,
    caption: str = "",
) -> Fragment:
    """What the model predicts for each setting of a vLLM server, each changed alone.

    `requests` of `prompt` tokens in and `output` out (a number or a distribution) arrive at random
    at `rate` a second. `budget` and `seqs` are `--max-num-batched-tokens` and `--max-num-seqs` of
    the first row; 0 is vLLM's default for the GPU.
    """
    on, of = chip(gpu), known_model(model)
    seqs = seqs or default_places(on)
    base: dict[str, Any] = {"gpu": on, "model": of, "dtype": dtype, "kv": kv, "tp": tp}
    base |= {"rate": rate, "prompt": prompt, "output": output, "requests": requests, "seed": seed}
    base["max_num_batched_tokens"] = budget or max(default_budget(on), seqs)
    base["max_num_seqs"] = seqs
    first = simulate(**base)
    rows = [_row(_as_it_is(base), first), *(_tried(knob, base) for knob in _knobs(base, first))]
    note = _note(caption, on, of, base, growing=any(_GROWS in row for row in rows))
    return Fragment(markup.captioned(markup.table(_COLUMNS, rows, "lrrrrrr"), note))


def _as_it_is(base: Mapping[str, Any]) -> str:
    budget, seqs = base["max_num_batched_tokens"], base["max_num_seqs"]
    return f"as it is: budget {budget:,}, at most {seqs:,} sequences"


def _knobs(base: Mapping[str, Any], first: Run) -> Iterator[Knob]:
    """What one would try: budget, sequences, formats, GPUs, a prefix."""
    budget = base["max_num_batched_tokens"]
    for size in (budget // 4, budget * 2):
        # vLLM refuses a budget in which not every sequence gets its token
        places = min(base["max_num_seqs"], size)
        also = f" --max-num-seqs {places}" if places < base["max_num_seqs"] else ""
        words = markup.code(f"--max-num-batched-tokens {size}{also}")
        yield Knob(words, {"max_num_batched_tokens": size, "max_num_seqs": places})
    fewer = _below(first.mean_running())
    yield Knob(markup.code(f"--max-num-seqs {fewer}"), {"max_num_seqs": fewer})
    if base["kv"] == "bf16":
        yield Knob(markup.code("--kv-cache-dtype fp8"), {"kv": "fp8"})
    if base["dtype"] == "bf16":
        yield Knob(markup.code("--quantization fp8"), {"dtype": "fp8"})
    gpus = 2 * base["tp"]
    yield Knob(markup.code(f"--tensor-parallel-size {gpus}"), {"tp": gpus})
    shared = int(lengths(base["prompt"]).mean / 2)
    if shared:
        yield Knob(f"prompts that share their first {shared:,} tokens", {"shared": shared})


def _below(running: float) -> int:
    """A power of two below what would run, so that the limit binds."""
    fewer = 1
    while 2 * fewer < running:
        fewer *= 2
    return fewer


def _tried(knob: Knob, base: Mapping[str, Any]) -> list[str]:
    try:
        run = simulate(**{**base, **knob.asked})
    except UsageError as refused:
        return [knob.words, markup.escaped(refused.message), *[""] * (len(_COLUMNS) - 2)]
    return _row(knob.words, run)


def _row(words: str, run: Run) -> list[str]:
    times = [show(run.summary[name], "second", digits=2) for name in _SHOWN]
    if _grows(run):
        times[:2] = [_GROWS] * 2
    held = f"{run.summary['blocks_share']:.0%}".replace("%", " %")
    return [words, *times, show(run.mean_running(), digits=2), held]


def _grows(run: Run) -> bool:
    """Whether requests come faster than they are served: each quarter of them waits for longer.

    TTFT is then a matter of how many came, and no property of the setting.
    """
    waits = [first - came for first, came in zip(run.firsts, run.arrivals, strict=True)]
    quarter = max(1, len(waits) // 4)
    # the first quarter finds an empty server
    early, middle, late = (median(waits[i * quarter :][:quarter] or waits) for i in (1, 2, 3))
    return early < middle < late > max(2 * early, _LONG * run.summary["itl_p99"])


def _note(caption: str, on: Chip, of: Model, base: Mapping[str, Any], *, growing: bool) -> str:
    gpus = f"{base['tp']} × " if base["tp"] > 1 else ""
    own = f"{markup.escaped(caption)} " if caption else ""
    said = (
        f"{of.name}, {base['dtype'].upper()} with a KV cache in {base['kv'].upper()}, on {gpus}"
        f"{on.name}: {base['requests']:,} requests arrive at random, {base['rate']:g} a second, "
        f"with {_length(base['prompt'])} tokens in and {_length(base['output'])} out. Simulated, "
        "each setting alone. TTFT and TPOT are medians, p99 is that of TTFT; Running and "
        "the share of the KV cache that is held are means over time."
    )
    if growing:
        said += f" “{_GROWS}”: more requests come than are served, so the wait grows with them."
    said += f" {_trust(base)}"
    known = cited([on.bandwidth, on.compute_peak(base["dtype"])])
    sources = f"{known}; {citations([(of.source, of.date)])}"
    return f"{own}{markup.escaped(said)} Datasheet and model: {sources}."


def _trust(base: Mapping[str, Any]) -> str:
    """How far measured times of such servers were from predicted ones."""
    setting = setting_of(base["gpu"], base["model"], "vllm", base["dtype"], base["kv"], base["tp"])
    kind = serving_kind(setting)
    between, first = bands.SERVING[kind], bands.SERVING_TTFT[kind]
    # bands are of rates, these are times
    return (
        f"Measured times were {1 / between.high:.2f} to {1 / between.low:.2f} times the predicted "
        f"TPOT and {1 / first.high:.2f} to {1 / first.low:.2f} times the predicted TTFT: "
        f"bands {between.basis}."
    )


def _length(written: str) -> str:
    """Lengths in words, e.g. `512`, `800 to 7,200` or `256 (geometric)`."""
    kind, *numbers = (written if " " in written.strip() else f"fixed {written}").split()
    said = [f"{float(number):,g}" for number in numbers]
    if kind == "uniform":
        return " to ".join(said)
    return said[0] if kind == "fixed" else f"{said[0]} ({' '.join([kind, *said[1:]])})"
