"""`benchpost predict`: the performance model on the command line."""

from __future__ import annotations

import argparse
import json
import re
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from benchpost.cli.arguments import Subparsers, verb
from benchpost.errors import UsageError
from benchpost.files import write_if_changed
from benchpost.roofline import batching, catalog, predict
from benchpost.roofline.calibration import Calibration
from benchpost.roofline.equations import engine_prefill_time, engine_step_time
from benchpost.roofline.fitting import calibrate
from benchpost.roofline.measured import Row
from benchpost.roofline.serving_equations import serving_step_time
from benchpost.roofline.terms import TERMS
from benchpost.roofline.types import Estimate
from benchpost.roofline.units import show

EXAMPLES = """\
  benchpost predict decode --gpu "RTX 4090" --model Qwen3-4B-Instruct-2507 --context 8192
  benchpost predict decode --gpu "RTX 4090" --model Llama-3.1-8B --weights q4_k_m --engine llama.cpp
  benchpost predict decode --gpu "RTX 4090" --model Qwen2.5-14B --run Qwen2.5-7B=60.5@1024
  benchpost predict prefill --gpu H200 --model Llama-3.1-8B --prompt 4096 --format json
  benchpost predict serving --gpu H200 --model Llama-3.1-70B --tp 2 --concurrency 64 --output 512
  benchpost predict memory --gpu "RTX 4090" --model Qwen3-4B-Instruct-2507 --context 8192
  benchpost predict speculate --gpu H200 --model Qwen3-32B --acceptance 0.8 --drafted 3
  benchpost predict prefix --gpu H200 --model Llama-3.1-8B --prompt 600 --prefix 500
"""

KINDS = {
    "decode": ("context", "batch", "dtype", "kv", "engine", "tp"),
    "prefill": ("prompt", "batch", "dtype", "kv", "engine", "tp", "cached"),
    "serving": ("concurrency", "prompt", "output", "dtype", "kv", "engine", "tp", "metric"),
    "memory": ("context", "dtype", "kv", "engine", "tp"),
    "speculate": (
        "acceptance",
        "drafted",
        "draft_cost",
        "context",
        "batch",
        "dtype",
        "kv",
        "engine",
        "tp",
    ),
    "prefix": ("prompt", "prefix", "block", "overhead", "batch", "dtype", "kv", "engine", "tp"),
}
"""What can be predicted, and the options that each takes."""

DEFAULTS: dict[str, dict[str, Any]] = {
    "decode": {},
    "prefill": {"prompt": 1024},
    "serving": {"concurrency": 16, "prompt": 1024, "output": 1024},
    "memory": {"context": 8192},
    "speculate": {"acceptance": 0.8, "drafted": 3},
    "prefix": {"prompt": 1024, "prefix": 512},
}
"""Sizes for those that the prediction needs and the words leave out."""

OPTIONS: dict[str, tuple[type, str]] = {
    "context": (int, "tokens already in the KV cache"),
    "prompt": (int, "tokens of the prompt (default: 1024)"),
    "output": (int, "tokens of the output (default: 1024)"),
    "batch": (int, "sequences at once (default: 1)"),
    "concurrency": (int, "requests running at once (default: 16)"),
    "kv": (str, "format of the KV cache (default: bf16)"),
    "engine": (
        str,
        "engine, e.g. vllm, llama.cpp (default: that of the format, or what is usual on the GPU)",
    ),
    "tp": (int, "GPUs that share the model (default: 1)"),
    "metric": (str, "tpot, ttft or throughput (default: tpot)"),
    "cached": (int, "tokens of the prompt that are in the KV cache"),
    "prefix": (int, "tokens that the prompt shares (default: 512)"),
    "block": (int, "tokens of a KV-cache block (default: 16)"),
    "overhead": (float, "seconds of a request beside its prefill (default: 0)"),
    "acceptance": (float, "chance that a drafted token is accepted (default: 0.8)"),
    "drafted": (int, "tokens drafted for a pass (default: 3)"),
    "draft-cost": (float, "cost of a drafted token, in passes (default: 0.18)"),
}
"""Options that are numbers or names."""

SWEPT = {
    "decode": "context",
    "prefill": "prompt",
    "serving": "concurrency",
    "speculate": "drafted",
    "prefix": "prefix",
}
"""The size that a chart is drawn over."""


