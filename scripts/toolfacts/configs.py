"""Fields of a dataclass as a parser's keywords, by the rules that vLLM itself has for that."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from toolfacts.sources import Ref, Sources
from toolfacts.values import UNKNOWN, Kind, literal

SIZES = {
    "max_num_batched_tokens",
    "max_num_scheduled_tokens",
    "kv_cache_memory_bytes",
    "safetensors_prefetch_block_size",
    "max_num_queued_tokens",
}
"""Fields whose numbers may be written `8k`; `max_model_len` takes `auto` besides."""


@dataclass(frozen=True)
class Field:
    """One field of a dataclass."""

    name: str
    """Its name."""
    annotation: ast.expr
    """Its type."""
    default: ast.expr | None
    """Its default; None without one."""
    ref: Ref
    """The class it stands in, where its names are looked up."""


@dataclass(frozen=True)
class Hint:
    """One member of a field's type."""

    kind: str
    """literal, list, dict, bool, int, float, str, none, class or other."""
    choices: tuple[object, ...] = ()
    """The members of a literal."""
    name: str = ""
    """The name of a class."""
    inner: tuple[Hint, ...] = ()
    """What a list is of."""
    ref: Ref | None = None
    """The class."""


def fields(ref: Ref, sources: Sources) -> dict[str, Field]:
    """The fields of a class and of those it extends; a later one replaces an earlier."""
    found: dict[str, Field] = {}
    if not isinstance(ref.node, ast.ClassDef):
        return found
    for base in ref.node.bases:
        other = sources.find(ref.module, ast.unparse(base).rpartition(".")[2])
        if other and isinstance(other.node, ast.ClassDef):
            found.update(fields(other, sources))
    for statement in ref.node.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            name = statement.target.id
            if "ClassVar" not in ast.unparse(statement.annotation):
                found[name] = Field(name, statement.annotation, statement.value, ref)
    return found


def keywords(ref: Ref, sources: Sources) -> dict[str, dict[str, object]]:
    """For each field, the keywords that `add_argument` gets."""
    return {
        name: {
            **_keywords(each, sources),
            "default": default(each, sources),
            "range": bounds(each),
        }
        for name, each in fields(ref, sources).items()
    }


def _keywords(each: Field, sources: Sources) -> dict[str, object]:
    hints = list(hints_of(each.annotation, each.ref, sources))
    kinds = {hint.kind for hint in hints}
    by_kind = {hint.kind: hint for hint in reversed(hints)}
    if (dataclass_hint := next((h for h in hints if _is_dataclass(h)), None)) is not None:
        return {"type": Kind(f"json:{dataclass_hint.name}")}
    if kinds == {"bool", "str", "none"}:
        return {"type": Kind("str"), "nargs": "?"}
    if "bool" in kinds:
        return {"action": "BooleanOptionalAction"}
    if "literal" in kinds:
        return _of_literal(by_kind["literal"], "str" in kinds)
    if "list" in kinds:
        return _of_list(by_kind["list"])
    return {"type": Kind(_plain(each.name, kinds))}


def _plain(name: str, kinds: set[str]) -> str:
    if "int" in kinds:
        return "size-or-auto" if name == "max_model_len" else "size" if name in SIZES else "int"
    if "float" in kinds:
        return "float"
    if "dict" in kinds:
        return "json-or-word" if kinds & {"str", "class", "other"} else "json"
    return "str"


def _of_literal(hint: Hint, open_ended: bool) -> dict[str, object]:
    kind = Kind({"int": "int", "float": "float"}.get(type(hint.choices[0]).__name__, "str"))
    key = "metavar" if open_ended else "choices"
    return {"type": kind, key: sorted(hint.choices, key=str)}


def _of_list(hint: Hint) -> dict[str, object]:
    inner = [each for each in hint.inner if each.kind != "none"]
    if len(inner) == 1 and inner[0].kind == "literal":
        return {**_of_literal(inner[0], False), "nargs": "+"}
    kind = inner[0].kind if len(inner) == 1 and inner[0].kind in ("int", "float") else "str"
    return {"type": Kind(kind), "nargs": "+"}


def _is_dataclass(hint: Hint) -> bool:
    if hint.ref is None or not isinstance(hint.ref.node, ast.ClassDef):
        return False
    decorators = " ".join(ast.unparse(each) for each in hint.ref.node.decorator_list)
    return hint.kind == "class" and ("config" in decorators or "dataclass" in decorators)


