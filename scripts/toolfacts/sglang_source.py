"""SGLang from its wheel or source distribution: its server's and its benchmarks' flags."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from toolfacts.configs import Field, fields
from toolfacts.interpret import Interpreter
from toolfacts.snapshot import Snapshot, flags, positionals
from toolfacts.sources import Module, Ref, Sources
from toolfacts.things import Parser, Scope
from toolfacts.values import UNKNOWN, Kind

FIELDS = "sglang.srt.arg_groups.fields"
"""Where newer releases declare the server's flags, a class a subject."""
BENCHES = {
    "bench_serving": ("sglang.benchmark.serving", "sglang.bench_serving"),
    "bench_one_batch": ("sglang.benchmark.one_batch", "sglang.bench_one_batch"),
    "bench_offline_throughput": (
        "sglang.benchmark.offline_throughput",
        "sglang.bench_offline_throughput",
    ),
}
"""`python -m sglang.<command>` and the modules that it has lain in."""


def snapshot(root: Path) -> Snapshot:
    """What the package below `root` has."""
    sources = Sources(root)
    run = _run(sources)
    return {
        "tool": "sglang",
        "version": _version(root),
        "method": "AST of the wheel",
        "commands": flags(run.added),
        "positionals": positionals(run.added),
        "objects": {},
        "enums": {},
        "env": sorted(_variables(root)),
        "metrics": dict(_metrics(root)),
    }


def _version(root: Path) -> str:
    files = [*root.glob("*.dist-info/METADATA"), *root.glob("PKG-INFO")]
    match = re.search(r"^Version: (\S+)", files[0].read_text(encoding="utf-8"), re.MULTILINE)
    return match[1] if match else ""


def _run(sources: Sources) -> Interpreter:
    run = Interpreter(sources)

    def from_fields(args: list[object], words: dict[str, object]) -> object:
        if isinstance(args[0], Parser):
            for each in _declared(args[1], sources):
                _add(run, args[0], each)
        return UNKNOWN

    run.special = {"add_cli_args_from_dataclass": from_fields}
    module = sources.module("sglang.srt.server_args")
    server = sources.find(module, "ServerArgs") if module else None
    method = run.member(server, "add_cli_args") if server else None
    if isinstance(method, Ref):
        run.call(method, [Parser("serve")], {})
    _add_model_type(run, sources)
    for command, places in BENCHES.items():
        found = next(filter(None, map(sources.module, places)), None)
        if found:
            _bench(run, command, found)
    return run


def _add_model_type(run: Interpreter, sources: Sources) -> None:
    """`sglang serve --model-type`, which is taken out of the words before they are parsed."""
    module = sources.module("sglang.cli.serve")
    if module and "--model-type" in ast.unparse(module.tree):
        words = {"choices": ["auto", "llm", "diffusion"]}
        run.value_added(Parser("serve"), ("--model-type",), words)


# flags that are declared as fields


def _declared(cls: object, sources: Sources) -> Iterator[Field]:
    modules = list(sources.modules_in(FIELDS))
    if not modules:
        yield from fields(cls, sources).values() if isinstance(cls, Ref) else ()
    for module in modules:
        for node in module.names.values():
            if isinstance(node, ast.ClassDef):
                yield from fields(Ref(module, node), sources).values()


def _add(run: Interpreter, parser: Parser, each: Field) -> None:
    """One field `name: A[type, Arg(…)] = default` or `A[type, "help"]`."""
    note = each.annotation
    if not isinstance(note, ast.Subscript) or not isinstance(note.slice, ast.Tuple):
        return
    kind, *rest = note.slice.elts
    arg = next((node for node in rest if _is_arg(node)), None)
    helped = any(isinstance(node, ast.Constant | ast.JoinedStr | ast.BinOp) for node in rest)
    if arg is None and not helped:
        return
    scope = Scope(each.ref)
    words = {} if arg is None else {k.arg: run.value(k.value, scope) for k in _words(arg) if k.arg}
    if words.get("no_cli") is True:
        return
    name = words.get("cli_name")
    first = name if isinstance(name, str) else "--" + each.name.replace("_", "-")
    aliases = words.get("aliases")
    names = (
        first,
        *(a for a in (aliases if isinstance(aliases, list) else []) if isinstance(a, str)),
    )
    run.value_added(parser, names, _keywords(run, kind, each, words, scope, arg))