def add(subparsers: Subparsers) -> None:
    """Declare the words of `benchpost predict`."""
    parser = verb(
        subparsers, "predict", "say what a GPU allows for a model, and what is typical", EXAMPLES
    )
    parser.add_argument("what", choices=KINDS, help="what to predict")
    parser.add_argument("--gpu", required=True, help='accelerator, e.g. "RTX 4090"')
    parser.add_argument("--model", required=True, help="model, e.g. Qwen3-4B-Instruct-2507")
    for name, (kind, told) in OPTIONS.items():
        parser.add_argument(f"--{name}", type=kind, help=told)
    parser.add_argument(
        "--weights", "--dtype", dest="dtype", help="format of the weights (default: bf16)"
    )
    parser.add_argument(
        "--run",
        action="append",
        default=[],
        metavar="MODEL=RATE[@TOKENS]",
        help="a run of your own on this GPU, with this engine and format: its model, tokens a "
        "second, and the context (of a prefill: the prompt) of so many tokens; may be repeated",
    )
    parser.add_argument("--chart", type=Path, metavar="FILE", help="draw it over its size as SVG")
    parser.add_argument("--catalog", type=Path, metavar="FILE", help="your own chips and models")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print")


def act(args: argparse.Namespace) -> int:
    """Predict and print."""
    known = catalog.read(args.catalog) if args.catalog else catalog.shipped()
    chip, model = known.chip(args.gpu), _model(known, args.model)
    sizes = _sizes(args)
    if args.run:
        sizes["calibration"] = _calibration(args, chip, model, sizes)
    result = PREDICTIONS[args.what](gpu=chip, model=model, **sizes)
    result = replace(result, notes=(*_renamed(args, chip, model), *result.notes))
    if args.chart:
        _draw(args.chart, args.what, {"gpu": chip, "model": model, **sizes})
    if args.format == "json":
        record = {"gpu": chip.name, "model": model.name, **asdict(result)}
        print(json.dumps(record, indent=2, sort_keys=True, ensure_ascii=False))
    else:
        tp = sizes.get("tp", 1)
        cards = f"{tp} × {chip.name}" if tp > 1 else chip.name
        told = SAYS[sizes.get("metric", args.what)]
        print(f"{args.what} of {model.name} on {cards}: {told}\n")
        print(_text(result, args.what, tp), end="")
    return 0


def _renamed(args: argparse.Namespace, chip: catalog.Chip, model: catalog.Model) -> Iterable[str]:
    """That another name was taken than the one that was asked for, if it was."""
    asked = ((args.gpu, chip.name), (args.model, model.name))
    return [
        f"{word!r} is taken for {name}"
        for word, name in asked
        if not word.endswith(".json") and not Path(word).is_dir() and catalog.differ(word, name)
    ]


def _model(known: catalog.Catalog, name: str) -> catalog.Model:
    """The model of that name, or of a config.json on disk."""
    if name.endswith(".json") or (Path(name) / "config.json").is_file():
        from benchpost.roofline.configs import model_from_config  # only for those who ask for it

        return model_from_config(name)
    return known.model(name)


def _draw(file: Path, what: str, asked: dict[str, Any]) -> None:
    """Bound, typical value and band over the size that the prediction is of."""
    if what not in SWEPT:
        raise UsageError(f"`predict {what}` has no chart; those with one are {', '.join(SWEPT)}")
    from benchpost.roofline.curve import curve, svg  # drawing is for those who ask for it

    drawn = svg(curve(PREDICTIONS[what], SWEPT[what], asked))
    write_if_changed(file, drawn.encode())


PREDICTIONS: dict[str, Callable[..., Any]] = {
    "decode": predict.decode,
    "prefill": predict.prefill,
    "serving": batching.serving,
    "memory": predict.memory,
    "speculate": batching.speculate,
    "prefix": batching.prefix,
}

SAYS = {
    "decode": "tokens a second of all sequences together",
    "prefill": "time to first token (TTFT), with nobody queueing",
    "serving": "time per output token of a request (TPOT)",
    "tpot": "time per output token of a request (TPOT)",
    "ttft": "time to first token (TTFT) under load",
    "throughput": "output tokens a second of all requests that run",
    "memory": "what fits beside the weights",
    "speculate": "speed-up over plain decoding",
    "prefix": "time to first token that a hit saves",
}
"""What is predicted, in words; of `serving` by its metric."""

BOUNDS = {"prefix": "bound (all of the time, at the upper end of its band)"}
"""What a bound is called where it is not the hardware's."""

EACH = ("weight_bytes", "kv_bytes", "decode_flops", "prefill_flops")
"""Terms that are of each GPU where several share the model."""

