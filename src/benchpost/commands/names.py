"""Environment variables and metric names, wherever in a page's code they stand."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from functools import lru_cache

from benchpost.commands.context import Context
from benchpost.commands.excerpts import Excerpt
from benchpost.commands.facts import Metric
from benchpost.errors import near
from benchpost.findings import Check, Severity
from benchpost.post.problems import Problem

_PAST = (
    "gone|removed?|removes|removal|dropp?ed|renamed|replaced|replaces|deprecated|former(?:ly)?|"
    "used to|no longer|not any ?more|until|before|earlier|older|old|instead of|never existed|"
    "does not exist|do not exist|was|were|had|predecessor|in place of|up to|no such|unknown|legacy"
)
HISTORY = re.compile(rf"\b(?:{_PAST})\b|[≤<]\s*v?\d+\.", re.IGNORECASE)
"""Words of prose that speaks of what is not there now: such names are meant as they stand."""
ABOVE = re.compile(
    r"\b(?:gone|removed|removal|dropped|renamed|deprecated|former|older|old|legacy|history|v0)\b",
    re.IGNORECASE,
)
"""The same in a heading or in the paragraph that leads a list in, where fewer words tell it."""

SUFFIXES = ("_bucket", "_sum", "_count", "_created", "_total", "_info")


def tells_history(excerpt: Excerpt) -> bool:
    """Whether inline code stands in prose about what was, or will be."""
    if excerpt.kind != "inline":
        return False
    return _is_history(excerpt.leaf, excerpt.above)


# each of the names in a paragraph asks for it
@lru_cache(maxsize=256)
def _is_history(leaf: str, above: str) -> bool:
    return bool(HISTORY.search(leaf) or ABOVE.search(above))


def judged(excerpt: Excerpt, context: Context) -> Iterator[Problem]:
    """Names of variables and metrics that the releases asked for do not have."""
    if tells_history(excerpt):
        return
    yield from _variables(excerpt, context)
    yield from _metrics(excerpt, context)


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


# metrics


def _metrics(excerpt: Excerpt, context: Context) -> Iterator[Problem]:
    metrics = context.tool.metrics
    if not metrics:
        return
    tool = context.prefix("metric", context.tool.name)
    pattern = re.compile(rf"(?<![\w/.:-]){tool}([:_])([a-z][a-z0-9_]*[a-z0-9_])(?P<more>\*|\{{)?")
    for match in pattern.finditer(excerpt.raw):
        name = f"{tool}:{match[2]}"
        written = match.group().rstrip("*{")
        if {name, written} & context.allowed or _is_start(name, match, excerpt.raw, context):
            continue
        at = excerpt.offset(match.start())
        if match[1] == ":" and "_" in match[2]:
            for problem in _metric(name, written, at, context):
                # prose may name a counter as the tool declares it
                lenient = excerpt.kind == "inline" and "a counter" in problem.message
                level = Severity.WARNING if lenient else problem.severity
                yield Problem(problem.check, at, problem.message, level)
        elif match[1] == "_" and _is_metric(name, excerpt, match, context):
            yield from _with_colon(name, written, at, context)


def _is_start(name: str, match: re.Match[str], text: str, context: Context) -> bool:
    """`vllm:kv_offload_*` and `vllm:spec_decode_{…}` name all that begin so."""
    begins = match["more"] == "*" or name.endswith("_")
    return begins and any(each.startswith(name) for each in context.tool.metrics)


def _metric(name: str, written: str, at: int, context: Context) -> Iterator[Problem]:
    found = base(name, context)
    life = context.life(found.lives if found else ())
    instead = context.instead(name, "scrape", "instead")
    if found is None:
        there = [each for each, m in context.tool.metrics.items() if context.has(m.lives)]
        said = f"{context.release()} exposes no metric `{written}`"
        yield Problem(Check.C013, at, said + (instead or near(name, there)))
    elif life.is_gone(context.asked):
        yield Problem(Check.C013, at, f"metric `{written}` is {context.ends(life)}{instead}")
    elif life.is_later(context.asked):
        said = f"metric `{written}` needs {context.tool.name} {life.since}"
        yield Problem(Check.C013, at, f"{said}; the page speaks of {context.asked}")
    elif found.kind == "counter" and not name.endswith(("_total", "_created")):
        said = f"a counter is scraped with `_total`: write `{found.name}`, not `{written}`"
        yield Problem(Check.C013, at, said)


def base(name: str, context: Context) -> Metric | None:
    """The metric that a name belongs to: itself, a counter, or a series of a histogram."""
    metrics = context.tool.metrics
    tries = [name, f"{name}_total"]
    for suffix in SUFFIXES:
        if name.endswith(suffix):
            bare = name.removesuffix(suffix)
            tries += [bare, f"{bare}_total"]
    found = [metrics[each] for each in tries if each in metrics and _fits(name, metrics[each])]
    there = [each for each in found if context.has(each.lives)]
    return next(iter(there or found), None)


def _fits(name: str, metric: Metric) -> bool:
    """Whether a metric of this kind has a series of this name."""
    rest = name.removeprefix(metric.name)
    if metric.kind in ("histogram", "unknown") or name == metric.name:
        return True
    return metric.kind == "counter" and (rest == name or rest == "_created")


def _is_metric(name: str, excerpt: Excerpt, match: re.Match[str], context: Context) -> bool:
    """Whether `vllm_x_y` is meant for a metric and is no module, file or package."""
    if excerpt.kind == "other" and excerpt.lang in ("python", "py", "json", "yaml", "yml", "toml"):
        return False
    if base(name, context) or name in context.table("scrape", "instead"):
        return True
    return bool(re.match(r"(?:\{[^}]*\})?:?\s+\d", excerpt.raw[match.end() :]))


def _with_colon(name: str, written: str, at: int, context: Context) -> Iterator[Problem]:
    found = base(name, context)
    if found is None or context.life(found.lives).is_gone(context.asked):
        yield from _metric(name, written, at, context)
        return
    is_series = name.startswith(found.name) or name.endswith("_created")
    right = name if is_series else found.name
    said = f"metrics of {context.tool.name} have a colon: write `{right}`, not `{written}`"
    yield Problem(Check.C013, at, said)
