"""Metric names, wherever in a page's code they stand: scraped, queried, searched for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from benchpost.commands.context import Context
from benchpost.commands.excerpts import Excerpt
from benchpost.commands.facts import Metric
from benchpost.errors import near
from benchpost.findings import Check, Severity
from benchpost.post.problems import Problem

SUFFIXES = ("_bucket", "_sum", "_count", "_created", "_total", "_info")
_SEARCHES = re.compile(r"\b(?:grep|egrep|rg|awk|sed)\b")
"""Programs that find names by what they begin with."""


def judged(excerpt: Excerpt, context: Context) -> Iterator[Problem]:
    """Metric names that the releases asked for do not have, or spell otherwise."""
    if context.tool.metrics:
        yield from _written_out(excerpt, context)
        yield from _alternatives(excerpt, context)


def _written_out(excerpt: Excerpt, context: Context) -> Iterator[Problem]:
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


def _alternatives(excerpt: Excerpt, context: Context) -> Iterator[Problem]:
    """The names in `vllm:(a|b)` of a search pattern."""
    tool = context.prefix("metric", context.tool.name)
    for group in re.finditer(rf"(?<![\w/.:-]){tool}:\\?\(([^()\n]*)\)", excerpt.raw):
        searched = _is_searched(excerpt.raw, group.start())
        for match in re.finditer(r"(?:^|(?<=\|))([a-z][a-z0-9_]*)(?=\\?\||\\?$)", group[1]):
            name = f"{tool}:{match[1]}"
            begins = any(each.startswith(name) for each in context.tool.metrics)
            if name in context.allowed or (begins and base(name, context) is None):
                continue
            for problem in _metric(
                name, name, excerpt.offset(group.start(1) + match.start()), context
            ):
                # grep finds a counter by the beginning of its name
                if not searched or "a counter" not in problem.message:
                    yield problem


def _is_start(name: str, match: re.Match[str], text: str, context: Context) -> bool:
    """`vllm:kv_offload_*` and `vllm:spec_decode_{…}` name all that begin so; so does grep."""
    begins = match["more"] == "*" or name.endswith("_")
    begins = begins or (_is_searched(text, match.start()) and base(name, context) is None)
    return begins and any(each.startswith(name) for each in context.tool.metrics)


def _is_searched(text: str, at: int) -> bool:
    """Whether a program that searches stands before an offset on its line."""
    return _SEARCHES.search(text, text.rfind("\n", 0, at) + 1, at) is not None


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
