"""Make and check the facts that `benchpost commands` judges by.

A new release of vLLM, from its source distribution (nothing of it is run or imported):

    pip download vllm==0.34.0 --no-deps --no-binary :all: --no-build-isolation --no-clean
    python scripts/facts.py source vllm DIR > snapshot.json
    python scripts/facts.py merge vllm snapshot.json --date 2026-11-16

The other way, where the tool is installed, and the two against each other:

    python scripts/facts.py installed vllm > parsed.json
    python scripts/facts.py compare vllm parsed.json

The history of vLLM up to 0.33.0 was read once, from the source distributions of its releases, and
is not made again: a new release is laid over it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from toolfacts import installed, llama_source, sglang_source, vllm_source
from toolfacts.compare import commands, differences
from toolfacts.encode import encoded
from toolfacts.merge import merged
from toolfacts.snapshot import Snapshot
from toolfacts.table import current

DATA = Path(__file__).parents[1] / "src" / "benchpost" / "commands" / "data"

SOURCES: Mapping[str, Callable[[Path], Snapshot]] = {
    "llama.cpp": llama_source.snapshot,
    "sglang": sglang_source.snapshot,
    "vllm": vllm_source.snapshot,
}
"""How each tool's source is read."""
INSTALLED: Mapping[str, Callable[[], dict[str, Any]]] = {"vllm": installed.vllm}
"""How each tool's own parser is walked, where it is installed."""


def main(argv: list[str] | None = None) -> int:
    """Run one of the verbs; 1 where `compare` finds a difference."""
    args = _parser().parse_args(argv)
    code: int = args.act(args)
    return code


def _parser() -> argparse.ArgumentParser:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    verbs = parser.add_subparsers(required=True)
    for name, act, words in (
        ("source", _source, ["tool", "folder"]),
        ("installed", _installed, ["tool"]),
        ("compare", _compare, ["tool", "file"]),
        ("merge", _merge, ["tool", "file"]),
    ):
        verb = verbs.add_parser(name)
        verb.set_defaults(act=act)
        for word in words:
            verb.add_argument(word, type=str if word == "tool" else Path)
        if name == "merge":
            verb.add_argument("--date", required=True, help="when the release came out, ISO")
    return parser


def _source(args: argparse.Namespace) -> int:
    print(json.dumps(SOURCES[args.tool](args.folder), indent=1, ensure_ascii=False))
    return 0


def _installed(args: argparse.Namespace) -> int:
    try:
        found = INSTALLED[args.tool]()
    except ImportError as error:
        print(f"{args.tool} is not installed here: {error}", file=sys.stderr)
        return 2
    print(json.dumps({"tool": args.tool, "commands": found}, indent=1))
    return 0


def _compare(args: argparse.Namespace) -> int:
    facts = json.loads((DATA / f"{args.tool}.json").read_text(encoding="utf-8"))
    other = json.loads(args.file.read_text(encoding="utf-8"))["commands"]
    shipped = current(facts)
    found = list(differences(shipped, other))
    for line in (*found, *commands(shipped, other)):
        print(line)
    both = sorted(shipped.keys() & other.keys())
    print(f"{len(found)} differences in {len(both)} commands: {', '.join(both)}")
    return int(bool(found) or not both)


def _merge(args: argparse.Namespace) -> int:
    target = DATA / f"{args.tool}.json"
    facts = json.loads(target.read_text(encoding="utf-8")) if target.exists() else None
    snapshot = json.loads(args.file.read_text(encoding="utf-8"))
    target.write_text(encoded(merged(facts, snapshot, args.date)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
