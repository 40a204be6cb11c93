"""llama.cpp from its source: the flags in `common/arg.cpp`, which all its programs share."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from toolfacts.snapshot import Snapshot

PROGRAMS = {
    "server": "SERVER",
    "cli": "CLI",
    "completion": "COMPLETION",
    "embedding": "EMBEDDING",
    "perplexity": "PERPLEXITY",
    "imatrix": "IMATRIX",
    "speculative": "SPECULATIVE",
    "batched-bench": "BENCH",
    "mtmd-cli": "MTMD",
}
"""Programs by their name without `llama-`, and what the source calls each."""

_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
_LIST = re.compile(r"\s*,?\s*\{((?:\s*\"[^\"]*\"\s*,?)+)\}")
_HANDLER = re.compile(r"\[[^\]]*\]\s*\(\s*common_params\s*&\s*\w*\s*(?P<rest>[^)]*)\)")
_END = re.compile(r"\n    \)[^\n]*;")
_SET = re.compile(r"\.set_(?P<what>examples|excludes)\(\{(?P<names>[^}]*)\}\)")


def snapshot(root: Path) -> Snapshot:
    """What the source below `root` has."""
    options = list(_options((root / "common" / "arg.cpp").read_text(encoding="utf-8")))
    commands = {
        command: {record["names"][0]: record for record, applies in options if applies(name)}
        for command, name in PROGRAMS.items()
    }
    return {
        "tool": "llama.cpp",
        "version": _version((root / "CMakeLists.txt").read_text(encoding="utf-8")),
        "method": "options in common/arg.cpp",
        "commands": commands,
        "positionals": dict.fromkeys(PROGRAMS, 0),
        "objects": {},
        "enums": {},
        "env": sorted(_variables(root)),
        "metrics": dict(_metrics(root / "tools" / "server")),
    }


def _version(text: str) -> str:
    parts = (
        re.search(rf"LLAMA_VERSION_{part} (\d+)", text) for part in ("MAJOR", "MINOR", "PATCH")
    )
    return ".".join(match[1] for match in parts if match)


class Applies:
    """Which programs an option is for, by the rules of `add_opt`."""

    def __init__(self, text: str) -> None:
        named = {match["what"]: _names(match["names"]) for match in _SET.finditer(text)}
        self.examples = named.get("examples", {"COMMON"})
        self.excludes = named.get("excludes", set())

    def __call__(self, program: str) -> bool:
        return bool({program, "COMMON"} & self.examples) and program not in self.excludes


def _names(text: str) -> set[str]:
    return set(re.findall(r"LLAMA_EXAMPLE_(\w+)", text))


def _options(text: str) -> Iterator[tuple[dict[str, Any], Applies]]:
    """Every option with the programs it is for; those of preset files left out."""
    starts = [match.end() for match in re.finditer(r"add_opt\(common_arg\(", text)]
    for start, following in zip(starts, [*starts[1:], len(text)], strict=True):
        piece = text[start:following]
        end = _END.search(piece)
        piece = piece[: end.end() if end else len(piece)]
        if "set_preset_only()" not in piece and (record := _record(piece)):
            yield record, Applies(piece)


def _record(piece: str) -> dict[str, Any] | None:
    first = _LIST.match(piece)
    if first is None:
        return None
    second = _LIST.match(piece, first.end())
    handler = _HANDLER.search(piece)
    rest = handler["rest"] if handler else ""
    names = _STRING.findall(first[1]) + (_STRING.findall(second[1]) if second else [])
    names.sort(key=lambda name: not name.startswith("--"))
    record: dict[str, Any] = {"names": names, "kind": _kind(rest)}
    if rest.count("std::string") == 2:
        record["nargs"] = 2
    return record


def _kind(rest: str) -> str:
    if "std::string" in rest:
        return "str"
    return "int" if re.search(r"\bint\b", rest) else "bool"


def _variables(root: Path) -> set[str]:
    found = set(re.findall(r'set_env\("(\w+)"\)', (root / "common/arg.cpp").read_text("utf-8")))
    for folder in ("common", "src", "tools", "ggml/src"):
        for file in (root / folder).rglob("*.c*"):
            text = file.read_text(encoding="utf-8", errors="replace")
            found.update(re.findall(r'getenv\("((?:LLAMA|GGML)_\w+)"\)', text))
    return found


_ITEM = re.compile(r'\{\s*"(?P<name>[a-z][a-z_]+)",\s*"[A-Z]')


def _metrics(folder: Path) -> Iterator[tuple[str, str]]:
    """`llamacpp:…` of the server, by the lists that it writes them from."""
    text = (folder / "server-task.cpp").read_text(encoding="utf-8")
    gauges = text.find("gauges")
    for match in _ITEM.finditer(text):
        kind = "gauge" if match.start() > gauges > 0 else "counter"
        named = match["name"].endswith("_total")
        yield f"llamacpp:{match['name']}", kind if named or kind == "gauge" else "unknown"
    for name in re.findall(r"llamacpp:([a-z_]+)", text):
        yield f"llamacpp:{name}", "counter" if name.endswith("_total") else "unknown"