TOLD = {
    "decode": (*(term.name for term in engine_step_time.terms), "exchange_time"),
    "prefill": (*(term.name for term in engine_prefill_time.terms), "exchange_time"),
    "serving": ("requested", "concurrency", *(term.name for term in serving_step_time.terms)),
    "speculate": ("accepted_tokens", "draft_cost", "verify_cost"),
    "prefix": ("cached_tokens", "cold_time", "warm_time", "time_saved"),
}
"""The terms that are printed."""


def _sizes(args: argparse.Namespace) -> dict[str, Any]:
    names = [*(name.replace("-", "_") for name in OPTIONS), "dtype"]
    stated = {name: getattr(args, name) for name in names if getattr(args, name) is not None}
    for key in stated:
        if key not in KINDS[args.what]:
            known = ", ".join(_word(name) for name in KINDS[args.what])
            raise UsageError(f"`predict {args.what}` takes no {_word(key)}; it takes {known}")
    return {**DEFAULTS[args.what], **stated}


RUN = re.compile(r"(?P<model>.+)=(?P<rate>\d+(?:\.\d+)?)(?:@(?P<tokens>\d+))?")
"""A run as it is written, e.g. `Llama-3.1-8B=50.74@512`."""


def _calibration(
    args: argparse.Namespace, chip: catalog.Chip, model: catalog.Model, sizes: Mapping[str, Any]
) -> Calibration:
    """What the runs of `--run` say of the constants. Raises UsageError."""
    if args.what not in ("decode", "prefill"):
        raise UsageError(f"`predict {args.what}` takes no --run; decode and prefill do")
    if sizes.get("tp", 1) > 1:
        raise UsageError("--run is of one GPU, and so must the prediction be: leave --tp out")
    kv, dtype = sizes.get("kv", "bf16"), sizes.get("dtype", "bf16")
    engine = predict.setting_of(chip, model, sizes.get("engine"), dtype, kv, 1).engine.name
    return calibrate(_run(text, args.what, chip.name, engine, dtype) for text in args.run)


def _run(text: str, what: str, gpu: str, engine: str, dtype: str) -> Row:
    found = RUN.fullmatch(text)
    if not found:
        raise UsageError(f"--run {text!r} is not MODEL=RATE[@TOKENS], e.g. Llama-3.1-8B=50.7@512")
    tokens = int(found["tokens"] or 512)
    prompt = tokens if what == "prefill" else 0
    return Row(
        gpu=gpu,
        model=catalog.model(found["model"]).name,
        metric=what,
        rate=float(found["rate"]),
        engine=engine,
        format=dtype.lower(),
        prompt=prompt,
        context=tokens,
    )


def _word(name: str) -> str:
    return "--weights" if name == "dtype" else f"--{name.replace('_', '-')}"


def _text(result: Estimate | predict.Fit, what: str, tp: int) -> str:
    lines = _estimate(result, what, tp) if isinstance(result, Estimate) else _fit(result, tp)
    width = max(len(name) for name in lines)
    body = "".join(f"{name:{width}}  {value}\n" for name, value in lines.items())
    if result.notes:
        body = "".join(f"note: {note}\n" for note in result.notes) + f"\n{body}"
    source = textwrap.fill(result.source, 96, break_long_words=False, break_on_hyphens=False)
    return f"{body}\n{source}\n"


def _estimate(made: Estimate, what: str, tp: int) -> Mapping[str, str]:
    def shown(value: float) -> str:
        return show(value, made.unit)

    return {
        BOUNDS.get(what, "bound"): shown(made.bound),
        "typical": shown(made.value),
        "band": f"{shown(made.low)} to {shown(made.high)}",
        **{
            _meaning(name, tp): show(made.terms[name], TERMS[name].unit)
            for name in TOLD.get(what, ())
        },
    }


def _meaning(name: str, tp: int) -> str:
    return TERMS[name].meaning + (", on each GPU" if tp > 1 and name in EACH else "")


def _fit(made: predict.Fit, tp: int) -> Mapping[str, str]:
    each = " of each GPU" if tp > 1 else ""
    held = "weights held by each GPU" if tp > 1 else "weights held"
    lacking = "" if made.kv_blocks else ", which leaves no room"
    return {
        f"memory{each}": show(made.memory, "byte"),
        "share of it that is used": show(made.utilisation),
        held: show(made.weight_bytes, "byte") + lacking,
        "KV cache of a token": show(made.kv_bytes_per_token, "byte"),
        "KV-cache blocks": str(made.kv_blocks),
        "tokens that fit": str(made.tokens),
        f"sequences of {made.context:,.0f} tokens at once": show(made.max_concurrency),
    }
