"""JSX tags as MDX reads them: name, attributes, where the tag ends, or why it is none."""

from __future__ import annotations

import re
from typing import NamedTuple

from benchpost.post import javascript
from benchpost.post.escapes import decode
from benchpost.post.nodes import Attribute

SPACE = r"[ \t\n\r\f\v\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]"
"""What JavaScript counts as white space."""
_PART = rf"(?:{javascript.NAME})[\w$\u200c\u200d-]*+"

_BARE = re.compile(r"<(?P<closing>/)?(?P<name>[A-Za-z][A-Za-z0-9]*+)>")
"""The commonest tags: a name and nothing else."""
_HEAD = re.compile(
    rf"""<(?![ \t\r\n]){SPACE}*+
    (?P<closing>/{SPACE}*+)?
    (?P<name>{_PART}(?:{SPACE}*+:{SPACE}*+{_PART}|(?:{SPACE}*+\.{SPACE}*+{_PART})*+))?""",
    re.VERBOSE,
)
_ATTRIBUTE = re.compile(
    rf"""{SPACE}*+(?:
    (?P<end>/{SPACE}*+>|>)
  | (?P<name>{_PART}(?:{SPACE}*+:{SPACE}*+{_PART})?)
    (?P<equals>{SPACE}*+={SPACE}*+(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'|(?P<brace>\{{))?)?
  | (?P<spread>\{{)
    )""",
    re.VERBOSE,
)
_SPACES = re.compile(rf"{SPACE}*+")
_SPREAD = re.compile(rf"{SPACE}*+\.\.\.")
_INDENT = re.compile(rf"(?<=[\r\n])(?:(?![\r\n]){SPACE})+")
_INDENTS = {
    2: re.compile(r"(?<=[\n\r])(?: ?\t| {1,2})"),
    3: re.compile(r"(?<=[\n\r])(?: {0,2}\t| {1,3})"),
}


class Tag(NamedTuple):
    """An opening, closing or self-closing tag."""

    start: int
    """Position of its `<`."""
    end: int
    """Position after its `>`."""
    name: str | None
    """E.g. `Tabs.Tab`; None for a fragment."""
    attributes: tuple[Attribute, ...]
    """In source order."""
    closing: bool
    """`</a>`"""
    self_closing: bool
    """`<a />`"""


class NoTag(NamedTuple):
    """Why the `<` begins no tag."""

    stop: int
    """How far was read; the end of the text when more text might complete the tag."""
    message: str
    """What is wrong; empty when the `<` is plain text."""


def read_tag(text: str, start: int) -> Tag | NoTag:
    """Read the tag that begins with the `<` at `start`."""
    bare = _BARE.match(text, start)
    if bare:
        return Tag(start, bare.end(), bare["name"], (), bare["closing"] is not None, False)
    head = _HEAD.match(text, start)
    if head is None:
        return NoTag(start + 1, "")
    name = re.sub(SPACE, "", head["name"]) if head["name"] else None
    attributes: list[Attribute] = []
    pos = head.end()
    while True:
        part = _ATTRIBUTE.match(text, pos)
        fault = _fault(text, pos, part, name, len(attributes))
        if part is None or fault:
            return fault or NoTag(pos, "")
        if part["end"]:
            break
        read = _read_attribute(text, part)
        if isinstance(read, NoTag):
            return read
        attribute, pos = read
        attributes.append(attribute)
    tag = Tag(start, part.end(), name, tuple(attributes), bool(head["closing"]), part["end"] != ">")
    return _checked(tag)


def _checked(tag: Tag) -> Tag | NoTag:
    """A closing tag has nothing but its name."""
    if tag.closing and (tag.attributes or tag.self_closing):
        what = "attributes" if tag.attributes else "a slash at its end"
        return NoTag(tag.end, f"the closing tag `</{tag.name or ''}>` cannot have {what}")
    return tag


def _fault(
    text: str, pos: int, part: re.Match[str] | None, name: str | None, count: int
) -> NoTag | None:
    """Why what stands at `pos` is no part of a tag; a fragment has no attributes."""
    if part is None:
        rest = _SPACES.match(text, pos)
        stop = rest.end() if rest else pos
        return NoTag(stop, _unexpected(text, stop))
    if name is None and not count and not part["end"]:
        return NoTag(part.start(), _unexpected(text, part.start()))
    return None


def _unexpected(text: str, at: int) -> str:
    if at >= len(text):
        return "the tag is not finished"
    return f"`{text[at]}` cannot stand in a tag"


def _read_attribute(text: str, part: re.Match[str]) -> tuple[Attribute, int] | NoTag:
    if part["spread"]:
        return _read_spread(text, part.end())
    name = re.sub(SPACE, "", part["name"])
    if part["equals"] is None:
        return Attribute(name, "boolean", None), part.end()
    if part["brace"]:
        return _read_braces(text, part.end(), name)
    value = part["double"] if part["double"] is not None else part["single"]
    if value is None:
        return _no_value(text, part.end())
    return Attribute(name, "string", _string_value(value)), part.end()


def _no_value(text: str, at: int) -> NoTag:
    if text[at : at + 1] in ("'", '"', ""):
        return NoTag(len(text), "the value of an attribute is not closed")
    return NoTag(at, f"`{text[at]}` cannot begin the value of an attribute")


def _read_braces(text: str, start: int, name: str) -> tuple[Attribute, int] | NoTag:
    end = javascript.expression_end(text, start)
    if end < 0:
        return NoTag(len(text), "a brace is not closed")
    return Attribute(name, "expression", expression_value(text[start : end - 1])), end


def _read_spread(text: str, start: int) -> tuple[Attribute, int] | NoTag:
    dots = _SPREAD.match(text, start)
    if dots is None:
        return NoTag(start, "only a spread, `{...props}`, can stand here")
    end = javascript.expression_end(text, start)
    if end < 0:
        return NoTag(len(text), "a brace is not closed")
    return Attribute("", "spread", expression_value(text[start : end - 1])), end


def _string_value(source: str) -> str:
    """Indents of further lines go; entities are resolved."""
    if "\n" in source or "\r" in source:
        source = _INDENT.sub("", source)
    return decode(source)


def expression_value(source: str) -> str:
    """The source between braces as the compiler gives it: up to two columns of indent go."""
    return unindented(source, 2)


def unindented(source: str, columns: int) -> str:
    """Further lines without up to so many columns of indent; the rest of a tab becomes spaces."""
    if "\n" not in source and "\r" not in source:
        return source
    rest = " " * (4 - columns)
    return _INDENTS[columns].sub(lambda match: rest if "\t" in match[0] else "", source)