def _is_arg(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Arg")


def _words(node: ast.expr) -> list[ast.keyword]:
    return node.keywords if isinstance(node, ast.Call) else []


def _keywords(
    run: Interpreter,
    kind: ast.expr,
    each: Field,
    words: dict[str, object],
    scope: Scope,
    arg: ast.expr | None,
) -> dict[str, object]:
    """The keywords of `add_argument`, by the rules of `add_cli_args_from_dataclass`."""
    plain = re.sub(r"Optional\[(.*)\]|(.*?) *\| *None", r"\1\2", ast.unparse(kind).strip("'\""))
    given: dict[str, object] = {"default": run.value(each.default, scope) if each.default else None}
    if words.get("choices") not in (None, UNKNOWN):
        given["choices"] = words["choices"]
    if isinstance(words.get("nargs"), str):
        given["nargs"] = words["nargs"]
    custom = (
        next((ast.unparse(k.value) for k in _words(arg) if k.arg == "action"), "") if arg else ""
    )
    if custom:
        return {**given, **_of_action(custom, words)}
    if any(k.arg == "type_parser" for k in (_words(arg) if arg else [])):
        parser = next(ast.unparse(k.value) for k in _words(arg) if k.arg == "type_parser")  # type: ignore[arg-type]  # there is one
        return {**given, "type": Kind("json" if parser == "json.loads" else "other")}
    return {**given, **_of_type(run, plain, scope, given)}


def _of_action(name: str, words: dict[str, object]) -> dict[str, object]:
    if "BooleanOptional" in name:
        return {"action": "BooleanOptionalAction"}
    if "store_true" in name or "StoreTrue" in name or words.get("nargs") == 0:
        return {"action": "store_true"}
    return {"type": Kind("other")}


def _of_type(
    run: Interpreter, plain: str, scope: Scope, given: dict[str, object]
) -> dict[str, object]:
    if plain == "bool":
        return {"action": "store_true"}
    listed = re.fullmatch(r"(?:List|list|Sequence)\[(.*)\]", plain)
    literal = re.fullmatch(r"(?:typing\.)?Literal\[(.*)\]", plain)
    if listed:
        inner = listed[1]
        return {
            "type": Kind(inner if inner in ("int", "float") else "str"),
            "nargs": given.get("nargs", "+"),
        }
    if literal:
        choices = given.get("choices") or list(ast.literal_eval(f"({literal[1]},)"))
        return {"type": Kind("str"), "choices": choices}
    return {"type": Kind(plain if plain in ("int", "float") else "str")}


# benchmarks: the parser is built where the module is run


def _bench(run: Interpreter, command: str, module: Module) -> None:
    """Follow what builds an `ArgumentParser` in a module, function or main part."""

    def parser(args: list[object], words: dict[str, object]) -> object:
        return Parser(command)

    run.special = {**run.special, "ArgumentParser": parser, "argparse.ArgumentParser": parser}
    for statement in module.tree.body:
        body = statement.body if isinstance(statement, ast.If | ast.FunctionDef) else []
        if any(_makes_parser(each) for each in body):
            run.body(list(body), Scope(Ref(module, statement)))


def _makes_parser(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Assign) and ast.unparse(statement.value).startswith(
        ("ArgumentParser(", "argparse.ArgumentParser(")
    )


# variables and metrics

_READ = re.compile(
    r"""(?:environ(?:\.get)?|getenv|get_bool_env_var|get_int_env_var)[\[(]\s*["']((?:SGLANG|SGL)_\w+)"""
)
_DECLARED = re.compile(r"^\s+((?:SGLANG|SGL)_\w+)\s*=\s*Env\w+\(", re.MULTILINE)
_METRIC = re.compile(r"""["'](sglang:[a-z0-9_]+)["']""")


def _variables(root: Path) -> set[str]:
    found: set[str] = set()
    for file in (root / "sglang").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        found.update(_READ.findall(text), _DECLARED.findall(text))
    return found


def _metrics(root: Path) -> Iterator[tuple[str, str]]:
    """Names as declared; a counter's is scraped with `_total`."""
    kinds: dict[str, str] = {}
    for file in sorted((root / "sglang" / "srt").rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        if "sglang:" in text:
            kinds.update(dict.fromkeys(_METRIC.findall(text), "unknown") | kinds)
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Call):
                    _note(node, kinds)
    for name, kind in sorted(kinds.items()):
        total = kind == "counter" and not name.endswith("_total")
        yield (f"{name}_total" if total else name), kind


def _note(node: ast.Call, kinds: dict[str, str]) -> None:
    function = ast.unparse(node.func).lower()
    kind = next((k for k in ("gauge", "counter", "histogram") if k in function), "")
    words = {each.arg: each.value for each in node.keywords}
    name = words.get("name") or (node.args[0] if node.args else None)
    if kind and isinstance(name, ast.Constant) and str(name.value).startswith("sglang:"):
        kinds[str(name.value)] = kind
