"""JSON settings of a flag: whether they are JSON, and whether their keys and members exist."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from benchpost.commands.context import Context, listed
from benchpost.commands.facts import Key
from benchpost.commands.grammar import Given
from benchpost.commands.limits import beyond
from benchpost.commands.script import Word
from benchpost.errors import near
from benchpost.findings import Check
from benchpost.post.problems import Problem

_NUMBER_LIKE = re.compile(
    r"""(?P<string>"(?:[^"\\]|\\.)*")    # left alone
      | \b\d+(?:\.\d+)?[kKmMgGtT]\b     # 80g is a number to the tool
      | <[A-Za-z][\w\ -]*>               # <seconds> and N are the reader's to put in
      | (?<![\w-])[A-Z][A-Z0-9_]*(?![\w(])""",
    re.VERBOSE,
)
_KEY = re.compile(r"[A-Za-z]\w*[A-Za-z0-9]|[A-Za-z]")
"""What a key looks like; `fuse_*` and `<op_name>` stand for others."""
_ELLIPSIS = re.compile(r"\.\.\.|…")


def judged(given: Given, context: Context) -> Iterator[Problem]:
    """What is wrong with a JSON setting, given whole or by a dotted key."""
    flag = given.flag
    if flag is None:
        return
    name = flag.kind.partition(":")[2]
    if given.keys:
        yield from _path(given, name, context)
    elif given.values and given.values[0].plain:
        yield from _whole(given, given.values[0], name, context)


def _whole(given: Given, word: Word, name: str, context: Context) -> Iterator[Problem]:
    text = word.text
    if _ELLIPSIS.search(text) or text[:1] in "“‘" or not _is_json(given, text):
        return
    # as long as before, so that places stay
    plain = _NUMBER_LIKE.sub(lambda m: m["string"] or "1" * len(m[0]), text)
    try:
        value = json.loads(plain, strict=False)
    except (ValueError, RecursionError) as error:
        at = getattr(error, "pos", 0)
        said = f"{getattr(error, 'msg', 'nested too deep')}{_hint(text)}"
        yield Problem(
            Check.C006, word.offset(at), f"the value of `{given.spelled}` is no JSON: {said}"
        )
        return
    if name and value is not None and not isinstance(value, dict):
        said = f"the value of `{given.spelled}` is a JSON object, not {json.dumps(value)[:40]}"
        yield Problem(Check.C006, word.start, said)
    yield from _members(given.spelled, name, value, word, context)


def _members(said: str, name: str, value: Any, word: Word, context: Context) -> Iterator[Problem]:
    """The keys of a JSON object, and those of the objects in it."""
    keys = context.tool.objects.get(name)
    if keys is None or not isinstance(value, dict):
        return
    for key, member in value.items():
        at = word.offset(max(word.text.find(json.dumps(key)), 0) + 1)
        yield from _entry(said, name, keys, key, member, at, context)
        if key in keys and isinstance(member, dict):
            yield from _members(f"{said}.{key}", _object(keys[key], context), member, word, context)


def _object(key: Key, context: Context) -> str:
    """The setting that a key holds, where it holds one."""
    found = [] if "SkipValidation" in key.kind else re.findall(r"\w+", key.kind)
    return next((name for name in found if name in context.tool.objects), "")


def _is_json(given: Given, text: str) -> bool:
    """Whether the flag must have JSON; one of kind `json-or-word` may take a plain word too."""
    is_strict = given.flag is not None and given.flag.kind != "json-or-word"
    return is_strict or text.lstrip()[:1] in ("{", "[")


def _hint(text: str) -> str:
    if "'" in text and '"' not in text:
        return "; JSON wants double quotes"
    if re.search(r"\b(?:True|False|None)\b", text):
        return "; JSON has true, false and null"
    if re.fullmatch(r"\{\s*[A-Za-z_]\w*\s*:.*", text, re.DOTALL):
        return (
            "; keys stand in double quotes, and the whole in single ones, or the shell takes them"
        )
    return ""


def _path(given: Given, name: str, context: Context) -> Iterator[Problem]:
    """`--config.key.key value`: each key in the setting that the one before it holds."""
    said = given.spelled
    for at, word in enumerate(given.keys):
        keys = context.tool.objects.get(name)
        if keys is None:
            return
        is_last = at + 1 == len(given.keys) and not given.adds
        member = (
            given.values[0].text if is_last and given.values and given.values[0].plain else None
        )
        yield from _entry(said, name, keys, word.text, _loaded(member), word.start, context)
        if word.text not in keys:
            return
        if given.adds and at + 1 == len(given.keys):
            yield from _added(said, keys[word.text], given, context)
        said, name = f"{said}.{word.text}", _object(keys[word.text], context)


def _added(said: str, key: Key, given: Given, context: Context) -> Iterator[Problem]:
    """`--config.key+=1`, where the text stays one and the list wants a number."""
    word = given.values[0] if given.values else None
    is_mixed = re.search(r"list\[(?:int \| str|str \| int)\]", key.kind)
    if (
        word
        and word.plain
        and is_mixed
        and context.is_newest
        and re.search(r"(?<!\w)\d", word.text)
    ):
        name = f"{said}.{given.keys[-1].text}"
        told = f"`{name}+` puts the text {word.text!r} to a list of numbers, which is refused"
        yield Problem(Check.C005, word.start, f"{told}; write `{name}=[{word.text}]`")


def _loaded(member: Any) -> Any:
    try:
        return json.loads(member) if isinstance(member, str) else member
    except (ValueError, RecursionError):
        return member


def _entry(
    setting: str,
    name: str,
    keys: Mapping[str, Key],
    key: str,
    member: Any,
    at: int,
    context: Context,
) -> Iterator[Problem]:
    known = keys.get(key)
    life = context.life(known.lives if known else ())
    if f"{setting}.{key}" in context.allowed or not _KEY.fullmatch(key):
        return
    if known is None:
        hint = near(key, (each for each in keys if context.has(keys[each].lives)))
        said = f"`{key}` is no key of `{setting}` in {context.release()}"
        yield Problem(Check.C007, at, f"{said}{hint}")
    elif life.is_gone(context.asked):
        instead = context.instead(f"{name}.{key}", "instead")
        ended = context.ends(life)
        yield Problem(Check.C007, at, f"key `{key}` of `{setting}` is {ended}{instead}")
    elif life.is_later(context.asked):
        told = f"key `{key}` of `{setting}` needs {context.tool.name} {life.since}"
        yield Problem(Check.C004, at, f"{told}; the page speaks of {context.asked}")
    elif context.is_newest:
        yield from _member(known, key, member, at, context)


def _member(known: Key, key: str, member: Any, at: int, context: Context) -> Iterator[Problem]:
    enum = next((each for each in context.tool.enums if re.search(rf"\b{each}\b", known.kind)), "")
    if known.kind.startswith(("list", "dict", "set", "tuple")):
        return
    choices = known.choices
    if enum:
        choices = context.tool.enums[enum]
        wrong = isinstance(member, str) and member.upper() not in choices
    else:
        wrong = bool(choices) and isinstance(member, (str, int)) and str(member) not in choices
    if wrong and not isinstance(member, bool):
        hint = near(str(member), choices) or f"; there are {listed(choices)}"
        yield Problem(Check.C005, at, f"`{key}` cannot be {str(member)!r}{hint}")
    elif not enum and not choices and (said := _fault(known, member)):
        yield Problem(Check.C005, at, f"`{key}` is {said}, not {json.dumps(member)}")


def _fault(known: Key, member: Any) -> str:
    """What a member must be and is not, by its type and its range."""
    return _type_fault(known.kind, member) or beyond(json.dumps(member), known.range)


TYPES: Mapping[str, tuple[str, type | tuple[type, ...]]] = {
    "int": ("a whole number", int),
    "float": ("a number", (int, float)),
    "bool": ("true or false", (bool, int)),
    "str": ("a string", str),
}


def _type_fault(kind: str, member: Any) -> str:
    """What a member must be and is not; strings that the tool would read as numbers pass."""
    bare = kind.removesuffix(" | None")
    if bare not in TYPES or member is None:
        return ""
    said, wanted = TYPES[bare]
    if isinstance(member, str) and bare != "str":
        return "" if re.fullmatch(r"-?\d+(\.\d+)?[kKmMgGtT]?|true|false", member, re.I) else said
    if isinstance(member, bool) and bare in ("int", "float"):
        return ""
    if isinstance(member, (dict, list)) or (bare == "str" and not isinstance(member, str)):
        return said
    return "" if isinstance(member, wanted) else said
