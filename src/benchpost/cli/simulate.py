"""`benchpost simulate`: an inference server on the performance model, and its closed forms."""

from __future__ import annotations

import argparse
import json
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchpost.cli.arguments import Subparsers, verb
from benchpost.cli.progress import progress_of
from benchpost.errors import UsageError, near
from benchpost.roofline.units import show

if TYPE_CHECKING:  # a simulation is imported for those who ask for it
    from benchpost.roofline.predict import Setting
    from benchpost.serving.run import Run
    from benchpost.serving.trust import Trust

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

Option = tuple[type, Any, str]

SERVER: dict[str, Option] = {
    "gpu": (str, None, 'accelerator, e.g. "H100 SXM"'),
    "model": (str, None, "model, e.g. Llama-3.1-8B"),
    "prompt": (str, "512", "tokens in: a number or a distribution"),
    "output": (str, "geometric 256", "tokens out: a number or a distribution"),
    "concurrency": (int, 0, "requests in the server at all times; or --rate"),
    "rate": (float, 0.0, "requests that arrive a second, at random"),
    "requests": (int, 1000, "requests served"),
    "policy": (str, "chunked", "static, dynamic, continuous, chunked; several with commas"),
    "max-num-seqs": (int, 0, "requests that run at once; vLLM's default on the GPU"),
    "max-num-batched-tokens": (int, 0, "tokens of a step; vLLM's default on the GPU"),
    "blocks": (int, 0, "KV-cache blocks; what fits beside the weights"),
    "shared": (int, 0, "tokens that all prompts begin with"),
    "dtype": (str, "bf16", "format of the weights"),
    "kv": (str, "bf16", "format of the KV cache"),
    "tp": (int, 1, "GPUs that share the model"),
}
"""What a server and its requests take: type, default, help."""

