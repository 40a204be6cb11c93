"""Mending what has one right answer, in the text as it stands: comments and order are kept.

Fields that the profile refuses move under `metadata`, where the specification has text only: a list
there becomes one line with commas, which the readers of `tags`, `platforms` and `related_skills`
take. YAML in brackets becomes one item a line, a name becomes its folder's, a byte order mark goes,
and a link goes to the only file of that name in the skill. A repair whose result does not read as
the same data is not made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial

from benchpost.findings import Severity
from benchpost.skills.address import Address
from benchpost.skills.frontmatter import BOM, split
from benchpost.skills.links import Broken
from benchpost.skills.profiles import SPEC, Profile
from benchpost.skills.yamltree import Node, Plain, read

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_BARE = re.compile(r"[A-Za-z][\w./+ -]*(?:, [A-Za-z][\w./+ -]*)+")
_COMMENT = re.compile(r"[ \t]*#")

Step = Callable[[list[str], Node, Address], list[str] | None]
"""Lines of a front matter, its tree and the skill's address; the new lines, or None."""


def repaired(text: str, where: Address, profile: Profile = SPEC) -> str:
    """The text of a SKILL.md with its front matter mended by the rules of a profile."""
    text = text.removeprefix(BOM)
    found = split(text)
    if found is None:
        return text
    source = text[found.start : found.end]
    for step, expected in _steps(profile):
        source = _stepped(source, where, step, expected)
    return text[: found.start] + source + text[found.end :]


def renamed(text: str, where: Address) -> str:
    """The text of a SKILL.md with `name` as the address has it."""
    found = split(text)
    if found is None:
        return text
    source = _stepped(text[found.start : found.end], where, _named, _with_name)
    return text[: found.start] + source + text[found.end :]


def relinked(text: str, broken: Iterable[Broken]) -> str:
    """The text of a file with each sure pointer leading where it was meant to."""
    # from the end, so that earlier offsets stay true
    for each in sorted(broken, key=lambda one: -one.mention.start):
        if each.sure:
            text = text[: each.mention.start] + each.sure + text[each.mention.end :]
    return text


Expected = Callable[[dict[str, Plain], Address], dict[str, Plain]]


def _stepped(source: str, where: Address, step: Step, expected: Expected) -> str:
    """The front matter after a step, or as it was when the step would change what it says."""
    tree = read(source)
    if not isinstance(tree, Node) or tree.kind != "map":
        return source
    lines = source.split("\n")
    ends = "\r\n" if source.count("\r\n") else "\n"
    new = step([line.rstrip("\r") for line in lines], tree, where)
    if new is None:
        return source
    result = ends.join(new)
    after, before = read(result), tree.plain()
    if not isinstance(after, Node) or not isinstance(before, dict):
        return source
    return result if after.plain() == expected(before, where) else source


def _named(lines: list[str], tree: Node, where: Address) -> list[str] | None:
    node = tree.get("name")
    if node is None or node.line != node.last or node.kind in ("list", "map"):
        return None
    if node.text == where.name or not _NAME.fullmatch(where.name):
        return None
    line = lines[node.line]
    before = line[: node.column] if node.end > node.column else f"{line.rstrip()} "
    return _replaced(lines, node.line, [before + where.name + line[node.end :]])


def _blocked(lines: list[str], tree: Node, where: Address) -> list[str] | None:
    """Brackets opened, from the last so that earlier lines keep their numbers."""
    entries = _entries(tree)
    flows = [(key, value) for key, value in entries if value.style == "flow"]
    for key, value in sorted(flows, key=lambda pair: -pair[1].line):
        rest = lines[value.last][value.end :]
        simple = not rest.strip() or _COMMENT.match(rest)
        if not simple or "#" in "".join(lines[value.line : value.last]):
            return None
        block = _block(value, lines, key.column + 2)
        if block is None:
            return None
        head = lines[value.line][: value.column].rstrip() + (
            f" {rest.strip()}" if rest.strip() else ""
        )
        lines = [*lines[: value.line], head, *block, *lines[value.last + 1 :]]
    return lines if flows else None


def _block(node: Node, lines: list[str], indent: int) -> list[str] | None:
    """A collection in brackets as block lines; None where it cannot be said in that way."""
    found: list[str] = []
    pad = " " * indent
    pairs = [("-", item) for item in node.items]
    pairs += [(f"{_written(key, lines)}:", value) for key, value in node.entries]
    for head, value in pairs:
        if value.kind in ("list", "map"):
            inner = _block(value, lines, indent + 2)
            if not inner:
                return None
            found += (
                [f"{pad}{head} {inner[0].strip()}", *inner[1:]]
                if head == "-"
                else [
                    pad + head,
                    *inner,
                ]
            )
        elif value.line != value.last:
            return None
        else:
            found.append(f"{pad}{head} {_written(value, lines)}".rstrip())
    return found


def _written(node: Node, lines: list[str]) -> str:
    return lines[node.line][node.column : node.end]


