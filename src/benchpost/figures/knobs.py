"""The table of knobs: what each setting of a server does to the same requests, simulated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchpost.figures import markup
from benchpost.figures.quoted import citations, cited
from benchpost.figures.types import Facts, Fragment
from benchpost.roofline.catalog import Chip, Model, chip
from benchpost.roofline.catalog import model as known_model
from benchpost.roofline.predict import BLOCK_TOKENS, setting_of
from benchpost.roofline.units import show
from benchpost.serving.lengths import lengths
from benchpost.serving.run import Run
from benchpost.serving.server import default_budget, default_places
from benchpost.serving.simulation import simulate
from benchpost.serving.trust import trust_of

_HEAD = "table knobs"
_COLUMNS = ["Setting", "TTFT", "TPOT", "ITL p99", "Running", "KV"]
_GROWS = "grows"
_SHOWN = ("ttft_p50", "tpot_p50", "itl_p99")
"""No tail of TTFT: over the draws of a few hundred requests its p99 differs by a third."""
_DRAWS = 3
"""Draws of the requests that tell how far a row moves by chance; the rows are of the first."""


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
    requests: int = 300,
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
    the first row; 0 is vLLM's default for the GPU. All rows serve the same requests, so that what
    differs is the setting; how far another draw of them moves the first row stands below.
    """
    on, of = chip(gpu), known_model(model)
    seqs = seqs or default_places(on)
    base: dict[str, Any] = {"gpu": on, "model": of, "dtype": dtype, "kv": kv, "tp": tp}
    base |= {"rate": rate, "prompt": prompt, "output": output, "requests": requests, "seed": seed}
    base["max_num_batched_tokens"] = budget or max(default_budget(on), seqs)
    base["max_num_seqs"] = seqs
    first = simulate(**base)
    tried = [(knob.words, simulate(**{**base, **knob.asked})) for knob in _knobs(base, first)]
    runs = [(_as_it_is(base), first), *tried]
    table = markup.table(_COLUMNS, [_row(words, run) for words, run in runs], "lrrrrr")
    growing = any(run.growing for _, run in runs)
    said = f"{_drawn(base, first)}{_grown() if growing else ''}"
    return Fragment(markup.captioned(table, _note(caption, on, of, base, said)))


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
        # embeddings and LM head stay in 16 bits
        yield Knob(markup.code("--quantization fp8"), {"dtype": "fp8-layers"})
    gpus = 2 * base["tp"]
    # vLLM refuses to share heads unevenly
    if base["model"].heads % gpus == 0:
        yield Knob(markup.code(f"--tensor-parallel-size {gpus}"), {"tp": gpus})
    shared = _shared(base["prompt"], first.load.prompts)
    if shared:
        yield Knob(f"prompts that share their first {shared:,} tokens", {"shared": shared})


def _below(running: float) -> int:
    """A power of two below what would run, so that the limit binds."""
    fewer = 1
    while 2 * fewer < running:
        fewer *= 2
    return fewer


def _shared(written: str, prompts: Sequence[int]) -> int:
    """Half of a prompt, but a block less than the shortest has; whole blocks, as a hit is."""
    spread = lengths(written)
    # a distribution that begins at 1 says nothing of the prompts that come
    shortest = spread.first if spread.first > 1 else min(prompts)
    most = max(0, min(int(spread.mean / 2), shortest - BLOCK_TOKENS))
    return most // BLOCK_TOKENS * BLOCK_TOKENS


def _row(words: str, run: Run) -> list[str]:
    times = [show(run.summary[name], "second", digits=2) for name in _SHOWN]
    if run.growing:
        times[0] = _GROWS
    held = f"{run.summary['blocks_share']:.0%}".replace("%", " %")
    return [words, *times, show(run.mean_running(), digits=2), held]


def _drawn(base: Mapping[str, Any], first: Run) -> str:
    """How far chance moves the first row."""
    others = [simulate(**{**base, "seed": base["seed"] + i}) for i in range(1, _DRAWS)]
    if any(run.growing for run in (first, *others)):
        return ""
    found = [run.summary["ttft_p50"] for run in (first, *others)]
    low, high = (show(value, "second", digits=2) for value in (min(found), max(found)))
    return f" Chance moves TTFT of the first row from {low} to {high}."


def _grown() -> str:
    return f" “{_GROWS}”: more requests come than end, so the wait grows with their number."


def _note(caption: str, on: Chip, of: Model, base: Mapping[str, Any], more: str) -> str:
    gpus = f"{base['tp']} × " if base["tp"] > 1 else ""
    own = f"{markup.escaped(caption)} " if caption else ""
    said = (
        f"Simulated, not measured: {base['requests']:,} requests at random, {base['rate']:g} a "
        f"second, with {_length(base['prompt'])} tokens in and {_length(base['output'])} out, the "
        f"same for each row; {of.name} ({base['dtype'].upper()}, KV cache {base['kv'].upper()}) on "
        f"{gpus}{on.name}. TTFT and TPOT are medians, Running and KV (the share of the cache that "
        "is held) means over time."
    )
    setting = setting_of(on, of, "vllm", base["dtype"], base["kv"], base["tp"])
    said += f"{more} {trust_of(setting).said()}"
    known = cited([on.bandwidth, on.compute_peak(base["dtype"])])
    sources = f"{known}; {citations([(of.source, of.date)])}"
    return f"{own}{markup.escaped(said)} Datasheet and model: {sources}."


def _length(written: str) -> str:
    """Lengths in words, e.g. `512`, `800 to 7,200` or `256 (geometric)`."""
    kind, *numbers = (written if " " in written.strip() else f"fixed {written}").split()
    said = [f"{float(number):,g}" for number in numbers]
    if kind == "uniform":
        return " to ".join(said)
    return said[0] if kind == "fixed" else f"{said[0]} ({' '.join([kind, *said[1:]])})"
