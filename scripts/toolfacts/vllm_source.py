"""vLLM from its source distribution: commands, flags, JSON settings, variables and metrics."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from toolfacts.configs import Field, Hint, bounds, fields, hints_of, keywords
from toolfacts.interpret import Interpreter
from toolfacts.snapshot import Snapshot, flags, positionals
from toolfacts.sources import Ref, Sources
from toolfacts.things import Subparsers

CLI = "vllm.entrypoints.cli"


def snapshot(root: Path) -> Snapshot:
    """What the source below `root` has."""
    sources = Sources(root)
    run = _run(sources)
    objects = dict(_objects(sources))
    return {
        "tool": "vllm",
        **_release(root),
        "method": "AST of the source distribution",
        "commands": _with_objects(flags(run.added), objects),
        "positionals": positionals(run.added),
        "objects": objects,
        "enums": dict(_enums(sources)),
        "env": sorted(_variables(sources, root)),
        "metrics": dict(sorted(_metrics(sources))),
    }


def _with_objects(commands: dict[str, Any], objects: dict[str, Any]) -> dict[str, Any]:
    """Flags that are read as bare JSON and are named as a settings class: `--watermark-config`."""
    for found in commands.values():
        for name, record in found.items():
            camel = "".join(part.capitalize() for part in name.strip("-").split("-"))
            if record["kind"] == "json" and camel in objects:
                record["kind"] = f"json:{camel}"
    return commands


def _release(root: Path) -> dict[str, str]:
    info = (root / "PKG-INFO").read_text(encoding="utf-8")
    match = re.search(r"^Version: (\S+)", info, re.MULTILINE)
    return {"version": match[1] if match else ""}


def _run(sources: Sources) -> Interpreter:
    """Every command's parser, built on paper."""

    def get_kwargs(args: list[object], words: dict[str, object]) -> object:
        return keywords(args[0], sources) if isinstance(args[0], Ref) else {}

    run = Interpreter(sources, {"get_kwargs": get_kwargs})
    for module in sources.modules_in(CLI):
        for node in module.names.values():
            bases = [ast.unparse(base) for base in getattr(node, "bases", [])]
            if isinstance(node, ast.ClassDef) and "CLISubcommand" in bases:
                method = run.member(Ref(module, node), "subparser_init")
                if isinstance(method, Ref):
                    run.call(method, [Subparsers("")], {})
    return run


# JSON settings


def _objects(sources: Sources) -> Iterator[tuple[str, dict[str, Any]]]:
    """The keys of every settings class that a flag takes as JSON, and of those within them."""
    package = sources.module("vllm.config")
    assert package is not None
    seen: set[str] = set()
    waiting = [name for name in package.imports if name.endswith("Config")]
    waiting += ["IrOpPriorityConfig", "WatermarkConfig", "LoggingConfig"]
    while waiting:
        name = waiting.pop()
        found = _class(name, sources)
        if found is None or name in seen:
            continue
        seen.add(name)
        keys = {}
        for each in fields(found, sources).values():
            if each.name.startswith("_") or "init=False" in ast.unparse(
                each.default or ast.Constant(0)
            ):
                continue
            hints = list(hints_of(each.annotation, each.ref, sources))
            waiting += [hint.name for hint in hints if hint.kind == "class" and hint.name]
            keys[each.name] = _key(each, hints)
        if keys:
            yield name, keys


def _key(each: Field, hints: list[Hint]) -> dict[str, Any]:
    """What is kept of one key: its type, the values allowed, the limits of a number."""
    record: dict[str, Any] = {"kind": ast.unparse(each.annotation).strip("'\"")}
    choices = [choice for hint in hints for choice in hint.choices]
    open_ended = any(hint.kind in ("str", "int", "other", "class") for hint in hints)
    if choices and not open_ended:
        record["choices"] = choices
    if limits := bounds(each):
        record["range"] = limits
    return record


