"""`benchpost simulate`: an inference server on the performance model, and its closed forms."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from benchpost.cli.arguments import Subparsers, verb
from benchpost.cli.progress import progress_of
from benchpost.cli.simulated import KINDS, NEEDED, VARIED
from benchpost.cli.simulated_trust import about, growth, noted, notes_of
from benchpost.errors import UsageError, near
from benchpost.roofline.sizes import at_least
from benchpost.roofline.units import show

EXAMPLES = """\
  benchpost simulate batching --gpu "H100 SXM" --model Llama-3.1-8B --concurrency 64 \\
      --prompt 512 --output "geometric 256"
  benchpost simulate batching --gpu H200 --model Llama-3.1-8B --rate 12 --policy chunked,static
  benchpost simulate kv --prompt "geometric 161.31" --output "geometric 337.99" --slots 15728
  benchpost simulate prefix --system 1024 --turns 5 --users 64 --blocks 4096
  benchpost simulate speculate --gpu H200 --model Llama-3.1-8B --acceptance 0.7 --drafted 3
  benchpost simulate graphs --max-num-seqs 256 --batch 33
  benchpost simulate sweep --gpu "H100 SXM" --model Llama-3.1-8B --vary concurrency=1,8,64,256 \\
      --vary policy=static,chunked --format csv
