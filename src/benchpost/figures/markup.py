"""Text that MDX and Markdown read alike: escapes, images, tables, fences, maths.

Braces, `<`, `$` and emphasis are escaped by backslash, which both dialects take back out. Maths
stands between `$$` alone on their lines; an image's path begins with `./`, as Nextra wants it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote

from benchpost.post.document import Dialect

_SPECIAL = re.compile(r"[\\`*{}\[\]<>$~|_&]")
_INSIDE_WORD = re.compile(r"[A-Za-z0-9]_[A-Za-z0-9]")
_ENTITY = re.compile(r"&[#\w]+;")
_ADDRESS = re.compile(r"https?://[^\s<>()\"']*[^\s<>()\"'.,;:]")
_BACKTICKS = re.compile(r"`+")
_NOT_IN_ADDRESS = "%/:?#@!&=+,;~-._"


def escaped(words: str) -> str:
    """Words as plain text on one line of either dialect."""
    return _SPECIAL.sub(_escape, " ".join(words.split()))


def _escape(found: re.Match[str]) -> str:
    """A backslash before what means something where it stands."""
    character, words, at = found[0], found.string, found.start()
    harmless = (character == "_" and at and _INSIDE_WORD.match(words, at - 1)) or (
        character == "&" and not _ENTITY.match(words, at)
    )
    return character if harmless else f"\\{character}"


def linked(words: str) -> str:
    """As `escaped`, with every web address a link that shows itself without its scheme."""
    parts, position = [], 0
    for found in _ADDRESS.finditer(words):
        parts += [_spaced(words[position : found.start()]), link(_shown(found[0]), found[0])]
        position = found.end()
    return "".join([*parts, _spaced(words[position:])])


def _spaced(words: str) -> str:
    """Escaped, with the spaces at both ends that `escaped` takes off."""
    bare = escaped(words)
    before = " " if words[:1].isspace() else ""
    after = " " if bare and words[-1:].isspace() else ""
    return before + bare + after


def _shown(address: str) -> str:
    return address.partition("://")[2].removeprefix("www.").rstrip("/")


def link(words: str, target: str) -> str:
    """A link; blanks and brackets in its target are percent-encoded."""
    return f"[{escaped(words)}]({quote(target, safe=_NOT_IN_ADDRESS)})"


def image(target: str, alt: str) -> str:
    """An image on a line of its own; `target` begins with `./`."""
    return f"![{escaped(alt)}]({quote(target, safe=_NOT_IN_ADDRESS)})"


def captioned(picture: str, caption: str) -> str:
    """An image, or anything else that is shown, with an emphasised line under it."""
    return f"{picture}\n\n_{caption.strip()}_" if caption.strip() else picture


def data_link(name: str, dialect: Dialect) -> str:
    """Where the numbers behind a figure lie, as the end of a caption.

    Nextra publishes the images of a post but no other file beside it, so that a link in MDX
    would lead nowhere: there the file is named for those who have the repository.
    """
    target = f"./figures/{name}"
    if dialect is Dialect.MARKDOWN:
        return f" {link('Data', target)}."
    return ""


def table(head: Sequence[str], rows: Sequence[Sequence[str]], align: str = "") -> str:
    """A table of finished cells; `align` has `l` or `r` for each column."""
    align = align.ljust(len(head), "l")
    rule = ["---:" if side == "r" else "---" for side in align[: len(head)]]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *rows))


def fence(body: str, info: str = "text") -> str:
    """A code fence longer than any run of backticks inside it."""
    longest = max((len(run) for run in _BACKTICKS.findall(body)), default=0)
    ticks = "`" * max(3, longest + 1)
    return f"{ticks}{info}\n{body.rstrip()}\n{ticks}"


def display_maths(latex: str) -> str:
    """A formula on lines of its own."""
    return f"$$\n{latex.strip()}\n$$"


def inline_maths(latex: str) -> str:
    """A formula within a line or a table cell."""
    return f"${latex.strip()}$"


def code(words: str) -> str:
    """A code span; safe in both dialects whatever it holds, but for `|` in a table."""
    longest = max((len(run) for run in _BACKTICKS.findall(words)), default=0)
    ticks = "`" * (longest + 1)
    pad = " " if words.startswith("`") or words.endswith("`") else ""
    return f"{ticks}{pad}{words}{pad}{ticks}"