def _class(name: str, sources: Sources) -> Ref | None:
    for module in (
        "vllm.config",
        "vllm.config.kernel",
        "vllm.config.watermarking",
        "vllm.config.logging",
    ):
        source = sources.module(module)
        found = sources.find(source, name) if source else None
        if found and isinstance(found.node, ast.ClassDef):
            return found
    for module_ in sources.modules_in("vllm.config"):
        node = module_.names.get(name)
        if isinstance(node, ast.ClassDef):
            return Ref(module_, node)
    return None


ENUMS = {
    "CUDAGraphMode": "vllm.config.compilation",
    "CompilationMode": "vllm.config.compilation",
    "OptimizationLevel": "vllm.config.vllm",
    "AttentionBackendEnum": "vllm.v1.attention.backends.registry",
}


def _enums(sources: Sources) -> Iterator[tuple[str, list[str]]]:
    for name, where in ENUMS.items():
        module = sources.module(where)
        found = sources.find(module, name) if module else None
        body = found.node.body if found and isinstance(found.node, ast.ClassDef) else []
        members = [
            statement.targets[0].id
            for statement in body
            if isinstance(statement, ast.Assign)
            and isinstance(statement.targets[0], ast.Name)
            and statement.targets[0].id.isupper()
        ]
        if members:
            yield name, members


# variables and metrics

_READ = re.compile(r"""(?:environ(?:\.get)?|getenv)[\[(]\s*["'](VLLM_\w+)|ENV\{(VLLM_\w+)\}""")
BUILD = ("setup.py", "CMakeLists.txt", "cmake/**/*.cmake", "vllm/**/*.py")
"""Files that read variables beside `envs.py`."""


def _variables(sources: Sources, root: Path) -> set[str]:
    """The names that `envs.py` knows, and those that the build and other modules read."""
    module = sources.module("vllm.envs")
    table = module.names.get("environment_variables") if module else None
    found = {str(key.value) for key in getattr(table, "keys", []) if isinstance(key, ast.Constant)}
    for pattern in BUILD:
        for file in root.glob(pattern):
            text = file.read_text(encoding="utf-8")
            found |= {name for names in _READ.findall(text) for name in names if name}
    return found


_KINDS = {"Gauge": "gauge", "Counter": "counter", "Histogram": "histogram", "Info": "info"}


def _metrics(sources: Sources) -> Iterator[tuple[str, str]]:
    """Names by which metrics are scraped, with their kinds."""
    kinds: dict[str, str] = {}
    for file in sorted((sources.root / "vllm").rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        if "vllm:" in text:
            nodes = list(ast.walk(ast.parse(text)))
            for name in filter(None, map(_metric_name, nodes)):
                kinds.setdefault(name, "unknown")
            for node in nodes:
                _note_metric(node, kinds)
    for name, kind in kinds.items():
        if kind == "unknown" and sum(other.startswith(f"{name}_") for other in kinds) > 2:
            continue  # the beginning of names that are put together
        total = kind == "counter" and not name.endswith("_total")
        yield (f"{name}_total" if total else name), kind


def _metric_name(node: ast.AST) -> str:
    """The metric that a string alone names."""
    value = node.value if isinstance(node, ast.Constant) else None
    is_name = isinstance(value, str) and re.fullmatch(r"vllm:[a-z0-9_]+[a-z0-9]", value)
    return str(value) if is_name else ""


def _note_metric(node: ast.AST, kinds: dict[str, str]) -> None:
    """The kind of a metric, where a call makes it."""
    if not isinstance(node, ast.Call):
        return
    function = ast.unparse(node.func).rpartition(".")[2].lower()
    kind = next((kind for kind in _KINDS if kind.lower() in function), "")
    words = {each.arg: each.value for each in node.keywords}
    name = words.get("name") or (node.args[0] if node.args else None)
    if kind and isinstance(name, ast.Constant) and str(name.value).startswith("vllm:"):
        kinds[str(name.value)] = _KINDS[kind]
