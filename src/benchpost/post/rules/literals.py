"""Bare addresses that GFM makes links of: `https://…`, `www.…` and mail addresses."""

from __future__ import annotations

import re
from typing import NamedTuple

from benchpost.post.rules.spans import is_mark

_START = re.compile(r"https?://|www\.", re.IGNORECASE)
_MAIL = re.compile(r"[A-Za-z0-9+\-._]++@((?:[A-Za-z0-9_-]|\.(?=[A-Za-z0-9]))++)")
_MAIL_CHARS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-._")
_TRAIL = re.compile(r"""(?:[!"')*,.:;?_~]|&[A-Za-z]+;|\](?![(\[\s]|\Z))*+""")
_TRAIL_END = re.compile(r"\](?=[(\[\s]|\Z)|(?=<|\s|\Z)")
_PATH_STOPS = re.compile(r"""[!"&')*,.:;<?\]_~(\s]""")
_LONGEST = 300
"""Characters of a domain: the domain name system allows 253."""
_BEFORE_WWW = "(*_[]~ \t\n\r"


class Address(NamedTuple):
    """A bare address."""

    start: int
    """Position in the prose."""
    end: int
    """Position after it."""
    url: str
    """What it leads to."""


def candidates(source: str) -> list[int]:
    """Positions where an address may begin."""
    found = {match.start() for match in _START.finditer(source)}
    at = source.find("@")
    while at >= 0:
        start = at
        while start and source[start - 1] in _MAIL_CHARS:
            start -= 1
        found.add(start)
        at = source.find("@", at + 1)
    return sorted(found)


def read_address(source: str, pos: int) -> Address | None:
    """The address that begins at `pos`, if one does."""
    mail = _read_mail(source, pos)
    if mail:
        return mail
    if source[pos : pos + 4].lower() == "www.":
        return _read_www(source, pos)
    return _read_protocol(source, pos) if _START.match(source, pos) else None


def _read_mail(source: str, pos: int) -> Address | None:
    match = _MAIL.match(source, pos)
    if match is None or (source[pos - 1 : pos] == "/" and pos):
        return None
    domain = match[1]
    if "." not in domain or not (domain[-1].isascii() and domain[-1].isalpha()):
        return None
    return Address(pos, match.end(), "mailto:" + match[0])


def _read_www(source: str, pos: int) -> Address | None:
    if pos and source[pos - 1] not in _BEFORE_WWW:
        return None
    if pos + 4 >= len(source):
        return None
    end = _domain_end(source, pos)
    if end < 0:
        return None
    end = _path_end(source, end)
    return Address(pos, end, "http://" + source[pos:end])


def _read_protocol(source: str, pos: int) -> Address | None:
    start = source.index("//", pos) + 2
    before, first = source[pos - 1 : pos] if pos else "", source[start : start + 1]
    if (before.isascii() and before.isalpha()) or not first:
        return None
    if first.isspace() or is_mark(first) or first < " " or first == "\x7f":
        return None
    end = _domain_end(source, start)
    if end < 0:
        return None
    end = _path_end(source, end)
    return Address(pos, end, source[pos:end])


def _domain_end(source: str, pos: int) -> int:
    """The end of a domain, or -1 when its last two parts hold an underscore or it is empty."""
    start, end = pos, min(len(source), pos + _LONGEST)
    while pos < end:
        char = source[pos]
        if char in "._":
            after, ends = _trail(source, pos)
            if ends:
                break
            pos += len(source[pos:after]) - len(source[pos:after].lstrip("._"))
            continue
        if char.isspace() or (char != "-" and is_mark(char)):
            break
        pos += 1
    domain = source[start:pos]
    if not domain.strip("._") or any("_" in part for part in domain.split(".")[-2:]):
        return -1
    return pos


def _trail(source: str, pos: int) -> tuple[int, bool]:
    """The end of a run of closing punctuation, and whether the address ends before it."""
    match = _TRAIL.match(source, pos)
    after = match.end() if match else pos
    return after, _TRAIL_END.match(source, after) is not None


def _path_end(source: str, pos: int) -> int:
    opened = closed = 0
    while match := _PATH_STOPS.search(source, pos):
        pos = match.start()
        if match[0].isspace():
            return pos
        if match[0] == "(":
            opened += 1
        elif match[0] == ")" and closed < opened:
            closed += 1
        else:
            after, ends = _trail(source, pos)
            if ends:
                return pos
            closed += source.count(")", pos, after)
            pos = max(pos, after - 1)
        pos += 1
    return len(source)
