"""The verdict of skills-ref 0.1.1, the specification's demonstration validator, faults and all.

Its faults, kept here on purpose: the front matter ends at the first `---` anywhere, even inside
a quoted text; every scalar is text, so that `description: ~` is the text `~`; lower-case letters
of any script may stand in a name; `metadata`, `license` and `allowed-tools` may be anything; and
what YAML allows but its parser does not (brackets, anchors, tags, keys given twice) is an error.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from benchpost.errors import Place
from benchpost.findings import Check, Finding, Severity
from benchpost.skills.address import Address
from benchpost.skills.fields import FIRST, place
from benchpost.skills.profiles import LONGEST, SPEC_FIELDS
from benchpost.skills.yamltree import Fault, Node, read, walk


def verdict(text: str, where: Address, path: str) -> list[Finding]:
    """What skills-ref refuses of a SKILL.md; nothing, for a valid one."""
    parts = text.replace("\r\n", "\n").replace("\r", "\n").split("---", 2)
    if parts[0] or len(parts) < 3:
        message = "skills-ref: front matter is missing, not at the very start, or not closed"
        return [Finding(Check.K002, Place(path), message)]
    tree = read(parts[1])
    if isinstance(tree, Fault):
        # the text read begins in the line of the opening `---`
        at = Place(path, tree.line + FIRST - 1, tree.column + 1)
        return [Finding(Check.K003, at, f"skills-ref: {tree.message or 'empty front matter'}")]
    refused = _refused(tree, path)
    if refused:
        return refused
    if tree.kind != "map":
        return [Finding(Check.K003, Place(path), "skills-ref: front matter is not a mapping")]
    return [*_fields(tree, path), *_name(tree, where, path), *_texts(tree, path)]


def _refused(tree: Node, path: str) -> list[Finding]:
    return [
        Finding(Check.K015, _at(path, node), f"skills-ref: {why}")
        for node in walk(tree)
        for why in _reasons(node)
    ]


def _reasons(node: Node) -> Iterator[str]:
    if node.style == "flow":
        yield "YAML in brackets"
    if node.extra:
        yield f"YAML with {node.extra}"
    keys = [key.text for key, _ in node.entries]
    yield from (
        f"the key {key!r} stands twice"
        for key in dict.fromkeys(k for k in keys if keys.count(k) > 1)
    )
    if any(key.kind in ("list", "map") for key, _ in node.entries):
        yield "a key that is not text"
    columns = {value.column for _, value in node.entries if value.kind == "map"}
    if len(columns) > 1:
        yield "mappings side by side with different indents"


def _fields(tree: Node, path: str) -> Iterator[Finding]:
    for key, _ in tree.entries:
        if key.text not in SPEC_FIELDS:
            message = f"skills-ref: unexpected field {key.text!r}; move it under `metadata`"
            yield Finding(Check.K013, _at(path, key), message)


def _name(tree: Node, where: Address, path: str) -> Iterator[Finding]:
    node = tree.get("name")
    if node is None or not _is_text(node) or not node.text.strip():
        at = _at(path, node) if node else Place(path)
        yield Finding(Check.K010, at, "skills-ref: `name` is missing or not text")
        return
    name = unicodedata.normalize("NFKC", node.text.strip())
    folder = unicodedata.normalize("NFKC", where.name)
    for wrong in _wrong(name):
        yield Finding(Check.K010, _at(path, node), f"skills-ref: `name` {name!r} {wrong}")
    if name != folder:
        message = f"skills-ref: `name` is {name!r} and the folder is {where.name!r}"
        yield Finding(Check.K012, _at(path, node), message)


def _wrong(name: str) -> Iterator[str]:
    if len(name) > LONGEST["name"]:
        yield f"has {len(name)} characters, more than {LONGEST['name']}"
    if name != name.lower():
        yield "is not lower case"
    if name.startswith("-") or name.endswith("-") or "--" in name:
        yield "has a hyphen at an end, or two together"
    if not all(char.isalnum() or char == "-" for char in name):
        yield "holds more than letters, digits and hyphens"


def _texts(tree: Node, path: str) -> Iterator[Finding]:
    node = tree.get("description")
    if node is None or not _is_text(node) or not node.text.strip():
        at = _at(path, node) if node else Place(path)
        yield Finding(Check.K011, at, "skills-ref: `description` is missing or not text")
    elif len(node.text) > LONGEST["description"]:
        message = f"skills-ref: `description` has {len(node.text)} characters"
        message += f", more than {LONGEST['description']}"
        yield Finding(Check.K011, _at(path, node), message)
    other = tree.get("compatibility")
    if other and (not _is_text(other) or len(other.text) > LONGEST["compatibility"]):
        most = LONGEST["compatibility"]
        message = f"skills-ref: `compatibility` is not text of up to {most} characters"
        yield Finding(Check.K014, _at(path, other), message, severity=Severity.ERROR)


def _is_text(node: Node) -> bool:
    # `<<` and `=` unquoted are YAML 1.1's merge and default keys, which its parser makes no text of
    special = node.text in ("<<", "=") and not node.style
    return node.kind not in ("list", "map") and not special


def _at(path: str, node: Node) -> Place:
    found = place(path, node)
    return Place(path, found.line - 1, found.column)
