"""`benchpost predict`: the performance model on the command line."""

from __future__ import annotations

import argparse
import json
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchpost.cli.arguments import Subparsers, verb
from benchpost.errors import UsageError
from benchpost.roofline import catalog, predict
from benchpost.roofline.equations import engine_prefill_time, engine_step_time
from benchpost.roofline.types import Equation, Estimate
from benchpost.roofline.units import show

EXAMPLES = """\
  benchpost predict decode --gpu "RTX 4090" --model Qwen3-4B-Instruct-2507 --context 8192
  benchpost predict prefill --gpu H200 --model Llama-3.1-8B --prompt 4096 --format json
  benchpost predict memory --gpu "RTX 4090" --model Qwen3-4B-Instruct-2507 --context 8192
"""

KINDS = {
    "decode": ("context", "batch", "dtype", "kv"),
    "prefill": ("prompt", "batch", "dtype"),
    "memory": ("context", "dtype", "kv"),
}
"""What can be predicted, and the options that each takes."""

DEFAULTS: dict[str, dict[str, int]] = {
    "decode": {},
    "prefill": {"prompt": 1024},
    "memory": {"context": 8192},
}
"""Sizes for those that the prediction needs and the words leave out."""


def add(subparsers: Subparsers) -> None:
    """Declare the words of `benchpost predict`."""
    parser = verb(
        subparsers, "predict", "say what a GPU allows for a model, and what is typical", EXAMPLES
    )
    parser.add_argument("what", choices=KINDS, help="what to predict")
    parser.add_argument("--gpu", required=True, help='accelerator, e.g. "RTX 4090"')
    parser.add_argument("--model", required=True, help="model, e.g. Qwen3-4B-Instruct-2507")
    parser.add_argument("--context", type=int, help="tokens already in the KV cache")
    parser.add_argument("--prompt", type=int, help="tokens of the prompt (default: 1024)")
    parser.add_argument("--batch", type=int, help="sequences at once (default: 1)")
    parser.add_argument("--dtype", help="format of the weights (default: bf16)")
    parser.add_argument("--kv", help="format of the KV cache (default: bf16)")
    parser.add_argument("--catalog", type=Path, metavar="FILE", help="your own chips and models")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print")


def act(args: argparse.Namespace) -> int:
    """Predict and print."""
    known = catalog.read(args.catalog) if args.catalog else catalog.shipped()
    chip, model = known.chip(args.gpu), known.model(args.model)
    result = PREDICTIONS[args.what](gpu=chip, model=model, **_sizes(args))
    if args.format == "json":
        record = {"gpu": chip.name, "model": model.name, **asdict(result)}
        print(json.dumps(record, indent=2, sort_keys=True, ensure_ascii=False))
    else:
        print(f"{args.what} of {model.name} on {chip.name}\n\n{_text(result, args.what)}", end="")
    return 0


PREDICTIONS: dict[str, Callable[..., Estimate | predict.Fit]] = {
    "decode": predict.decode,
    "prefill": predict.prefill,
    "memory": predict.memory,
}

TOLD = {"decode": engine_step_time, "prefill": engine_prefill_time}
"""The equation whose terms are printed."""


def _sizes(args: argparse.Namespace) -> dict[str, Any]:
    given = {key: getattr(args, key) for key in ("context", "prompt", "batch", "dtype", "kv")}
    stated = {key: value for key, value in given.items() if value is not None}
    for key in stated:
        if key not in KINDS[args.what]:
            known = ", ".join(f"--{name}" for name in KINDS[args.what])
            raise UsageError(f"`predict {args.what}` takes no --{key}; it takes {known}")
    return {**DEFAULTS[args.what], **stated}


def _text(result: Estimate | predict.Fit, what: str) -> str:
    lines = _estimate(result, TOLD[what]) if isinstance(result, Estimate) else _fit(result)
    width = max(len(name) for name in lines)
    body = "".join(f"{name:{width}}  {value}\n" for name, value in lines.items())
    source = textwrap.fill(result.source, 96, break_long_words=False, break_on_hyphens=False)
    return f"{body}\n{source}\n"


def _estimate(made: Estimate, equation: Equation) -> Mapping[str, str]:
    def shown(value: float) -> str:
        return show(value, made.unit)

    return {
        "bound": shown(made.bound),
        "typical": shown(made.value),
        "band": f"{shown(made.low)} to {shown(made.high)}",
        **{term.meaning: show(made.terms[term.name], term.unit) for term in equation.terms},
    }


def _fit(made: predict.Fit) -> Mapping[str, str]:
    lacking = "" if made.kv_blocks else ", which leaves no room"
    return {
        "memory": show(made.memory, "byte"),
        "weights": show(made.weight_bytes, "byte") + lacking,
        "KV cache of a token": show(made.kv_bytes_per_token, "byte"),
        "KV-cache blocks": str(made.kv_blocks),
        "tokens that fit": str(made.tokens),
        "sequences at once": show(made.max_concurrency),
    }
