"""Names of environment variables and metrics, wherever in a page's code they stand."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from benchpost.commands import metrics
from benchpost.commands.context import Context
from benchpost.commands.excerpts import Excerpt
from benchpost.findings import Check, Severity
from benchpost.post.problems import Problem


def judged(excerpt: Excerpt, context: Context) -> Iterator[Problem]:
    """Names of variables and metrics that the releases asked for do not have."""
    yield from _variables(excerpt, context)
    yield from metrics.judged(excerpt, context)


def _variables(excerpt: Excerpt, context: Context) -> Iterator[Problem]:
    prefix = context.prefix("variable", f"{context.tool.name.upper()}_")
    members = {member for members in context.tool.enums.values() for member in members}
    for match in re.finditer(rf"(?<![\w.-]){prefix}[A-Z0-9][A-Z0-9_]*(?![\w*-])", excerpt.raw):
        name = match.group()
        if name not in context.allowed and name not in members and not name.endswith("_"):
            at = excerpt.offset(match.start())
            yield from _variable(name, at, _is_set(excerpt, match, context), context)


def _is_set(excerpt: Excerpt, match: re.Match[str], context: Context) -> bool:
    """Whether a variable is given to a program here: set, and not the page's own to expand."""
    raw = excerpt.raw
    before = raw[raw.rfind("\n", 0, match.start()) + 1 : match.start()]
    if not raw.startswith("=", match.end()) or "--build-arg" in before:
        return False
    runs = excerpt.kind == "inline" or any(
        re.search(rf"(?<![\w/-]){re.escape(name)} +[a-z-]", raw) for name in context.program_names()
    )
    return runs and not re.search(rf"\$\{{?{match.group()}\b", raw)


def _variable(name: str, at: int, is_set: bool, context: Context) -> Iterator[Problem]:
    tool, known = context.tool, context.tool.env
    if not known:
        return
    life = context.life(known[name]) if name in known else None
    instead = context.instead(name, "environment", "instead")
    if life is None:
        there = [each for each, lived in known.items() if context.has(lived)]
        close = difflib.get_close_matches(name, there, n=1, cutoff=0.8)
        is_slip = bool(difflib.get_close_matches(name, close, n=1, cutoff=0.92))
        if is_set or is_slip or instead:
            said = f"{context.release()} reads no environment variable `{name}`"
            hint = instead or (f"; did you mean {close[0]!r}?" if close else "")
            yield Problem(Check.C012, at, said + hint, Severity.WARNING)
    elif life.is_gone(context.asked):
        said = f"environment variable `{name}` is {context.ends(life)}{instead}"
        yield Problem(Check.C012, at, said)
    elif life.is_later(context.asked):
        said = f"environment variable `{name}` needs {tool.name} {life.since}"
        yield Problem(Check.C012, at, f"{said}; the page speaks of {context.asked}")
