"""The fields of a front matter against a profile."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from benchpost.errors import Place, near
from benchpost.findings import Check, Finding, Severity
from benchpost.skills.address import Address
from benchpost.skills.frontmatter import Head
from benchpost.skills.profiles import LONGEST, Profile
from benchpost.skills.yamltree import Node, walk

FIRST = 2
"""Line of a file at which its front matter begins."""

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")


def judge(head: Head, where: Address, path: str, profile: Profile) -> Iterator[Finding]:
    """What the profile refuses of the head of the skill at `path`."""
    yield from _known(head.tree, path, profile)
    yield from _name(head.tree, where, path, profile)
    yield from _description(head.tree, path, profile)
    yield from _values(head.tree, path, profile)
    yield from _style(head.tree, path, profile)
    yield from _level(where, path, profile)


def place(path: str, node: Node) -> Place:
    """Where a node of the front matter stands in its file."""
    return Place(path, node.line + FIRST, node.column + 1)


def finding(check: Check, at: Place, message: str, severity: Severity | None) -> Iterator[Finding]:
    """The finding, or nothing for a profile that does not mind."""
    if severity is not None:
        yield Finding(check, at, message, severity=severity)


def _known(tree: Node, path: str, profile: Profile) -> Iterator[Finding]:
    seen: set[str] = set()
    for key, _ in tree.entries:
        if key.text in seen:
            message = f"the field {key.text!r} stands twice; the last one counts"
            yield Finding(Check.K015, place(path, key), message)
        seen.add(key.text)
        if key.text not in profile.fields:
            hint = near(key.text, profile.fields) or "; move it under `metadata`"
            message = f"the profile {profile.name} does not know the field {key.text!r}{hint}"
            yield from finding(Check.K013, place(path, key), message, profile.unknown)


def _name(tree: Node, where: Address, path: str, profile: Profile) -> Iterator[Finding]:
    node = tree.get("name")
    name = node.text.strip() if node and node.kind not in ("list", "map", "null") else ""
    if node is None or not name:
        message = f"`name` is missing; write `name: {where.name}`"
        at = place(path, node) if node else Place(path)
        yield Finding(Check.K010, at, message, severity=profile.required)
        return
    at = place(path, node)
    if len(name) > LONGEST["name"]:
        message = f"`name` has {len(name)} characters, more than {LONGEST['name']}"
        yield Finding(Check.K010, at, message)
    if not _NAME.fullmatch(name):
        message = f"`name` {name!r} is not of lower-case letters, digits and single hyphens"
        yield from finding(Check.K010, at, message, profile.characters)
    for word in profile.reserved:
        if word in name:
            message = f"`name` {name!r} holds the reserved word {word!r}"
            yield Finding(Check.K010, at, message, severity=Severity.WARNING)
    if unicodedata.normalize("NFKC", name) != unicodedata.normalize("NFKC", where.name):
        message = f"`name` is {name!r} and the folder is {where.name!r}; call both the same"
        yield from finding(Check.K012, at, message, profile.folder)


def _description(tree: Node, path: str, profile: Profile) -> Iterator[Finding]:
    node = tree.get("description")
    text = node.text.strip() if node and node.kind not in ("list", "map", "null") else ""
    if node is None or not text:
        message = "`description` is missing; say what the skill does and when to use it"
        if node and node.kind in ("list", "map"):
            what = "list" if node.kind == "list" else "mapping"
            message = f"`description` is a {what}; write it as text"
        at = place(path, node) if node else Place(path)
        yield Finding(Check.K011, at, message, severity=profile.required)
        return
    most = LONGEST["description"]
    if len(node.text) > most:
        message = f"`description` has {len(node.text)} characters, more than {most}"
        yield Finding(Check.K011, place(path, node), message)
    if tag := _TAG.search(text):
        message = f"`description` holds the tag {tag[0]!r}; write it without angle brackets"
        yield from finding(Check.K014, place(path, node), message, profile.markup)


def _values(tree: Node, path: str, profile: Profile) -> Iterator[Finding]:
    compatibility = tree.get("compatibility")
    if compatibility and compatibility.kind in ("list", "map"):
        yield Finding(Check.K014, place(path, compatibility), "`compatibility` is not text")
    elif compatibility and len(compatibility.text) > LONGEST["compatibility"]:
        size = len(compatibility.text)
        message = f"`compatibility` has {size} characters, more than {LONGEST['compatibility']}"
        yield Finding(Check.K014, place(path, compatibility), message)
    tools = tree.get("allowed-tools")
    if tools and tools.kind in ("list", "map"):
        message = "`allowed-tools` is a list; the specification has words parted by spaces"
        yield from finding(Check.K014, place(path, tools), message, profile.values)
    metadata = tree.get("metadata")
    if metadata and metadata.kind != "map":
        message = "`metadata` is not a mapping of text to text"
        yield from finding(Check.K014, place(path, metadata), message, profile.values)
    for key, value in metadata.entries if metadata else ():
        if value.kind in ("list", "map"):
            message = f"`metadata.{key.text}` is not text; some clients do not read it"
            yield from finding(Check.K014, place(path, key), message, profile.values)


def _style(tree: Node, path: str, profile: Profile) -> Iterator[Finding]:
    if not profile.block:
        return
    for node in walk(tree):
        if node.style == "flow":
            message = "YAML in brackets; strict readers take one item a line"
            yield Finding(Check.K015, place(path, node), message)
        if node.extra:
            message = f"YAML with {'an anchor' if node.extra == 'anchor' else 'a tag'}"
            yield Finding(Check.K015, place(path, node), f"{message}; write the value itself")


def _level(where: Address, path: str, profile: Profile) -> Iterator[Finding]:
    level = where.identity.count("/") + 1
    if profile.levels is not None and level > profile.levels:
        message = f"lies {level} folders deep; export a flat copy for clients that look"
        message += f" {profile.levels} deep"
        yield Finding(Check.K017, Place(path), message, severity=Severity.WARNING)