def _under_metadata(
    lines: list[str], tree: Node, where: Address, *, known: frozenset[str]
) -> list[str] | None:
    extra = [key for key, _ in tree.entries if key.text not in known]
    metadata = tree.get("metadata")
    there = {key.text for key, _ in metadata.entries} if metadata else set()
    if not extra or (metadata and (metadata.kind != "map" or metadata.style == "flow")):
        return None
    if there & {key.text for key in extra} or len({key.text for key in extra}) < len(extra):
        return None
    indent = metadata.column if metadata else 2
    blocks = {key.line: _extent(lines, tree, key) for key in extra}
    taken = {line for start, end in blocks.values() for line in range(start, end)}
    moved = [
        (" " * indent + lines[line]) if lines[line].strip() else lines[line]
        for start, end in blocks.values()
        for line in range(start, end)
    ]
    at = _end_of_metadata(lines, tree)
    kept_before = [line for n, line in enumerate(lines[:at]) if n not in taken]
    kept_after = [line for n, line in enumerate(lines[at:], at) if n not in taken]
    return [*kept_before, *([] if metadata else ["metadata:"]), *moved, *kept_after]


def _listless(lines: list[str], tree: Node, where: Address) -> list[str] | None:
    """Lists under `metadata` as lines with commas, from the last so that numbers stay true."""
    metadata = tree.get("metadata")
    entries = metadata.entries if metadata and metadata.style != "flow" else ()
    found = [(key, text) for key, value in entries if (text := _joined_text(value.plain()))]
    for key, text in reversed(found):
        end = key.line + 1
        while end < len(lines) and _is_of(lines[end], key.column):
            end += 1
        if any("#" in line for line in lines[key.line + 1 : end]):
            return None
        head = lines[key.line].rstrip()
        before, hash_, comment = head.partition(" #")
        after = f" #{comment}" if hash_ else ""
        lines = [*lines[: key.line], f"{before.rstrip()} {_scalar(text)}{after}", *lines[end:]]
    return lines if found else None


def _is_of(line: str, column: int) -> bool:
    """Whether a line goes on with the list of a key that begins in this column."""
    indent = len(line) - len(line.lstrip(" "))
    return bool(line.strip()) and (indent > column or line[column:].startswith("- "))


def _scalar(text: str) -> str:
    """A text as YAML: bare where that is plain, else in single quotes."""
    return text if _BARE.fullmatch(text) else "'" + text.replace("'", "''") + "'"


def _end_of_metadata(lines: list[str], tree: Node) -> int:
    """The line before which moved fields go: after `metadata`, or after everything."""
    key = next((key for key, _ in tree.entries if key.text == "metadata"), None)
    if key is not None:
        return _extent(lines, tree, key)[1]
    return len(lines) - 1 if not lines[-1].strip() else len(lines)


def _extent(lines: list[str], tree: Node, key: Node) -> tuple[int, int]:
    """The lines of a top-level field: comments right above it, and all up to the next field."""
    start = key.line
    while start > 0 and lines[start - 1].startswith("#"):
        start -= 1
    end = key.line + 1
    while end < len(lines) and (not lines[end].strip() or lines[end][0] in " \t-"):
        end += 1
    while end > key.line + 1 and not lines[end - 1].strip():
        end -= 1
    return start, end


def _entries(node: Node) -> list[tuple[Node, Node]]:
    """Keys and values of block mappings, at any depth."""
    found = list(node.entries)
    for _, value in node.entries:
        if value.kind == "map" and value.style != "flow":
            found += _entries(value)
    return found


def _replaced(lines: list[str], at: int, new: list[str]) -> list[str]:
    return [*lines[:at], *new, *lines[at + 1 :]]


def _with_name(before: dict[str, Plain], where: Address) -> dict[str, Plain]:
    return {**before, "name": where.name}


def _with_metadata(
    before: dict[str, Plain], where: Address, *, known: frozenset[str]
) -> dict[str, Plain]:
    inner = before.get("metadata")
    kept = {key: value for key, value in before.items() if key in known}
    extra = {key: value for key, value in before.items() if key not in known}
    return {**kept, "metadata": {**(inner if isinstance(inner, dict) else {}), **extra}}


def _without_empty(before: dict[str, Plain], where: Address) -> dict[str, Plain]:
    """Empty brackets have no block form: a list without items becomes a field without a value."""
    found: dict[str, Plain] = {}
    for key, value in before.items():
        if isinstance(value, dict) and value:
            found[key] = _without_empty(value, where)
        else:
            found[key] = value if value not in ([], {}) else None
    return found


def _with_texts(before: dict[str, Plain], where: Address) -> dict[str, Plain]:
    inner = before.get("metadata")
    if not isinstance(inner, dict):
        return before
    joined = {key: _joined_text(value) or value for key, value in inner.items()}
    return {**before, "metadata": joined}


def _joined_text(value: Plain) -> str:
    """A list of words as one line with commas; empty where it cannot be told apart again."""
    words = [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
    whole = isinstance(value, list) and len(words) == len(value)
    sound = all(word == word.strip() and word and not set(word) & set(",\n") for word in words)
    return ", ".join(words) if whole and sound else ""


def _steps(profile: Profile) -> tuple[tuple[Step, Expected], ...]:
    """Each step, and what the data must be after it; what the profile allows stays as it is."""
    steps: list[tuple[Step, Expected]] = [(_named, _with_name), (_blocked, _without_empty)]
    if profile.unknown is Severity.ERROR:
        known = profile.fields
        steps.append((partial(_under_metadata, known=known), partial(_with_metadata, known=known)))
    if profile.values is not None:
        steps.append((_listless, _with_texts))
    return tuple(steps)
