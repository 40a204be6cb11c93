"""Snippets: fences whose info string has the word `bench`.

The rest of the info string is Nextra's (`filename=`, `{1,3}`, `/word/`, `copy`, …) and left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from benchpost.errors import near
from benchpost.findings import Check
from benchpost.post.document import Keep, Snippet, Span
from benchpost.post.nodes import Code, Root
from benchpost.post.problems import Problem
from benchpost.post.walk import nodes

LANGUAGES = ("python", "py", "python3", "ipython")
BENCH_KEYS = ("id", "needs", "keep", "timeout")
# what Nextra and the highlighters in use beside it read from an info string
_OTHER = (
    "filename title copy showLineNumbers word-wrap wrap npm2yarn twoslash tab group collapse frame "
    "caption theme lang class className ins del mark focus start startLine lineNumbers linenums "
    "hl_lines highlight env tags"
)
OTHER_KEYS = frozenset(_OTHER.split())

# no fence of a text without one of these words can be a snippet or mean to be one
TELLING = ("bench", "needs=", "keep=", "timeout=")
WORD = re.compile(
    r"""\{[^}]*\}                                  # {1,3-5}
      | /(?:\\.|[^/\\])+/\S*                       # /substring/
      | (?P<key>[\w-]+)=(?P<value>"[^"]*"|'[^']*'|\{[^}]*\}|\S*)
      | "[^"]*" | '[^']*'
      | (?P<bare>\S+)""",
    re.VERBOSE,
)
INFO = re.compile(r"[`~]+[ \t]*(?P<lang>[^\s`]*)[ \t]*(?P<meta>[^\r\n]*)")
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
NEED = re.compile(r"[A-Za-z][\w.+-]*(?::[^\s,:]+)?")
KEEP = re.compile(r"(?P<name>[^\W\d]\w*)\s*(?::\s*(?P<unit>[^\s,:][^,:]*?))?")


@dataclass(frozen=True)
class Snippets:
    """The snippets of a post."""

    snippets: tuple[Snippet, ...] = ()
    """In running order."""
    problems: tuple[Problem, ...] = ()
    """S007: words that are not understood, ids given twice."""


@dataclass(frozen=True)
class _Word:
    """One word of an info string."""

    key: str
    """The name before `=`; the whole word where there is none."""
    value: str | None
    """What follows `=`, without quotes; None where there is none."""
    at: int
    """Offset of the word."""
    value_at: int
    """Offset of the value without its quote."""


def find_snippets(text: str, tree: Root) -> Snippets:
    """Every snippet of a post, wherever its fence stands."""
    found: dict[str, Snippet] = {}
    problems: list[Problem] = []
    lowered = text.lower()
    telling = any(word in lowered for word in TELLING)
    for code in nodes(tree, Code) if telling else ():
        snippet = _snippet(code, text, len(found) + 1, problems)
        if snippet and snippet.id in found:
            problems.append(_twice(snippet))
        elif snippet:
            found[snippet.id] = snippet
    return Snippets(tuple(found.values()), tuple(problems))


def _twice(snippet: Snippet) -> Problem:
    message = f"snippet id {snippet.id!r} is given twice; ids name results, give each its own"
    return Problem(Check.S007, snippet.span.start, message)


def _snippet(code: Code, text: str, number: int, problems: list[Problem]) -> Snippet | None:
    info = INFO.match(text, code.start, code.end) if code.fence else None
    words = list(_words(info["meta"], info.start("meta"))) if info else []
    problems.extend(_misspelt_bench(words))
    if info is None or not any(word.key == "bench" and word.value is None for word in words):
        return None
    if info["lang"].lower() not in LANGUAGES:
        problems.append(_not_python(info["lang"], code.start))
        return None
    own = {word.key: word for word in words if word.key in BENCH_KEYS}
    problems.extend(_unknown(words))
    problems.extend(problem for word in own.values() for problem in _malformed(word))
    return Snippet(
        id=_id(own.get("id"), number),
        lang=info["lang"],
        code=code.value,
        span=Span(code.start, code.end),
        line=code.first + 1,
        needs=tuple(_matching(NEED, own.get("needs"))),
        keep=tuple(_keep(own.get("keep"))),
        timeout=_timeout(own.get("timeout")),
    )


def _words(meta: str, at: int) -> Iterator[_Word]:
    for match in WORD.finditer(meta):
        if match["bare"]:
            yield _Word(match["bare"], None, at + match.start(), at + match.start())
        elif match["key"]:
            value = match["value"]
            quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
            start = at + match.start("value") + quoted
            yield _Word(match["key"], value[1:-1] if quoted else value, at + match.start(), start)


def _not_python(lang: str, at: int) -> Problem:
    said = f"a {lang!r} fence" if lang else "a fence without a language"
    return Problem(Check.S007, at, f"{said} cannot be a snippet; only `python` is run")


def _misspelt_bench(words: list[_Word]) -> Iterator[Problem]:
    """`Bench`, `bench=true`, or a near miss beside words that only a snippet has."""
    declared = any(word.key in BENCH_KEYS[1:] and word.value is not None for word in words)
    if any(word.key == "bench" and word.value is None for word in words):
        return
    for word in words:
        if word.key.lower() == "bench":
            message = f"write the bare word `bench`, not {word.key!r} with a value"
            if word.value is None:
                message = f"unknown word {word.key!r}; did you mean 'bench'?"
            yield Problem(Check.S007, word.at, message)
        elif declared and word.value is None and near(word.key, ["bench"]):
            hint = near(word.key, ["bench"])
            yield Problem(Check.S007, word.at, f"unknown word {word.key!r}{hint}")


def _unknown(words: list[_Word]) -> Iterator[Problem]:
    """Words of a snippet's fence that neither we nor the site's highlighter know."""
    seen: set[str] = set()
    known = ", ".join(BENCH_KEYS)
    for word in words:
        if word.key in seen and word.key in BENCH_KEYS:
            yield Problem(Check.S007, word.at, f"{word.key!r} is given twice; keep one")
        seen.add(word.key)
        if word.key in BENCH_KEYS and word.value is None:
            message = f'{word.key!r} has no value; write `{word.key}="…"`'
            yield Problem(Check.S007, word.at, message)
        elif word.value is not None and word.key not in {*BENCH_KEYS, *OTHER_KEYS}:
            hint = near(word.key, BENCH_KEYS) or f"; a snippet has {known}"
            yield Problem(Check.S007, word.at, f"unknown word {word.key!r}{hint}")


def _malformed(word: _Word) -> Iterator[Problem]:
    if word.value is None:
        return
    for at, part in (
        _parts(word) if word.key in ("needs", "keep") else [(word.value_at, word.value)]
    ):
        pattern, right = GRAMMAR[word.key]
        if not pattern.fullmatch(part):
            said = repr(part) if part else "an empty entry"
            yield Problem(Check.S007, at, f"{word.key}: {said} is not understood; write {right}")


GRAMMAR = {
    "id": (ID, 'letters, digits, `-`, `_` and `.`, e.g. `id="peak-flops"`'),
    "needs": (NEED, 'names with commas between, e.g. `needs="cuda,memory:24GB"`'),
    "keep": (KEEP, '`variable` or `variable:unit`, e.g. `keep="max_flops:FLOP/s, latency:s"`'),
    "timeout": (
        re.compile(r"0*[1-9]\d{0,8}(?:\.\d+)?|0+\.\d*[1-9]\d*"),
        "seconds, e.g. `timeout=120`",
    ),
}


def _parts(word: _Word) -> Iterator[tuple[int, str]]:
    """The entries between commas with their offsets."""
    at = word.value_at
    for part in (word.value or "").split(","):
        yield at + len(part) - len(part.lstrip()), part.strip()
        at += len(part) + 1


def _matching(pattern: re.Pattern[str], word: _Word | None) -> Iterator[str]:
    if word and word.value is not None:
        yield from (part for _, part in _parts(word) if pattern.fullmatch(part))


def _keep(word: _Word | None) -> Iterator[Keep]:
    for part in _matching(KEEP, word):
        match = KEEP.fullmatch(part)
        if match:
            yield Keep(match["name"], match["unit"] or "")


def _id(word: _Word | None, number: int) -> str:
    value = word.value if word else None
    return value if value and ID.fullmatch(value) else f"snippet-{number}"


def _timeout(word: _Word | None) -> float | None:
    value = word.value if word else None
    return float(value) if value and GRAMMAR["timeout"][0].fullmatch(value) else None