"""

EITHER = "say either rate= or concurrency="
"""How a message of the simulation begins where both, or none, are said."""
FORMATS = ("text", "json", "csv")


def add(subparsers: Subparsers) -> None:
    """Declare the words of `benchpost simulate`."""
    parser = verb(
        subparsers, "simulate", "simulate an inference server on the performance model", EXAMPLES
    )
    kinds = parser.add_subparsers(title="what", dest="what", metavar="WHAT", required=True)
    for name, (summary, options) in KINDS.items():
        of_kind = kinds.add_parser(name, help=summary, description=f"Simulate {summary}.")
        for option, (kind, default, told) in options.items():
            _declare(of_kind, option, kind, default, told)
        of_kind.add_argument("--seed", type=int, default=0, help="of all chance (default: 0)")
        of_kind.add_argument(
            "--format", choices=_formats(name), default="text", help="how to print"
        )
    _declare_sweep(kinds.choices["sweep"])


def _declare(
    parser: argparse.ArgumentParser, option: str, kind: type, default: Any, told: str
) -> None:
    needed = default is NEEDED
    said = "" if needed or default is None else f" (default: {default})"
    parser.add_argument(
        f"--{option}",
        type=kind,
        default=None if needed else default,
        required=needed,
        help=f"{told}{said}",
    )


def _formats(name: str) -> tuple[str, ...]:
    return FORMATS if name == "sweep" else FORMATS[:2]


def _declare_sweep(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--vary",
        action="append",
        default=[],
        metavar="OPTION=A,B,…",
        help="an option and its values; several give every combination",
    )
    parser.add_argument("--processes", type=int, default=None, help="default: one for each core")
    parser.add_argument(
        "--progress",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="show progress on stderr (default: on a terminal)",
    )


def act(args: argparse.Namespace) -> int:
    """Simulate and print."""
    given = {
        name.replace("-", "_"): getattr(args, name.replace("-", "_"))
        for name in KINDS[args.what][1]
    }
    try:
        print(ACTS[args.what](args, given), end="")
    except UsageError as error:
        raise UsageError(_in_flags(error.message, given)) from error
    return 0


def _in_flags(message: str, options: Iterable[str]) -> str:
    """A message that names the arguments of a function, with the flags that they come from."""
    message = message.replace(EITHER, "say either --rate or --concurrency")
    for name in options:
        flag = f"--{name.replace('_', '-')}"
        message = re.sub(rf"(?<![\w-]){name}(=(?!\w)|(?= must be))", flag, message)
    return message


def _batching(args: argparse.Namespace, given: dict[str, Any]) -> str:
    from benchpost.serving.run import METRICS
    from benchpost.serving.simulation import simulate

    policies = [word.strip() for word in given.pop("policy").split(",")]
    common = _server(given)
    runs = {policy: simulate(**common, policy=policy, seed=args.seed) for policy in policies}
    made = {policy: run.summary for policy, run in runs.items()}
    notes = [
        growth(run, {**common, "policy": policy, "seed": args.seed})
        for policy, run in runs.items()
        if run.growing
    ]
    others = [policy for policy in policies if policy != "chunked"]
    notes += (
        [f"{' and '.join(others)}: no measured server; the error below is vLLM's"] if others else []
    )
    beside = about(given, [*notes_of(common), *notes])
    if args.format == "json":
        asked = {"asked": {**common, "seed": args.seed}, "units": METRICS, "runs": made}
        return _json({**asked, **beside.record()})
    rows = [[name, *(_shown(name, made[p][name]) for p in made)] for name in METRICS]
    return beside.head() + _table(["", *made], rows) + beside.foot()


def _shown(name: str, value: float) -> str:
    """A number of a run, in words where it is a yes or a no."""
    from benchpost.serving.run import METRICS

    return ("no", "yes")[int(value)] if name == "growing" else show(value, METRICS[name])


def _server(given: Mapping[str, Any]) -> dict[str, Any]:
    """Options of a server that are said."""
    return {name: value for name, value in given.items() if value is not None}


def _kv(args: argparse.Namespace, given: dict[str, Any]) -> str:
    from benchpost.serving.allocation import PARTS, SCHEMES, shares

    made = [shares(scheme=scheme, **given, seed=args.seed) for scheme in SCHEMES]
    if args.format == "json":
        return _json({"asked": {**given, "seed": args.seed}, "shares": [vars(one) for one in made]})
    rows = [
        [one.scheme, *(f"{100 * part:.1f} %" for part in one.parts()), f"{one.running:.1f}"]
        for one in made
    ]
    legend = "".join(f"\n{scheme}: {said}" for scheme, said in SCHEMES.items())
    return _table(["", *PARTS, "at once"], rows) + legend + "\n"


def _prefix(args: argparse.Namespace, given: dict[str, Any]) -> str:
    from benchpost.serving.prefixes import Talk, reuse, unlimited

    blocks, block, requests = (given.pop(name) for name in ("blocks", "block", "requests"))
    talk = Talk(**given)
    made = reuse(talk, blocks=blocks, block=block, requests=requests, seed=args.seed)
    found = {
        "hit_rate": made.hit_rate,
        "hit_rate_with_room_for_everything": unlimited(talk, block),
        "prompt_tokens": made.prompt_tokens,
        "hit_tokens": made.hit_tokens,
        "evicted_blocks": made.evicted,
    }
    if args.format == "json":
        return _json({"asked": {**given, "blocks": blocks, "block": block}, **found})
    return _listed(found)


def _speculate(args: argparse.Namespace, given: dict[str, Any]) -> str:
    from benchpost.roofline.batching import speculate
    from benchpost.serving.speculation import break_even, most_batches, said_of, tokens_per_pass

    made = speculate(**given, engine="vllm")
    batch = given.pop("batch")
    chance = {"acceptance": given["acceptance"], "drafted": given["drafted"]}
    even, most = break_even(**given, engine="vllm"), most_batches(**given)
    found = {
        "tokens_of_a_pass": made.terms["accepted_tokens"],
        "tokens_of_a_pass_drawn": tokens_per_pass(**chance, seed=args.seed),
        "verify_cost": made.terms["verify_cost"],
        "speedup": made.value,
        "speedup_low": made.low,
        "speedup_high": made.high,
    }
    if args.format == "json":
        # where it pays at every batch that is looked at, nothing is known of those beyond
        reached = {"break_even_batch": None if even == most else even, "largest_batch": most}
        return _json({"asked": {**given, "batch": batch}, **found, **reached})
    return _listed({**found, "pays": said_of(even, most)})


def _graphs(args: argparse.Namespace, given: dict[str, Any]) -> str:
    from benchpost.serving.graphs import best_sizes, capture_sizes, mean_padding, padded, padding

    query = given["drafted"] + 1
    sizes = capture_sizes(given["max_num_seqs"], query=query, largest=given["largest"])
    alike = dict.fromkeys(range(1, sizes[-1] + 1), 1.0)
    if given["sizes"] is not None:
        at_least(1, sizes=given["sizes"])
        sizes = best_sizes(alike, given["sizes"])
    found: dict[str, Any] = {
        "sizes": list(sizes),
        "graphs": len(sizes),
        "mean_padding": mean_padding(alike, sizes),
    }
    if (batch := given["batch"]) is not None:
        found |= {"padded_batch": padded(batch, sizes), "padding": padding(batch, sizes)}
    if args.format == "json":
        return _json(found)
    found["sizes"] = " ".join(map(str, sizes))
    return _listed(found)


def _sweep(args: argparse.Namespace, given: dict[str, Any]) -> str:
    from benchpost.serving.sweeps import grid, sweep

    varied = _varied(args.vary, given["policy"])
    points = grid(varied)
    common = {
        name: value
        for name, value in (_server(given) | {"seed": args.seed}).items()
        if name not in varied
    }
    with progress_of("points", len(points), args.progress) as progress:
        made = sweep(common, points, processes=args.processes, progress=progress)
    rows = [{**point, **summary} for point, summary in zip(points, made, strict=True)]
    said = notes_of(*({**common, **point} for point in points))
    if args.format == "json":
        return _json({"asked": common, "notes": said, "points": rows})
    if args.format == "csv":
        return _csv(rows)
    return noted(said) + _swept(points, made) + _unsteady(made)


def _varied(words: Sequence[str], policy: str) -> dict[str, list[Any]]:
    """`concurrency=1,8` as an option and its values; several policies are varied too."""
    varied: dict[str, list[Any]] = {}
    if "," in policy and not any(word.startswith("policy=") for word in words):
        words = [*words, f"policy={policy}"]
    for word in words:
        name, equals, values = word.partition("=")
        if name not in VARIED or not equals:
            known = ", ".join(VARIED)
            hint = near(name, VARIED)
            raise UsageError(
                f'--vary takes an option and its values, e.g. concurrency=1,8, not "{word}"{hint}; '
                f"options are {known}"
            )
        kind = VARIED[name][0]
        varied[name.replace("-", "_")] = [_value(kind, name, each) for each in values.split(",")]
    if not varied:
        raise UsageError("a sweep needs --vary, e.g. --vary concurrency=1,8,64")
    return varied


def _value(kind: type, name: str, written: str) -> Any:
    try:
        return kind(written.strip())
    except ValueError as error:
        wanted = {int: "whole numbers", float: "numbers"}[kind]
        raise UsageError(f'{name} in --vary takes {wanted}, not "{written}"') from error


def _swept(points: list[dict[str, Any]], made: list[dict[str, float]]) -> str:
    from benchpost.serving.run import GROWING

    shown = ("steady_throughput", "ttft_mean", "ttft_p99", "itl_mean", "itl_p99", "steady_running")

    def cell(name: str, summary: Mapping[str, float]) -> str:
        grows = summary["growing"] and name in GROWING
        return "grows" if grows else _shown(name, summary[name])

    rows = [
        [*map(str, point.values()), *(cell(name, summary) for name in shown)]
        for point, summary in zip(points, made, strict=True)
    ]
    return _table([*points[0], *shown], rows)


def _unsteady(made: Iterable[Mapping[str, float]]) -> str:
    """What "grows" means, where it stands."""
    if not any(summary["growing"] for summary in made):
        return ""
    return "\ngrows: more requests come than end; --format csv has the numbers of this run\n"


def _csv(rows: list[dict[str, Any]]) -> str:
    import csv
    import io

    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _listed(found: Mapping[str, Any]) -> str:
    width = max(map(len, found))
    return "".join(
        f"{name.replace('_', ' '):{width}}  {show(value) if isinstance(value, float) else value}\n"
        for name, value in found.items()
    )


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return "".join(
        line[0].ljust(widths[0])
        + "".join(f"  {cell:>{width}}" for cell, width in zip(line[1:], widths[1:], strict=True))
        + "\n"
        for line in lines
    )


def _json(record: Mapping[str, Any]) -> str:
    return json.dumps(record, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


ACTS: dict[str, Callable[[argparse.Namespace, dict[str, Any]], str]] = {
    "batching": _batching,
    "kv": _kv,
    "prefix": _prefix,
    "speculate": _speculate,
    "graphs": _graphs,
    "sweep": _sweep,
}
"""What each kind does."""
