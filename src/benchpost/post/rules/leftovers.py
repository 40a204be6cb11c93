"""Addresses that are found in plain text afterwards, where brackets kept the first look away.

The compiler looks twice: when it reads the prose, and with other rules in what then is still text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from benchpost.post.rules.literals import Address
from benchpost.post.rules.spans import is_mark

_FLAGS = re.ASCII | re.IGNORECASE
_URL = re.compile(r"(?<![\da-z])(https?://|www(?=\.))([\w-]*\.[\w.-]*)([^\t\n\r ]*)", _FLAGS)
_LABEL = r"([\w+.-]+)@([\w-]+(?:\.[\w-]+)+)"
_XMPP = re.compile(rf"(?<![\w+.@-])xmpp:{_LABEL}(/(?:[\w/-]|\.(?=[\dA-Za-z]))*)?", re.ASCII)
_MAILTO = re.compile(rf"(?<![\w+.@-])mailto:{_LABEL}", re.ASCII)
_MAIL = re.compile(rf"(?<![\w+.-]){_LABEL}", re.ASCII)
_SCHEME = re.compile(r"(?:\A|[^\d@A-Za-z])(?:mailto|xmpp):\Z", re.ASCII)
_PART = re.compile(r"(?:[^_]*[\dA-Za-z][^_]*)?")
_TRAILING = "!\"&'),.:;<>?]}"
_FRUITLESS = 50
"""Matches in vain after which a text is left as it is."""

Finder = Callable[[re.Match[str]], Address | None]


def addresses_in(value: str) -> list[Address]:
    """The addresses in a text, in order; their positions are those in the text."""
    texts, found = [(0, value)], []
    for pattern, finder in _FINDERS:
        rest: list[tuple[int, str]] = []
        for offset, text in texts:
            pos = 0
            for address in _search(pattern, finder, text):
                found.append(
                    address._replace(start=offset + address.start, end=offset + address.end)
                )
                rest.append((offset + pos, text[pos : address.start]))
                pos = address.end
            rest.append((offset + pos, text[pos:]))
        texts = rest
    return sorted(found)


def _search(pattern: re.Pattern[str], finder: Finder, text: str) -> Iterator[Address]:
    pos = fruitless = 0
    while fruitless < _FRUITLESS and (match := pattern.search(text, pos)):
        address = finder(match)
        if address:
            yield address
            pos = match.end()
        else:
            fruitless += 1
            pos = match.start() + 1


def _url(match: re.Match[str]) -> Address | None:
    protocol, domain, path = match.groups()
    before = match.string[match.start() - 1] if match.start() else " "
    if not (before.isspace() or is_mark(before)):
        return None
    prefix = ""
    if protocol[0] in "wW":
        protocol, domain, prefix = "", protocol + domain, "http://"
    if is_mark(domain[0]) or not _is_domain(domain):
        return None
    size = len(protocol) + len(domain + path) - _trailing(domain + path)
    end = match.start() + size
    return Address(match.start(), end, prefix + match.string[match.start() : end])


def _is_domain(domain: str) -> bool:
    """At least two parts, of which the last two hold no underscore but a letter or digit."""
    parts = domain.split(".")
    ends = [part for part in parts[-2:] if part]
    return len(parts) > 1 and all(
        "_" not in part and re.search(r"[\dA-Za-z]", part) for part in ends
    )


def _trailing(url: str) -> int:
    """How many closing characters do not belong to the URL; parentheses it opened do."""
    kept = url.rstrip(_TRAILING)
    trail = url[len(kept) :]
    owed = kept.count("(") - kept.count(")")
    while owed > 0 and ")" in trail:
        trail = trail[trail.index(")") + 1 :]
        owed -= 1
    return len(trail)


def _jabber(match: re.Match[str]) -> Address | None:
    resource = match[3]
    follows = match.string[match.end() : match.end() + 1]
    if match[2][-1] in "0123456789-_":
        return None
    if resource and (not resource[-1].isalpha() or follows == "@"):
        return None
    return Address(match.start(), match.end(), match[0])


def _mail(match: re.Match[str]) -> Address | None:
    before = match.string[max(0, match.start() - 8) : match.start()]
    if match[2][-1] in "0123456789-_" or _SCHEME.search(before):
        return None
    url = match[0] if match[0].startswith("mailto:") else "mailto:" + match[0]
    return Address(match.start(), match.end(), url)


_FINDERS: tuple[tuple[re.Pattern[str], Finder], ...] = (
    (_URL, _url),
    (_XMPP, _jabber),
    (_MAILTO, _mail),
    (_MAIL, _mail),
)