def default(each: Field, sources: Sources) -> object:
    """The default of a field where it is a plain value."""
    node = each.default
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("Field", "field")):
        given = {word.arg: word.value for word in node.keywords}
        node = node.args[0] if node.args else given.get("default")
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        owner = sources.find(each.ref.module, node.value.id)
        other = fields(owner, sources).get(node.attr) if owner else None
        if other and other.default is not each.default:
            return default(other, sources)
    if isinstance(node, ast.Name) and node.id not in ("None",):
        found = sources.find(each.ref.module, node.id)
        node = found.node if found and isinstance(found.node, ast.expr) else None
    return literal(node) if node is not None else UNKNOWN


BOUNDS = ("gt", "ge", "lt", "le")
"""Keywords of pydantic's `Field` that a number is held against."""


def bounds(each: Field) -> list[list[object]]:
    """The limits that a field's number must keep, e.g. `[["gt", 0], ["le", 1]]`."""
    if not (isinstance(each.default, ast.Call) and ast.unparse(each.default.func) == "Field"):
        return []
    given = [(word.arg, literal(word.value)) for word in each.default.keywords]
    return [[name, limit] for name, limit in given if name in BOUNDS and limit is not UNKNOWN]


PLAIN = {"bool": "bool", "int": "int", "float": "float", "str": "str", "None": "none"}
LISTS = ("list", "List", "tuple", "Tuple", "set", "Set", "Sequence", "Iterable")
DICTS = ("dict", "Dict", "Mapping")
WRAPPED = ("Annotated", "SkipValidation", "Optional", "Union", "ClassVar", "Final")


def hints_of(node: ast.expr, ref: Ref, sources: Sources, depth: int = 0) -> Iterator[Hint]:
    """The members of a type, unions taken apart and aliases followed."""
    if depth > 12:
        return
    if isinstance(node, ast.Constant):
        yield from _of_constant(node, ref, sources, depth)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        yield from hints_of(node.left, ref, sources, depth + 1)
        yield from hints_of(node.right, ref, sources, depth + 1)
    elif isinstance(node, ast.Subscript):
        yield from _of_subscript(node, ref, sources, depth)
    else:
        yield from _of_name(node, ref, sources, depth)


def _of_constant(node: ast.Constant, ref: Ref, sources: Sources, depth: int) -> Iterator[Hint]:
    if isinstance(node.value, str):
        yield from hints_of(ast.parse(node.value, mode="eval").body, ref, sources, depth + 1)
    elif node.value is None:
        yield Hint("none")


def _of_subscript(node: ast.Subscript, ref: Ref, sources: Sources, depth: int) -> Iterator[Hint]:
    name = ast.unparse(node.value).rpartition(".")[2]
    inner = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
    if name == "Literal":
        yield Hint("literal", tuple(_members(inner, ref, sources)))
    elif name in LISTS:
        members = [hint for one in inner[:1] for hint in hints_of(one, ref, sources, depth + 1)]
        yield Hint("list", inner=tuple(members))
    elif name in DICTS:
        yield Hint("dict")
    elif name in WRAPPED:
        for each in inner[:1] if name == "Annotated" else inner:
            yield from hints_of(each, ref, sources, depth + 1)
        if name == "Optional":
            yield Hint("none")
    else:
        yield Hint("other")


def _members(inner: list[ast.expr], ref: Ref, sources: Sources) -> Iterator[object]:
    for each in inner:
        if isinstance(each, ast.Constant):
            yield each.value
        else:
            found = sources.find(ref.module, ast.unparse(each).rpartition(".")[2])
            if found and isinstance(found.node, ast.expr):
                for hint in hints_of(found.node, found, sources):
                    yield from hint.choices


def _of_name(node: ast.expr, ref: Ref, sources: Sources, depth: int) -> Iterator[Hint]:
    name = ast.unparse(node).rpartition(".")[2]
    if name in PLAIN:
        yield Hint(PLAIN[name])
    elif name in DICTS:
        yield Hint("dict")
    elif name in LISTS:
        yield Hint("list")
    else:
        found = _followed(node, ref, sources)
        if found and isinstance(found.node, ast.expr):
            yield from hints_of(found.node, found, sources, depth + 1)
        elif found and isinstance(found.node, ast.ClassDef):
            extends = " ".join(ast.unparse(base) for base in found.node.bases)
            yield Hint("dict" if "dict" in extends else "class", name=name, ref=found)
        else:
            yield Hint("other", name=name)


def _followed(node: ast.expr, ref: Ref, sources: Sources) -> Ref | None:
    """What a name or `module.name` in a type means."""
    if isinstance(node, ast.Name):
        return sources.find(ref.module, node.id)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        owner = sources.find(ref.module, node.value.id)
        return sources.find(owner.module, node.attr) if owner else None
    return None
