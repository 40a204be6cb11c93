"""Code blocks: Nextra's fence meta as Python-Markdown's options, and raw HTML that nothing reads.

Of the meta only what the reader sees is kept: `filename=` and `title=`, highlighted lines, line
numbers, no copy button. What is for us (`bench …`) or for other builders goes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pygments.lexers import get_all_lexers

from benchpost.post.nodes import Code
from benchpost.site.escape import printable

RAW = "html-as-is"
"""The custom fence of `mkdocs.yml` whose content is put into the page untouched."""

_LANGUAGES = {
    "astro": "html",
    "cjs": "js",
    "gitignore": "text",
    "jsonl": "json",
    "jsonc": "json",
    "mdx": "markdown",
    "mjs": "js",
    "mts": "ts",
    "plaintext": "text",
    "shellscript": "bash",
    "svelte": "html",
    "vue": "html",
}
"""Names that Shiki knows and Pygments does not."""

_NAMED = re.compile(r"""\b(?P<key>filename|title)=(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)')""")
_BRACKETED = re.compile(r"^\s*\[(?P<title>[^\]]+)\]")
_LINES = re.compile(r"(?<![\w=])\{\s*(?P<lines>\d+(?:-\d+)?(?:\s*,\s*\d+(?:-\d+)?)*)\s*,?\s*\}")
_NUMBERS = re.compile(r"\bshowLineNumbers(?:=?\{(?P<first>\d+)\})?(?!=\{?false)")
_NO_COPY = re.compile(r"\bcopy=(?:false|\{false\}|\"false\")")
_QUOTED = re.compile(r"""=(?:"[^"]*"|'[^']*')""")


@dataclass(frozen=True)
class Shown:
    """What of a fence's meta a reader sees."""

    title: str = ""
    """File name or title above the code."""
    lines: str = ""
    """Highlighted lines, e.g. `1 3-5`."""
    first: int | None = None
    """Number of the first line; None for no line numbers."""
    copy: bool = True
    """Whether there is a button to copy."""


def shown(meta: str) -> Shown:
    """Reads the meta of a fence: `filename="x.py" {1,3-5} showLineNumbers copy=false`."""
    named = _NAMED.search(meta)
    bracketed = _BRACKETED.match(meta)
    bare = _QUOTED.sub("", meta)
    lines = _LINES.search(bare)
    numbers = _NUMBERS.search(bare)
    title = (named["double"] or named["single"] or "") if named else ""
    return Shown(
        title=title or (bracketed["title"] if bracketed else ""),
        lines=" ".join(re.split(r"[\s,]+", lines["lines"].strip())) if lines else "",
        first=int(numbers["first"] or 1) if numbers else None,
        copy=not _NO_COPY.search(meta),
    )


def language(name: str) -> str:
    """What Pygments calls a language; `text` for what it does not know."""
    wanted = name.lower()
    wanted = _LANGUAGES.get(wanted, wanted)
    return wanted if wanted in _aliases() and re.fullmatch(r"[\w#.+-]+", wanted) else "text"


@cache
def _aliases() -> frozenset[str]:
    return frozenset(
        alias for _, aliases, _, _ in get_all_lexers(plugins=False) for alias in aliases
    )


def fence(code: Code) -> str:
    """A fenced code block, its fence longer than any in the code."""
    return fenced(info(language(code.lang or "text"), shown(code.meta or "")), code.value)


def fenced(info: str, body: str) -> str:
    """`body` between fences that it does not hold itself."""
    body = printable(body.replace("\r\n", "\n").replace("\r", "\n"))
    longest = max((len(run) for run in re.findall(r"`+", body)), default=0)
    ticks = "`" * max(3, longest + 1)
    return f"{ticks}{info}\n{body}\n{ticks}" if body else f"{ticks}{info}\n{ticks}"


def info(lang: str, seen: Shown) -> str:
    """What stands after the backticks: `py title="a.py" hl_lines="1 3-5"`."""
    options = [
        f"title={_quoted(seen.title)}" if seen.title.strip() else "",
        f'hl_lines="{seen.lines}"' if seen.lines else "",
        f'linenums="{seen.first}"' if seen.first is not None else "",
    ]
    words = " ".join(option for option in options if option)
    if not seen.copy:
        return f" {{ .{lang} .no-copy{' ' if words else ''}{words} }}"
    return f"{lang} {words}" if words else lang


def _quoted(title: str) -> str:
    """Neither kind of quote can be escaped in a fence's options."""
    title = " ".join(printable(title).split())
    if '"' not in title:
        return f'"{title}"'
    return "'" + title.replace("'", "’") + "'"


def as_is(markup: str) -> str:
    """A block of HTML for the page, at any depth of lists, tabs and quotes."""
    return fenced(RAW, markup.strip("\n"))


def format_as_is(
    source: str, language: str, css_class: str, options: Mapping[str, Any], md: Any, **_: Any
) -> str:
    """The formatter of the custom fence: what stands in it, untouched."""
    return source
