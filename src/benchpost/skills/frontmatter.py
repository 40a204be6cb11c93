"""The head of a SKILL.md or DESCRIPTION.md: read whatever it is, with every fault's place."""

from __future__ import annotations

import re
from dataclasses import dataclass

from benchpost.errors import Place
from benchpost.findings import Check, Finding, Severity
from benchpost.skills.yamltree import Fault, Node, read

BOM = "\ufeff"

_FENCE = re.compile(r"---[ \t]*\r?(?:\n|\Z)")
_CLOSE = re.compile(r"^---[ \t]*\r?$", re.MULTILINE)
_LINE = re.compile(r"^([A-Za-z_][\w.-]*):[ \t]*(.*?)[ \t]*\r?$", re.MULTILINE)


@dataclass(frozen=True)
class Head:
    """Front matter and where the body begins."""

    source: str
    """The YAML between the `---` lines."""
    body: int
    """Offset of the body in the text."""
    tree: Node
    """The mapping; of lines `key: value` where the YAML cannot be read."""
    findings: tuple[Finding, ...] = ()
    """What is wrong with the file's encoding and with the head."""


@dataclass(frozen=True)
class Split:
    """Where the front matter lies in a text."""

    start: int
    """Offset of the first line after the opening `---`."""
    end: int
    """Offset of the closing `---`."""
    body: int
    """Offset of the line after it."""


def split(text: str) -> Split | None:
    """Where the front matter lies; None when there is none or it is not closed."""
    opening = _FENCE.match(text, len(BOM) if text.startswith(BOM) else 0)
    closing = _CLOSE.search(text, opening.end()) if opening else None
    if opening is None or closing is None:
        return None
    body = closing.end() + (1 if text.startswith("\n", closing.end()) else 0)
    return Split(opening.end(), closing.start(), body)


def head(text: str, path: str) -> Head:
    """The head of the text of the file at `path`; never raises."""
    where = split(text)
    encoding = tuple(_encoding(text, path))
    if where is None:
        return Head("", 0, _nothing(), (*encoding, _unfenced(text, path)))
    source = text[where.start : where.end]
    tree = read(source)
    if isinstance(tree, Node) and tree.kind == "map":
        return Head(source, where.body, tree, encoding)
    if isinstance(tree, Fault) and not tree.message:
        return Head(source, where.body, _nothing(), encoding)
    if isinstance(tree, Node):
        tree = Fault("not a mapping; write one `key: value` a line")
    return Head(source, where.body, _by_lines(source), (*encoding, _not_yaml(tree, path)))


def _nothing() -> Node:
    return Node("map", 0, 0, 0, 0)


def _encoding(text: str, path: str) -> list[Finding]:
    found = []
    if text.startswith(BOM):
        message = "the file begins with a byte order mark, which hides its front matter from some"
        found.append(Finding(Check.K004, Place(path), f"{message} readers; save without it"))
    if (at := text.find("\r\n")) >= 0:
        line = text.count("\n", 0, at) + 1
        message = "lines end with CR LF; save the file with LF"
        found.append(Finding(Check.K005, Place(path, line), message, severity=Severity.WARNING))
    return found


def _unfenced(text: str, path: str) -> Finding:
    if _FENCE.match(text.removeprefix(BOM)):
        message = "front matter is not closed; end it with a line `---`"
    else:
        message = (
            "front matter is missing; begin with `name:` and `description:` between lines `---`"
        )
    return Finding(Check.K002, Place(path), message)


def _not_yaml(fault: Fault, path: str) -> Finding:
    message = f"front matter: {fault.message}; its lines `key: value` are used as they stand"
    return Finding(Check.K003, Place(path, fault.line + 2, fault.column + 1), message)


def _by_lines(source: str) -> Node:
    """What the lines `key: value` at the left margin say, for a head that is not YAML."""
    entries = []
    for match in _LINE.finditer(source):
        line = source.count("\n", 0, match.start())
        begin = match.start(2) - match.start()
        key = Node("text", line, 0, line, len(match[1]), match[1])
        value = match[2].strip("\"'")
        entries.append((key, Node("text", line, begin, line, begin + len(match[2]), value)))
    return Node("map", 0, 0, source.count("\n"), 0, entries=tuple(entries))
