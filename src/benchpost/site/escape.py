"""Text that Python-Markdown and its extensions give back exactly as it was.

Python-Markdown is not CommonMark: it has no backslash escape for `<`, `&` or `|`, and each
extension brings syntax of its own. A character reference means the same to all of them and is never
syntax, so that is what stands for everything but the two marks whose backslash no extension reads
(`\\[` begins a formula).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_REFERENCES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\u00a0": "&nbsp;"}
_BACKSLASHED = "*{"
_EVERYWHERE = re.compile(
    r"[&<>\\`$|~^*\[\]{]"
    r"|(?<![^\W_])_|_(?![^\W_])"  # inside a word an underscore is only an underscore
    r"|(?<=[+=])[+=]|[+=](?=[+=])"  # ++keys++, ==mark==
    r"|:(?=[\w+-]+:|//)"  # :emoji:, and addresses that the tree has as text
    r"|(?<=www)\.|(?<=\S)@(?=\S)"
    r"|[^\S ]"  # str.strip() and str.splitlines() know more spaces than HTML does
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\u2028\u2029\x0b\x0c\x85]")
_SPACES = re.compile(r"[ \t\r\n]+")
_LAST_HASHES = re.compile(r"#+$")


def reference(character: str) -> str:
    """The character reference of one character: `&#42;` for `*`."""
    return _REFERENCES.get(character) or f"&#{ord(character)};"


def printable(value: str) -> str:
    """`value` without characters that no page shows; Python-Markdown uses two of them itself."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", value)


def text(value: str) -> str:
    """Running text on one line: line ends and runs of spaces become one space, as HTML has it."""
    return _EVERYWHERE.sub(_escaped, _SPACES.sub(" ", printable(value)))


def _escaped(match: re.Match[str]) -> str:
    character = match[0]
    return f"\\{character}" if character in _BACKSLASHED else reference(character)


def line_start(line: str) -> str:
    """`line` such that its first characters begin no list, heading, quote, admonition or block."""
    number = re.match(r"\d+(?=[.)])", line)
    if number:
        at = number.end()
        return line[:at] + reference(line[at]) + line[at + 1 :]
    return reference(line[0]) + line[1:] if line and line[0] in "#>:=!?/+-%" else line


def heading_end(line: str) -> str:
    """`line` such that hash signs at its end are text, not the closing run of a heading."""
    return _LAST_HASHES.sub(lambda match: reference("#") * len(match[0]), line)


def literal(value: str) -> str:
    """Every mark of ASCII as a reference: for text whose spaces count, inside `<code>`."""
    escaped = re.sub(r"[!-/:-@\[-`{-~]", lambda match: reference(match[0]), printable(value))
    return re.sub(r"[^\S ]", lambda match: reference(match[0]), escaped)


def code(value: str, *, cell: bool = False) -> str:
    """Inline code; in a table `cell` a pipe must not end the cell."""
    shown = _SPACES.sub(" ", printable(value))
    if _needs_tags(shown) or (cell and "|" in shown):
        return f"<code>{literal(shown)}</code>"
    ticks = "`" if "`" not in shown else "``"
    pad = " " if "`" in shown else ""
    return f"{ticks}{pad}{shown}{pad}{ticks}"


def _needs_tags(shown: str) -> bool:
    """Backticks would lose spaces at the ends, or be read as something else before."""
    return (
        not shown
        or shown != shown.strip()
        or "``" in shown
        or shown.startswith(("#!", ":::"))  # inline highlighting
        or any(mark in shown for mark in "<&\\")  # raw HTML and escapes are looked for first
    )


def attribute(value: str) -> str:
    """The value of an HTML attribute, to stand between double quotes."""
    return re.sub(r"[^\w ./:;,?=%#()-]", lambda match: reference(match[0]), printable(value))


def tag(name: str, attributes: Mapping[str, str | None], *, empty: bool = False) -> str:
    """An opening tag that inline patterns pass over: `<kbd class="x">`; None gives a bare name."""
    parts = [name]
    for key, value in attributes.items():
        parts.append(key if value is None else f'{key}="{_inert(attribute(value))}"')
    return f"<{' '.join(parts)}{' /' if empty else ''}>"


def _inert(value: str) -> str:
    """Addresses in attributes must not look like addresses in text."""
    return value.replace("://", "&#58;//").replace("_", "&#95;")


def destination(url: str) -> str:
    """An address as it stands in `[text](here)`."""
    quoted = re.sub(r"[\s<>()\[\]\"'\\`*{}|^$]", _percent, printable(url))
    return re.sub(r"&(?=#?\w+;)", "&amp;", quoted)


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode())


def title(value: str) -> str:
    """A title to stand between double quotes: of a link, a tab or an admonition."""
    return line_start(text(value)).replace('"', "&quot;").replace("'", "&#39;")


def description(value: str) -> str:
    """An image's alt text, which is an attribute and never read as Markdown."""
    return re.sub(r"[^\w ./:;,?=%()'-]", lambda match: reference(match[0]), _flat(value))


def _flat(value: str) -> str:
    return _SPACES.sub(" ", printable(value)).strip(" ")