KV: dict[str, Option] = {
    "prompt": (str, "geometric 161.31", "tokens in: a number or a distribution"),
    "output": (str, "geometric 337.99", "tokens out: a number or a distribution"),
    "slots": (int, 15_728, "tokens that fit into the KV cache"),
    "reserve": (int, 2048, "longest sequence, which is set aside in one piece"),
    "block": (int, 16, "tokens of a block"),
    "requests": (int, 1000, "requests served"),
}
PREFIX: dict[str, Option] = {
    "system": (int, 512, "tokens of a system prompt"),
    "groups": (int, 1, "different system prompts"),
    "skew": (float, 0.0, "how uneven they are asked: the n-th 1/n^skew as often"),
    "users": (int, 16, "conversations at once"),
    "turns": (int, 6, "turns of a conversation"),
    "question": (int, 64, "tokens that a turn adds"),
    "answer": (int, 256, "tokens of an answer"),
    "blocks": (int, 4096, "blocks of the cache"),
    "block": (int, 16, "tokens of a block"),
    "requests": (int, 2000, "turns served"),
}
SPECULATE: dict[str, Option] = {
    "gpu": SERVER["gpu"],
    "model": SERVER["model"],
    "acceptance": (float, 0.7, "chance that a drafted token is accepted"),
    "drafted": (int, 3, "tokens drafted for a pass"),
    "draft-cost": (float, 0.18, "cost of a drafted token, in passes"),
    "batch": (int, 1, "sequences at once"),
    "context": (int, 1024, "tokens in the KV cache of each"),
    "dtype": SERVER["dtype"],
}
GRAPHS: dict[str, Option] = {
    "max-num-seqs": (int, 256, "requests that run at once"),
    "drafted": (int, 0, "tokens drafted for a pass"),
    "largest": (int, 512, "largest size captured; 1024 on data-centre Blackwell"),
    "batch": (int, 0, "a batch, to see what it is padded to"),
    "sizes": (int, 0, "the best list of so many sizes, all batches alike"),
}
KINDS: dict[str, tuple[str, dict[str, Option]]] = {
    "batching": ("throughput, times and occupancy of a server", SERVER),
    "kv": ("how the slots of a KV cache are used, by allocation", KV),
    "prefix": ("hit rate of the prefix cache", PREFIX),
    "speculate": ("tokens of a pass, speed-up and break-even batch", SPECULATE),
    "graphs": ("captured batch sizes and their padding", GRAPHS),
    "sweep": ("many servers on all cores, as a table", SERVER),
}
"""What can be simulated, in a few words, and the options of each."""

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
    said = f" (default: {default})" if default else ""
    needed = default is None
    parser.add_argument(
        f"--{option}", type=kind, default=default, required=needed, help=f"{told}{said}"
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
    parser.add_argument("--processes", type=int, default=0, help="default: one for each core")
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
    print(ACTS[args.what](args, given), end="")
    return 0


def _batching(args: argparse.Namespace, given: dict[str, Any]) -> str:
    from benchpost.serving.run import METRICS
    from benchpost.serving.simulation import simulate

    policies = [word.strip() for word in given.pop("policy").split(",")]
    common = _server(given)
    runs = {policy: simulate(**common, policy=policy, seed=args.seed) for policy in policies}
    made = {policy: run.summary for policy, run in runs.items()}
    notes = [
        _growth(run, {**common, "policy": policy, "seed": args.seed})
        for policy, run in runs.items()
        if run.growing
    ]
    others = [policy for policy in policies if policy != "chunked"]
    notes += (
        [f"{' and '.join(others)}: no measured server; the error below is vLLM's"] if others else []
    )
    about = _about(given, notes)
    if args.format == "json":
        asked = {"asked": {**common, "seed": args.seed}, "units": METRICS, "runs": made}
        return _json({**asked, **about.record()})
    rows = [[name, *(_shown(name, made[p][name]) for p in made)] for name in METRICS]
    return about.head() + _table(["", *made], rows) + about.foot()


def _shown(name: str, value: float) -> str:
    """A number of a run, in words where it is a yes or a no."""
    from benchpost.serving.run import METRICS

    return ("no", "yes")[int(value)] if name == "growing" else show(value, METRICS[name])


@dataclass(frozen=True)
class About:
    """What must be said beside simulated numbers: of what, how good, and where they mean little."""

    setting: Setting
    """The server."""
    trust: Trust
    """The error that was measured on servers like it."""
    notes: tuple[str, ...]
    """What makes some of the numbers mean less than they seem to."""

    def head(self) -> str:
        """Before the numbers."""
        of = self.setting
        cards = f"{of.tp} × {of.chip.name}" if of.tp > 1 else of.chip.name
        said = f"{of.model.name} on {cards}, weights {of.dtype}, KV cache {of.kv}, engine vllm"
        notes = "".join(f"{_folded(f'note: {note}')}\n" for note in self.notes)
        return f"simulated, not measured: {said}\n{notes}\n"

    def foot(self) -> str:
        """After them."""
        return f"\n{_folded(self.trust.said())}\n{_folded(self.setting.data_sources)}\n"

    def record(self) -> dict[str, Any]:
        """The same for a program."""
        return {
            "simulated": True,
            "measured_over_simulated": {"tpot": self.trust.tpot, "ttft": self.trust.ttft},
            "basis": self.trust.basis,
            "source": self.setting.data_sources,
            "notes": self.notes,
        }


def _about(given: Mapping[str, Any], notes: Iterable[str]) -> About:
    from benchpost.roofline.predict import setting_of
    from benchpost.serving.trust import trust_of

    names = ("dtype", "kv", "tp")
    setting = setting_of(given["gpu"], given["model"], "vllm", *(given[name] for name in names))
    return About(setting, trust_of(setting), tuple(notes))


def _growth(run: Run, asked: dict[str, Any]) -> str:
    """Why more requests come than end, and what that makes of the numbers."""
    from benchpost.serving.simulation import saturated_rate

    rate, count, policy = (asked.pop(name) for name in ("rate", "requests", "policy"))
    most = saturated_rate(run.places, **asked, policy=policy)
    if most < rate:
        return (
            f"{policy} is overloaded: {rate:.3g} requests a second come and at most {most:.3g} are "
            f"answered, so the wait grows for as long as they come. The times and request_rate "
            f"are those of {count:,} requests; with more, TTFT and e2el grow"
        )
    return (
        f"{policy} is not steady: {count:,} requests are over before as many end as come. It can "
        f"answer {most:.3g} a second; with more --requests, the numbers come to mean this rate"
    )


def _folded(words: str) -> str:
    return textwrap.fill(words, 96, break_long_words=False, break_on_hyphens=False)


def _server(given: Mapping[str, Any]) -> dict[str, Any]:
    """Options of a server; 0 stands for what is not said."""
    if bool(given["concurrency"]) == bool(given["rate"]):
        raise UsageError("say either --concurrency or --rate: requests at once, or a second")
    return {name: value for name, value in given.items() if value != 0}


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
    from benchpost.serving.speculation import LARGEST_BATCH, break_even, tokens_per_pass

    made = speculate(**given, engine="vllm")
    batch = given.pop("batch")
    chance = {"acceptance": given["acceptance"], "drafted": given["drafted"]}
    found = {
        "tokens_of_a_pass": made.terms["accepted_tokens"],
        "tokens_of_a_pass_drawn": tokens_per_pass(**chance, seed=args.seed),
        "verify_cost": made.terms["verify_cost"],
        "speedup": made.value,
        "speedup_low": made.low,
        "speedup_high": made.high,
        "break_even_batch": break_even(**given, engine="vllm"),
    }
    if args.format == "json":
        return _json({"asked": {**given, "batch": batch}, **found})
    if found["break_even_batch"] == LARGEST_BATCH:
        found["break_even_batch"] = f"none up to {LARGEST_BATCH:,}"
    return _listed(found)


def _graphs(args: argparse.Namespace, given: dict[str, Any]) -> str:
    from benchpost.serving.graphs import best_sizes, capture_sizes, mean_padding, padded, padding

    query = given["drafted"] + 1
    sizes = capture_sizes(given["max_num_seqs"], query=query, largest=given["largest"])
    alike = dict.fromkeys(range(1, sizes[-1] + 1), 1.0)
    if given["sizes"]:
        sizes = best_sizes(alike, given["sizes"])
    found: dict[str, Any] = {
        "sizes": list(sizes),
        "graphs": len(sizes),
        "mean_padding": mean_padding(alike, sizes),
    }
    if batch := given["batch"]:
        found |= {"padded_batch": padded(batch, sizes), "padding": padding(batch, sizes)}
    if args.format == "json":
        return _json(found)
    found["sizes"] = " ".join(map(str, sizes))
    return _listed(found)


def _sweep(args: argparse.Namespace, given: dict[str, Any]) -> str:
    from benchpost.serving.sweeps import grid, sweep

    points = grid(_varied(args.vary))
    common = {name: value for name, value in given.items() if value != 0}
    for name in {name for point in points for name in point}:
        common.pop(name, None)
    common["seed"] = args.seed
    with progress_of("points", len(points), args.progress) as progress:
        made = sweep(common, points, processes=args.processes or None, progress=progress)
    rows = [{**point, **summary} for point, summary in zip(points, made, strict=True)]
    if args.format == "json":
        return _json({"asked": common, "points": rows})
    if args.format == "csv":
        return _csv(rows)
    return _swept(points, made) + _unsteady(made)


def _varied(words: list[str]) -> dict[str, list[Any]]:
    """`concurrency=1,8` as an option and its values."""
    varied: dict[str, list[Any]] = {}
    for word in words:
        name, equals, values = word.partition("=")
        if name not in SERVER or not equals:
            known = ", ".join(SERVER)
            hint = near(name, SERVER)
            raise UsageError(
                f'--vary takes an option and its values, e.g. concurrency=1,8, not "{word}"{hint}; '
                f"options are {known}"
            )
        kind = SERVER[name][0]
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
